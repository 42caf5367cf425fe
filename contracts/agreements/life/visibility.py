"""What of an agreement an organisation may read, as conditions inside the query."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, Min, Q, QuerySet

from contracts.agreements.entitlement import named_on
from contracts.agreements.models import (
    AgreementState,
    AwardTerms,
    ContractItem,
    FrameworkAgreement,
)
from contracts.parties.models import Membership, OrganisationKind


def visible_terms(
    agreement: FrameworkAgreement, *, by: Membership, on: date
) -> QuerySet[AwardTerms]:
    """Terms in force on the day, one per award; a supplier reads its own, never a rival's."""
    rows = AwardTerms.objects.filter(award__lot__agreement=agreement, valid_from__lte=on)
    if by.organisation.kind == OrganisationKind.SUPPLIER:
        rows = rows.filter(award__supplier_id=by.organisation_id)
    return rows.order_by("award_id", "-valid_from").distinct("award_id")


def visible_items(
    agreement: FrameworkAgreement, *, by: Membership, on: date, text: str = ""
) -> QuerySet[ContractItem]:
    """Positions of the agreement: the purchasing body reads all, a buyer those of the lots it
    is named for on the day, a supplier its own. `listed` counts the articles on the shelf,
    `one_listing` is the key of one of them.
    """
    rows = ContractItem.objects.filter(award__lot__agreement=agreement)
    if agreement.purchasing_body_id != by.organisation_id:
        named = named_on(by.organisation_id, on).filter(agreement=agreement)
        lots = Q(award__lot__in=named.values("lot"))
        whole = Q(award__lot__agreement__in=named.filter(lot__isnull=True).values("agreement"))
        rows = rows.filter(Q(award__supplier_id=by.organisation_id) | lots | whole).exclude(
            award__lot__agreement__state=AgreementState.DRAFT
        )
    if text:
        rows = rows.filter(
            Q(number__istartswith=text)
            | Q(title__icontains=text)
            | Q(product_group__icontains=text)
        )
    return (
        rows.annotate(
            listed=Count("listings", filter=Q(listings__is_listed=True)),
            one_listing=Min("listings", filter=Q(listings__is_listed=True)),
        )
        .select_related("account", "award__lot", "award__supplier")
        .order_by("award__lot__number", "award__rank", "number", "pk")
    )
