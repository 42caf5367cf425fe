"""Reading call-offs: who sees which; and locking one for a change."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import partial

from django.db.models import QuerySet

from contracts import constraints
from contracts.parties.models import Membership, OrganisationKind
from orders.errors import MoreThanOpen, NotFound, SentBefore, StaleRevision
from orders.models import CallOff, Requisition

_PARTIES = (
    "authority",
    "supplier",
    "terms",
    "lot__agreement",
    "award__lot__agreement",
    "award__supplier",
    "issued_by",
    "requisition__authority",
    "requisition__created_by__user",
)
_BUYING = "authority_id"
_SIDES = {
    OrganisationKind.SUPPLIER: "supplier_id",
    OrganisationKind.PURCHASING_BODY: "lot__agreement__purchasing_body_id",
}
_CONSTRAINTS: constraints.Refusals = {
    "orders_line_not_over_ordered": partial(
        MoreThanOpen,
        "Von einer Zeile ist inzwischen weniger offen. Bitte prüfen Sie den aktuellen Stand.",
    ),
    "orders_cancellation_number_unique": partial(
        StaleRevision,
        "Der Abruf wurde zugleich an anderer Stelle storniert. Bitte prüfen Sie den Stand.",
    ),
    "orders_cancellation_once_per_token": partial(
        SentBefore, "Dieses Formular ist schon gesendet. Bitte prüfen Sie den Stand."
    ),
    "orders_receipt_once_per_token": partial(
        SentBefore, "Dieses Formular ist schon gesendet. Bitte prüfen Sie den Stand."
    ),
    "orders_receipt_number_unique": partial(
        StaleRevision,
        "Zugleich wurde ein anderer Wareneingang erfasst. Bitte prüfen Sie den Stand.",
    ),
}


def visible_call_offs(by: Membership) -> QuerySet[CallOff]:
    """Call-offs of the actor's organisation, which its kind puts on one side of them: as
    supplier, as the body whose agreement they draw on, or as buyer. A membership of a school
    sees that school's only.

    One condition, not any of three: an index then brings the newest without reading the rest.
    """
    kind = OrganisationKind(by.organisation.kind)
    rows = CallOff.objects.filter(**{_SIDES.get(kind, _BUYING): by.organisation_id})
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


def lock_requisition_of(call_off_id: int) -> Requisition | None:
    """Lock the requisition before the call-off, where the lot may pass it on."""
    rows = Requisition.objects.select_for_update(no_key=True)
    return rows.filter(call_offs=call_off_id).first()


def translated() -> AbstractContextManager[None]:
    """Turn named constraint violations of a change into named refusals."""
    return constraints.translated(_CONSTRAINTS)
