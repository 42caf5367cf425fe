"""Reading call-offs: who sees which; and locking one for a change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db import IntegrityError
from django.db.models import Q, QuerySet

from contracts.parties.models import Membership

from .errors import MoreThanOpen, NotFound, OrderError, StaleRevision
from .models import CallOff, Requisition

_PARTIES = (
    "authority",
    "supplier",
    "lot__agreement",
    "award__lot__agreement",
    "award__supplier",
    "issued_by",
    "requisition__authority",
    "requisition__created_by__user",
)
_CONSTRAINTS: Mapping[str, tuple[type[OrderError], str]] = {
    "orders_line_not_over_ordered": (
        MoreThanOpen,
        "Von einer Zeile ist inzwischen weniger offen. Bitte prüfen Sie den aktuellen Stand.",
    ),
    "orders_cancellation_number_unique": (
        StaleRevision,
        "Der Abruf wurde zugleich an anderer Stelle storniert. Bitte prüfen Sie den Stand.",
    ),
    "orders_receipt_number_unique": (
        StaleRevision,
        "Zugleich wurde ein anderer Wareneingang erfasst. Bitte prüfen Sie den Stand.",
    ),
}


def visible_call_offs(by: Membership) -> QuerySet[CallOff]:
    """Call-offs of the actor's organisation: as buyer, as supplier, or as the body whose
    agreement they draw on. A membership of a school sees that school's only.
    """
    rows = CallOff.objects.filter(
        Q(authority_id=by.organisation_id)
        | Q(supplier_id=by.organisation_id)
        | Q(lot__agreement__purchasing_body_id=by.organisation_id)
    )
    if by.school_id is not None:
        rows = rows.filter(school_id=by.school_id)
    return rows


def bought_call_offs(by: Membership) -> QuerySet[CallOff]:
    """Call-offs that the actor's organisation issued, for a school that school's only."""
    return visible_call_offs(by).filter(authority_id=by.organisation_id)


def supplied_call_offs(by: Membership) -> QuerySet[CallOff]:
    """Call-offs that the actor's organisation has to deliver."""
    return visible_call_offs(by).filter(supplier_id=by.organisation_id)


def locked_call_off(call_off_id: int, within: QuerySet[CallOff]) -> CallOff:
    """Lock one of the call-offs that the actor may change; raises NotFound."""
    row = (
        CallOff.objects.select_for_update(no_key=True, of=("self",))
        .select_related(*_PARTIES)
        .filter(pk=call_off_id, pk__in=within.values("pk"))
        .first()
    )
    if row is None:
        raise NotFound("Diesen Abruf gibt es in Ihrer Organisation nicht.")
    return row


def lock_requisition_of(call_off_id: int) -> None:
    """Lock the requisition before the call-off, where the lot may pass it on."""
    Requisition.objects.select_for_update(no_key=True).filter(call_offs=call_off_id).first()


@contextmanager
def translated() -> Iterator[None]:
    """Turn named constraint violations of a change into named refusals."""
    try:
        yield
    except IntegrityError as error:
        diagnostics = getattr(error.__cause__, "diag", None)
        refusal = _CONSTRAINTS.get(getattr(diagnostics, "constraint_name", None) or "")
        if refusal is None:
            raise
        kind, sentence = refusal
        raise kind(sentence) from error
