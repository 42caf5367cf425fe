"""Choosing a price sheet."""

from __future__ import annotations

from django import forms

from contracts.price_sheets import MAX_BYTES, MAX_ROWS
from frontend.formatting import format_quantity


class PriceSheetForm(forms.Form):
    """The file; the button says whether it is checked or taken over."""

    file = forms.FileField(
        label="Preisblatt",
        help_text=(
            f"Excel (XLSX) oder CSV, höchstens {MAX_BYTES // 2**20} MB und "
            f"{format_quantity(MAX_ROWS)} Zeilen. Gelesen wird das erste Tabellenblatt."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )
