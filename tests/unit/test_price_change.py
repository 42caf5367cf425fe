"""Which way a proposed price takes."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from contracts.pricing import (
    ChangeDirection,
    ChangeRoute,
    ChangeVerdict,
    IncomparablePrices,
    InvalidClause,
    InvalidDiscount,
    InvalidPriceUnit,
    PriceClause,
    PriceTable,
    ProposedChange,
    Tier,
    TierOrderError,
    judge_change,
)

EFFECTIVE = date(2027, 1, 1)
CLAUSE = PriceClause(
    max_rise_percent_per_year=Decimal(3),
    earliest_on=EFFECTIVE,
    notice_days=30,
    automatic_fall=True,
)


def table(*tiers: tuple[int, str], per: int = 1) -> PriceTable:
    return PriceTable.fixed([Tier(start, Decimal(price)) for start, price in tiers], per)


TABLET = table((1, "365"), (500, "352"))


def judge(
    after: PriceTable,
    *,
    before: PriceTable = TABLET,
    year_ago: PriceTable | None = None,
    clause: PriceClause | None = CLAUSE,
    notice: int = 30,
    effective: date = EFFECTIVE,
) -> ChangeVerdict:
    change = ProposedChange(
        before=before,
        after=after,
        year_ago=year_ago or before,
        proposed_on=effective - timedelta(days=notice),
        effective_from=effective,
    )
    return judge_change(change, clause)


def clause(
    rise: str | None = "3",
    earliest: date | None = None,
    notice: int = 0,
    *,
    automatic: bool = True,
) -> PriceClause:
    percent = None if rise is None else Decimal(rise)
    return PriceClause(percent, earliest, notice, automatic)


def test_a_fall_takes_effect_by_itself_where_the_clause_says_so() -> None:
    verdict = judge(table((1, "360"), (500, "340")))
    assert verdict == ChangeVerdict(
        ChangeDirection.FALL,
        Decimal("-3.41"),
        ChangeRoute.AUTOMATIC,
        ("Kein Preis steigt; nach der Preisklausel gilt das ohne Prüfung.",),
    )


def test_one_tier_may_fall_alone() -> None:
    verdict = judge(table((1, "365"), (500, "340")))
    assert (verdict.direction, verdict.route) == (ChangeDirection.FALL, ChangeRoute.AUTOMATIC)


@pytest.mark.parametrize(
    ("agreed", "notice", "reason"),
    [
        (clause(notice=30), 29, "Ankündigungsfrist beträgt 30 Tage, eingehalten sind 29"),
        (clause(automatic=False), 30, "gelten Preissenkungen nicht ohne Prüfung"),
        (None, 30, "enthalten keine Preisklausel"),
    ],
)
def test_other_falls_are_looked_at_by_two_people(
    agreed: PriceClause | None, notice: int, reason: str
) -> None:
    verdict = judge(table((1, "360"), (500, "340")), clause=agreed, notice=notice)
    assert (verdict.direction, verdict.route) == (ChangeDirection.FALL, ChangeRoute.TWO_PEOPLE)
    assert reason in " ".join(verdict.reasons)


def test_no_earliest_day_holds_for_falls() -> None:
    agreed = clause(earliest=EFFECTIVE + timedelta(days=1))
    verdict = judge(table((1, "350")), clause=agreed)
    assert verdict.route is ChangeRoute.AUTOMATIC


def test_a_rise_inside_the_clause_needs_two_people() -> None:
    verdict = judge(table((1, "375.95"), (500, "352")))
    assert (verdict.direction, verdict.percent) == (ChangeDirection.RISE, Decimal("3.00"))
    assert verdict.route is ChangeRoute.TWO_PEOPLE


def test_a_mixed_change_is_treated_as_a_rise() -> None:
    verdict = judge(table((1, "300"), (500, "353")))
    assert (verdict.direction, verdict.percent) == (ChangeDirection.MIXED, Decimal("0.28"))
    assert verdict.route is ChangeRoute.TWO_PEOPLE


@pytest.mark.parametrize(
    ("after", "agreed", "notice", "reason"),
    [
        ("375.9501", CLAUSE, 30, "um 3,01 %, erlaubt sind höchstens 3 %"),
        ("366", CLAUSE, 29, "Ankündigungsfrist beträgt 30 Tage, eingehalten sind 29"),
        (
            "366",
            clause(earliest=EFFECTIVE + timedelta(days=1)),
            30,
            "frühestens ab 02.01.2027 steigen, vorgeschlagen ist der 01.01.2027",
        ),
        ("366", clause(rise=None), 30, "sieht keine Preiserhöhung vor"),
        ("366", None, 30, "enthalten keine Preisklausel"),
        ("366", clause(rise="0"), 30, "erlaubt sind höchstens 0 %"),
        ("366", clause(), -1, "Ankündigungsfrist beträgt 0 Tage, eingehalten sind -1"),
    ],
)
def test_a_rise_outside_the_clause_goes_to_the_register(
    after: str, agreed: PriceClause | None, notice: int, reason: str
) -> None:
    verdict = judge(table((1, after), (500, "352")), clause=agreed, notice=notice)
    assert verdict.route is ChangeRoute.MODIFICATION
    assert reason in verdict.reasons[0]
    assert "§ 132 GWB" in verdict.reasons[-1]


def test_every_reason_is_named() -> None:
    verdict = judge(table((1, "400")), clause=CLAUSE, notice=1, effective=date(2026, 12, 31))
    assert len(verdict.reasons) == 5, "notice, day, two tiers, and where it goes"


def test_the_yearly_limit_counts_from_the_start_of_the_year() -> None:
    start = table((1, "100"))
    inside = judge(table((1, "103")), before=table((1, "102")), year_ago=start)
    beyond = judge(table((1, "103.01")), before=table((1, "102")), year_ago=start)
    assert (inside.route, inside.percent) == (ChangeRoute.TWO_PEOPLE, Decimal("0.98"))
    assert beyond.route is ChangeRoute.MODIFICATION


def test_a_tier_that_falls_now_is_not_held_to_the_yearly_limit() -> None:
    verdict = judge(
        table((1, "119"), (10, "81")),
        before=table((1, "120"), (10, "80")),
        year_ago=table((1, "100"), (10, "80")),
    )
    assert (verdict.direction, verdict.route) == (ChangeDirection.MIXED, ChangeRoute.TWO_PEOPLE)


def test_other_tier_boundaries_are_compared_at_every_boundary() -> None:
    later = judge(table((1, "365"), (600, "352")))
    assert (later.direction, later.percent) == (ChangeDirection.RISE, Decimal("3.69"))
    sooner = judge(table((1, "365"), (400, "352")))
    assert (sooner.direction, sooner.percent) == (ChangeDirection.FALL, Decimal("-3.56"))


def test_dropping_a_tier_is_a_rise() -> None:
    assert judge(table((1, "360"))).direction is ChangeDirection.MIXED


def test_another_price_unit_is_not_another_price() -> None:
    verdict = judge(table((1, "499"), per=100), before=table((1, "4.99")))
    assert (verdict.direction, verdict.percent) == (ChangeDirection.NONE, Decimal("0.00"))
    assert verdict.reasons[0] == "Der Vorschlag ändert keinen Preis."


def test_a_smaller_discount_is_a_rise() -> None:
    before = PriceTable.off_list([(1, Decimal(10)), (50, Decimal(20))])
    verdict = judge(
        PriceTable.off_list([(1, Decimal(5)), (50, Decimal(20))]),
        before=before,
        clause=clause(rise="5.55"),
    )
    assert (verdict.direction, verdict.percent) == (ChangeDirection.RISE, Decimal("5.56"))
    assert verdict.route is ChangeRoute.MODIFICATION


def test_prices_and_discounts_are_not_compared() -> None:
    with pytest.raises(IncomparablePrices, match="Preisbasis"):
        judge(PriceTable.off_list([(1, Decimal(5))]))


def test_a_table_is_checked_when_made() -> None:
    with pytest.raises(TierOrderError):
        table((2, "1"))
    with pytest.raises(InvalidPriceUnit):
        table((1, "1"), per=0)
    for percent in ("-1", "100"):
        with pytest.raises(InvalidDiscount):
            PriceTable.off_list([(1, Decimal(percent))])


@pytest.mark.parametrize(("rise", "notice"), [("-0.01", 0), ("1", -1)])
def test_a_clause_is_checked_when_made(rise: str, notice: int) -> None:
    with pytest.raises(InvalidClause):
        clause(rise=rise, notice=notice)
