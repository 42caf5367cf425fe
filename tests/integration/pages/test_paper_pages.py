"""Attachments and comments on the pages of a requisition, and where one decides."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contracts.parties.models import Role
from orders.models import Requisition
from orders.requisitions import papers
from tests.pages import PageWorld
from tests.papers import PDF, attached

EVIL = "<script>alert(1)</script> Ärger"


def send(client: Client, requisition: Requisition, **fields: Any) -> HttpResponse:
    return client.post(f"/anforderungen/{requisition.pk}/anlagen/", fields)


def say(client: Client, requisition: Requisition, text: str, **fields: str) -> HttpResponse:
    return client.post(f"/anforderungen/{requisition.pk}/kommentare/", {"text": text, **fields})


def file_named(name: str, content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/octet-stream")


def test_a_file_is_added_shown_and_downloaded_never_shown_as_a_page(pages: PageWorld) -> None:
    requisition = pages.submitted()
    officer = pages.client(pages.officer)
    answer = send(officer, requisition, file=file_named("Angebot Ü.pdf"), title=EVIL)
    assert (answer.status_code, answer["Location"]) == (
        302,
        f"/anforderungen/{requisition.pk}/#anlagen",
    )
    attachment = requisition.attachments.get()
    for by, address in (
        (pages.officer, f"/anforderungen/{requisition.pk}/"),
        (pages.approver, f"/freigaben/{requisition.pk}/"),
    ):
        page = pages.client(by).get(address).content.decode()
        assert "&lt;script&gt;alert(1)&lt;/script&gt; Ärger" in page
        assert EVIL not in page
    download = f"/anforderungen/{requisition.pk}/anlagen/{attachment.pk}/"
    got = pages.as_role(Role.AUDITOR).get(download)
    assert got.content == PDF
    assert got["Content-Type"] == "application/pdf"
    assert got["X-Content-Type-Options"] == "nosniff"
    assert got["Content-Disposition"].startswith("attachment; filename")


def test_a_foreign_requisition_in_the_address_opens_nothing(pages: PageWorld) -> None:
    requisition, other = pages.submitted(), pages.submitted()
    row = attached(requisition, pages.officer, now=pages.now)
    officer = pages.client(pages.officer)
    assert officer.get(f"/anforderungen/{other.pk}/anlagen/{row.pk}/").status_code == 404
    step = f"/anforderungen/{other.pk}/anlagen/{row.pk}/zurueckziehen/"
    assert officer.post(step).status_code == 404
    outsider = pages.client(pages.world.outsider)
    assert outsider.get(f"/anforderungen/{requisition.pk}/anlagen/{row.pk}/").status_code == 404
    row.refresh_from_db()
    assert row.withdrawn_at is None


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (None, "zwingend erforderlich"),
        (("leer.pdf", b""), "Die Datei ist leer."),
        (("programm.pdf", b"MZ\x90\x00"), "Angenommen werden PDF"),
        (("groß.pdf", PDF + b"x" * papers.MAX_BYTES), "größer als 10 MB"),
    ],
    ids=["none", "empty", "program", "large"],
)
def test_a_refused_file_is_explained_and_the_title_kept(
    pages: PageWorld, file: tuple[str, bytes] | None, words: str
) -> None:
    requisition = pages.submitted()
    fields = {"file": file_named(*file)} if file is not None else {}
    answer = send(pages.client(pages.officer), requisition, title="Mein Titel", **fields)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert 'value="Mein Titel"' in page
    assert not requisition.attachments.exists()


def test_withdrawing_asks_for_the_right_person(pages: PageWorld) -> None:
    requisition = pages.submitted()
    row = attached(requisition, pages.officer, now=pages.now)
    step = f"/anforderungen/{requisition.pk}/anlagen/{row.pk}/zurueckziehen/"
    approver, officer = pages.client(pages.approver), pages.client(pages.officer)
    assert step not in approver.get(f"/anforderungen/{requisition.pk}/").content.decode()
    refused = approver.post(step)
    assert refused.status_code == 422
    assert "oder die Beschaffung" in refused.content.decode()
    assert step in officer.get(f"/anforderungen/{requisition.pk}/").content.decode()
    assert officer.post(step).status_code == 302
    assert "zurückgezogen" in officer.get(f"/anforderungen/{requisition.pk}/").content.decode()
    assert "angebot.pdf" not in approver.get(f"/anforderungen/{requisition.pk}/").content.decode()


def test_a_comment_leads_back_to_where_it_was_written(pages: PageWorld) -> None:
    requisition = pages.submitted()
    approver = pages.client(pages.approver)
    decide = f"/freigaben/{requisition.pk}/"
    answer = say(approver, requisition, f"{EVIL}\nzweite Zeile", next=decide)
    assert answer["Location"] == f"{decide}#kommentare"
    page = approver.get(decide).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; Ärger<br>zweite Zeile" in page
    away = say(approver, requisition, "Noch etwas", next="https://anderswo.example/")
    assert away["Location"] == f"/anforderungen/{requisition.pk}/#kommentare"


@pytest.mark.parametrize(
    ("text", "words"), [("  ", "zwingend erforderlich"), ("x" * 4_001, "4001 Zeichen")]
)
def test_a_refused_comment_is_explained_and_kept(pages: PageWorld, text: str, words: str) -> None:
    requisition = pages.submitted()
    answer = say(pages.client(pages.officer), requisition, text)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert text.strip() in page
    assert not requisition.comments.exists()


def test_after_the_end_only_comments_can_be_added(pages: PageWorld) -> None:
    requisition = pages.issued()
    page = pages.client(pages.officer).get(f"/anforderungen/{requisition.pk}/").content.decode()
    assert "Anlage hinzufügen" not in page
    assert "Kommentieren" in page
    refused = send(pages.client(pages.officer), requisition, file=file_named("a.pdf"))
    assert refused.status_code == 422
    assert "ändert sich nichts mehr" in refused.content.decode()
    auditor = pages.as_role(Role.AUDITOR).get(f"/anforderungen/{requisition.pk}/").content.decode()
    assert "Kommentieren" not in auditor


@pytest.mark.parametrize("page", ["/anforderungen/{0}/", "/freigaben/{0}/"])
def test_queries_do_not_grow_with_papers(pages: PageWorld, page: str) -> None:
    requisition = pages.submitted()
    client = pages.client(pages.approver)

    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(page.format(requisition.pk)).status_code == 200
        return len(captured)

    def add(number: int) -> None:
        attached(requisition, pages.officer, now=pages.now, content=PDF + bytes([number]))
        for by in (pages.officer, pages.approver):
            papers.comment(
                requisition_id=requisition.pk, text=f"Nr. {number}", by=by, now=pages.now
            )

    add(0)
    before = count()
    for number in range(1, 6):
        add(number)
    assert count() == before
