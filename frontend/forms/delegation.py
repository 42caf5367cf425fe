"""Setting up a substitution; the choices hold only people of the actor's organisation."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from contracts.parties.models import Membership, User
from frontend.limits import up_to
from orders.signing import delegations

from .fields import day_field


class MembershipChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Memberships by person, role and signing limit."""

    def label_from_instance(self, obj: Membership) -> str:  # type: ignore[override]
        return f"{obj.user}, {obj.get_role_display()}, zeichnet {up_to(obj.signing_limit)}"


class DelegationForm(forms.Form):
    """Who is substituted, by whom, from when until when, and why."""

    membership = MembershipChoice(
        Membership.objects.none(), label="Wer vertreten wird", empty_label="– bitte wählen –"
    )
    deputy = forms.ModelChoiceField(
        User.objects.none(),
        label="Wer vertritt",
        empty_label="– bitte wählen –",
        help_text="Zeichnet an diesen Tagen mit Rolle und Zeichnungsgrenze der vertretenen Person.",
    )
    valid_from = day_field("erster Tag")
    valid_to = day_field("letzter Tag")
    reason = forms.CharField(
        label="Anlass",
        max_length=200,
        required=False,
        help_text="Nur Sie, die andere Person und Freigabe und Kämmerei lesen ihn. Für andere "
        "Personen ist er nötig.",
    )

    def __init__(self, *args: Any, by: Membership, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        rows = delegations.delegable(by, on)
        fields["membership"].queryset = rows
        fields["membership"].initial = next((row.pk for row in rows if row.pk == by.pk), None)
        fields["deputy"].queryset = delegations.eligible_deputies(by, on)
        fields["valid_from"].initial = on
