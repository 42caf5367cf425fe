"""The terms of an award: each change is a new dated version, never an edit.

Call-offs keep the version they were made under.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from contracts.agreements.models import AgreementState, Award, AwardTerms
from contracts.agreements.refused import OutOfOrder, translated
from contracts.agreements.writing.audited import differences, plain_values
from contracts.agreements.writing.editing import editable_award
from contracts.audit.record import record
from contracts.clock import berlin_day
from contracts.parties.models import Membership


@dataclass(frozen=True, slots=True)
class Terms:
    """What was agreed beside the prices: days, per cent, EUR net, and the price clause."""

    payment_days: int = 30
    discount_percent: Decimal = Decimal(0)
    discount_days: int = 0
    delivery_days: int = 10
    minimum_order: Decimal = Decimal(0)
    penalty_percent_per_week: Decimal = Decimal(0)
    delivery_clause: str = ""
    split_over_ranks: bool = False
    confirmation_days: int = 5
    rise_percent_per_year: Decimal | None = None
    rise_earliest_on: date | None = None
    price_notice_days: int = 0
    automatic_fall: bool = False


def first_terms(award: Award, terms: Terms, *, by: Membership, now: datetime) -> AwardTerms:
    """Write version 1 together with the award itself. Raises OutOfOrder."""
    _require_discount_period(terms)
    with translated(), transaction.atomic():
        made = AwardTerms.objects.create(award=award, valid_from=award.awarded_on, **asdict(terms))
    record(made, "terms.added", by=by, now=now, after=plain_values(asdict(terms)))
    return made


def add_terms(
    *, award_id: int, terms: Terms, valid_from: date, document: str, by: Membership, now: datetime
) -> AwardTerms:
    """Write the next version, in force from *valid_from* on.

    It begins after the version before, and once the agreement is listed not in the past.
    Raises OutOfOrder, NotAllowed, NotFound, AgreementEnded.
    """
    _require_discount_period(terms)
    with translated(), transaction.atomic():
        award, agreement = editable_award(award_id, by=by, now=now)
        latest = award.terms.order_by("-version").first()
        if latest is not None and valid_from <= latest.valid_from:
            raise OutOfOrder(
                "valid_from",
                f"Die Fassung {latest.version} gilt erst ab dem {latest.valid_from:%d.%m.%Y}. "
                "Bitte wählen Sie einen späteren Tag.",
            )
        if agreement.state != AgreementState.DRAFT and valid_from < berlin_day(now):
            raise OutOfOrder(
                "valid_from", "Neue Konditionen gelten frühestens ab heute, nicht rückwirkend."
            )
        made = AwardTerms.objects.create(
            award=award,
            version=1 if latest is None else latest.version + 1,
            valid_from=valid_from,
            **asdict(terms),
        )
        known = {name: getattr(latest, name, None) for name in asdict(terms)}
        before, after = differences(known, asdict(terms))
        record(
            made,
            "terms.added",
            by=by,
            now=now,
            before=before,
            after={"version": made.version, "valid_from": valid_from.isoformat(), **after},
            reason=document,
        )
    return made


def _require_discount_period(terms: Terms) -> None:
    if terms.discount_percent > 0 and terms.discount_days == 0:
        raise OutOfOrder(
            "discount_days", "Bitte geben Sie an, in wie vielen Tagen das Skonto gilt."
        )
