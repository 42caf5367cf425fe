"""German names of the units of measure (UN/ECE Recommendation 20) met in price sheets."""

from __future__ import annotations

from collections.abc import Mapping

UNIT_NAMES: Mapping[str, str] = {
    "C62": "Stück",
    "H87": "Stück",
    "EA": "Stück",
    "PCE": "Stück",
    "PR": "Paar",
    "SET": "Satz",
    "XPK": "Packung",
    "PK": "Packung",
    "XBX": "Karton",
    "MTR": "m",
    "LTR": "l",
    "KGM": "kg",
    "HUR": "Std.",
    "DAY": "Tage",
    "MON": "Monate",
    "ANN": "Jahre",
    "LS": "pauschal",
}


def unit_name(code: str) -> str:
    """Return the German name of a unit; an unknown code is shown as it is."""
    return UNIT_NAMES.get(code, code)
