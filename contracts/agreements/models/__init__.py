from contracts.agreements.kinds import (
    AllocationRule,
    ChargeType,
    GateEffect,
    GateReason,
    ItemRole,
    PriceBasis,
)

from .agreement import AgreementState, EndReason, FrameworkAgreement
from .allocation import CapWarning, RotationCounter
from .article import Article, ListPriceVersion
from .award import Award, AwardTerms
from .change import PriceChange, PriceChangeRoute, PriceChangeState, PriceChangeTier
from .cpv import CpvCode
from .document import AgreementDocument, DocumentAudience, DocumentKind
from .entitlement import BuyerEntitlement
from .gate import Gate
from .item import ContractItem, ItemRelation, RelationKind
from .legal import LegalFigure
from .listing import Listing
from .lot import Lot, LotCpv
from .modification import (
    ContractModification,
    ModificationGround,
    ModificationKind,
    ModificationState,
    ModificationUse,
    PositionProposal,
    UseLevel,
)
from .price import PriceTier, PriceVersion
from .standard import (
    BundleAudience,
    BundleLine,
    EquipmentBundle,
    EquipmentStandard,
    StandardItem,
    StandardLevel,
)
from .successor import SuccessorProposal, SuccessorState
from .vat import VatRule

__all__ = [
    "AgreementDocument",
    "AgreementState",
    "AllocationRule",
    "Article",
    "Award",
    "AwardTerms",
    "BundleAudience",
    "BundleLine",
    "BuyerEntitlement",
    "CapWarning",
    "ChargeType",
    "ContractItem",
    "ContractModification",
    "CpvCode",
    "DocumentAudience",
    "DocumentKind",
    "EndReason",
    "EquipmentBundle",
    "EquipmentStandard",
    "FrameworkAgreement",
    "Gate",
    "GateEffect",
    "GateReason",
    "ItemRelation",
    "ItemRole",
    "LegalFigure",
    "ListPriceVersion",
    "Listing",
    "Lot",
    "LotCpv",
    "ModificationGround",
    "ModificationKind",
    "ModificationState",
    "ModificationUse",
    "PositionProposal",
    "PriceBasis",
    "PriceChange",
    "PriceChangeRoute",
    "PriceChangeState",
    "PriceChangeTier",
    "PriceTier",
    "PriceVersion",
    "RelationKind",
    "RotationCounter",
    "StandardItem",
    "StandardLevel",
    "SuccessorProposal",
    "SuccessorState",
    "UseLevel",
    "VatRule",
]
