"""Figures of law are dated rows that an operator keeps, never constants of the code."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from contracts.agreements.errors import AgreementError
from contracts.agreements.models import LegalFigure

EU_THRESHOLD: Final = "eu-threshold-supplies"
TERM_ABOVE: Final = "term-months-above-threshold"
TERM_BELOW: Final = "term-months-below-threshold"
MODIFICATION_SINGLE: Final = "modification-single-percent"
MODIFICATION_DE_MINIMIS: Final = "modification-de-minimis-percent"


class NoLegalFigure(AgreementError):
    """No row of the figure is in force on the day; what depends on it can't be decided."""

    code = "no_legal_figure"


def figure(key: str, on: date) -> Decimal:
    """The figure in force on the day (EUR, months or per cent, as its key says).

    Raises NoLegalFigure where the operator has not kept one.
    """
    value = (
        LegalFigure.objects.filter(key=key, valid__contains=on)
        .values_list("value", flat=True)
        .first()
    )
    if value is None:
        raise NoLegalFigure(
            f"Für den {on:%d.%m.%Y} ist die rechtliche Größe „{key}“ nicht hinterlegt. "
            "Bitte lassen Sie sie durch den Betrieb ergänzen."
        )
    return value
