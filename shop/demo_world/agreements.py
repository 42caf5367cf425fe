"""The three framework agreements of the demo: a young one, an old one, an ended one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from contracts.agreements.lifecycle import end_agreement, list_agreement
from contracts.agreements.models import (
    Award,
    ContractItem,
    FrameworkAgreement,
    Gate,
    GateEffect,
    GateReason,
    ItemRelation,
    Lot,
    PriceBasis,
    RelationKind,
)
from contracts.agreements.setup import (
    ItemSpec,
    TierRow,
    create_agreement,
    create_award,
    create_item,
    create_lot,
    entitle,
    set_price,
)
from contracts.clock import berlin_day
from contracts.ledger.movements import Hold, Post, hold, settle
from contracts.parties.models import Membership, Role
from contracts.pricing import round_half_up

from .assortment import PRINTERS, PROJECTORS, SCHOOL_IT, LotPlan, Row
from .days import Days, start_of
from .parties import Parties

SCHOOL_IT_NUMBER = "RV-SchulIT-BB"
PRINTERS_NUMBER = "RV-Druck-BB"
PROJECTORS_NUMBER = "RV-Projektion-BB"
CATALOGUE_ITEM = "2.9"

# What earlier call-offs took of each lot's maximum, and of the capped items in pieces. The
# printers stand at 87 % of lot and agreement.
_ADOPTED_SHARES: Mapping[tuple[str, int], Decimal] = {
    (SCHOOL_IT_NUMBER, 1): Decimal("0.38"),
    (SCHOOL_IT_NUMBER, 2): Decimal("0.29"),
    (SCHOOL_IT_NUMBER, 3): Decimal("0.71"),
    (SCHOOL_IT_NUMBER, 4): Decimal("0.24"),
    (SCHOOL_IT_NUMBER, 5): Decimal("0.22"),
    (PRINTERS_NUMBER, 1): Decimal("0.87"),
}
_ADOPTED_PIECES: Mapping[str, int] = {"1.1": 21_400, "2.1": 7_900, "2.2": 1_750}


@dataclass(frozen=True, slots=True)
class Shelf:
    """A contract item with the row it came from, to put articles on."""

    item: ContractItem
    row: Row


@dataclass(frozen=True, slots=True)
class Plan:
    """An agreement before it is written."""

    number: str
    title: str
    notice: str
    starts_on: date
    ends_on: date
    lots: Sequence[LotPlan]
    buyers: Sequence[str]

    def total(self, name: str) -> Decimal:
        return sum((Decimal(getattr(lot, name)) for lot in self.lots), Decimal(0))


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
    for plan in _plans(days):
        agreement = _agreement(plan, parties, manager)
        agreements[plan.number] = agreement
        for lot_plan in plan.lots:
            lot = _lot(agreement, lot_plan, manager)
            for award, shelf in _awards(lot, lot_plan, parties, manager):
                awards[plan.number, lot_plan.number, award.rank] = award
                (shelves if award.rank == 1 else further).extend(shelf)
        _list(agreement, manager, days)
    return Agreements(
        agreements=agreements,
        awards=awards,
        shelves=[*shelves, *further],
        catalogue_item=_catalogue_item(awards[SCHOOL_IT_NUMBER, 2, 1], manager),
    )


def _plans(days: Days) -> Iterator[Plan]:
    everybody = ("musterfelde", "amt-seeblick", "landkreis-ostermark", "lindenhof")
    start = days.first_of(1, years=-1)
    yield Plan(
        SCHOOL_IT_NUMBER,
        "Informationstechnik für Schulen in Brandenburg",
        f"{start.year - 1}/S 187-571203",
        start,
        days.first_of(1, years=3) - timedelta(days=1),
        SCHOOL_IT,
        everybody,
    )
    yield Plan(
        PRINTERS_NUMBER,
        "Drucker und Multifunktionsgeräte für Schulen",
        f"{days.year - 3}/S 041-118206",
        days.first_of(7, years=-3),
        days.first_of(7, years=1) - timedelta(days=1),
        (PRINTERS,),
        everybody[:3],
    )
    yield Plan(
        PROJECTORS_NUMBER,
        "Projektoren für Unterrichtsräume",
        f"{days.year - 6}/S 022-047911",
        days.first_of(1, years=-5),
        days.first_of(1, years=-1) - timedelta(days=1),
        (PROJECTORS,),
        everybody[:1],
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
            delivery_days=10,
            minimum_order=Decimal(50),
            by=manager,
            now=start_of(starts_on),
        )
        percent = Decimal(plan.surcharge_percent[rank - 1]) if plan.surcharge_percent else 0
        shelves = [
            _shelf(award, f"{lot.number}.{place}", row, Decimal(percent), manager)
            for place, row in enumerate(plan.rows, start=1)
        ]
        yield award, shelves


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


def adopt_earlier_call_offs(agreements: Agreements, manager: Membership, days: Days) -> None:
    """Bind what was called off before this shop existed, posted once by a document."""
    now, document = start_of(days.first_of(1)), "Übernahme Altbestand"
    holds = [Hold(key, amount, document) for key, amount in _adopted(agreements).items()]
    entries = hold(holds, by=manager, now=now)
    settle(
        posts=[
            Post(entries[f"{row.account_id}:{document}"], row.amount, document) for row in holds
        ],
        by=manager,
        now=now,
    )


def _adopted(agreements: Agreements) -> dict[int, Decimal]:
    """What is adopted per limit account: net EUR, or pieces."""
    amounts: dict[int, Decimal] = {}
    for number, agreement in agreements.agreements.items():
        lots = {lot.number: lot for lot in agreement.lots.select_related("account")}
        values = {
            lot.account_id: round_half_up(lot.account.limit_amount * _ADOPTED_SHARES[number, key])
            for key, lot in lots.items()
            if (number, key) in _ADOPTED_SHARES
        }
        if values and agreement.account_id is not None:
            amounts |= values
            amounts[agreement.account_id] = sum(values.values(), Decimal(0))
    first = agreements.awards[SCHOOL_IT_NUMBER, 2, 1]
    if first.account_id is not None:
        amounts[first.account_id] = amounts[first.lot.account_id]
    for shelf in agreements.shelves:
        pieces = _ADOPTED_PIECES.get(shelf.item.number)
        if pieces is not None and shelf.item.account_id is not None:
            amounts[shelf.item.account_id] = Decimal(pieces)
    return amounts


def relate_items(shelves: Sequence[Shelf]) -> None:
    """Accessories to devices; warranty and licences only together with a device."""
    items = {
        shelf.item.number: shelf.item
        for shelf in shelves
        if shelf.item.award.lot.agreement.number == SCHOOL_IT_NUMBER and shelf.item.award.rank == 1
    }
    ties = (
        ("1.2", "1.1", RelationKind.ACCESSORY),
        ("1.3", "1.1", RelationKind.ACCESSORY),
        ("1.4", "1.1", RelationKind.ACCESSORY),
        ("1.9", "1.2", RelationKind.ACCESSORY),
        ("2.3", "2.2", RelationKind.ACCESSORY),
        ("3.2", "3.1", RelationKind.ACCESSORY),
        ("5.1", "1.1", RelationKind.REQUIRES),
        ("5.2", "1.1", RelationKind.REQUIRES),
    )
    ItemRelation.objects.bulk_create(
        ItemRelation(item=items[number], to_item=items[to_number], kind=kind)
        for number, to_number, kind in ties
    )


def create_gates(
    parties: Parties, agreements: Agreements, procurement: Membership, it: Membership, days: Days
) -> None:
    """An opt-out, a warning by the equipment standard, two co-signatures."""
    start, end = days.first_of(1), days.first_of(1, years=2) - timedelta(days=1)
    city, county = parties["musterfelde"], parties["landkreis-ostermark"]
    Gate.objects.create(
        buyer=county,
        lot=agreements.awards[SCHOOL_IT_NUMBER, 3, 1].lot,
        product_group="Displays",
        reason=GateReason.OPT_OUT,
        explanation=f"Der Landkreis Ostermark hat bis {end:%d.%m.%Y} einen eigenen Displayvertrag.",
        evidence=f"Vertrag LK-OM-{days.year - 1}/17",
        effect=GateEffect.BLOCK,
        valid_from=start,
        valid_to=end,
        set_by=procurement,
    )
    Gate.objects.create(
        buyer=city,
        product_group="Mini-PCs",
        reason=GateReason.STANDARD,
        explanation="Der Medienentwicklungsplan sieht Notebooks statt Mini-PCs vor.",
        evidence="Medienentwicklungsplan, Abschnitt 4",
        effect=GateEffect.WARN,
        valid_from=start,
        set_by=it,
    )
    for group, role, explanation in (
        ("Netzwerk", Role.IT_OFFICER, "Netzwerktechnik zeichnet die IT-Verantwortung mit."),
        ("Apps", Role.DATA_PROTECTION, "Apps ohne Prüfsiegel zeichnet der Datenschutz mit."),
    ):
        Gate.objects.create(
            buyer=city,
            product_group=group,
            reason=GateReason.STANDARD if role == Role.IT_OFFICER else GateReason.PRIVACY,
            explanation=explanation,
            evidence="Dienstanweisung Schul-IT",
            effect=GateEffect.COSIGN,
            cosign_role=role,
            valid_from=start,
            set_by=it,
        )
