"""How many statements an order takes, those inside database functions counted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders import approvals, requisitions
from orders.basket import baskets
from orders.models import CallOff
from orders.models.approval import Verdict
from tests.world import NOW, World, build_world

pytestmark = pytest.mark.django_db

SUBMIT, APPROVE = 18, 22
OF_SHARES, OF_ENTRIES = 1, 1
"""Statements inside the functions that an INSERT of shares and one of ledger entries runs."""
_NO_WORK = ("SAVEPOINT", "RELEASE SAVEPOINT", "BEGIN", "COMMIT")


@contextmanager
def counted() -> Iterator[list[int]]:
    """The statements of the block; a savepoint stands for the transaction of a test."""
    found: list[int] = []
    with CaptureQueriesContext(connection) as captured:
        yield found
    texts = [(row["sql"] or "").strip() for row in captured.captured_queries]
    work = [text for text in texts if not text.startswith(_NO_WORK)]
    found.append(len(work))


def test_an_order_takes_the_same_few_statements_whatever_its_lines() -> None:
    world = build_world()
    for lines in (1, 2):
        submitted, approved = _order(world, lines)
        assert submitted <= SUBMIT
        assert approved <= APPROVE
    assert CallOff.objects.count() == 3


def _order(world: World, lines: int) -> tuple[int, int]:
    for listing in world.listings[:lines]:
        baskets.set_quantity(by=world.officer, listing_id=listing.pk, quantity=3, now=NOW)
    with counted() as submit:
        requisition = requisitions.submit_basket(
            by=world.officer, ask=world.ask(), school_id=None, now=NOW
        )
    with counted() as approve:
        approvals.decide(
            requisition_id=requisition.pk,
            revision_no=1,
            verdict=Verdict.APPROVE,
            by=world.approver,
            now=NOW,
        )
    return submit[0] + OF_SHARES + OF_ENTRIES, approve[0] + OF_ENTRIES
