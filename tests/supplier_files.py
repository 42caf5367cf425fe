"""Small supplier files made for the tests of the readers."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping as AbstractMapping
from typing import Any

from openpyxl import Workbook

from contracts.catalogue.readers import ArticleRecord, Limits, Mapping, Reading, RowIssue, read

SIMPLE = {"supplier_aid": "Nr", "name": "Name", "price": "Preis"}

_NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


class Outcome:
    """Everything a reading gave, sorted into articles and issues."""

    def __init__(self, reading: Reading) -> None:
        self.info = reading.info
        found = list(reading)
        self.articles = [item for item in found if isinstance(item, ArticleRecord)]
        self.issues = [item for item in found if isinstance(item, RowIssue)]
        self.rows_read = reading.rows_read
        self.rows_refused = reading.rows_refused

    @property
    def codes(self) -> list[tuple[int, str, str]]:
        return [(issue.row, issue.column, issue.code) for issue in self.issues]

    @property
    def only(self) -> ArticleRecord:
        (article,) = self.articles
        return article


def outcome(
    content: bytes | str, *, mapping: Mapping | None = None, limits: Limits | None = None
) -> Outcome:
    """Read a file given as bytes or as text in UTF-8."""
    data = content.encode() if isinstance(content, str) else content
    return Outcome(read(io.BytesIO(data), mapping=mapping, limits=limits))


def mapped(columns: AbstractMapping[str, str] | None = None, **others: Any) -> Mapping:
    """Make a mapping as the API does, from JSON; the simple columns unless given."""
    return Mapping.from_json({"columns": {**SIMPLE, **(columns or {})}, **others})


def csv_file(*rows: str, header: str = "Nr;Name;Preis") -> str:
    return "\n".join((header, *rows)) + "\n"


def bmecat(
    articles: str,
    *,
    namespace: str = "",
    version: str = "1.2",
    transaction: str = "T_NEW_CATALOG",
    attributes: str = "",
    before: str = "",
    after: str = "",
    doctype: str = "",
    header: str = "<CATALOG><LANGUAGE>deu</LANGUAGE><CATALOG_ID>K</CATALOG_ID></CATALOG>",
) -> str:
    xmlns = f' xmlns="{namespace}"' if namespace else ""
    return (
        f'<?xml version="1.0"?>{doctype}<BMECAT version="{version}"{xmlns}>'
        f"<HEADER>{header}</HEADER><{transaction}{attributes}>{before}{articles}{after}"
        f"</{transaction}></BMECAT>"
    )


def article(
    aid: str = "A-1",
    *,
    details: str = "<DESCRIPTION_SHORT>Tafel</DESCRIPTION_SHORT>",
    prices: str = "<ARTICLE_PRICE price_type='net_customer'><PRICE_AMOUNT>9.90</PRICE_AMOUNT>"
    "</ARTICLE_PRICE>",
    order: str = "",
    features: str = "",
    mode: str = "",
) -> str:
    state = f' mode="{mode}"' if mode else ""
    return (
        f"<ARTICLE{state}><SUPPLIER_AID>{aid}</SUPPLIER_AID>"
        f"<ARTICLE_DETAILS>{details}</ARTICLE_DETAILS>"
        f"<ARTICLE_FEATURES>{features}</ARTICLE_FEATURES>"
        f"<ARTICLE_ORDER_DETAILS>{order}</ARTICLE_ORDER_DETAILS>"
        f"<ARTICLE_PRICE_DETAILS>{prices}</ARTICLE_PRICE_DETAILS></ARTICLE>"
    )


def workbook(rows: list[list[object]], *, sheet: str = "Artikel", first: str = "") -> bytes:
    """An XLSX file as a spreadsheet program writes it; `first` adds a sheet before it."""
    book = Workbook()
    active = book.active
    assert active is not None
    if first:
        active.title = first
        active = book.create_sheet(sheet)
    active.title = sheet
    for row in rows:
        active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def raw_workbook(sheet_data: str, *, strings: str = "", sheet_name: str = "Artikel") -> bytes:
    """An XLSX archive with exactly this sheet data, also where no program writes it so."""
    parts = {
        "xl/workbook.xml": (
            f'<workbook xmlns="{_NAMESPACE}" xmlns:r="{_OFFICE}"><sheets>'
            f'<sheet name="{sheet_name}" sheetId="1" r:id="rId1"/></sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1" '
            f'Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
        ),
        "xl/worksheets/sheet1.xml": (
            f'<worksheet xmlns="{_NAMESPACE}"><sheetData>{sheet_data}</sheetData></worksheet>'
        ),
        "xl/sharedStrings.xml": f'<sst xmlns="{_NAMESPACE}">{strings}</sst>',
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return stream.getvalue()
