"""Catalogue uploads over HTTP: sent, checked, read, handed in."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from api.supplier import uploads as views
from contracts.catalogue import uploads
from contracts.catalogue.models import CatalogueUpload
from tests.api_client import Program
from tests.world import NOW, World

pytestmark = pytest.mark.django_db
UPLOADS = "/api/v1/supplier/catalogue-uploads"
FILE = b"""Artikelnummer;Bezeichnung;Preis;Position
A-1;Notebooks 15 Zoll;429,00;1.1
A-2;Notebooks 17 Zoll;499,00;1.1
A-3;Ohne Preis;;1.1
"""
MAPPING = {
    "columns": {"supplier_aid": "Artikelnummer", "name": "Bezeichnung", "price": "Preis"},
    "contract_item": "Position",
}


def _form(content: bytes = FILE, award: str = "Z-1", **extra: str) -> dict[str, object]:
    file = SimpleUploadedFile("katalog.csv", content, "text/csv")
    return {"file": file, "award": award, "mapping": json.dumps(MAPPING), **extra}


@pytest.fixture
def checked(world: World, catalogue: Program) -> CatalogueUpload:
    """An upload after its check."""
    upload = CatalogueUpload.objects.get(pk=catalogue.upload(UPLOADS, _form()).json()["id"])
    uploads.check(upload.pk, now=NOW)
    upload.refresh_from_db()
    return upload


def test_an_upload_is_accepted_as_a_job(world: World, catalogue: Program) -> None:
    answer = catalogue.upload(UPLOADS, _form())
    body = answer.json()
    assert answer.status_code == 202, body
    assert answer["Location"] == f"http://testserver{UPLOADS}/{body['id']}"
    assert (body["state"], body["progress"], body["result_url"]) == ("received", 0, None)
    upload = CatalogueUpload.objects.get()
    assert (bytes(upload.content), upload.mapping) == (FILE, MAPPING)
    assert catalogue.get(answer["Location"]).json() == body


def test_the_file_may_be_the_body(world: World, catalogue: Program) -> None:
    url = f"{UPLOADS}?award=Z-1&filename=katalog.csv"
    headers = {"Authorization": f"Bearer {catalogue.token}", "Idempotency-Key": "roh"}
    answers = [Client().post(url, FILE, content_type="text/csv", headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].content == answers[1].content
    assert bytes(CatalogueUpload.objects.get().content) == FILE
    other = Client().post(url, FILE + b"x", content_type="text/csv", headers=headers)
    assert other.json()["code"] == "idempotency_key_reused"


def test_a_repeated_form_is_the_same_request(world: World, catalogue: Program) -> None:
    first = catalogue.upload(UPLOADS, _form(), key="k")
    again = catalogue.upload(UPLOADS, _form(), key="k")
    assert (again.status_code, again.content) == (202, first.content)
    assert again["Location"] == first["Location"]
    assert again["Idempotency-Replayed"] == "true"
    assert catalogue.upload(UPLOADS, _form(FILE + b"\n"), key="k").status_code == 422


@pytest.mark.parametrize(
    ("form", "status", "pointer"),
    [
        ({"award": "Z-2"}, 422, None),
        ({"award": "Z-1", "agreement": "RV-ANDERE"}, 422, None),
        ({"content": b""}, 422, None),
        ({"mapping": "kein JSON"}, 422, "#/mapping"),
        ({"mapping": "[]"}, 422, "#/mapping"),
        ({"mapping": '{"a": "\\u0000"}'}, 422, "#/mapping"),
        ({"mapping": '{"a": "\\ud800"}'}, 422, "#/mapping"),
        ({"mapping": '{"gibt_es_nicht": 1}'}, 422, "#/mapping/gibt_es_nicht"),
    ],
)
def test_what_cannot_be_accepted_is_refused(
    world: World, catalogue: Program, form: dict[str, object], status: int, pointer: str | None
) -> None:
    answer = catalogue.upload(UPLOADS, _form(**form))
    assert answer.status_code == status, answer.content
    assert pointer is None or pointer in [row["pointer"] for row in answer.json()["errors"]]
    assert not CatalogueUpload.objects.exists()


def test_file_and_award_are_asked_for(world: World, catalogue: Program) -> None:
    answer = catalogue.upload(UPLOADS, {"mapping": "{}"})
    assert answer.status_code == 422
    assert {row["pointer"] for row in answer.json()["errors"]} == {"#/file", "#/award"}


def test_a_file_name_is_only_a_name(world: World, catalogue: Program) -> None:
    headers = {"Authorization": f"Bearer {catalogue.token}", "Idempotency-Key": "k"}
    url = f"{UPLOADS}?award=Z-1&filename=..%2F..%2Fetc%2Fa%00b.csv"
    answer = Client().post(url, FILE, content_type="text/csv", headers=headers)
    assert answer.status_code == 202, answer.content
    assert answer.json()["filename"] == "ab.csv"


def test_a_body_above_the_limit_is_not_even_read(world: World, catalogue: Program) -> None:
    size = uploads.MAX_BYTES + views.FORM_OVERHEAD + 1
    headers = {"Authorization": f"Bearer {catalogue.token}", "Idempotency-Key": "k"}
    answer = Client().post(
        UPLOADS, b"x", content_type="text/csv", headers=headers, CONTENT_LENGTH=str(size)
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "upload_too_large")


def test_the_check_can_be_followed_to_its_result(
    world: World, catalogue: Program, checked: CatalogueUpload
) -> None:
    body = catalogue.get(f"{UPLOADS}/{checked.pk}").json()
    assert (body["state"], body["progress"]) == ("checked", 100)
    assert (body["processed"], body["staged"], body["failed"]) == (3, 2, 1)
    diff = catalogue.get(body["result_url"]).json()
    counts = diff["counts"]
    assert counts["refused"] == 1
    assert sum(counts.values()) == 3
    assert [row["supplier_aid"] for row in diff["items"]] == ["A-1", "A-2"]
    some = diff["items"][0]["action"]
    only = catalogue.get(f"{body['result_url']}?action={some}").json()["items"]
    assert {row["action"] for row in only} == {some}
    assert catalogue.get(f"{body['result_url']}?action=kaputt").status_code == 400


def test_the_errors_name_row_column_and_value(
    world: World, catalogue: Program, checked: CatalogueUpload
) -> None:
    url = catalogue.get(f"{UPLOADS}/{checked.pk}").json()["errors_url"]
    refused = [row for row in catalogue.get(url).json()["items"] if row["is_error"]]
    assert [(row["row"], row["code"]) for row in refused] == [(4, "price_missing")]
    answer = catalogue.get(f"{url}.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))
    assert ("4", "price_missing") in [(row["Zeile"], row["Code"]) for row in rows]


def test_a_checked_upload_is_submitted_once(
    world: World, catalogue: Program, checked: CatalogueUpload
) -> None:
    url = f"{UPLOADS}/{checked.pk}:submit"
    assert catalogue.post(url).json()["state"] == "submitted"
    again = catalogue.post(url, b"")
    assert (again.status_code, again.json()["code"]) == (409, "illegal_transition")


def test_an_upload_can_be_withdrawn(
    world: World, catalogue: Program, checked: CatalogueUpload
) -> None:
    assert catalogue.post(f"{UPLOADS}/{checked.pk}:withdraw").json()["state"] == "withdrawn"
    assert catalogue.post(f"{UPLOADS}/{checked.pk}:submit").status_code == 409


@pytest.mark.parametrize("part", ["", "/diff", "/errors", "/errors.csv"])
def test_a_foreign_upload_does_not_exist(
    world: World, other_catalogue: Program, checked: CatalogueUpload, part: str
) -> None:
    assert other_catalogue.get(f"{UPLOADS}/{checked.pk}{part}").status_code == 404
    assert other_catalogue.get(UPLOADS).json()["items"] == []


@pytest.mark.parametrize("verb", ["submit", "withdraw"])
def test_a_foreign_upload_cannot_be_moved(
    world: World, other_catalogue: Program, checked: CatalogueUpload, verb: str
) -> None:
    assert other_catalogue.post(f"{UPLOADS}/{checked.pk}:{verb}").status_code == 404
    checked.refresh_from_db()
    assert checked.state == "checked"


@override_settings(API_RATE_LIMIT="100000/60")
@pytest.mark.parametrize("rows", [1, 40])
def test_lists_cost_the_same_for_any_number_of_rows(
    world: World, catalogue: Program, rows: int, django_assert_num_queries
) -> None:
    lines = "".join(f"X-{n};Gerät {n};{400 + n},00;1.1\n" for n in range(rows))
    wrong = "".join(f"Y-{n};Gerät {n};;1.1\n" for n in range(rows))
    content = FILE.splitlines(keepends=True)[0] + (lines + wrong).encode()
    key = catalogue.upload(UPLOADS, _form(content)).json()["id"]
    uploads.check(key, now=NOW)
    url = f"{UPLOADS}/{key}"
    with django_assert_num_queries(4):  # token, client, upload, messages
        assert len(catalogue.get(f"{url}/errors?limit=200").json()["items"]) >= rows
    with django_assert_num_queries(4):
        b"".join(catalogue.get(f"{url}/errors.csv").streaming_content)
    with django_assert_num_queries(6):  # token, client, upload, rows, counts, price moves
        assert len(catalogue.get(f"{url}/diff?limit=200").json()["items"]) == rows
    for number in range(rows // 10):
        catalogue.upload(UPLOADS, _form(content + f"Z-{number};x;1,00;1.1\n".encode()))
    with django_assert_num_queries(3):  # token, client, uploads with their awards
        assert len(catalogue.get(UPLOADS).json()["items"]) == 1 + rows // 10
