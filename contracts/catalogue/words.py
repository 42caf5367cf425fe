"""Words for the index: compound parts and synonyms that a stemmer does not know. Pure.

The German stemmer leaves "Dokumentenkamera" in one piece, so "Kamera" would not find
it; and it does not know that a Laptop is a Notebook.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

_WORD = re.compile(r"[^\W\d_]{4,}")
_MIN_STEM = 3

HEADS = (
    "adapter", "akku", "beamer", "bildschirm", "buch", "bücher", "display", "drucker",
    "dock", "garantie", "gehäuse", "gerät", "geräte", "halter", "halterung", "hülle",
    "kabel", "kamera", "karte", "klassensatz", "koffer", "ladegerät", "lautsprecher",
    "leinwand", "lizenz", "maus", "mikrofon", "monitor", "netzteil", "notebook",
    "projektor", "rahmen", "rechner", "schrank", "schulbuch", "schulbücher", "schutz",
    "speicher", "ständer", "stift", "switch", "tablet", "tafel", "tasche", "tastatur",
    "wagen", "wandhalterung",
)  # fmt: skip

SYNONYMS = {
    "laptop": ("notebook",),
    "notebook": ("laptop",),
    "beamer": ("projektor",),
    "projektor": ("beamer",),
    "access": ("wlan", "wifi"),
    "bildschirm": ("monitor", "display"),
    "monitor": ("bildschirm",),
    "display": ("bildschirm", "tafel"),
    "schulbuch": ("lehrbuch",),
    "schulbücher": ("lehrbuch", "schulbuch"),
    "garantie": ("gewährleistung",),
    "stift": ("pen", "eingabestift"),
    "hülle": ("case", "schutzhülle"),
}


def extra_terms(texts: Iterable[str]) -> str:
    """Return compound parts and synonyms of the words in *texts*, blank-separated."""
    found: set[str] = set()
    for text in texts:
        for match in _WORD.finditer(text.lower()):
            found.update(_terms_of(match.group()))
    return " ".join(sorted(found))


@lru_cache(maxsize=50_000)
def _terms_of(word: str) -> tuple[str, ...]:
    """What one word adds; kept, because a catalogue says the same words again and again."""
    heads = _heads_of(word)
    synonyms = (synonym for part in (word, *heads) for synonym in SYNONYMS.get(part, ()))
    return (*heads, *synonyms)


def _heads_of(word: str) -> list[str]:
    """Known head words that end *word* behind a stem of at least three letters."""
    plural = word.removesuffix("n").removesuffix("e") if len(word) > 6 else word
    return [
        head
        for head in HEADS
        for form in {word, plural}
        if form.endswith(head) and len(form) - len(head) >= _MIN_STEM
    ]
