"""Receive and cancel in any order: the ledger, finance and the value kept agree.

The mutants spoil one rule each, and the same walk has to notice them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from types import ModuleType

import pytest

from contracts.pricing import giveback
from contracts.refusals import Refusal
from orders.call_offs import bookings, cancellations
from orders.finance import facts

from .giving_back_law import build_stage, run_courses
from .mutation import Edits, spoilt_copy

pytestmark = pytest.mark.django_db


def test_the_books_agree_after_every_step() -> None:
    run_courses(build_stage(), examples=25)


@dataclass(frozen=True)
class Mutant:
    """`module` is spoilt by `code`; `dies_by` is what the law or a guard says then."""

    name: str
    module: ModuleType
    dies_by: str
    code: Edits

    def __str__(self) -> str:
        return self.name


MUTANTS = (
    Mutant(
        "a partial cancellation returns all pieces",
        cancellations,
        "differs from the pieces kept",
        (("Amount(row.quantity, row.net)", "Amount(line.quantity, row.net)"),),
    ),
    Mutant(
        "a partial cancellation returns the full value",
        giveback,
        "gebucht sind noch",
        (("return part_net(after, quantity, line", "return part_net(0, line.kept, line"),),
    ),
    Mutant(
        "each part is rounded by itself",
        giveback,
        "differs from the value kept|gebucht sind noch",
        (("return part_net(after, quantity, line", "return part_net(0, quantity, line"),),
    ),
    Mutant(
        "assignments share by percent, not by what is left to them",
        giveback,
        "gave back too much|leaves something|odd cent|more arrived|gebunden|ReverseTooLarge",
        (
            (
                "nets = _cut(net, [share.open_net for share in line.booked])",
                "nets = _cut(net, [Decimal(p) for p in ('33.33', '33.33', '33.34')])",
            ),
        ),
    ),
    Mutant(
        "what has arrived on an assignment is given back as well",
        giveback,
        "more arrived than|odd cent",
        (
            (
                "nets = _cut(net, [share.open_net for share in line.booked])",
                "nets = _cut(net, [share.net for share in line.booked])",
            ),
        ),
    ),
    Mutant(
        "nobody looks for the token",
        cancellations,
        "sent twice|SentBefore|MoreThanOpen|NothingOpen",
        (("known = known_by(call_off.cancellations, token, quantities)", "known = None"),),
    ),
    Mutant(
        "the budget gets back the gross amount",
        cancellations,
        "differs from what finance heard|ReverseTooLarge",
        (
            (
                "Amount(row.quantity, share.bound)",
                "Amount(row.quantity, share.net + share.tax)",
            ),
        ),
    ),
    Mutant(
        "what was cancelled before counts as booked",
        bookings,
        "gebucht sind noch|gebunden bliebe",
        (("net=share.net - _sum(row.net for row in given)", "net=share.net"),),
    ),
)


@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_a_mutant_dies(mutant: Mutant, monkeypatch: pytest.MonkeyPatch) -> None:
    spoilt = spoilt_copy(mutant.module, mutant.code)
    stage = build_stage(spoilt if mutant.module is cancellations else cancellations)
    if mutant.module is giveback:
        monkeypatch.setattr(cancellations, "give_back", spoilt.give_back)
    elif mutant.module is bookings:
        monkeypatch.setattr(cancellations, "issued_line", spoilt.issued_line)
    with pytest.raises((AssertionError, Refusal)) as death:
        run_courses(stage, examples=40, steady=True)
    assert re.search(mutant.dies_by, f"{death.type.__name__}: {death.value}")


def test_an_event_that_tells_the_whole_line_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "carried_pieces", lambda quantity, _percent: Decimal(quantity))
    with pytest.raises(AssertionError, match="finance heard other pieces"):
        run_courses(build_stage(), examples=5, steady=True)
