"""Taking back what was not delivered: cancellation, refusal, time-out, closing short.

Every give-back goes through `take_back`, on a call-off that the caller has locked. What
comes back is the difference of the cumulative values before and after, per account
assignment cut by what is still booked there (`contracts.pricing.giveback`); the price
and its tier stay as issued. The limit accounts are touched last, because their rows are
the hot ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from contracts.agreements.serialised import lock_buyer
from contracts.parties.acting import require_role
from contracts.parties.models import Membership, Role
from contracts.pricing import LineGiveback, NetTax, ShareGiveback, give_back
from contracts.retrying import again
from orders.binding import holds
from orders.binding.cap_nudges import nudge
from orders.binding.reversals import Amount, reverse_posts
from orders.call_offs.bookings import (
    count,
    issued_line,
    known_by,
    lines_of,
    wanted_of_open,
)
from orders.call_offs.cancel_effect import Effect, effect_of
from orders.call_offs.cancel_facts import issued_facts, ties_to
from orders.call_offs.reading import bought_call_offs, locked_call_off, translated
from orders.consequences import Step
from orders.errors import (
    BelowMinimum,
    CommentMissing,
    DeviceNeeded,
    NotFound,
    NothingOpen,
    StaleRevision,
)
from orders.event_types import EventType
from orders.facts import assignment_reference, line_reference
from orders.finance.events import FinanceFact
from orders.finance.facts import AssignedPart, call_off_facts
from orders.lifecycle import CallOffState, after_taking_back
from orders.models import (
    CallOff,
    CallOffAssignment,
    CallOffLine,
    Cancellation,
    CancellationCause,
    CancelledLine,
    CancelledShare,
)
from orders.plan import Plan
from orders.telling.notices import taken_back_notice

CANCELLING_ROLES = (Role.PROCUREMENT_OFFICER,)
REASON_LENGTH = 250
_DELIVERED = frozenset({CallOffState.DELIVERED, CallOffState.INVOICED, CallOffState.CLOSED})
_ZERO = Decimal("0.00")

Given = Sequence[tuple[CallOffLine, LineGiveback]]


@again
def cancel(
    *,
    call_off_id: int,
    quantities: Mapping[int, int] | None,
    shown: Mapping[int, int] | None = None,
    reason: str,
    token: UUID,
    by: Membership,
    now: datetime,
) -> Cancellation:
    """Cancel what was not delivered yet: `quantities` by line id, or None for all of it.

    What hangs on a cancelled device goes along; `shown` is what people saw would go in all,
    and must be what goes. The price stays as issued. Once something was delivered, the rest
    is closed short. A form or call names itself by its `token`: sent again, it gets the
    cancellation of the first time. Done by the procurement of the authority that issued the
    call-off, before delivery (domain, "Call-off"). Raises NotFound, NotAllowed,
    CommentMissing, NothingOpen, NothingChosen, MoreThanOpen, SentBefore, DeviceNeeded (what
    hangs on a device can't go along), BelowMinimum and StaleRevision; nothing is changed then.
    """
    require_role(by, CANCELLING_ROLES, now)
    with translated(), transaction.atomic():
        ties = ties_to(call_off_id)
        if ties:
            lock_buyer(by.organisation_id)
        call_off = locked_call_off(call_off_id, bought_call_offs(by))
        known = known_by(call_off.cancellations, token, quantities)
        if known is not None:
            return known
        if CallOffState(call_off.state) in _DELIVERED:
            raise NothingOpen(
                f"Der Abruf {call_off.number} ist vollständig geliefert, und nach der Lieferung "
                "lässt sich nichts stornieren. Bitte klären Sie eine Rückgabe mit dem Lieferanten."
            )
        begun = call_off.state == CallOffState.PARTLY_DELIVERED.value
        cause = CancellationCause.CLOSED_SHORT if begun else CancellationCause.CANCELLED
        lines = lines_of(call_off)
        wanted = wanted_of_open(call_off, lines, quantities)
        effect = effect_of(issued_facts(call_off, lines, ties), wanted)
        _require_possible(effect, shown)
        return take_back(
            call_off,
            effect.quantities,
            lines=lines,
            cause=cause,
            reason=reason,
            token=token,
            by=by,
            now=now,
        )


def foresee(
    *, call_off_id: int, quantities: Mapping[int, int] | None, by: Membership, now: datetime
) -> Effect:
    """What `cancel` would do to tied lines, minimum order and tiers; nothing is written.

    Raises NotFound, NotAllowed, NothingOpen, NothingChosen and MoreThanOpen; what else would
    refuse it is in the effect.
    """
    require_role(by, CANCELLING_ROLES, now)
    call_off = bought_call_offs(by).select_related("terms").filter(pk=call_off_id).first()
    if call_off is None:
        raise NotFound("Diesen Abruf gibt es in Ihrer Organisation nicht.")
    lines = lines_of(call_off)
    wanted = wanted_of_open(call_off, lines, quantities)
    return effect_of(issued_facts(call_off, lines, ties_to(call_off_id), with_tiers=True), wanted)


def _require_possible(effect: Effect, shown: Mapping[int, int] | None) -> None:
    if effect.stuck:
        raise DeviceNeeded([row.sentence for row in effect.stuck])
    if effect.below_minimum:
        raise BelowMinimum([effect.minimum_sentence])
    if shown is not None and dict(shown) != effect.quantities:
        raise StaleRevision(
            "Inzwischen ginge etwas anderes mit als gezeigt. Bitte prüfen Sie, was jetzt gilt."
        )


def take_back(
    call_off: CallOff,
    quantities: Mapping[int, int] | None,
    *,
    lines: Sequence[CallOffLine] | None = None,
    cause: CancellationCause,
    reason: str,
    token: UUID | None = None,
    by: Membership | None,
    now: datetime,
) -> Cancellation:
    """Take open quantities of a locked call-off back and free exactly what they bound.

    Runs inside the caller's transaction, under `translated`; None takes everything open.
    `lines` are those of `lines_of`, where the caller has read them.
    Writes progress, cancellation, COMMITMENT_REVERSAL events, audit and mails, and last
    the counter entries in the ledger, after which a full lot may open again. Raises
    CommentMissing, NothingOpen, NothingChosen, NotFound, MoreThanOpen and
    IllegalTransition.
    """
    reason = reason.strip()
    if not reason:
        raise CommentMissing("Bitte begründen Sie, warum die Ware nicht mehr kommen soll.")
    lines = lines_of(call_off) if lines is None else lines
    wanted = wanted_of_open(call_off, lines, quantities)
    chosen = [line for line in lines if line.pk in wanted]
    computed = give_back(
        [issued_line(line) for line in lines], {line.pk: wanted[line.pk] for line in chosen}
    )
    given = list(zip(chosen, computed, strict=True))
    before = call_off.state
    _advance(call_off, lines, wanted, cause, now)
    cancellation = _write(call_off, given, cause, reason, token, by, now)
    mark = f"cancellation-{cancellation.number}"
    _follow(call_off, before, cancellation, given, mark)
    reverse_posts(_amounts(call_off, given), mark=mark, by=by, now=now)
    nudge([call_off.lot_id])
    return cancellation


def _advance(
    call_off: CallOff,
    lines: Sequence[CallOffLine],
    wanted: Mapping[int, int],
    cause: CancellationCause,
    now: datetime,
) -> None:
    """Count the cancelled pieces and take the step that follows from what is left."""
    refused = cause is CancellationCause.REFUSED
    call_off.state = after_taking_back(
        call_off.state,
        left=sum(line.progress.open for line in lines) - sum(wanted.values()),
        delivered=sum(line.progress.delivered for line in lines),
        gone=CallOffState.REFUSED if refused else CallOffState.CANCELLED,
    )
    call_off.updated_at = now
    call_off.save(update_fields=["state", "updated_at"])
    count(wanted, "cancelled")


def _write(
    call_off: CallOff,
    given: Given,
    cause: CancellationCause,
    reason: str,
    token: UUID | None,
    by: Membership | None,
    now: datetime,
) -> Cancellation:
    net = sum((row.net for _, row in given), _ZERO)
    tax = sum((row.tax for _, row in given), _ZERO)
    cancellation = Cancellation.objects.create(
        call_off=call_off,
        number=call_off.cancellations.count() + 1,
        token=token,
        cause=cause,
        reason=reason[:REASON_LENGTH],
        by=by,
        at=now,
        net=net,
        tax=tax,
        gross=net + tax,
    )
    rows = CancelledLine.objects.bulk_create(
        CancelledLine(
            cancellation=cancellation, line=line, quantity=row.quantity, net=row.net, tax=row.tax
        )
        for line, row in given
    )
    CancelledShare.objects.bulk_create(
        CancelledShare(
            cancelled_line=cancelled,
            assignment_id=int(share.key),
            net=share.net,
            tax=share.tax,
            bound=share.bound,
        )
        for cancelled, (_, row) in zip(rows, given, strict=True)
        for share in row.shares
    )
    return cancellation


def _follow(
    call_off: CallOff, before: str, cancellation: Cancellation, given: Given, mark: str
) -> None:
    """Events, audit and mail; a part of an undelivered call-off has a step of its own."""
    step = Step(f"call_off.{cancellation.cause}")
    if step is Step.CANCELLED and call_off.state == before:
        step = Step.PARTLY_CANCELLED
    plan = Plan(cancellation.by, cancellation.at)
    plan.follow(
        step,
        call_off,
        events=_reversals(call_off, given, mark),
        told=[taken_back_notice(call_off, cancellation)],
        before={"state": before},
        after={
            "state": call_off.state,
            "quantities": {str(line.line_no): row.quantity for line, row in given},
            "net": str(cancellation.net),
        },
        reason=cancellation.reason,
    )
    plan.carry_out()


def _reversals(call_off: CallOff, given: Given, mark: str) -> list[FinanceFact]:
    parts = [
        AssignedPart(assignment, row.quantity, NetTax(share.net, share.tax))
        for line, row in given
        for assignment, share in _shares(line, row)
    ]
    return call_off_facts(
        EventType.COMMITMENT_REVERSAL,
        call_off,
        parts,
        mark=mark,
        reverses=EventType.COMMITMENT,
    )


def _shares(line: CallOffLine, row: LineGiveback) -> list[tuple[CallOffAssignment, ShareGiveback]]:
    """The assignments with what each gets back; the calculator keeps their order."""
    return list(zip(line.assignments.all(), row.shares, strict=True))


def _amounts(call_off: CallOff, given: Given) -> dict[str, Amount]:
    """Pieces and EUR to give back per ledger reference."""
    suffix = holds.follow_up(call_off)
    amounts = {}
    for line, row in given:
        reference = line_reference(line.requisition_line_id, suffix)
        amounts[reference] = Amount(row.quantity, row.net)
        for assignment, share in _shares(line, row):
            reference = assignment_reference(assignment.assignment_id, suffix)
            amounts[reference] = Amount(row.quantity, share.bound)
    return amounts
