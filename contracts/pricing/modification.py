"""Contract modifications without a new procedure: the arithmetic of § 132 GWB."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from .errors import InvalidContractValue
from .money import EXACT, ZERO, Money, euros, german, round_half_up


class ChangeGround(StrEnum):
    """On what a modification rests. The codes are those of the register."""

    CLAUSE = "clause"
    ADDITIONAL = "additional"
    UNFORESEEN = "unforeseen"
    SUCCESSION = "succession"
    DE_MINIMIS = "de_minimis"


_EACH_LIMITED = (ChangeGround.ADDITIONAL, ChangeGround.UNFORESEEN)


@dataclass(frozen=True, slots=True)
class ModificationLimits:
    """The legal figures of the day.

    `eu_threshold` is the threshold of § 106 GWB in EUR, `single_percent` the limit of
    § 132 (2) sentence 2 (50), `de_minimis_percent` that of § 132 (3) no. 2 for supplies
    and services (10).
    """

    eu_threshold: Decimal
    single_percent: Decimal
    de_minimis_percent: Decimal


@dataclass(frozen=True, slots=True)
class Modification:
    """Ground and net value (EUR) of a modification; negative where it lowers the value."""

    ground: ChangeGround
    value: Money


@dataclass(frozen=True, slots=True)
class ModificationVerdict:
    """`cumulative` is what all modifications on the same ground come to, this one included.

    `percent` is that in percent of the original value, to two places. `reasons` are
    German sentences, empty when the modification is within the limits.
    """

    cumulative: Money
    percent: Decimal
    reasons: tuple[str, ...]

    @property
    def within_limits(self) -> bool:
        return not self.reasons


def judge_modification(
    new: Modification,
    *,
    original_value: Money,
    earlier: Iterable[Modification],
    limits: ModificationLimits,
) -> ModificationVerdict:
    """Say whether `new` stays within the limits of value of its ground.

    § 132 (2) no. 1 and 4 have none. No. 2 and 3: each modification may raise the price
    by at most 50 % of the original value (sentence 2; several count one by one,
    sentence 3). § 132 (3): the total of the modifications resting on it neither exceeds
    the EU threshold nor 10 % of the original value. A value exactly on a limit is inside.
    A modification that lowers the value counts with its amount: it is a change too, and
    makes no room for later ones. Where the contract has an index clause, `original_value`
    is the indexed one (§ 132 (4)).

    The conditions beside the arithmetic (nature of the contract unchanged, no intent to
    circumvent) are for people. Raises `InvalidContractValue` unless `original_value` is
    above zero.
    """
    if original_value <= 0:
        raise InvalidContractValue(
            "Ohne ursprünglichen Auftragswert über null lässt sich die Änderung nicht bemessen."
        )
    same = [past for past in earlier if past.ground is new.ground]
    cumulative = sum((abs(row.value) for row in [*same, new]), ZERO)
    reasons: list[str] = []
    if new.ground in _EACH_LIMITED:
        limit = _percent_of(original_value, limits.single_percent)
        if new.value > limit:
            reasons.append(
                f"Die Änderung erhöht den Wert um {euros(new.value)}; erlaubt sind "
                f"{german(limits.single_percent)} % des ursprünglichen Auftragswerts, das sind "
                f"{euros(limit)} (§ 132 Abs. 2 Satz 2 GWB)."
            )
    if new.ground is ChangeGround.DE_MINIMIS:
        reasons += _above_de_minimis(cumulative, original_value, limits)
    percent = EXACT.divide(cumulative.scaleb(2, EXACT), original_value)
    return ModificationVerdict(cumulative, round_half_up(percent), tuple(reasons))


def _above_de_minimis(
    cumulative: Money, original_value: Money, limits: ModificationLimits
) -> list[str]:
    reasons = []
    if cumulative > limits.eu_threshold:
        reasons.append(
            f"Die geringfügigen Änderungen betragen zusammen {euros(cumulative)} und "
            f"übersteigen den Schwellenwert von {euros(limits.eu_threshold)} "
            "(§ 132 Abs. 3 Satz 1 Nr. 1 GWB)."
        )
    limit = _percent_of(original_value, limits.de_minimis_percent)
    if cumulative > limit:
        reasons.append(
            f"Die geringfügigen Änderungen betragen zusammen {euros(cumulative)}; erlaubt sind "
            f"{german(limits.de_minimis_percent)} % des ursprünglichen Auftragswerts, das sind "
            f"{euros(limit)} (§ 132 Abs. 3 Satz 1 Nr. 2 GWB)."
        )
    return reasons


def _percent_of(value: Money, percent: Decimal) -> Decimal:
    return EXACT.multiply(value, percent).scaleb(-2, EXACT)
