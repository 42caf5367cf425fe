"""Who may see and order what, as a condition inside the query.

Every list, detail, basket and API view starts from `entitled_listings`; there is no
other way to an article (CJEU C-216/17: only named buyers may call off).
"""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from contracts.agreements.models import (
    AgreementState,
    BuyerEntitlement,
    FrameworkAgreement,
    Listing,
    Lot,
)
from contracts.ledger.models import ClosedReason


def named_on(buyer_id: int, on: date) -> QuerySet[BuyerEntitlement]:
    """Entitlements of the buyer on the day, whatever became of an agreement once listed."""
    return BuyerEntitlement.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=on), buyer_id=buyer_id, valid_from__lte=on
    ).exclude(agreement__state=AgreementState.DRAFT)


def entitlements_on(buyer_id: int, on: date) -> QuerySet[BuyerEntitlement]:
    """Entitlements of the buyer in force on the day (Europe/Berlin)."""
    return named_on(buyer_id, on).filter(
        agreement__state=AgreementState.LISTED,
        agreement__starts_on__lte=on,
        agreement__ends_on__gte=on,
    )


def entitled_lot_ids(buyer_id: int, on: date, *, held: bool = False) -> QuerySet[Lot, int]:
    """Keys of the open lots the buyer may call off from on the day.

    *held*: for what has its limits held already a full lot is as good as an open one.
    """
    is_open = Q(account__is_open=True)
    if held:
        is_open |= Q(account__closed_reason=ClosedReason.FULL)
    mine = entitlements_on(buyer_id, on).filter(
        Q(lot__isnull=True) | Q(lot=OuterRef("pk")), agreement=OuterRef("agreement")
    )
    return Lot.objects.filter(is_open, Exists(mine)).values_list("pk", flat=True)


def entitled_listings(buyer_id: int, on: date, *, held: bool = False) -> QuerySet[Listing]:
    """Listings the buyer may see and order on the day, or issue when *held* already."""
    return Listing.objects.filter(
        is_listed=True,
        article__is_active=True,
        item__award__lot__in=entitled_lot_ids(buyer_id, on, held=held),
    )


def known_listings(buyer_id: int, on: date) -> QuerySet[Listing]:
    """What the buyer is named for on the day, orderable or not.

    It may read why something of it can't be called off; of anything else, not even that it
    exists.
    """
    mine = named_on(buyer_id, on).filter(
        Q(lot__isnull=True) | Q(lot=OuterRef("item__award__lot")),
        agreement=OuterRef("item__award__lot__agreement"),
    )
    return Listing.objects.filter(Exists(mine))


def visible_agreements(organisation_id: int, on: date) -> QuerySet[FrameworkAgreement]:
    """Agreements an organisation may look into: its own, those it buys or supplies under.

    A buyer named on the day also reads why an agreement is suspended or how it ended.
    """
    named = named_on(organisation_id, on).filter(agreement=OuterRef("pk"))
    return FrameworkAgreement.objects.filter(
        Q(purchasing_body_id=organisation_id)
        | Exists(named)
        | Exists(
            Lot.objects.filter(
                agreement=OuterRef("pk"), awards__supplier_id=organisation_id
            ).exclude(agreement__state=AgreementState.DRAFT)
        )
    )


def quota_account_ids(buyer_id: int, on: date) -> dict[tuple[int, int | None], int]:
    """Quota accounts of the buyer by (agreement, lot or None)."""
    rows = (
        entitlements_on(buyer_id, on)
        .filter(quota__isnull=False)
        .annotate(account=F("quota_id"))
        .values_list("agreement_id", "lot_id", "account")
    )
    return {(agreement, lot): account for agreement, lot, account in rows}
