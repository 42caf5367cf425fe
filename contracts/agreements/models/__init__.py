from .agreement import AgreementState, FrameworkAgreement
from .article import Article, ListPriceVersion
from .award import Award, AwardTerms
from .change import PriceChange
from .entitlement import BuyerEntitlement
from .gate import Gate, GateEffect, GateReason
from .item import ChargeType, ContractItem, ItemRelation, PriceBasis, RelationKind
from .legal import LegalFigure
from .listing import Listing
from .lot import AllocationRule, Lot, LotCpv
from .price import PriceTier, PriceVersion
from .vat import VatRule

__all__ = [
    "AgreementState",
    "AllocationRule",
    "Article",
    "Award",
    "AwardTerms",
    "BuyerEntitlement",
    "ChargeType",
    "ContractItem",
    "FrameworkAgreement",
    "Gate",
    "GateEffect",
    "GateReason",
    "ItemRelation",
    "LegalFigure",
    "ListPriceVersion",
    "Listing",
    "Lot",
    "LotCpv",
    "PriceBasis",
    "PriceChange",
    "PriceTier",
    "PriceVersion",
    "RelationKind",
    "VatRule",
]
