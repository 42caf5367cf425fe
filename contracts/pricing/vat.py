"""VAT: category, rate and the group in which it is computed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from .errors import InvalidVat
from .money import EXACT, decimals, german, round_half_up

RATE_PLACES = 2


class VatCategory(StrEnum):
    """Codes of UNCL 5305 as EN 16931 uses them."""

    STANDARD = "S"
    ZERO = "Z"
    EXEMPT = "E"
    REVERSE_CHARGE = "AE"


@dataclass(frozen=True, slots=True)
class VatRate:
    """Category with its rate in percent; `reason` is the text printed for E and AE.

    Raises `InvalidVat` when rate and category contradict each other (EN 16931: BR-S-5,
    BR-Z-5, BR-E-5, BR-AE-5) or an exemption gives no reason (BR-E-10).
    """

    category: VatCategory
    rate: Decimal
    reason: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.rate, Decimal) or not Decimal(0) <= self.rate < Decimal(100):
            raise InvalidVat(f"Der Steuersatz {self.rate!r} ist keine Prozentzahl.")
        if decimals(self.rate) > RATE_PLACES:
            raise InvalidVat(
                f"Der Steuersatz {german(self.rate)} hat mehr als zwei Nachkommastellen."
            )
        if (self.category is VatCategory.STANDARD) != (self.rate > 0):
            raise InvalidVat(
                f"Der Satz {german(self.rate)} % passt nicht zur Steuerkategorie {self.category}."
            )
        if self.category is VatCategory.EXEMPT and not self.reason:
            raise InvalidVat("Zu einer Steuerbefreiung gehört der Grund.")

    def tax_on(self, net: Decimal) -> Decimal:
        """Return the tax on a summed net amount, rounded half up to cents."""
        return round_half_up(EXACT.multiply(net, self.rate).scaleb(-2, EXACT))


@dataclass(frozen=True, slots=True)
class VatGroupKey:
    """What VAT is computed on: one future call-off, one category, one rate.

    The grouping is the same from basket to invoice; any other one gives totals that
    the invoices do not have.
    """

    call_off_key: str
    category: VatCategory
    rate: Decimal
