"""Writing an agreement down: lots, awards, terms, items, prices, entitlements.

Each function makes one record with the limit accounts that belong to it. Listing is a
separate, checked step (`contracts.agreements.listing`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from contracts.ledger.models import AccountKind, LimitAccount, Unit
from contracts.ledger.movements import open_account
from contracts.parties.models import Membership, Organisation
from contracts.pricing import Tier, TierOrderError, active_tier

from .errors import AgreementError
from .models import (
    AllocationRule,
    Award,
    AwardTerms,
    BuyerEntitlement,
    ChargeType,
    ContractItem,
    FrameworkAgreement,
    ItemRole,
    ListPriceVersion,
    Lot,
    PriceBasis,
    PriceTier,
    PriceVersion,
)
from .models.article import Article


class OverlappingPrices(AgreementError):
    """The item (or article) has another version within these days."""


@dataclass(frozen=True, slots=True)
class TierRow:
    """From this quantity on: a net unit price, or a percentage off the list price."""

    from_quantity: int
    net_unit_price: Decimal | None = None
    discount_percent: Decimal | None = None


def create_agreement(
    *,
    number: str,
    title: str,
    notice_number: str,
    starts_on: date,
    ends_on: date,
    estimate: Decimal,
    maximum: Decimal,
    by: Membership,
    now: datetime,
) -> FrameworkAgreement:
    """Create a draft with its maximum (net EUR, CJEU C-23/20) on a limit account."""
    with transaction.atomic():
        account = _value_account(
            AccountKind.AGREEMENT_VALUE, f"{number} Höchstwert", maximum, notice_number, by, now
        )
        return FrameworkAgreement.objects.create(
            number=number,
            title=title,
            purchasing_body_id=by.organisation_id,
            responsible=by,
            notice_number=notice_number,
            starts_on=starts_on,
            ends_on=ends_on,
            estimated_value=estimate,
            account=account,
        )


def create_lot(
    agreement: FrameworkAgreement,
    *,
    number: int,
    title: str,
    allocation: AllocationRule,
    estimate: Decimal,
    maximum: Decimal,
    cpv: Sequence[str] = (),
    by: Membership,
    now: datetime,
) -> Lot:
    """Create a lot with its maximum value (net EUR)."""
    with transaction.atomic():
        account = _value_account(
            AccountKind.LOT_VALUE,
            f"{agreement.number} Los {number} Höchstwert",
            maximum,
            agreement.notice_number,
            by,
            now,
        )
        lot = Lot.objects.create(
            agreement=agreement,
            number=number,
            title=title,
            allocation=allocation,
            estimated_value=estimate,
            account=account,
        )
        for code in cpv:
            lot.cpv_codes.create(code=code)
    return lot


def create_award(
    lot: Lot,
    *,
    supplier: Organisation,
    reference: str,
    awarded_on: date,
    rank: int = 1,
    maximum: Decimal | None = None,
    delivery_days: int = 10,
    minimum_order: Decimal = Decimal(0),
    payment_days: int = 30,
    by: Membership,
    now: datetime,
) -> Award:
    """Create an award with the first version of its terms and, where agreed, its own cap."""
    with transaction.atomic():
        account = None
        if maximum is not None:
            account = _value_account(
                AccountKind.AWARD_VALUE, f"Zuschlag {reference}", maximum, reference, by, now
            )
        award = Award.objects.create(
            lot=lot,
            supplier=supplier,
            rank=rank,
            reference=reference,
            awarded_on=awarded_on,
            account=account,
        )
        AwardTerms.objects.create(
            award=award,
            valid_from=awarded_on,
            delivery_days=delivery_days,
            minimum_order=minimum_order,
            payment_days=payment_days,
        )
    return award


@dataclass(frozen=True, slots=True)
class ItemSpec:
    """A row of the price sheet; `max_quantity` (pieces) becomes the cap of the position.

    More than one period makes it a charge per period of `period_months` months each.
    """

    number: str
    title: str
    basis: PriceBasis
    product_group: str = ""
    unit: str = "C62"
    role: ItemRole = ItemRole.GOODS
    periods: int = 1
    period_months: int = 12
    vat_class: str = "standard"
    cumulative_tiers: bool = False
    max_quantity: int | None = None
    delivery_days: int | None = None


def create_item(award: Award, spec: ItemSpec, *, by: Membership, now: datetime) -> ContractItem:
    """Create a row of the price sheet.

    The quantity cap belongs to the position of the lot: further ranks with the same
    number share the account of the first, so that a cascade does not multiply it.
    """
    with transaction.atomic():
        item = unsaved_item(award.pk, spec, account_id=_position_account_id(award, spec, by, now))
        item.save(force_insert=True)
    return item


def unsaved_item(award_id: int, spec: ItemSpec, *, account_id: int | None) -> ContractItem:
    """The row of a specification, for whoever writes many at once."""
    return ContractItem(
        award_id=award_id,
        number=spec.number,
        title=spec.title,
        unit=spec.unit,
        basis=spec.basis,
        product_group=spec.product_group,
        charge=ChargeType.PER_PERIOD if spec.periods > 1 else ChargeType.ONE_OFF,
        periods=spec.periods,
        period_months=spec.period_months if spec.periods > 1 else 0,
        role=spec.role,
        cumulative_tiers=spec.cumulative_tiers,
        vat_class=spec.vat_class,
        delivery_days=spec.delivery_days,
        account_id=account_id,
    )


def _position_account_id(award: Award, spec: ItemSpec, by: Membership, now: datetime) -> int | None:
    shared = (
        ContractItem.objects.filter(
            award__lot_id=award.lot_id, number=spec.number, account__isnull=False
        )
        .values_list("account_id", flat=True)
        .first()
    )
    if shared is not None or spec.max_quantity is None:
        return shared
    account = open_account(
        kind=AccountKind.ITEM_QUANTITY,
        unit=Unit.PIECES,
        title=f"Position {spec.number} {spec.title}",
        limit=Decimal(spec.max_quantity),
        document=award.reference,
        by=by,
        now=now,
    )
    return int(account.pk)


def set_price(
    item: ContractItem,
    tiers: Sequence[TierRow],
    *,
    valid_from: date,
    valid_to: date | None = None,
    price_unit: int = 1,
    source: str,
    by: Membership,
    now: datetime,
) -> PriceVersion:
    """Write a dated price version. `valid_to` is the first day it no longer holds.

    Raises OverlappingPrices, TierOrderError or InvalidPrice.
    """
    _check_tiers(tiers)
    try:
        with transaction.atomic():
            version = PriceVersion.objects.create(
                item=item,
                valid=DateRange(valid_from, valid_to),
                price_unit=price_unit,
                source=source,
                approved_by=by,
                created_at=now,
            )
            PriceTier.objects.bulk_create(
                PriceTier(
                    version=version,
                    from_quantity=row.from_quantity,
                    net_unit_price=row.net_unit_price,
                    discount_percent=row.discount_percent,
                )
                for row in tiers
            )
    except IntegrityError as error:
        raise _overlap(error, "agreements_price_no_overlap") from error
    return version


def set_list_price(
    article: Article,
    amount: Decimal,
    *,
    valid_from: date,
    price_unit: int = 1,
    evidence: str,
    by: Membership,
    now: datetime,
) -> ListPriceVersion:
    """Write a supplier's list price with its evidence. Raises OverlappingPrices."""
    try:
        with transaction.atomic():
            return ListPriceVersion.objects.create(
                article=article,
                amount=amount,
                price_unit=price_unit,
                valid=DateRange(valid_from, None),
                evidence=evidence,
                approved_by=by,
                created_at=now,
            )
    except IntegrityError as error:
        raise _overlap(error, "agreements_list_price_no_overlap") from error


def entitle(
    agreement: FrameworkAgreement,
    buyer: Organisation,
    *,
    valid_from: date,
    valid_to: date | None = None,
    lot: Lot | None = None,
    quota: Decimal | None = None,
    by: Membership,
    now: datetime,
) -> BuyerEntitlement:
    """Name a buyer (CJEU C-216/17), with a quota (net EUR) where one is agreed."""
    with transaction.atomic():
        account = None
        if quota is not None:
            account = _value_account(
                AccountKind.BUYER_QUOTA,
                f"Kontingent {buyer.name} {agreement.number}",
                quota,
                agreement.notice_number,
                by,
                now,
            )
        return BuyerEntitlement.objects.create(
            agreement=agreement,
            lot=lot,
            buyer=buyer,
            valid_from=valid_from,
            valid_to=valid_to,
            quota=account,
        )


def _value_account(
    kind: AccountKind, title: str, limit: Decimal, document: str, by: Membership, now: datetime
) -> LimitAccount:
    return open_account(
        kind=kind, unit=Unit.EUR, title=title, limit=limit, document=document, by=by, now=now
    )


def _check_tiers(tiers: Sequence[TierRow]) -> None:
    priced = [
        Tier(row.from_quantity, row.net_unit_price)
        for row in tiers
        if row.net_unit_price is not None
    ]
    if priced and len(priced) == len(tiers):
        active_tier(priced, 1)
        return
    if priced or not tiers or any(row.discount_percent is None for row in tiers):
        raise TierOrderError("Eine Staffel nennt entweder Preise oder Nachlässe.")
    quantities = [row.from_quantity for row in tiers]
    if quantities[0] != 1 or quantities != sorted(set(quantities)):
        raise TierOrderError("Staffelmengen beginnen bei 1 und steigen ohne Wiederholung.")


def _overlap(error: IntegrityError, constraint: str) -> Exception:
    diagnostics = getattr(error.__cause__, "diag", None)
    if getattr(diagnostics, "constraint_name", None) == constraint:
        return OverlappingPrices("Für diese Tage gibt es bereits eine Preisfassung.")
    return error
