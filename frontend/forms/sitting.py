"""The day on which a committee sits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from orders.models import ApprovalStep

from .fields import day_field


class SittingForm(forms.Form):
    """For which step, and when."""

    step = forms.TypedChoiceField(label="Gremium", coerce=int)
    sitting_on = day_field("Tag der Sitzung")

    def __init__(self, *args: Any, steps: Sequence[ApprovalStep], on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["step"].choices = [
            (row.pk, f"{row.committee} (Stufe {row.tier}, {row.get_role_display()})")
            for row in steps
        ]
        if steps:
            fields["step"].initial = steps[0].pk
            fields["sitting_on"].initial = steps[0].committee_on
        fields["sitting_on"].widget.attrs["min"] = on.isoformat()
