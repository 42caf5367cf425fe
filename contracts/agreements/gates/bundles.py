"""Equipment bundles: what one teacher, pupil or classroom gets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from django.db import transaction
from django.db.models import Prefetch, QuerySet

from contracts.agreements.entitlement import entitled_listings
from contracts.agreements.errors import NotFound
from contracts.agreements.gates.judging import blocks
from contracts.agreements.gates.rules import gates_before
from contracts.agreements.gates.standards import EQUIPPING_ROLES, equippable_items
from contracts.agreements.models import (
    BundleAudience,
    BundleLine,
    ContractItem,
    EquipmentBundle,
    Listing,
    PriceBasis,
)
from contracts.agreements.prices.quotes import offers, with_contract
from contracts.agreements.refused import FieldRefused
from contracts.audit.record import record
from contracts.clock import berlin_day
from contracts.constraints import Refusals, translated
from contracts.parties.acting import require_role
from contracts.parties.models import Membership
from contracts.retrying import again


class BundleRefused(FieldRefused):
    """The bundle cannot be written like this; `field` names the value to change."""

    code = "bundle_refused"


@dataclass(frozen=True, slots=True)
class BundleSpec:
    """For whom, and which quantity of which item per teacher, pupil or classroom."""

    audience: BundleAudience
    title: str
    description: str
    quantities: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class BundleChoice:
    """A line of a bundle with the listing to order today, or the reason why there is none."""

    line: BundleLine
    listing: Listing | None
    reason: str = ""


@again
def create_bundle(spec: BundleSpec, *, by: Membership, now: datetime) -> EquipmentBundle:
    """Write a bundle for the own authority.

    Raises NotAllowed, NotFound (an item that is not entitled) or BundleRefused.
    """
    require_role(by, EQUIPPING_ROLES, now)
    with translated(_REFUSALS), transaction.atomic():
        items = _items(spec, by, berlin_day(now))
        bundle = EquipmentBundle.objects.create(
            owner_id=by.organisation_id,
            audience=spec.audience,
            title=spec.title.strip(),
            description=spec.description.strip(),
            set_by=by,
            set_at=now,
        )
        _write_lines(bundle, spec)
        record(bundle, "bundle.created", by=by, now=now, after=_as_audited(spec, items))
    return bundle


@again
def change_bundle(
    bundle_id: int, spec: BundleSpec, *, by: Membership, now: datetime
) -> EquipmentBundle:
    """Rewrite a bundle; what was put into baskets before stays there. Raises as above."""
    require_role(by, EQUIPPING_ROLES, now)
    with translated(_REFUSALS), transaction.atomic():
        bundle = _locked(bundle_id, by)
        before: dict[str, object] = {
            "title": bundle.title,
            "audience": bundle.audience,
            "lines": dict(bundle.lines.values_list("item__number", "quantity")),
        }
        items = _items(spec, by, berlin_day(now))
        bundle.audience, bundle.title = spec.audience, spec.title.strip()
        bundle.description = spec.description.strip()
        bundle.save(update_fields=["audience", "title", "description"])
        bundle.lines.all().delete()
        _write_lines(bundle, spec)
        after = _as_audited(spec, items)
        record(bundle, "bundle.changed", by=by, now=now, before=before, after=after)
    return bundle


@again
def retire_bundle(*, bundle_id: int, by: Membership, now: datetime) -> None:
    """Take a bundle off the list. Raises NotAllowed or NotFound."""
    require_role(by, EQUIPPING_ROLES, now)
    with transaction.atomic():
        bundle = _locked(bundle_id, by)
        bundle.is_active = False
        bundle.save(update_fields=["is_active"])
        record(bundle, "bundle.retired", by=by, now=now, after={"is_active": False})


def own_bundles(by: Membership) -> QuerySet[EquipmentBundle]:
    """Active bundles of the actor's organisation, with their lines."""
    lines = BundleLine.objects.select_related("item__award__lot").order_by("pk")
    return EquipmentBundle.objects.filter(
        owner_id=by.organisation_id, is_active=True
    ).prefetch_related(Prefetch("lines", lines))


def bundle_items(by: Membership, on: date) -> QuerySet[ContractItem]:
    """What a bundle can hold: positions at a fixed price, which stand for one article."""
    return equippable_items(by, on).filter(basis=PriceBasis.FIXED)


def bundle_listings(
    bundles: Iterable[EquipmentBundle], buyer_id: int, on: date
) -> dict[int, list[BundleChoice]]:
    """Per bundle and line the listing to order today, in a constant number of queries.

    The position is taken at the first rank where it is entitled, priced and not blocked;
    the allocation rule of the lot has its say later. Bundles come from `own_bundles`.
    """
    lines = {bundle.pk: list(bundle.lines.all()) for bundle in bundles}
    flat = [line for rows in lines.values() for line in rows]
    listings = _listings_by_position(flat, buyer_id, on)
    candidates = {row.pk: row for rows in listings.values() for row in rows}
    priced = offers(candidates.values(), on)
    gates = gates_before(candidates, buyer_id, on)

    def choose(line: BundleLine) -> BundleChoice:
        reason = "heute nicht abrufbar"
        for listing in listings[_position(line.item)]:
            stops = blocks(gates.get(listing.pk, []))
            if stops:
                reason = " ".join(rule.sentence for rule in stops)
            elif listing.pk not in priced:
                reason = "heute ohne Vertragspreis"
            else:
                return BundleChoice(line, listing)
        return BundleChoice(line, None, reason)

    return {pk: [choose(line) for line in rows] for pk, rows in lines.items()}


_REFUSALS: Refusals = {
    "agreements_bundle_title_unique": partial(
        BundleRefused,
        "title",
        "Ein Paket mit dieser Bezeichnung gibt es bereits. Bitte wählen Sie eine andere.",
    ),
    "agreements_bundle_quantity_positive": partial(
        BundleRefused, "quantities", "Bitte geben Sie je Position eine Menge ab 1 an."
    ),
}


def _position(item: ContractItem) -> tuple[int, str]:
    return item.award.lot_id, item.number


def _listings_by_position(
    lines: Sequence[BundleLine], buyer_id: int, on: date
) -> dict[tuple[int, str], list[Listing]]:
    wanted = {_position(line.item) for line in lines}
    rows = with_contract(entitled_listings(buyer_id, on)).filter(
        item__award__lot__in={lot_id for lot_id, _ in wanted},
        item__number__in={number for _, number in wanted},
        item__basis=PriceBasis.FIXED,
    )
    found: dict[tuple[int, str], list[Listing]] = defaultdict(list)
    for row in rows.order_by("item__award__rank", "pk"):
        found[_position(row.item)].append(row)
    return found


def _items(spec: BundleSpec, by: Membership, on: date) -> list[ContractItem]:
    if not spec.title.strip():
        raise BundleRefused("title", "Bitte geben Sie dem Paket eine Bezeichnung.")
    if not spec.quantities:
        raise BundleRefused("quantities", "Ein Paket braucht mindestens eine Position.")
    items = list(bundle_items(by, on).filter(pk__in=spec.quantities))
    if len(items) < len(spec.quantities):
        raise NotFound("Eine Position ist für Ihre Organisation nicht abrufbar.")
    return items


def _write_lines(bundle: EquipmentBundle, spec: BundleSpec) -> None:
    BundleLine.objects.bulk_create(
        BundleLine(bundle=bundle, item_id=item_id, quantity=quantity)
        for item_id, quantity in spec.quantities.items()
    )


def _locked(bundle_id: int, by: Membership) -> EquipmentBundle:
    row = (
        EquipmentBundle.objects.filter(owner_id=by.organisation_id, is_active=True, pk=bundle_id)
        .select_for_update(no_key=True)
        .first()
    )
    if row is None:
        raise NotFound("Dieses Paket gibt es bei Ihrer Organisation nicht (mehr).")
    return row


def _as_audited(spec: BundleSpec, items: Sequence[ContractItem]) -> dict[str, object]:
    return {
        "title": spec.title,
        "audience": str(spec.audience),
        "lines": {item.number: spec.quantities[item.pk] for item in items},
    }
