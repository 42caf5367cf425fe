"""Watching the caps: warnings at 70, 85 and 95 %, and the stop of full lots.

`review` is idempotent and set-based. A movement nudges it for its lots after the commit;
beat repeats it for all of them, so nothing a dying process left undone stays so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from contracts.agreements.caps.stops import StopReview, review_stops
from contracts.agreements.caps.use import MARKS
from contracts.agreements.caps.warnings import agreement_ids
from contracts.agreements.models import AgreementState, BuyerEntitlement, FrameworkAgreement, Lot
from contracts.clock import berlin_day
from contracts.ledger.errors import amount_in_words
from contracts.ledger.models import LimitAccount
from contracts.parties.models import Membership, Role, User
from orders.telling import addresses
from orders.telling.outbox import Mail, enqueue_mails


@dataclass(frozen=True, slots=True)
class CapReview:
    """What a review found: (account, mark) raised and cleared, accounts closed and opened."""

    raised: tuple[tuple[int, int], ...]
    cleared: tuple[tuple[int, int], ...]
    stops: StopReview


def review(*, now: datetime, lot_ids: Collection[int] | None = None) -> CapReview:
    """Raise and clear warnings, close and open lots; for the
    agreements of the lots named, or for all.

    A warning is reached when held and posted together are at or above its percentage of
    the limit, and cleared below it. Those responsible get one mail per account, mark and
    person under one limit; of several marks reached at once they hear of the highest.
    """
    if lot_ids is not None:
        # the agreement's rest is shared, so its other lots may be full with these
        siblings = Lot.objects.filter(agreement__lots__in=lot_ids)
        lot_ids = list(siblings.values_list("pk", flat=True).distinct())
    with transaction.atomic():
        cleared = _clear(now, lot_ids)
        raised = _raise(now, lot_ids)
        _announce(raised, now)
    return CapReview(tuple(raised), tuple(cleared), review_stops(now=now, lot_ids=lot_ids))


def _raise(now: datetime, lot_ids: Collection[int] | None) -> list[tuple[int, int]]:
    return _pairs(_RAISE, now, lot_ids)


def _clear(now: datetime, lot_ids: Collection[int] | None) -> list[tuple[int, int]]:
    return _pairs(_CLEAR, now, lot_ids)


def _pairs(statement: str, now: datetime, lot_ids: Collection[int] | None) -> list[tuple[int, int]]:
    listed = [AgreementState.LISTED.value, AgreementState.SUSPENDED.value]
    values: dict[str, Any] = {
        "now": now,
        "marks": list(MARKS),
        "listed": listed,
        "lot_ids": None if lot_ids is None else list(lot_ids),
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return sorted((int(account), int(mark)) for account, mark in cursor.fetchall())


# Every cap of an agreement that touches the lots: agreement, lots, awards, items, quotas.
_WATCHED = """
WITH lots AS (
  SELECT lot.id, lot.account_id, lot.agreement_id, agreement.account_id AS maximum_id
    FROM agreements_lot lot
    JOIN agreements_frameworkagreement agreement ON agreement.id = lot.agreement_id
   WHERE agreement.state = ANY(%(listed)s)
     AND (%(lot_ids)s::bigint[] IS NULL OR lot.id = ANY(%(lot_ids)s::bigint[]))
), watched AS (
  SELECT account_id AS id FROM lots
  UNION SELECT maximum_id FROM lots
  UNION SELECT award.account_id FROM agreements_award award JOIN lots ON lots.id = award.lot_id
  UNION SELECT item.account_id
          FROM agreements_contractitem item
          JOIN agreements_award award ON award.id = item.award_id
          JOIN lots ON lots.id = award.lot_id
  UNION SELECT entitlement.quota_id
          FROM agreements_buyerentitlement entitlement
          JOIN lots ON lots.agreement_id = entitlement.agreement_id
)
"""

_REACHED = """account.limit_amount > 0
   AND (account.held + account.posted) * 100 >= {mark} * account.limit_amount"""

_RAISE = f"""{_WATCHED}
INSERT INTO agreements_capwarning (account_id, mark, raised_at)
SELECT account.id, marks.mark, %(now)s
  FROM watched
  JOIN ledger_limitaccount account ON account.id = watched.id
 CROSS JOIN unnest(%(marks)s::int[]) AS marks(mark)
 WHERE {_REACHED.format(mark="marks.mark")}
 ORDER BY account.id, marks.mark
    ON CONFLICT (account_id, mark) WHERE cleared_at IS NULL DO NOTHING
RETURNING account_id, mark"""  # noqa: S608 - put together from the constants above

_CLEAR = f"""{_WATCHED}
UPDATE agreements_capwarning warning
   SET cleared_at = %(now)s
  FROM watched
  JOIN ledger_limitaccount account ON account.id = watched.id
 WHERE warning.account_id = account.id AND warning.cleared_at IS NULL
   AND NOT ({_REACHED.format(mark="warning.mark")})
RETURNING warning.account_id, warning.mark"""  # noqa: S608 - put together from the constants above


def _announce(raised: Iterable[tuple[int, int]], now: datetime) -> None:
    highest: dict[int, int] = {}
    for account_id, mark in raised:
        highest[account_id] = max(mark, highest.get(account_id, 0))
    if not highest:
        return
    accounts = LimitAccount.objects.in_bulk(highest)
    agreements = _agreements_of(highest)
    people = _responsible(agreements, highest, berlin_day(now))
    enqueue_mails(
        (
            _mail(accounts[account_id], mark, agreements[account_id], user)
            for account_id, mark in highest.items()
            for user in people[account_id]
        ),
        now=now,
    )


def _mail(account: LimitAccount, mark: int, agreement: FrameworkAgreement, user: User) -> Mail:
    return Mail(
        key=f"cap:{account.pk}:{account.limit_amount}:{mark}:{user.pk}",
        recipient=user.email,
        subject=f"{account.title}: {mark} % erreicht",
        body=(
            f"Guten Tag {user},\n\n"
            f"{account.title} der Rahmenvereinbarung {agreement} ist zu mindestens {mark} % "
            f"gebunden: {amount_in_words(account.bound, account.unit)} von "
            f"{amount_in_words(account.limit_amount, account.unit)}, frei sind noch "
            f"{amount_in_words(max(account.available, Decimal(0)), account.unit)}.\n"
            f"{addresses.agreement(agreement.pk)}\n"
        ),
    )


def _agreements_of(account_ids: Collection[int]) -> dict[int, FrameworkAgreement]:
    found = agreement_ids(account_ids)
    agreements = FrameworkAgreement.objects.in_bulk(set(found.values()))
    return {account: agreements[pk] for account, pk in found.items()}


def _responsible(
    agreements: Mapping[int, FrameworkAgreement], account_ids: Collection[int], on: date
) -> dict[int, Sequence[User]]:
    """Who hears of an account: the person responsible, the contract managers of the body,
    and for a quota the procurement officers of its buyer. One entry per person.
    """
    buyers = dict(
        BuyerEntitlement.objects.filter(quota__in=account_ids).values_list("quota_id", "buyer_id")
    )
    members = Membership.objects.valid_on(on).filter(
        Q(pk__in={row.responsible_id for row in agreements.values()})
        | Q(
            role=Role.CONTRACT_MANAGER,
            organisation__in={row.purchasing_body_id for row in agreements.values()},
        )
        | Q(role=Role.PROCUREMENT_OFFICER, organisation__in=set(buyers.values()))
    )
    by_account: dict[int, dict[int, User]] = defaultdict(dict)
    for member in members.select_related("user").order_by("pk"):
        for account_id in account_ids:
            if _hears(member, agreements[account_id], buyers.get(account_id)):
                by_account[account_id][member.user_id] = member.user
    return {pk: list(by_account[pk].values()) for pk in account_ids}


def _hears(member: Membership, agreement: FrameworkAgreement, buyer_id: int | None) -> bool:
    if member.pk == agreement.responsible_id:
        return True
    if member.role == Role.CONTRACT_MANAGER:
        return member.organisation_id == agreement.purchasing_body_id
    return member.role == Role.PROCUREMENT_OFFICER and member.organisation_id == buyer_id
