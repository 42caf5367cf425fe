"""Rules at every moment: what was asked at submit is asked again, and nothing stops a take-back."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from contracts.agreements.life.listing import list_articles
from contracts.agreements.models import AllocationRule, Article, AwardTerms, PriceBasis
from contracts.agreements.prices.ordering import Wanted
from contracts.agreements.writing.setup import ItemSpec, TierRow, write_item, write_price
from contracts.parties.models import Role, School
from orders import approvals, requisitions
from orders.allotting.moments import TABLE, How, Moment, Rule
from orders.binding.budgets import Dimensions, create_line
from orders.call_offs.confirmations import refuse
from orders.consequences import Step
from orders.errors import RequisitionOver
from orders.finance import events
from orders.models import ApprovalRule, CallOff, FinanceEvent, Requisition
from orders.models.approval import Verdict
from orders.plan import Plan, UnforeseenConsequence
from orders.requisitions import Ask, Share
from orders.requisitions.drafting import draft_of, with_quantities
from orders.telling.notices import outcome_notice
from tests.ranks import PRICE, Ranks, build_ranks
from tests.world import NOW, World, build_world, person

pytestmark = pytest.mark.django_db

DECEMBER = datetime(2026, 12, 28, 9, tzinfo=UTC)
JANUARY = datetime(2027, 1, 4, 9, tzinfo=UTC)
DEARER = Decimal(110)


def issued(ranks: Ranks, *, now: datetime = NOW, needed_by: date | None = None) -> CallOff:
    world = ranks.world
    ask = replace(world.ask(), needed_by=needed_by)
    wanted = [Wanted("1", ranks.listings[0].pk, 3)]
    draft = requisitions.create(
        by=world.officer, ask=ask, wanted=wanted, school_id=world.school.pk, now=now
    )
    requisition = requisitions.submit(requisition_id=draft.pk, by=world.officer, now=now)
    world.approve(requisition, now=now)
    return CallOff.objects.get(requisition=requisition)


def refused(ranks: Ranks, call_off: CallOff, now: datetime) -> CallOff:
    refuse(call_off_id=call_off.pk, reason="Nicht lieferbar", by=ranks.desks[0], now=now)
    call_off.refresh_from_db()
    return call_off


def drafts(ranks: Ranks) -> list[Requisition]:
    return list(Requisition.objects.filter(authority=ranks.world.authority, state="draft"))


class TestATakeBackAlwaysSucceeds:
    def test_past_the_day_it_was_needed_by(self) -> None:
        ranks = build_ranks(AllocationRule.CASCADE, prices=[PRICE, DEARER, PRICE])
        call_off = issued(ranks, needed_by=date(2026, 6, 16))
        assert refused(ranks, call_off, NOW + timedelta(days=2)).state == "refused"
        (draft,) = drafts(ranks)
        (revision,) = draft.revisions.all()
        assert revision.needed_by == date(2026, 6, 16)  # carried over, not asked anew

    def test_with_the_budget_of_another_school(self) -> None:
        ranks = build_ranks(AllocationRule.CASCADE, prices=[PRICE, DEARER, PRICE])
        world = ranks.world
        other = School.objects.create(authority=world.authority, name="B", school_no="2")
        budget = create_line(
            budget_entity=world.entity,
            fiscal_year=2026,
            title="B",
            dimensions=Dimensions("1", "2"),
            appropriation=Decimal(10_000),
            school=other,
            document="d",
            by=None,
            now=NOW,
        )
        pupil = person(
            "schule@stadt-a.example", world.authority, Role.SCHOOL_REQUESTER, school=world.school
        )
        wanted = [Wanted("1", ranks.listings[0].pk, 3)]
        asked = requisitions.create(
            by=pupil, ask=Ask(title="T"), wanted=wanted, school_id=None, now=NOW
        )
        requisitions.hand_over(requisition_id=asked.pk, by=pupil, now=NOW)
        requisitions.revise(
            requisition_id=asked.pk,
            base_revision=1,
            ask=Ask(title="T", shares={"": [Share(budget.pk)]}),
            wanted=wanted,
            by=world.officer,
            now=NOW,
        )
        requisitions.submit(requisition_id=asked.pk, by=world.officer, now=NOW)
        world.approve(asked)
        call_off = CallOff.objects.get(requisition=asked)
        assert refused(ranks, call_off, NOW).state == "refused"
        assert len(drafts(ranks)) == 1

    def test_in_the_new_year_nothing_is_issued_on_the_old_budget(self) -> None:
        ranks = build_ranks(AllocationRule.CASCADE)
        call_off = issued(ranks, now=DECEMBER)
        assert refused(ranks, call_off, JANUARY).state == "refused"
        assert not CallOff.objects.filter(follows=call_off).exists()
        assert len(drafts(ranks)) == 1

    def test_below_the_minimum_of_the_next_rank_it_becomes_a_draft(self) -> None:
        ranks = build_ranks(AllocationRule.CASCADE)
        AwardTerms.objects.filter(award=ranks.awards[1]).update(minimum_order=Decimal(5_000))
        call_off = refused(ranks, issued(ranks), NOW)
        assert not CallOff.objects.filter(follows=call_off).exists()
        assert len(drafts(ranks)) == 1


class TestApproval:
    def test_nothing_is_approved_after_its_time_whether_or_not_the_sweep_ran(self) -> None:
        world = build_world()
        requisition = world.submitted({0: 1})
        assert requisition.expires_at is not None
        with pytest.raises(RequisitionOver):
            world.approve(requisition, now=requisition.expires_at + timedelta(days=40))
        assert not CallOff.objects.exists()

    def test_last_years_budget_sends_it_back(self) -> None:
        world = build_world()
        requisition = world.submitted({0: 1}, now=DECEMBER)
        world.approve(requisition, now=JANUARY)
        requisition.refresh_from_db()
        assert requisition.state == "returned"
        assert not CallOff.objects.exists()

    @pytest.mark.parametrize("change", ["needed_by", "dearer"])
    def test_what_was_not_signed_for_opens_a_new_round(self, change: str) -> None:
        world = build_world()
        ApprovalRule.objects.create(policy=world.policy, tier=2, role=Role.TREASURER)
        requisition = world.submitted({0: 100, 1: 1000})
        world.approve(requisition)
        requisition.refresh_from_db()
        draft = draft_of(requisitions.current_lines(requisition))
        if change == "needed_by":
            draft = replace(draft, ask=replace(draft.ask, needed_by=date(2026, 12, 1)))
        else:  # the tier of the first line is lost, though all together cost less
            draft = with_quantities(draft, {"1": 99, "2": 900})
        requisitions.revise(
            requisition_id=requisition.pk,
            base_revision=requisition.current_revision,
            ask=draft.ask,
            wanted=draft.wanted,
            by=world.officer,
            now=NOW,
        )
        requisition.refresh_from_db()
        assert requisition.submitted_revision == requisition.current_revision


def test_lines_that_round_to_nothing_can_be_submitted_again() -> None:
    world = build_world()
    item = write_item(
        world.awards[0],
        ItemSpec(number="1.7", title="Schraube", basis=PriceBasis.FIXED),
        by=world.manager,
        now=NOW,
    )
    write_price(
        item,
        [TierRow(1, net_unit_price=Decimal("0.0040"))],
        valid_from=date(2026, 1, 1),
        source="Zuschlag",
        by=world.manager,
        now=NOW,
    )
    supplier = world.suppliers[0]
    article = Article.objects.create(
        supplier=supplier, supplier_aid="S", name="Schraube", updated_at=NOW
    )
    world.listings += list_articles([(item, article)], supplier=supplier, now=NOW)
    requisition = world.submitted({2: 1})
    requisition.refresh_from_db()
    approvals.decide(
        requisition_id=requisition.pk,
        revision_no=requisition.current_revision,
        verdict=Verdict.RETURN,
        comment="Bitte prüfen",
        by=world.approver,
        now=NOW,
    )
    again = requisitions.submit(requisition_id=requisition.pk, by=world.officer, now=NOW)
    assert (again.state, again.current_revision) == ("submitted", 2)


class TestConsequences:
    def test_a_step_brings_only_what_the_table_says(self) -> None:
        world: World = build_world()
        requisition = world.submitted({0: 1})
        plan = Plan(world.officer, NOW)
        with pytest.raises(UnforeseenConsequence):
            plan.follow(Step.SUBMITTED, requisition, told=[outcome_notice(requisition, "")])
        before = FinanceEvent.objects.count()
        events.append([], now=NOW)
        assert FinanceEvent.objects.count() == before


_WORDS = {How.NO: "–", How.SAY: "say", How.ASK: "ask", How.LOCK: "lock"}


def test_the_page_shows_the_table_of_the_code() -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "moments.md").read_text("utf-8")
    for rule in Rule:
        found = re.search(rf"^\| {rule.name}\b[^|]*\|(.*)\|$", text, re.MULTILINE)
        assert found is not None, rule
        cells = [cell.strip() for cell in found[1].split("|")]
        assert cells == [_WORDS[TABLE[rule][moment]] for moment in Moment], rule
