"""Prices, VAT groups and allocation. Pure: no Django, no clock, no database.

This is the package's public face; outsiders import from here only.
"""

from .allocation import largest_remainder
from .calculator import (
    CallOffTotal,
    LineInput,
    Quote,
    QuotedLine,
    Share,
    VatGroupTotal,
    quote,
    split,
)
from .discount import discounted
from .errors import (
    AllocationError,
    DuplicateLine,
    InvalidDiscount,
    InvalidPeriods,
    InvalidPrice,
    InvalidPriceUnit,
    InvalidQuantity,
    InvalidVat,
    PricingError,
    SharesDoNotSum,
    TierOrderError,
)
from .lines import line_net, part_net
from .money import CENT, ZERO, Money, euros, round_half_up
from .tiers import Tier, active_tier
from .vat import VatCategory, VatGroupKey, VatRate

__all__ = [
    "CENT",
    "ZERO",
    "AllocationError",
    "CallOffTotal",
    "DuplicateLine",
    "InvalidDiscount",
    "InvalidPeriods",
    "InvalidPrice",
    "InvalidPriceUnit",
    "InvalidQuantity",
    "InvalidVat",
    "LineInput",
    "Money",
    "PricingError",
    "Quote",
    "QuotedLine",
    "Share",
    "SharesDoNotSum",
    "Tier",
    "TierOrderError",
    "VatCategory",
    "VatGroupKey",
    "VatGroupTotal",
    "VatRate",
    "active_tier",
    "discounted",
    "euros",
    "largest_remainder",
    "line_net",
    "part_net",
    "quote",
    "round_half_up",
    "split",
]
