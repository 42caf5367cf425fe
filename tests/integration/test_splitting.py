"""Order splitting: the rule on plain data, and what the database has of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from contracts.parties.models import Role, School
from orders import approvals, requisitions
from orders.approvals.neighbours import SPLIT_DAYS, NeedPart, Neighbours
from orders.approvals.splitting import Band, Splitting, bands_of, splitting
from orders.models import ApprovalRule, Requisition
from orders.models.approval import Verdict
from orders.signing.rules import Rule
from tests.world import NOW, World, build_world

NOTEBOOK, BAG = (1, "1.1"), (1, "1.2")
BANDS = [Band(Decimal(25_000), ("treasurer",)), Band(Decimal(5_000), ("it_officer",))]
THIS = NeedPart(
    requisition_id=1,
    number="BA-1",
    person_id=7,
    school_id=3,
    submitted_at=NOW,
    gross=Decimal(3_000),
    positions={NOTEBOOK: Decimal(3_000)},
)
OTHER = replace(THIS, requisition_id=2, number="BA-2")


def split(part: NeedPart, *others: NeedPart) -> Splitting | None:
    return splitting(part, Neighbours([*others, part]), BANDS)


class TestRule:
    def test_two_below_a_band_reach_it_together(self) -> None:
        found = split(THIS, OTHER)
        assert found is not None
        assert (found.total, found.band.start) == (6_000, 5_000)
        assert found.sentence == (
            "Mögliche Auftragsteilung: Zusammen mit BA-2 (15.06.2026) sind es für dieselben "
            "Positionen 6.000,00 EUR brutto. Ab 5.000,00 EUR brutto unterschreibt auch: "
            "IT-Verantwortung."
        )

    @pytest.mark.parametrize(
        "other",
        [
            replace(OTHER, person_id=8, school_id=4),
            replace(OTHER, person_id=8, school_id=None),
            replace(OTHER, submitted_at=NOW - timedelta(days=SPLIT_DAYS, seconds=1)),
            replace(OTHER, positions={BAG: Decimal(3_000)}),
            replace(OTHER, positions={NOTEBOOK: Decimal("1999.99")}),
            replace(OTHER, gross=Decimal(5_000)),
            THIS,
        ],
        ids=[
            "somebody else for another school",
            "somebody else for no school",
            "a day too long ago",
            "another position",
            "a cent below",
            "one that reaches the band by itself",
            "itself",
        ],
    )
    def test_what_is_no_part_warns_of_nothing(self, other: NeedPart) -> None:
        assert split(THIS, other) is None

    @pytest.mark.parametrize(
        "other",
        [
            replace(OTHER, person_id=8),
            replace(OTHER, school_id=None),
            replace(OTHER, submitted_at=NOW - timedelta(days=SPLIT_DAYS)),
            replace(OTHER, submitted_at=NOW + timedelta(days=SPLIT_DAYS)),
            replace(OTHER, positions={NOTEBOOK: Decimal(2_000), BAG: Decimal(1_000)}),
        ],
        ids=["same school", "same person", "last day", "submitted later", "exactly the band"],
    )
    def test_what_is_a_part_warns(self, other: NeedPart) -> None:
        assert split(THIS, other) is not None

    def test_the_highest_band_counts_and_three_are_named(self) -> None:
        others = [replace(OTHER, requisition_id=pk, number=f"BA-{pk}") for pk in range(2, 12)]
        found = split(THIS, *others)
        assert found is not None
        assert (found.band.start, found.total) == (25_000, 33_000)
        assert "und 7 weiteren" in found.sentence

    def test_above_the_highest_band_nothing_is_gained(self) -> None:
        assert split(replace(THIS, gross=Decimal(25_000)), OTHER) is None

    def test_only_shared_positions_are_added_up(self) -> None:
        """Each is below the band, and so is what they have in common."""
        big = {NOTEBOOK: Decimal(2_000), BAG: Decimal(1_000)}
        other = replace(OTHER, positions={NOTEBOOK: Decimal(2_000), (2, "2.1"): Decimal(1_000)})
        assert split(replace(THIS, positions=big), other) is None

    def test_bands_come_highest_first_without_those_of_grants(self) -> None:
        rules = [
            Rule(1, Decimal(0), "approver", 1),
            Rule(2, Decimal(5_000), "treasurer", 1),
            Rule(3, Decimal(100_000), "approver", 2, committee="Hauptausschuss"),
            Rule(2, Decimal(1_000), "treasurer", 1, when_funded=True),
        ]
        assert bands_of(rules) == [
            Band(Decimal(100_000), ("approver",), ("Hauptausschuss",)),
            Band(Decimal(5_000), ("treasurer",)),
        ]


@pytest.mark.django_db
class TestReader:
    @pytest.fixture
    def world(self) -> World:
        made = build_world()
        ApprovalRule.objects.create(
            policy=made.policy, tier=2, role=Role.TREASURER, from_gross=Decimal(5_000)
        )
        return made

    def warned(self, world: World, *rows: Requisition) -> dict[int, list[str]]:
        found = approvals.splittings(
            [row.pk for row in rows], authority_id=world.authority.pk, now=NOW
        )
        return {pk: [part.number for part in row.others] for pk, row in found.items()}

    def test_submitted_and_approved_ones_count(self, world: World) -> None:
        first, second = world.submitted({0: 5}), world.submitted({0: 5})
        world.approve(first)
        assert self.warned(world, second) == {second.pk: [first.number]}

    @pytest.mark.parametrize("state", ["draft", "withdrawn", "rejected", "expired", "returned"])
    def test_what_came_to_nothing_does_not_count(self, world: World, state: str) -> None:
        first, second = world.submitted({0: 5}), world.submitted({0: 5})
        Requisition.objects.filter(pk=first.pk).update(state=state)
        assert self.warned(world, second) == {}

    def test_the_current_revision_counts(self, world: World) -> None:
        first, second = world.submitted({0: 5}), world.submitted({0: 5})
        approvals.decide(
            requisition_id=first.pk,
            revision_no=1,
            verdict=Verdict.APPROVE,
            grants={1: approvals.Grant(4, "Bestand")},
            by=world.approver,
            now=NOW,
        )
        assert self.warned(world, second) == {}

    def test_another_school_of_another_person_is_another_need(self, world: World) -> None:
        first, second = world.submitted({0: 5}), world.submitted({0: 5})
        other = School.objects.create(authority=world.authority, name="B", school_no="100002")
        Requisition.objects.filter(pk=first.pk).update(school=other)
        assert self.warned(world, second) == {second.pk: [first.number]}
        Requisition.objects.filter(pk=first.pk).update(created_by=world.approver)
        assert self.warned(world, second) == {}

    def test_queries_do_not_grow(self, world: World, django_assert_num_queries: object) -> None:
        rows = [world.submitted({0: 5, 1: 1}) for _ in range(6)]
        for page in (rows[:1], rows):
            with django_assert_num_queries(3):  # type: ignore[operator]
                assert len(self.warned(world, *page)) == len(page)

    def test_a_withdrawn_part_ends_the_warning(self, world: World) -> None:
        first, second = world.submitted({0: 5}), world.submitted({0: 5})
        requisitions.withdraw(requisition_id=first.pk, by=world.officer, now=NOW)
        assert self.warned(world, second) == {}
