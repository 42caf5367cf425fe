"""Proposing a successor, and deciding about it."""

from __future__ import annotations

from typing import Any

from django import forms

from contracts.agreements.models import Listing
from contracts.catalogue.successors import NewArticle
from contracts.parties.models import Membership
from frontend.forms.fields import text_area


class SuccessorForm(forms.Form):
    """The listed article by its number, and the one that is to take its place."""

    replaces = forms.CharField(
        label="Artikelnummer des bisherigen Artikels",
        max_length=60,
        help_text="So, wie sie im Katalog steht.",
    )
    position = forms.CharField(
        label="Vertragsposition",
        max_length=30,
        required=False,
        help_text="Nur nötig, wenn der Artikel unter mehreren Positionen gelistet ist.",
    )
    supplier_aid = forms.CharField(label="Artikelnummer des Nachfolgers", max_length=60)
    name = forms.CharField(label="Bezeichnung", max_length=250)
    description = text_area("Beschreibung", max_length=5000, required=False)
    manufacturer = forms.CharField(label="Hersteller", max_length=100, required=False)
    mpn = forms.CharField(label="Herstellernummer", max_length=60, required=False)
    gtin = forms.CharField(label="GTIN", max_length=14, required=False)
    statement = text_area(
        "Gleich- oder höherwertig, weil",
        max_length=5000,
        help_text="Das Vertragsmanagement prüft diese Begründung.",
    )
    evidence = forms.CharField(
        label="Nachweis",
        max_length=250,
        required=False,
        help_text="Zum Beispiel Datenblatt oder Erklärung des Herstellers.",
    )
    net_unit_price = forms.DecimalField(
        label="Nettopreis",
        max_digits=14,
        decimal_places=4,
        required=False,
        help_text="Nur, wenn er niedriger ist als der Vertragspreis; höher darf er nicht sein.",
        widget=forms.NumberInput(attrs={"step": "0.0001", "min": "0", "inputmode": "decimal"}),
    )

    def __init__(self, *args: Any, by: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._by = by

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("replaces"):
            data["listing_id"] = self._listing_id(data["replaces"], data.get("position", ""))
        return data

    def _listing_id(self, supplier_aid: str, position: str) -> int | None:
        """The one listing of the supplier's own award; None with an error at the field."""
        rows = Listing.objects.filter(
            article__supplier_aid=supplier_aid,
            item__award__supplier_id=self._by.organisation_id,
            is_listed=True,
        )
        if position:
            rows = rows.filter(item__number=position)
        found = list(rows.values_list("pk", flat=True)[:2])
        if not found:
            self.add_error("replaces", "Unter dieser Artikelnummer ist von Ihnen nichts gelistet.")
        elif len(found) > 1:
            self.add_error(
                "position",
                "Der Artikel ist unter mehreren Positionen gelistet. Bitte nennen Sie eine.",
            )
        return found[0] if len(found) == 1 else None

    @property
    def article(self) -> NewArticle:
        """What is proposed."""
        names = ("listing_id", "supplier_aid", "name", "statement", "description", "manufacturer",
                 "mpn", "gtin", "evidence", "net_unit_price")  # fmt: skip
        return NewArticle(**{name: self.cleaned_data[name] for name in names})


class RejectionForm(forms.Form):
    """Why the successor is not taken."""

    reason = text_area(
        "Begründung der Ablehnung", rows=2, max_length=2000, help_text="Der Lieferant liest sie."
    )
