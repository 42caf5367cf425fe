"""Price sheets (Preisblätter): awards, positions and prices of a draft from one file.

This is the package's public face; outsiders import from here only (docs/price-sheet.md).
"""

from .codes import SENTENCES, SheetCode
from .columns import COLUMNS
from .errors import SheetOutdated
from .imports import import_sheet, obstacle, preview_sheet
from .reading import MAX_BYTES, MAX_ROWS
from .report import MOST_ERRORS, Counts, SheetReport
from .sample import SAMPLE_FORMATS, sample_sheet

__all__ = [
    "COLUMNS",
    "MAX_BYTES",
    "MAX_ROWS",
    "MOST_ERRORS",
    "SAMPLE_FORMATS",
    "SENTENCES",
    "Counts",
    "SheetCode",
    "SheetOutdated",
    "SheetReport",
    "import_sheet",
    "obstacle",
    "preview_sheet",
    "sample_sheet",
]
