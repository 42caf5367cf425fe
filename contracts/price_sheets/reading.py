"""A price sheet from its bytes: headings, merged cells, rows."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

from contracts.catalogue.readers import (
    FileRejected,
    Limits,
    MergedRange,
    Table,
    XlsxTable,
    open_table,
    plain,
)

from .codes import SheetCode
from .columns import HEADINGS, find_columns
from .merging import CoveredCells
from .report import Errors
from .rows import Cell, Frame, RowReader, SheetRow

MAX_ROWS = 100_000
MAX_BYTES = 32 * 2**20
MAX_COLUMNS = 100
LIMITS = Limits(max_bytes=MAX_BYTES, max_rows=MAX_ROWS, max_columns=MAX_COLUMNS)

# What the readers say of catalogues only is, for a price sheet, no known format.
_OTHER_FORMATS = frozenset(("xml_not_bmecat", "xml_not_well_formed"))


class SheetReading:
    """Reads a sheet row by row; `rows_read` counts the rows with any cell.

    Errors of the rows go to `errors`. A fault of the whole file (format, headings, more
    than `MAX_ROWS` rows) becomes one too, and ends the reading.
    """

    def __init__(self, content: bytes, frame: Frame, errors: Errors) -> None:
        self._content = content
        self._frame = frame
        self._errors = errors
        self.rows_read = 0
        self.is_refused = False

    def rows(self) -> Iterator[SheetRow]:
        """Yield the rows whose cells are in place, sound or not."""
        try:
            table = open_table(
                io.BytesIO(self._content), wanted=tuple(HEADINGS.values()), limits=LIMITS
            )
            yield from self._rows_of(table)
        except FileRejected as error:
            code = error.fault if error.fault not in _OTHER_FORMATS else SheetCode.FORMAT_UNKNOWN
            self._refuse(0, SheetCode(code), "", "", **error.details)

    def _rows_of(self, table: Table) -> Iterator[SheetRow]:
        is_xlsx = isinstance(table, XlsxTable)
        merged = table.merged_ranges() if isinstance(table, XlsxTable) else []
        found: Iterator[tuple[int, Sequence[Cell]]] = table.rows()
        first = next(found, None)
        if first is None:
            raise FileRejected("file_empty")
        number, cells = first
        reader = self._reader(number, cells, merged, may_be_shifted=not is_xlsx)
        if reader is None:
            return
        covered = CoveredCells(merged, width=len(cells))
        for number, cells in found:
            if not any(cells):
                continue
            self.rows_read += 1
            if self.rows_read > MAX_ROWS:
                raise FileRejected("too_many_rows", limit=_grouped(MAX_ROWS))
            issues, row = reader.read(number, cells, covered.in_row(number))
            self._errors.extend(issues)
            if row is not None:
                yield row
        if self.rows_read == 0:
            self._refuse(number, SheetCode.SHEET_EMPTY)

    def _reader(
        self,
        number: int,
        cells: Sequence[Cell],
        merged: Sequence[MergedRange],
        *,
        may_be_shifted: bool,
    ) -> RowReader | None:
        """The reader for these headings; None when they do not do."""
        if len(cells) > MAX_COLUMNS:
            raise FileRejected("too_many_columns", limit=MAX_COLUMNS)
        headings = [" ".join(plain(cell).split()) for cell in cells]
        for entry in merged:
            if entry.top <= number <= entry.bottom:
                self._refuse(number, SheetCode.CELL_MERGED, _heading_at(headings, entry.left))
        places, faults = find_columns(headings)
        for fault in faults:
            self._refuse(number, fault.code, fault.heading, fault.heading)
        if self.is_refused:
            return None
        return RowReader(places, len(headings), self._frame, may_be_shifted=may_be_shifted)

    def _refuse(
        self, row: int, code: SheetCode, column: str = "", value: str = "", **details: object
    ) -> None:
        self._errors.add(row, code, column, value, **details)
        self.is_refused = True


def _heading_at(headings: Sequence[str], place: int) -> str:
    return headings[place] if place < len(headings) else ""


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", ".")
