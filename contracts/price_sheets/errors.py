"""What stops a price sheet beyond its cells, by name; the text is for people."""

from __future__ import annotations

from contracts.agreements.errors import AgreementError


class SheetOutdated(AgreementError):
    """Somebody wrote the same records while the sheet was imported; nothing is written."""

    code = "sheet_outdated"
