"""What a proposed price change is, and who has to agree to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum
from fractions import Fraction

from .checks import check_discount, check_price_unit
from .errors import IncomparablePrices, InvalidClause
from .money import EXACT, german, round_half_up
from .tiers import Tier, active_tier

_HUNDRED = Decimal(100)


class ChangeDirection(StrEnum):
    """How the prices move: some tier rises, some falls, both, or neither."""

    FALL = "fall"
    RISE = "rise"
    MIXED = "mixed"
    NONE = "none"


class ChangeRoute(StrEnum):
    """Who agrees: nobody, contract manager and second person, or the register (§ 132 GWB)."""

    AUTOMATIC = "automatic"
    TWO_PEOPLE = "two_people"
    MODIFICATION = "modification"


@dataclass(frozen=True, slots=True)
class PriceClause:
    """The price clause of an award's terms.

    `max_rise_percent_per_year` None means that no rise is agreed; `earliest_on` is the
    first day on which a rise may take effect; `notice_days` are calendar days between
    proposal and effect, for rises and falls. Raises `InvalidClause`.
    """

    max_rise_percent_per_year: Decimal | None
    earliest_on: date | None
    notice_days: int
    automatic_fall: bool

    def __post_init__(self) -> None:
        rise = self.max_rise_percent_per_year
        if self.notice_days < 0 or (rise is not None and rise < 0):
            raise InvalidClause("Frist und Prozentsatz einer Preisklausel sind nicht negativ.")


@dataclass(frozen=True, slots=True)
class PriceTable:
    """The tiers of one price version; make it with `fixed` or `off_list`.

    Raises `TierOrderError` and `InvalidPriceUnit`.
    """

    tiers: tuple[Tier, ...]
    price_unit: int = 1
    is_discount: bool = False

    def __post_init__(self) -> None:
        check_price_unit(self.price_unit)
        active_tier(self.tiers, 1)

    @classmethod
    def fixed(cls, tiers: Iterable[Tier], price_unit: int = 1) -> PriceTable:
        """Net unit prices in EUR per `price_unit` units."""
        return cls(tuple(tiers), price_unit)

    @classmethod
    def off_list(cls, discounts: Iterable[tuple[int, Decimal]]) -> PriceTable:
        """Discounts in percent by quantity: what is left of a list price of 100.

        Raises `InvalidDiscount` for a percentage below 0 or from 100 on.
        """
        tiers = []
        for start, percent in discounts:
            check_discount(percent)
            tiers.append(Tier(start, _HUNDRED - percent))
        return cls(tuple(tiers), is_discount=True)

    def unit_price(self, quantity: int) -> Fraction:
        """The exact price of one unit when `quantity` is the base of the tier."""
        return Fraction(active_tier(self.tiers, quantity).net_unit_price) / self.price_unit


@dataclass(frozen=True, slots=True)
class ProposedChange:
    """Prices in force, prices proposed, and those at the start of the last twelve months.

    `year_ago` is the version valid twelve months before `effective_from`, or the first
    one where the item is younger: the yearly limit counts from there, so that several
    small rises within a year do not add up past it.
    """

    before: PriceTable
    after: PriceTable
    year_ago: PriceTable
    proposed_on: date
    effective_from: date


@dataclass(frozen=True, slots=True)
class ChangeVerdict:
    """`percent` is the largest rise of any tier, or the largest fall (negative) if none rises.

    `reasons` are German sentences that say why the route is what it is.
    """

    direction: ChangeDirection
    percent: Decimal
    route: ChangeRoute
    reasons: tuple[str, ...]


def judge_change(change: ProposedChange, clause: PriceClause | None) -> ChangeVerdict:
    """Say what the change is and who has to agree.

    Prices are compared at every quantity where a tier of either version begins, which
    covers all quantities. As soon as one tier rises, the contract manager and a second
    person decide, and a rise outside the clause is a contract modification (§ 132 GWB).
    Where nothing rises, the clause may let it take effect by itself, provided the
    notice is kept. What lies exactly on a limit is inside.

    Raises `IncomparablePrices` when prices are compared with discounts.
    """
    tables = (change.before, change.after, change.year_ago)
    if len({table.is_discount for table in tables}) > 1:
        raise IncomparablePrices(
            "Festpreise und Nachlässe auf Listenpreise lassen sich nicht vergleichen. "
            "Bitte die Preisbasis der Position beibehalten."
        )
    moves = _moves(change.before, change.after)
    direction = _direction([move for _, move in moves])
    if direction in (ChangeDirection.FALL, ChangeDirection.NONE):
        largest = min(move for _, move in moves)
        route, reasons = _route_of_fall(change, clause, direction)
    else:
        largest = max(move for _, move in moves)
        route, reasons = _route_of_rise(change, clause)
    return ChangeVerdict(direction, round_half_up(_decimal(largest)), route, tuple(reasons))


def _moves(before: PriceTable, after: PriceTable) -> list[tuple[int, Fraction]]:
    """Percent by which the price moves, at every quantity where a tier begins."""
    return [(start, _percent(before, after, start)) for start in _starts(before, after)]


def _starts(*tables: PriceTable) -> list[int]:
    return sorted({tier.from_quantity for table in tables for tier in table.tiers})


def _percent(before: PriceTable, after: PriceTable, quantity: int) -> Fraction:
    return (after.unit_price(quantity) / before.unit_price(quantity) - 1) * 100


def _direction(moves: Sequence[Fraction]) -> ChangeDirection:
    rises = any(move > 0 for move in moves)
    falls = any(move < 0 for move in moves)
    if rises and falls:
        return ChangeDirection.MIXED
    if rises:
        return ChangeDirection.RISE
    return ChangeDirection.FALL if falls else ChangeDirection.NONE


def _route_of_fall(
    change: ProposedChange, clause: PriceClause | None, direction: ChangeDirection
) -> tuple[ChangeRoute, list[str]]:
    reasons = []
    if direction is ChangeDirection.NONE:
        reasons.append("Der Vorschlag ändert keinen Preis.")
    if clause is None:
        reasons.append("Die Konditionen enthalten keine Preisklausel.")
        return ChangeRoute.TWO_PEOPLE, reasons
    short = _short_notice(change, clause)
    if not clause.automatic_fall:
        reasons.append("Nach der Preisklausel gelten Preissenkungen nicht ohne Prüfung.")
    if not clause.automatic_fall or short:
        return ChangeRoute.TWO_PEOPLE, reasons + short
    reasons.append("Kein Preis steigt; nach der Preisklausel gilt das ohne Prüfung.")
    return ChangeRoute.AUTOMATIC, reasons


def _route_of_rise(
    change: ProposedChange, clause: PriceClause | None
) -> tuple[ChangeRoute, list[str]]:
    outside = _outside_clause(change, clause)
    if outside:
        return ChangeRoute.MODIFICATION, [
            *outside,
            "Die Erhöhung gehört deshalb in das Änderungsregister (§ 132 GWB).",
        ]
    return ChangeRoute.TWO_PEOPLE, [
        "Die Erhöhung hält die Preisklausel ein. Vertragsmanagement und Zweitprüfung entscheiden."
    ]


def _outside_clause(change: ProposedChange, clause: PriceClause | None) -> list[str]:
    """Why a rise is not covered by the clause; empty when it is."""
    if clause is None:
        return ["Die Konditionen enthalten keine Preisklausel."]
    reasons = _short_notice(change, clause)
    if clause.earliest_on is not None and clause.earliest_on > change.effective_from:
        reasons.append(
            f"Preise dürfen frühestens ab {clause.earliest_on:%d.%m.%Y} steigen, "
            f"vorgeschlagen ist der {change.effective_from:%d.%m.%Y}."
        )
    limit = clause.max_rise_percent_per_year
    if limit is None:
        reasons.append("Die Preisklausel sieht keine Preiserhöhung vor.")
        return reasons
    return reasons + _above_yearly_limit(change, limit)


def _above_yearly_limit(change: ProposedChange, limit: Decimal) -> list[str]:
    """One sentence per tier that rises now and has risen past the limit within the year."""
    reasons = []
    for start in _starts(change.before, change.after, change.year_ago):
        rises = _percent(change.before, change.after, start) > 0
        within_year = _percent(change.year_ago, change.after, start)
        if rises and within_year > Fraction(limit):
            reasons.append(
                f"Ab Menge {start} steigt der Preis binnen zwölf Monaten um "
                f"{german(_rounded_up(within_year))} %, erlaubt sind höchstens {german(limit)} %."
            )
    return reasons


def _short_notice(change: ProposedChange, clause: PriceClause) -> list[str]:
    days = (change.effective_from - change.proposed_on).days
    if clause.notice_days > days:
        return [
            f"Die Ankündigungsfrist beträgt {clause.notice_days} Tage, eingehalten sind {days}."
        ]
    return []


def _rounded_up(percent: Fraction) -> Decimal:
    """To two places upwards: a limit that is exceeded never looks as if it were met."""
    return _decimal(percent).quantize(Decimal("0.01"), ROUND_CEILING, EXACT)


def _decimal(value: Fraction) -> Decimal:
    return EXACT.divide(Decimal(value.numerator), Decimal(value.denominator))
