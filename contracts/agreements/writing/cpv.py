"""The Common Procurement Vocabulary (Regulation (EC) 213/2008): load, search, check.

The operator loads the vocabulary from a file; without it codes are checked by their form
only. The check digit's rule is not published, so the digit is taken as it comes.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from pathlib import Path

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from contracts.agreements.errors import AgreementError
from contracts.agreements.models import CpvCode
from contracts.agreements.refused import FieldRefused

FOUND = 20
COLUMNS = frozenset({"code", "name_en", "name_de"})
_CODE = re.compile(r"\d{8}-\d")
_PREFIX = re.compile(r"\d{2,8}(-\d?)?")
_WORDS = re.compile(r"\w+")

_UPSERT = """
INSERT INTO agreements_cpvcode AS known (code, name_de, name_en, document)
SELECT row.code, row.name_de, row.name_en,
       to_tsvector('german', row.name_de) || to_tsvector('english', row.name_en)
  FROM unnest(%s::text[], %s::text[], %s::text[]) AS row(code, name_de, name_en)
ON CONFLICT (code) DO UPDATE
   SET name_de = excluded.name_de, name_en = excluded.name_en, document = excluded.document
 WHERE (known.name_de, known.name_en) IS DISTINCT FROM (excluded.name_de, excluded.name_en)
"""


class UnreadableVocabulary(AgreementError):
    """The file is no CPV list; the text names the row."""

    code = "unreadable_vocabulary"


class UnknownCpv(FieldRefused):
    """A code has the wrong form or is not in the vocabulary."""

    code = "unknown_cpv"

    def __init__(self, message: str) -> None:
        super().__init__("cpv", message)


def load(path: Path) -> int:
    """Load the vocabulary from a CSV file; return how many codes were new or changed.

    Columns `code`, `name_en`, `name_de`, UTF-8; others are ignored. Loading the same file
    again changes nothing. Raises UnreadableVocabulary, and then nothing was loaded.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if not set(reader.fieldnames or ()) >= COLUMNS:
            raise UnreadableVocabulary(f"{path.name}: Die Spalten {sorted(COLUMNS)} fehlen.")
        rows = [(row["code"], row["name_de"], row["name_en"]) for row in reader]
    for place, (code, name_de, _) in enumerate(rows, start=2):
        if not _CODE.fullmatch(code or "") or not name_de:
            raise UnreadableVocabulary(f"{path.name}, Zeile {place}: „{code}“ ist kein CPV-Code.")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_UPSERT, [list(column) for column in zip(*rows, strict=True)])
        return int(cursor.rowcount)


def search(text: str, limit: int = FOUND) -> QuerySet[CpvCode]:
    """Codes that begin with the digits, or whose German or English name has all the words.

    Words match by their stem and from their beginning; the best matches come first.
    """
    wanted = text.strip()
    if _PREFIX.fullmatch(wanted):
        return CpvCode.objects.filter(code__startswith=wanted).order_by("code")[:limit]
    words = _WORDS.findall(wanted)
    if not words:
        return CpvCode.objects.none()
    raw = " & ".join(f"{word}:*" for word in words)
    german = SearchQuery(raw, config="german", search_type="raw")
    english = SearchQuery(raw, config="english", search_type="raw")
    return (
        CpvCode.objects.filter(Q(document=german) | Q(document=english))
        .annotate(rank=SearchRank(F("document"), german) + SearchRank(F("document"), english))
        .order_by("-rank", "code")[:limit]
    )


def check_codes(codes: Sequence[str]) -> list[str]:
    """The codes without repetition. Raises UnknownCpv for a wrong form or an unknown code."""
    wanted = list(dict.fromkeys(code.strip() for code in codes))
    for code in wanted:
        if not _CODE.fullmatch(code):
            raise UnknownCpv(
                f"„{code}“ hat nicht die Form eines CPV-Codes (acht Ziffern, Strich, Prüfziffer)."
            )
    known = set(CpvCode.objects.filter(code__in=wanted).values_list("code", flat=True))
    missing = [code for code in wanted if code not in known]
    if missing and CpvCode.objects.exists():
        raise UnknownCpv(f"Nicht im CPV-Verzeichnis: {', '.join(missing)}. Bitte suchen Sie neu.")
    return wanted


def names(codes: Sequence[str]) -> dict[str, str]:
    """German names of the codes, as far as the vocabulary is loaded."""
    return dict(CpvCode.objects.filter(code__in=codes).values_list("code", "name_de"))
