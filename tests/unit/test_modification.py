"""The arithmetic of § 132 GWB."""

from __future__ import annotations

from decimal import Decimal

import pytest

from contracts.pricing import (
    ChangeGround,
    InvalidContractValue,
    Modification,
    ModificationLimits,
    ModificationVerdict,
    judge_modification,
)

LIMITS = ModificationLimits(
    eu_threshold=Decimal(216_000), single_percent=Decimal(50), de_minimis_percent=Decimal(10)
)
ORIGINAL = Decimal(1_000_000)


def judge(
    ground: ChangeGround,
    value: str,
    *earlier: tuple[ChangeGround, str],
    original: Decimal = ORIGINAL,
) -> ModificationVerdict:
    return judge_modification(
        Modification(ground, Decimal(value)),
        original_value=original,
        earlier=[Modification(kind, Decimal(amount)) for kind, amount in earlier],
        limits=LIMITS,
    )


@pytest.mark.parametrize("ground", [ChangeGround.ADDITIONAL, ChangeGround.UNFORESEEN])
def test_each_may_raise_the_price_by_half(ground: ChangeGround) -> None:
    assert judge(ground, "500000.00").within_limits
    beyond = judge(ground, "500000.01")
    assert " ".join(beyond.reasons) == (
        "Die Änderung erhöht den Wert um 500.000,01 EUR; erlaubt sind 50 % des ursprünglichen "
        "Auftragswerts, das sind 500.000,00 EUR (§ 132 Abs. 2 Satz 2 GWB)."
    )


def test_successive_ones_count_one_by_one_and_are_summed_for_the_register() -> None:
    verdict = judge(
        ChangeGround.ADDITIONAL,
        "400000",
        (ChangeGround.ADDITIONAL, "450000"),
        (ChangeGround.UNFORESEEN, "10"),
    )
    assert verdict.within_limits
    assert (verdict.cumulative, verdict.percent) == (Decimal("850000.00"), Decimal("85.00"))


def test_small_ones_are_limited_to_a_tenth_together() -> None:
    before = ((ChangeGround.DE_MINIMIS, "60000"), (ChangeGround.CLAUSE, "300000"))
    assert judge(ChangeGround.DE_MINIMIS, "40000", *before).within_limits
    beyond = judge(ChangeGround.DE_MINIMIS, "40000.01", *before)
    assert (beyond.cumulative, beyond.percent) == (Decimal("100000.01"), Decimal("10.00"))
    assert " ".join(beyond.reasons) == (
        "Die geringfügigen Änderungen betragen zusammen 100.000,01 EUR; erlaubt sind 10 % des "
        "ursprünglichen Auftragswerts, das sind 100.000,00 EUR (§ 132 Abs. 3 Satz 1 Nr. 2 GWB)."
    )


def test_small_ones_do_not_exceed_the_eu_threshold_together() -> None:
    large = Decimal(64_000_000)
    before = (ChangeGround.DE_MINIMIS, "200000")
    assert judge(ChangeGround.DE_MINIMIS, "16000", before, original=large).within_limits
    beyond = judge(ChangeGround.DE_MINIMIS, "16000.01", before, original=large)
    assert len(beyond.reasons) == 1
    assert "Schwellenwert von 216.000,00 EUR" in beyond.reasons[0]


def test_both_limits_are_named_when_both_are_exceeded() -> None:
    assert len(judge(ChangeGround.DE_MINIMIS, "300000").reasons) == 2


def test_a_decrease_makes_no_room() -> None:
    verdict = judge(ChangeGround.DE_MINIMIS, "60000", (ChangeGround.DE_MINIMIS, "-60000"))
    assert verdict.cumulative == Decimal(120_000)
    assert not verdict.within_limits
    assert judge(ChangeGround.ADDITIONAL, "-900000").within_limits, "no price rises"


@pytest.mark.parametrize("ground", [ChangeGround.CLAUSE, ChangeGround.SUCCESSION])
def test_clause_and_succession_have_no_limit_of_value(ground: ChangeGround) -> None:
    assert judge(ground, "9000000").within_limits


@pytest.mark.parametrize("original", ["0", "-1"])
def test_without_an_original_value_there_is_no_measure(original: str) -> None:
    with pytest.raises(InvalidContractValue):
        judge(ChangeGround.DE_MINIMIS, "1", original=Decimal(original))
