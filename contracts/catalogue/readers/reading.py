"""Reading a supplier's file, whatever it is."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from types import TracebackType
from typing import BinaryIO, Self

from .bmecat import BmecatReading
from .csv_table import CsvTable
from .errors import FileRejected
from .fields import Cell
from .mapping import Mapping
from .numbers import plain
from .records import ArticleRecord, FileInfo, Limits, RowIssue
from .source import open_source, sniff
from .tabular import TabularReading
from .xlsx_table import XlsxTable

Source = BinaryIO | str | os.PathLike[str]


class Reading(Iterator[ArticleRecord | RowIssue]):
    """The articles and issues of one file; issues of an article come before it.

    `info` is known from the start; `rows_read` and `rows_refused` count what was
    passed so far. `FileRejected` may come on the way: whoever stages records must then
    drop them. Closes a file it opened itself when read to the end or left (`with`).
    """

    def __init__(
        self, stream: BinaryIO, reading: BmecatReading | TabularReading, *, owned: bool
    ) -> None:
        self._stream = stream
        self._owned = owned
        self._items = self._read(reading)
        self.info: FileInfo = reading.info
        self.rows_read = 0
        self.rows_refused = 0

    def __next__(self) -> ArticleRecord | RowIssue:
        return next(self._items)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop reading; closes the file if the reading opened it."""
        self._items.close()
        if self._owned:
            self._stream.close()

    def _read(
        self, reading: BmecatReading | TabularReading
    ) -> Generator[ArticleRecord | RowIssue, None, None]:
        for issues, record in reading.rows():
            self.rows_read += 1
            yield from issues
            if record is None:
                self.rows_refused += 1
            else:
                yield record
        if self._owned:
            self._stream.close()


def read(
    source: Source,
    *,
    filename: str = "",
    mapping: Mapping | None = None,
    limits: Limits | None = None,
) -> Reading:
    """Open a BMEcat, CSV or XLSX file and return its articles and issues, one by one.

    What the file is, is told by its content; `filename` only goes into `info`. A table
    without a `mapping` is read by its headings where these are the usual ones.

    Raises `FileRejected`, here or while the reading is consumed.
    """
    limits = limits or Limits()
    stream = open_source(source, limits)
    owned = stream is not source
    try:
        kind = sniff(stream)
        reading: BmecatReading | TabularReading
        if kind == "bmecat":
            reading = BmecatReading(stream, filename, limits)
        else:
            reading = TabularReading(stream, filename, limits, mapping, is_xlsx=kind == "xlsx")
    except FileRejected:
        if owned:
            stream.close()
        raise
    return Reading(stream, reading, owned=owned)


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows of a table as text, for choosing sheet, header row and columns."""

    format: str
    sheets: tuple[str, ...]
    sheet: str
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def preview(
    source: Source, *, sheet: str = "", row_count: int = 10, limits: Limits | None = None
) -> Preview:
    """Return the first rows of a table; a BMEcat file has none. Raises `FileRejected`."""
    limits = limits or Limits()
    stream = open_source(source, limits)
    try:
        kind = sniff(stream)
        if kind == "bmecat":
            return Preview(kind, (), "", ())
        table: XlsxTable | CsvTable
        if kind == "xlsx":
            table = XlsxTable(stream, sheet=sheet, limits=limits)
        else:
            table = CsvTable(stream)
        found: Iterator[tuple[int, Sequence[Cell]]] = table.rows()
        rows = tuple(
            (number, tuple(plain(cell) for cell in cells))
            for number, cells in islice(found, row_count)
        )
        return Preview(kind, table.sheets, table.sheet, rows)
    finally:
        if stream is not source:
            stream.close()
