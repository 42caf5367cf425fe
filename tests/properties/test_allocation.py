"""The rule against its model; each named mutant has to be noticed by the same walk."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import ModuleType

import pytest

from contracts.agreements.allocation import allotment
from contracts.agreements.allocation import reading as turns_read
from contracts.agreements.allocation import turns as turns_of
from contracts.agreements.models import AllocationRule
from orders.allotting import allotments as allocation
from orders.allotting import asking
from orders.allotting import reading as order_read
from orders.call_offs import issuing, placement

from .allocation_law import run_acts
from .mutation import Edits, spoilt_copy

pytestmark = pytest.mark.django_db

CASCADE, ROTATION = AllocationRule.CASCADE, AllocationRule.ROTATION


@pytest.mark.parametrize("rule", [CASCADE, ROTATION])
def test_every_call_off_goes_where_the_rule_says(rule: AllocationRule) -> None:
    run_acts(rule, examples=15)


@dataclass(frozen=True)
class Mutant:
    """`spoilt` is copied with `code`; its `names` replace those that `users` imported."""

    name: str
    rule: AllocationRule
    spoilt: ModuleType
    code: Edits
    users: tuple[ModuleType, ...]
    names: tuple[str, ...]
    dies_by: str

    def __str__(self) -> str:
        return self.name


MUTANTS = (
    Mutant(
        "the ring begins with the one that had the last turn",
        ROTATION,
        turns_of,
        (("(awards, start=1)", "(awards, start=0)"),),
        (turns_read,),
        ("turn_of",),
        "another supplier",
    ),
    Mutant(
        "a turn is given without being counted",
        ROTATION,
        turns_read,
        (("    counter.taken += 1\n", ""),),
        (placement,),
        ("take_turn",),
        "do not replay|counter differs|turn_taken_once",
    ),
    Mutant(
        "a suspended award stays in turn",
        CASCADE,
        turns_of,
        (("closed_reason == _SUSPENDED", "closed_reason == _FULL"),),
        (turns_read,),
        ("turn_of",),
        "another supplier|refused although|AccountClosed",
    ),
    Mutant(
        "what exactly fits is passed over",
        CASCADE,
        allocation,
        (("for line in lines), Decimal(0)) > room:", "for line in lines), Decimal(0)) >= room:"),),
        (asking,),
        ("allot",),
        "another supplier|another rank|refused although",
    ),
    Mutant(
        "a refusal is forgotten",
        CASCADE,
        order_read,
        (("[row.value for row in GIVEN_BACK]", "[AllocationOutcome.SKIPPED.value]"),),
        (order_read,),
        ("_barred",),
        "another rank",
    ),
    Mutant(
        "an award passed over is not recorded",
        CASCADE,
        issuing,
        (("for row in issue.decision.passed\n", "for row in issue.decision.passed[1:]\n"),),
        (),
        (),
        "do not replay",
    ),
    Mutant(
        "the rest of a lot goes to the last rank first",
        CASCADE,
        allotment,
        (("for award in turn.order:", "for award in reversed(turn.order):"),),
        (allocation,),
        ("walk",),
        "another supplier",
    ),
)


@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_a_mutant_dies(mutant: Mutant, monkeypatch: pytest.MonkeyPatch) -> None:
    spoilt = spoilt_copy(mutant.spoilt, mutant.code)
    for user in mutant.users:
        for name in mutant.names:
            monkeypatch.setattr(user, name, getattr(spoilt, name))
    if mutant.spoilt is issuing:
        monkeypatch.setattr(issuing, "_steps", spoilt._steps)
    with pytest.raises(Exception) as death:  # noqa: PT011 - the law or any guard may speak
        run_acts(mutant.rule, examples=60, steady=True)
    assert re.search(mutant.dies_by, f"{death.type.__name__}: {death.value}")
