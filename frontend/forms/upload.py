"""Uploading a catalogue: the file, the award it is for, and which column means what."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from contracts.agreements.models import AgreementState, Award
from contracts.parties.models import Membership

# field of the form -> target of the mapping
COLUMNS = {
    "column_aid": "supplier_aid",
    "column_name": "name",
    "column_price": "price",
    "column_unit": "unit",
    "column_group": "product_group",
}


class AwardChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Awards by agreement, lot and reference."""

    def label_from_instance(self, obj: Award) -> str:  # type: ignore[override]
        lot = obj.lot
        return f"{lot.agreement.number}, Los {lot.number}: {lot.title} ({obj.reference})"


def _column(label: str) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=120)


class UploadForm(forms.Form):
    """BMEcat, CSV or spreadsheet; without a mapping the headings are guessed."""

    award = AwardChoice(Award.objects.none(), label="Zuschlag", empty_label="Bitte wählen")
    file = forms.FileField(
        label="Datei", help_text="BMEcat (XML), CSV oder Excel (XLSX), höchstens 64 MB."
    )
    column_aid = _column("Spalte der Artikelnummer")
    column_name = _column("Spalte der Bezeichnung")
    column_price = _column("Spalte des Nettopreises")
    column_unit = _column("Spalte der Einheit")
    column_group = _column("Spalte der Warengruppe")
    column_item = _column("Spalte der Vertragsposition")
    mapping_json = forms.CharField(
        label="Zuordnung als JSON",
        required=False,
        help_text="Für wiederkehrende Lieferungen; ersetzt die Felder darüber.",
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, by: Membership, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["award"]
        field.queryset = (
            Award.objects.filter(supplier_id=by.organisation_id, lot__agreement__ends_on__gte=on)
            .exclude(lot__agreement__state=AgreementState.ENDED)
            .select_related("lot__agreement")
            .order_by("lot__agreement__number", "lot__number")
        )

    def clean_mapping_json(self) -> dict[str, Any]:
        text = self.cleaned_data["mapping_json"].strip()
        if not text:
            return {}
        try:
            found = json.loads(text)
        except json.JSONDecodeError as error:
            raise forms.ValidationError(
                f"Das ist kein gültiges JSON (Zeile {error.lineno})."
            ) from error
        if not isinstance(found, dict):
            raise forms.ValidationError("Bitte ein JSON-Objekt angeben.")
        return found

    @property
    def mapping(self) -> Mapping[str, object]:
        """The mapping as the readers want it; empty means to guess."""
        data = self.cleaned_data
        if data["mapping_json"]:
            given: Mapping[str, object] = data["mapping_json"]
            return given
        columns = {target: data[name] for name, target in COLUMNS.items() if data[name]}
        item = {"contract_item": data["column_item"]} if data["column_item"] else {}
        return {"columns": columns, **item} if columns else {}

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        return [self["award"], self["file"]]

    @property
    def mapping_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in ("award", "file")]

    @property
    def has_mapping(self) -> bool:
        """Whether the fields for the mapping should be open."""
        return any(bound.value() or bound.errors for bound in self.mapping_fields)
