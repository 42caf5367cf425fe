"""What can be edited about an agreement, a lot, an award and a position, as plain values.

The audit trail keeps these before and after; amounts are net EUR, quantities pieces.
"""

from __future__ import annotations

from decimal import Decimal

from contracts.agreements.models import (
    Award,
    BuyerEntitlement,
    ContractItem,
    FrameworkAgreement,
    Lot,
)
from contracts.ledger.models import LimitAccount

Facts = dict[str, object]


def agreement_facts(agreement: FrameworkAgreement) -> Facts:
    """The agreement's head."""
    return {
        "number": agreement.number,
        "title": agreement.title,
        "notice_number": agreement.notice_number,
        "starts_on": agreement.starts_on,
        "ends_on": agreement.ends_on,
        "estimate": agreement.estimated_value,
        "maximum": _limit(agreement.account),
        "term_justification": agreement.term_justification,
        "responsible": agreement.responsible,
    }


def lot_facts(lot: Lot) -> Facts:
    """The lot with its CPV codes, in one query."""
    return {
        "number": lot.number,
        "title": lot.title,
        "allocation": str(lot.get_allocation_display()),
        "estimate": lot.estimated_value,
        "maximum": _limit(lot.account),
        "cpv": list(lot.cpv_codes.order_by("code").values_list("code", flat=True)),
    }


def award_facts(award: Award) -> Facts:
    """The award without its terms, which are never edited."""
    return {
        "supplier": award.supplier,
        "reference": award.reference,
        "awarded_on": award.awarded_on,
        "rank": award.rank,
        "maximum": _limit(award.account),
    }


def item_facts(item: ContractItem) -> Facts:
    """The position without its prices."""
    return {
        "number": item.number,
        "title": item.title,
        "unit": item.unit,
        "product_group": item.product_group,
        "basis": str(item.get_basis_display()),
        "role": str(item.get_role_display()),
        "periods": item.periods,
        "period_months": item.period_months,
        "vat_class": item.vat_class,
        "cumulative_tiers": item.cumulative_tiers,
        "max_quantity": _limit(item.account),
        "delivery_days": item.delivery_days,
    }


def entitlement_facts(entitlement: BuyerEntitlement) -> Facts:
    """Who may buy what from when to when."""
    return {
        "buyer": entitlement.buyer,
        "lot": entitlement.lot,
        "valid_from": entitlement.valid_from,
        "valid_to": entitlement.valid_to,
        "quota": _limit(entitlement.quota),
    }


def _limit(account: LimitAccount | None) -> Decimal | None:
    return account.limit_amount if account is not None else None
