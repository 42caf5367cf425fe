"""Price changes proposed by suppliers: notice, effective day, evidence.

    propose -> accepted                              (a fall the clause lets pass by itself)
            -> proposed -> awaiting_second -> accepted
                      \\-> rejected    \\-> rejected
                      \\-> withdrawn

What the contract manager and the second person do stands in `price_decisions`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from contracts.agreements.entitlement import entitled_lot_ids
from contracts.agreements.errors import NotFound
from contracts.agreements.models import (
    AgreementState,
    Article,
    ContractItem,
    PriceBasis,
    PriceChange,
    PriceChangeRoute,
    PriceChangeState,
    PriceChangeTier,
)
from contracts.agreements.prices.application import (
    CONSTRAINTS,
    apply,
    judge,
    lock_price,
    require_running,
)
from contracts.agreements.prices.errors import (
    ChangePending,
    EvidenceMissing,
    NothingChanges,
    UnsuitablePrices,
    WrongChangeState,
)
from contracts.agreements.writing.tiers import TierRow
from contracts.audit.record import record
from contracts.clock import berlin_day
from contracts.constraints import translated
from contracts.parties.acting import require_role
from contracts.parties.models import Membership, Role
from contracts.pricing import ChangeDirection, ChangeVerdict, InvalidPrice, InvalidPriceUnit, Tier
from contracts.retrying import again

MAX_PRICE = Decimal(10) ** 10
MAX_PERCENT = Decimal(10) ** 7
MAX_COUNT = 2**31 - 1
OPEN_STATES = (PriceChangeState.PROPOSED, PriceChangeState.AWAITING_SECOND)
PURCHASING = (Role.CONTRACT_MANAGER, Role.REVIEWER)
SUPPLYING = (Role.SUPPLIER_CATALOGUE, Role.SUPPLIER_ORDERS)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a supplier proposes; amounts are net EUR per `price_unit`, with four decimals.

    Either `tiers` (of a fixed price, or of discounts off list prices), or `article_id`
    with its new `list_amount`.
    """

    item_id: int
    effective_from: date
    evidence: str
    tiers: tuple[TierRow, ...] = ()
    price_unit: int = 1
    article_id: int | None = None
    list_amount: Decimal | None = None


@again
def propose(proposal: Proposal, *, by: Membership, now: datetime) -> PriceChange:
    """Write down a change of a price of the supplier's own award, with its verdict.

    Where nothing rises and the clause says so, it takes effect at once; everything else
    waits for the contract manager. Raises NotAllowed, NotFound, EvidenceMissing,
    UnsuitablePrices, EffectiveDatePast, AgreementEnded, ChangePending, NothingChanges,
    OverlappingPrices, NoPrice or a PricingError.
    """
    require_role(by, {Role.SUPPLIER_CATALOGUE}, now)
    if not proposal.evidence.strip():
        raise EvidenceMissing("Bitte begründen Sie die Änderung, und nennen Sie den Nachweis.")
    _check_bounds(proposal)
    with translated(CONSTRAINTS), transaction.atomic():
        item = lock_price(_own_item(proposal, by), proposal.article_id)
        change = _unsaved(proposal, by=by, now=now)
        require_running(item.award.lot.agreement, change, now)
        _check_basis(item, proposal)
        _check_none_open(proposal)
        verdict = _verdict(item, change, proposal.tiers)
        change.route = PriceChangeRoute(verdict.route.value)
        change.percent = verdict.percent
        change.findings = list(verdict.reasons)
        is_automatic = change.route == PriceChangeRoute.AUTOMATIC
        change.state = PriceChangeState.ACCEPTED if is_automatic else PriceChangeState.PROPOSED
        _write(change, proposal.tiers)
        _record(change, "price_change.proposed", by=by, now=now)
        if is_automatic:
            apply(change, item, by=None, now=now)
            _record(change, "price_change.accepted", by=None, now=now, reason="Preisklausel")
    return change


@again
def withdraw(*, change_id: int, by: Membership, now: datetime) -> PriceChange:
    """Take a proposal back that is not accepted yet.

    Raises NotAllowed, NotFound, WrongChangeState.
    """
    require_role(by, {Role.SUPPLIER_CATALOGUE}, now)
    with transaction.atomic():
        change, _ = locked(change_id, by)
        if change.state not in OPEN_STATES:
            raise WrongChangeState(
                f"Die Änderung {change.number} ist {change.get_state_display()} und kann nicht "
                "mehr zurückgezogen werden."
            )
        change.state = PriceChangeState.WITHDRAWN
        change.save(update_fields=["state"])
        _record(change, "price_change.withdrawn", by=by, now=now)
    return change


def visible_changes(by: Membership, on: date) -> QuerySet[PriceChange]:
    """Changes the actor may read.

    The purchasing body's contract people see those of its agreements, a supplier those of
    its own awards, a buyer the accepted ones of the lots it may call off from.
    """
    rows = PriceChange.objects.all()
    if by.role in PURCHASING:
        return rows.filter(item__award__lot__agreement__purchasing_body_id=by.organisation_id)
    if by.role in SUPPLYING:
        return rows.filter(item__award__supplier_id=by.organisation_id)
    return rows.filter(
        state=PriceChangeState.ACCEPTED,
        item__award__lot__in=entitled_lot_ids(by.organisation_id, on),
    )


def proposable_items(by: Membership, on: date) -> QuerySet[ContractItem]:
    """Items of the supplier's awards whose price could still change."""
    return (
        ContractItem.objects.filter(
            award__supplier_id=by.organisation_id, award__lot__agreement__ends_on__gte=on
        )
        .exclude(award__lot__agreement__state__in=(AgreementState.DRAFT, AgreementState.ENDED))
        .select_related("award__lot__agreement")
        .order_by("award__lot__agreement__number", "award__lot__number", "number", "pk")
    )


def locked(change_id: int, by: Membership) -> tuple[PriceChange, ContractItem]:
    """The change and its item, locked; whoever has no part in it hears NotFound.

    Every change of state takes the lock of the item first, so the state read here holds
    until the end of the transaction.
    """
    rows = PriceChange.objects.filter(
        Q(item__award__supplier_id=by.organisation_id)
        | Q(item__award__lot__agreement__purchasing_body_id=by.organisation_id),
        pk=change_id,
    )
    keys = rows.values_list("item_id", "article_id").first()
    if keys is None:
        raise NotFound("Diese Preisänderung gibt es nicht.")
    item = lock_price(*keys)
    return rows.select_for_update(of=("self",), no_key=True).get(), item


def _own_item(proposal: Proposal, by: Membership) -> int:
    """The key of the supplier's own item; for a list price the article is listed under it."""
    rows = ContractItem.objects.filter(
        pk=proposal.item_id, award__supplier_id=by.organisation_id
    ).exclude(award__lot__agreement__state=AgreementState.DRAFT)
    if proposal.article_id is not None:
        own = Article.objects.filter(
            pk=proposal.article_id, supplier_id=by.organisation_id, listings__item=OuterRef("pk")
        )
        rows = rows.filter(Exists(own))
    found = rows.values_list("pk", flat=True).first()
    if found is None:
        raise NotFound("Diese Vertragsposition haben Sie nicht.")
    return found


def _unsaved(proposal: Proposal, *, by: Membership, now: datetime) -> PriceChange:
    return PriceChange(
        item_id=proposal.item_id,
        article_id=proposal.article_id,
        list_amount=proposal.list_amount,
        price_unit=proposal.price_unit,
        proposed_by=by,
        proposer_id=by.user_id,
        proposed_at=now,
        effective_from=proposal.effective_from,
        evidence=proposal.evidence.strip(),
    )


def _check_bounds(proposal: Proposal) -> None:
    """What the columns hold; order and size of tiers are checked by the pure tables."""
    if not 1 <= proposal.price_unit <= MAX_COUNT:
        raise InvalidPriceUnit("Die Preiseinheit muss eine ganze Zahl ab 1 sein.")
    if proposal.list_amount is not None:
        Tier(1, proposal.list_amount)
    prices = [row.net_unit_price for row in proposal.tiers] + [proposal.list_amount]
    if any(price is not None and abs(price) >= MAX_PRICE for price in prices):
        raise InvalidPrice("Ein Preis hat höchstens zehn Stellen vor dem Komma.")
    if any(row.from_quantity > MAX_COUNT for row in proposal.tiers):
        raise UnsuitablePrices("Eine Staffelmenge ist zu groß. Bitte prüfen Sie die Mengen.")


def _check_basis(item: ContractItem, proposal: Proposal) -> None:
    """Raise UnsuitablePrices unless prices, discounts or a list price fit the item."""
    is_discount = item.basis == PriceBasis.LIST_DISCOUNT
    if (proposal.article_id is None) != (proposal.list_amount is None):
        raise UnsuitablePrices("Zu einem Listenpreis gehören der Artikel und sein neuer Betrag.")
    if proposal.article_id is not None:
        if not is_discount or proposal.tiers:
            raise UnsuitablePrices(
                "Ein Listenpreis ändert sich nur bei Positionen mit Nachlass, und ohne Staffel."
            )
        return
    if any((row.discount_percent is not None) != is_discount for row in proposal.tiers):
        kind = "einen Nachlass in Prozent" if is_discount else "einen Nettopreis"
        raise UnsuitablePrices(f"Diese Position braucht je Staffel {kind}.")


def _check_none_open(proposal: Proposal) -> None:
    """One undecided change per price: the item's, or that of one article under it."""
    rows = PriceChange.objects.filter(state__in=OPEN_STATES, item_id=proposal.item_id)
    if proposal.article_id is None:
        rows = rows.filter(article__isnull=True)
    else:
        rows = rows.filter(article_id=proposal.article_id)
    number = rows.values_list("number", flat=True).first()
    if number is not None:
        raise ChangePending(
            f"Die Änderung {number} dieses Preises ist noch nicht entschieden. Bitte ziehen Sie "
            "sie zurück, oder warten Sie die Entscheidung ab."
        )


def _verdict(item: ContractItem, change: PriceChange, tiers: Sequence[TierRow]) -> ChangeVerdict:
    verdict = judge(item, change, tiers)
    if verdict.direction is ChangeDirection.NONE:
        raise NothingChanges("Der Vorschlag nennt die Preise, die ohnehin gelten.")
    if abs(verdict.percent) >= MAX_PERCENT:
        raise InvalidPrice("Der Preis weicht zu weit vom geltenden ab. Bitte prüfen Sie ihn.")
    return verdict


def _write(change: PriceChange, tiers: Sequence[TierRow]) -> None:
    change.number = change_number(change.proposed_at)
    change.save(force_insert=True)
    PriceChangeTier.objects.bulk_create(
        PriceChangeTier(
            change=change,
            from_quantity=row.from_quantity,
            net_unit_price=row.net_unit_price,
            discount_percent=row.discount_percent,
        )
        for row in tiers
    )


def change_number(now: datetime) -> str:
    """The next number of a price change, e.g. PA-2026-001001; there may be gaps."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('agreements_change_number')")
        (number,) = cursor.fetchone()
    return f"PA-{berlin_day(now).year}-{number:06d}"


def _record(
    change: PriceChange, action: str, *, by: Membership | None, now: datetime, reason: str = ""
) -> None:
    record(
        change,
        action,
        by=by,
        now=now,
        after={
            "number": change.number,
            "state": change.state,
            "route": change.route,
            "percent": str(change.percent),
            "effective_from": change.effective_from.isoformat(),
        },
        reason=reason,
    )
