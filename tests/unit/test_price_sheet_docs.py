"""The page on price sheets lists exactly the codes, sentences and columns that exist."""

from __future__ import annotations

import re
from pathlib import Path

from contracts.price_sheets import COLUMNS, MAX_ROWS, SENTENCES, SheetCode

PAGE = (Path(__file__).parents[2] / "docs" / "price-sheet.md").read_text()
LINE = re.compile(r"^\| `(\w+)` \| „(.+)“ \|$", re.MULTILINE)


def test_every_code_has_a_sentence_and_stands_in_the_table() -> None:
    assert set(SENTENCES) == set(SheetCode)
    assert dict(LINE.findall(PAGE)) == {code.value: text for code, text in SENTENCES.items()}


def test_the_page_names_every_column_and_the_limit() -> None:
    named = re.findall(r"^\| (\S[^|]*?) \| (?:yes|no) \|", PAGE, re.MULTILINE)
    assert named == [column.heading for column in COLUMNS]
    assert f"{MAX_ROWS:,} rows" in PAGE


def test_a_sentence_says_what_to_do() -> None:
    advice = ("Bitte", "bitte", "ändern Sie", "lässt sich nur", "Bekannt sind")
    silent = [code for code, text in SENTENCES.items() if not any(word in text for word in advice)]
    assert silent == []
