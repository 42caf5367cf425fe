"""Writing what a checked sheet adds, in a constant number of statements per batch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

from contracts.agreements.life.listing import list_pairs
from contracts.agreements.models import (
    Article,
    ContractItem,
    FrameworkAgreement,
    Lot,
    PriceVersion,
)
from contracts.agreements.writing.setup import ItemSpec, create_award, unsaved_item
from contracts.audit.record import record_all
from contracts.catalogue.indexing import reindex
from contracts.catalogue.plans import without_nested_loops
from contracts.clock import berlin_day
from contracts.ledger.models import AccountKind, Unit
from contracts.ledger.movements import Opening, open_accounts
from contracts.parties.models import Membership, Organisation

from .known import Additions, CapKey, Known
from .plan import AwardKey, PlannedPosition

BATCH = 5_000
SOURCE_LENGTH = 250

_COPY_TIERS = """
COPY agreements_pricetier (version_id, from_quantity, net_unit_price, discount_percent) FROM STDIN
"""


@dataclass(frozen=True, slots=True)
class Writing:
    """Who imports what: the agreement (locked), the file, the acting membership."""

    agreement: FrameworkAgreement
    filename: str
    sha256: str
    by: Membership
    now: datetime


def write(additions: Additions, known: Known, writing: Writing) -> None:
    """Create awards, caps, positions, prices, articles and listings; needs a transaction."""
    codes = {award.key[1] for award in additions.awards} | {
        position.award[1] for position in additions.ties
    }
    # publications of catalogues wait at the supplier, too
    locked = Organisation.objects.select_for_update(no_key=True).filter(code__in=codes)
    suppliers = {row.code: row for row in locked.order_by("pk")}
    awards = _write_awards(additions, known, suppliers, writing)
    accounts = _write_caps(additions, known, awards, writing)
    items = _write_items(additions, awards, accounts, writing)
    _write_prices(additions, items, awards, writing)
    _write_listings(additions, items, suppliers, writing)


def _write_awards(
    additions: Additions, known: Known, suppliers: Mapping[str, Organisation], writing: Writing
) -> dict[AwardKey, tuple[int, str]]:
    """Create the new awards; return key and reference of all."""
    found = {key: (award.pk, award.reference) for key, award in known.awards.items()}
    lots = {lot.number: lot for lot in Lot.objects.filter(agreement=writing.agreement)}
    usual = min(writing.agreement.starts_on, berlin_day(writing.now))
    for planned in additions.awards:
        lot, supplier = planned.key
        award = create_award(
            lots[lot],
            supplier=suppliers[supplier],
            reference=planned.reference,
            awarded_on=planned.awarded_on or usual,
            rank=planned.rank,
            by=writing.by,
            now=writing.now,
        )
        found[planned.key] = (award.pk, award.reference)
    return found


def _write_caps(
    additions: Additions,
    known: Known,
    awards: Mapping[AwardKey, tuple[int, str]],
    writing: Writing,
) -> dict[CapKey, int]:
    """Open the new quantity caps; return the account of every capped position of a lot."""
    found = {key: item.account_id for key, item in known.caps.items() if item.account_id}
    openings = [
        Opening(
            AccountKind.ITEM_QUANTITY,
            Unit.PIECES,
            f"Position {position.number} {position.title}",
            Decimal(position.max_quantity or 0),
            awards[position.award][1],
        )
        for position in additions.caps.values()
    ]
    if openings:
        accounts = open_accounts(openings, by=writing.by, now=writing.now)
        new = zip(additions.caps, accounts, strict=True)
        found.update((key, account.pk) for key, account in new)
    return found


def _write_items(
    additions: Additions,
    awards: Mapping[AwardKey, tuple[int, str]],
    accounts: Mapping[CapKey, int],
    writing: Writing,
) -> dict[tuple[AwardKey, str], int]:
    """Create the new positions; return the key of all that the sheet names."""
    found = dict(additions.item_ids)
    rows = [
        unsaved_item(
            awards[position.award][0],
            _specification(position),
            account_id=accounts.get((position.award[0], position.number)),
        )
        for position in additions.positions
    ]
    ContractItem.objects.bulk_create(rows, batch_size=BATCH)
    origin = {"filename": writing.filename, "sha256": writing.sha256}
    record_all(rows, "item.created", by=writing.by, now=writing.now, after=origin)
    for position, item in zip(additions.positions, rows, strict=True):
        found[position.award, position.number] = item.pk
    return found


def _specification(position: PlannedPosition) -> ItemSpec:
    said = position.said
    return ItemSpec(
        number=position.number,
        title=position.title,
        basis=position.basis,
        unit=position.unit,
        product_group=said.get("product_group", ""),
        periods=position.periods,
        period_months=said.get("period_months", 12),
        vat_class=said.get("vat_class", "standard"),
        max_quantity=position.max_quantity,
    )


def _write_prices(
    additions: Additions,
    items: Mapping[tuple[AwardKey, str], int],
    awards: Mapping[AwardKey, tuple[int, str]],
    writing: Writing,
) -> None:
    versions = [
        PriceVersion(
            item_id=items[position.award, position.number],
            valid=DateRange(*version.valid),
            price_unit=version.price_unit,
            source=_source(awards[position.award][1], writing.filename),
            approved_by=writing.by,
            created_at=writing.now,
        )
        for position, version in additions.versions
    ]
    PriceVersion.objects.bulk_create(versions, batch_size=BATCH)
    with connection.cursor() as cursor, cursor.copy(_COPY_TIERS) as copy:
        for written, (_, planned) in zip(versions, additions.versions, strict=True):
            for tier in planned.tiers:
                copy.write_row(
                    (written.pk, tier.from_quantity, tier.net_unit_price, tier.discount_percent)
                )


def _source(reference: str, filename: str) -> str:
    return f"Zuschlag {reference}, Preisblatt {filename}"[:SOURCE_LENGTH]


def _write_listings(
    additions: Additions,
    items: Mapping[tuple[AwardKey, str], int],
    suppliers: Mapping[str, Organisation],
    writing: Writing,
) -> None:
    """Create the articles that are missing and tie each to its position."""
    if not additions.ties:
        return
    Article.objects.bulk_create(
        [
            _article(suppliers[code], aid, position, writing.now)
            for (code, aid), position in additions.articles.items()
        ],
        batch_size=BATCH,
    )
    wanted: dict[str, list[PlannedPosition]] = defaultdict(list)
    for position in additions.ties:
        wanted[position.award[1]].append(position)
    listed: list[int] = []
    with without_nested_loops():
        for code, positions in wanted.items():
            articles = dict(
                Article.objects.filter(supplier=suppliers[code]).values_list("supplier_aid", "pk")
            )
            pairs = [
                (items[position.award, position.number], articles[position.article_number])
                for position in positions
            ]
            listed += list_pairs(pairs, supplier=suppliers[code], now=writing.now)
        reindex(listed)


def _article(supplier: Organisation, aid: str, position: PlannedPosition, now: datetime) -> Article:
    return Article(
        supplier=supplier,
        supplier_aid=aid,
        name=position.title,
        manufacturer=position.said.get("manufacturer", ""),
        gtin=position.said.get("gtin", ""),
        product_group=position.said.get("product_group", ""),
        unit=position.unit,
        updated_at=now,
    )
