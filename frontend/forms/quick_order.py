"""Quick order: numbers and quantities as text, or as a file."""

from __future__ import annotations

from typing import Any

from django import forms

from frontend.formatting import format_quantity
from orders.errors import TableRejected
from orders.quick_order import MAX_BYTES, MAX_ROWS, text_of_file

MAX_TEXT = 700_000


class QuickOrderForm(forms.Form):
    """What was typed or uploaded; `text` is what is read in the end."""

    text = forms.CharField(
        label="Nummern und Mengen",
        required=False,
        strip=False,
        max_length=MAX_TEXT,
        help_text=(
            "Je Zeile eine Nummer und eine Menge, getrennt durch Semikolon oder Tabulator. "
            "Ohne Menge zählt 1."
        ),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "class": "kh-numbers"}),
    )
    file = forms.FileField(
        label="Oder eine Datei",
        required=False,
        help_text=(
            f"CSV oder Excel (XLSX), höchstens {MAX_BYTES // 2**20} MB und "
            f"{format_quantity(MAX_ROWS)} Zeilen. Die Datei ersetzt die Eingabe im Feld darüber."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
    )

    def clean(self) -> dict[str, Any]:
        """Turn the file into the text it stands for."""
        data = super().clean() or self.cleaned_data
        file = data.get("file")
        if file is not None and "file" not in self.errors:
            try:
                data["text"] = text_of_file(file.read())
            except TableRejected as error:
                self.add_error("file", str(error))
        elif not data.get("text", "").strip() and not self.errors:
            self.add_error("text", "Bitte Nummern und Mengen eingeben, oder eine Datei wählen.")
        return data
