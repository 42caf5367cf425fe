"""What stands between an order and its next step: the same questions at every moment.

Submit, each approval and issue ask here; the basket shows the same as advice. Every
refusal names the article, the reason and the evidence (docs/gates.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from django.db.models import F

from contracts.agreements.errors import Blocked, NotEntitled
from contracts.agreements.gates.rules import GateRule, blocks, cosigns, gates_before
from contracts.agreements.models import ContractItem, Listing
from contracts.agreements.prices.quotes import PricedOrder
from contracts.clock import berlin_day
from contracts.ledger.models import ClosedReason, LimitAccount
from contracts.pricing import euros
from orders.allotting.line_rules import minimum_gaps, quantities_of, unmet_of
from orders.errors import BelowMinimum, BudgetOverdrawn, DeviceMissing, LotFull
from orders.models import RequisitionLine
from orders.signing.rules import CoSignature


def require_open(listings: Iterable[Listing], *, buyer_id: int, now: datetime) -> list[CoSignature]:
    """Ask the gates; return the co-signatures they want. Raises Blocked.

    The listings come from `contracts.agreements.prices.quotes.with_contract`.
    """
    by_key = {row.pk: row for row in listings}
    found = gates_before(by_key, buyer_id, berlin_day(now))
    stops = [(by_key[pk], rule) for pk, rules in found.items() for rule in blocks(rules)]
    if stops:
        raise Blocked(sorted({_refusal(listing, rule) for listing, rule in stops}))
    wishes = [rule for rules in found.values() for rule in cosigns(rules)]
    return [CoSignature(rule.cosign_role, rule.sentence) for rule in wishes]


def require_devices(
    quantities: Mapping[ContractItem, int], *, buyer_id: int, lock: bool = False
) -> None:
    """Raise DeviceMissing when more hangs on devices than they carry (pieces by item).

    At issue the buyer is *locked* where anything hangs at all: two requisitions can't lean on
    the same devices called off before.
    """
    unmet = unmet_of(quantities, buyer_id, lock=lock)
    if unmet:
        raise DeviceMissing([found.sentence for found in unmet])


def require_unfrozen(lines: Iterable[RequisitionLine]) -> None:
    """Raise BudgetOverdrawn when a freeze has left a budget of the lines with less than is
    bound: nothing more is released from it until it is covered again.
    """
    budgets = {
        row.budget_line.binding_account_id for line in lines for row in line.assignments.all()
    }
    # read afresh: what the lines came with is from before a cut freed anything
    accounts = LimitAccount.objects.filter(
        pk__in=budgets, limit_amount__lt=F("held") + F("posted")
    ).order_by("pk")
    if accounts:
        raise BudgetOverdrawn(
            [
                f"{account.title} ist durch eine Sperre um {euros(-account.available)} überzogen. "
                "Lassen Sie die Deckung klären, oder geben Sie die Anforderung zurück."
                for account in accounts
            ]
        )


def require_minimum(order: PricedOrder, *, buyer_id: int, now: datetime) -> None:
    """Raise BelowMinimum when a future call-off is too small and carries no surcharge."""
    gaps = minimum_gaps(order, buyer_id=buyer_id, on=berlin_day(now))
    if gaps:
        raise BelowMinimum([gap.sentence for gap in gaps])


def require_submittable(order: PricedOrder, *, buyer_id: int, now: datetime) -> list[CoSignature]:
    """All of them, before limits are held. Raises Blocked, DeviceMissing or BelowMinimum."""
    listings = [line.offer.listing for line in order.lines]
    wishes = require_open(listings, buyer_id=buyer_id, now=now)
    require_devices(quantities_of(order), buyer_id=buyer_id)
    require_minimum(order, buyer_id=buyer_id, now=now)
    return wishes


@contextmanager
def explained(listings: Iterable[Listing], *, buyer_id: int, now: datetime) -> Iterator[None]:
    """Refuse what left the shelf with the gate or the full lot behind it.

    Turns NotEntitled into Blocked or LotFull where one of them is the cause.
    """
    try:
        yield
    except NotEntitled:
        known = list(listings)
        require_open(known, buyer_id=buyer_id, now=now)
        full = {sentence for row in known if (sentence := full_lot(row))}
        if full:
            raise LotFull(sorted(full)) from None
        raise


def full_lot(listing: Listing) -> str:
    """The sentence about a lot that stopped because nothing fits its rest; else empty."""
    lot = listing.item.award.lot
    if lot.account.closed_reason != ClosedReason.FULL:
        return ""
    return (
        f"„{listing.article.name}“: Los {lot.number} der Vereinbarung {lot.agreement.number} ist "
        "ausgeschöpft; nichts Gelistetes passt mehr in den Rest."
    )


def _refusal(listing: Listing, rule: GateRule) -> str:
    return f"„{listing.article.name}“: {rule.sentence}"
