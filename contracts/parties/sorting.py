"""German sort keys.

The embedded server has no ICU collation: "Ärger" would follow "Zebra". Names
therefore carry a stored key that sorts as DIN 5007 variant 1 asks
(umlauts as their base letter, ß as ss).
"""

from __future__ import annotations

import unicodedata

_SHARP_S = str.maketrans({"ß": "ss", "ẞ": "ss"})


def german_sort_key(text: str) -> str:
    """Return a key that sorts *text* by DIN 5007-1 under byte-wise collation."""
    if text.isascii():  # most of a catalogue: nothing to decompose
        return " ".join(text.casefold().split())
    folded = text.translate(_SHARP_S).casefold()
    decomposed = unicodedata.normalize("NFKD", folded)
    letters = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(letters.split())
