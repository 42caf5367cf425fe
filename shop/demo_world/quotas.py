"""Quotas of single buyers: agreed, moved from one to the other, given back."""

from __future__ import annotations

from decimal import Decimal

from contracts.agreements.models import BuyerEntitlement
from contracts.agreements.writing.buyers import return_quota, set_quota, transfer_quota

from .days import Days
from .people import People
from .plans import PRINTERS_NUMBER, SCHOOL_IT_NUMBER


def share_out(people: People, days: Days) -> None:
    """The Amt gets a quota and more of it from the free schools; it returned one of printers."""
    manager = people["vertrag"]
    amt, printers = (
        _entitlement("amt-seeblick", number) for number in (SCHOOL_IT_NUMBER, PRINTERS_NUMBER)
    )
    set_quota(
        entitlement_id=amt.pk,
        quota=Decimal(120_000),
        document="Kontingentvereinbarung Amt Seeblick",
        by=manager,
        now=days.ago(60, 9),
    )
    transfer_quota(
        from_id=_entitlement("lindenhof", SCHOOL_IT_NUMBER).pk,
        to_id=amt.pk,
        amount=Decimal(40_000),
        document="Schreiben der Freien Schulen Lindenhof, Umschichtung",
        by=manager,
        now=days.ago(40, 9),
    )
    set_quota(
        entitlement_id=printers.pk,
        quota=Decimal(25_000),
        document="Kontingentvereinbarung Drucker",
        by=manager,
        now=days.ago(60, 10),
    )
    return_quota(
        entitlement_id=printers.pk,
        document="Rückgabe: Die Schulen mieten ihre Geräte künftig",
        by=people["amt"],
        now=days.ago(15, 9),
    )


def _entitlement(buyer: str, agreement: str) -> BuyerEntitlement:
    return BuyerEntitlement.objects.get(buyer__code=buyer, agreement__number=agreement)
