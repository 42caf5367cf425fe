"""The record as PDF: the same words as the page, archivable, and never anybody's code."""

from __future__ import annotations

import io
import re
import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from pypdf import PdfReader

from orders.approvals.record_data import (
    SCHEMA,
    ApprovalRecord,
    AttachmentEntry,
    CallOffEntry,
    CutEntry,
    DecisionEntry,
    LineEntry,
    PolicyEntry,
    RevisionEntry,
    RoundEntry,
    ShareEntry,
    StepEntry,
    SubstitutionEntry,
    Who,
)
from orders.formats import pdf
from orders.formats.approval_record import document
from orders.formats.document import Section

NOW = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
ASKER = Who("Jörg Größe", "Beschaffung")
SIGNER = Who("Anna Ärger", "Freigabe")
DEPUTY = Who("Übü Öztürk", "Kämmerei")
MARKUP = (
    '#read("/etc/passwd")',
    "= Titel",
    "$x^2$",
    "*fett* _kursiv_ `code`",
    "#let x = 1; #panic()",
    "// weg /* weg */ weg",
    "Ärger & <b>",
    "https://example.org @ref <label>",
    '"; #include "/etc/hosts',
    "\\u{41} -- --- ...",
)


def line(number: int, title: str, quantity: int, net: str, **changes: object) -> LineEntry:
    """A line at 42,90 EUR for ten, that two pay for."""
    shares = [
        ShareEntry("Stadt Musterfelde", "21101.0711 IT", "DP-7", Decimal("66.6667"), Decimal(200)),
        ShareEntry("Gemeinde Dorf", "21101.0712 IT", "", Decimal("33.3333"), Decimal(100)),
    ]
    made = LineEntry(
        line_no=number,
        title=title,
        supplier="Havelland",
        agreement="RV-1",
        lot=2,
        quantity=quantity,
        unit="C62",
        net_unit_price=Decimal("42.9000"),
        price_unit=10,
        net=Decimal(net),
        shares=shares,
    )
    return replace(made, **changes)


def record(**changes: object) -> ApprovalRecord:
    """A requisition approved in part by a deputy, under version 3 of the policy."""
    cut = CutEntry(1, "Notebook", 30, 20, "C62", "Zehn sind noch im Lager")
    substitution = SubstitutionEntry(
        SIGNER, date(2026, 6, 1), date(2026, 6, 30), "Urlaub", SIGNER, NOW
    )
    decision = DecisionEntry(
        DEPUTY, substitution, NOW, "freigegeben", "Gut\nso", "BV 12/2026", 1, 2, [cut]
    )
    step = StepEntry(
        tier=1,
        role="Freigabe",
        signers=1,
        reason="gilt für jeden Betrag",
        is_cosignature=False,
        opened_at=NOW,
        deadline=NOW,
        completed_at=NOW,
        escalation_role="",
        escalated_at=None,
        committee="",
        committee_on=None,
        decisions=[decision],
    )
    policy = PolicyEntry(3, date(2026, 1, 1), "Neue Grenzen", "Carl Cäsar", NOW, "Dora Dü", NOW)
    money = {"net": Decimal("31932.77"), "tax": Decimal("6067.23"), "gross": Decimal("38000.00")}
    made = ApprovalRecord(
        schema=SCHEMA,
        number="BA-2026-000123",
        title="Notebooks für Klasse 7",
        justification="Medienentwicklungsplan",
        authority="Stadt Musterfelde",
        school="Grundschule Am See",
        state="teilweise freigegeben",
        asked_by=ASKER,
        asked_at=NOW,
        handed_over_by=None,
        handed_over_at=None,
        decided_at=NOW,
        revisions=[
            RevisionEntry(number, "bearbeitet", "Notebooks", ASKER, NOW, **money)
            for number in (1, 2)
        ],
        lines=[line(1, "Notebook", 20, "8580.00")],
        attachments=[AttachmentEntry("Angebot", "a.pdf", "ab" * 32, ASKER, NOW, None)],
        rounds=[RoundEntry(1, Decimal("38000.00"), ASKER, NOW, policy, [step], None)],
        call_offs=[
            CallOffEntry(
                "AB-2026-000001", "Havelland", "RV-1", 2, NOW, money["net"], money["gross"]
            )
        ],
    )
    return replace(made, **changes)


def made(row: ApprovalRecord) -> bytes:
    return pdf.render(document(row), source=row.canonical, filename="vermerk.json")


def reader(row: ApprovalRecord) -> PdfReader:
    return PdfReader(io.BytesIO(made(row)))


def squeezed(text: str) -> str:
    """Without blanks and line ends: a long word may be divided between lines."""
    return re.sub(r"[\s\u00ad-]+", "", text)


def text_of(file: PdfReader) -> str:
    return squeezed("".join(page.extract_text() for page in file.pages))


def words_of(sections: list[Section]) -> list[str]:
    """Everything the document says."""
    found: list[str] = []
    for section in sections:
        found += [section.title, section.note]
        found += [part for fact in section.facts for part in (fact.label, fact.value)]
        if section.table is not None:
            found += [*section.table.head, *(cell for row in section.table.rows for cell in row)]
        found += words_of(list(section.parts))
    return found


def test_it_says_every_word_of_the_record() -> None:
    row = record()
    shown = text_of(reader(row))
    for words in words_of(list(document(row).sections)):
        assert squeezed(words) in shown, words
    for words in (
        "Übü Öztürk (Kämmerei)",
        "Anna Ärger (Freigabe)",
        "Vertretung vom 01.06.2026 bis 30.06.2026",
        "Fassung 3, gültig ab 01.01.2026",
        "15.06.2026, 11:00 Uhr",
        "38.000,00 EUR",
        "Gekürzt freigegeben von Übü Öztürk",
        "42,90 EUR je 10",
        "Zuwendung DP-7",
        "66,6667 %",
        row.digest,
    ):
        assert squeezed(words) in shown, words


def test_it_is_tagged_german_and_names_title_author_and_day() -> None:
    row = record()
    file = reader(row)
    root = file.trailer["/Root"]
    assert root["/Lang"] == "de-DE"
    assert root["/MarkInfo"]["/Marked"].value is True
    assert file.metadata is not None
    assert file.metadata.title == "Freigabevermerk BA-2026-000123 – Notebooks für Klasse 7"
    assert file.metadata.author == "Stadt Musterfelde"
    assert file.metadata.creation_date == NOW
    described = root["/Metadata"].get_data().decode()
    assert re.search(r"pdfaid:part[>=]\W*3", described)
    assert re.search(r"pdfuaid:part[>=]\W*1", described)
    box = file.pages[0].mediabox
    assert (round(box.width), round(box.height)) == (595, 842)


def test_the_same_record_gives_the_same_bytes() -> None:
    assert made(record()) == made(record())
    assert made(record()) != made(record(state="freigegeben"))


def test_the_data_lie_in_it_as_the_checksum_counts_them() -> None:
    row = record()
    ((name, (data,)),) = reader(row).attachments.items()
    assert (name, data) == ("vermerk.json", row.canonical)


@pytest.mark.parametrize("words", MARKUP)
def test_what_people_write_stays_text(words: str) -> None:
    row = record(title=words, justification=words, school=words)
    shown = text_of(reader(row))
    assert shown.count(squeezed(words)) >= 3
    assert "root:" not in shown


def test_signs_without_a_letter_in_the_fonts_are_named() -> None:
    row = record(title="Gut 😀 \u202eschlecht\u0007 漢")
    assert "Gut[U+1F600][U+202E]schlecht[U+0007][U+6F22]" in text_of(reader(row))


def test_every_sign_that_counts_as_shown_is_shown() -> None:
    """PDF/UA would refuse the file for one that the fonts lack, in upright and in bold."""
    shown = "".join(
        chr(code)
        for code in range(0x20, 0x3000)
        if unicodedata.category(chr(code)) != "Cn" and pdf.showable(chr(code)) == chr(code)
    )
    assert len(shown) > 1_500
    assert made(record(title=shown, justification=shown)).startswith(b"%PDF-")


def test_five_hundred_lines_repeat_their_head_and_count_their_pages() -> None:
    lines = [
        line(number, f"Artikel {number}", 1, f"{number}.00", shares=[]) for number in range(1, 501)
    ]
    file = reader(record(lines=lines))
    pages = [page.extract_text() for page in file.pages]
    assert len(pages) > 5
    assert "500" in pages[-1] or "Artikel 500" in "".join(pages)
    for number, page in enumerate(pages, start=1):
        assert f"Seite {number} von {len(pages)}" in page
    middle = [page for page in pages if page.count("Artikel ") > 20]
    assert middle
    assert all("Bezeichnung" in page for page in middle)


def test_a_layout_that_fails_is_a_defect_with_its_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(pdf, "_TYPESET", tmp_path / "gone.py")
    with pytest.raises(RuntimeError, match=r"not set: .*gone\.py"):
        made(record())
