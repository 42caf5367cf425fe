"""Mappings from JSON, and the limits of a file as such."""

from __future__ import annotations

import io
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO, cast

import pytest

from contracts.catalogue.readers import FileRejected, Limits, Mapping, MappingError, read
from tests.supplier_files import csv_file, mapped, outcome

FULL = {
    "columns": {"price": "Preis", "gtin": "EAN"},
    "constants": {"currency": "EUR"},
    "features": {"RAM": "Ram"},
    "name_template": ["Marke", "Modell"],
    "id_template": "NB-{id}",
    "id_columns": [],
    "distinguish_by": ["Ram"],
    "tiers": [{"lower_bound": "Menge2", "price": "Preis2"}],
    "sheet": "Blatt",
    "header_row": 2,
    "decimal_sign": ",",
    "encoding": "cp1252",
    "delimiter": ";",
}


def test_every_entry_of_the_json_is_read() -> None:
    mapping = Mapping.from_json(FULL)
    assert json.loads(json.dumps(asdict(mapping))) == FULL
    assert mapping.headings == (
        "Preis", "EAN", "Marke", "Modell", "id", "Ram", "Menge2", "Preis2",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"colums": {}}, "colums"),
        ({"columns": []}, "columns"),
        ({"columns": {"price": 3}}, "columns.price"),
        ({"columns": {"price": ""}}, "columns.price"),
        ({"columns": {"gtin": "EAN"}}, "columns.price"),
        ({"columns": {"price": "Preis", "preis": "x"}}, "columns.preis"),
        ({"constants": {"price": "1"}}, "constants.price"),
        ({"columns": {"price": "P", "currency": "W"}}, "constants.currency"),
        ({"features": {"RAM": None}}, "features.RAM"),
        ({"name_template": []}, "columns.name"),
        ({"name_template": "Marke"}, "name_template"),
        ({"name_template": ["Marke", 1]}, "name_template.1"),
        ({"id_template": "NB"}, "id_template"),
        ({"tiers": {}}, "tiers"),
        ({"tiers": [{"price": "P"}]}, "tiers.0"),
        ({"tiers": [{"price": "P", "lower_bound": 1}]}, "tiers.0.lower_bound"),
        ({"header_row": 0}, "header_row"),
        ({"header_row": "1"}, "header_row"),
        ({"header_row": True}, "header_row"),
        ({"decimal_sign": ";"}, "decimal_sign"),
        ({"delimiter": "::"}, "delimiter"),
        ({"sheet": 4}, "sheet"),
    ],
)
def test_errors_name_the_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(MappingError) as caught:
        Mapping.from_json({**FULL, **changes})
    assert caught.value.field == field
    assert caught.value.message.endswith(".")


def test_a_mapping_is_an_object() -> None:
    with pytest.raises(MappingError):
        Mapping.from_json([])


def test_stated_character_set_and_delimiter_overrule_the_finding() -> None:
    text = csv_file("1;Grün,x;1")
    found = outcome(text.encode("cp850"), mapping=mapped(encoding="cp850", delimiter=";"))
    assert found.only.name == "Grün,x"
    with pytest.raises(FileRejected):
        outcome(text, mapping=mapped(encoding="klingonisch"))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b" \r\n\r\n", "file_empty"),
        (b"\xef\xbb\xbf", "file_empty"),
        (b"%PDF-1.7 ...", "format_unknown"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "format_unknown"),
        (b"\x1f\x8b\x08\x00\x00\x00", "format_unknown"),
    ],
)
def test_what_is_no_catalogue(content: bytes, code: str) -> None:
    with pytest.raises(FileRejected) as caught:
        outcome(content, mapping=mapped())
    assert caught.value.fault == code


def test_a_file_too_large_is_refused_by_size() -> None:
    with pytest.raises(FileRejected) as caught:
        outcome(b"x" * 2_000_001, limits=Limits(max_bytes=2_000_000))
    assert caught.value.fault == "file_too_large"


class Pipe(io.RawIOBase):
    """A stream that cannot seek and never ends."""

    def __init__(self) -> None:
        self.given = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        self.given += size
        return b"x" * size


def test_an_endless_stream_is_left_at_the_limit() -> None:
    pipe = Pipe()
    with pytest.raises(FileRejected) as caught:
        read(cast("BinaryIO", pipe), limits=Limits(max_bytes=2**20))
    assert caught.value.fault == "file_too_large"
    assert pipe.given <= 2**20 + 2**17


def test_a_file_is_told_by_its_content_not_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "katalog.xlsx"
    path.write_text(csv_file("1;Tafel;1"))
    reading = read(path, filename="katalog.xlsx", mapping=mapped())
    assert (reading.info.format, reading.info.filename) == ("csv", "katalog.xlsx")
    assert len(list(reading)) == 1
