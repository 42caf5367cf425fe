"""Which part of the pieces of a line an account assignment carries."""

from __future__ import annotations

from decimal import Decimal

from .checks import check_quantity
from .errors import SharesDoNotSum
from .money import EXACT, decimals, german

PERCENT_PLACES = 4
PIECE_PLACES = PERCENT_PLACES + 2
"""Whole pieces times percents of four decimals, over a hundred."""

_HUNDRED = Decimal(100)


def carried_pieces(quantity: int, share_percent: Decimal) -> Decimal:
    """Return `share_percent` of `quantity` pieces, exactly, with at most `PIECE_PLACES`.

    Nothing is rounded, so nothing has to be evened out: over all assignments of a line the
    parts sum to its quantity, and over all parts of a line (received or cancelled, in
    whatever order) those of an assignment sum to what it carries of the whole.

    Raises `InvalidQuantity` below one piece, and `SharesDoNotSum` unless the share lies
    above 0 and up to 100 percent with at most four decimals.
    """
    check_quantity(quantity)
    if not 0 < share_percent <= _HUNDRED or decimals(share_percent) > PERCENT_PLACES:
        raise SharesDoNotSum(
            f"Ein Anteil von {german(share_percent)} Prozent lässt sich nicht genau zuordnen: Er "
            f"liegt über 0 bis 100 Prozent und hat höchstens {PERCENT_PLACES} Nachkommastellen."
        )
    return EXACT.multiply(Decimal(quantity), share_percent).scaleb(-2, EXACT).normalize(EXACT)
