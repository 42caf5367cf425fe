"""The one place where the contract machine calls the product: thin, by public functions only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from contracts.agreements.gates import register as gate_register
from contracts.agreements.gates.register import GateScope, GateSpec
from contracts.agreements.life import lifecycle
from contracts.agreements.models import (
    BuyerEntitlement,
    ContractModification,
    FrameworkAgreement,
    Gate,
    GateReason,
    ModificationGround,
    ModificationKind,
    PriceChange,
)
from contracts.agreements.prices import changes as price_changes
from contracts.agreements.prices import decisions as price_decisions
from contracts.agreements.prices import modification_effects, modifications
from contracts.agreements.prices.changes import Proposal
from contracts.agreements.prices.modifications import Entry
from contracts.agreements.writing import buyers, setup
from contracts.agreements.writing.tiers import TierRow
from contracts.clock import berlin_day
from contracts.parties.models import Membership
from orders import approvals, requisitions
from orders.basket import baskets
from orders.binding import cap_watch
from orders.call_offs import cancellations, confirmations, goods_receipts, price_audit
from orders.models import Cancellation, Requisition
from orders.models.approval import Verdict
from orders.requisitions import Ask, Share

from .contract_world import Buyer

REASON = "Aus gutem Grund"


def lay(buyer: Buyer, listing: int, quantity: int, now: datetime) -> None:
    """Set the quantity of an article in the officer's basket; 0 takes it out."""
    baskets.set_quantity(by=buyer.officer, listing_id=listing, quantity=quantity, now=now)


def laid(buyer: Buyer) -> list[tuple[int, int]]:
    return baskets.quantities(buyer.officer)


def basket_gross(buyer: Buyer, now: datetime) -> Decimal:
    return baskets.view(buyer.officer, now=now).order.quote.gross


def submit_basket(buyer: Buyer, now: datetime) -> Requisition:
    ask = Ask(title="Bedarf", shares={"": [Share(buyer.budget.pk)]})
    return requisitions.submit_basket(by=buyer.officer, ask=ask, school_id=buyer.school.pk, now=now)


def submit(requisition: int, by: Membership, now: datetime) -> Requisition:
    return requisitions.submit(requisition_id=requisition, by=by, now=now)


def withdraw(requisition: int, by: Membership, now: datetime) -> Requisition:
    return requisitions.withdraw(requisition_id=requisition, by=by, now=now)


def decide_requisition(
    requisition: int, revision: int, verdict: Verdict, by: Membership, now: datetime
) -> Requisition:
    return approvals.decide(
        requisition_id=requisition,
        revision_no=revision,
        verdict=verdict,
        comment="" if verdict is Verdict.APPROVE else REASON,
        by=by,
        now=now,
    )


def expire(now: datetime) -> int:
    return requisitions.expire_due(now=now)


def cancel(
    call_off: int, quantities: Mapping[int, int] | None, by: Membership, now: datetime
) -> Cancellation:
    return cancellations.cancel(
        call_off_id=call_off, quantities=quantities, reason=REASON, token=uuid4(), by=by, now=now
    )


def receive(call_off: int, quantities: Mapping[int, int], by: Membership, now: datetime) -> object:
    return goods_receipts.receive(
        call_off_id=call_off,
        quantities=quantities,
        received_on=berlin_day(now),
        token=uuid4(),
        by=by,
        now=now,
    )


def confirm_call_off(call_off: int, by: Membership, now: datetime) -> object:
    return confirmations.confirm(call_off_id=call_off, by=by, now=now)


def refuse(call_off: int, by: Membership, now: datetime) -> object:
    return confirmations.refuse(call_off_id=call_off, reason=REASON, by=by, now=now)


def time_out(now: datetime) -> int:
    return confirmations.time_out_due(now=now)


def propose(
    item: int,
    article: int | None,
    tiers: Sequence[tuple[int, Decimal]],
    start: date,
    by: Membership,
    now: datetime,
) -> PriceChange:
    """Of an article it is the list price that changes, else the tiers of a fixed price."""
    prices = tuple(TierRow(quantity, net_unit_price=price) for quantity, price in tiers)
    proposal = Proposal(
        item_id=item,
        effective_from=start,
        evidence="Herstellerschreiben",
        tiers=() if article is not None else prices,
        article_id=article,
        list_amount=tiers[0][1] if article is not None else None,
    )
    return price_changes.propose(proposal, by=by, now=now)


def withdraw_change(change: int, by: Membership, now: datetime) -> PriceChange:
    return price_changes.withdraw(change_id=change, by=by, now=now)


def decide_change(
    change: int, accept: bool, value: Decimal, by: Membership, now: datetime
) -> PriceChange:
    """`value` is what the register of § 132 GWB is told where the change needs it."""
    return price_decisions.decide(
        change_id=change,
        accept=accept,
        reason=REASON,
        entry=_entry(ModificationKind.PRICE, value, None),
        by=by,
        now=now,
    )


def confirm_change(change: int, accept: bool, by: Membership, now: datetime) -> PriceChange:
    return price_decisions.confirm(change_id=change, accept=accept, reason=REASON, by=by, now=now)


def register(
    agreement: int, lot: int | None, value: Decimal, by: Membership, now: datetime
) -> ContractModification:
    entry = _entry(ModificationKind.CAP, value, lot)
    return modifications.register(agreement_id=agreement, entry=entry, by=by, now=now)


def approve_entry(entry: int, by: Membership, now: datetime) -> ContractModification:
    return modifications.approve(modification_id=entry, by=by, now=now)


def reject_entry(entry: int, by: Membership, now: datetime) -> ContractModification:
    return modifications.reject(modification_id=entry, reason=REASON, by=by, now=now)


def raise_cap(account: int, limit: Decimal, entry: int, by: Membership, now: datetime) -> object:
    return modification_effects.raise_cap(
        account_id=account, new_limit=limit, modification_id=entry, by=by, now=now
    )


def lower_cap(
    agreement: int, account: int, limit: Decimal, by: Membership, now: datetime
) -> object:
    return modification_effects.lower_cap(
        agreement_id=agreement,
        account_id=account,
        new_limit=limit,
        document="Nachtrag",
        by=by,
        now=now,
    )


def list_again(agreement: int, by: Membership, now: datetime) -> None:
    lifecycle.list_agreement(agreement, by=by, now=now, on=berlin_day(now))


def suspend(agreement: int, by: Membership, now: datetime) -> None:
    lifecycle.suspend_agreement(agreement, reason=REASON, by=by, now=now)


def end_by_cap(agreement: int, by: Membership, now: datetime) -> None:
    lifecycle.end_by_cap(agreement, by=by, now=now)


def end_by_decision(agreement: int, by: Membership, now: datetime) -> None:
    lifecycle.end_by_decision(agreement, reason=REASON, by=by, now=now)


def set_gate(lot: int | None, supplier: int | None, by: Membership, now: datetime) -> Gate:
    spec = GateSpec(
        scope=GateScope(lot_id=lot, supplier_id=supplier),
        reason=GateReason.SUSPENSION,
        explanation="Nachprüfung",
        evidence="Beschluss",
        valid_from=berlin_day(now),
    )
    return gate_register.set_gate(spec, by=by, now=now)


def opt_out(lot: int, by: Membership, now: datetime) -> Gate:
    return gate_register.declare_opt_out(
        lot_id=lot,
        product_group="",
        contract="Eigener Vertrag",
        explanation="Bis zum Ablauf",
        valid_to=berlin_day(now) + timedelta(days=900),
        by=by,
        now=now,
    )


def lift_gate(gate: int, by: Membership, now: datetime) -> Gate:
    return gate_register.lift_gate(gate_id=gate, reason=REASON, by=by, now=now)


def name_buyer(
    agreement: FrameworkAgreement,
    buyer: Buyer,
    start: date,
    quota: Decimal | None,
    by: Membership,
    now: datetime,
) -> BuyerEntitlement:
    return setup.entitle(
        agreement, buyer.organisation, valid_from=start, quota=quota, by=by, now=now
    )


def end_entitlement(
    entitlement: int, last_day: date, by: Membership, now: datetime
) -> BuyerEntitlement:
    return buyers.end_entitlement(
        entitlement_id=entitlement, last_day=last_day, reason=REASON, by=by, now=now
    )


def set_quota(
    entitlement: int, quota: Decimal, document: str, by: Membership, now: datetime
) -> BuyerEntitlement:
    return buyers.set_quota(
        entitlement_id=entitlement, quota=quota, document=document, by=by, now=now
    )


def transfer_quota(
    giver: int, taker: int, amount: Decimal, document: str, by: Membership, now: datetime
) -> None:
    buyers.transfer_quota(
        from_id=giver, to_id=taker, amount=amount, document=document, by=by, now=now
    )


def return_quota(entitlement: int, document: str, by: Membership, now: datetime) -> Decimal:
    return buyers.return_quota(entitlement_id=entitlement, document=document, by=by, now=now)


def review(now: datetime) -> object:
    return cap_watch.review(now=now)


def audited(by: Membership, start: date, end: date) -> price_audit.AuditReport:
    return price_audit.audit(by=by, start=start, end=end)


def _entry(kind: ModificationKind, value: Decimal, lot: int | None) -> Entry:
    return Entry(
        kind=kind,
        ground=ModificationGround.DE_MINIMIS,
        description="Marktlage belegt",
        value=value,
        lot_id=lot,
    )
