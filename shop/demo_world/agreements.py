"""The three framework agreements of the demo: a young one, an old one, an ended one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from contracts.agreements.life.lifecycle import end_agreement, list_agreement
from contracts.agreements.models import (
    Award,
    ContractItem,
    FrameworkAgreement,
    Lot,
    PriceBasis,
)
from contracts.agreements.writing.setup import (
    ItemSpec,
    TierRow,
    create_agreement,
    create_award,
    create_item,
    create_lot,
    entitle,
    set_price,
)
from contracts.agreements.writing.terms import Terms
from contracts.clock import berlin_day
from contracts.parties.models import Membership
from contracts.pricing import round_half_up

from .days import Days, start_of
from .parties import Parties
from .plans import SCHOOL_IT, SCHOOL_IT_NUMBER, Plan, plans
from .price_rows import LotPlan, Row

CATALOGUE_ITEM = "2.9"
_MINIMUM_ORDER = Decimal(50)


@dataclass(frozen=True, slots=True)
class Shelf:
    """A contract item with the row it came from, to put articles on."""

    item: ContractItem
    row: Row


@dataclass(frozen=True, slots=True)
class Agreements:
    """What was written: agreements by number, awards by (number, lot, rank), shelves.

    The shelves of the further ranks come last.
    """

    agreements: Mapping[str, FrameworkAgreement]
    awards: Mapping[tuple[str, int, int], Award]
    shelves: Sequence[Shelf]
    catalogue_item: ContractItem


def create_agreements(parties: Parties, manager: Membership, days: Days) -> Agreements:
    """Write the agreements with lots, awards, price sheets and buyers; list them."""
    agreements, awards = {}, {}
    shelves: list[Shelf] = []
    further: list[Shelf] = []
    for plan in plans(days):
        agreement = _agreement(plan, parties, manager)
        agreements[plan.number] = agreement
        for lot_plan in plan.lots:
            lot = _lot(agreement, lot_plan, manager)
            for award, shelf in _awards(lot, lot_plan, parties, manager):
                awards[plan.number, lot_plan.number, award.rank] = award
                (shelves if award.rank == 1 else further).extend(shelf)
        if plan.number == SCHOOL_IT_NUMBER:
            # once it is listed, a further position takes two people and the register
            catalogue_item = _catalogue_item(awards[SCHOOL_IT_NUMBER, 2, 1], manager)
        _list(agreement, manager, days)
    return Agreements(
        agreements=agreements,
        awards=awards,
        shelves=[*shelves, *further],
        catalogue_item=catalogue_item,
    )


def _agreement(plan: Plan, parties: Parties, manager: Membership) -> FrameworkAgreement:
    then = start_of(plan.starts_on)
    agreement = create_agreement(
        number=plan.number,
        title=plan.title,
        notice_number=plan.notice,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        estimate=plan.total("estimate"),
        maximum=plan.total("maximum"),
        by=manager,
        now=then,
    )
    for code in plan.buyers:
        entitle(
            agreement,
            parties[code],
            valid_from=plan.starts_on,
            quota=Decimal(400_000) if code == "lindenhof" else None,
            by=manager,
            now=then,
        )
    return agreement


def _lot(agreement: FrameworkAgreement, plan: LotPlan, manager: Membership) -> Lot:
    return create_lot(
        agreement,
        number=plan.number,
        title=plan.title,
        allocation=plan.rule,
        estimate=Decimal(plan.estimate),
        maximum=Decimal(plan.maximum),
        cpv=plan.cpv,
        by=manager,
        now=start_of(agreement.starts_on),
    )


def _awards(
    lot: Lot, plan: LotPlan, parties: Parties, manager: Membership
) -> Iterator[tuple[Award, list[Shelf]]]:
    """Award and shelf per rank; the rule of the lot decides whose articles are shown."""
    starts_on = lot.agreement.starts_on
    for rank, code in enumerate(plan.suppliers, start=1):
        maximum = plan.award_maximum[rank - 1] if plan.award_maximum else None
        award = create_award(
            lot,
            supplier=parties[code],
            reference=f"{lot.agreement.number}/L{lot.number}-{rank}",
            awarded_on=starts_on,
            rank=rank,
            maximum=Decimal(maximum) if maximum is not None else None,
            terms=_terms(plan),
            by=manager,
            now=start_of(starts_on),
        )
        percent = Decimal(plan.surcharge_percent[rank - 1] if plan.surcharge_percent else 0)
        shelves = [
            _shelf(
                award,
                f"{lot.number}.{place}",
                row,
                Decimal(0) if row.same_for_all else percent,
                manager,
            )
            for place, row in enumerate(plan.rows, start=1)
        ]
        yield award, shelves


def _terms(plan: LotPlan) -> Terms:
    """Small orders from 50 EUR; where agreed, three percent a year with four weeks of notice."""
    common = Terms(delivery_days=10, minimum_order=_MINIMUM_ORDER)
    if not plan.has_clause:
        return common
    return replace(
        common, rise_percent_per_year=Decimal(3), price_notice_days=28, automatic_fall=True
    )


def _shelf(
    award: Award, number: str, row: Row, surcharge_percent: Decimal, manager: Membership
) -> Shelf:
    starts_on = award.awarded_on
    now = start_of(starts_on)
    item = create_item(
        award,
        ItemSpec(
            number=number,
            title=row.title,
            basis=PriceBasis.FIXED,
            product_group=row.group,
            periods=row.periods,
            vat_class=row.vat_class,
            max_quantity=row.cap,
            delivery_days=row.days,
            role=row.role,
        ),
        by=manager,
        now=now,
    )
    factor = 1 + surcharge_percent / 100
    tiers = [
        TierRow(quantity, net_unit_price=round_half_up(Decimal(price) * factor, 4))
        for quantity, price in row.tiers
    ]
    set_price(
        item,
        tiers,
        valid_from=starts_on,
        price_unit=row.price_unit,
        source=f"Zuschlag {award.reference}",
        by=manager,
        now=now,
    )
    return Shelf(item, row)


def _catalogue_item(award: Award, manager: Membership) -> ContractItem:
    """The item for everything else in the supplier's catalogue, at a discount."""
    (plan,) = (lot for lot in SCHOOL_IT if lot.catalogue_discount)
    now = start_of(award.awarded_on)
    item = create_item(
        award,
        ItemSpec(
            number=CATALOGUE_ITEM,
            title="Weitere Notebooks, Computer und Zubehör laut Katalog",
            basis=PriceBasis.LIST_DISCOUNT,
            product_group="*",
        ),
        by=manager,
        now=now,
    )
    set_price(
        item,
        [
            TierRow(quantity, discount_percent=Decimal(percent))
            for quantity, percent in plan.catalogue_discount
        ],
        valid_from=award.awarded_on,
        source=f"Zuschlag {award.reference}, Nachlass auf Listenpreis",
        by=manager,
        now=now,
    )
    return item


def _list(agreement: FrameworkAgreement, manager: Membership, days: Days) -> None:
    """Put it on the shelf on its first day; end what has run out."""
    then = start_of(agreement.starts_on)
    list_agreement(agreement.pk, by=manager, now=then, on=berlin_day(then))
    if agreement.ends_on < days.today:
        end = start_of(agreement.ends_on + timedelta(days=1))
        end_agreement(agreement.pk, by=manager, now=end, on=berlin_day(end))
    agreement.refresh_from_db()
