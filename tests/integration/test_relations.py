"""Ties between positions: who may set them, which make sense, what a bundle needs."""

from __future__ import annotations

import pytest

from contracts.agreements.errors import NotAllowed, NotFound, NotListable
from contracts.agreements.life.lifecycle import list_agreement
from contracts.agreements.models import (
    AgreementState,
    ContractItem,
    FrameworkAgreement,
    ItemRelation,
    PriceBasis,
    RelationKind,
)
from contracts.agreements.refused import AlreadyExists, FieldRefused
from contracts.agreements.writing.editing import NotEditable
from contracts.agreements.writing.relations import (
    Tie,
    UnsuitableRelation,
    relate,
    relations_of,
    ties_of,
    unrelate,
)
from contracts.agreements.writing.setup import ItemSpec, write_item
from contracts.audit.models import AuditEntry
from contracts.parties.models import Role
from tests.world import DAY, NOW, World, build_world, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build_world()


def draft(world: World) -> None:
    FrameworkAgreement.objects.filter(pk=world.agreement.pk).update(state=AgreementState.DRAFT)


def bundle(world: World) -> ContractItem:
    spec = ItemSpec(number="1.8", title="Klassensatz", basis=PriceBasis.BUNDLE)
    return write_item(world.awards[0], spec, by=world.manager, now=NOW)


def tie(world: World, kind: RelationKind = RelationKind.REQUIRES, **changed: int) -> Tie:
    ends = {"item_id": world.items[1].pk, "to_item_id": world.items[0].pk}
    return Tie(**{**ends, **changed}, kind=kind)


def test_a_tie_is_set_listed_and_undone_with_a_trace(world: World) -> None:
    relation = relate(tie(world), by=world.manager, now=NOW)
    assert list(relations_of(world.agreement)) == [relation]
    assert ties_of(world.items[1]) == [relation]
    assert ties_of(world.items[0]) == []
    unrelate(relation.pk, by=world.manager, now=NOW)
    assert not ItemRelation.objects.exists()
    actions = AuditEntry.objects.filter(action__startswith="item.").values_list("action", "before")
    assert ("item.related", {}) in actions
    assert (
        "item.unrelated",
        {"to_item": "1.1", "kind": "requires", "quantity": 1},
    ) in actions


def test_the_same_tie_is_refused_twice(world: World) -> None:
    relate(tie(world), by=world.manager, now=NOW)
    with pytest.raises(AlreadyExists, match="gibt es schon"):
        relate(tie(world), by=world.manager, now=NOW)
    assert ItemRelation.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "changed", "field"),
    [
        (RelationKind.REQUIRES, {"quantity": 0}, "quantity"),
        (RelationKind.BUNDLE_PART, {}, "to_item"),
    ],
)
def test_what_makes_no_sense_names_its_field(
    world: World, kind: RelationKind, changed: dict[str, int], field: str
) -> None:
    with pytest.raises(UnsuitableRelation) as refusal:
        relate(tie(world, kind, **changed), by=world.manager, now=NOW)
    assert refusal.value.field == field
    assert not ItemRelation.objects.exists()


def test_a_position_does_not_hang_on_itself(world: World) -> None:
    with pytest.raises(FieldRefused, match="auf sich"):
        relate(tie(world, item_id=world.items[0].pk), by=world.manager, now=NOW)


def test_parts_belong_to_the_award_of_their_bundle_and_to_a_draft(world: World) -> None:
    whole = bundle(world)
    part = Tie(world.items[0].pk, whole.pk, RelationKind.BUNDLE_PART, 28)
    with pytest.raises(NotEditable):
        relate(part, by=world.manager, now=NOW)
    draft(world)
    with pytest.raises(UnsuitableRelation, match="selben Zuschlag"):
        relate(
            Tie(world.items[1].pk, whole.pk, RelationKind.BUNDLE_PART), by=world.manager, now=NOW
        )
    relation = relate(part, by=world.manager, now=NOW)
    assert ties_of(whole) == [relation]


def test_a_bundle_without_parts_is_not_listed(world: World) -> None:
    draft(world)
    whole = bundle(world)
    with pytest.raises(NotListable) as refusal:
        list_agreement(world.agreement.pk, by=world.manager, now=NOW, on=DAY)
    assert any("„Klassensatz“ ist ein Bündel" in reason for reason in refusal.value.reasons)
    relate(
        Tie(world.items[0].pk, whole.pk, RelationKind.BUNDLE_PART, 28), by=world.manager, now=NOW
    )
    list_agreement(world.agreement.pk, by=world.manager, now=NOW, on=DAY)


def test_only_the_contract_manager_of_the_body_sets_and_undoes(world: World) -> None:
    reviewer = person("zweit@zbs.example", world.purchasing, Role.REVIEWER)
    foreign = person("vertrag@fern.example", world.other_authority, Role.CONTRACT_MANAGER)
    relation = relate(tie(world), by=world.manager, now=NOW)
    for member, refusal in ((reviewer, NotAllowed), (foreign, NotFound)):
        with pytest.raises(refusal):
            relate(tie(world, RelationKind.ACCESSORY), by=member, now=NOW)
        with pytest.raises(refusal):
            unrelate(relation.pk, by=member, now=NOW)
    assert ItemRelation.objects.count() == 1
