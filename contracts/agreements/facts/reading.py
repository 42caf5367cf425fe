"""Reading the shelf: one statement for listings, one more where a rule decides between awards."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from contracts.agreements.kinds import PriceBasis
from contracts.agreements.models import Listing
from contracts.agreements.wording import why_closed
from contracts.pricing import Tier, discounted
from contracts.sql import fetch

from . import sql
from .shapes import (
    AgreementFacts,
    ArticleFacts,
    AwardFacts,
    CapFacts,
    ItemFacts,
    ListingFacts,
    LotFacts,
    Offer,
    Reach,
    Shelf,
    SupplierFacts,
    TermsFacts,
    Tie,
    VatRuleFacts,
)

Row = tuple[Any, ...]
_LISTED = "listed"
_FULL = "full"


def read_shelf(listing_ids: Collection[int], *, buyer_id: int, on: date) -> Shelf:
    """Everything the contracts say about the listings, in one statement.

    A `buyer_id` that names nobody reads what does not depend on who asks.
    """
    if not listing_ids:
        return Shelf(buyer_id, on)
    values = {"listings": sorted(set(listing_ids)), "buyer_id": buyer_id, "on": on}
    return _shelf(fetch(sql.BY_LISTING, values), buyer_id, on)


def read_same_positions(listings: Collection[ListingFacts], *, buyer_id: int, on: date) -> Shelf:
    """What any rank offers under the positions of these listings, in one statement.

    Of positions that cover a product group only what may be the same article: such a
    position may have 20,000 listings.
    """
    if not listings:
        return Shelf(buyer_id, on)
    values = {
        "lots": sorted({row.item.award.lot_id for row in listings}),
        "numbers": sorted({row.item.number for row in listings}),
        "gtins": sorted({row.article.gtin for row in listings} - {""}),
        "mpns": sorted({row.article.mpn for row in listings} - {""}),
        "buyer_id": buyer_id,
        "on": on,
    }
    return _shelf(fetch(sql.BY_POSITION, values), buyer_id, on)


def read_awards(lot_ids: Collection[int]) -> dict[int, tuple[list[AwardFacts], int, int | None]]:
    """By lot: its awards by rank with their own caps, turns taken, award of the last turn."""
    if not lot_ids:
        return {}
    found: dict[int, tuple[list[AwardFacts], int, int | None]] = {}
    for row in fetch(sql.AWARDS, {"lots": sorted(set(lot_ids))}):
        agreement = AgreementFacts(*row[14:19])
        lot = LotFacts(*(*row[9:14], agreement))
        cap = CapFacts(*row[19:24]) if row[19] is not None else None
        award = AwardFacts(*(*row[0:4], lot, SupplierFacts(*row[4:9]), cap))
        found.setdefault(lot.pk, ([], row[24] or 0, row[25]))[0].append(award)
    return found


def read_surcharges(award_ids: Collection[int]) -> dict[int, tuple[int, str]]:
    """The listed surcharge (listing id, name) of each award that has one."""
    if not award_ids:
        return {}
    rows = fetch(sql.SURCHARGES, {"awards": sorted(set(award_ids))})
    return {award_id: (pk, name) for award_id, pk, name in rows}


def listing_facts(row: Listing) -> ListingFacts:
    """A model (of `with_contract`) as facts, without a query."""
    item, article = row.item, row.article
    award = item.award
    agreement, supplier = award.lot.agreement, award.supplier
    lot = LotFacts(
        award.lot.pk,
        award.lot.number,
        award.lot.title,
        award.lot.allocation,
        award.lot.account_id,
        AgreementFacts(
            agreement.pk,
            agreement.number,
            agreement.title,
            agreement.purchasing_body_id,
            agreement.account_id,
        ),
    )
    return ListingFacts(
        row.pk,
        row.stockrecord_id,
        row.stockrecord.partner_id,
        ArticleFacts(
            article.pk,
            article.name,
            article.supplier_aid,
            article.manufacturer,
            article.mpn,
            article.gtin,
            article.product_group,
            article.delivery_days,
            article.product_id,
            article.supplier_id,
        ),
        ItemFacts(
            item.pk,
            item.number,
            item.title,
            item.unit,
            item.basis,
            item.charge,
            item.periods,
            item.period_months,
            item.role,
            item.vat_class,
            item.cumulative_tiers,
            item.delivery_days,
            item.account_id,
            AwardFacts(
                award.pk,
                award.rank,
                award.awarded_on,
                award.account_id,
                lot,
                SupplierFacts(
                    supplier.pk,
                    supplier.name,
                    supplier.code,
                    supplier.creditor_no,
                    supplier.vat_id,
                ),
            ),
        ),
    )


def _shelf(rows: Iterable[Row], buyer_id: int, on: date) -> Shelf:
    listings: dict[int, ListingFacts] = {}
    reach: dict[int, Reach] = {}
    offers: dict[int, Offer] = {}
    vat: dict[str, tuple[VatRuleFacts, ...]] = {}
    posted: dict[int, int] = {}
    ties: dict[Tie, None] = {}
    awards: dict[int, AwardFacts] = {}
    for row in rows:
        listing = _listing(row, awards)
        listings[listing.pk] = listing
        reach[listing.pk] = _reach(row[45:53], listing)
        offer = _offer(listing, row[53:67])
        if offer is not None:
            offers[listing.pk] = offer
        vat.setdefault(
            listing.item.vat_class,
            tuple(VatRuleFacts(*rule) for rule in zip(*row[67:71], strict=True)) if row[67] else (),
        )
        if row[71] is not None:
            posted[listing.item_id] = int(row[71])
        for tie in _ties(listing, row[72:77]):
            ties.setdefault(tie)
    return Shelf(buyer_id, on, listings, reach, offers, vat, posted, tuple(ties))


def _listing(row: Row, awards: dict[int, AwardFacts]) -> ListingFacts:
    award = awards.get(row[26])
    if award is None:
        lot = LotFacts(*(*row[35:40], AgreementFacts(*row[40:45])))
        award = AwardFacts(*(*row[26:30], lot, SupplierFacts(*row[30:35])))
        awards[award.pk] = award
    item = ItemFacts(*(*row[13:26], award))
    return ListingFacts(*(*row[0:3], ArticleFacts(*row[3:13]), item))


def _reach(row: Row, listing: ListingFacts) -> Reach:
    on_shelf, is_open, closed_reason, state, state_reason, in_term, is_named, quotas = row
    in_force = bool(state == _LISTED and in_term)
    mine = bool(on_shelf and is_named and in_force)
    closed = ""
    if is_named and not in_force and state != "draft":
        closed = why_closed(listing.item.award.lot.agreement.number, state, state_reason)
    return Reach(
        is_open=mine and is_open,
        is_full=mine and closed_reason == _FULL,
        closed=closed,
        quota_ids=tuple(quotas or ()) if in_force else (),
    )


def _offer(listing: ListingFacts, row: Row) -> Offer | None:
    version, unit, source, starts, amounts, discounts = row[0:6]
    list_id, list_amount, list_unit = row[6:9]
    if version is None or row[9] is None:
        return None
    tiers = offer_tiers(listing.item.basis, starts, amounts, discounts, list_amount)
    if not tiers:
        return None
    return Offer(
        listing=listing,
        tiers=tiers,
        price_unit=unit if list_id is None else list_unit,
        price_version_id=version,
        list_price_id=list_id,
        terms=TermsFacts(*row[9:14]),
        source=source,
    )


def offer_tiers(
    basis: str,
    starts: Sequence[int],
    amounts: Sequence[Decimal | None],
    discounts: Sequence[Decimal | None],
    list_amount: Decimal | None,
) -> tuple[Tier, ...]:
    """The tiers of a version (net EUR); off the list price where the basis is a discount."""
    if basis != PriceBasis.LIST_DISCOUNT:
        found = zip(starts, amounts, strict=True)
        return tuple(Tier(start, amount) for start, amount in found if amount is not None)
    if list_amount is None:
        return ()
    return tuple(
        Tier(start, discounted(list_amount, percent or Decimal(0)))
        for start, percent in zip(starts, discounts, strict=True)
    )


def _ties(listing: ListingFacts, row: Row) -> list[Tie]:
    if not row[0]:
        return []
    return [
        Tie(listing.item.position, title, (lot_id, number), device, factor)
        for title, lot_id, number, device, factor in zip(*row, strict=True)
    ]
