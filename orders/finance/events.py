"""Finance events: canonical JSON written inside the business transaction.

The number in the feed is given later by the sequencer (`orders.finance.exports`), so that
organisations do not queue on one another's hash chain.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from contracts.bulk import insert
from contracts.clock import berlin_day
from orders.finance.fields import Occurrence, payload
from orders.models import FinanceEvent

_PENDING = (
    "INSERT INTO orders_pendingevent (event_id, budget_entity_id)"
    " SELECT id, budget_entity_id FROM written"
)
_NAMESPACE = uuid.UUID("6f0f8a52-3c0e-5d0b-9d3c-6c1f6d9d2a10")


@dataclass(frozen=True, slots=True)
class FinanceFact:
    """One account assignment's worth of news for finance; its share of pieces, money in EUR."""

    type: str
    subject: str
    budget_entity_id: int
    budget_entity_code: str
    fiscal_year: int
    requisition_no: str
    order_no: str
    line_no: int
    assignment_no: int
    agreement_no: str
    lot_no: int
    supplier_id: str
    creditor_no: str
    vat_id: str
    budget_product: str
    gl_account: str
    cost_center: str
    cost_object: str
    measure_no: str
    grant_no: str
    quantity: Decimal
    unit: str
    net: Decimal
    tax_category: str
    tax_rate: Decimal
    tax: Decimal
    gross: Decimal
    leitweg_id: str
    text: str
    requester: str
    approver: str
    reverses: tuple[str, str] | None = None
    delivery_date: date | None = None


def event_id(type_: str, subject: str) -> uuid.UUID:
    """The stable id of the event of this type about this subject: writing twice collides."""
    return uuid.uuid5(_NAMESPACE, f"{type_}:{subject}")


def pseudonym(person_id: int) -> str:
    """A stable pseudonym; the person's name never enters a hashed payload."""
    return "p-" + uuid.uuid5(_NAMESPACE, f"person:{person_id}").hex[:12]


def append(facts: Iterable[FinanceFact], *, now: datetime) -> None:
    """Write the events and mark them as waiting for a number, in one statement."""
    insert((_event(fact, now) for fact in facts), also=_PENDING)


def _event(fact: FinanceFact, now: datetime) -> FinanceEvent:
    occurrence = Occurrence(
        event_id=event_id(fact.type, fact.subject),
        reverses_event_id=event_id(*fact.reverses) if fact.reverses else None,
        at=now,
        posting_date=berlin_day(now),
    )
    text = payload(fact, occurrence)
    return FinanceEvent(
        event_id=occurrence.event_id,
        budget_entity_id=fact.budget_entity_id,
        type=fact.type,
        occurred_at=now,
        payload=text,
        payload_hash=hashlib.sha256(text.encode()).hexdigest(),
    )
