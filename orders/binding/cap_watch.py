"""Watching the caps: warnings at 70, 85 and 95 %, and the stop of full lots.

`review` is idempotent and set-based. A movement nudges it for its lots after the commit;
beat repeats it for all of them, so nothing a dying process left undone stays so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from contracts.agreements.caps.stops import StopReview, review_stops
from contracts.agreements.caps.use import MARKS
from contracts.agreements.models import AgreementState, FrameworkAgreement, Lot
from contracts.ledger.models import LimitAccount
from contracts.sweeps.runner import Sweep
from orders.telling.notices import cap_notice
from orders.telling.outbox import tell

_LISTED = [AgreementState.LISTED.value, AgreementState.SUSPENDED.value]
REVIEWS = Sweep("caps.review", "Höchstwerte prüfen, Lose schließen und öffnen", FrameworkAgreement)


@dataclass(frozen=True, slots=True)
class CapReview:
    """What a review found: (account, mark) raised and cleared, accounts closed and opened."""

    raised: tuple[tuple[int, int], ...]
    cleared: tuple[tuple[int, int], ...]
    stops: StopReview


def review_due(*, now: datetime, lot_ids: Collection[int] | None = None) -> int:
    """Review the agreements of the lots named, or all, each by itself; return how many."""
    lots = Lot.objects.filter(agreement__state__in=_LISTED)
    if lot_ids is not None:
        lots = lots.filter(pk__in=lot_ids)
    keys = lots.order_by("agreement").values_list("agreement", flat=True).distinct()
    return REVIEWS.run(
        keys, lambda pk: _review_agreement(pk, now), now=now, complete=lot_ids is None
    ).done


def _review_agreement(agreement_id: int, now: datetime) -> int:
    lots = Lot.objects.filter(agreement=agreement_id)
    review(now=now, lot_ids=list(lots.values_list("pk", flat=True)))
    return 1


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
    values: dict[str, Any] = {
        "now": now,
        "marks": list(MARKS),
        "listed": _LISTED,
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
    """Tell of each account's highest mark."""
    highest: dict[int, int] = {}
    for account_id, mark in raised:
        highest[account_id] = max(mark, highest.get(account_id, 0))
    accounts = LimitAccount.objects.in_bulk(highest)
    tell((cap_notice(accounts[pk], mark, now=now) for pk, mark in highest.items()), now=now)
