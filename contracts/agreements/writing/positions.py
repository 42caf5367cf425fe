"""Positions of the price sheet with their prices, written by hand: added, edited, removed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from contracts.agreements.models import ContractItem, PriceVersion
from contracts.agreements.refused import translated
from contracts.agreements.writing.edit import move_limit, record_change, remove_row
from contracts.agreements.writing.editing import editable_award, editable_item, require_draft
from contracts.agreements.writing.facts import item_facts
from contracts.agreements.writing.setup import (
    ItemSpec,
    create_item,
    position_account_id,
    set_price,
    unsaved_item,
)
from contracts.agreements.writing.tiers import TierRow, tier_words
from contracts.ledger.models import LimitAccount
from contracts.parties.models import Membership
from contracts.retrying import again

_FIELDS = (
    "number",
    "title",
    "unit",
    "basis",
    "product_group",
    "charge",
    "periods",
    "period_months",
    "role",
    "cumulative_tiers",
    "vat_class",
    "delivery_days",
)


@dataclass(frozen=True, slots=True)
class Prices:
    """The price of a position: tiers in net EUR per price unit, or discounts in per cent."""

    tiers: Sequence[TierRow]
    valid_from: date
    price_unit: int
    source: str


@again
def add_position(
    *, award_id: int, spec: ItemSpec, prices: Prices, by: Membership, now: datetime
) -> ContractItem:
    """Write a draft's position with its first price.

    Raises AlreadyExists, OutOfOrder, a PricingError, NotEditable, AgreementEnded, NotAllowed,
    NotFound.
    """
    with translated(), transaction.atomic():
        award, _ = editable_award(award_id, by=by, now=now)
        item = create_item(award, spec, by=by, now=now)
        _price(item, prices, by, now)
    return item


@again
def edit_position(
    *, item_id: int, spec: ItemSpec, prices: Prices, by: Membership, now: datetime
) -> ContractItem:
    """Write a draft's position and its price anew. Raises as `add_position`, NotEditable."""
    with translated(), transaction.atomic():
        item, agreement = editable_item(item_id, by=by, now=now)
        require_draft(agreement, "Positionen sind")
        known = {**item_facts(item), "tiers": _tiers(item)}
        _apply(item, spec, by, now)
        item.save()
        PriceVersion.objects.filter(item=item).delete()
        _price(item, prices, by, now)
        written = {**item_facts(item), "tiers": _tiers(item)}
        record_change(item, "item.edited", known, written, by, now)
    return item


@again
def remove_position(*, item_id: int, by: Membership, now: datetime) -> None:
    """Take a position without articles out of a draft. Raises StillUsed, NotEditable, …"""
    with transaction.atomic():
        item, agreement = editable_item(item_id, by=by, now=now)
        require_draft(agreement, "Positionen sind")
        if not item.listings.exists():
            item.price_versions.all().delete()
        remove_row(item, agreement, "item.removed", item_facts(item), by, now)


def _apply(item: ContractItem, spec: ItemSpec, by: Membership, now: datetime) -> None:
    """Take over the specification; a cap that other ranks share moves for all of them."""
    fresh = unsaved_item(item.award_id, spec, account_id=item.account_id)
    for name in _FIELDS:
        setattr(item, name, getattr(fresh, name))
    limit = Decimal(spec.max_quantity) if spec.max_quantity is not None else None
    if limit is None:
        item.account = None
    elif item.account is None:
        item.account_id = position_account_id(item.award, spec, by=by, now=now)
        item.account = LimitAccount.objects.get(pk=item.account_id or 0)
    if limit is not None and item.account is not None:
        move_limit(item.account, limit, item.award.reference, by, now)


def _price(item: ContractItem, prices: Prices, by: Membership, now: datetime) -> None:
    set_price(
        item,
        prices.tiers,
        valid_from=prices.valid_from,
        price_unit=prices.price_unit,
        source=prices.source,
        by=by,
        now=now,
    )


def _tiers(item: ContractItem) -> list[str]:
    """The tiers of all versions in one line each, oldest version first."""
    versions = item.price_versions.order_by("valid").prefetch_related("tiers")
    return [
        tier_words(TierRow(tier.from_quantity, tier.net_unit_price, tier.discount_percent))
        for version in versions
        for tier in version.tiers.all()
    ]
