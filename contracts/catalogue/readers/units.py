"""Units of quantity: what suppliers write, as UN/ECE Recommendation 20 codes."""

from __future__ import annotations

import re

DEFAULT_UNIT = "C62"

_CODE = re.compile(r"[A-Z0-9]{2,3}", re.ASCII)

_ALIASES = {
    "C62": ("c62", "pce", "pcs", "pc", "st", "st.", "stk", "stk.", "stck", "stück", "stueck",
            "stücke", "piece", "pieces", "ea", "each", "h87"),
    "PK": ("pk", "pck", "pack", "packung", "pak", "paket", "ve", "verpackungseinheit", "pkg"),
    "BX": ("bx", "box", "schachtel"),
    "CT": ("ct", "ctn", "kar", "karton"),
    "PR": ("pr", "paa", "paar"),
    "SET": ("set", "satz", "sa"),
    "RM": ("rm", "ries"),
    "RO": ("ro", "rol", "rolle"),
    "MTR": ("mtr", "m", "meter"),
    "KGM": ("kgm", "kg", "kilogramm"),
    "LTR": ("ltr", "l", "liter"),
    "HUR": ("hur", "std", "std.", "stunde", "stunden", "h"),
    "DAY": ("day", "tag", "tage"),
    "MON": ("mon", "monat", "monate"),
    "ANN": ("ann", "jahr", "jahre"),
}  # fmt: skip
_BY_ALIAS = {alias: code for code, aliases in _ALIASES.items() for alias in aliases}


def unit_code(raw: str) -> str | None:
    """Return the code for what the file says, C62 for nothing, None for the unknown."""
    if not raw:
        return DEFAULT_UNIT
    known = _BY_ALIAS.get(raw.lower())
    if known:
        return known
    return raw if _CODE.fullmatch(raw) else None
