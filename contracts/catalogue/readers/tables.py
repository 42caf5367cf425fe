"""Opening a table of any kind: CSV or XLSX, told by its content."""

from __future__ import annotations

from collections.abc import Collection
from typing import BinaryIO, TypeAlias

from .csv_table import CsvTable
from .errors import FileRejected
from .records import Limits
from .source import open_source, sniff
from .xlsx_table import XlsxTable

Table: TypeAlias = CsvTable | XlsxTable


def open_table(stream: BinaryIO, *, wanted: Collection[str] = (), limits: Limits) -> Table:
    """Open the first sheet of a workbook, or a CSV file; `wanted` headings tell its delimiter.

    Raises `FileRejected`, also for a BMEcat file: it is no table.
    """
    source = open_source(stream, limits)
    kind = sniff(source)
    if kind == "xlsx":
        return XlsxTable(source, limits=limits)
    if kind == "csv":
        return CsvTable(source, wanted=wanted)
    raise FileRejected("format_unknown")
