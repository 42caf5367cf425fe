"""Fields that many forms share, with the widgets the browsers help with."""

from __future__ import annotations

from typing import Any

from django import forms


def day_field(label: str, **options: Any) -> forms.DateField:
    """A day, chosen or typed."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **options)


def money_field(label: str, **options: Any) -> forms.DecimalField:
    """An amount in EUR with two decimals, not negative."""
    widget = forms.NumberInput(attrs={"step": "0.01", "min": "0", "inputmode": "decimal"})
    return forms.DecimalField(
        label=label, max_digits=16, decimal_places=2, min_value=0, widget=widget, **options
    )


def percent_field(label: str, **options: Any) -> forms.DecimalField:
    """A share in per cent with two decimals, not negative."""
    widget = forms.NumberInput(attrs={"step": "0.01", "min": "0", "inputmode": "decimal"})
    return forms.DecimalField(
        label=label, max_digits=5, decimal_places=2, min_value=0, widget=widget, **options
    )


def text_area(label: str, *, rows: int = 3, **options: Any) -> forms.CharField:
    """Some sentences."""
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **options)
