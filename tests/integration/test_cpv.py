"""CPV codes: loaded from the operator's file, searched in German and English, checked."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from contracts.agreements.models import CpvCode
from contracts.agreements.writing import cpv
from contracts.agreements.writing.cpv import UnknownCpv, UnreadableVocabulary

HEAD = "code,parent,type,name_en,name_de\n"
ROWS = (
    "30200000-1,30000000-9,supplies,Computer equipment and supplies,Computeranlagen und Zubehör\n"
    "30213100-6,30213000-5,supplies,Portable computers,Tragbare Computer\n"
    "30213200-7,30213000-5,supplies,Tablet computer,Tablettcomputer\n"
    "39160000-1,39100000-3,supplies,School furniture,Schulmöbel\n"
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "cpv.csv"
    path.write_text(HEAD + ROWS, encoding="utf-8")
    return path


def _codes(text: str) -> list[str]:
    return [row.code for row in cpv.search(text)]


def test_loading_again_changes_nothing_and_a_new_name_does(db: None, file: Path) -> None:
    assert (cpv.load(file), cpv.load(file)) == (4, 0)
    file.write_text(HEAD + ROWS.replace("Tragbare Computer", "Notebooks"), encoding="utf-8")
    assert cpv.load(file) == 1
    assert _codes("notebook") == ["30213100-6"]
    assert _codes("tragbar") == []


def test_codes_are_found_by_number_and_by_words_of_both_languages(db: None, file: Path) -> None:
    cpv.load(file)
    assert _codes("302132") == ["30213200-7"]
    assert _codes("30213100-6") == ["30213100-6"]
    assert _codes("tragbaren Computern") == ["30213100-6"]
    assert _codes("portable computer") == ["30213100-6"]
    assert _codes("schulmöb") == ["39160000-1"]
    assert _codes("furniture") == ["39160000-1"]
    assert set(_codes("comput")) == {"30200000-1", "30213100-6", "30213200-7"}
    for nothing in ("", "  ", "&|!", "waschmaschine"):
        assert _codes(nothing) == []


def test_codes_are_checked_by_form_and_where_loaded_by_existence(db: None, file: Path) -> None:
    assert cpv.check_codes(["99999999-9", "99999999-9"]) == ["99999999-9"]
    for wrong in ("3021310-6", "302131006", "30213100", "30213100-66", "abc"):
        with pytest.raises(UnknownCpv, match="hat nicht die Form"):
            cpv.check_codes([wrong])
    cpv.load(file)
    assert cpv.check_codes(["30213100-6"]) == ["30213100-6"]
    with pytest.raises(UnknownCpv, match="Nicht im CPV-Verzeichnis: 99999999-9") as refusal:
        cpv.check_codes(["30213100-6", "99999999-9"])
    assert refusal.value.field == "cpv"


@pytest.mark.parametrize(
    ("content", "word"),
    [("a,b\n1,2\n", "Spalten"), (HEAD + "123,,x,a,b\n", "Zeile 2"), (HEAD + "x\n", "Zeile 2")],
)
def test_a_file_that_is_no_list_loads_nothing(
    db: None, tmp_path: Path, content: str, word: str
) -> None:
    path = tmp_path / "falsch.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UnreadableVocabulary, match=word):
        cpv.load(path)
    with pytest.raises(CommandError):
        call_command("load_cpv", path)
    assert not CpvCode.objects.exists()


@pytest.mark.shared
def test_the_official_list_loads_by_the_command(
    db: None, shared_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = shared_folder / "standards" / "cpv-2008" / "cpv-2008-de-en.csv"
    if not path.is_file():
        pytest.skip("needs the CPV list")
    call_command("load_cpv", path)
    assert "9454 codes new or changed, 9454 known." in capsys.readouterr().out
    assert "30213100-6" in _codes("tragbare Computer")
    assert "39162100-6" in _codes("teaching equipment")
