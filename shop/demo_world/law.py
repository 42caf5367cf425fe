"""Figures of law and tax that the demo needs, each with its source."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateRange

from contracts.agreements.models import LegalFigure, VatRule
from contracts.agreements.models.vat import BuyerScope

_VAT_SINCE = DateRange(date(2021, 1, 1), None)
_THRESHOLD_SOURCE = "§ 106 Abs. 2 Nr. 1 GWB mit Art. 4 Buchst. c der Richtlinie 2014/24/EU"

# key, value, from, before, source
_FIGURES = (
    ("eu-threshold-supplies", "209000", date(2016, 1, 1), date(2018, 1, 1), _THRESHOLD_SOURCE),
    ("eu-threshold-supplies", "221000", date(2018, 1, 1), date(2020, 1, 1), _THRESHOLD_SOURCE),
    ("eu-threshold-supplies", "214000", date(2020, 1, 1), date(2022, 1, 1), _THRESHOLD_SOURCE),
    ("eu-threshold-supplies", "215000", date(2022, 1, 1), date(2024, 1, 1), _THRESHOLD_SOURCE),
    ("eu-threshold-supplies", "221000", date(2024, 1, 1), date(2026, 1, 1), _THRESHOLD_SOURCE),
    ("eu-threshold-supplies", "216000", date(2026, 1, 1), date(2028, 1, 1), _THRESHOLD_SOURCE),
    ("term-months-above-threshold", "48", date(2016, 4, 18), None, "§ 21 Abs. 6 VgV"),
    ("term-months-below-threshold", "72", date(2017, 2, 2), None, "§ 15 Abs. 4 UVgO"),
    ("modification-single-percent", "50", date(2016, 4, 18), None, "§ 132 Abs. 2 Satz 2 GWB"),
    (
        "modification-de-minimis-percent",
        "10",
        date(2016, 4, 18),
        None,
        "§ 132 Abs. 3 Satz 1 Nr. 2 GWB",
    ),
)


def create_law() -> None:
    """Write thresholds, longest terms and the VAT rules."""
    LegalFigure.objects.bulk_create(
        LegalFigure(key=key, value=Decimal(value), valid=DateRange(start, end), source=source)
        for key, value, start, end, source in _FIGURES
    )
    VatRule.objects.bulk_create(
        [
            VatRule(vat_class="standard", category="S", rate=Decimal(19), valid=_VAT_SINCE),
            # digital books: § 12 (2) no. 14 UStG
            VatRule(vat_class="digital_book", category="S", rate=Decimal(7), valid=_VAT_SINCE),
            VatRule(vat_class="tablet", category="S", rate=Decimal(19), valid=_VAT_SINCE),
            VatRule(
                vat_class="tablet",
                buyers=BuyerScope.ENTREPRENEUR,
                minimum_net=Decimal(5000),
                category="AE",
                rate=Decimal(0),
                reason="Steuerschuldnerschaft des Leistungsempfängers (§ 13b Abs. 2 Nr. 10 UStG)",
                valid=_VAT_SINCE,
            ),
        ]
    )
