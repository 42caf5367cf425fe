"""What stops a price sheet before or beyond its cells, by name; the texts are for people."""

from __future__ import annotations


class PriceSheetError(Exception):
    """Base of every refusal about price sheets that is no error of a cell."""


class NotFound(PriceSheetError):
    """Does not exist within reach of the actor (or at all: the two look the same)."""


class NotAllowed(PriceSheetError):
    """The role or the validity of the membership does not allow this."""


class SheetOutdated(PriceSheetError):
    """Somebody wrote the same records while the sheet was imported; nothing is written."""
