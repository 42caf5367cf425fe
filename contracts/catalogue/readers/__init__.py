"""Readers of suppliers' files: BMEcat, CSV, XLSX to article records and issues. Pure.

This is the package's public face; outsiders import from here only.
"""

from .errors import FILE_MESSAGES, FileRejected, MappingError
from .findings import ROW_MESSAGES
from .mapping import CONSTANT_TARGETS, TARGETS, Mapping, TierColumns
from .reading import Preview, Reading, preview, read
from .records import ArticleRecord, FileInfo, Limits, PriceRecord, RowIssue, Severity

__all__ = [
    "CONSTANT_TARGETS",
    "FILE_MESSAGES",
    "ROW_MESSAGES",
    "TARGETS",
    "ArticleRecord",
    "FileInfo",
    "FileRejected",
    "Limits",
    "Mapping",
    "MappingError",
    "Preview",
    "PriceRecord",
    "Reading",
    "RowIssue",
    "Severity",
    "TierColumns",
    "preview",
    "read",
]
