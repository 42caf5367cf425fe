"""What the effect of a cancellation is computed from (`orders.call_offs.cancel_effect`)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Prefetch

from contracts.agreements.facts.shapes import Tie
from contracts.agreements.models import ItemRelation, ItemRole, PriceTier, RelationKind
from contracts.pricing import Tier, discounted
from orders.allotting.reading import read_called_off
from orders.models import CallOff, CallOffLine

from .cancel_effect import IssuedFacts, LineFacts


def ties_to(call_off_id: int) -> list[Tie]:
    """What hangs on anything of the call-off's lot, whatever the rank; one query.

    Empty for nearly every call-off: then nobody else's order matters.
    """
    rows = ItemRelation.objects.filter(
        kind=RelationKind.REQUIRES, to_item__award__lot__call_offs=call_off_id
    ).select_related("item__award", "to_item__award")
    return [
        Tie(
            position=(row.item.award.lot_id, row.item.number),
            title=row.item.title,
            to_position=(row.to_item.award.lot_id, row.to_item.number),
            to_title=row.to_item.title,
            factor=row.quantity,
        )
        for row in rows.order_by("pk")
    ]


def issued_facts(
    call_off: CallOff,
    lines: Sequence[CallOffLine],
    ties: Sequence[Tie],
    *,
    with_tiers: bool = False,
) -> IssuedFacts:
    """The call-off with its lines (of `lines_of`); tiers only for who is shown them."""
    tiers = _tiers(call_off) if with_tiers else {}
    return IssuedFacts(
        minimum=call_off.terms.minimum_order,
        lines=tuple(_line(line, call_off, tiers.get(line.pk, ())) for line in lines),
        ties=tuple(ties),
        kept=read_called_off(ties, call_off.authority_id),
    )


def _line(line: CallOffLine, call_off: CallOff, tiers: tuple[Tier, ...]) -> LineFacts:
    return LineFacts(
        key=line.pk,
        line_no=line.line_no,
        title=line.title,
        item_id=line.item_id,
        position=(call_off.lot_id, line.item.number),
        kept=line.progress.ordered - line.progress.cancelled,
        open=line.progress.open,
        net_unit_price=line.net_unit_price,
        price_unit=line.price_unit,
        periods=line.periods,
        is_surcharge=line.item.role == ItemRole.SURCHARGE,
        tiers=tiers,
    )


def _tiers(call_off: CallOff) -> dict[int, tuple[Tier, ...]]:
    """The tiers of each line's own price version, off its own list price where it has one."""
    ordered = Prefetch("price_version__tiers", PriceTier.objects.order_by("from_quantity"))
    rows = (
        CallOffLine.objects.filter(call_off=call_off, item__cumulative_tiers=False)
        .select_related("price_version", "list_price")
        .prefetch_related(ordered)
    )
    return {
        row.pk: tuple(
            Tier(tier.from_quantity, _price(tier, row)) for tier in row.price_version.tiers.all()
        )
        for row in rows
    }


def _price(tier: PriceTier, line: CallOffLine) -> Decimal:
    if line.list_price is not None:
        return discounted(line.list_price.amount, tier.discount_percent or Decimal(0))
    return tier.net_unit_price or Decimal(0)
