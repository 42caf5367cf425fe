"""Holds given up for others in one step: only what an account carries more is asked."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from contracts.ledger.errors import (
    AccountClosed,
    HoldAlreadyResolved,
    InvalidAmount,
    LimitExceeded,
)
from contracts.ledger.models import (
    AccountKind,
    ClosedReason,
    EntryKind,
    LedgerEntry,
    LimitAccount,
    Unit,
)
from contracts.ledger.movements import adjust, hold, open_account, replace, set_open, settle
from contracts.ledger.requests import Hold
from tests.world import NOW

pytestmark = pytest.mark.django_db


def account(kind: AccountKind = AccountKind.LOT_VALUE) -> LimitAccount:
    return open_account(
        kind=kind, unit=Unit.EUR, title="Los", limit=Decimal(100), document="Z", by=None, now=NOW
    )


def held(row: LimitAccount, amount: int, reference: str = "a") -> int:
    (pk,) = hold([Hold(row.pk, Decimal(amount), reference)], by=None, now=NOW).values()
    return pk


def instead(void: int, row: LimitAccount, amount: int, reference: str = "b") -> None:
    asked = [Hold(row.pk, Decimal(amount), reference)]
    with transaction.atomic():  # a refusal gives the transaction up that it is raised in
        replace(voids=[void], holds=asked, by=None, now=NOW)


def carries(row: LimitAccount) -> Decimal:
    row.refresh_from_db()
    return row.held


def test_up_to_the_limit_and_not_a_cent_more() -> None:
    row = account()
    held(row, 40, "other")
    first = held(row, 50)
    with pytest.raises(LimitExceeded) as refusal:
        instead(first, row, 61)
    (gap,) = refusal.value.shortfalls
    assert (gap.requested, gap.available, gap.missing) == (11, 10, 1)
    assert carries(row) == 90
    instead(first, row, 60)
    assert carries(row) == 100


def test_the_entries_say_what_went_and_what_came() -> None:
    row, other = account(), account()
    first = held(row, 50)
    replace(voids=[first], holds=[Hold(other.pk, Decimal(30), "b")], by=None, now=NOW)
    assert (carries(row), carries(other)) == (0, 30)
    entries = LedgerEntry.objects.exclude(kind=EntryKind.ADJUST).order_by("pk")
    assert [(entry.kind, entry.account_id, entry.delta_held) for entry in entries] == [
        ("hold", row.pk, 50),
        ("void", row.pk, -50),
        ("hold", other.pk, 30),
    ]


def test_what_has_ended_is_not_given_up_again() -> None:
    row = account()
    first = held(row, 50)
    settle(voids=[first], by=None, now=NOW)
    with pytest.raises(HoldAlreadyResolved):
        instead(first, row, 10)
    assert carries(row) == 0


def test_a_budget_that_a_freeze_has_overdrawn_can_carry_less() -> None:
    row = account(AccountKind.BUDGET)
    first = held(row, 80)
    adjust(row.pk, new_limit=Decimal(20), document="Sperre", reference="s", by=None, now=NOW)
    with pytest.raises(LimitExceeded):
        instead(first, row, 81)
    instead(first, row, 70)
    assert carries(row) == 70


@pytest.mark.parametrize(
    ("reason", "amount", "refused"),
    [
        (ClosedReason.SUSPENDED, 40, False),
        (ClosedReason.SUSPENDED, 51, True),
        (ClosedReason.FULL, 40, False),
        (ClosedReason.FULL, 60, False),
    ],
)
def test_what_is_stopped_carries_less_and_what_is_full_its_rest(
    reason: ClosedReason, amount: int, refused: bool
) -> None:
    row = account()
    first = held(row, 50)
    set_open([row.pk], is_open=False, reason=reason)
    if refused:
        with pytest.raises(AccountClosed):
            instead(first, row, amount)
    else:
        instead(first, row, amount)
    assert carries(row) == (50 if refused else amount)


def test_nothing_is_held_by_a_wrong_amount() -> None:
    row = account()
    first = held(row, 50)
    with pytest.raises(InvalidAmount):
        instead(first, row, 0)
    assert carries(row) == 50


def test_without_the_question_the_database_still_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: the constraint is the last guard, in the same statement."""
    row = account()
    first = held(row, 50)
    monkeypatch.setattr("contracts.ledger.movements.require_room", lambda *_: None)
    with pytest.raises((LimitExceeded, IntegrityError)):
        instead(first, row, 101)
