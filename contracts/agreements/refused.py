"""Named constraints of the agreements' tables as sentences about one field."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from functools import partial

from contracts import constraints
from contracts.agreements.errors import AgreementError


class FieldRefused(AgreementError):
    """One value does not fit; `field` is the name of the argument that carries it."""

    code = "field_refused"

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


class AlreadyExists(FieldRefused):
    """The number, rank, supplier or day is taken already."""

    code = "already_exists"


class OutOfOrder(FieldRefused):
    """Dates or figures contradict each other."""

    code = "out_of_order"


class OverlappingEntitlements(FieldRefused):
    """The buyer is entitled to this scope on some of these days already."""

    code = "overlapping_entitlements"
    title = "Berechtigung überschneidet sich"


_CONSTRAINTS: Mapping[str, tuple[type[FieldRefused], str, str]] = {
    "agreements_frameworkagreement_number_key": (
        AlreadyExists,
        "number",
        "Diese Nummer trägt bereits eine andere Rahmenvereinbarung. Bitte wählen Sie eine andere.",
    ),
    "agreements_lot_number_unique": (
        AlreadyExists,
        "number",
        "Diese Losnummer gibt es in der Vereinbarung bereits. Bitte wählen Sie eine andere.",
    ),
    "agreements_award_unique": (
        AlreadyExists,
        "supplier",
        "Dieser Lieferant hat in diesem Los bereits einen Zuschlag.",
    ),
    "agreements_award_rank_unique": (
        AlreadyExists,
        "rank",
        "Diesen Rang hat in diesem Los ein anderer Zuschlag. Bitte wählen Sie einen freien.",
    ),
    "agreements_item_number_unique": (
        AlreadyExists,
        "number",
        "Diese Positionsnummer hat der Zuschlag bereits. Bitte wählen Sie eine andere.",
    ),
    "agreements_terms_day_unique": (
        AlreadyExists,
        "valid_from",
        "Ab diesem Tag gilt bereits eine Fassung. Bitte wählen Sie einen späteren Tag.",
    ),
    "agreements_lot_cpv_unique": (AlreadyExists, "cpv", "Ein CPV-Code ist doppelt angegeben."),
    "agreements_term_in_order": (
        OutOfOrder,
        "ends_on",
        "Das Ende liegt vor dem Beginn. Bitte prüfen Sie die Laufzeit.",
    ),
    "agreements_entitlement_dates": (
        OutOfOrder,
        "valid_to",
        "Das Ende der Berechtigung liegt vor ihrem Beginn. Bitte prüfen Sie die Tage.",
    ),
    "agreements_entitlement_no_overlap": (
        OverlappingEntitlements,
        "valid_from",
        (
            "Die Organisation ist für diesen Umfang an einigen dieser Tage schon berechtigt. "
            "Beenden Sie die frühere Berechtigung, oder wählen Sie andere Tage."
        ),
    ),
    "agreements_entitlement_unique": (
        OverlappingEntitlements,
        "valid_from",
        "Die Organisation ist für diesen Umfang ab diesem Tag schon berechtigt.",
    ),
    "agreements_discount_names_group": (
        OutOfOrder,
        "product_group",
        "Ein Nachlass auf Listenpreise braucht eine Warengruppe; „*“ steht für alle.",
    ),
    "agreements_cumulative_has_account": (
        OutOfOrder,
        "max_quantity",
        "Eine Staffel über alle Abrufe braucht eine Höchstmenge, an der gezählt wird.",
    ),
    "agreements_terms_discount_range": (
        OutOfOrder,
        "discount_percent",
        "Ein Skonto liegt zwischen 0 und unter 100 Prozent.",
    ),
}


def translated() -> AbstractContextManager[None]:
    """Turn a named constraint into its refusal; whatever has no name here stays an error."""
    return constraints.translated(
        {name: partial(kind, field, text) for name, (kind, field, text) in _CONSTRAINTS.items()}
    )
