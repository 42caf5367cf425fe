"""What hangs on what: warranty and licence on the device, accessory to it, part of a bundle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from contracts.agreements.errors import NotFound
from contracts.agreements.models import (
    ContractItem,
    FrameworkAgreement,
    ItemRelation,
    PriceBasis,
    RelationKind,
)
from contracts.agreements.refused import AlreadyExists, FieldRefused
from contracts.agreements.serialised import lock_lots
from contracts.agreements.writing.editing import editable_item, require_draft
from contracts.audit.record import record
from contracts.parties.models import Membership
from contracts.retrying import again


class UnsuitableRelation(FieldRefused):
    """The two positions cannot be related in this way."""

    code = "unsuitable_relation"


@dataclass(frozen=True, slots=True)
class Tie:
    """`item_id` hangs on, belongs to or is part of `to_item_id`.

    `quantity` counts per piece of the other position: parts in a bundle, or devices that
    one warranty covers.
    """

    item_id: int
    to_item_id: int
    kind: RelationKind
    quantity: int = 1


def relations_of(agreement: FrameworkAgreement) -> QuerySet[ItemRelation]:
    """All ties of the agreement, by position, with both ends and their lots."""
    return (
        ItemRelation.objects.filter(item__award__lot__agreement=agreement)
        .select_related("item__award__lot", "item__award__supplier", "to_item__award__lot")
        .order_by("item__award__lot__number", "item__number", "to_item__number", "pk")
    )


def ties_of(item: ContractItem) -> list[ItemRelation]:
    """What the item hangs on and, where it is a bundle, what it consists of; one query."""
    rows = ItemRelation.objects.filter(
        Q(item=item) | Q(to_item=item, kind=RelationKind.BUNDLE_PART)
    )
    return list(rows.select_related("item", "to_item").order_by("kind", "pk"))


@again
def relate(tie: Tie, *, by: Membership, now: datetime) -> ItemRelation:
    """Tie two positions of one agreement.

    What belongs to a bundle is part of its price and can only be set in a draft. Raises
    UnsuitableRelation, AlreadyExists, NotEditable, AgreementEnded, NotAllowed, NotFound.
    """
    with transaction.atomic():
        item, agreement = editable_item(tie.item_id, by=by, now=now)
        other = (
            ContractItem.objects.filter(pk=tie.to_item_id, award__lot__agreement=agreement)
            .select_related("award")
            .first()
        )
        if other is None:
            raise NotFound("Diese Position gibt es in der Vereinbarung nicht.")
        _require_suitable(item, other, tie)
        if tie.kind == RelationKind.BUNDLE_PART:
            require_draft(agreement, "Die Teile eines Bündels sind")
        relation, is_new = ItemRelation.objects.get_or_create(
            item=item, to_item=other, kind=tie.kind, defaults={"quantity": tie.quantity}
        )
        if not is_new:
            raise AlreadyExists(
                "to_item", f"Diesen Bezug von Position {item.number} gibt es schon."
            )
        record(item, "item.related", by=by, now=now, after=_facts(relation))
        lock_lots([item.award.lot_id])
    return relation


@again
def unrelate(relation_id: int, *, by: Membership, now: datetime) -> None:
    """Undo a tie. Raises NotEditable, AgreementEnded, NotAllowed, NotFound."""
    with transaction.atomic():
        relation = ItemRelation.objects.select_related("item", "to_item").filter(pk=relation_id)
        found = relation.first()
        if found is None:
            raise NotFound("Diesen Bezug gibt es nicht.")
        item, agreement = editable_item(found.item_id, by=by, now=now)
        if found.kind == RelationKind.BUNDLE_PART:
            require_draft(agreement, "Die Teile eines Bündels sind")
        record(found.item, "item.unrelated", by=by, now=now, before=_facts(found))
        found.delete()
        lock_lots([item.award.lot_id])


def _require_suitable(item: ContractItem, other: ContractItem, tie: Tie) -> None:
    if item.pk == other.pk:
        raise UnsuitableRelation("to_item", "Eine Position kann sich nicht auf sich beziehen.")
    if tie.quantity < 1:
        raise UnsuitableRelation("quantity", "Bitte eine Menge ab 1 angeben.")
    if tie.kind != RelationKind.BUNDLE_PART:
        return
    if other.basis != PriceBasis.BUNDLE:
        raise UnsuitableRelation(
            "to_item", f"Position {other.number} ist kein Bündel. Teile gehören zu einem Bündel."
        )
    if item.basis == PriceBasis.BUNDLE:
        raise UnsuitableRelation("item", "Ein Bündel kann nicht Teil eines anderen sein.")
    if item.award_id != other.award_id:
        raise UnsuitableRelation(
            "item", "Die Teile eines Bündels gehören zum selben Zuschlag wie das Bündel."
        )


def _facts(relation: ItemRelation) -> dict[str, object]:
    return {
        "to_item": relation.to_item.number,
        "kind": relation.kind,
        "quantity": relation.quantity,
    }
