"""Equipment standards and bundles: who sets them, what they hold, what a basket gets."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from contracts.agreements.errors import NotAllowed, NotFound
from contracts.agreements.gates.bundles import (
    BundleRefused,
    BundleSpec,
    bundle_listings,
    change_bundle,
    create_bundle,
    own_bundles,
    retire_bundle,
)
from contracts.agreements.gates.register import declare_opt_out
from contracts.agreements.gates.rules import rules_for
from contracts.agreements.gates.standards import (
    StandardRefused,
    StandardSpec,
    create_standard,
    lift_standard,
    replace_standard,
)
from contracts.agreements.models import (
    BundleAudience,
    EquipmentStandard,
    PriceBasis,
    StandardItem,
    StandardLevel,
)
from contracts.agreements.writing.setup import ItemSpec, create_award, write_item
from contracts.audit.models import AuditEntry
from contracts.parties.models import Membership, Role
from contracts.pricing import InvalidQuantity
from orders.basket import baskets
from orders.basket.bundles import put_bundle
from orders.errors import NotFound as OrderNotFound
from tests.world import DAY, NOW, World, build_world, drafting, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture
def officer(world: World) -> Membership:
    return person("it@stadt-a.example", world.authority, Role.IT_OFFICER)


def spec(world: World, **changes: object) -> StandardSpec:
    base = StandardSpec(
        product_group="Notebooks",
        level=StandardLevel.MANDATORY,
        title="Notebooks 2026",
        explanation="Ein Modell für alle",
        item_ids=(world.items[0].pk,),
        valid_from=DAY,
    )
    return replace(base, **changes)


def bundle_spec(world: World, **changes: object) -> BundleSpec:
    base = BundleSpec(
        audience=BundleAudience.TEACHER,
        title="Lehrkraft",
        description="Grundausstattung",
        quantities={world.items[0].pk: 1, world.items[1].pk: 2},
    )
    return replace(base, **changes)


class TestStandards:
    def test_it_holds_for_the_own_house_only(self, world: World, officer: Membership) -> None:
        create_standard(spec(world), by=officer, now=NOW)
        own = rules_for(world.authority.pk, [], [], DAY)
        assert [(rule.effect, rule.except_item_ids) for rule in own] == [
            ("block", frozenset({world.items[0].pk}))
        ]
        assert rules_for(world.other_authority.pk, [], [], DAY) == []

    def test_a_position_meets_it_at_every_rank(self, world: World, officer: Membership) -> None:
        with drafting(world.agreement):
            award = create_award(
                world.lots[0],
                supplier=world.suppliers[1],
                reference="Z-1b",
                awarded_on=date(2026, 1, 1),
                rank=2,
                by=world.manager,
                now=NOW,
            )
        made = {
            number: write_item(
                award,
                ItemSpec(number=number, title="Notebooks", basis=PriceBasis.FIXED),
                by=world.manager,
                now=NOW,
            )
            for number in ("1.1", "1.2")
        }
        standard = create_standard(spec(world), by=officer, now=NOW)
        assert set(standard.items.all()) == {world.items[0], made["1.1"]}

    def test_one_per_group_until_it_is_lifted(self, world: World, officer: Membership) -> None:
        first = create_standard(spec(world), by=officer, now=NOW)
        with pytest.raises(StandardRefused, match="gilt bereits ein Standard") as refusal:
            create_standard(spec(world), by=officer, now=NOW)
        assert refusal.value.field == "product_group"
        lift_standard(standard_id=first.pk, reason="überholt", by=officer, now=NOW)
        assert rules_for(world.authority.pk, [], [], DAY) == []
        create_standard(spec(world), by=officer, now=NOW)

    def test_the_next_version_lifts_the_one_before(self, world: World, officer: Membership) -> None:
        first = create_standard(spec(world), by=officer, now=NOW)
        later = NOW + timedelta(hours=1)
        second = replace_standard(
            first.pk, spec(world, level=StandardLevel.RECOMMENDED), by=officer, now=later
        )
        first.refresh_from_db()
        assert (first.lifted_at, second.lifted_at) == (later, None)
        (rule,) = rules_for(world.authority.pk, [], [], DAY)
        assert (rule.effect, rule.cosign_role) == ("cosign", "it_officer")

    def test_a_refused_version_leaves_the_one_before(
        self, world: World, officer: Membership
    ) -> None:
        first = create_standard(spec(world), by=officer, now=NOW)
        with pytest.raises(NotFound):
            replace_standard(first.pk, spec(world, item_ids=(10**9,)), by=officer, now=NOW)
        first.refresh_from_db()
        assert first.lifted_at is None

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"product_group": " "}, "product_group"),
            ({"title": ""}, "title"),
            ({"explanation": ""}, "explanation"),
            ({"item_ids": ()}, "item_ids"),
            ({"valid_from": DAY - timedelta(days=1)}, "valid_from"),
            ({"valid_to": DAY - timedelta(days=1)}, "valid_to"),
        ],
    )
    def test_what_makes_no_sense_is_refused(
        self, world: World, officer: Membership, changes: dict[str, object], field: str
    ) -> None:
        with pytest.raises(StandardRefused) as refusal:
            create_standard(spec(world, **changes), by=officer, now=NOW)
        assert refusal.value.field == field
        assert not EquipmentStandard.objects.exists()

    def test_a_free_standard_needs_no_item(self, world: World, officer: Membership) -> None:
        create_standard(spec(world, level=StandardLevel.FREE, item_ids=()), by=officer, now=NOW)
        assert not StandardItem.objects.exists()
        assert rules_for(world.authority.pk, [], [], DAY) == []

    def test_only_those_who_equip_and_only_at_home(self, world: World, officer: Membership) -> None:
        with pytest.raises(NotAllowed):
            create_standard(spec(world), by=world.approver, now=NOW)
        with pytest.raises(NotFound):
            create_standard(spec(world), by=world.outsider, now=NOW)
        standard = create_standard(spec(world), by=officer, now=NOW)
        with pytest.raises(NotFound):
            lift_standard(standard_id=standard.pk, reason="weg", by=world.outsider, now=NOW)
        with pytest.raises(StandardRefused):
            lift_standard(standard_id=standard.pk, reason=" ", by=officer, now=NOW)

    def test_it_is_audited(self, world: World, officer: Membership) -> None:
        standard = create_standard(spec(world), by=officer, now=NOW)
        lift_standard(standard_id=standard.pk, reason="überholt", by=officer, now=NOW)
        rows = AuditEntry.objects.filter(object_id=standard.pk, action__startswith="standard.")
        assert [(row.action, row.reason) for row in rows] == [
            ("standard.set", "Ein Modell für alle"),
            ("standard.lifted", "überholt"),
        ]


class TestBundles:
    def test_times_n_goes_into_the_basket_on_top(self, world: World, officer: Membership) -> None:
        bundle = create_bundle(bundle_spec(world), by=officer, now=NOW)
        for _ in range(2):
            outcome = put_bundle(bundle_id=bundle.pk, times=3, by=world.officer, now=NOW)
        assert outcome.added == (("Notebooks", 3), ("Digitale Schulbücher", 6))
        assert outcome.missing == ()
        assert dict(baskets.quantities(world.officer)) == {
            world.listings[0].pk: 6,
            world.listings[1].pk: 12,
        }

    def test_a_form_sent_twice_puts_it_in_once(self, world: World, officer: Membership) -> None:
        bundle = create_bundle(bundle_spec(world), by=officer, now=NOW)
        form = uuid4()
        outcomes = [
            put_bundle(bundle_id=bundle.pk, times=3, by=world.officer, now=NOW, form=form)
            for _ in range(2)
        ]
        assert [row.is_repeated for row in outcomes] == [False, True]
        assert dict(baskets.quantities(world.officer))[world.listings[0].pk] == 3

    def test_what_cannot_be_ordered_is_named_with_the_reason(
        self, world: World, officer: Membership
    ) -> None:
        bundle = create_bundle(bundle_spec(world), by=officer, now=NOW)
        declare_opt_out(
            lot_id=world.lots[0].pk,
            product_group="",
            contract="Vertrag 17",
            explanation="Eigener Vertrag",
            valid_to=date(2026, 12, 31),
            by=world.officer,
            now=NOW,
        )
        world.listings[1].is_listed = False
        world.listings[1].save(update_fields=["is_listed"])
        outcome = put_bundle(bundle_id=bundle.pk, times=1, by=world.officer, now=NOW)
        assert outcome.added == ()
        (first, second) = outcome.missing
        assert first[0] == "Notebooks"
        assert "Eigener Vertrag (Beleg: Vertrag 17" in first[1]
        assert second == ("Digitale Schulbücher", "heute nicht abrufbar")
        assert baskets.quantities(world.officer) == []

    def test_choices_of_many_bundles_take_a_constant_number_of_queries(
        self, world: World, officer: Membership, django_assert_num_queries: object
    ) -> None:
        for number in range(4):
            create_bundle(bundle_spec(world, title=f"Paket {number}"), by=officer, now=NOW)
        bundles = list(own_bundles(world.officer))
        for some in (bundles[:1], bundles):
            with django_assert_num_queries(5):  # type: ignore[operator]
                bundle_listings(some, world.authority.pk, DAY)

    def test_it_is_changed_and_retired_by_those_who_equip(
        self, world: World, officer: Membership
    ) -> None:
        bundle = create_bundle(bundle_spec(world), by=officer, now=NOW)
        changed = bundle_spec(world, title="Neu", quantities={world.items[1].pk: 5})
        change_bundle(bundle.pk, changed, by=world.officer, now=NOW)
        bundle.refresh_from_db()
        assert bundle.title == "Neu"
        assert [line.quantity for line in bundle.lines.all()] == [5]
        for refused, member in ((NotAllowed, world.approver), (NotFound, world.outsider)):
            with pytest.raises(refused):
                retire_bundle(bundle_id=bundle.pk, by=member, now=NOW)
        retire_bundle(bundle_id=bundle.pk, by=officer, now=NOW)
        with pytest.raises(OrderNotFound):
            put_bundle(bundle_id=bundle.pk, times=1, by=world.officer, now=NOW)

    @pytest.mark.parametrize(
        ("changes", "field"),
        [({"title": ""}, "title"), ({"quantities": {}}, "quantities")],
    )
    def test_what_makes_no_sense_is_refused(
        self, world: World, officer: Membership, changes: dict[str, object], field: str
    ) -> None:
        with pytest.raises(BundleRefused) as refusal:
            create_bundle(bundle_spec(world, **changes), by=officer, now=NOW)
        assert refusal.value.field == field

    def test_titles_and_quantities_are_held_by_the_database(
        self, world: World, officer: Membership
    ) -> None:
        create_bundle(bundle_spec(world), by=officer, now=NOW)
        with pytest.raises(BundleRefused, match="gibt es bereits"):
            create_bundle(bundle_spec(world), by=officer, now=NOW)
        none = bundle_spec(world, title="Null", quantities={world.items[0].pk: 0})
        with pytest.raises(BundleRefused, match="Menge ab 1"):
            create_bundle(none, by=officer, now=NOW)

    @pytest.mark.parametrize("times", [0, 10_001])
    def test_times_is_bounded(self, world: World, officer: Membership, times: int) -> None:
        bundle = create_bundle(bundle_spec(world), by=officer, now=NOW)
        with pytest.raises(InvalidQuantity):
            put_bundle(bundle_id=bundle.pk, times=times, by=world.officer, now=NOW)

    def test_a_foreign_bundle_does_not_exist(self, world: World, officer: Membership) -> None:
        bundle = create_bundle(bundle_spec(world), by=officer, now=NOW)
        with pytest.raises(OrderNotFound):
            put_bundle(bundle_id=bundle.pk, times=1, by=world.outsider, now=NOW)
        assert not own_bundles(world.outsider).exists()
