"""Laws of price changes, modifications, periods and tiers, each over a module to be tested.

The expectations are written apart from the product's way; sizes are drawn around the
limits, so that "exactly on the limit" is met in every run.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from types import ModuleType
from typing import Any

from hypothesis import strategies as st

from contracts.pricing import ChangeGround, Tier

EFFECTIVE = date(2027, 1, 1)
STARTS = (10, 50, 500)
# Every limit times every price is a price with at most four decimals.
LIMITS = (Decimal(0), Decimal(3), Decimal(5), Decimal("2.5"))
whole_prices = st.integers(1, 500).map(lambda hundreds: Decimal(hundreds * 10))
cents = st.integers(-(10**9), 10**9).map(lambda units: Decimal(units).scaleb(-2))

Rows = tuple[tuple[int, Decimal], ...]


@dataclass(frozen=True)
class Proposal:
    """Tiers before, after and a year ago, with the clause; `days` counts around its dates."""

    before: Rows
    after: Rows
    year_ago: Rows
    price_units: tuple[int, int]
    limit: Decimal | None
    notice: int
    days: int
    earliest: int | None
    automatic: bool
    has_clause: bool


@st.composite
def _rows(draw: st.DrawFn) -> Rows:
    starts = sorted({1, *draw(st.sets(st.sampled_from(STARTS), max_size=2))})
    return tuple((start, draw(whole_prices)) for start in starts)


@st.composite
def proposals(draw: st.DrawFn) -> Proposal:
    before = draw(_rows())
    limit = draw(st.sampled_from((*LIMITS, None)))
    year_ago = draw(st.one_of(st.just(before), _rows()))
    base = draw(st.sampled_from((before, year_ago)))
    factor = 1 + (limit or Decimal(0)) / 100
    step = Decimal("0.0001")
    moved = {
        "exact": lambda price: price * factor,
        "over": lambda price: price * factor + step,
        "same": lambda price: price,
        "lower": lambda price: price - step,
    }
    after = draw(
        st.one_of(
            st.tuples(
                *(
                    st.tuples(
                        st.just(start),
                        st.sampled_from(sorted(moved)).map(
                            lambda how, price=price: moved[how](price)
                        ),
                    )
                    for start, price in base
                )
            ),
            _rows(),
        )
    )
    return Proposal(
        before=before,
        after=after,
        year_ago=year_ago,
        price_units=draw(st.sampled_from(((1, 1), (1, 1), (100, 1), (1, 10)))),
        limit=limit,
        notice=draw(st.integers(0, 3)),
        days=draw(st.integers(-1, 4)),
        earliest=draw(st.sampled_from((None, -1, 0, 1))),
        automatic=draw(st.booleans()),
        has_clause=draw(st.sampled_from((True, True, True, False))),
    )


def check_verdict(module: ModuleType, proposal: Proposal) -> None:
    """Direction, percent and route are those of the rules; reasons are given."""
    verdict = _judge(module, proposal)
    direction, percent, route = _expected(proposal)
    assert verdict.direction == direction, "wrong direction"
    assert verdict.percent == percent, "wrong percentage"
    assert verdict.route == route, "wrong route"
    assert verdict.reasons
    assert all(reason.endswith(".") for reason in verdict.reasons)


def check_monotonic(module: ModuleType, proposal: Proposal, start: int, more: Decimal) -> None:
    """A dearer tier, a shorter notice or a narrower clause never ease the way."""
    weight = ("automatic", "two_people", "modification").index
    now = weight(_judge(module, proposal).route)
    dearer = tuple(
        (row, price + more if number == start % len(proposal.after) else price)
        for number, (row, price) in enumerate(proposal.after)
    )
    stricter = [
        replace(proposal, after=dearer),
        replace(proposal, days=proposal.days - 1),
        replace(proposal, notice=proposal.notice + 1),
        replace(proposal, automatic=False),
        replace(proposal, has_clause=False),
        replace(proposal, limit=None),
        replace(proposal, limit=proposal.limit and proposal.limit / 2),
        replace(proposal, earliest=2),
    ]
    for other in stricter:
        assert weight(_judge(module, other).route) >= now, "a stricter case has an easier way"


def _judge(module: ModuleType, proposal: Proposal) -> Any:
    clause = module.PriceClause(
        max_rise_percent_per_year=proposal.limit,
        earliest_on=None
        if proposal.earliest is None
        else EFFECTIVE + timedelta(days=proposal.earliest),
        notice_days=proposal.notice,
        automatic_fall=proposal.automatic,
    )
    unit_before, unit_after = proposal.price_units
    change = module.ProposedChange(
        before=_table(module, proposal.before, unit_before),
        after=_table(module, proposal.after, unit_after),
        year_ago=_table(module, proposal.year_ago, unit_before),
        proposed_on=EFFECTIVE - timedelta(days=proposal.days),
        effective_from=EFFECTIVE,
    )
    return module.judge_change(change, clause if proposal.has_clause else None)


def _table(module: ModuleType, rows: Rows, unit: int) -> Any:
    return module.PriceTable.fixed([Tier(start, price) for start, price in rows], unit)


def _at(rows: Rows, unit: int, quantity: int) -> Fraction:
    return Fraction([price for start, price in rows if start <= quantity][-1]) / unit


def _expected(proposal: Proposal) -> tuple[str, Decimal, str]:
    """Compared at every quantity that any tier can tell apart."""
    unit_before, unit_after = proposal.price_units
    quantities = (1, *STARTS)
    before = [_at(proposal.before, unit_before, quantity) for quantity in quantities]
    after = [_at(proposal.after, unit_after, quantity) for quantity in quantities]
    year_ago = [_at(proposal.year_ago, unit_before, quantity) for quantity in quantities]
    moves = [new / old for old, new in zip(before, after, strict=True)]
    rises, falls = max(moves) > 1, min(moves) < 1
    direction = {(True, True): "mixed", (True, False): "rise", (False, True): "fall"}.get(
        (rises, falls), "none"
    )
    kept = proposal.has_clause and proposal.days >= proposal.notice
    if not rises:
        route = "automatic" if kept and proposal.automatic else "two_people"
        return direction, _percent(min(moves)), route
    factor = None if proposal.limit is None else 1 + Fraction(proposal.limit) / 100
    inside = (
        kept
        and factor is not None
        and (proposal.earliest is None or proposal.earliest <= 0)
        and all(
            new <= old * factor
            for old, new, now in zip(year_ago, after, before, strict=True)
            if new > now
        )
    )
    return direction, _percent(max(moves)), "two_people" if inside else "modification"


def _percent(ratio: Fraction) -> Decimal:
    """The move in percent, to two places, halves away from zero."""
    hundredths = (ratio - 1) * 10_000
    size = int(abs(hundredths) + Fraction(1, 2))
    return Decimal(size if hundredths >= 0 else -size).scaleb(-2)


@dataclass(frozen=True)
class Register:
    """Modifications in percent of 10,000 EUR, moved by a cent up or down, in their order."""

    rows: tuple[tuple[ChangeGround, int, int], ...]
    threshold: Decimal


registers = st.builds(
    Register,
    rows=st.lists(
        st.tuples(
            st.sampled_from((*ChangeGround, ChangeGround.DE_MINIMIS, ChangeGround.DE_MINIMIS)),
            st.sampled_from((-5, 1, 2, 5, 10, 49, 50)),
            st.sampled_from((-1, 0, 0, 0, 1)),
        ),
        min_size=1,
        max_size=5,
    ).map(tuple),
    threshold=st.sampled_from((Decimal(500), Decimal(700), Decimal(10_000))),
)


def check_register(module: ModuleType, register: Register) -> None:
    """Limits of § 132 GWB: 50 % each, 10 % and the threshold together, the limit inside."""
    original = Decimal(10_000)
    rows = [
        module.Modification(
            module.ChangeGround(ground.value), Decimal(percent * 100) + Decimal(cent).scaleb(-2)
        )
        for ground, percent, cent in register.rows
    ]
    new = rows[-1]
    verdict = module.judge_modification(
        new,
        original_value=original,
        earlier=rows[:-1],
        limits=module.ModificationLimits(register.threshold, Decimal(50), Decimal(10)),
    )
    total = sum(abs(row.value) for row in rows if row.ground == new.ground)
    assert verdict.cumulative == total, "wrong cumulative value"
    assert abs(verdict.percent - total / 100) <= Decimal("0.005"), "wrong percentage"
    expected = {
        "additional": new.value <= 5_000,
        "unforeseen": new.value <= 5_000,
        "de_minimis": total <= min(Decimal(1_000), register.threshold),
    }.get(new.ground.value, True)
    assert verdict.within_limits == expected, "wrong side of the limit"


services = st.tuples(cents, st.dates(date(2024, 1, 1), date(2032, 12, 31)), st.integers(1, 72))


def check_years(module: ModuleType, net: Decimal, start: date, months: int) -> None:
    """Years sum to the whole, in proportion to the months that begin in each."""
    parts = module.split_by_fiscal_year(net, start, months)
    assert sum(parts.values()) == net, "the years do not sum to the whole"
    begins = [(start.year * 12 + start.month - 1 + number) // 12 for number in range(months)]
    assert list(parts) == sorted(set(begins)), "other years"
    for year, part in parts.items():
        exact = Fraction(net) * begins.count(year) / months
        assert abs(Fraction(part) - exact) < Fraction(1, 100), "not in proportion"


def check_end(module: ModuleType, start: date, months: int) -> None:
    """Services that follow one another leave no day out and have none twice."""
    end = module.service_end(start, months)
    assert end >= start
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) in (months - 1, months)
    if start.day <= 28:
        following = end + timedelta(days=1)
        assert following.day == start.day, "a day is left out or counted twice"
        again = module.service_end(following, months)
        assert again == module.service_end(start, 2 * months), "halves differ from the whole"


orders = st.tuples(
    st.lists(st.tuples(st.integers(1, 4), st.integers(1, 300)), min_size=1, max_size=8),
    st.dictionaries(st.integers(1, 5), st.integers(0, 900), max_size=3),
)


def check_bases(module: ModuleType, rows: list[tuple[int, int]], posted: dict[int, int]) -> None:
    """The base is the item's over all its lines, or what was called off before."""
    bases = module.tier_bases(rows, posted)
    assert bases.keys() == {item for item, _ in rows}
    for item, base in bases.items():
        ordered = sum(quantity for other, quantity in rows if other == item)
        before = posted.get(item)
        expected = ordered if before is None else max(before, 1)
        assert base == expected, "the base is not that of the item"


def check_tier(module: ModuleType, starts: set[int], quantity: int) -> None:
    """The tier in force is the last one reached."""
    tiers = [module.Tier(start, Decimal(start)) for start in sorted({1, *starts})]
    reached = [tier for tier in tiers if tier.from_quantity <= quantity]
    assert module.active_tier(tiers, quantity) is reached[-1], "not the last tier reached"
