"""Price changes and the register as rows, for the pages and for the files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db.models import QuerySet

from contracts.agreements.models import AwardTerms, ContractModification, PriceChange
from frontend.downloads import Cell
from frontend.formatting import format_day, format_percent

CHANGE_HEAD = ("Nummer", "Los", "Zuschlag", "Lieferant", "Position", "Bezeichnung",
               "Artikel (Listenpreis)", "gilt ab", "größte Änderung %", "Weg", "Stand",
               "vorgeschlagen am", "entschieden am", "bestätigt am", "Grund der Ablehnung",
               "Begründung und Nachweis")  # fmt: skip
MODIFICATION_HEAD = ("Nummer", "Gegenstand", "Rechtsgrund", "Los", "Zuschlag", "Wert netto EUR",
                     "ursprünglicher Wert netto EUR", "kumuliert netto EUR", "kumuliert %",
                     "Stand", "Bekanntmachung", "Preisänderung", "vorgeschlagen am",
                     "entschieden am", "Beschreibung und Begründung")  # fmt: skip


def clause_words(terms: AwardTerms | None) -> str:
    """What the price clause of an award's terms allows, in one sentence."""
    if terms is None or terms.rise_percent_per_year is None:
        said = "Nach Ihren Konditionen sind keine Erhöhungen vereinbart"
    else:
        most = format_percent(terms.rise_percent_per_year)
        said = f"Erhöhungen prüft die Beschaffungsstelle: höchstens {most} im Jahr"
        if terms.rise_earliest_on is not None:
            said += f", frühestens ab {format_day(terms.rise_earliest_on)}"
        if terms.price_notice_days:
            said += f", angekündigt {terms.price_notice_days} Tage vorher"
    falls = "ohne Prüfung" if terms is not None and terms.automatic_fall else "nach Prüfung"
    return f"{said}. Senkungen gelten {falls}."


def with_parties(rows: QuerySet[PriceChange]) -> QuerySet[PriceChange]:
    """Join what a row shows."""
    return rows.select_related(
        "article",
        "item__award__lot__agreement",
        "item__award__supplier",
        "proposer",
        "decider",
        "second",
        "modification",
    )


def with_scope(rows: QuerySet[ContractModification]) -> QuerySet[ContractModification]:
    """Join what a row shows."""
    return rows.select_related(
        "agreement", "lot", "award__supplier", "change", "proposer", "decider"
    )


def change_rows(rows: Iterable[PriceChange]) -> Iterator[tuple[Cell, ...]]:
    """One row per change."""
    for row in rows:
        award = row.item.award
        yield (
            row.number,
            award.lot.number,
            award.reference,
            award.supplier.name,
            row.item.number,
            row.item.title,
            row.article.supplier_aid if row.article is not None else "",
            row.effective_from,
            row.percent,
            str(row.get_route_display()),
            str(row.get_state_display()),
            row.proposed_at,
            row.decided_at,
            row.second_at,
            row.rejection,
            row.evidence,
        )


def modification_rows(rows: Iterable[ContractModification]) -> Iterator[tuple[Cell, ...]]:
    """One row per entry of the register."""
    for row in rows:
        yield (
            row.number,
            str(row.get_kind_display()),
            str(row.get_ground_display()),
            row.lot.number if row.lot is not None else None,
            row.award.reference if row.award is not None else "",
            row.value,
            row.original_value,
            row.cumulative,
            row.cumulative_percent,
            str(row.get_state_display()),
            row.notice_number,
            row.change.number if row.change is not None else "",
            row.proposed_at,
            row.decided_at,
            row.description,
        )
