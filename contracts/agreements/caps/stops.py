"""When a lot or an award stops, and when it opens again.

The state lives on the locked account row, so that neither a suspension nor a full lot can
race a submit: a hold that waits for the row sees it closed. Candidates are found without
any lock; what is wrong among them is judged again on the locked rows before it is changed,
so a give-back that commits in between is never overwritten (docs/gates.md).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction

from contracts.agreements.models import (
    AgreementState,
    ContractItem,
    GateEffect,
    ItemRole,
    Lot,
    PriceBasis,
)
from contracts.clock import berlin_day
from contracts.ledger import movements
from contracts.ledger.models import ClosedReason


@dataclass(frozen=True, slots=True)
class StopReview:
    """Accounts that a review closed and opened."""

    closed: frozenset[int] = frozenset()
    opened: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class _State:
    """An account as it is, and why it should be closed ('' when it should be open)."""

    lot_id: int
    account_id: int
    closed_reason: str
    wanted: str

    @property
    def is_right(self) -> bool:
        return self.closed_reason == self.wanted


def review_stops(*, now: datetime, lot_ids: Collection[int] | None = None) -> StopReview:
    """Close what is suspended or full, open what no longer is; harmless when repeated.

    Looks at the lots of listed agreements and their awards' own caps (all of them unless
    *lot_ids* says which). A lot or award is **suspended** while a blocking gate of its
    purchasing body covers it whole, and **full** when no listed and priced goods or service
    item has a smallest order that fits the rest of item, award, lot and agreement.
    """
    day = berlin_day(now)
    wrong = {state.lot_id for state in _states(day, lot_ids) if not state.is_right}
    if not wrong:
        return StopReview()
    with transaction.atomic():
        movements.lock_accounts(accounts_of(wrong))
        return _put_right(_states(day, wrong))


def _put_right(states: Iterable[_State]) -> StopReview:
    changes: dict[tuple[str, str], set[int]] = defaultdict(set)
    for state in states:
        if not state.is_right:
            changes[state.closed_reason, state.wanted].add(state.account_id)
    closed: set[int] = set()
    opened: set[int] = set()
    for (before, wanted), account_ids in changes.items():
        if before and wanted != ClosedReason.SUSPENDED:
            opened |= movements.set_open(account_ids, is_open=True, reason=before)
        if wanted:
            closed |= movements.set_open(account_ids, is_open=False, reason=wanted)
    return StopReview(closed=frozenset(closed), opened=frozenset(opened - closed))


def accounts_of(lot_ids: Collection[int]) -> set[int]:
    """Every account on which the state of the lots depends, and those that carry it."""
    lots = Lot.objects.filter(pk__in=lot_ids).values_list(
        "account_id", "agreement__account_id", "awards__account_id"
    )
    items = ContractItem.objects.filter(award__lot__in=lot_ids).values_list("account_id").distinct()
    return {pk for row in (*lots, *items) for pk in row if pk is not None}


def _states(day: date, lot_ids: Collection[int] | None) -> Sequence[_State]:
    values = {
        "day": day,
        "lot_ids": None if lot_ids is None else list(lot_ids),
        "listed": AgreementState.LISTED.value,
        "roles": [ItemRole.GOODS.value, ItemRole.SERVICE.value],
        "by_discount": PriceBasis.LIST_DISCOUNT.value,
        "block": GateEffect.BLOCK.value,
    }
    with connection.cursor() as cursor:
        cursor.execute(_STATES, values)
        return [
            _State(lot_id, account_id, reason, _wanted(is_suspended=suspended, is_full=full))
            for lot_id, account_id, reason, suspended, full in cursor.fetchall()
        ]


def _wanted(*, is_suspended: bool, is_full: bool) -> str:
    if is_suspended:
        return ClosedReason.SUSPENDED
    return ClosedReason.FULL if is_full else ""


# The two sums of the calculator (`contracts.pricing`: discounted, line_net) for twenty thousand
# listings where they lie; tests/properties/test_stop_arithmetic.py holds them to it (ADR 13).
OFF_LIST = "round({amount} * (100 - {percent}) / 100, 4)"
LINE_NET = "round({quantity} * {periods} * {price} / {price_unit}, 2)"

_NET = LINE_NET.format(
    quantity="smallest.quantity",
    periods="item.periods",
    price="smallest.price",
    price_unit="smallest.price_unit",
)

# The smallest orders of a lot's awards: one piece, or the first quantity of a tier, at the
# price of the day, with what is left of the item and of the award. Freight, surcharges and
# levies only accompany goods. A cumulative tier follows from what all buyers have called off
# before. OFFSET 0 keeps the planner from taking all tiers times all articles first, as it does
# where statistics say "no rows yet".
_SMALLEST = f"""
  FROM agreements_award award
  JOIN agreements_contractitem item ON item.award_id = award.id AND item.role = ANY(%(roles)s)
 CROSS JOIN LATERAL (
   SELECT version.id AS version_id, version.price_unit,
          tier.from_quantity, tier.net_unit_price, tier.discount_percent
     FROM agreements_priceversion version
     JOIN agreements_pricetier tier ON tier.version_id = version.id
    WHERE version.item_id = item.id AND version.valid @> %(day)s::date OFFSET 0
 ) tier
 CROSS JOIN LATERAL (
   SELECT article.id
     FROM agreements_listing listing
     JOIN agreements_article article ON article.id = listing.article_id AND article.is_active
    WHERE listing.item_id = item.id AND listing.is_listed OFFSET 0
 ) article
  LEFT JOIN ledger_limitaccount pieces ON pieces.id = item.account_id
  LEFT JOIN ledger_limitaccount own ON own.id = award.account_id
  LEFT JOIN agreements_listpriceversion list
    ON item.basis = %(by_discount)s AND list.article_id = article.id
   AND list.item_id = item.id AND list.valid @> %(day)s::date
 CROSS JOIN LATERAL (
   SELECT CASE WHEN item.basis = %(by_discount)s
               THEN {OFF_LIST.format(amount="list.amount", percent="tier.discount_percent")}
               ELSE tier.net_unit_price END AS price,
          coalesce(list.price_unit, tier.price_unit) AS price_unit,
          CASE WHEN item.cumulative_tiers THEN 1 ELSE tier.from_quantity END AS quantity
 ) smallest
 CROSS JOIN LATERAL (
   SELECT {_NET} AS net,
          pieces.limit_amount - pieces.held - pieces.posted AS pieces_left,
          own.limit_amount - own.held - own.posted AS own_left
 ) cost
 WHERE award.lot_id = lot.id AND smallest.price > 0 AND cost.net IS NOT NULL
   AND (NOT item.cumulative_tiers OR tier.from_quantity = (
         SELECT max(reached.from_quantity) FROM agreements_pricetier reached
          WHERE reached.version_id = tier.version_id
            AND reached.from_quantity <= greatest(pieces.posted, 1)))
"""  # noqa: S608 - put together from the constants above

_FITS_OWN = "(own.id IS NULL OR cost.own_left > 0 AND cost.net <= cost.own_left)"

# A gate covers an award whole when it names no buyer, article, item or product group.
_COVERED = """
SELECT 1 FROM agreements_gate gate JOIN parties_membership setter ON setter.id = gate.set_by_id
 WHERE gate.effect = %(block)s AND gate.lifted_at IS NULL
   AND gate.valid_from <= %(day)s AND (gate.valid_to IS NULL OR gate.valid_to >= %(day)s)
   AND gate.buyer_id IS NULL AND gate.article_id IS NULL AND gate.item_id IS NULL
   AND gate.product_group = '' AND setter.organisation_id = agreement.purchasing_body_id
   AND (gate.lot_id IS NULL OR gate.lot_id = lot.id)
"""

_STATES = f"""
SELECT lot.id, account.id, account.closed_reason,
       EXISTS ({_COVERED} AND gate.lot_id = lot.id AND gate.supplier_id IS NULL)
       OR EXISTS (SELECT 1 FROM agreements_award won WHERE won.lot_id = lot.id)
          AND NOT EXISTS (
            SELECT 1 FROM agreements_award won
             WHERE won.lot_id = lot.id
               AND NOT EXISTS ({_COVERED}
                 AND (gate.supplier_id IS NULL OR gate.supplier_id = won.supplier_id))),
       EXISTS (SELECT 1 {_SMALLEST})
       AND NOT EXISTS (
         SELECT 1 {_SMALLEST}
            AND (pieces.id IS NULL OR smallest.quantity <= cost.pieces_left)
            AND {_FITS_OWN}
            AND room.least > 0 AND cost.net <= room.least)
  FROM agreements_lot lot
  JOIN agreements_frameworkagreement agreement
    ON agreement.id = lot.agreement_id AND agreement.state = %(listed)s
  JOIN ledger_limitaccount account ON account.id = lot.account_id
  JOIN ledger_limitaccount maximum ON maximum.id = agreement.account_id
 CROSS JOIN LATERAL (
   SELECT least(account.limit_amount - account.held - account.posted,
                maximum.limit_amount - maximum.held - maximum.posted) AS least
 ) room
 WHERE %(lot_ids)s::bigint[] IS NULL OR lot.id = ANY(%(lot_ids)s::bigint[])
UNION ALL
SELECT lot.id, account.id, account.closed_reason,
       EXISTS ({_COVERED} AND (gate.supplier_id IS NULL OR gate.supplier_id = won.supplier_id)),
       EXISTS (SELECT 1 {_SMALLEST} AND award.id = won.id)
       AND NOT EXISTS (SELECT 1 {_SMALLEST} AND award.id = won.id AND {_FITS_OWN})
  FROM agreements_award won
  JOIN agreements_lot lot ON lot.id = won.lot_id
  JOIN agreements_frameworkagreement agreement
    ON agreement.id = lot.agreement_id AND agreement.state = %(listed)s
  JOIN ledger_limitaccount account ON account.id = won.account_id
 WHERE %(lot_ids)s::bigint[] IS NULL OR lot.id = ANY(%(lot_ids)s::bigint[])
"""  # noqa: S608 - put together from the constants above
