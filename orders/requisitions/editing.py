"""Editing: every edit is a new revision, also while the requisition is in approval."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from contracts.agreements.prices.quotes import PricedOrder, Wanted
from contracts.audit.record import record
from contracts.parties.models import Membership
from orders.acting import require_role
from orders.allocation import grounds_of
from orders.errors import EmptyBasket, NotAllowed, StaleRevision
from orders.lifecycle import RequisitionState
from orders.models import Requisition, RequisitionLine, RequisitionRevision, RevisionKind
from orders.order_checks import require_submittable

from .ask import Ask
from .creation import ASKING_ROLES, allotted_for, state_of
from .exchanges import exchange, price_instead
from .reading import current_lines, key_of, locked
from .revisions import write_revision
from .submission import SUBMITTING_ROLES, open_round, require_assigned

EDITABLE_STATES = (
    RequisitionState.DRAFT.value,
    RequisitionState.RETURNED.value,
    RequisitionState.SUBMITTED.value,
)


def revise(
    *,
    requisition_id: int,
    base_revision: int,
    ask: Ask,
    wanted: Sequence[Wanted],
    by: Membership,
    now: datetime,
) -> RequisitionRevision:
    """Write the next revision; *wanted* by line number, other keys are new lines.

    `base_revision` is the one that was read: if another came in between, nothing is lost and
    nothing overwritten. In approval a mere decrease frees money and leaves the signatures;
    anything else needs approval again, and either holds or leaves all as it was. The editor
    joins the asking side and can never decide. Raises NotFound, NotAllowed, StaleRevision,
    OwnRequest, EmptyBasket, InvalidAssignment, UnknownSchool, InvalidDelivery, NotEntitled;
    in approval also what `submit` raises.
    """
    require_role(by, ASKING_ROLES, now)
    if not wanted:
        raise EmptyBasket("Eine Anforderung braucht mindestens eine Zeile.")
    with transaction.atomic():
        requisition = locked(requisition_id, by)
        _require_editable(requisition, base_revision, by, now)
        before = state_of(requisition)
        if requisition.state == RequisitionState.SUBMITTED.value:
            _revise_submitted(requisition, ask, wanted, by, now)
        else:
            allotted = allotted_for(wanted, requisition, now, grounds_of(requisition))
            write_revision(requisition, ask, allotted.order, by=by, now=now)
        record(
            requisition,
            "requisition.revised",
            by=by,
            now=now,
            before=before,
            after=state_of(requisition),
        )
    return requisition.revisions.get(number=requisition.current_revision)


def _require_editable(
    requisition: Requisition, base_revision: int, by: Membership, now: datetime
) -> None:
    if requisition.state not in EDITABLE_STATES:
        raise NotAllowed(
            f"Die Anforderung ist {requisition.get_state_display()} und nicht mehr änderbar."
        )
    if requisition.state == RequisitionState.SUBMITTED.value:
        require_role(by, SUBMITTING_ROLES, now)
    if requisition.handed_over_at is not None and by.role not in SUBMITTING_ROLES:
        raise NotAllowed(
            "Die Anforderung liegt bei der Beschaffung; bearbeiten kann sie jetzt nur diese."
        )
    if base_revision != requisition.current_revision:
        raise StaleRevision(
            f"Inzwischen gibt es Fassung {requisition.current_revision}. Ihre Änderung an Fassung "
            f"{base_revision} ist nicht gespeichert; bitte prüfen Sie die neue Fassung."
        )


def _revise_submitted(
    requisition: Requisition, ask: Ask, wanted: Sequence[Wanted], by: Membership, now: datetime
) -> None:
    lines = current_lines(requisition)
    allotted = price_instead(requisition, lines, wanted, ask, may_split=True, now=now)
    cosign = require_submittable(allotted.order, buyer_id=requisition.authority_id, now=now)
    fresh = exchange(
        requisition, lines, ask, allotted.order, kind=RevisionKind.EDIT, by=by, now=now
    )
    require_assigned(fresh)
    if not _is_decrease(lines, fresh, allotted.order):
        open_round(requisition, fresh, cosign, now=now)


def _is_decrease(
    before: Sequence[RequisitionLine], after: Sequence[RequisitionLine], order: PricedOrder
) -> bool:
    """Whether those who signed have signed for all of it: nothing new, nothing dearer, nothing
    paid from elsewhere, delivered elsewhere or reasoned otherwise.
    """
    known = {key_of(line): line for line in before}
    head, fresh_head = before[0].revision, after[0].revision
    if (head.title, head.justification) != (fresh_head.title, fresh_head.justification):
        return False
    return order.quote.gross <= head.gross and all(
        key_of(line) in known and _is_part(line, known[key_of(line)]) for line in after
    )


def _is_part(line: RequisitionLine, of: RequisitionLine) -> bool:
    return (
        line.listing_id == of.listing_id
        and line.quantity <= of.quantity
        and _place(line) == _place(of)
        and _shares(line) == _shares(of)
    )


def _place(line: RequisitionLine) -> int | None:
    return line.delivery.school_id if line.delivery is not None else None


def _shares(line: RequisitionLine) -> list[tuple[object, ...]]:
    return [
        (row.budget_line_id, row.share_percent, row.deductible_percent)
        for row in line.assignments.all()
    ]
