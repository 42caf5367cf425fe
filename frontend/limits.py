"""How far somebody may sign, in words. Pure."""

from __future__ import annotations

from decimal import Decimal

from frontend.formatting import MISSING, format_money
from orders.signing.satisfiability import AMPLE


def up_to(limit: Decimal | None) -> str:
    """Return ``bis 5.000,00 €``; an amount set to mean "any" is no amount to read; a dash
    for None.
    """
    if limit is None:
        return MISSING
    return "ohne praktische Obergrenze" if limit >= AMPLE else f"bis {format_money(limit)}"
