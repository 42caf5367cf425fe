"""Finance events: canonical JSON written inside the business transaction.

The number in the feed is given later by the sequencer (`orders.finance.exports`), so that
organisations do not queue on one another's hash chain.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from contracts.clock import berlin_day
from orders.models import FinanceEvent, PendingEvent

SCHEMA_VERSION = "1.0"
_NAMESPACE = uuid.UUID("6f0f8a52-3c0e-5d0b-9d3c-6c1f6d9d2a10")


@dataclass(frozen=True, slots=True)
class FinanceFact:
    """One account assignment's worth of news for finance; money in EUR."""

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
    quantity: int
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


def canonical(payload: dict[str, object]) -> str:
    """JSON with sorted keys and no white space: the bytes that are hashed and served."""
    return json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def append(facts: Iterable[FinanceFact], *, now: datetime) -> None:
    """Write the events and mark them as waiting for a number."""
    events = [_event(fact, now) for fact in facts]
    FinanceEvent.objects.bulk_create(events)
    PendingEvent.objects.bulk_create(
        [PendingEvent(event=event, budget_entity_id=event.budget_entity_id) for event in events]
    )


def _event(fact: FinanceFact, now: datetime) -> FinanceEvent:
    identity = event_id(fact.type, fact.subject)
    payload = canonical(_payload(fact, identity, now))
    return FinanceEvent(
        event_id=identity,
        budget_entity_id=fact.budget_entity_id,
        type=fact.type,
        occurred_at=now,
        payload=payload,
        payload_hash=hashlib.sha256(payload.encode()).hexdigest(),
    )


def _utc(moment: datetime) -> str:
    """RFC 3339 in UTC, e.g. 2026-06-15T09:00:00.000Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _payload(fact: FinanceFact, identity: uuid.UUID, now: datetime) -> dict[str, object]:
    return {
        "event_id": str(identity),
        "schema_version": SCHEMA_VERSION,
        "type": fact.type,
        "occurred_at": _utc(now),
        "posting_date": berlin_day(now).isoformat(),
        "fiscal_year": fact.fiscal_year,
        "budget_entity_id": fact.budget_entity_code,
        "requisition_no": fact.requisition_no,
        "order_no": fact.order_no,
        "line_no": fact.line_no,
        "assignment_no": fact.assignment_no,
        "agreement_no": fact.agreement_no,
        "lot_no": fact.lot_no,
        "supplier_id": fact.supplier_id,
        "creditor_no": fact.creditor_no,
        "vat_id": fact.vat_id,
        "budget_product": fact.budget_product,
        "gl_account": fact.gl_account,
        "cost_center": fact.cost_center,
        "cost_object": fact.cost_object,
        "measure_no": fact.measure_no,
        "grant_no": fact.grant_no,
        "quantity": fact.quantity,
        "unit": fact.unit,
        "net": f"{fact.net:.2f}",
        "tax_category": fact.tax_category,
        "tax_rate": f"{fact.tax_rate:.2f}",
        "tax": f"{fact.tax:.2f}",
        "gross": f"{fact.gross:.2f}",
        "currency": "EUR",
        "delivery_date": fact.delivery_date.isoformat() if fact.delivery_date else None,
        "due_date": None,
        "invoice_no": None,
        "leitweg_id": fact.leitweg_id,
        "text": fact.text,
        "requester": fact.requester,
        "approver": fact.approver,
        "certifier": None,
        "reverses_event_id": str(event_id(*fact.reverses)) if fact.reverses else None,
        "document_hash": None,
    }
