"""From a reader's record to a staged row: which of the file's prices counts, and which item."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from contracts.agreements.models import ContractItem

from .columns import CONTRACT_ITEM
from .readers import ArticleRecord, PriceRecord, RowIssue, Severity

# A price of 0 or an empty name means "the file has none" (updates of prices or of contents
# in BMEcat); `comparison.match` fills them in from what is published.
NO_PRICE = Decimal(0)

_MESSAGES = {
    "deletion": (
        Severity.ERROR,
        "Abkündigungen gelten nicht durch die Datei. Bitte den Artikel einzeln abmelden.",
    ),
    "price_not_valid": (
        Severity.ERROR,
        "Kein Preis der Datei gilt am {day:%d.%m.%Y}. Bitte die Gültigkeit prüfen.",
    ),
    "price_from_quantity": (
        Severity.ERROR,
        "Der Preis gilt erst ab {value} Stück. Bitte den Preis ab Menge 1 angeben.",
    ),
    "tiers_ignored": (
        Severity.WARNING,
        "Staffelpreise der Datei werden nicht übernommen: es gilt die Staffel des Vertrags.",
    ),
    "contract_item_unknown": (
        Severity.ERROR,
        "Die Vertragsposition „{value}“ gibt es in diesem Zuschlag nicht. Bitte prüfen.",
    ),
}

StagedRow = tuple[object, ...]


@dataclass(slots=True)
class RowMaker:
    """Makes staged rows for one upload; `items` are the award's items by number."""

    upload_id: int
    day: date
    items: Mapping[str, int]
    issues: list[RowIssue] = field(default_factory=list)

    @classmethod
    def of(cls, upload_id: int, award_id: int, day: date) -> RowMaker:
        """Read the award's item numbers in one query."""
        items = ContractItem.objects.filter(award_id=award_id).values_list("number", "pk")
        return cls(upload_id=upload_id, day=day, items=dict(items))

    def make(self, record: ArticleRecord) -> StagedRow | None:
        """Return the row in the order of `staging.STAGED_COLUMNS`, or None when refused."""
        if record.mode == "delete":
            self._add(record, "deletion", "mode", record.supplier_aid)
            return None
        features = dict(record.features)
        number = features.pop(CONTRACT_ITEM, "")
        item_id = self.items.get(number) if number else None
        if number and item_id is None:
            self._add(record, "contract_item_unknown", CONTRACT_ITEM, number)
            return None
        price = self._price(record)
        if price is None:
            return None
        return (
            self.upload_id,
            record.row,
            record.supplier_aid,
            record.name,
            record.description_long,
            record.manufacturer,
            record.mpn,
            record.gtin,
            record.product_group,
            record.unit if record.unit_raw else "",
            json.dumps(features, ensure_ascii=False) if features else "{}",
            record.delivery_days,
            price.amount,
            price.price_unit,
            item_id,
            "new",
            "",
            "[]",
        )

    def _price(self, record: ArticleRecord) -> PriceRecord | None:
        """The net price from the first piece on that holds on the day of the check."""
        if record.price is None:
            return PriceRecord(NO_PRICE)
        holding = record.tiers_on(self.day)
        if not holding:
            self._add(record, "price_not_valid", "price", str(record.price))
            return None
        first = holding[0]
        if first.lower_bound > 1:
            self._add(record, "price_from_quantity", "lower_bound", str(first.lower_bound))
            return None
        last = holding[-1]
        if last.lower_bound > 1:
            self._add(record, "tiers_ignored", "price", str(last.lower_bound))
        return first

    def _add(self, record: ArticleRecord, code: str, column: str, value: str) -> None:
        severity, sentence = _MESSAGES[code]
        message = sentence.format(value=value, day=self.day)
        self.issues.append(RowIssue(record.row, column, code, value[:250], message, severity))
