"""Editing: every edit is a new revision, also while the requisition is in approval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from contracts.agreements.prices.quotes import PricedLine, PricedOrder, Wanted
from contracts.audit.record import record
from contracts.parties.acting import require_role
from contracts.parties.models import Membership
from contracts.retrying import again
from orders.allotting.allotments import grounds_of
from orders.allotting.checks import require_submittable
from orders.errors import NotAllowed, StaleRevision
from orders.lifecycle import RequisitionState
from orders.models import Requisition, RequisitionLine, RequisitionRevision, RevisionKind
from orders.telling.notices import Notice, submission_notice
from orders.telling.outbox import tell
from orders.telling.watching import Happened, change

from .ask import Ask, Place, require_lines
from .creation import ASKING_ROLES, allotted_for, state_of
from .exchanges import advise_instead, exchange, price_instead
from .reading import ask_of, current_lines, found, key_of, locked
from .revisions import write_revision
from .submission import SUBMITTING_ROLES, open_round, require_assigned

EDITABLE_STATES = (
    RequisitionState.DRAFT.value,
    RequisitionState.RETURNED.value,
    RequisitionState.SUBMITTED.value,
)


@dataclass(frozen=True, slots=True)
class Foresight:
    """What a change would do to a round of approval; sums in EUR gross."""

    keeps_signatures: bool
    signatures: int
    before: Decimal
    after: Decimal


@again
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
    OwnRequest, EmptyBasket, InvalidQuantity, InvalidAssignment, UnknownSchool,
    InvalidDelivery, NotEntitled; in approval also what `submit` raises.
    """
    require_role(by, ASKING_ROLES, now)
    require_lines(wanted)
    with transaction.atomic():
        requisition = locked(requisition_id, by)
        _require_editable(requisition, by, now)
        _require_current(requisition, base_revision)
        before = state_of(requisition)
        told: list[Notice] = []
        if requisition.state == RequisitionState.SUBMITTED.value:
            told = _revise_submitted(requisition, ask, wanted, by, now)
        else:
            allotted = allotted_for(wanted, requisition, now, grounds_of(requisition))
            write_revision(requisition, ask, allotted.order, by=by, now=now)
        tell([*told, change(requisition, Happened.REVISED, now=now)], now=now)
        record(
            requisition,
            "requisition.revised",
            by=by,
            now=now,
            before=before,
            after=state_of(requisition),
        )
    return requisition.revisions.get(number=requisition.current_revision)


def foresee(
    *,
    requisition_id: int,
    base_revision: int,
    ask: Ask,
    wanted: Sequence[Wanted],
    by: Membership,
    now: datetime,
) -> Foresight | None:
    """What `revise` would do to the signatures; None where nothing is in approval.

    Advice: nothing is locked and nothing written. Raises what `revise` raises before it
    holds anything.
    """
    require_role(by, ASKING_ROLES, now)
    requisition = found(requisition_id, by)
    _require_editable(requisition, by, now)
    _require_current(requisition, base_revision)
    if requisition.state != RequisitionState.SUBMITTED.value:
        return None
    lines = current_lines(requisition)
    allotted = advise_instead(requisition, lines, wanted, may_split=True, now=now)
    order = allotted.order
    signed = requisition.signatures.filter(round_no=requisition.submitted_revision)
    return Foresight(
        keeps_signatures=_is_decrease(requisition, lines, ask, order),
        signatures=signed.values("decision").distinct().count(),
        before=lines[0].revision.gross,
        after=order.quote.gross,
    )


def why_not_editable(requisition: Requisition, by: Membership) -> str:
    """Why the actor can't edit it now, as a sentence; empty when it can."""
    if requisition.state not in EDITABLE_STATES:
        return f"Die Anforderung ist {requisition.get_state_display()} und nicht mehr änderbar."
    if by.role in SUBMITTING_ROLES:
        return ""
    if requisition.state == RequisitionState.SUBMITTED.value:
        return "Solange die Anforderung in der Freigabe ist, ändert sie nur die Beschaffung."
    if requisition.handed_over_at is not None:
        return "Die Anforderung liegt bei der Beschaffung; bearbeiten kann sie jetzt nur diese."
    return "" if by.role in ASKING_ROLES else "Ihre Rolle bearbeitet keine Anforderungen."


def _require_editable(requisition: Requisition, by: Membership, now: datetime) -> None:
    if requisition.state == RequisitionState.SUBMITTED.value:
        require_role(by, SUBMITTING_ROLES, now)
    if reason := why_not_editable(requisition, by):
        raise NotAllowed(reason)


def _require_current(requisition: Requisition, base_revision: int) -> None:
    if base_revision != requisition.current_revision:
        raise StaleRevision(
            f"Inzwischen gibt es Fassung {requisition.current_revision}. Ihre Änderung an Fassung "
            f"{base_revision} ist nicht gespeichert; bitte prüfen Sie die neue Fassung."
        )


def _revise_submitted(
    requisition: Requisition, ask: Ask, wanted: Sequence[Wanted], by: Membership, now: datetime
) -> list[Notice]:
    """Exchange what is in approval; whom a new round of approval is to be told."""
    lines = current_lines(requisition)
    allotted = price_instead(requisition, lines, wanted, ask, may_split=True, now=now)
    cosign = require_submittable(allotted.order, buyer_id=requisition.authority_id, now=now)
    fresh = exchange(
        requisition, lines, ask, allotted.order, kind=RevisionKind.EDIT, by=by, now=now
    )
    require_assigned(fresh)
    if _is_decrease(requisition, lines, ask, allotted.order):
        return []
    return [submission_notice(requisition, open_round(requisition, fresh, cosign, now=now))]


def _is_decrease(
    requisition: Requisition, before: Sequence[RequisitionLine], ask: Ask, order: PricedOrder
) -> bool:
    """Whether those who signed have signed for all of it: nothing new, nothing dearer, nothing
    paid from elsewhere, delivered elsewhere or reasoned otherwise.
    """
    known = {key_of(line): line for line in before}
    old, head = ask_of(before), before[0].revision
    if (head.title, head.justification) != (ask.title, ask.justification):
        return False
    home = Place(school_id=requisition.school_id)
    return order.quote.gross <= head.gross and all(
        row.key in known
        and _is_part(row, known[row.key])
        and (ask.place_of(row.key) or home).school_id == (old.place_of(row.key) or home).school_id
        and list(ask.shares_of(row.key)) == list(old.shares_of(row.key))
        for row in order.lines
    )


def _is_part(row: PricedLine, of: RequisitionLine) -> bool:
    return row.offer.listing.pk == of.listing_id and row.quantity <= of.quantity
