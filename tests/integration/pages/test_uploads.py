"""A catalogue on its way through the pages: upload, check, submit, publish."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from contracts.catalogue import uploads
from contracts.catalogue.models import CatalogueUpload
from contracts.parties.models import Role
from tests.pages import PageWorld

FILE = "Artikelnummer;Bezeichnung;Preis\nA-1;Notebooks;449,00\nA-9;Netzteil;19,00\nA-11;Kabel;abc\n"


@pytest.fixture
def keeper(pages: PageWorld) -> Client:
    return pages.as_role(Role.SUPPLIER_CATALOGUE)


def send(pages: PageWorld, client: Client, **changed: object) -> HttpResponse:
    form = {
        "award": pages.world.awards[0].pk,
        "file": SimpleUploadedFile("herbst.csv", FILE.encode()),
        **changed,
    }
    return client.post("/kataloglieferungen/hochladen/", form)


def test_from_upload_to_shelf(pages: PageWorld, keeper: Client) -> None:
    sent = send(pages, keeper)
    upload = CatalogueUpload.objects.get()
    address = f"/kataloglieferungen/{upload.pk}/"
    assert sent["Location"] == address
    assert 'hx-trigger="every 2s"' in keeper.get(address).content.decode()

    uploads.check(upload.pk, now=pages.now)
    progress = keeper.get(f"{address}stand/", headers={"HX-Request": "true"})
    assert progress["HX-Refresh"] == "true"
    page = keeper.get(address).content.decode()
    assert "„abc“" in page
    assert (
        "abgelehnt;"
        in b"".join(
            keeper.get(f"{address}meldungen/").streaming_content  # type: ignore[attr-defined]
        ).decode()
    )

    manager = pages.as_role(Role.CONTRACT_MANAGER)
    assert manager.get(address).status_code == 404
    keeper.post(f"{address}einreichen/")
    assert "Veröffentlichen" in manager.get(address).content.decode()
    manager.post(f"{address}veroeffentlichen/")
    upload.refresh_from_db()
    assert upload.state == "published"
    again = manager.post(f"{address}veroeffentlichen/")
    assert again.status_code == 422
    assert "Nur eingereichte Lieferungen" in again.content.decode()


def test_columns_can_be_named(pages: PageWorld, keeper: Client) -> None:
    send(pages, keeper, column_name="Bezeichnung", column_price="Preis", column_aid="Artikelnummer")
    mapping = CatalogueUpload.objects.get().mapping
    assert mapping == {
        "columns": {"supplier_aid": "Artikelnummer", "name": "Bezeichnung", "price": "Preis"}
    }


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"mapping_json": "{"}, "kein gültiges JSON"),
        ({"column_name": "Bezeichnung"}, "Die Preisspalte ist nicht zugeordnet."),
        ({"file": SimpleUploadedFile("leer.csv", b"")}, "leer"),
    ],
)
def test_a_refused_upload_says_why(
    pages: PageWorld, keeper: Client, changed: dict[str, object], words: str
) -> None:
    page = send(pages, keeper, **changed)
    assert page.status_code == 422
    assert words in page.content.decode()
    assert not CatalogueUpload.objects.exists()


def test_a_foreign_award_is_no_choice(pages: PageWorld, keeper: Client) -> None:
    page = send(pages, keeper, award=pages.world.awards[1].pk)
    assert page.status_code == 422
    assert not CatalogueUpload.objects.exists()
