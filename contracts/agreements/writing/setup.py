"""Writing an agreement down: lots, awards, terms, items, prices, entitlements.

Each function makes one record with the limit accounts that belong to it. Listing is a
separate, checked step (`contracts.agreements.life.listing`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from contracts import constraints
from contracts.agreements.errors import AgreementError
from contracts.agreements.models import (
    AllocationRule,
    Award,
    BuyerEntitlement,
    ChargeType,
    ContractItem,
    FrameworkAgreement,
    ItemRole,
    ListPriceVersion,
    Lot,
    LotCpv,
    PriceBasis,
    PriceTier,
    PriceVersion,
)
from contracts.agreements.models.article import Article
from contracts.agreements.refused import FieldRefused, OutOfOrder, translated
from contracts.agreements.serialised import lock_agreement
from contracts.agreements.writing.audited import plain_values
from contracts.agreements.writing.cpv import check_codes
from contracts.agreements.writing.editing import require_draft, require_not_ended
from contracts.agreements.writing.facts import (
    agreement_facts,
    award_facts,
    entitlement_facts,
    item_facts,
    lot_facts,
)
from contracts.agreements.writing.managing import managed_agreement, require_manager
from contracts.agreements.writing.terms import Terms, first_terms
from contracts.agreements.writing.tiers import TierRow, check_tiers, tier_words
from contracts.audit.record import record
from contracts.ledger.models import AccountKind, LimitAccount, Unit
from contracts.ledger.movements import open_account
from contracts.parties.models import Membership, Organisation, OrganisationKind


class OverlappingPrices(AgreementError):
    """The item (or article) has another version within these days."""

    code = "overlapping_prices"
    title = "Die Preisfassungen überschneiden sich"
    field = "effective_from"
    advice = "Wählen Sie einen Tag nach dem Beginn der letzten Preisfassung."


_OVERLAP: constraints.Refusals = dict.fromkeys(
    ("agreements_price_no_overlap", "agreements_list_price_no_overlap"),
    partial(
        OverlappingPrices,
        "Für diese Tage gibt es bereits eine Preisfassung. Bitte wählen Sie andere Tage.",
    ),
)


def create_agreement(
    *,
    number: str,
    title: str,
    notice_number: str,
    starts_on: date,
    ends_on: date,
    estimate: Decimal | None,
    maximum: Decimal | None,
    term_justification: str = "",
    responsible: Membership | None = None,
    by: Membership,
    now: datetime,
) -> FrameworkAgreement:
    """Create a draft with its maximum (net EUR, CJEU C-23/20) on a limit account.

    Whoever creates it is responsible unless told. What is still missing keeps it from
    being listed, not from being written. Raises NotAllowed, AlreadyExists, OutOfOrder.
    """
    require_manager(by, now)
    with translated(), transaction.atomic():
        account = None
        if maximum is not None:
            account = _value_account(
                AccountKind.AGREEMENT_VALUE, f"{number} Höchstwert", maximum, notice_number, by, now
            )
        agreement = FrameworkAgreement.objects.create(
            number=number,
            title=title,
            purchasing_body_id=by.organisation_id,
            responsible=responsible or by,
            notice_number=notice_number,
            starts_on=starts_on,
            ends_on=ends_on,
            estimated_value=estimate,
            account=account,
            term_justification=term_justification,
        )
        record(
            agreement,
            "agreement.created",
            by=by,
            now=now,
            after=plain_values(agreement_facts(agreement)),
        )
    return agreement


def create_lot(
    agreement: FrameworkAgreement,
    *,
    number: int,
    title: str,
    allocation: AllocationRule,
    estimate: Decimal | None,
    maximum: Decimal,
    cpv: Sequence[str] = (),
    by: Membership,
    now: datetime,
) -> Lot:
    """Create a lot of a draft with its maximum value (net EUR).

    Raises NotAllowed, NotFound, NotEditable, AlreadyExists, UnknownCpv.
    """
    codes = check_codes(cpv)
    with translated(), transaction.atomic():
        require_draft(managed_agreement(agreement.pk, by=by, now=now), "Lose sind")
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
        LotCpv.objects.bulk_create(LotCpv(lot=lot, code=code) for code in codes)
        record(lot, "lot.created", by=by, now=now, after=plain_values(lot_facts(lot)))
    return lot


def create_award(
    lot: Lot,
    *,
    supplier: Organisation,
    reference: str,
    awarded_on: date,
    rank: int = 1,
    maximum: Decimal | None = None,
    terms: Terms | None = None,
    delivery_days: int = 10,
    minimum_order: Decimal = Decimal(0),
    payment_days: int = 30,
    by: Membership,
    now: datetime,
) -> Award:
    """Create an award of a draft with the first version of its terms and, where agreed, its cap.

    `terms` replaces the three figures beside it. Raises NotAllowed, NotFound, NotEditable,
    AlreadyExists.
    """
    with translated(), transaction.atomic():
        require_draft(managed_agreement(lot.agreement_id, by=by, now=now), "Zuschläge sind")
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
        record(award, "award.created", by=by, now=now, after=plain_values(award_facts(award)))
        agreed = terms or Terms(
            payment_days=payment_days, delivery_days=delivery_days, minimum_order=minimum_order
        )
        first_terms(award, agreed, by=by, now=now)
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
    """Create a row of the price sheet of a draft.

    Raises NotAllowed, NotFound, NotEditable (a listed agreement gets a further position by two
    people and the register only: `prices.additions`), AlreadyExists, OutOfOrder.
    """
    with transaction.atomic():
        require_draft(managed_agreement(award.lot.agreement_id, by=by, now=now), "Positionen sind")
        return write_item(award, spec, by=by, now=now)


def write_item(award: Award, spec: ItemSpec, *, by: Membership, now: datetime) -> ContractItem:
    """The row itself, for whoever has seen to it that it may be written.

    The quantity cap belongs to the position of the lot: further ranks with the same
    number share the account of the first, so that a cascade does not multiply it.
    Raises AlreadyExists, OutOfOrder (another cap than the position has already).
    """
    with translated(), transaction.atomic():
        account_id = position_account_id(award, spec, by=by, now=now)
        _require_same_cap(spec, account_id)
        item = unsaved_item(award.pk, spec, account_id=account_id)
        item.save(force_insert=True)
        record(item, "item.created", by=by, now=now, after=plain_values(item_facts(item)))
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


def position_account_id(
    award: Award, spec: ItemSpec, *, by: Membership, now: datetime
) -> int | None:
    """The cap of the position: that of the same number in the lot, or a new one."""
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


def _require_same_cap(spec: ItemSpec, account_id: int | None) -> None:
    """A further rank of the position takes its cap as it is, or names none."""
    if account_id is None or spec.max_quantity is None:
        return
    limit = LimitAccount.objects.values_list("limit_amount", flat=True).get(pk=account_id)
    if limit != spec.max_quantity:
        raise OutOfOrder(
            "max_quantity",
            f"Die Position {spec.number} hat in diesem Los schon die Höchstmenge {limit:.0f}, die "
            "alle Ränge teilen. Bitte lassen Sie das Feld leer, oder geben Sie dieselbe an.",
        )


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
    """Write a dated price version of a draft's position.

    `valid_to` is the first day it no longer holds. Raises NotAllowed, NotFound, NotEditable (a
    listed price changes by `prices.changes` only), and as `write_price`.
    """
    agreement_id = item.award.lot.agreement_id
    with transaction.atomic():
        require_draft(managed_agreement(agreement_id, by=by, now=now), "Preise sind")
        return write_price(
            item,
            tiers,
            valid_from=valid_from,
            valid_to=valid_to,
            price_unit=price_unit,
            source=source,
            by=by,
            now=now,
        )


def write_price(
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
    """The version itself, for whoever has seen to it that it may be written.

    Raises OverlappingPrices, TierOrderError or InvalidPrice.
    """
    check_tiers(tiers)
    with constraints.translated(_OVERLAP), transaction.atomic():
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
        values = {
            "valid_from": valid_from,
            "price_unit": price_unit,
            "tiers": [tier_words(row) for row in tiers],
        }
        record(item, "price.set", by=by, now=now, after=plain_values(values), reason=source)
    return version


def set_list_price(
    article: Article,
    amount: Decimal,
    *,
    item: ContractItem,
    valid_from: date,
    price_unit: int = 1,
    evidence: str,
    by: Membership,
    now: datetime,
) -> ListPriceVersion:
    """Write a supplier's list price for a draft's position, with its evidence.

    A listed one changes by `prices.changes` or a published catalogue. Raises NotAllowed,
    NotFound, NotEditable, OverlappingPrices.
    """
    agreement_id = item.award.lot.agreement_id
    with transaction.atomic():
        require_draft(managed_agreement(agreement_id, by=by, now=now), "Listenpreise sind")
        return write_list_price(
            article,
            amount,
            item=item,
            valid_from=valid_from,
            price_unit=price_unit,
            evidence=evidence,
            by=by,
            now=now,
        )


def write_list_price(
    article: Article,
    amount: Decimal,
    *,
    item: ContractItem,
    valid_from: date,
    price_unit: int = 1,
    evidence: str,
    by: Membership,
    now: datetime,
) -> ListPriceVersion:
    """The version itself, for whoever has seen to it that it may be written.

    Raises OverlappingPrices.
    """
    with constraints.translated(_OVERLAP), transaction.atomic():
        return ListPriceVersion.objects.create(
            article=article,
            item=item,
            amount=amount,
            price_unit=price_unit,
            valid=DateRange(valid_from, None),
            evidence=evidence,
            approved_by=by,
            created_at=now,
        )


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
    """Name a buyer (CJEU C-216/17), with a quota (net EUR) where one is agreed.

    School authorities buy: who sees a call-off from which side follows from the kind. Raises
    FieldRefused, NotAllowed, NotFound, AgreementEnded, OverlappingEntitlements, OutOfOrder.
    """
    if buyer.kind != OrganisationKind.SCHOOL_AUTHORITY:
        raise FieldRefused("buyer", f"{buyer.name} ist kein Schulträger und kann nicht abrufen.")
    with translated(), transaction.atomic():
        agreement = managed_agreement(agreement.pk, by=by, now=now)
        require_not_ended(agreement)
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
        made = BuyerEntitlement.objects.create(
            agreement=agreement,
            lot=lot,
            buyer=buyer,
            valid_from=valid_from,
            valid_to=valid_to,
            quota=account,
        )
        record(
            made, "entitlement.named", by=by, now=now, after=plain_values(entitlement_facts(made))
        )
        lock_agreement(agreement, made.lot_id)
    return made


def _value_account(
    kind: AccountKind, title: str, limit: Decimal, document: str, by: Membership, now: datetime
) -> LimitAccount:
    return open_account(
        kind=kind, unit=Unit.EUR, title=title, limit=limit, document=document, by=by, now=now
    )
