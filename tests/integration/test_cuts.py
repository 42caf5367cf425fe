"""Cuts: less is granted than was asked; quoted again, and freed at once."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal

import pytest

from contracts.agreements.caps.stops import review_stops
from contracts.agreements.models import AwardTerms, PriceBasis
from contracts.agreements.writing.setup import ItemSpec, TierRow
from contracts.ledger.models import LimitAccount
from contracts.ledger.replay import differences
from contracts.parties.models import Membership, Role
from orders import approvals, requisitions
from orders.approvals import Grant
from orders.errors import (
    BelowMinimum,
    DeviceMissing,
    InvalidCut,
    SigningLimitExceeded,
    StaleRevision,
)
from orders.models import ApprovalRule, CallOff, DecisionLine, FinanceEvent, Requisition
from orders.models.approval import Verdict
from tests.database_state import contents
from tests.integration.test_gate_moments import warranty
from tests.integration.test_stops import list_item
from tests.world import NOW, World, build_world, person

pytestmark = pytest.mark.django_db
VAT = Decimal("1.19")


@pytest.fixture
def world() -> World:
    return build_world()


def cut(
    requisition: Requisition,
    grants: Mapping[int, int],
    by: Membership,
    reason: str = "Bestand reicht",
) -> Requisition:
    """Approve with less: {line number: quantity granted}."""
    requisition.refresh_from_db()
    return approvals.decide(
        requisition_id=requisition.pk,
        revision_no=requisition.current_revision,
        verdict=Verdict.APPROVE,
        grants={number: Grant(quantity, reason) for number, quantity in grants.items()},
        by=by,
        now=NOW,
    )


def second_tier(world: World, limit: int = 10**8) -> Membership:
    """The treasurer signs after the approver."""
    ApprovalRule.objects.create(policy=world.policy, tier=2, role=Role.TREASURER)
    return person(
        "kaemmerei@stadt-a.example", world.authority, Role.TREASURER, signing_limit=Decimal(limit)
    )


def tiered(world: World) -> int:
    """A position at 365 EUR, from 500 pieces on at 352; returns its index."""
    item = list_item(
        world,
        ItemSpec(number="1.5", title="Tablet", basis=PriceBasis.FIXED),
        [TierRow(1, Decimal("365.0000")), TierRow(500, Decimal("352.0000"))],
    )
    world.listings.append(item.listings.get())
    return len(world.listings) - 1


def held(account_id: int) -> Decimal:
    return LimitAccount.objects.get(pk=account_id).held


def event_sums() -> dict[str, Decimal]:
    """Gross per type of finance event."""
    sums: Counter[str] = Counter()
    for event in FinanceEvent.objects.all():
        sums[event.type] += Decimal(json.loads(event.payload)["gross"])
    return dict(sums)


class TestMoney:
    def test_a_cut_frees_caps_and_budget_at_once(self, world: World) -> None:
        second_tier(world)
        requisition = world.submitted({0: 30})
        assert cut(requisition, {1: 20}, world.approver).state == "submitted"
        assert held(world.lots[0].account_id) == 20 * 429
        assert held(world.items[0].account_id) == 20
        assert held(world.budget_line.binding_account_id) == 20 * 429 * VAT
        assert differences() == []

    def test_finance_hears_of_the_release_and_of_what_is_reserved_instead(
        self, world: World
    ) -> None:
        second_tier(world)
        requisition = world.submitted({0: 30})
        cut(requisition, {1: 20}, world.approver)
        whole, rest = 30 * 429 * VAT, 20 * 429 * VAT
        assert event_sums() == {"RESERVATION": whole + rest, "RESERVATION_RELEASE": -whole}

    def test_at_the_end_what_is_reserved_is_released_and_committed(self, world: World) -> None:
        treasurer = second_tier(world)
        requisition = world.submitted({0: 30})
        cut(requisition, {1: 20}, world.approver)
        cut(requisition, {}, treasurer)
        sums = event_sums()
        assert sums["RESERVATION"] + sums["RESERVATION_RELEASE"] == 0
        assert sums["COMMITMENT"] == 20 * 429 * VAT

    def test_a_line_refused_frees_its_own_lot(self, world: World) -> None:
        second_tier(world)
        requisition = world.submitted({0: 5, 1: 10})
        cut(requisition, {2: 0}, world.approver)
        assert held(world.lots[1].account_id) == 0
        assert held(world.lots[0].account_id) == 5 * 429


class TestTiers:
    def test_less_that_costs_more_goes_back_with_the_sentence(self, world: World) -> None:
        requisition = world.submitted({tiered(world): 500})
        assert requisition.revisions.get().net == 176_000
        done = cut(requisition, {1: 499}, world.approver)
        assert done.state == "returned"
        (decision,) = done.decisions.all()
        assert decision.verdict == Verdict.RETURN
        assert decision.comment == (
            "Die gekürzte Anforderung kostet 216.740,65 EUR statt 209.440,00 EUR brutto, "
            "weil eine Staffel nicht mehr erreicht wird."
        )
        assert held(world.lots[0].account_id) == 0
        assert not CallOff.objects.exists()

    def test_the_quote_says_so_before_and_writes_nothing(self, world: World) -> None:
        requisition = world.submitted({tiered(world): 500})
        before = contents()
        quote = approvals.quote_cut(
            requisition_id=requisition.pk,
            revision_no=1,
            grants={1: Grant(499, "Bestand")},
            by=world.approver,
            now=NOW,
        )
        assert quote is not None
        assert (quote.before, quote.after, quote.is_dearer) == (
            Decimal("209440.00"),
            Decimal("216740.65"),
            True,
        )
        (tier,) = quote.lost_tiers
        assert (tier.line_no, tier.before, tier.after) == (1, 352, 365)
        assert contents() == before

    def test_a_tier_lost_on_a_cheaper_rest_is_shown_and_granted(self, world: World) -> None:
        requisition = world.submitted({tiered(world): 500})
        quote = approvals.quote_cut(
            requisition_id=requisition.pk,
            revision_no=1,
            grants={1: Grant(400, "Bestand")},
            by=world.approver,
            now=NOW,
        )
        assert quote is not None
        assert quote.freed == Decimal("209440.00") - 400 * 365 * VAT
        assert [tier.after for tier in quote.lost_tiers] == [365]
        assert cut(requisition, {1: 400}, world.approver).state == "partly_approved"
        assert CallOff.objects.get().net == 400 * 365


class TestRound:
    def test_two_cuts_by_two_tiers_add_up(self, world: World) -> None:
        treasurer = second_tier(world)
        requisition = world.submitted({0: 30})
        cut(requisition, {1: 20}, world.approver, "Klasse kleiner")
        done = cut(requisition, {1: 15}, treasurer, "Mittel fehlen")
        assert (done.state, done.current_revision, done.submitted_revision) == (
            "partly_approved",
            3,
            1,
        )
        assert CallOff.objects.get().lines.get().quantity == 15
        cuts = DecisionLine.objects.order_by("pk")
        assert [(row.line.quantity, row.granted, row.reason) for row in cuts] == [
            (30, 20, "Klasse kleiner"),
            (20, 15, "Mittel fehlen"),
        ]

    def test_a_cut_with_the_last_signature_issues_the_cut_quantity(self, world: World) -> None:
        requisition = world.submitted({0: 30})
        assert cut(requisition, {1: 12}, world.approver).state == "partly_approved"
        assert CallOff.objects.get().lines.get().quantity == 12
        assert held(world.lots[0].account_id) == 0

    def test_what_is_not_cut_keeps_its_line_number(self, world: World) -> None:
        requisition = world.submitted({0: 5, 1: 10})
        cut(requisition, {1: 0}, world.approver)
        (line,) = requisition.revisions.get(number=2).lines.all()
        assert (line.line_no, line.quantity) == (2, 10)

    def test_a_limit_that_covers_only_the_cut_total_is_enough(self, world: World) -> None:
        limit = 10 * 429 * VAT
        Membership.objects.filter(pk=world.approver.pk).update(signing_limit=limit)
        requisition = world.submitted({0: 30})
        with pytest.raises(SigningLimitExceeded):
            cut(requisition, {1: 11}, world.approver)
        assert cut(requisition, {1: 10}, world.approver).state == "partly_approved"

    def test_a_lot_that_is_full_with_the_requisition_opens_by_the_cut(self) -> None:
        world = build_world(notebook_quantity=30)
        second_tier(world)
        requisition = world.submitted({0: 30})
        review_stops(now=NOW)
        assert LimitAccount.objects.get(pk=world.lots[0].account_id).closed_reason == "full"
        cut(requisition, {1: 20}, world.approver)
        review_stops(now=NOW)
        assert LimitAccount.objects.get(pk=world.lots[0].account_id).is_open
        assert world.submitted({0: 10}).state == "submitted"

    def test_what_was_cut_and_sent_back_is_submitted_unchanged(self, world: World) -> None:
        treasurer = second_tier(world)
        requisition = world.submitted({0: 30})
        cut(requisition, {1: 20}, world.approver)
        requisition.refresh_from_db()
        approvals.decide(
            requisition_id=requisition.pk,
            revision_no=requisition.current_revision,
            verdict=Verdict.RETURN,
            comment="Bitte begründen.",
            by=treasurer,
            now=NOW,
        )
        assert held(world.lots[0].account_id) == 0
        again = requisitions.submit(requisition_id=requisition.pk, by=world.officer, now=NOW)
        assert (again.current_revision, again.submitted_revision) == (3, 3)
        assert held(world.lots[0].account_id) == 20 * 429
        assert event_sums()["RESERVATION"] + event_sums()["RESERVATION_RELEASE"] == 20 * 429 * VAT
        assert differences() == []


class TestRefused:
    def test_a_rest_below_the_minimum_order(self, world: World) -> None:
        AwardTerms.objects.filter(award=world.awards[0]).update(minimum_order=Decimal(1000))
        requisition = world.submitted({0: 30})
        self.refused(requisition, {1: 2}, world, BelowMinimum, "es fehlen 142,00 EUR")

    def test_the_device_whose_warranty_stays(self, world: World) -> None:
        index = warranty(world)
        requisition = world.submitted({0: 2, index: 2})
        self.refused(requisition, {1: 1}, world, DeviceMissing, "Die Geräte dazu reichen für 1")

    @pytest.mark.parametrize(
        ("grants", "reason", "sentence"),
        [
            ({1: 31}, "", "Freigeben lassen sich 0 bis 30, nicht 31."),
            ({1: -1}, "x", "Freigeben lassen sich 0 bis 30, nicht -1."),
            ({1: 20}, " ", "Bitte begründen Sie, warum Sie kürzen."),
            ({1: 0, 2: 0}, "x", "So bliebe keine Zeile übrig."),
            ({9: 1}, "x", "Diese Fassung hat keine Zeile 9."),
        ],
    )
    def test_what_is_no_cut(
        self, world: World, grants: dict[int, int], reason: str, sentence: str
    ) -> None:
        requisition = world.submitted({0: 30, 1: 10})
        before = contents()
        with pytest.raises(InvalidCut, match=sentence):
            cut(requisition, grants, world.approver, reason)
        assert contents() == before

    def test_a_quote_of_an_older_revision(self, world: World) -> None:
        second_tier(world)
        requisition = world.submitted({0: 30})
        cut(requisition, {1: 20}, world.approver)
        with pytest.raises(StaleRevision):
            approvals.quote_cut(
                requisition_id=requisition.pk,
                revision_no=1,
                grants={1: Grant(5, "x")},
                by=world.approver,
                now=NOW,
            )

    def test_granting_everything_is_no_cut(self, world: World) -> None:
        requisition = world.submitted({0: 30})
        done = cut(requisition, {1: 30}, world.approver, reason="")
        assert (done.state, done.current_revision) == ("approved", 1)

    def refused(
        self,
        requisition: Requisition,
        grants: dict[int, int],
        world: World,
        kind: type[Exception],
        sentence: str,
    ) -> None:
        before = contents()
        with pytest.raises(kind, match=sentence):
            cut(requisition, grants, world.approver)
        assert contents() == before
