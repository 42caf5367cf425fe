"""The audit trail of an agreement with all that belongs to it."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Model, Q, QuerySet

from contracts.agreements.models import (
    AgreementDocument,
    Award,
    AwardTerms,
    BuyerEntitlement,
    ContractItem,
    ContractModification,
    FrameworkAgreement,
    Lot,
    PriceChange,
)
from contracts.audit.models import AuditEntry


def trail(agreement: FrameworkAgreement) -> QuerySet[AuditEntry]:
    """Every entry about the agreement, its lots, awards, terms, positions, buyers, documents,
    price changes and modifications, the newest first, in one query.

    For the purchasing body: it holds what concerns single buyers and suppliers.
    """
    wanted = _about(FrameworkAgreement, FrameworkAgreement.objects.filter(pk=agreement.pk))
    for model, rows in _parts(agreement):
        wanted |= _about(model, rows)
    return (
        AuditEntry.objects.filter(wanted)
        .select_related("person", "membership", "organisation", "on_behalf_of")
        .order_by("-pk")
    )


def _about(model: type[Model], rows: QuerySet[Model]) -> Q:
    kind = model._meta.label_lower  # noqa: SLF001 - Django documents _meta
    return Q(object_type=kind, object_id__in=rows.values("pk"))


def _parts(agreement: FrameworkAgreement) -> Iterator[tuple[type[Model], QuerySet[Model]]]:
    yield Lot, Lot.objects.filter(agreement=agreement)
    yield Award, Award.objects.filter(lot__agreement=agreement)
    yield AwardTerms, AwardTerms.objects.filter(award__lot__agreement=agreement)
    yield ContractItem, ContractItem.objects.filter(award__lot__agreement=agreement)
    yield BuyerEntitlement, BuyerEntitlement.objects.filter(agreement=agreement)
    yield AgreementDocument, AgreementDocument.objects.filter(agreement=agreement)
    yield PriceChange, PriceChange.objects.filter(item__award__lot__agreement=agreement)
    yield ContractModification, ContractModification.objects.filter(agreement=agreement)
