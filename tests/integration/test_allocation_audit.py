"""The recorded steps replay; what does not follow from the rule is named."""

from __future__ import annotations

from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from contracts.agreements.models import AllocationRule, RotationCounter
from orders.allotting.audit import deviations
from orders.models import (
    AllocationStep,
)
from tests.ranks import build_ranks
from tests.world import NOW

pytestmark = pytest.mark.django_db

CASCADE, ROTATION = AllocationRule.CASCADE, AllocationRule.ROTATION
HUNDRED = Decimal(100)


def test_the_audit_names_a_rank_passed_over_without_a_step() -> None:
    ranks = build_ranks(CASCADE)
    call_off = ranks.issued()
    AllocationStep.objects.create(
        requisition=call_off.requisition,
        call_off=call_off,
        lot=ranks.lot,
        award=ranks.awards[2],
        rule=CASCADE,
        outcome="taken",
        reason="Gefälligkeit",
        at=NOW,
    )
    found = deviations(ranks.lot.pk)
    assert len(found) == 2
    assert all("wurde ohne Grund übergangen" in row for row in found)
    with pytest.raises(CommandError):
        call_command("check_allocation")


def test_the_audit_is_a_command() -> None:
    ranks = build_ranks(ROTATION)
    ranks.issued()
    out = StringIO()
    call_command("check_allocation", stdout=out)
    assert "keine Abweichung" in out.getvalue()


def test_the_audit_names_what_does_not_follow() -> None:
    ranks = build_ranks(ROTATION)
    ranks.issued()
    RotationCounter.objects.filter(lot=ranks.lot).update(last_award=ranks.awards[1])
    assert "Zähler" in deviations(ranks.lot.pk)[0]
    wrong = ranks.issued()  # the third, although it is the second's turn
    assert ranks.rank_of(wrong) == 3
    assert any("Rang 2" in row and wrong.number in row for row in deviations(ranks.lot.pk))
