"""Deciding about a requisition."""

from __future__ import annotations

from django import forms

from orders.models.approval import Verdict


class DecisionForm(forms.Form):
    """Verdict and comment on the revision that was read; a refusal needs its reason."""

    revision_no = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    comment = forms.CharField(
        label="Bemerkung",
        required=False,
        max_length=2000,
        help_text="Bei Ablehnung und Rückgabe erforderlich; die anfordernde Stelle liest sie.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    verdict = forms.ChoiceField(choices=Verdict.choices)

    @property
    def chosen(self) -> Verdict:
        return Verdict(self.cleaned_data["verdict"])
