"""Prices, VAT groups and allocation. Pure: no Django, no clock, no database.

This is the package's public face; outsiders import from here only.
"""

from .apportionment import largest_remainder
from .calculator import (
    CallOffTotal,
    LineInput,
    NetTax,
    Quote,
    QuotedLine,
    VatGroupTotal,
    quote,
    split,
)
from .discount import discounted
from .errors import (
    ApportionmentError,
    BookingMismatch,
    CancelsTooMuch,
    DuplicateLine,
    IncomparablePrices,
    InvalidClause,
    InvalidContractValue,
    InvalidDiscount,
    InvalidPeriods,
    InvalidPrice,
    InvalidPriceUnit,
    InvalidQuantity,
    InvalidVat,
    PricingError,
    ReceivesTooMuch,
    SharesDoNotSum,
    TierOrderError,
    UnknownLine,
)
from .giveback import BookedShare, IssuedLine, LineGiveback, ShareGiveback, give_back
from .lines import line_net, part_net
from .modification import (
    ChangeGround,
    Modification,
    ModificationLimits,
    ModificationVerdict,
    judge_modification,
)
from .money import CENT, ZERO, Money, decimals, euros, german, round_half_up
from .periods import service_end, split_by_fiscal_year
from .pieces import PIECE_PLACES, carried_pieces
from .price_change import (
    ChangeDirection,
    ChangeRoute,
    ChangeVerdict,
    PriceClause,
    PriceTable,
    ProposedChange,
    judge_change,
)
from .received import receive
from .tiers import Tier, active_tier, tier_bases
from .vat import VatCategory, VatGroupKey, VatRate

__all__ = [
    "CENT",
    "PIECE_PLACES",
    "ZERO",
    "ApportionmentError",
    "BookedShare",
    "BookingMismatch",
    "CallOffTotal",
    "CancelsTooMuch",
    "ChangeDirection",
    "ChangeGround",
    "ChangeRoute",
    "ChangeVerdict",
    "DuplicateLine",
    "IncomparablePrices",
    "InvalidClause",
    "InvalidContractValue",
    "InvalidDiscount",
    "InvalidPeriods",
    "InvalidPrice",
    "InvalidPriceUnit",
    "InvalidQuantity",
    "InvalidVat",
    "IssuedLine",
    "LineGiveback",
    "LineInput",
    "Modification",
    "ModificationLimits",
    "ModificationVerdict",
    "Money",
    "NetTax",
    "PriceClause",
    "PriceTable",
    "PricingError",
    "ProposedChange",
    "Quote",
    "QuotedLine",
    "ReceivesTooMuch",
    "ShareGiveback",
    "SharesDoNotSum",
    "Tier",
    "TierOrderError",
    "UnknownLine",
    "VatCategory",
    "VatGroupKey",
    "VatGroupTotal",
    "VatRate",
    "active_tier",
    "carried_pieces",
    "decimals",
    "discounted",
    "euros",
    "german",
    "give_back",
    "judge_change",
    "judge_modification",
    "largest_remainder",
    "line_net",
    "part_net",
    "quote",
    "receive",
    "round_half_up",
    "service_end",
    "split",
    "split_by_fiscal_year",
    "tier_bases",
]
