"""Articles from the rows of a table, CSV or XLSX, by a mapping of its columns."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import abc
from collections.abc import Callable, Iterator, Sequence
from typing import Any, BinaryIO

from . import fields
from .csv_table import CsvTable
from .errors import FileRejected
from .findings import Findings
from .mapping import PLACEHOLDER, Mapping
from .numbers import plain
from .records import ArticleRecord, FileInfo, Limits, PriceRecord, RowIssue
from .texts import article_number, has_only_printable, paragraph, single_line
from .xlsx_table import XlsxTable

_DIGEST_LENGTH = 8
_PRESENT_LENGTH = 300
_SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "+": " plus "})

Cells = Sequence[fields.Cell]


class TabularReading:
    """An open table: `info` is known, `rows()` yields articles and issues.

    Raises `FileRejected` when made (no header, a mapped column is missing) and, for
    what only shows on the way, while `rows()` is read.
    """

    def __init__(
        self,
        stream: BinaryIO,
        filename: str,
        limits: Limits,
        mapping: Mapping | None,
        *,
        is_xlsx: bool,
    ) -> None:
        self._limits = limits
        header_row = mapping.header_row if mapping else 1
        table = _open_table(stream, limits, mapping, is_xlsx=is_xlsx)
        self._rows: Iterator[tuple[int, Cells]] = table.rows()
        headings = _headings(self._rows, header_row)
        if len(headings) > limits.max_columns:
            raise FileRejected("too_many_columns", limit=limits.max_columns)
        self._mapping = mapping or Mapping.guess(headings)
        self._row_reader = _RowReader(self._mapping, headings, may_be_shifted=not is_xlsx)
        self.info = FileInfo(
            format="xlsx" if is_xlsx else "csv",
            filename=filename,
            encoding=table.encoding,
            delimiter=table.delimiter,
            sheet=table.sheet,
        )

    def rows(self) -> Iterator[tuple[list[RowIssue], ArticleRecord | None]]:
        """Yield per row its issues and, unless one of them refuses it, its record."""
        read = 0
        for number, cells in self._rows:
            if not any(cells):
                continue
            read += 1
            if read > self._limits.max_rows:
                raise FileRejected("too_many_rows", limit=self._limits.max_rows)
            yield self._row_reader.read(number, cells)


def _open_table(
    stream: BinaryIO, limits: Limits, mapping: Mapping | None, *, is_xlsx: bool
) -> CsvTable | XlsxTable:
    if is_xlsx:
        return XlsxTable(stream, sheet=mapping.sheet if mapping else "", limits=limits)
    if mapping is None:
        return CsvTable(stream)
    return CsvTable(
        stream,
        encoding=mapping.encoding,
        delimiter=mapping.delimiter,
        wanted=mapping.headings,
        header_row=mapping.header_row,
    )


def _headings(rows: Iterator[tuple[int, Cells]], header_row: int) -> list[str]:
    for number, cells in rows:
        if number == header_row:
            return [" ".join(plain(cell).split()) for cell in cells]
        if number > header_row:
            break
    raise FileRejected("header_missing", line=header_row)


class _RowReader:
    """Reads rows by one mapping; knows the article numbers met so far.

    What the mapping says is turned into positions once: a large table has millions of
    cells. Constants are treated as further cells behind those of the row.
    """

    def __init__(self, mapping: Mapping, headings: Sequence[str], *, may_be_shifted: bool) -> None:
        self._mapping = mapping
        self._width = len(headings)
        self._may_be_shifted = may_be_shifted
        self._position = _positions(mapping, headings)
        self._constants = list(mapping.constants.values())
        self._places = {target: self._position[name] for target, name in mapping.columns.items()}
        for offset, target in enumerate(mapping.constants):
            self._places[target] = self._width + offset
        self._features = [
            (" ".join(name.split()), self._position[heading])
            for name, heading in mapping.features.items()
        ]
        self._name = self._all(mapping.name_columns)
        self._aid_column, self._aid = self._aid_maker()
        self._first_seen: dict[str, int] = {}
        self._steps = [
            (target, check, mapping.columns.get(target, target), self._places[target])
            for target, check in _checks(mapping.decimal_sign).items()
            if target in self._places
        ]

    def read(self, number: int, cells: Cells) -> tuple[list[RowIssue], ArticleRecord | None]:
        """Return the issues of a row and, unless one of them refuses it, its record."""
        texts = [plain(cell) for cell in cells]
        findings = Findings(number, all_printable=has_only_printable("\t".join(texts)))
        if self._may_be_shifted and len(cells) > self._width and any(cells[self._width :]):
            findings.add("too_many_cells", "", texts[self._width])
            return findings.issues, None
        padding = [""] * (self._width - len(cells))
        cells = [*cells[: self._width], *padding, *self._constants]
        texts = [*texts[: self._width], *padding, *self._constants]
        record = self._record(findings, cells, texts)
        return findings.issues, None if findings.refused else record

    def _record(self, findings: Findings, cells: Cells, texts: list[str]) -> ArticleRecord:
        aid = self._article_number(findings, texts)
        name = self._joined(texts, self._name, " ")
        name_column = self._mapping.name_columns[0]
        if not name:
            findings.add("name_missing", name_column)
        values: dict[str, Any] = {
            target: check(findings, heading, cells[position])
            for target, check, heading, position in self._steps
        }
        if "unit" in values:
            values["unit_raw"] = texts[self._places["unit"]]
        if values.get("currency", "EUR") != "EUR":
            column = self._mapping.columns.get("currency", "currency")
            findings.add("currency", column, values["currency"])
        if "valid_from" in values and "valid_to" in values:
            column = self._mapping.columns.get("valid_to", "valid_to")
            fields.validity(findings, column, values["valid_from"], values["valid_to"])
        if self._mapping.tiers:
            values["extra_prices"] = self._tiers(findings, cells, values)
        features = [(name, texts[position]) for name, position in self._features]
        return ArticleRecord(
            row=findings.row,
            supplier_aid=aid,
            name=single_line(findings, name_column, name, fields.NAME_LENGTH),
            features=fields.features(findings, "", features),
            **values,
        )

    def _tiers(
        self, findings: Findings, cells: Cells, values: abc.Mapping[str, Any]
    ) -> tuple[PriceRecord, ...]:
        """The further prices; what they have in common with the main one is the same."""
        common = {
            key: values[key]
            for key in ("price_unit", "tax_rate", "valid_from", "valid_to")
            if key in values
        }
        sign = self._mapping.decimal_sign
        prices = []
        for tier in self._mapping.tiers:
            cell = cells[self._position[tier.price]]
            if cell == "":
                continue
            amount = fields.price(findings, tier.price, cell, sign)
            bound = cells[self._position[tier.lower_bound]]
            lower_bound = fields.count(findings, "lower_bound", tier.lower_bound, bound, sign)
            if amount is not None:
                prices.append(PriceRecord(amount, lower_bound=lower_bound, **common))
        return tuple(prices)

    def _article_number(self, findings: Findings, texts: list[str]) -> str:
        column = self._aid_column
        aid = article_number(findings, column, self._aid(texts), fields.AID_LENGTH)
        if not findings.refused:
            first = self._first_seen.setdefault(aid, findings.row)
            if first != findings.row:
                by_rule = self._mapping.makes_id_by_rule
                code = "article_duplicate" if by_rule else "id_duplicate"
                findings.add(code, column, aid, first=f"Zeile {first}")
        return aid

    def _aid_maker(self) -> tuple[str, Callable[[list[str]], str]]:
        """The columns of the article number, and the function that makes it of a row."""
        mapping = self._mapping
        if mapping.id_template:
            return ", ".join(mapping.id_placeholders), self._template_filler()
        if mapping.id_columns:
            positions = self._all(mapping.id_columns)
            return ", ".join(mapping.id_columns), lambda row: self._joined(row, positions, "-")
        if mapping.makes_id_by_rule:
            columns = tuple(dict.fromkeys((*mapping.name_columns, *mapping.distinguish_by)))
            ruled = self._all(columns)
            return ", ".join(columns), lambda row: slug(
                self._joined(row, ruled, " "), fields.AID_LENGTH
            )
        position = self._places["supplier_aid"]
        return mapping.columns["supplier_aid"], lambda row: row[position]

    def _template_filler(self) -> Callable[[list[str]], str]:
        """An empty placeholder leaves the number empty: a bare prefix names nothing."""
        # split gives text and heading by turns: "NB-", "laptop_ID", ""
        parts = PLACEHOLDER.split(self._mapping.id_template)
        literals, positions = parts[::2], self._all(parts[1::2])

        def fill(texts: list[str]) -> str:
            filled = literals[0]
            for position, literal in zip(positions, literals[1:], strict=True):
                if not texts[position]:
                    return ""
                filled += texts[position] + literal
            return filled

        return fill

    def _all(self, headings: Sequence[str]) -> list[int]:
        return [self._position[heading] for heading in headings]

    @staticmethod
    def _joined(texts: list[str], positions: list[int], separator: str) -> str:
        return separator.join([texts[position] for position in positions if texts[position]])


Check = Callable[[Findings, str, fields.Cell], Any]


def _checks(sign: str) -> dict[str, Check]:
    """How each target that is one cell is read."""

    def line(limit: int) -> Check:
        return lambda findings, heading, cell: single_line(findings, heading, plain(cell), limit)

    def counted(code: str) -> Check:
        return lambda findings, heading, cell: fields.count(findings, code, heading, cell, sign)

    return {
        "description_long": lambda findings, heading, cell: paragraph(
            findings, heading, plain(cell), fields.DESCRIPTION_LENGTH
        ),
        "manufacturer": line(fields.MANUFACTURER_LENGTH),
        "mpn": line(fields.MPN_LENGTH),
        "gtin": fields.gtin,
        "product_group": line(fields.GROUP_LENGTH),
        "unit": lambda findings, heading, cell: fields.unit(findings, heading, plain(cell)),
        "price": lambda findings, heading, cell: fields.price(findings, heading, cell, sign),
        "currency": lambda _findings, _heading, cell: fields.currency(plain(cell)),
        "price_unit": counted("price_unit"),
        "lower_bound": counted("lower_bound"),
        "tax_rate": fields.tax_rate,
        "delivery_days": fields.delivery_days,
        "valid_from": fields.day,
        "valid_to": fields.day,
    }


def slug(text: str, limit: int) -> str:
    """Return `text` in lower-case letters, digits and hyphens, at most `limit` long.

    What is longer is cut and ends in a digest of the whole, so that texts which differ
    only at their ends stay apart.
    """
    spelled = unicodedata.normalize("NFKD", text.lower().translate(_SPELLED))
    full = re.sub(r"[^a-z0-9]+", "-", spelled.encode("ascii", "ignore").decode()).strip("-")
    if len(full) <= limit:
        return full
    digest = hashlib.sha256(full.encode()).hexdigest()[:_DIGEST_LENGTH]
    return f"{full[: limit - _DIGEST_LENGTH - 1].rstrip('-')}-{digest}"


def _positions(mapping: Mapping, headings: Sequence[str]) -> dict[str, int]:
    """The position of each heading the mapping needs; each must be there once."""
    positions = {}
    for wanted in mapping.headings:
        found = [index for index, heading in enumerate(headings) if heading == wanted]
        if not found:
            present = ", ".join(heading for heading in headings if heading)
            if len(present) > _PRESENT_LENGTH:
                present = present[:_PRESENT_LENGTH] + "…"
            raise FileRejected("column_missing", detail=wanted, present=present)
        if len(found) > 1:
            raise FileRejected("column_ambiguous", detail=wanted)
        positions[wanted] = found[0]
    return positions
