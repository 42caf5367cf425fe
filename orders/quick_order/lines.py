"""What a page shows of lines kept earlier: how each stands today and what it costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Prefetch, QuerySet

from contracts.agreements.models import Listing
from contracts.agreements.prices.ordering import Wanted
from contracts.clock import berlin_day
from contracts.parties.models import Membership
from orders.errors import NotFound
from orders.models import Requisition, RequisitionLine, ShoppingList, ShoppingListLine
from orders.requisitions import current_lines, visible_requisitions

from .estimate import Cost, Estimate, estimate, per_unit
from .lists import visible_lists
from .standing import Standing, for_standing, standings


@dataclass(frozen=True, slots=True)
class KeptLine:
    """A line of a list today; `cost` is None where it can't be called off."""

    listing: Listing
    quantity: int
    standing: Standing
    cost: Cost | None


@dataclass(frozen=True, slots=True)
class OldLine:
    """A line of an earlier requisition beside what it would be today.

    `target` is what would be ordered: the article itself, else its successor; `cost` is the
    target's.
    """

    line: RequisitionLine
    standing: Standing
    cost: Cost | None

    @property
    def target(self) -> Listing | None:
        if self.standing.is_orderable:
            return self.standing.listing
        return self.standing.successor

    @property
    def then(self) -> Decimal:
        """The net price per unit at the time (EUR, four decimals)."""
        return per_unit(self.line.net_unit_price, self.line.price_unit)

    @property
    def difference(self) -> Decimal | None:
        """Today's net price per unit less the one of then; None without a price today."""
        return self.cost.unit_price - self.then if self.cost is not None else None


@dataclass(frozen=True, slots=True)
class Reorder:
    """An earlier requisition to order once more, with today's sums of all of it."""

    requisition: Requisition
    lines: Sequence[OldLine]
    estimate: Estimate

    @property
    def is_changed(self) -> bool:
        """Whether a price, an article or the shelf is another than then."""
        return any(not row.standing.is_orderable or row.difference for row in self.lines)


def list_rows(row: ShoppingList) -> QuerySet[ShoppingListLine]:
    """The lines of a list in the order they were added."""
    return row.lines.prefetch_related(
        Prefetch("listing", for_standing(Listing.objects.all()))
    ).order_by("pk")


def visible_list(list_id: int, by: Membership) -> ShoppingList:
    """A list that the actor sees; raises NotFound."""
    row = visible_lists(by).select_related("created_by__user", "school").filter(pk=list_id).first()
    if row is None:
        raise NotFound("Diese Merkliste gibt es für Sie nicht (mehr).")
    return row


def kept_lines(
    rows: Sequence[ShoppingListLine], *, by: Membership, now: datetime
) -> list[KeptLine]:
    """Standing and cost of lines of `list_rows`, in a constant number of queries.

    Raises NoVatRule or a PricingError where a price can't be computed.
    """
    listings = [row.listing for row in rows]
    found = standings(listings, buyer_id=by.organisation_id, on=berlin_day(now))
    wanted = {
        str(row.pk): (row.listing, row.quantity)
        for row in rows
        if found[row.listing_id].is_orderable
    }
    costs = _costs(wanted, by, now).costs
    return [
        KeptLine(row.listing, row.quantity, found[row.listing_id], costs.get(str(row.pk)))
        for row in rows
    ]


def reorder(*, requisition_id: int, by: Membership, now: datetime) -> Reorder:
    """An earlier requisition of the actor's scope beside today's prices and articles.

    Raises NotFound, and NoVatRule or a PricingError where a price can't be computed.
    """
    source = visible_requisitions(by).filter(pk=requisition_id).first()
    if source is None:
        raise NotFound("Diese Anforderung gibt es in Ihrer Organisation nicht.")
    lines = current_lines(source)
    rows = for_standing(Listing.objects.filter(pk__in={line.listing_id for line in lines}))
    found = standings(list(rows), buyer_id=by.organisation_id, on=berlin_day(now))
    old = [OldLine(line, found[line.listing_id], None) for line in lines]
    wanted = {
        str(row.line.line_no): (row.target, row.line.quantity)
        for row in old
        if row.target is not None
    }
    sums = _costs(wanted, by, now)
    return Reorder(
        source,
        [OldLine(row.line, row.standing, sums.costs.get(str(row.line.line_no))) for row in old],
        sums,
    )


def _costs(wanted: Mapping[str, tuple[Listing, int]], by: Membership, now: datetime) -> Estimate:
    return estimate(
        [Wanted(key, listing.pk, quantity) for key, (listing, quantity) in wanted.items()],
        buyer=by.organisation,
        on=berlin_day(now),
    )
