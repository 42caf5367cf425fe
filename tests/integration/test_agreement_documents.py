"""Documents: told by their content, kept once, read by those they are meant for."""

from __future__ import annotations

import io
from datetime import date
from zipfile import ZipFile

import pytest

from contracts.agreements.errors import NotAllowed, NotFound
from contracts.agreements.models import AgreementDocument, BuyerEntitlement, DocumentAudience
from contracts.agreements.models import DocumentKind as Kind
from contracts.agreements.writing import documents
from contracts.agreements.writing.documents import NewDocument, visible_documents
from contracts.agreements.writing.setup import entitle
from contracts.audit.models import AuditEntry
from contracts.files import MAX_BYTES, UnsuitableFile, media_type, safe_name
from contracts.parties.models import Membership, Role
from tests.refusals import forbidden
from tests.world import DAY, NOW, World, build_world, person

PDF = b"%PDF-1.7 Bekanntmachung"


def package(*names: str) -> bytes:
    buffer = io.BytesIO()
    with ZipFile(buffer, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return buffer.getvalue()


@pytest.fixture
def world(db: None) -> World:
    return build_world()


def _upload(
    world: World,
    audience: DocumentAudience = DocumentAudience.INTERNAL,
    content: bytes = PDF,
    **place: int | None,
) -> AgreementDocument:
    new = NewDocument(Kind.NOTICE, audience, "Titel", "datei.pdf", content, **place)
    return documents.upload(agreement_id=world.agreement.pk, new=new, by=world.manager, now=NOW)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.PDF", PDF, "application/pdf"),
        ("a.png", b"\x89PNG\r\n\x1a\n...", "image/png"),
        ("a.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"),
        ("A.JPEG", b"\xff\xd8\xff\xe1\x00\x10Exif", "image/jpeg"),
        ("a.xlsx", package("xl/workbook.xml"), "spreadsheetml.sheet"),
        ("a.docx", package("word/document.xml"), "wordprocessingml.document"),
        ("a.xml", b"\xef\xbb\xbf<?xml version='1.0'?><a/>", "application/xml"),
        ("a.csv", "Größe;Preis\n1;2".encode("cp1252"), "text/csv"),
    ],
)
def test_known_kinds_are_told_by_their_content(name: str, content: bytes, kind: str) -> None:
    assert media_type(name, content).endswith(kind)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b""),
        ("a.pdf", b"<html>"),
        ("a.csv", PDF),
        ("a.jpg", PDF),
        ("a.png", b"\xff\xd8\xff\xe0\x00\x10JFIF"),
        ("a.xlsx", package("word/document.xml")),
        ("a.xlsx", b"PK\x03\x04 broken"),
        ("a.docx", package("evil.exe")),
        ("a.html", b"<html><script>"),
        ("a.xml", b"<html><script>"),
        ("a.csv", b"<html><script>"),
        ("a.csv", b"a;b\x00c"),
        ("a.exe", b"MZ\x90\x00"),
        ("datei", PDF),
        ("a.pdf", PDF + b"x" * MAX_BYTES),
    ],
)
def test_anything_else_is_refused(name: str, content: bytes) -> None:
    with pytest.raises(UnsuitableFile):
        media_type(name, content)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Akte\\Preisblatt Los 1.xlsx", "Preisblatt Los 1.xlsx"),
        ('a"b\r\nc;d.pdf', "a_b__c_d.pdf"),
        ("ü" * 300 + ".pdf", "ü" * 196 + ".pdf"),
    ],
)
def test_names_lose_what_could_mislead(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_the_same_file_is_the_same_document(world: World) -> None:
    first = _upload(world)
    assert _upload(world).pk == first.pk
    assert _upload(world, lot_id=world.lots[0].pk).pk != first.pk
    documents.withdraw(document_id=first.pk, reason="veraltet", by=world.manager, now=NOW)
    assert _upload(world).pk != first.pk
    assert AuditEntry.objects.filter(action="document.uploaded").count() == 3


def test_a_document_is_withdrawn_once_and_never_changed(world: World) -> None:
    document = _upload(world, DocumentAudience.PARTIES)
    for _ in range(2):
        documents.withdraw(document_id=document.pk, reason="falsch", by=world.manager, now=NOW)
    assert AuditEntry.objects.filter(action="document.withdrawn").count() == 1
    assert list(visible_documents(world.manager, DAY)) == [document]
    assert not visible_documents(world.officer, DAY).exists()
    with forbidden():
        AgreementDocument.objects.update(title="anders")
    with forbidden():
        AgreementDocument.objects.all().delete()


def _readers(world: World) -> dict[str, Membership]:
    """A manager, an entitled buyer, a buyer of lot 2 alone, nobody's, and both suppliers."""
    suppliers = [
        person(f"auftrag@l{n}.example", row, Role.SUPPLIER_ORDERS)
        for n, row in enumerate(world.suppliers, start=1)
    ]
    return {
        "manager": world.manager,
        "buyer": world.officer,
        "stranger": world.outsider,
        "supplier 1": suppliers[0],
        "supplier 2": suppliers[1],
    }


ALL = {"manager", "buyer", "supplier 1", "supplier 2"}


@pytest.mark.parametrize(
    ("audience", "place", "readers"),
    [
        (DocumentAudience.INTERNAL, "", {"manager"}),
        (DocumentAudience.BUYERS, "", {"manager", "buyer"}),
        (DocumentAudience.PARTIES, "", ALL),
        (DocumentAudience.PARTIES, "lot", {"manager", "buyer", "supplier 1"}),
        (DocumentAudience.PARTIES, "award", {"manager", "buyer", "supplier 1"}),
        (DocumentAudience.INTERNAL, "award", {"manager"}),
    ],
)
def test_a_document_is_read_by_those_it_is_meant_for(
    world: World, audience: DocumentAudience, place: str, readers: set[str]
) -> None:
    keys = {"lot": {"lot_id": world.lots[0].pk}, "award": {"award_id": world.awards[0].pk}}
    document = _upload(world, audience, **keys.get(place, {}))
    seen = {
        name
        for name, member in _readers(world).items()
        if document in visible_documents(member, DAY)
    }
    assert seen == readers


def test_a_buyer_of_one_lot_reads_no_other_lots_documents(world: World) -> None:
    entitle(
        world.agreement,
        world.other_authority,
        valid_from=DAY,
        lot=world.lots[1],
        by=world.manager,
        now=NOW,
    )
    whole = _upload(world, DocumentAudience.BUYERS)
    mine = _upload(world, DocumentAudience.BUYERS, lot_id=world.lots[1].pk)
    _upload(world, DocumentAudience.BUYERS, lot_id=world.lots[0].pk)
    _upload(world, DocumentAudience.BUYERS, award_id=world.awards[0].pk)
    assert set(visible_documents(world.outsider, DAY)) == {whole, mine}


def test_an_entitlement_that_ended_closes_the_documents(world: World) -> None:
    _upload(world, DocumentAudience.BUYERS)
    assert visible_documents(world.officer, DAY).exists()
    BuyerEntitlement.objects.update(valid_to=date(2026, 6, 14))
    assert not visible_documents(world.officer, DAY).exists()


def test_only_the_manager_uploads_and_only_to_parts_of_the_agreement(world: World) -> None:
    new = NewDocument(Kind.NOTICE, DocumentAudience.INTERNAL, "T", "a.pdf", PDF)
    reviewer = person("r@zbs.example", world.purchasing, Role.REVIEWER)
    for member in (reviewer, world.officer):
        with pytest.raises(NotAllowed):
            documents.upload(agreement_id=world.agreement.pk, new=new, by=member, now=NOW)
    with pytest.raises(NotFound):
        _upload(world, lot_id=world.lots[1].pk + 1_000)
    with pytest.raises(NotFound):
        _upload(world, award_id=0)
