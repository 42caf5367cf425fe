"""How listings stand today: orderable, or why not and what stands in their place.

Quick order, shared lists and re-order all ask here, so that each says the same about an
article. The number of queries is constant whatever the number of listings.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from contracts.agreements.allocation.successors import offered_replacements
from contracts.agreements.entitlement import entitled_listings, known_listings
from contracts.agreements.facts.reading import listing_facts
from contracts.agreements.facts.shapes import Offer
from contracts.agreements.gates.judging import GateRule, blocks
from contracts.agreements.gates.rules import gates_before
from contracts.agreements.models import AgreementState, Listing
from contracts.agreements.prices.quotes import offers, with_contract
from contracts.agreements.wording import why_closed
from contracts.ledger.models import ClosedReason
from orders.allotting.asking import full_lot


@dataclass(frozen=True, slots=True)
class Standing:
    """A listing on one day for one buyer.

    `reasons` say why it can't be called off (none: it can), `hints` what lets it pass but
    wants to be known; `successor` is what may be called off in its place.
    """

    listing: Listing
    reasons: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    successor: Listing | None = None

    @property
    def is_orderable(self) -> bool:
        return not self.reasons


def for_standing(listings: QuerySet[Listing]) -> QuerySet[Listing]:
    """Join what a price, a gate and a reason need."""
    return with_contract(listings).select_related("item__award__lot__account")


def standings(listings: Collection[Listing], *, buyer_id: int, on: date) -> dict[int, Standing]:
    """The standing of each listing of `for_standing`, by its key.

    About what the buyer is not named for it says no more than that it is not available.
    """
    reach = _reach(listings, buyer_id, on)
    gone = [row.pk for row in listings if not reach.get(row.pk)]
    successors = _successors(gone, buyer_id, on)
    known = {row.pk: row for row in (*listings, *successors.values())}
    gates = gates_before(known, buyer_id, on)
    priced = offers(known.values(), on)

    def stop(listing: Listing) -> tuple[str, ...]:
        """What stops a listing that the buyer is entitled to."""
        sentences = tuple(rule.sentence for rule in blocks(gates.get(listing.pk, [])))
        return sentences or _unpriced(listing, priced)

    def standing(listing: Listing) -> Standing:
        if reach.get(listing.pk):
            reasons = stop(listing)
            return Standing(listing, reasons, () if reasons else _hints(gates.get(listing.pk, [])))
        successor = successors.get(listing.pk)
        if successor is not None and stop(successor):
            successor = None
        is_named = listing.pk in reach
        return Standing(listing, _why_gone(listing, on, is_named=is_named), (), successor)

    return {row.pk: standing(row) for row in listings}


def _reach(listings: Collection[Listing], buyer_id: int, on: date) -> dict[int, bool]:
    """Whether the buyer is entitled, by listing; those it is not named for are left out."""
    entitled = entitled_listings(buyer_id, on).filter(pk=OuterRef("pk"))
    rows = known_listings(buyer_id, on).filter(pk__in=[row.pk for row in listings])
    return dict(rows.annotate(entitled=Exists(entitled)).values_list("pk", "entitled"))


def _successors(gone: Sequence[int], buyer_id: int, on: date) -> dict[int, Listing]:
    if not gone:
        return {}
    offered = offered_replacements(gone, buyer_id=buyer_id, on=on)
    if not offered:
        return {}
    rows = for_standing(Listing.objects.filter(pk__in={row.pk for row in offered.values()}))
    joined = {row.pk: row for row in rows}
    return {origin: joined[row.pk] for origin, row in offered.items()}


def _hints(rules: Sequence[GateRule]) -> tuple[str, ...]:
    return tuple(rule.sentence for rule in rules)


def _unpriced(listing: Listing, priced: Mapping[int, Offer]) -> tuple[str, ...]:
    return () if listing.pk in priced else ("Der Artikel hat heute keinen Vertragspreis.",)


def _why_gone(listing: Listing, on: date, *, is_named: bool) -> tuple[str, ...]:
    """Why a listing that the buyer is not entitled to is not on its shelf."""
    if listing.successor_id is not None:
        return ("Der Artikel ist durch ein Nachfolgemodell ersetzt.",)
    if not is_named:
        return ("Der Artikel ist für Ihre Organisation nicht (mehr) abrufbar.",)
    agreement = listing.item.award.lot.agreement
    if agreement.starts_on > on:
        begin = f"{agreement.starts_on:%d.%m.%Y}"
        return (f"Die Rahmenvereinbarung {agreement.number} gilt erst ab {begin}.",)
    if agreement.state != AgreementState.LISTED or agreement.ends_on < on:
        return (why_closed(agreement.number, agreement.state, agreement.state_reason),)
    return (_why_closed_lot(listing),)


def _why_closed_lot(listing: Listing) -> str:
    lot = listing.item.award.lot
    if lot.account.is_open:
        return "Der Artikel steht nicht mehr im Katalog."
    if lot.account.closed_reason == ClosedReason.FULL:
        return full_lot(listing_facts(listing))
    return f"Los {lot.number} der Vereinbarung {lot.agreement.number} ruht."
