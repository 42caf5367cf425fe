"""A gate at each moment: basket, submit, every approval, issue; each with its sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from contracts.agreements.caps.stops import review_stops
from contracts.agreements.errors import Blocked
from contracts.agreements.gates.register import (
    GateScope,
    GateSpec,
    declare_opt_out,
    lift_gate,
    set_gate,
)
from contracts.agreements.gates.standards import StandardSpec, create_standard
from contracts.agreements.models import (
    AwardTerms,
    GateEffect,
    GateReason,
    ItemRelation,
    ItemRole,
    PriceBasis,
    RelationKind,
    StandardLevel,
)
from contracts.agreements.writing.setup import ItemSpec, TierRow
from contracts.parties.models import Role
from orders import approvals, requisitions
from orders.basket import baskets
from orders.errors import BelowMinimum, DeviceMissing, LotFull
from orders.models import ApprovalStep, CallOff, Requisition
from orders.models.approval import Verdict
from tests.integration.test_stops import list_item
from tests.mails import written
from tests.world import DAY, NOW, World, build_world, person

pytestmark = pytest.mark.django_db
GROUP = "Notebooks"


@pytest.fixture
def world() -> World:
    made = build_world()
    article = made.listings[0].article
    article.product_group = GROUP
    article.save(update_fields=["product_group"])
    return made


def spec(world: World, **changes: object) -> GateSpec:
    base = GateSpec(
        scope=GateScope(lot_id=world.lots[0].pk),
        reason=GateReason.SUSPENSION,
        explanation="Lieferverzug seit Mai",
        evidence="Schreiben vom 1.6.2026",
        valid_from=DAY,
    )
    return replace(base, **changes)


def opt_out(world: World) -> None:
    declare_opt_out(
        lot_id=None,
        product_group=GROUP,
        contract="Vertrag 17/2025",
        explanation="Eigener Notebookvertrag",
        valid_to=date(2026, 12, 31),
        by=world.officer,
        now=NOW,
    )


OPT_OUT_SENTENCE = (
    "„Notebooks“: Eigener Vertrag (Opt-out): Eigener Notebookvertrag "
    "(Beleg: Vertrag 17/2025; gilt bis 31.12.2026)"
)


class TestBasket:
    def test_an_opted_out_line_is_shown_with_its_gate(self, world: World) -> None:
        baskets.set_quantity(by=world.officer, listing_id=world.listings[0].pk, quantity=2, now=NOW)
        opt_out(world)
        (found,) = baskets.view(world.officer, now=NOW).obstacles.values()
        assert [rule.sentence for rule in found] == [OPT_OUT_SENTENCE.removeprefix("„Notebooks“: ")]

    def test_a_line_of_a_suspended_lot_is_gone_with_the_reason(self, world: World) -> None:
        baskets.set_quantity(by=world.officer, listing_id=world.listings[0].pk, quantity=2, now=NOW)
        set_gate(spec(world), by=world.manager, now=NOW)
        (gone,) = baskets.view(world.officer, now=NOW).gone
        assert gone.reasons == (
            "Aussetzung: Lieferverzug seit Mai (Beleg: Schreiben vom 1.6.2026)",
        )

    def test_a_line_of_a_full_lot_is_gone_with_the_reason(self) -> None:
        world = build_world(notebook_quantity=2)
        world.submitted({0: 2})
        baskets.set_quantity(by=world.officer, listing_id=world.listings[0].pk, quantity=1, now=NOW)
        review_stops(now=NOW)
        (gone,) = baskets.view(world.officer, now=NOW).gone
        assert "Los 1 der Vereinbarung RV-TEST ist ausgeschöpft" in gone.reasons[0]


class TestSubmit:
    def test_an_opt_out_refuses_with_reason_and_evidence(self, world: World) -> None:
        draft = world.draft({0: 2})
        opt_out(world)
        with pytest.raises(Blocked) as refusal:
            requisitions.submit(requisition_id=draft.pk, by=world.officer, now=NOW)
        assert refusal.value.reasons == [OPT_OUT_SENTENCE]

    def test_a_suspended_lot_refuses_with_reason_and_evidence(self, world: World) -> None:
        draft = world.draft({0: 2})
        set_gate(spec(world), by=world.manager, now=NOW)
        with pytest.raises(Blocked) as refusal:
            requisitions.submit(requisition_id=draft.pk, by=world.officer, now=NOW)
        assert refusal.value.reasons == [
            "„Notebooks“: Aussetzung: Lieferverzug seit Mai (Beleg: Schreiben vom 1.6.2026)"
        ]

    def test_a_full_lot_refuses_by_name(self) -> None:
        world = build_world(notebook_quantity=2)
        draft = world.draft({0: 1})
        world.submitted({0: 2})
        review_stops(now=NOW)
        with pytest.raises(LotFull, match="Los 1 der Vereinbarung RV-TEST ist ausgeschöpft"):
            requisitions.submit(requisition_id=draft.pk, by=world.officer, now=NOW)

    def test_a_mandatory_standard_blocks_what_is_outside(self, world: World) -> None:
        standard(world, StandardLevel.MANDATORY, inside=False)
        draft = world.draft({0: 1})
        with pytest.raises(Blocked, match="Beleg: Notebooks 2026"):
            requisitions.submit(requisition_id=draft.pk, by=world.officer, now=NOW)

    @pytest.mark.parametrize(
        ("level", "inside", "roles"),
        [
            (StandardLevel.MANDATORY, True, {"approver"}),
            (StandardLevel.RECOMMENDED, False, {"approver", "it_officer"}),
            (StandardLevel.RECOMMENDED, True, {"approver"}),
            (StandardLevel.FREE, False, {"approver"}),
        ],
    )
    def test_other_standards_ask_for_the_it_officer_or_for_nothing(
        self, world: World, level: StandardLevel, inside: bool, roles: set[str]
    ) -> None:
        standard(world, level, inside=inside)
        requisition = world.submitted({0: 1})
        assert {step.role for step in requisition.steps.all()} == roles


def standard(world: World, level: StandardLevel, *, inside: bool) -> None:
    other = list_item(
        world,
        ItemSpec(number="1.7", title="Anderes Notebook", basis=PriceBasis.FIXED),
        [TierRow(1, Decimal("400.0000"))],
        product_group=GROUP,
    )
    create_standard(
        StandardSpec(
            product_group=GROUP,
            level=level,
            title="Notebooks 2026",
            explanation="Die Stadt beschafft ein Modell.",
            item_ids=(world.items[0].pk if inside else other.pk,),
            valid_from=DAY,
        ),
        by=person("it@stadt-a.example", world.authority, Role.IT_OFFICER),
        now=NOW,
    )


class TestApproval:
    def test_a_gate_set_since_refuses_the_approval(self, world: World) -> None:
        requisition = world.submitted({0: 2})
        gate = set_gate(spec(world), by=world.manager, now=NOW)
        with pytest.raises(Blocked, match="Lieferverzug seit Mai"):
            world.approve(requisition)
        requisition.refresh_from_db()
        assert (requisition.state, requisition.decisions.count()) == ("submitted", 0)
        lift_gate(gate_id=gate.pk, reason="geliefert", by=world.manager, now=NOW)
        assert world.approve(requisition).state == "approved"

    def test_a_blocked_requisition_can_still_be_rejected(self, world: World) -> None:
        requisition = world.submitted({0: 2})
        set_gate(spec(world), by=world.manager, now=NOW)
        done = approvals.decide(
            requisition_id=requisition.pk,
            revision_no=1,
            verdict=Verdict.REJECT,
            comment="gesperrt",
            by=world.approver,
            now=NOW,
        )
        assert done.state == "rejected"

    def test_a_cosign_set_since_adds_the_step_and_issues_after_it(self, world: World) -> None:
        officer = person(
            "it@stadt-a.example", world.authority, Role.IT_OFFICER, signing_limit=Decimal(10**6)
        )
        requisition = world.submitted({0: 2})
        gate = spec(
            world,
            reason=GateReason.SAFETY,
            effect=GateEffect.COSIGN,
            cosign_role=Role.IT_OFFICER,
        )
        set_gate(gate, by=officer, now=NOW)
        assert world.approve(requisition).state == "submitted"
        assert not CallOff.objects.exists()
        step = ApprovalStep.objects.get(role=Role.IT_OFFICER)
        assert (step.tier, step.completed_at) == (1, None)
        assert step.reason.startswith("Rückruf oder Mangel: Lieferverzug seit Mai")
        assert written().filter(payload__recipient=officer.user.email).exists()
        done = approvals.decide(
            requisition_id=requisition.pk,
            revision_no=1,
            verdict=Verdict.APPROVE,
            by=officer,
            now=NOW,
        )
        assert done.state == "approved"

    def test_a_role_that_signs_anyway_is_not_asked_twice(self, world: World) -> None:
        requisition = world.submitted({0: 2})
        gate = spec(world, effect=GateEffect.COSIGN, cosign_role=Role.APPROVER)
        set_gate(gate, by=world.manager, now=NOW)
        assert world.approve(requisition).state == "approved"


def warranty(world: World, factor: int = 1) -> int:
    """A warranty of lot 1 that hangs on the notebook; returns its index among the listings."""
    item = list_item(
        world,
        ItemSpec(number="1.8", title="Garantie 5 Jahre", basis=PriceBasis.FIXED),
        [TierRow(1, Decimal("30.0000"))],
    )
    ItemRelation.objects.create(
        item=item, to_item=world.items[0], kind=RelationKind.REQUIRES, quantity=factor
    )
    world.listings.append(item.listings.get())
    return len(world.listings) - 1


class TestDevices:
    def test_more_warranties_than_devices_are_refused_by_name(self, world: World) -> None:
        index = warranty(world)
        draft = world.draft({0: 2, index: 3})
        with pytest.raises(DeviceMissing) as refusal:
            requisitions.submit(requisition_id=draft.pk, by=world.officer, now=NOW)
        assert refusal.value.reasons == [
            (
                "„Garantie 5 Jahre“ (3 Stück) gibt es nur zusammen mit „Notebooks“: Die Geräte "
                "dazu reichen für 2. Legen Sie die fehlenden Geräte in den Bedarfskorb, oder "
                "verringern Sie die Menge um 1."
            )
        ]

    def test_the_basket_says_so_before(self, world: World) -> None:
        index = warranty(world)
        baskets.set_quantity(
            by=world.officer, listing_id=world.listings[index].pk, quantity=1, now=NOW
        )
        view = baskets.view(world.officer, now=NOW)
        advice = view.advice
        assert [row.allowed for row in advice.unmet] == [0]

    def test_devices_called_off_before_carry_until_they_are_used_up(self, world: World) -> None:
        index = warranty(world)
        world.approve(world.submitted({0: 2}))
        world.approve(world.submitted({index: 2}))
        draft = world.draft({index: 1})
        with pytest.raises(DeviceMissing, match="Die Geräte dazu fehlen"):
            requisitions.submit(requisition_id=draft.pk, by=world.officer, now=NOW)

    def test_two_requisitions_do_not_lean_on_the_same_device(self, world: World) -> None:
        index = warranty(world)
        world.approve(world.submitted({0: 2}))
        first, second = world.submitted({index: 2}), world.submitted({index: 2})
        world.approve(first)
        with pytest.raises(DeviceMissing):
            world.approve(second)

    def test_the_factor_counts_per_device(self, world: World) -> None:
        index = warranty(world, factor=3)
        assert world.submitted({0: 2, index: 6}).state == "submitted"

    def test_an_accessory_only_informs(self, world: World) -> None:
        index = warranty(world)
        ItemRelation.objects.update(kind=RelationKind.ACCESSORY)
        baskets.set_quantity(
            by=world.officer, listing_id=world.listings[index].pk, quantity=1, now=NOW
        )
        view = baskets.view(world.officer, now=NOW)
        (line,) = view.order.lines
        assert view.advice.about(line.offer.listing.item) == [
            "Zubehör zu „Notebooks“, das nicht im Bedarfskorb liegt."
        ]
        assert world.submitted({index: 1}).state == "submitted"


class TestMinimumOrder:
    @pytest.fixture
    def small(self, world: World) -> World:
        AwardTerms.objects.filter(award=world.awards[0]).update(minimum_order=Decimal(500))
        return world

    def surcharge(self, world: World) -> int:
        item = list_item(
            world,
            ItemSpec(
                number="1.9",
                title="Mindermengenzuschlag",
                basis=PriceBasis.FIXED,
                role=ItemRole.SURCHARGE,
                max_quantity=1,
            ),
            [TierRow(1, Decimal("25.0000"))],
        )
        world.listings.append(item.listings.get())
        return len(world.listings) - 1

    def test_a_small_order_is_refused_with_what_is_missing(self, small: World) -> None:
        draft = small.draft({0: 1})
        with pytest.raises(BelowMinimum) as refusal:
            requisitions.submit(requisition_id=draft.pk, by=small.officer, now=NOW)
        (sentence,) = refusal.value.reasons
        assert "500,00 EUR netto ist nicht erreicht, es fehlen 71,00 EUR." in sentence

    def test_the_basket_offers_the_surcharge(self, small: World) -> None:
        index = self.surcharge(small)
        baskets.set_quantity(by=small.officer, listing_id=small.listings[0].pk, quantity=1, now=NOW)
        view = baskets.view(small.officer, now=NOW)
        advice = view.advice
        gap = advice.gap_of(small.awards[0].pk)
        assert gap is not None
        assert gap.surcharge_listing_id == small.listings[index].pk
        assert "legen Sie „Mindermengenzuschlag“ in den Bedarfskorb" in gap.sentence

    def test_with_the_surcharge_it_passes_and_the_surcharge_is_bound(self, small: World) -> None:
        index = self.surcharge(small)
        requisition = small.submitted({0: 1, index: 1})
        assert requisition.state == "submitted"
        account = small.listings[index].item.account
        account.refresh_from_db()
        assert account.held == 1
        net = Requisition.objects.get(pk=requisition.pk).revisions.get().net
        assert net == Decimal("454.00")

    def test_what_reaches_the_minimum_passes(self, small: World) -> None:
        assert small.submitted({0: 2}).state == "submitted"
