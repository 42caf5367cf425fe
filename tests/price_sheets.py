"""A draft agreement and small price sheets made for the tests of their import."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from openpyxl import Workbook

from contracts.agreements.models import (
    AllocationRule,
    ContractItem,
    FrameworkAgreement,
    Lot,
    VatRule,
)
from contracts.agreements.writing.setup import create_agreement, create_lot
from contracts.parties.models import Membership, Organisation, Role
from contracts.parties.models.organisation import OrganisationKind
from contracts.price_sheets import COLUMNS, SheetReport, import_sheet, preview_sheet
from tests.world import NOW, person

HEADINGS = {column.field: column.heading for column in COLUMNS}
BASE: Mapping[str, object] = {
    "lot": 1,
    "supplier": "spreeblick",
    "reference": "Z-1",
    "position": "1.1",
    "title": "Notebook",
    "price": "429,00",
}


def row(**changed: object) -> dict[str, object]:
    """A sound row with some cells changed."""
    return {**BASE, **changed}


def csv_sheet(
    *rows: Mapping[str, object], encoding: str = "utf-8-sig", separator: str = ";"
) -> bytes:
    """A sheet with the columns that the rows use."""
    used = _used(rows)
    lines = [separator.join(HEADINGS[name] for name in used)]
    lines += [separator.join(str(entry.get(name, "")) for name in used) for entry in rows]
    return ("\r\n".join(lines) + "\r\n").encode(encoding)


def xlsx_sheet(*rows: Mapping[str, object], merged: Sequence[str] = ()) -> bytes:
    """The same as a workbook; `merged` are ranges as a spreadsheet names them (`A2:A3`)."""
    used = _used(rows)
    book = Workbook()
    sheet: Any = book.active
    sheet.append([HEADINGS[name] for name in used])
    for entry in rows:
        sheet.append([entry.get(name) for name in used])
    for cells in merged:
        sheet.merge_cells(cells)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _used(rows: Sequence[Mapping[str, object]]) -> list[str]:
    names = {name for entry in rows for name in entry}
    return [name for name in HEADINGS if name in names]


def found(report: SheetReport) -> list[tuple[int, str, str]]:
    """The errors as row, column, code."""
    return [(issue.row, issue.column, issue.code) for issue in report.errors]


@dataclass
class Desk:
    """A purchasing body with a draft of two lots, and two suppliers."""

    manager: Membership
    agreement: FrameworkAgreement
    lots: list[Lot]
    suppliers: list[Organisation]
    now: datetime = NOW

    def preview(self, content: bytes) -> SheetReport:
        return preview_sheet(
            agreement_id=self.agreement.pk, content=content, by=self.manager, now=self.now
        )

    def load(self, content: bytes, filename: str = "preisblatt.csv") -> SheetReport:
        return import_sheet(
            agreement_id=self.agreement.pk,
            filename=filename,
            content=content,
            by=self.manager,
            now=self.now,
        )

    @property
    def items(self) -> list[ContractItem]:
        rows = ContractItem.objects.filter(award__lot__agreement=self.agreement)
        return list(rows.select_related("award__supplier", "account").order_by("pk"))


def build_desk() -> Desk:
    """The smallest world a price sheet can be imported into."""
    body = _organisation("zbs", OrganisationKind.PURCHASING_BODY)
    manager = person("vertrag@zbs.example", body, Role.CONTRACT_MANAGER)
    suppliers = [
        _organisation(code, OrganisationKind.SUPPLIER) for code in ("spreeblick", "havelland")
    ]
    VatRule.objects.create(
        vat_class="standard", category="S", rate=19, valid=DateRange(date(2021, 1, 1), None)
    )
    agreement, lots = build_draft(manager)
    return Desk(manager, agreement, lots, suppliers)


def build_draft(manager: Membership, number: str = "RV-1") -> tuple[FrameworkAgreement, list[Lot]]:
    """A draft over four years with two lots."""
    value = Decimal(1_000_000)
    agreement = create_agreement(
        number=number,
        title="Schul-IT",
        notice_number="2026/S 001-000001",
        starts_on=date(2026, 1, 1),
        ends_on=date(2029, 12, 31),
        estimate=value,
        maximum=value,
        by=manager,
        now=NOW,
    )
    lots = [
        create_lot(
            agreement,
            number=count,
            title=f"Los {count}",
            allocation=AllocationRule.CASCADE,
            estimate=value,
            maximum=value,
            by=manager,
            now=NOW,
        )
        for count in (1, 2)
    ]
    return agreement, lots


def _organisation(code: str, kind: OrganisationKind) -> Organisation:
    return Organisation.objects.create(code=code, kind=kind, name=code.title())
