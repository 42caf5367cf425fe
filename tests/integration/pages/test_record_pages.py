"""The record of an approval: page, PDF and JSON say the same."""

from __future__ import annotations

import io
import re
from hashlib import sha256
from html import unescape

from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from contracts.parties.models import Role
from orders.approvals.record import approval_record
from orders.formats.approval_record import document
from tests.integration.test_approval_record import cut_and_granted
from tests.integration.test_record_pdf import squeezed, text_of, words_of
from tests.pages import PageWorld
from tests.papers import attached

QUERIES = 15
"""Session, person, memberships, what the navigation counts, and eleven of the record."""


def plain(page: str) -> str:
    return squeezed(unescape(re.sub(r"<[^>]+>", " ", page)))


def test_page_pdf_and_json_agree(pages: PageWorld) -> None:
    requisition = cut_and_granted(pages.world)
    client = pages.client(pages.officer)
    record = approval_record(requisition_id=requisition.pk, by=pages.officer)
    shown = plain(client.get(f"/anforderungen/{requisition.pk}/freigabevermerk/").content.decode())
    pdf = client.get(f"/anforderungen/{requisition.pk}/freigabevermerk.pdf")
    data = client.get(f"/anforderungen/{requisition.pk}/freigabevermerk/?format=json")
    printed = PdfReader(io.BytesIO(pdf.content))
    in_print = text_of(printed)
    for words in words_of(list(document(record).sections)):
        assert squeezed(words) in shown, words
        assert squeezed(words) in in_print, words
    for words in (
        "vertretung@stadt-a.example",
        "freigabe@stadt-a.example",
        "Fassung 2, gültig ab 01.06.2026",
        "16.267,60 EUR",
        "Zehn sind noch im Lager",
    ):
        assert squeezed(words) in shown
        assert squeezed(words) in in_print
    digest = sha256(data.content).hexdigest()
    assert digest == record.digest
    assert digest in shown
    assert digest in in_print
    ((_, (inside,)),) = printed.attachments.items()
    assert inside == data.content


def test_files_are_downloads_with_their_names(pages: PageWorld) -> None:
    requisition = pages.submitted()
    client = pages.as_role(Role.AUDITOR)
    for path, kind, ending in (
        ("freigabevermerk.pdf", "application/pdf", "pdf"),
        ("freigabevermerk/?format=json", "application/json", "json"),
    ):
        answer = client.get(f"/anforderungen/{requisition.pk}/{path}")
        name = f"freigabevermerk-{requisition.number}.{ending}"
        assert answer["Content-Type"] == kind
        assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
        assert answer["X-Content-Type-Options"] == "nosniff"


def test_the_requisition_leads_to_it_once_it_was_submitted(pages: PageWorld) -> None:
    client = pages.client(pages.officer)
    draft, submitted = pages.draft(), pages.submitted()
    link = "/anforderungen/{}/freigabevermerk/"
    for requisition, is_linked in ((draft, False), (submitted, True)):
        page = client.get(f"/anforderungen/{requisition.pk}/").content.decode()
        assert (link.format(requisition.pk) in page) is is_linked
    assert "Freigaberunde" not in client.get(link.format(draft.pk)).content.decode()


def test_the_page_has_as_many_queries_whatever_it_shows(pages: PageWorld) -> None:
    full = cut_and_granted(pages.world)
    plain_one = pages.issued()
    attached(pages.submitted(), pages.officer, now=pages.now)
    client = pages.client(pages.officer)
    counts = []
    for requisition in (full, plain_one):
        with CaptureQueriesContext(connection) as captured:
            assert (
                client.get(f"/anforderungen/{requisition.pk}/freigabevermerk/").status_code == 200
            )
        counts.append(len(captured))
    assert counts[0] == QUERIES
    assert counts[1] <= QUERIES
