"""Ordering by number, from lists and once more: what is wanted is known beforehand.

This is the public face of the room.
"""

from . import lists
from .estimate import Pick
from .lines import KeptLine, OldLine, Reorder, kept_lines, list_rows, reorder, visible_list
from .preview import Entry, Preview, preview
from .rows import MAX_QUANTITY, MAX_ROWS, BadQuantity, parse_quantity
from .tables import MAX_BYTES, text_of_file
from .take import Taken, append, open_drafts, put_into_basket

__all__ = [
    "MAX_BYTES",
    "MAX_QUANTITY",
    "MAX_ROWS",
    "BadQuantity",
    "Entry",
    "KeptLine",
    "OldLine",
    "Pick",
    "Preview",
    "Reorder",
    "Taken",
    "append",
    "kept_lines",
    "list_rows",
    "lists",
    "open_drafts",
    "parse_quantity",
    "preview",
    "put_into_basket",
    "reorder",
    "text_of_file",
    "visible_list",
]
