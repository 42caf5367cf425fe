"""Which ledger entries belong to a requisition: the bridge between lines and limits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from contracts.agreements.caps.use import cap_amounts
from contracts.agreements.entitlement import quota_account_ids
from contracts.agreements.models import Listing
from contracts.clock import berlin_day
from contracts.ledger.models import EntryKind, LedgerEntry, Unit
from contracts.ledger.movements import Hold, Post, hold, lock_accounts, replace, settle
from contracts.parties.models import Membership
from orders.binding.cap_nudges import nudge
from orders.models import BudgetLine, CallOff, Requisition, RequisitionLine

_ONE = Decimal(1)


def follow_up(call_off: CallOff) -> str:
    """What sets the references of a call-off apart that follows another; else empty.

    The limits of the first call-off were held when the requisition was submitted, under
    the references of its lines; one that follows binds the same lines once more.
    """
    return call_off.number if call_off.follows_id is not None else ""


def line_reference(line: RequisitionLine, follow_up: str = "") -> str:
    """The caps of a line are held and posted under this reference."""
    return _marked(f"requisition-line:{line.pk}", follow_up)


def assignment_reference(assignment_id: int, follow_up: str = "") -> str:
    """The budget of an assignment is held and posted under this reference.

    Finance events about it carry it as their subject.
    """
    return _marked(f"assignment:{assignment_id}", follow_up)


def _marked(reference: str, mark: str) -> str:
    return f"{reference}:{mark}" if mark else reference


def lock_first(
    requisition: Requisition,
    lines: Sequence[RequisitionLine],
    candidates: Collection[Listing],
    *,
    now: datetime,
) -> bool:
    """Lock all limit accounts of the lines before they are priced, where that needs it.

    A cumulative tier follows from what is posted, and the choice between the awards of a
    lot (`candidates`: what they offer) from their own caps. The rows that say it have to
    stand still until the money is bound; all of them at once keep the one order of locks.
    Where neither plays a part nothing is locked yet: these rows are the hot ones. Returns
    whether they are locked.
    """
    if not candidates and not any(line.listing.item.cumulative_tiers for line in lines):
        return False
    lock_accounts(_accounts(requisition, lines, candidates, now))
    return True


def lock_all(
    requisition: Requisition,
    lines: Sequence[RequisitionLine],
    listings: Collection[Listing],
    budget_line_ids: Collection[int],
    *,
    now: datetime,
) -> None:
    """Lock every limit account of the lines and of what may come in their place, at once.

    `listings` are what is wanted instead and could be put in its place, `budget_line_ids`
    what it is to be paid from.
    """
    budgets = BudgetLine.objects.filter(pk__in=budget_line_ids).select_related(
        "own_account", "pool__account"
    )
    accounts = _accounts(requisition, lines, listings, now)
    lock_accounts(accounts | {row.binding_account_id for row in budgets})


def lock_for_follow_up(
    call_off: CallOff,
    lines: Sequence[RequisitionLine],
    candidates: Collection[Listing],
    *,
    now: datetime,
) -> None:
    """Lock what a call-off has bound and what the one that follows it may bind, at once."""
    mark = follow_up(call_off)
    references = [line_reference(line, mark) for line in lines]
    references += [
        assignment_reference(assignment.pk, mark)
        for line in lines
        for assignment in line.assignments.all()
    ]
    posts = LedgerEntry.objects.filter(reference__in=references, kind=EntryKind.POST)
    accounts = _accounts(call_off.requisition, lines, candidates, now)
    lock_accounts(accounts | set(posts.values_list("account_id", flat=True)))


def _accounts(
    requisition: Requisition,
    lines: Sequence[RequisitionLine],
    candidates: Collection[Listing],
    now: datetime,
) -> set[int]:
    """The caps of the lines and of what could take their place, and the budgets."""
    quotas = quota_account_ids(requisition.authority_id, berlin_day(now))
    listings = [*(line.listing for line in lines), *candidates]
    caps = {pk for listing in listings for pk, _ in cap_amounts(listing, 1, _ONE, quotas)}
    budgets = {
        assignment.budget_line.binding_account_id
        for line in lines
        for assignment in line.assignments.all()
    }
    return caps | budgets


def hold_all(
    requisition: Requisition, lines: Sequence[RequisitionLine], *, by: Membership, now: datetime
) -> None:
    """Hold every cap and every budget of the lines in one step.

    Raises LimitExceeded with each shortfall, or AccountClosed; nothing is held then.
    """
    hold(_needed(requisition, lines, now), by=by, now=now)
    nudge(_lots(lines))


def hold_instead(
    requisition: Requisition,
    lines: Sequence[RequisitionLine],
    fresh: Sequence[RequisitionLine],
    *,
    by: Membership,
    now: datetime,
) -> None:
    """Give up what *lines* hold and hold what *fresh* need, in one step.

    Raises LimitExceeded where more is needed than is free, or AccountClosed.
    """
    voids = [entry.pk for entry in open_holds(lines)]
    replace(voids=voids, holds=_needed(requisition, fresh, now), by=by, now=now)
    nudge(_lots(lines) | _lots(fresh))


def _needed(
    requisition: Requisition, lines: Sequence[RequisitionLine], now: datetime
) -> list[Hold]:
    """What the lines draw on every cap (pieces or net EUR) and every budget (EUR)."""
    quotas = quota_account_ids(requisition.authority_id, berlin_day(now))
    holds = [
        Hold(account_id, amount, line_reference(line))
        for line in lines
        for account_id, amount in cap_amounts(line.listing, line.quantity, line.net, quotas)
    ]
    holds += [
        Hold(
            assignment.budget_line.binding_account_id,
            assignment.bound,
            assignment_reference(assignment.pk),
        )
        for line in lines
        for assignment in line.assignments.all()
        if assignment.bound > 0
    ]
    return holds


def were_held(lines: Sequence[RequisitionLine]) -> bool:
    """Whether the lines have ever held anything; their references are used up then."""
    references = [line_reference(line) for line in lines]
    return LedgerEntry.objects.filter(reference__in=references, kind=EntryKind.HOLD).exists()


def open_holds(lines: Sequence[RequisitionLine]) -> list[LedgerEntry]:
    """Holds of the lines that are neither posted nor voided."""
    references = [line_reference(line) for line in lines]
    references += [
        assignment_reference(assignment.pk)
        for line in lines
        for assignment in line.assignments.all()
    ]
    return list(
        LedgerEntry.objects.filter(reference__in=references, kind=EntryKind.HOLD)
        .exclude(resolutions__kind__in=(EntryKind.POST, EntryKind.VOID))
        .select_related("account")
        .order_by("pk")
    )


def void_all(lines: Sequence[RequisitionLine], *, by: Membership | None, now: datetime) -> None:
    """Release every open hold of the lines; harmless when there is none."""
    entries = open_holds(lines)
    if entries:
        settle(voids=[entry.pk for entry in entries], by=by, now=now)
        nudge(_lots(lines))


def _lots(lines: Sequence[RequisitionLine]) -> set[int]:
    return {line.listing.item.award.lot_id for line in lines}


def held_by_account(lines: Sequence[RequisitionLine]) -> dict[int, Decimal]:
    """What the lines hold, per limit account (EUR or pieces)."""
    held: dict[int, Decimal] = defaultdict(Decimal)
    for entry in open_holds(lines):
        held[entry.account_id] += entry.delta_held
    return dict(held)


@dataclass(frozen=True, slots=True)
class Move:
    """A line that is issued to another award of its lot than the one it holds."""

    line: RequisitionLine
    listing: Listing
    quantity: int
    net: Decimal

    @property
    def left(self) -> set[int]:
        """Accounts that the line no longer draws on."""
        return set(_own_caps(self.line.listing)) - set(_own_caps(self.listing))

    @property
    def holds(self) -> list[Hold]:
        """What has to be held on the accounts it draws on instead."""
        amounts = dict(cap_amounts(self.listing, self.quantity, self.net, {}))
        fresh = set(_own_caps(self.listing)) - set(_own_caps(self.line.listing))
        return [
            Hold(pk, amounts[pk], line_reference(self.line))
            for pk in sorted(fresh)
            if pk in amounts
        ]


def _own_caps(listing: Listing) -> list[int]:
    """The caps in which awards of one lot differ: the position's and the award's."""
    found = (listing.item.account_id, listing.item.award.account_id)
    return [pk for pk in found if pk is not None]


def post_all(
    lines: Sequence[RequisitionLine],
    euros: Mapping[str, Decimal],
    moves: Sequence[Move] = (),
    *,
    by: Membership,
    now: datetime,
) -> None:
    """Turn the holds of the lines into posts.

    `euros` gives the issued amount per reference; piece accounts post what they held.
    An amount that became zero is released, and so is what a moved line held on the caps
    of the award it left; on those of the other award it is held and posted. Whoever has
    moves has locked all these accounts by `lock_first`.
    """
    left = {(pk, line_reference(move.line)) for move in moves for pk in move.left}
    asked = [ask for move in moves for ask in move.holds]
    fresh = hold(asked, by=by, now=now) if asked else {}
    posts = [
        Post(fresh[f"{ask.account_id}:{ask.reference}"], ask.amount, ask.reference) for ask in asked
    ]
    voids = []
    for entry in open_holds(lines):
        if entry.pk in fresh.values():
            continue
        pieces = entry.account.unit == Unit.PIECES
        amount = entry.delta_held if pieces else euros[entry.reference]
        if amount > 0 and (entry.account_id, entry.reference) not in left:
            posts.append(Post(entry.pk, amount, entry.reference))
        else:
            voids.append(entry.pk)
    settle(posts=posts, voids=voids, by=by, now=now)
    nudge(_lots(lines))


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A line of a call-off that follows another: what it draws on, and its budgets.

    `bound` in EUR by assignment, with the account that carries it.
    """

    line: RequisitionLine
    listing: Listing
    quantity: int
    net: Decimal
    bound: Mapping[int, tuple[int, Decimal]]


def post_follow_up(
    call_off: CallOff, rows: Sequence[FollowUp], *, by: Membership, now: datetime
) -> None:
    """Hold and post what a following call-off binds, under references of its own.

    Raises LimitExceeded or AccountClosed; nothing is bound then.
    """
    mark = follow_up(call_off)
    quotas = quota_account_ids(call_off.authority_id, berlin_day(now))
    asked = [
        Hold(account_id, amount, line_reference(row.line, mark))
        for row in rows
        for account_id, amount in cap_amounts(row.listing, row.quantity, row.net, quotas)
    ]
    asked += [
        Hold(account_id, amount, assignment_reference(assignment_id, mark))
        for row in rows
        for assignment_id, (account_id, amount) in row.bound.items()
        if amount > 0
    ]
    held = hold(asked, by=by, now=now)
    posts = [
        Post(held[f"{ask.account_id}:{ask.reference}"], ask.amount, ask.reference) for ask in asked
    ]
    settle(posts=posts, by=by, now=now)
    nudge([call_off.lot_id])
