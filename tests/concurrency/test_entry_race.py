"""Two uses of one register entry at once: its value is spent once (docs/price-changes.md)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import psycopg
import pytest

from contracts.agreements.models import (
    ContractModification,
    FrameworkAgreement,
    ModificationKind,
    ModificationUse,
)
from contracts.agreements.prices import modification_effects, modifications
from contracts.agreements.prices.errors import BeyondEntry
from tests.price_changes import Bargain, bargain, entry
from tests.world import NOW, build_world

from .racing import assert_books_are_clean, losers, one_into_the_other, winners

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]

VALUE = Decimal(100_000)


@pytest.fixture
def deal() -> Bargain:
    return bargain(build_world())


def raising_both_lots(deal: Bargain) -> list[object]:
    """One entry about the whole agreement, each lot's cap by all of its value."""
    row = modifications.register(
        agreement_id=deal.world.agreement.pk,
        entry=entry(VALUE, ModificationKind.CAP),
        by=deal.manager,
        now=NOW,
    )
    modifications.approve(modification_id=row.pk, by=deal.reviewer, now=NOW)

    def act(lot: int) -> Callable[[], object]:
        account = deal.world.lots[lot].account
        return lambda: modification_effects.raise_cap(
            account_id=account.pk,
            new_limit=account.limit_amount + VALUE,
            modification_id=row.pk,
            by=deal.manager,
            now=NOW,
        )

    return list(one_into_the_other(act(0), act(1)))


def unlocked_entry(modification_id: int, _: object) -> tuple[object, FrameworkAgreement]:
    row = ContractModification.objects.select_related("agreement").get(pk=modification_id)
    return row, row.agreement


def used(outcomes: list[object]) -> Decimal:
    assert len(winners(outcomes)) == ModificationUse.objects.count()
    return sum(ModificationUse.objects.values_list("amount", flat=True), Decimal(0))


def test_of_two_at_once_one_spends_the_value(deal: Bargain) -> None:
    outcomes = raising_both_lots(deal)
    assert [type(refusal) for refusal in losers(outcomes)] == [BeyondEntry]
    assert used(outcomes) == VALUE
    assert_books_are_clean()


def test_the_database_alone_suffices(deal: Bargain, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modification_effects, "locked_entry", unlocked_entry)
    outcomes = raising_both_lots(deal)
    assert [type(refusal) for refusal in losers(outcomes)] == [BeyondEntry]
    assert used(outcomes) == VALUE


def test_without_either_lock_it_is_spent_twice(
    deal: Bargain, owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: neither the domain nor the trigger locks the entry."""
    (source,) = owner.execute(
        "SELECT pg_get_functiondef('agreements_entry_not_exceeded'::regproc)"
    ).fetchone() or ("",)
    assert source.count(" FOR NO KEY UPDATE") == 1
    owner.execute(source.replace(" FOR NO KEY UPDATE", ""))
    monkeypatch.setattr(modification_effects, "locked_entry", unlocked_entry)
    outcomes = raising_both_lots(deal)
    assert losers(outcomes) == []
    assert used(outcomes) == 2 * VALUE
