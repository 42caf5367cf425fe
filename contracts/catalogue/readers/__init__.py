"""Readers of suppliers' files: BMEcat, CSV, XLSX to article records and issues. Pure.

This is the package's public face; outsiders import from here only. Readers of other
tables use `open_table` and the checks of single cells in `fields`.
"""

from . import fields
from .errors import FILE_MESSAGES, FileRejected, MappingError
from .findings import ROW_MESSAGES, Findings
from .mapping import CONSTANT_TARGETS, TARGETS, Mapping, TierColumns
from .numbers import NotANumber, parse_number, parse_whole, plain
from .reading import Preview, Reading, preview, read
from .records import ArticleRecord, FileInfo, Limits, PriceRecord, RowIssue, Severity
from .tables import Table, open_table
from .texts import article_number, has_only_printable, single_line
from .units import DEFAULT_UNIT
from .xlsx_table import MergedRange, XlsxTable

__all__ = [
    "CONSTANT_TARGETS",
    "DEFAULT_UNIT",
    "FILE_MESSAGES",
    "ROW_MESSAGES",
    "TARGETS",
    "ArticleRecord",
    "FileInfo",
    "FileRejected",
    "Findings",
    "Limits",
    "Mapping",
    "MappingError",
    "MergedRange",
    "NotANumber",
    "Preview",
    "PriceRecord",
    "Reading",
    "RowIssue",
    "Severity",
    "Table",
    "TierColumns",
    "XlsxTable",
    "article_number",
    "fields",
    "has_only_printable",
    "open_table",
    "parse_number",
    "parse_whole",
    "plain",
    "preview",
    "read",
    "single_line",
]
