"""What the agreement holds already, and what of a sheet is new beside it.

An import only adds. What is there must say the same; what differs is an error that
names the way to change it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from contracts.agreements.models import (
    Article,
    Award,
    ContractItem,
    FrameworkAgreement,
    Listing,
    PriceTier,
    PriceVersion,
)
from contracts.agreements.writing.tiers import TierRow

from .codes import SheetCode
from .columns import HEADINGS
from .plan import AwardKey, PlannedAward, PlannedPosition, PlannedVersion, overlap, shown
from .report import Counts, Errors
from .rows import Validity, german_range

_COMPARED = ("title", "unit", "product_group", "basis", "vat_class", "periods")
CapKey = tuple[int, str]  # lot number, position: further ranks share the cap of the first


class KnownVersion(NamedTuple):
    """A price version of the agreement."""

    valid: Validity
    price_unit: int
    tiers: tuple[TierRow, ...]


@dataclass(slots=True)
class Known:
    """The agreement's records that a sheet can touch."""

    awards: dict[AwardKey, Award] = field(default_factory=dict)
    items: dict[tuple[int, str], ContractItem] = field(default_factory=dict)
    versions: dict[int, list[KnownVersion]] = field(default_factory=dict)
    caps: dict[CapKey, ContractItem] = field(default_factory=dict)
    ties: set[tuple[int, str]] = field(default_factory=set)
    articles: set[tuple[str, str]] = field(default_factory=set)


@dataclass(slots=True)
class Additions:
    """What an import writes; `item_ids` are the keys of positions that are there."""

    awards: list[PlannedAward] = field(default_factory=list)
    positions: list[PlannedPosition] = field(default_factory=list)
    versions: list[tuple[PlannedPosition, PlannedVersion]] = field(default_factory=list)
    caps: dict[CapKey, PlannedPosition] = field(default_factory=dict)
    ties: list[PlannedPosition] = field(default_factory=list)
    articles: dict[tuple[str, str], PlannedPosition] = field(default_factory=dict)
    item_ids: dict[tuple[AwardKey, str], int] = field(default_factory=dict)
    unchanged: int = 0

    def counts(self) -> Counts:
        return Counts(
            awards=len(self.awards),
            positions=len(self.positions),
            versions=len(self.versions),
            tiers=sum(len(version.tiers) for _, version in self.versions),
            caps=len(self.caps),
            articles=len(self.articles),
            listings=len(self.ties),
            unchanged=self.unchanged,
        )


def load_known(agreement: FrameworkAgreement, planned: Mapping[AwardKey, PlannedAward]) -> Known:
    """Read awards, positions, prices, caps and articles in a constant number of queries."""
    known = Known()
    awards = Award.objects.filter(lot__agreement=agreement).select_related("lot", "supplier")
    for award in awards:
        known.awards[award.lot.number, award.supplier.code] = award
    lots = {award.pk: award.lot.number for award in known.awards.values()}
    items = ContractItem.objects.filter(award__lot__agreement=agreement).select_related("account")
    for item in items:
        known.items[item.award_id, item.number] = item
        if item.account is not None:
            known.caps[lots[item.award_id], item.number] = item
    known.versions = _versions(agreement)
    ties = Listing.objects.filter(item__award__lot__agreement=agreement)
    known.ties = set(ties.values_list("item_id", "article__supplier_aid"))
    suppliers = {
        award.key[1]
        for award in planned.values()
        if any(position.article_number for position in award.positions.values())
    }
    articles = Article.objects.filter(supplier__code__in=suppliers)
    known.articles = set(articles.values_list("supplier__code", "supplier_aid"))
    return known


def _versions(agreement: FrameworkAgreement) -> dict[int, list[KnownVersion]]:
    tiers: dict[int, list[TierRow]] = defaultdict(list)
    rows = PriceTier.objects.filter(version__item__award__lot__agreement=agreement)
    for version, quantity, price, discount in rows.order_by("from_quantity").values_list(
        "version_id", "from_quantity", "net_unit_price", "discount_percent"
    ):
        tiers[version].append(TierRow(quantity, price, discount))
    found: dict[int, list[KnownVersion]] = defaultdict(list)
    versions = PriceVersion.objects.filter(item__award__lot__agreement=agreement)
    for key, item, valid, price_unit in versions.values_list("pk", "item", "valid", "price_unit"):
        if not valid.isempty:
            days = (valid.lower, valid.upper)
            found[item].append(KnownVersion(days, price_unit, tuple(tiers[key])))
    return found


def compare(planned: Mapping[AwardKey, PlannedAward], known: Known, errors: Errors) -> Additions:
    """Return what the sheet adds; what contradicts the agreement goes to `errors`."""
    additions = Additions()
    ranks = {(award.lot.number, award.rank): award for award in known.awards.values()}
    holders = {key: award.supplier.code for key, award in ranks.items()}
    for award in planned.values():
        there = known.awards.get(award.key)
        if there is None:
            _new_award(award, holders, errors)
            additions.awards.append(award)
        else:
            _same_award(award, there, errors)
        for position in award.positions.values():
            item = known.items.get((there.pk, position.number)) if there is not None else None
            _compare_position(position, item, known, additions, errors)
    return additions


def _new_award(award: PlannedAward, holders: dict[tuple[int, int], str], errors: Errors) -> None:
    lot, supplier = award.key
    if award.is_sound and not award.reference:
        errors.add(award.row, SheetCode.CELL_MISSING, HEADINGS["reference"])
    holder = holders.setdefault((lot, award.rank), supplier)
    if holder != supplier:
        errors.add(
            award.said.rows.get("rank", award.row),
            SheetCode.RANK_TAKEN,
            HEADINGS["rank"],
            str(award.rank),
            other=holder,
        )


def _same_award(award: PlannedAward, there: Award, errors: Errors) -> None:
    for name, value in award.said.values.items():
        known = getattr(there, name)
        if known != value:
            errors.add(
                award.said.rows[name],
                SheetCode.AWARD_KNOWN_DIFFERS,
                HEADINGS[name],
                shown(value),
                other=shown(known),
            )


def _compare_position(
    position: PlannedPosition,
    item: ContractItem | None,
    known: Known,
    additions: Additions,
    errors: Errors,
) -> None:
    adds = item is None
    if item is None:
        additions.positions.append(position)
    else:
        additions.item_ids[position.award, position.number] = item.pk
        _same_position(position, item, errors)
    _compare_cap(position, item, known, additions, errors)
    for version in position.versions.values():
        there = known.versions.get(item.pk, ()) if item is not None else ()
        if _is_new(version, there, errors):
            additions.versions.append((position, version))
            adds = True
    aid = position.article_number
    if aid and (item is None or (item.pk, aid) not in known.ties):
        additions.ties.append(position)
        adds = True
        article = (position.award[1], aid)
        if article not in known.articles:
            additions.articles.setdefault(article, position)
    additions.unchanged += not adds


def _same_position(position: PlannedPosition, item: ContractItem, errors: Errors) -> None:
    names = (*_COMPARED, "period_months") if item.period_months else _COMPARED
    for name in names:
        said, there = position.said.get(name), getattr(item, name)
        if said is not None and said != there:
            errors.add(
                position.said.rows[name],
                SheetCode.POSITION_KNOWN_DIFFERS,
                HEADINGS[name],
                shown(said),
                other=shown(item.get_basis_display() if name == "basis" else there),
            )


def _compare_cap(
    position: PlannedPosition,
    item: ContractItem | None,
    known: Known,
    additions: Additions,
    errors: Errors,
) -> None:
    """A cap is new with a new position; a known one stays as it is, never below its use."""
    wanted = position.max_quantity
    if wanted is None:
        return
    key = (position.award[0], position.number)
    holder = known.caps.get(key)
    if holder is None and item is None:
        additions.caps.setdefault(key, position)
        return
    account = holder.account if holder is not None else None
    limit = account.limit_amount if account is not None else None
    if limit == wanted:
        return
    row = position.said.rows["max_quantity"]
    if account is not None and account.bound > wanted:
        code, other = SheetCode.CAP_BELOW_USE, shown(account.bound)
    else:
        code, other = SheetCode.CAP_CHANGE_NEEDED, shown(limit) if limit is not None else "keine"
    errors.add(row, code, HEADINGS["max_quantity"], str(wanted), other=other)


def _is_new(version: PlannedVersion, there: Iterable[KnownVersion], errors: Errors) -> bool:
    """Whether the version is not there yet; the same days with other prices are an error."""
    if not version.is_sound:
        return False
    for other in there:
        if other.valid == version.valid:
            if (other.price_unit, other.tiers) != (version.price_unit, tuple(version.tiers)):
                errors.add(
                    version.row,
                    SheetCode.PRICE_CHANGE_NEEDED,
                    HEADINGS["price"],
                    _prices(version.tiers),
                    other=f"{_prices(other.tiers)} je {other.price_unit}",
                )
            return False
        if overlap(other.valid, version.valid):
            errors.add(
                version.row,
                SheetCode.VERSIONS_OVERLAP,
                HEADINGS["valid_from"],
                german_range(version.valid),
                other=german_range(other.valid),
                place="in der Vereinbarung",
            )
            return False
    return True


def _prices(tiers: Iterable[TierRow]) -> str:
    return "; ".join(f"ab {tier.from_quantity}: {_amount(tier)}" for tier in tiers)


def _amount(tier: TierRow) -> str:
    if tier.net_unit_price is not None:
        return f"{shown(Decimal(tier.net_unit_price))} EUR"
    return f"{shown(tier.discount_percent)} %"
