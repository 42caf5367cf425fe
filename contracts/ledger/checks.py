"""What a movement is refused for, decided on rows that are locked. No query."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from .errors import (
    AccountClosed,
    InvalidAmount,
    LimitBelowUse,
    LimitExceeded,
    Shortfall,
    amount_in_words,
)
from .models import AccountKind, ClosedReason, LimitAccount

_TOO_LARGE = Decimal(10) ** 16


def is_to_change(account: LimitAccount, *, is_open: bool, reason: str) -> bool:
    """Whether an account has to be touched to be open, or closed for the reason."""
    if is_open:
        return not account.is_open and reason in {"", account.closed_reason}
    return account.is_open or (reason, account.closed_reason) == (
        ClosedReason.SUSPENDED,
        ClosedReason.FULL,
    )


def is_amount(value: Decimal) -> bool:
    """Whether the columns can hold it: finite, at most two decimals, below 10^16."""
    return value.is_finite() and abs(value) < _TOO_LARGE and value == round(value, 2)


def require_positive(amount: Decimal) -> None:
    if not is_amount(amount) or amount <= 0:
        raise InvalidAmount(f"{amount}: Beträge sind positiv mit höchstens zwei Stellen.")


def require_limit(limit: Decimal) -> None:
    if not is_amount(limit) or limit < 0:
        raise InvalidAmount("Eine Grenze ist nicht negativ und hat höchstens zwei Stellen.")


def require_use_covered(account: LimitAccount, new_limit: Decimal) -> None:
    """A cap carries what is bound under it; a budget may be frozen below."""
    if account.kind != AccountKind.BUDGET and new_limit < account.bound:
        bound = amount_in_words(account.bound, account.unit)
        raise LimitBelowUse(
            f"{account.title}: {bound} sind bereits gebunden. "
            "Bitte die Grenze mindestens so hoch setzen."
        )


def require_open(accounts: Iterable[LimitAccount]) -> None:
    closed = [account.title for account in accounts if not account.is_open]
    if closed:
        raise AccountClosed(closed)


def require_not_suspended(accounts: Iterable[LimitAccount]) -> None:
    closed = [row.title for row in accounts if row.closed_reason == ClosedReason.SUSPENDED]
    if closed:
        raise AccountClosed(closed)


def require_room(accounts: Mapping[int, LimitAccount], wanted: Mapping[int, Decimal]) -> None:
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
