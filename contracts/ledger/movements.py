"""Hold, post, void, reverse, adjust, transfer, stop: the only writer of limits.

Every function locks all accounts it touches by primary key in one statement
(`FOR NO KEY UPDATE`), checks on the locked rows, and appends all its entries in one
INSERT. A trigger carries the deltas to the account rows; named constraints refuse
whatever would slip past the check (docs/ledger.md). Callers hold the transaction and
call this last, because these rows are the hot ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Exists, OuterRef

from contracts.parties.models import Membership

from . import statements
from .checks import (
    is_amount,
    is_to_change,
    require_limit,
    require_not_suspended,
    require_open,
    require_positive,
    require_room,
    require_use_covered,
)
from .constraints import translated
from .errors import (
    HoldAlreadyResolved,
    InvalidAmount,
    LimitBelowUse,
    TransferNotPossible,
    UnknownEntry,
    amount_in_words,
)
from .models import AccountKind, ClosedReason, EntryKind, LedgerEntry, LimitAccount
from .requests import Hold, OpenHold, Post, Reverse
from .statements import NewEntry


def hold(holds: Sequence[Hold], *, by: Membership | None, now: datetime) -> dict[str, int]:
    """Set amounts aside, all or none.

    Returns the entry id per "account id:reference". Raises LimitExceeded (with every
    shortfall), AccountClosed, InvalidAmount or DuplicateReference.
    """
    wanted: dict[int, Decimal] = defaultdict(Decimal)
    for ask in holds:
        require_positive(ask.amount)
        wanted[ask.account_id] += ask.amount
    with translated(), transaction.atomic(savepoint=False):
        accounts = lock_accounts(wanted)
        require_open(accounts.values())
        require_room(accounts, wanted)
        appended = _append(_holding(holds), by=by, now=now)
    return {f"{account_id}:{reference}": pk for pk, account_id, reference in appended}


def settle(
    *,
    posts: Sequence[Post] = (),
    voids: Collection[int] = (),
    known: Sequence[OpenHold] = (),
    locked: Mapping[int, LimitAccount] | None = None,
    by: Membership | None,
    now: datetime,
) -> None:
    """End holds in one step: book some, release others, all or none.

    Whoever has read the holds (`known`) and locked the accounts in this transaction and
    written nothing on them since (`locked`) spares reading and locking them again; a hold
    that has ended all the same meets ledger_hold_resolved_once.

    A post may be higher than its hold; the difference is checked against the limit
    in the same statement. Nothing is booked on a suspended account; a full one takes what
    is held on it, and so does a budget that a freeze has overdrawn: whoever must not book on it
    asks before (`is_overdrawn`). Raises LimitExceeded, AccountClosed, HoldAlreadyResolved,
    InvalidAmount or UnknownEntry.
    """
    for post in posts:
        require_positive(post.amount)
    hold_ids = [post.hold_id for post in posts] + list(voids)
    if len(set(hold_ids)) != len(hold_ids):
        raise HoldAlreadyResolved("A hold was named twice.")
    with translated(), transaction.atomic(savepoint=False):
        held = {row.pk: row for row in known if row.pk in set(hold_ids)}
        if held.keys() != set(hold_ids):
            held = _open_holds(hold_ids)
        accounts = locked or lock_accounts({entry.account_id for entry in held.values()})
        growth: dict[int, Decimal] = defaultdict(Decimal)
        for post in posts:
            growth[held[post.hold_id].account_id] += post.amount
        booked = {pk: accounts[pk] for pk in sorted(growth)}
        require_not_suspended(booked.values())
        for entry in held.values():
            growth[entry.account_id] -= entry.delta_held
        require_room(accounts, {pk: more for pk, more in growth.items() if more > 0})
        _append(_settlement(held, posts, voids), by=by, now=now)


def replace(
    *, voids: Collection[int], holds: Sequence[Hold], by: Membership | None, now: datetime
) -> None:
    """Give holds up for others in one step, all or none.

    Asked is only what an account carries *more* than before: one that a freeze has left
    overdrawn, or that is stopped, can always carry less, and one that is full may carry its
    rest for whoever it is full with. Raises LimitExceeded (requested is what is more),
    AccountClosed, HoldAlreadyResolved, UnknownEntry, InvalidAmount or DuplicateReference.
    """
    growth: dict[int, Decimal] = defaultdict(Decimal)
    for ask in holds:
        require_positive(ask.amount)
        growth[ask.account_id] += ask.amount
    with translated(), transaction.atomic(savepoint=False):
        released = _open_holds(voids)
        for entry in released.values():
            growth[entry.account_id] -= entry.delta_held
        accounts = lock_accounts(growth)
        more = {pk: amount for pk, amount in growth.items() if amount > 0}
        require_open(accounts[pk] for pk in more if accounts[pk].closed_reason != ClosedReason.FULL)
        require_room(accounts, more)
        _append([*_settlement(released, (), voids), *_holding(holds)], by=by, now=now)


def reverse(reverses: Sequence[Reverse], *, by: Membership | None, now: datetime) -> None:
    """Give posted amounts back, all or none.

    Raises ReverseTooLarge when more would be taken back than was posted and not
    reversed before, InvalidAmount or UnknownEntry.
    """
    for item in reverses:
        require_positive(item.amount)
    with translated(), transaction.atomic(savepoint=False):
        posted = _posts({item.post_id for item in reverses})
        lock_accounts({entry.account_id for entry in posted.values()})
        entries = [
            NewEntry(
                posted[item.post_id].account_id,
                EntryKind.REVERSE,
                item.reference,
                delta_posted=-item.amount,
                resolves_id=item.post_id,
            )
            for item in reverses
        ]
        _append(entries, by=by, now=now)


def adjust(
    account_id: int,
    *,
    new_limit: Decimal,
    document: str,
    reference: str,
    by: Membership | None,
    now: datetime,
) -> None:
    """Set the limit of an account, with the document that allows it.

    A budget may be set below what is bound (freeze, snapshot) and then shows as
    overdrawn; a cap may not: LimitBelowUse.
    """
    require_limit(new_limit)
    with translated(), transaction.atomic(savepoint=False):
        account = lock_accounts({account_id})[account_id]
        require_use_covered(account, new_limit)
        change = _change(account_id, new_limit - account.limit_amount, reference, document)
        _append([change], by=by, now=now)


def adjust_by(
    account_id: int,
    *,
    delta: Decimal,
    document: str,
    reference: str,
    by: Membership | None,
    now: datetime,
) -> None:
    """Raise or lower the limit of an account by *delta*, whatever it is once it is locked.

    For whoever knows the change and not the outcome (a freeze, a supplement): a limit read
    before the lock may be another one by then. Refuses what `adjust` refuses, and a change
    of nothing.
    """
    if not is_amount(delta) or delta == 0:
        raise InvalidAmount(f"{delta}: Eine Änderung ist nicht null, mit höchstens zwei Stellen.")
    with translated(), transaction.atomic(savepoint=False):
        account = lock_accounts({account_id})[account_id]
        require_limit(account.limit_amount + delta)
        require_use_covered(account, account.limit_amount + delta)
        _append([_change(account_id, delta, reference, document)], by=by, now=now)


def transfer(
    *,
    from_account_id: int,
    to_account_id: int,
    amount: Decimal,
    document: str,
    reference: str,
    by: Membership | None,
    now: datetime,
) -> None:
    """Move *amount* of limit from one account to another; their sum stays as it is.

    The giver, cap or budget, keeps at least what it has bound: LimitBelowUse. Raises
    InvalidAmount unless the amount is positive, TransferNotPossible for two units or one
    account, DuplicateReference and UnknownEntry.
    """
    require_positive(amount)
    if from_account_id == to_account_id:
        raise TransferNotPossible("Bitte wählen Sie zwei verschiedene Konten.")
    with translated(), transaction.atomic(savepoint=False):
        accounts = lock_accounts({from_account_id, to_account_id})
        giver, taker = accounts[from_account_id], accounts[to_account_id]
        if giver.unit != taker.unit:
            raise TransferNotPossible(f"{giver.title} und {taker.title} zählen Verschiedenes.")
        if amount > giver.available:
            most = amount_in_words(max(giver.available, Decimal(0)), giver.unit)
            raise LimitBelowUse(f"{giver.title}: Sie können höchstens {most} abgeben.")
        changes = [
            _change(giver.pk, -amount, reference, document),
            _change(taker.pk, amount, reference, document),
        ]
        _append(changes, by=by, now=now)


def set_open(account_ids: Iterable[int], *, is_open: bool, reason: str) -> set[int]:
    """Stop or reopen accounts for a `ClosedReason`; return those that changed.

    Holds that wait for the rows see it. The weaker reason never hides the stronger one:
    a suspended account is not closed as full, and opening for a reason opens only what is
    closed for it. Opening for "" opens whatever the reason was.
    """
    with transaction.atomic(savepoint=False):
        changed = {
            pk
            for pk, account in lock_accounts(account_ids).items()
            if is_to_change(account, is_open=is_open, reason=reason)
        }
        LimitAccount.objects.filter(pk__in=changed).update(
            is_open=is_open, closed_reason="" if is_open else ClosedReason(reason)
        )
    return changed


@dataclass(frozen=True, slots=True)
class Opening:
    """An account to be created: its title, its first limit and the document behind it."""

    kind: AccountKind
    unit: str
    title: str
    limit: Decimal
    document: str


def open_account(
    *,
    kind: AccountKind,
    unit: str,
    title: str,
    limit: Decimal,
    document: str,
    by: Membership | None,
    now: datetime,
) -> LimitAccount:
    """Create an account; its first limit is an entry like any later change."""
    (account,) = open_accounts([Opening(kind, unit, title, limit, document)], by=by, now=now)
    return account


def open_accounts(
    openings: Sequence[Opening], *, by: Membership | None, now: datetime
) -> list[LimitAccount]:
    """Create many accounts at once, in this order. Raises InvalidAmount."""
    for opening in openings:
        require_limit(opening.limit)
    with translated(), transaction.atomic():
        accounts = LimitAccount.objects.bulk_create(
            LimitAccount(kind=opening.kind, unit=opening.unit, title=opening.title[:250])
            for opening in openings
        )
        changes = [
            _change(account.pk, opening.limit, "opening", opening.document)
            for account, opening in zip(accounts, openings, strict=True)
        ]
        _append(changes, by=by, now=now)
    for account, opening in zip(accounts, openings, strict=True):
        account.limit_amount = opening.limit  # as the trigger has written it
    return accounts


def lock_accounts(account_ids: Iterable[int]) -> dict[int, LimitAccount]:
    """Lock the account rows by primary key, in order, in one statement."""
    wanted = set(account_ids)
    accounts = {account.pk: account for account in statements.lock(wanted)}
    if missing := wanted - accounts.keys():
        raise UnknownEntry(f"Unknown limit accounts: {sorted(missing)}")
    return accounts


def _open_holds(hold_ids: Collection[int]) -> dict[int, OpenHold]:
    """Read before the lock; a hold that ends meanwhile meets ledger_hold_resolved_once."""
    holds = LedgerEntry.objects.filter(pk__in=hold_ids, kind=EntryKind.HOLD)
    ends = LedgerEntry.objects.filter(
        resolves=OuterRef("pk"), kind__in=(EntryKind.POST, EntryKind.VOID)
    )
    rows = holds.exclude(Exists(ends)).values_list("pk", "account_id", "reference", "delta_held")
    found = {row[0]: OpenHold(*row) for row in rows}
    if missing := set(hold_ids) - found.keys():
        if holds.filter(pk__in=missing).exists():
            raise HoldAlreadyResolved(f"Holds that have ended: {sorted(missing)}")
        raise UnknownEntry(f"No such holds: {sorted(missing)}")
    return found


def _posts(post_ids: Collection[int]) -> dict[int, LedgerEntry]:
    rows = LedgerEntry.objects.filter(pk__in=post_ids, kind=EntryKind.POST)
    found = {row.pk: row for row in rows}
    if missing := set(post_ids) - found.keys():
        raise UnknownEntry(f"No such posts: {sorted(missing)}")
    return found


def _holding(holds: Sequence[Hold]) -> list[NewEntry]:
    return [
        NewEntry(ask.account_id, EntryKind.HOLD, ask.reference, delta_held=ask.amount)
        for ask in holds
    ]


def _settlement(
    held: Mapping[int, OpenHold], posts: Sequence[Post], voids: Collection[int]
) -> list[NewEntry]:
    booked = [
        NewEntry(
            held[post.hold_id].account_id,
            EntryKind.POST,
            post.reference,
            delta_held=-held[post.hold_id].delta_held,
            delta_posted=post.amount,
            resolves_id=post.hold_id,
        )
        for post in posts
    ]
    released = [
        NewEntry(
            held[hold_id].account_id,
            EntryKind.VOID,
            held[hold_id].reference,
            delta_held=-held[hold_id].delta_held,
            resolves_id=hold_id,
        )
        for hold_id in voids
    ]
    return booked + released


def _change(account_id: int, delta: Decimal, reference: str, document: str) -> NewEntry:
    return NewEntry(account_id, EntryKind.ADJUST, reference, delta_limit=delta, document=document)


def _append(
    entries: Sequence[NewEntry], *, by: Membership | None, now: datetime
) -> list[tuple[int, int, str]]:
    return statements.append(entries, by_id=None if by is None else by.pk, at=now)
