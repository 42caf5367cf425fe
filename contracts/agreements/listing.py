"""Putting an agreement and its articles on the shelf."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from contracts.audit.record import record
from contracts.oscar_adapter import create_products, create_stockrecords
from contracts.parties.models import Membership, Organisation

from .errors import NotListable
from .models import AgreementState, Article, ContractItem, FrameworkAgreement, Listing


def obstacles_to_listing(agreement: FrameworkAgreement, on: date) -> list[str]:
    """German sentences for everything that still keeps the agreement off the shelf.

    Term, notice number, estimate and maximum (CJEU C-23/20), named buyers
    (CJEU C-216/17), awards.
    """
    reasons = []
    if not agreement.starts_on <= on <= agreement.ends_on:
        reasons.append("Die Laufzeit umfasst den heutigen Tag nicht.")
    if not agreement.notice_number:
        reasons.append("Die Bekanntmachungsnummer fehlt.")
    if agreement.estimated_value is None:
        reasons.append("Der Schätzwert fehlt (EuGH C-23/20).")
    if agreement.account is None:
        reasons.append("Der Höchstwert fehlt (EuGH C-23/20).")
    if not agreement.entitlements.exists():
        reasons.append("Es sind keine Abrufberechtigten benannt (EuGH C-216/17).")
    if not agreement.lots.filter(awards__isnull=False).exists():
        reasons.append("Kein Los hat einen Zuschlag.")
    return reasons


def list_agreement(agreement_id: int, *, by: Membership, now: datetime, on: date) -> None:
    """Move a draft to the shelf, or raise NotListable with every reason."""
    with transaction.atomic():
        agreement = FrameworkAgreement.objects.select_for_update(of=("self",)).get(
            pk=agreement_id, purchasing_body_id=by.organisation_id
        )
        reasons = obstacles_to_listing(agreement, on)
        if agreement.state not in (AgreementState.DRAFT, AgreementState.SUSPENDED):
            reasons.append("Nur Entwürfe und ausgesetzte Vereinbarungen können gelistet werden.")
        if reasons:
            raise NotListable(reasons)
        before = agreement.state
        agreement.state = AgreementState.LISTED
        agreement.save(update_fields=["state"])
        record(
            agreement,
            "agreement.listed",
            by=by,
            now=now,
            before={"state": before},
            after={"state": agreement.state},
        )


def list_articles(
    pairs: Sequence[tuple[ContractItem, Article]], *, supplier: Organisation, now: datetime
) -> list[Listing]:
    """Create the listings of (item, article) pairs of one supplier, in bulk.

    Pairs that are listed already are skipped, so a second call is harmless.
    """
    with transaction.atomic():
        known = set(
            Listing.objects.filter(article__in=[article.pk for _, article in pairs]).values_list(
                "item_id", "article_id"
            )
        )
        fresh = [(item, art) for item, art in pairs if (item.pk, art.pk) not in known]
        create_products(article for _, article in fresh)
        stockrecords = create_stockrecords(fresh, supplier)
        return Listing.objects.bulk_create(
            [
                Listing(item=item, article=article, stockrecord_id=key, listed_at=now)
                for (item, article), key in zip(fresh, stockrecords, strict=True)
            ],
            batch_size=2000,
        )
