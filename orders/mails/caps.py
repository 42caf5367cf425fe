"""Mails about caps that are bound to a mark, to those responsible."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q

from contracts.agreements.caps.warnings import agreement_ids
from contracts.agreements.models import BuyerEntitlement, FrameworkAgreement
from contracts.clock import berlin_day
from contracts.ledger.errors import amount_in_words
from contracts.ledger.models import LimitAccount
from contracts.parties.models import Membership, Role, User
from orders.telling.notices import Notice

from . import addresses
from .mail import Gone, Mail, found, one_line


def reached(notice: Notice, now: datetime) -> Iterator[Mail]:
    """To the person responsible, the contract managers of the body, and for a quota the
    procurement officers of its buyer: once per account, mark and person under one limit.
    """
    account = found(LimitAccount.objects.all(), notice.facts["account"])
    agreement = _agreement_of(account)
    limit, bound = Decimal(notice.facts["limit"]), Decimal(notice.facts["bound"])
    mark, title = notice.facts["mark"], one_line(account.title)
    for user in _responsible(agreement, account, berlin_day(now)):
        yield Mail(
            key=f"cap:{account.pk}:{limit}:{mark}:{user.pk}",
            recipient=user.email,
            subject=f"{title}: {mark} % erreicht",
            body=(
                f"Guten Tag {user},\n\n"
                f"{title} der Rahmenvereinbarung {agreement} ist zu mindestens {mark} % "
                f"gebunden: {amount_in_words(bound, account.unit)} von "
                f"{amount_in_words(limit, account.unit)}, frei sind noch "
                f"{amount_in_words(max(limit - bound, Decimal(0)), account.unit)}.\n"
                f"{addresses.agreement(agreement.pk)}\n"
            ),
        )


def _agreement_of(account: LimitAccount) -> FrameworkAgreement:
    pk = agreement_ids([account.pk]).get(account.pk)
    if pk is None:
        raise Gone(f"Zum Konto {account.pk} gibt es keine Rahmenvereinbarung mehr.")
    return FrameworkAgreement.objects.get(pk=pk)


def _responsible(agreement: FrameworkAgreement, account: LimitAccount, on: date) -> list[User]:
    buyers = BuyerEntitlement.objects.filter(quota=account).values("buyer_id")
    members = Membership.objects.valid_on(on).filter(
        Q(pk=agreement.responsible_id)
        | Q(role=Role.CONTRACT_MANAGER, organisation_id=agreement.purchasing_body_id)
        | Q(role=Role.PROCUREMENT_OFFICER, organisation_id__in=buyers)
    )
    rows = members.select_related("user").order_by("pk")
    return list({member.user_id: member.user for member in rows}.values())
