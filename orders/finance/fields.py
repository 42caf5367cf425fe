"""What an event says to finance: each field once, with its name, title, type and value.

The canonical JSON, the columns of the CSV file, the schema of the API and the table in
docs/finance-feed.md are read from here. The order is that of the columns: a new field goes
to the end, because whoever reads files by column counts on it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import UUID

from contracts.pricing import PIECE_PLACES
from orders.event_types import EventType

if TYPE_CHECKING:
    from orders.finance.events import FinanceFact

SCHEMA_VERSION = "1.1"
CURRENCY = "EUR"

Schema: TypeAlias = dict[str, Any]

_quoted = json.JSONEncoder(ensure_ascii=False).encode


class Kind(Enum):
    """The type of a field; its value is the word for it in the docs."""

    TEXT = "string"
    COUNT = "integer"
    PIECES = "number"
    AMOUNT = "decimal"
    DATE = "date"
    MOMENT = "date-time"
    UUID = "uuid"
    EVENT_TYPE = "enum"
    CURRENCY = "constant"

    @property
    def is_decimal(self) -> bool:
        """Whether a file for people writes the value with a decimal comma."""
        return self in {Kind.PIECES, Kind.AMOUNT}


@dataclass(frozen=True, slots=True)
class Occurrence:
    """As what and when a fact became an event."""

    event_id: UUID
    reverses_event_id: UUID | None
    at: datetime
    posting_date: date


@dataclass(frozen=True, slots=True)
class Field:
    """`title` heads the column, `about` explains the field to whoever writes a client."""

    name: str
    title: str
    kind: Kind
    about: str
    value: Callable[[FinanceFact, Occurrence], object]
    nullable: bool = False

    @property
    def schema(self) -> Schema:
        """The field as JSON Schema (OpenAPI 3.1)."""
        found = {**_SCHEMAS[self.kind], "description": self.about}
        if self.nullable:
            found["type"] = [found["type"], "null"]
        return found

    def json(self, fact: FinanceFact, occurrence: Occurrence) -> str:
        """The value as JSON text."""
        value = self.value(fact, occurrence)
        return "null" if value is None else _WRITERS[self.kind](value)


def payload(fact: FinanceFact, occurrence: Occurrence) -> str:
    """The canonical JSON, which is hashed and served: sorted keys, no white space."""
    members = (f"{key}{field.json(fact, occurrence)}" for key, field in _BY_NAME)
    return "{" + ",".join(members) + "}"


def schema() -> Schema:
    """An event as JSON Schema: every field, all of them always there."""
    return {
        "type": "object",
        "description": f"Ein Ereignis der Schemafassung {SCHEMA_VERSION}; Beträge in {CURRENCY}.",
        "required": [field.name for field in FIELDS],
        "properties": {field.name: field.schema for field in FIELDS},
    }


def _moment(value: datetime) -> str:
    """RFC 3339 in UTC, e.g. 2026-06-15T09:00:00.000Z."""
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _number(value: Decimal) -> str:
    """Without exponent and needless zeros, so that whole pieces are an integer."""
    plain = f"{value:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


_SCHEMAS: dict[Kind, Schema] = {
    Kind.TEXT: {"type": "string"},
    Kind.COUNT: {"type": "integer"},
    Kind.PIECES: {"type": "number"},
    Kind.AMOUNT: {"type": "string", "pattern": r"^-?\d+\.\d{2}$"},
    Kind.DATE: {"type": "string", "format": "date"},
    Kind.MOMENT: {"type": "string", "format": "date-time"},
    Kind.UUID: {"type": "string", "format": "uuid"},
    Kind.EVENT_TYPE: {"type": "string", "enum": [str(member.value) for member in EventType]},
    Kind.CURRENCY: {"type": "string", "const": CURRENCY},
}
_WRITERS: dict[Kind, Callable[[Any], str]] = {
    Kind.TEXT: _quoted,
    Kind.COUNT: str,
    Kind.PIECES: _number,
    Kind.AMOUNT: lambda value: f'"{value:.2f}"',
    Kind.DATE: lambda value: f'"{value.isoformat()}"',
    Kind.MOMENT: lambda value: f'"{_moment(value)}"',
    Kind.UUID: lambda value: f'"{value}"',
    Kind.EVENT_TYPE: lambda value: f'"{EventType(value).value}"',
    Kind.CURRENCY: lambda value: f'"{value}"',
}

FIELDS = (
    Field(
        "event_id",
        "Ereignis-ID",
        Kind.UUID,
        "Bleibt dem Ereignis; ein doppelt gelesenes erkennt man daran.",
        lambda _, event: event.event_id,
    ),
    Field(
        "schema_version",
        "Schemafassung",
        Kind.TEXT,
        "Steigt hinter dem Punkt, wenn ein Feld hinzukommt oder mehr bedeutet.",
        lambda *_: SCHEMA_VERSION,
    ),
    Field("type", "Ereignisart", Kind.EVENT_TYPE, "Was geschehen ist.", lambda fact, _: fact.type),
    Field(
        "occurred_at",
        "Zeitpunkt",
        Kind.MOMENT,
        "Wann es geschehen ist, in UTC.",
        lambda _, event: event.at,
    ),
    Field(
        "posting_date",
        "Buchungsdatum",
        Kind.DATE,
        "Der Tag dazu nach deutscher Zeit.",
        lambda _, event: event.posting_date,
    ),
    Field(
        "fiscal_year",
        "Haushaltsjahr",
        Kind.COUNT,
        "Das Jahr der Haushaltsstelle.",
        lambda fact, _: fact.fiscal_year,
    ),
    Field(
        "budget_entity_id",
        "Mandant",
        Kind.TEXT,
        "Kürzel des Mandanten, dem der Feed gehört.",
        lambda fact, _: fact.budget_entity_code,
    ),
    Field(
        "requisition_no",
        "Anforderung",
        Kind.TEXT,
        "Nummer der Anforderung.",
        lambda fact, _: fact.requisition_no,
    ),
    Field(
        "order_no",
        "Abruf",
        Kind.TEXT,
        "Nummer des Abrufs; leer, solange keiner erteilt ist.",
        lambda fact, _: fact.order_no,
    ),
    Field(
        "line_no",
        "Zeile",
        Kind.COUNT,
        "Zeile des Abrufs, vor der Erteilung der Anforderung.",
        lambda fact, _: fact.line_no,
    ),
    Field(
        "assignment_no",
        "Kontierung",
        Kind.COUNT,
        "Nummer der Kontierung innerhalb der Zeile.",
        lambda fact, _: fact.assignment_no,
    ),
    Field(
        "agreement_no",
        "Rahmenvereinbarung",
        Kind.TEXT,
        "Nummer der Rahmenvereinbarung.",
        lambda fact, _: fact.agreement_no,
    ),
    Field("lot_no", "Los", Kind.COUNT, "Nummer des Loses.", lambda fact, _: fact.lot_no),
    Field(
        "supplier_id",
        "Lieferant",
        Kind.TEXT,
        "Kürzel des Lieferanten.",
        lambda fact, _: fact.supplier_id,
    ),
    Field(
        "creditor_no",
        "Kreditor",
        Kind.TEXT,
        "Kreditorennummer; leer, wenn keine hinterlegt ist.",
        lambda fact, _: fact.creditor_no,
    ),
    Field(
        "vat_id",
        "USt-IdNr.",
        Kind.TEXT,
        "Umsatzsteuer-Identifikationsnummer des Lieferanten.",
        lambda fact, _: fact.vat_id,
    ),
    Field(
        "budget_product",
        "Produkt",
        Kind.TEXT,
        "Produkt der Haushaltsstelle.",
        lambda fact, _: fact.budget_product,
    ),
    Field(
        "gl_account",
        "Sachkonto",
        Kind.TEXT,
        "Sachkonto der Haushaltsstelle.",
        lambda fact, _: fact.gl_account,
    ),
    Field(
        "cost_center",
        "Kostenstelle",
        Kind.TEXT,
        "Kostenstelle; leer, wenn keine.",
        lambda fact, _: fact.cost_center,
    ),
    Field(
        "cost_object",
        "Kostenträger",
        Kind.TEXT,
        "Kostenträger; leer, wenn keiner.",
        lambda fact, _: fact.cost_object,
    ),
    Field(
        "measure_no",
        "Investitionsmaßnahme",
        Kind.TEXT,
        "Nummer der Maßnahme; leer, wenn keine.",
        lambda fact, _: fact.measure_no,
    ),
    Field(
        "grant_no",
        "Zuwendung",
        Kind.TEXT,
        "Nummer der Zuwendung; leer, wenn keine.",
        lambda fact, _: fact.grant_no,
    ),
    Field(
        "quantity",
        "Menge",
        Kind.PIECES,
        "Der Anteil der Kontierung an der Menge, genau auf bis zu "
        f"{PIECE_PLACES} Nachkommastellen, negativ bei Rücknahme. Alle Kontierungen einer Zeile "
        "ergeben zusammen ihre Menge.",
        lambda fact, _: fact.quantity,
    ),
    Field(
        "unit",
        "Einheit",
        Kind.TEXT,
        "Einheit der Menge (UN/ECE Rec. 20).",
        lambda fact, _: fact.unit,
    ),
    Field("net", "Netto", Kind.AMOUNT, "Netto, negativ bei Rücknahme.", lambda fact, _: fact.net),
    Field(
        "tax_category",
        "Steuerkategorie",
        Kind.TEXT,
        "Kategorie nach EN 16931 (UNTDID 5305).",
        lambda fact, _: fact.tax_category,
    ),
    Field(
        "tax_rate",
        "Steuersatz",
        Kind.AMOUNT,
        "Steuersatz in Prozent.",
        lambda fact, _: fact.tax_rate,
    ),
    Field("tax", "Steuer", Kind.AMOUNT, "Steuer, negativ bei Rücknahme.", lambda fact, _: fact.tax),
    Field("gross", "Brutto", Kind.AMOUNT, "Netto und Steuer zusammen.", lambda fact, _: fact.gross),
    Field("currency", "Währung", Kind.CURRENCY, "Immer EUR.", lambda *_: CURRENCY),
    Field(
        "delivery_date",
        "Lieferdatum",
        Kind.DATE,
        "Tag des Wareneingangs.",
        lambda fact, _: fact.delivery_date,
        nullable=True,
    ),
    Field(
        "due_date",
        "Fälligkeit",
        Kind.DATE,
        "Fälligkeit der Rechnung; noch unbenutzt.",
        lambda *_: None,
        nullable=True,
    ),
    Field(
        "invoice_no",
        "Rechnung",
        Kind.TEXT,
        "Nummer der Rechnung; noch unbenutzt.",
        lambda *_: None,
        nullable=True,
    ),
    Field(
        "leitweg_id",
        "Leitweg-ID",
        Kind.TEXT,
        "Leitweg-ID der bestellenden Stelle.",
        lambda fact, _: fact.leitweg_id,
    ),
    Field("text", "Text", Kind.TEXT, "Bezeichnung der Zeile.", lambda fact, _: fact.text),
    Field(
        "requester",
        "Angefordert von",
        Kind.TEXT,
        "Pseudonym der Person, die angefordert hat.",
        lambda fact, _: fact.requester,
    ),
    Field(
        "approver",
        "Freigegeben von",
        Kind.TEXT,
        "Pseudonym der Person, die zuletzt freigegeben hat; leer vor der Freigabe.",
        lambda fact, _: fact.approver,
    ),
    Field(
        "certifier",
        "Festgestellt von",
        Kind.TEXT,
        "Pseudonym; noch unbenutzt.",
        lambda *_: None,
        nullable=True,
    ),
    Field(
        "reverses_event_id",
        "Storniert Ereignis",
        Kind.UUID,
        "Das Ereignis, das ganz oder zum Teil zurückgenommen wird.",
        lambda _, event: event.reverses_event_id,
        nullable=True,
    ),
    Field(
        "document_hash",
        "Beleg-Hash",
        Kind.TEXT,
        "SHA-256 des Belegs; noch unbenutzt.",
        lambda *_: None,
        nullable=True,
    ),
)

_BY_NAME = tuple(
    (f"{_quoted(field.name)}:", field) for field in sorted(FIELDS, key=lambda field: field.name)
)
