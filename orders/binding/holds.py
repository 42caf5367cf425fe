"""Which ledger entries belong to a requisition: the bridge between lines and limits.

What is to be held or posted is worked out from facts (`needed`, `posts`), purely; the functions
that touch the ledger come last in an act, because the limit rows are the hot ones.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from contracts.agreements.caps.amounts import cap_amounts
from contracts.agreements.facts.shapes import ListingFacts, Shelf
from contracts.ledger.models import (
    AccountKind,
    EntryKind,
    LedgerEntry,
    LimitAccount,
    Unit,
)
from contracts.ledger.movements import hold, lock_accounts, replace, settle
from contracts.ledger.requests import Hold, OpenHold, Post
from contracts.parties.models import Membership
from contracts.pricing import euros
from contracts.retrying import MovedMeanwhile
from contracts.sql import fetch
from orders.errors import BudgetOverdrawn
from orders.facts import LineFacts, assignment_reference, line_reference, references
from orders.models import CallOff

from .cap_nudges import nudge

_ONE = Decimal(1)
_OPEN_HOLDS = """
SELECT entry.id, entry.account_id, entry.reference, entry.delta_held
  FROM ledger_ledgerentry entry
 WHERE entry.reference = ANY(%(references)s::text[]) AND entry.kind = 'hold'
   AND NOT EXISTS (SELECT 1 FROM ledger_ledgerentry ended
                    WHERE ended.resolves_id = entry.id AND ended.kind IN ('post', 'void'))
 ORDER BY entry.id"""


def follow_up(call_off: CallOff) -> str:
    """What sets the references of a call-off apart that follows another; else empty.

    The limits of the first call-off were held when the requisition was submitted, under
    the references of its lines; one that follows binds the same lines once more.
    """
    return call_off.number if call_off.follows_id is not None else ""


def open_holds(lines: Iterable[LineFacts]) -> list[OpenHold]:
    """What the lines hold now."""
    rows = fetch(_OPEN_HOLDS, {"references": references(lines)})
    return [OpenHold(*row) for row in rows]


def posted_accounts(posted: Collection[str]) -> set[int]:
    """The accounts that carry posts under these references."""
    rows = LedgerEntry.objects.filter(reference__in=posted, kind=EntryKind.POST)
    return set(rows.order_by().values_list("account_id", flat=True))


def held_by_account(holds: Iterable[OpenHold]) -> dict[int, Decimal]:
    """What is held, per limit account (EUR or pieces)."""
    held: dict[int, Decimal] = {}
    for row in holds:
        held[row.account_id] = held.get(row.account_id, Decimal(0)) + row.delta_held
    return held


def account_ids(
    lines: Iterable[LineFacts], listings: Iterable[ListingFacts], shelf: Shelf
) -> set[int]:
    """The caps of the listings and the budgets of the lines."""
    caps = {
        pk
        for listing in listings
        for pk, _ in cap_amounts(listing, 1, _ONE, shelf.reach[listing.pk].quota_ids)
    }
    return caps | {row.budget_line.account_id for line in lines for row in line.assignments}


def needed(lines: Iterable[LineFacts], shelf: Shelf) -> list[Hold]:
    """What the lines draw on every cap (pieces or net EUR) and every budget (EUR)."""
    found = []
    for line in lines:
        listing = shelf.listings[line.listing_id]
        quotas = shelf.reach[line.listing_id].quota_ids
        found += [
            Hold(account_id, amount, line_reference(line.pk))
            for account_id, amount in cap_amounts(listing, line.quantity, line.net, quotas)
        ]
        found += [
            Hold(row.budget_line.account_id, row.bound, assignment_reference(row.pk))
            for row in line.assignments
            if row.bound > 0
        ]
    return found


def hold_all(lines: Sequence[LineFacts], shelf: Shelf, *, by: Membership, now: datetime) -> None:
    """Hold every cap and every budget of the lines in one step.

    Raises LimitExceeded with each shortfall, or AccountClosed; nothing is held then.
    """
    hold(needed(lines, shelf), by=by, now=now)
    nudge(lots(shelf))


def hold_instead(
    held: Iterable[OpenHold],
    fresh: Sequence[LineFacts],
    shelf: Shelf,
    *,
    by: Membership,
    now: datetime,
) -> None:
    """Give up what is held and hold what *fresh* need, in one step.

    Raises LimitExceeded where more is needed than is free, or AccountClosed.
    """
    voids = [row.pk for row in held]
    replace(voids=voids, holds=needed(fresh, shelf), by=by, now=now)
    nudge(lots(shelf))


def void(held: Sequence[OpenHold], shelf: Shelf, *, by: Membership | None, now: datetime) -> None:
    """Release what is held; harmless when there is nothing."""
    if held:
        settle(voids=[row.pk for row in held], by=by, now=now)
        nudge(lots(shelf))


@dataclass(frozen=True, slots=True)
class Move:
    """A line that is issued to another award of its lot than the one it holds."""

    line: LineFacts
    was: ListingFacts
    listing: ListingFacts
    quantity: int
    net: Decimal

    @property
    def left(self) -> set[int]:
        """Accounts that the line no longer draws on."""
        return set(_own_caps(self.was)) - set(_own_caps(self.listing))

    @property
    def holds(self) -> list[Hold]:
        """What has to be held on the accounts it draws on instead."""
        amounts = dict(cap_amounts(self.listing, self.quantity, self.net, ()))
        fresh = set(_own_caps(self.listing)) - set(_own_caps(self.was))
        reference = line_reference(self.line.pk)
        return [Hold(pk, amounts[pk], reference) for pk in sorted(fresh) if pk in amounts]


def _own_caps(listing: ListingFacts) -> list[int]:
    """The caps in which awards of one lot differ: the position's and the award's."""
    found = (listing.item.account_id, listing.item.award.account_id)
    return [pk for pk in found if pk is not None]


def post_all(
    held: Sequence[OpenHold],
    euros_of: Mapping[str, Decimal],
    moves: Sequence[Move],
    locked: Mapping[int, LimitAccount],
    *,
    lot_ids: Collection[int],
    by: Membership,
    now: datetime,
) -> None:
    """Turn what is held into posts.

    `euros_of` gives the issued amount per reference; piece accounts post what they held.
    An amount that became zero is released, and so is what a moved line held on the caps
    of the award it left; on those of the other award it is held and posted. Raises
    MovedMeanwhile where that touches an account that the caller has not *locked* first.
    """
    left = {(pk, line_reference(move.line.pk)) for move in moves for pk in move.left}
    asked = [ask for move in moves for ask in move.holds]
    if any(ask.account_id not in locked for ask in asked):
        raise MovedMeanwhile
    fresh = hold(asked, by=by, now=now) if asked else {}
    posts = [
        Post(fresh[f"{ask.account_id}:{ask.reference}"], ask.amount, ask.reference) for ask in asked
    ]
    voids = []
    for row in held:
        pieces = locked[row.account_id].unit == Unit.PIECES
        amount = row.delta_held if pieces else euros_of[row.reference]
        if amount > 0 and (row.account_id, row.reference) not in left:
            posts.append(Post(row.pk, amount, row.reference))
        else:
            voids.append(row.pk)
    settle(
        posts=posts,
        voids=voids,
        known=() if asked else held,
        locked=None if asked else locked,
        by=by,
        now=now,
    )
    nudge(lot_ids)


def lock(account_ids: Collection[int]) -> dict[int, LimitAccount]:
    """Lock accounts ahead of what is decided on them, all in one statement."""
    return lock_accounts(account_ids)


def require_unfrozen(accounts: Iterable[LimitAccount]) -> None:
    """Raise BudgetOverdrawn when a freeze has left a budget with less than is bound: nothing
    more is released from it until it is covered again.
    """
    overdrawn = [
        f"{account.title} ist durch eine Sperre um {euros(-account.available)} überzogen. "
        "Lassen Sie die Deckung klären, oder geben Sie die Anforderung zurück."
        for account in sorted(accounts, key=lambda row: row.pk)
        if account.kind == AccountKind.BUDGET and account.available < 0
    ]
    if overdrawn:
        raise BudgetOverdrawn(overdrawn)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A line of a call-off that follows another: what it draws on, and its budgets.

    `bound` in EUR by assignment, with the account that carries it.
    """

    line: LineFacts
    listing: ListingFacts
    quantity: int
    net: Decimal
    bound: Mapping[int, tuple[int, Decimal]]


def post_follow_up(
    call_off: CallOff,
    rows: Sequence[FollowUp],
    shelf: Shelf,
    locked: Collection[int],
    *,
    by: Membership,
    now: datetime,
) -> None:
    """Hold and post what a following call-off binds, under references of its own.

    Raises LimitExceeded or AccountClosed, and MovedMeanwhile for an account that the caller
    has not *locked*; nothing is bound then.
    """
    mark = follow_up(call_off)
    asked = [
        Hold(account_id, amount, line_reference(row.line.pk, mark))
        for row in rows
        for account_id, amount in cap_amounts(
            row.listing, row.quantity, row.net, shelf.reach[row.listing.pk].quota_ids
        )
    ]
    asked += [
        Hold(account_id, amount, assignment_reference(assignment_id, mark))
        for row in rows
        for assignment_id, (account_id, amount) in row.bound.items()
        if amount > 0
    ]
    if any(ask.account_id not in locked for ask in asked):
        raise MovedMeanwhile
    held = hold(asked, by=by, now=now)
    posts = [
        Post(held[f"{ask.account_id}:{ask.reference}"], ask.amount, ask.reference) for ask in asked
    ]
    settle(posts=posts, by=by, now=now)
    nudge([call_off.lot_id])


def lots(shelf: Shelf) -> set[int]:
    """The lots whose caps a movement touches."""
    return {listing.item.award.lot_id for listing in shelf.listings.values()}
