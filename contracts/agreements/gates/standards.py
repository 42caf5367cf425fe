"""Equipment standards of a school authority.

A standard says which positions an authority wants bought in a product group. The gates
read it: outside of a mandatory one an article is blocked, outside of a recommended one
the IT officer signs too. A standard is never edited in place: its successor lifts it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from django.db import transaction
from django.db.models import F, QuerySet

from contracts.agreements.entitlement import entitled_listings
from contracts.agreements.errors import NotFound
from contracts.agreements.models import ContractItem, EquipmentStandard, StandardItem, StandardLevel
from contracts.agreements.refused import FieldRefused
from contracts.agreements.serialised import lock_buyer
from contracts.agreements.writing.audited import plain_values
from contracts.audit.record import record
from contracts.clock import berlin_day
from contracts.constraints import Refusals, translated
from contracts.parties.acting import require_role
from contracts.parties.models import Membership, Role
from contracts.retrying import again

EQUIPPING_ROLES = (Role.IT_OFFICER, Role.PROCUREMENT_OFFICER)


class StandardRefused(FieldRefused):
    """The standard cannot be set like this; `field` names the value to change."""

    code = "standard_refused"


@dataclass(frozen=True, slots=True)
class StandardSpec:
    """What is wanted in a product group; the items meet the standard."""

    product_group: str
    level: StandardLevel
    title: str
    explanation: str
    item_ids: tuple[int, ...]
    valid_from: date
    valid_to: date | None = None


@again
def create_standard(spec: StandardSpec, *, by: Membership, now: datetime) -> EquipmentStandard:
    """Set the standard of a product group for the own authority.

    A position meets it at every rank of its lot. Raises NotAllowed, NotFound (an item the
    authority is not entitled to) or StandardRefused (a second one for the group, no item,
    dates out of order).
    """
    require_role(by, EQUIPPING_ROLES, now)
    _check(spec, berlin_day(now))
    with translated(_refusals(spec)), transaction.atomic():
        lock_buyer(by.organisation_id)
        return _write(spec, by=by, now=now)


@again
def replace_standard(
    standard_id: int, spec: StandardSpec, *, by: Membership, now: datetime
) -> EquipmentStandard:
    """Set the next version of a standard in place of the one in force.

    Raises as `create_standard` and `lift_standard` do.
    """
    require_role(by, EQUIPPING_ROLES, now)
    _check(spec, berlin_day(now))
    with translated(_refusals(spec)), transaction.atomic():
        lock_buyer(by.organisation_id)
        _lift(standard_id, "durch eine neue Fassung ersetzt", by=by, now=now)
        return _write(spec, by=by, now=now)


@again
def lift_standard(*, standard_id: int, reason: str, by: Membership, now: datetime) -> None:
    """End a standard at once. Raises NotAllowed, NotFound or StandardRefused (no reason)."""
    require_role(by, EQUIPPING_ROLES, now)
    if not reason.strip():
        raise StandardRefused("reason", "Bitte nennen Sie den Grund der Aufhebung.")
    with transaction.atomic():
        lock_buyer(by.organisation_id)
        _lift(standard_id, reason.strip(), by=by, now=now)


def own_standards(by: Membership) -> QuerySet[EquipmentStandard]:
    """Standards of the actor's organisation."""
    return EquipmentStandard.objects.filter(owner_id=by.organisation_id)


def equippable_items(by: Membership, on: date) -> QuerySet[ContractItem]:
    """Positions with an article that the authority may call off on the day."""
    listings = entitled_listings(by.organisation_id, on)
    return ContractItem.objects.filter(pk__in=listings.values("item_id"))


def _check(spec: StandardSpec, day: date) -> None:
    refusals = (
        (not spec.product_group.strip(), "product_group", "Bitte wählen Sie eine Warengruppe."),
        (not spec.title.strip(), "title", "Bitte geben Sie dem Standard eine Bezeichnung."),
        (
            not spec.explanation.strip(),
            "explanation",
            "Bitte erläutern Sie den Standard: Wer etwas anderes sucht, liest diesen Satz.",
        ),
        (
            spec.level is not StandardLevel.FREE and not spec.item_ids,
            "item_ids",
            "Bitte wählen Sie mindestens eine Position, die dem Standard entspricht.",
        ),
        (spec.valid_from < day, "valid_from", "Ein Standard gilt frühestens ab heute."),
        (
            spec.valid_to is not None and spec.valid_to < spec.valid_from,
            "valid_to",
            "Das Ende liegt vor dem Beginn. Bitte prüfen Sie die Tage.",
        ),
    )
    for is_wrong, field, sentence in refusals:
        if is_wrong:
            raise StandardRefused(field, sentence)


def _refusals(spec: StandardSpec) -> Refusals:
    return {
        "agreements_one_standard_per_group": partial(
            StandardRefused,
            "product_group",
            f"Für „{spec.product_group}“ gilt bereits ein Standard. "
            "Bitte bearbeiten Sie diesen, oder heben Sie ihn auf.",
        )
    }


def _write(spec: StandardSpec, *, by: Membership, now: datetime) -> EquipmentStandard:
    items = _items_at_every_rank(spec.item_ids, by, berlin_day(now))
    standard = EquipmentStandard.objects.create(
        owner_id=by.organisation_id,
        product_group=spec.product_group.strip(),
        level=spec.level,
        title=spec.title.strip(),
        explanation=spec.explanation.strip(),
        valid_from=spec.valid_from,
        valid_to=spec.valid_to,
        set_by=by,
        set_at=now,
    )
    StandardItem.objects.bulk_create(StandardItem(standard=standard, item=item) for item in items)
    record(
        standard,
        "standard.set",
        by=by,
        now=now,
        after=plain_values(
            {
                "product_group": standard.product_group,
                "level": str(standard.level),
                "valid_from": standard.valid_from,
                "valid_to": standard.valid_to,
                "items": sorted(item.number for item in items),
            }
        ),
        reason=standard.explanation,
    )
    return standard


def _items_at_every_rank(item_ids: Collection[int], by: Membership, on: date) -> list[ContractItem]:
    """The items with those of equal number in other awards of the lot.

    Otherwise the next rank of a cascade would deliver what the standard refuses.
    """
    chosen = equippable_items(by, on).filter(pk__in=item_ids)
    if chosen.count() < len(set(item_ids)):
        raise NotFound("Eine Position ist für Ihre Organisation nicht abrufbar.")
    same = ContractItem.objects.filter(
        award__lot__awards__items__in=item_ids, number=F("award__lot__awards__items__number")
    )
    return list(same.distinct().order_by("pk"))


def _lift(standard_id: int, reason: str, *, by: Membership, now: datetime) -> None:
    row = (
        own_standards(by)
        .select_for_update(of=("self",), no_key=True)
        .filter(pk=standard_id, lifted_at__isnull=True)
        .first()
    )
    if row is None:
        raise NotFound("Diesen Standard gibt es bei Ihrer Organisation nicht (mehr).")
    row.lifted_at = now
    row.save(update_fields=["lifted_at"])
    record(row, "standard.lifted", by=by, now=now, after={"lifted": True}, reason=reason)
