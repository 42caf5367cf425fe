"""Hold, post, void, reverse, adjust: the only writer of limits.

Every function locks all accounts it touches by primary key in one statement
(`FOR NO KEY UPDATE`), checks on the locked rows, and appends all its entries in one
INSERT. A trigger carries the deltas to the account rows; named constraints refuse
whatever would slip past the check (docs/ledger.md). Callers hold the transaction and
call this last, because these rows are the hot ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from contracts.parties.models import Membership

from .errors import (
    AccountClosed,
    DuplicateReference,
    HoldAlreadyResolved,
    InvalidAmount,
    LedgerError,
    LimitBelowUse,
    LimitExceeded,
    ReverseTooLarge,
    Shortfall,
    UnknownEntry,
)
from .models import AccountKind, EntryKind, LedgerEntry, LimitAccount

_CONSTRAINTS: Mapping[str, type[LedgerError]] = {
    "ledger_cap_not_exceeded": LimitExceeded,
    "ledger_budget_not_overdrawn": LimitExceeded,
    "ledger_hold_resolved_once": HoldAlreadyResolved,
    "ledger_resolution_matches": UnknownEntry,
    "ledger_reverse_within_post": ReverseTooLarge,
    "ledger_entry_reference_unique": DuplicateReference,
    "ledger_account_not_negative": ReverseTooLarge,
}

_TOO_LARGE = Decimal(10) ** 16


@dataclass(frozen=True, slots=True)
class Hold:
    """Ask to set *amount* (EUR or pieces) aside on an account."""

    account_id: int
    amount: Decimal
    reference: str


@dataclass(frozen=True, slots=True)
class Post:
    """End the hold *hold_id* and book *amount*, which may differ from what was held."""

    hold_id: int
    amount: Decimal
    reference: str


@dataclass(frozen=True, slots=True)
class Reverse:
    """Take *amount* back from the posted entry *post_id*."""

    post_id: int
    amount: Decimal
    reference: str


def hold(holds: Sequence[Hold], *, by: Membership | None, now: datetime) -> dict[str, int]:
    """Set amounts aside, all or none.

    Returns the entry id per "account id:reference". Raises LimitExceeded (with every
    shortfall), AccountClosed, InvalidAmount or DuplicateReference.
    """
    wanted: dict[int, Decimal] = defaultdict(Decimal)
    for ask in holds:
        _require_positive(ask.amount)
        wanted[ask.account_id] += ask.amount
    with _translated(), transaction.atomic(savepoint=False):
        accounts = lock_accounts(wanted)
        _require_open(accounts.values())
        _require_room(accounts, wanted)
        entries = [
            LedgerEntry(
                account_id=ask.account_id,
                kind=EntryKind.HOLD,
                delta_held=ask.amount,
                reference=ask.reference,
                by=by,
                at=now,
            )
            for ask in holds
        ]
        LedgerEntry.objects.bulk_create(entries)
    return {f"{entry.account_id}:{entry.reference}": entry.pk for entry in entries}


def settle(
    *,
    posts: Sequence[Post] = (),
    voids: Collection[int] = (),
    by: Membership | None,
    now: datetime,
) -> None:
    """End holds in one step: book some, release others, all or none.

    A post may be higher than its hold; the difference is checked against the limit
    in the same statement. Raises LimitExceeded, HoldAlreadyResolved, InvalidAmount
    or UnknownEntry.
    """
    for post in posts:
        _require_positive(post.amount)
    hold_ids = [post.hold_id for post in posts] + list(voids)
    if len(set(hold_ids)) != len(hold_ids):
        raise HoldAlreadyResolved("A hold was named twice.")
    with _translated(), transaction.atomic(savepoint=False):
        held = _open_holds(hold_ids)
        accounts = lock_accounts({entry.account_id for entry in held.values()})
        growth: dict[int, Decimal] = defaultdict(Decimal)
        for post in posts:
            growth[held[post.hold_id].account_id] += post.amount
        for entry in held.values():
            growth[entry.account_id] -= entry.delta_held
        _require_room(accounts, {pk: more for pk, more in growth.items() if more > 0})
        LedgerEntry.objects.bulk_create(_settlement(held, posts, voids, by, now))


def reverse(reverses: Sequence[Reverse], *, by: Membership | None, now: datetime) -> None:
    """Give posted amounts back, all or none.

    Raises ReverseTooLarge when more would be taken back than was posted and not
    reversed before, InvalidAmount or UnknownEntry.
    """
    for item in reverses:
        _require_positive(item.amount)
    with _translated(), transaction.atomic(savepoint=False):
        posted = _posts({item.post_id for item in reverses})
        lock_accounts({entry.account_id for entry in posted.values()})
        LedgerEntry.objects.bulk_create(
            LedgerEntry(
                account_id=posted[item.post_id].account_id,
                kind=EntryKind.REVERSE,
                delta_posted=-item.amount,
                resolves_id=item.post_id,
                reference=item.reference,
                by=by,
                at=now,
            )
            for item in reverses
        )


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
    if not _is_amount(new_limit) or new_limit < 0:
        raise InvalidAmount("Eine Grenze ist nicht negativ und hat höchstens zwei Stellen.")
    with _translated(), transaction.atomic(savepoint=False):
        account = lock_accounts({account_id})[account_id]
        if account.kind != AccountKind.BUDGET and new_limit < account.bound:
            raise LimitBelowUse(f"{account.title}: {account.bound} sind bereits gebunden.")
        LedgerEntry.objects.create(
            account=account,
            kind=EntryKind.ADJUST,
            delta_limit=new_limit - account.limit_amount,
            reference=reference,
            document=document,
            by=by,
            at=now,
        )


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
    with transaction.atomic():
        account = LimitAccount.objects.create(kind=kind, unit=unit, title=title[:250])
        adjust(
            account.pk,
            new_limit=limit,
            document=document,
            reference="opening",
            by=by,
            now=now,
        )
        account.refresh_from_db()
    return account


def lock_accounts(account_ids: Iterable[int]) -> dict[int, LimitAccount]:
    """Lock the account rows by primary key, in order, in one statement."""
    wanted = set(account_ids)
    rows = LimitAccount.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
    accounts = {account.pk: account for account in rows}
    if missing := wanted - accounts.keys():
        raise UnknownEntry(f"Unknown limit accounts: {sorted(missing)}")
    return accounts


def _open_holds(hold_ids: Collection[int]) -> dict[int, LedgerEntry]:
    """Read before the lock; a hold that ends meanwhile meets ledger_hold_resolved_once."""
    holds = LedgerEntry.objects.filter(pk__in=hold_ids, kind=EntryKind.HOLD)
    ends = LedgerEntry.objects.filter(
        resolves=OuterRef("pk"), kind__in=(EntryKind.POST, EntryKind.VOID)
    )
    found = {row.pk: row for row in holds.exclude(Exists(ends))}
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


def _settlement(
    held: Mapping[int, LedgerEntry],
    posts: Sequence[Post],
    voids: Collection[int],
    by: Membership | None,
    now: datetime,
) -> list[LedgerEntry]:
    booked = [
        LedgerEntry(
            account_id=held[post.hold_id].account_id,
            kind=EntryKind.POST,
            delta_held=-held[post.hold_id].delta_held,
            delta_posted=post.amount,
            resolves_id=post.hold_id,
            reference=post.reference,
            by=by,
            at=now,
        )
        for post in posts
    ]
    released = [
        LedgerEntry(
            account_id=held[hold_id].account_id,
            kind=EntryKind.VOID,
            delta_held=-held[hold_id].delta_held,
            resolves_id=hold_id,
            reference=held[hold_id].reference,
            by=by,
            at=now,
        )
        for hold_id in voids
    ]
    return booked + released


def _is_amount(value: Decimal) -> bool:
    """Whether the columns can hold it: finite, at most two decimals, below 10^16."""
    return value.is_finite() and abs(value) < _TOO_LARGE and value == round(value, 2)


def _require_positive(amount: Decimal) -> None:
    if not _is_amount(amount) or amount <= 0:
        raise InvalidAmount(f"{amount}: Beträge sind positiv mit höchstens zwei Stellen.")


def _require_open(accounts: Iterable[LimitAccount]) -> None:
    closed = [account.title for account in accounts if not account.is_open]
    if closed:
        raise AccountClosed(closed)


def _require_room(accounts: Mapping[int, LimitAccount], wanted: Mapping[int, Decimal]) -> None:
    short = [
        Shortfall(
            account_id=pk,
            kind=accounts[pk].kind,
            unit=accounts[pk].unit,
            title=accounts[pk].title,
            requested=amount,
            available=accounts[pk].available,
        )
        for pk, amount in sorted(wanted.items())
        if amount > accounts[pk].available
    ]
    if short:
        raise LimitExceeded(short)


@contextmanager
def _translated() -> Iterator[None]:
    """Turn named constraint violations into named refusals."""
    try:
        yield
    except IntegrityError as error:
        diagnostics = getattr(error.__cause__, "diag", None)
        refusal = _CONSTRAINTS.get(getattr(diagnostics, "constraint_name", None) or "")
        if refusal is None:
            raise
        raise refusal() from error
