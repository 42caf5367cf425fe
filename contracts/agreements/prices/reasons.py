"""Why this price: everything behind the price of an article or of an ordered line.

Version, tier, change, award, terms, and the documents the reader may see: a constant
number of queries for any number of prices.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from contracts.agreements.models import (
    AgreementDocument,
    Award,
    AwardTerms,
    DocumentKind,
    ListPriceVersion,
    PriceChange,
    PriceChangeState,
    PriceTier,
    PriceVersion,
)
from contracts.agreements.writing.documents import visible_documents
from contracts.parties.models import Membership

_PROOFS = (
    DocumentKind.AWARD,
    DocumentKind.PRICE_SHEET,
    DocumentKind.TERMS,
    DocumentKind.CHANGE,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A price to explain; `base` is the quantity its tier was chosen by, `on` its day.

    `list_price_id` where it came off a list price, `terms_id` where terms were frozen
    with an order (else those of the day).
    """

    key: int
    version_id: int
    list_price_id: int | None
    base: int
    on: date
    terms_id: int | None = None


@dataclass(frozen=True, slots=True)
class PriceReason:
    """What stands behind one price; `list_change` is the change behind the list price."""

    version: PriceVersion
    tier: PriceTier | None
    tiers: Sequence[PriceTier]
    list_price: ListPriceVersion | None
    list_change: PriceChange | None
    award: Award
    terms: AwardTerms | None
    documents: Sequence[AgreementDocument]

    @property
    def changes(self) -> list[PriceChange]:
        """The price changes this price goes back to."""
        return [row for row in (self.version.change, self.list_change) if row is not None]

    @property
    def last_day(self) -> date | None:
        """The last day the version holds; None without an end."""
        upper: date | None = self.version.valid.upper
        return upper - timedelta(days=1) if upper is not None else None


def price_reasons(asked: Iterable[Asked], *, by: Membership, on: date) -> dict[int, PriceReason]:
    """Explain prices by key; `on` is the day on which the actor reads."""
    wanted = list(asked)
    versions = _versions({row.version_id for row in wanted})
    list_prices = ListPriceVersion.objects.select_related("approved_by__organisation").in_bulk(
        {row.list_price_id for row in wanted if row.list_price_id is not None}
    )
    changes = _list_changes(list_prices.values())
    terms = _terms(wanted, versions)
    documents = _documents(versions.values(), changes.values(), by, on)
    reasons = {}
    for row in wanted:
        version = versions[row.version_id]
        list_price = list_prices.get(row.list_price_id or 0)
        tiers = sorted(version.tiers.all(), key=lambda tier: tier.from_quantity)
        list_change = None if list_price is None else changes.get(list_price.pk)
        reasons[row.key] = PriceReason(
            version=version,
            tier=_tier(tiers, row.base),
            tiers=tiers,
            list_price=list_price,
            list_change=list_change,
            award=version.item.award,
            terms=terms.get(row.key),
            documents=_relevant(documents, version, list_change),
        )
    return reasons


def _versions(keys: Iterable[int]) -> dict[int, PriceVersion]:
    rows = PriceVersion.objects.select_related(
        "change",
        "approved_by__organisation",
        "item__award__supplier",
        "item__award__lot__agreement",
    )
    return rows.prefetch_related("tiers").in_bulk(set(keys))


def _tier(tiers: Sequence[PriceTier], base: int) -> PriceTier | None:
    reached = [tier for tier in tiers if tier.from_quantity <= max(base, 1)]
    return reached[-1] if reached else None


def _list_changes(versions: Iterable[ListPriceVersion]) -> dict[int, PriceChange]:
    """The accepted change each list price began with, by version."""
    begun = {
        (row.item_id, row.article_id, row.valid.lower): row.pk
        for row in versions
        if not row.valid.isempty
    }
    rows = PriceChange.objects.filter(
        article__in={article for _, article, _ in begun}, state=PriceChangeState.ACCEPTED
    )
    found = {}
    for row in rows if begun else ():
        key = (row.item_id, row.article_id or 0, row.effective_from)
        if key in begun:
            found[begun[key]] = row
    return found


def _terms(asked: Sequence[Asked], versions: Mapping[int, PriceVersion]) -> dict[int, AwardTerms]:
    """The terms kept with an order, or those in force on the day of the price."""
    awards = {versions[row.version_id].item.award_id for row in asked}
    by_award: dict[int, list[AwardTerms]] = defaultdict(list)
    for terms in AwardTerms.objects.filter(award__in=awards).order_by("valid_from"):
        by_award[terms.award_id].append(terms)
    found = {}
    for row in asked:
        known = by_award[versions[row.version_id].item.award_id]
        fitting = [
            terms
            for terms in known
            if (terms.pk == row.terms_id if row.terms_id else terms.valid_from <= row.on)
        ]
        if fitting:
            found[row.key] = fitting[-1]
    return found


def _documents(
    versions: Iterable[PriceVersion], changes: Iterable[PriceChange], by: Membership, on: date
) -> list[AgreementDocument]:
    """What proves these prices, as far as the actor may read it."""
    rows = list(versions)
    keys = {row.change_id for row in rows} | {change.pk for change in changes}
    of_change = Q(change__in=keys) | Q(modification__change__in=keys)
    of_award = Q(
        Q(award__in={row.item.award_id for row in rows})
        | Q(award__isnull=True, lot__in={row.item.award.lot_id for row in rows})
        | Q(award__isnull=True, lot__isnull=True),
        agreement__in={row.item.award.lot.agreement_id for row in rows},
        change__isnull=True,
        modification__isnull=True,
        kind__in=_PROOFS,
    )
    found = visible_documents(by, on).filter(of_change | of_award, withdrawn_at__isnull=True)
    return list(found.select_related("modification").order_by("kind", "title", "pk"))


def _relevant(
    documents: Iterable[AgreementDocument], version: PriceVersion, list_change: PriceChange | None
) -> list[AgreementDocument]:
    award = version.item.award
    changes = {version.change_id, list_change.pk if list_change is not None else None} - {None}
    return [
        row
        for row in documents
        if _change_of(row) in changes
        or (
            _change_of(row) is None
            and row.agreement_id == award.lot.agreement_id
            and row.lot_id in (None, award.lot_id)
            and row.award_id in (None, award.pk)
        )
    ]


def _change_of(document: AgreementDocument) -> int | None:
    """The change a document proves, directly or through the register."""
    if document.change_id is not None:
        return document.change_id
    return None if document.modification is None else document.modification.change_id
