"""Named mutants of what a cascade gives back: each walks a road on which the machine sees it."""

from __future__ import annotations

import pytest

from contracts.sweeps import runner
from orders.allotting import asking, moments, reading
from orders.approvals import decisions
from orders.call_offs import (
    bookings,
    cancellations,
    cascade,
    confirmations,
    goods_receipts,
    placement,
)

from . import cascade_roads as roads
from .cascade_machine import Road, walk
from .cascade_world import build_stage
from .mutation import Mutant, Patch, mutant

pytestmark = pytest.mark.django_db

ASKED = "return TABLE[rule][moment] in {How.ASK, How.LOCK}"
AT_NEXT_RANK = """        with transaction.atomic():
            facts = _facts(passing)
            return _issued(passing, facts)
"""

REFUSED = "    except REFUSALS as refused:\n"
LET_GO = "    except MovedMeanwhile:\n        raise\n"
REPEATED = "repeated(draft, ask, answer.order, passing.revision, facts.shelf)"
CHECKED = "new_revision(draft, ask, answer.order, None, facts.shelf, by=before.created_by, now=now)"
FROZEN = "    holds.require_unfrozen(_budgets(revision, standing))"
AHEAD = "        _lock_ahead(call_off_id)\n"
TIMED_OUT = "        call_off = locked_call_off(call_off_id, CallOff.objects.all())\n"


def not_usable_at(moment: str, name: str, road: Road, dies_by: str) -> Mutant[Road]:
    """Whether the budget may still be used is not asked at the moment, whatever the table says."""
    spoilt = (
        f"return (rule.name, moment.name) != ('USABLE', '{moment}') and "
        "TABLE[Rule[rule.name]][Moment[moment.name]] in {How.ASK, How.LOCK}"
    )
    return mutant(name, road, dies_by, moments, (ASKED, spoilt), "decides", places=(asking,))


MUTANTS = (
    not_usable_at(
        "FOLLOW_UP",
        "last year's budget pays for the next rank",
        roads.over_new_year,
        "followed instead of drafted",
    ),
    not_usable_at(
        "ISSUE",
        "last year's budget pays for what is signed in January",
        roads.signed_over_new_year,
        "requisitions differ",
    ),
    not_usable_at(
        "SUBMIT",
        "last year's budget pays for the draft of the house",
        roads.over_new_year,
        "accepted in spite of .*BudgetNotUsable",
    ),
    mutant(
        "what stops the next rank undoes the refusal",
        roads.past_its_delivery_date,
        "misnamed: NeedsApproval",
        cascade,
        (LET_GO + REFUSED, REFUSED + "        raise\n"),
        "_next_rank",
    ),
    mutant(
        "the next rank has no savepoint",
        roads.frozen_before_the_next_rank,
        "misnamed: TransactionManagementError",
        cascade,
        (AT_NEXT_RANK, "        return _issued(passing, _facts(passing))\n"),
        "_next_rank",
    ),
    Mutant(
        "the draft of the house goes through the checks of a form",
        roads.past_its_delivery_date,
        "told instead of drafted",
        (
            Patch(
                cascade,
                (
                    ("revisions import repeated", "revisions import new_revision"),
                    (REPEATED, CHECKED),
                ),
                ("_drafted",),
                (cascade,),
            ),
        ),
    ),
    mutant(
        "the draft of the house forgets who refused",
        roads.refused_down_the_ranks,
        "budget old differs",
        cascade,
        ("    _carry_refusals(before, draft, passing.call_off)\n", ""),
        "_drafted",
    ),
    mutant(
        "the rank that refused is asked again",
        roads.refused_in_part,
        "drafted instead of followed",
        reading,
        ("if requisition_id is None or not contested:", "if True:"),
        "_barred",
    ),
    mutant(
        "finance does not hear of what follows",
        roads.refused_in_part,
        "COMMITMENT is not heard once",
        placement,
        ("events=commitments(row.call_off, requisition, row.issue.award, row.parts),", ""),
        "follow_issue",
        places=(cascade,),
    ),
    mutant(
        "a freeze is not asked at the issue",
        roads.frozen_between_signature_and_issue,
        "accepted in spite of .*BudgetOverdrawn",
        decisions,
        (FROZEN, f"    if standing is None:\n    {FROZEN}"),
        "_approve",
    ),
    mutant(
        "the sweep stops at the first failing item",
        roads.failing_in_the_sweep,
        "the sweep stops at an item that fails",
        confirmations,
        (
            "TIME_OUTS.run(keys, lambda pk: _time_out(pk, now), now=now).done",
            "sum(_time_out(pk, now) for pk in keys)",
        ),
        "time_out_due",
    ),
    mutant(
        "a failing item of the sweep leaves half of its work",
        roads.failing_in_the_sweep,
        "differ",
        confirmations,
        (f", transaction.atomic():\n{AHEAD}{TIMED_OUT}", f":\n{TIMED_OUT}"),
        "_time_out",
    ),
    mutant(
        "a failing item is tried again without a rest",
        roads.failing_in_the_sweep,
        "the sweep does something else",
        runner,
        ("min(FIRST_PAUSE * doubled, LONGEST_PAUSE)", "FIRST_PAUSE * 0"),
        "pause",
    ),
    mutant(
        "the tries of a failing item are not counted",
        roads.failing_in_the_sweep,
        "the operator sees other failures",
        runner,
        ("    failure.tries += 1\n", "    failure.tries += 0\n"),
        "_put_down",
    ),
    mutant(
        "a call-off is timed out on its last day",
        roads.failing_in_the_sweep,
        "the sweep does something else",
        confirmations,
        ("confirm_by__lt=", "confirm_by__lte="),
        "time_out_due",
    ),
    mutant(
        "what the sweep has not taken back yet can still be confirmed",
        roads.confirmed_at_last,
        "accepted in spite of .*ConfirmationOver",
        confirmations,
        ("        _require_in_time(call_off, now)\n", ""),
        "confirm",
    ),
    mutant(
        "the last day of the time to confirm is too late",
        roads.confirmed_at_last,
        "misnamed: ConfirmationOver",
        confirmations,
        ("by < berlin_day(now)", "by <= berlin_day(now)"),
        "_require_in_time",
        "confirm",
    ),
    mutant(
        "nobody looks for the token",
        roads.sent_twice,
        "sent twice",
        bookings,
        ("known = rows.filter(token=token).first()", "known = None"),
        "known_by",
        places=(cancellations, goods_receipts),
    ),
)


def test_the_unchanged_product_walks_every_road() -> None:
    stage = build_stage()
    for road in roads.ROADS:
        walk(stage, road)


@pytest.mark.parametrize("spoilt", MUTANTS, ids=str)
def test_a_mutant_dies(spoilt: Mutant[Road], monkeypatch: pytest.MonkeyPatch) -> None:
    stage = build_stage()
    for patch in spoilt.patches:
        patch.apply(monkeypatch)
    with pytest.raises(AssertionError, match=spoilt.dies_by):
        walk(stage, spoilt.road)
