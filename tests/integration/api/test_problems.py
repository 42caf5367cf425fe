"""Every refusal has one shape, and every domain exception an entry in the table."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client, override_settings
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from api import errors, problems
from contracts.catalogue.readers.errors import FileRejected
from contracts.ledger.errors import LimitExceeded, Shortfall
from contracts.refusals import Kind
from tests.api_client import Program

MEMBERS = {"type", "title", "status", "detail", "instance", "code", "errors", "request_id"}
pytestmark = pytest.mark.django_db


def _answer(error: Exception):
    request = Request(APIRequestFactory().get("/api/v1/x"))
    return errors.exception_handler(error, {"request": request})


def test_every_kind_of_refusal_has_a_status() -> None:
    assert set(problems.STATUS) == set(Kind)


def test_a_code_means_one_thing() -> None:
    kinds = problems.all_problems()
    assert len({kind.code for kind in kinds}) == len(kinds) > 100


def test_the_document_has_all_members(world) -> None:
    answer = Program().get("/api/v1/supplier/articles?limit=3", X_Request_Id="meine-7")
    body = answer.json()
    assert set(body) == MEMBERS
    assert answer["Content-Type"] == "application/problem+json"
    assert body["status"] == answer.status_code == 401
    assert body["instance"] == "/api/v1/supplier/articles"
    assert body["type"].endswith("/api/v1/docs/#problem-not_authenticated")
    assert body["request_id"] == answer["X-Request-Id"] == "meine-7"


def test_an_unknown_address_is_a_problem_document_too() -> None:
    for method in ("get", "post", "put", "delete"):
        answer = getattr(Client(), method)("/api/v1/gibt-es-nicht")
        assert (answer.status_code, answer["Content-Type"]) == (404, errors.CONTENT_TYPE)


def test_a_wrong_method_is_a_problem_document_too(finance: Program) -> None:
    answer = finance.post("/api/v1/finance/stadt-a/events")
    assert (answer.status_code, answer["Content-Type"]) == (405, errors.CONTENT_TYPE)


def test_shortfalls_are_told_with_the_limit() -> None:
    gap = Shortfall(1, "cap", "EUR", "Los 1", Decimal("10.00"), Decimal("4.00"))
    answer = _answer(LimitExceeded([gap]))
    assert answer.status_code == 409
    assert answer.data["shortfalls"] == [
        {
            "title": "Los 1",
            "unit": "EUR",
            "requested": "10.00",
            "available": "4.00",
            "missing": "6.00",
        }
    ]


def test_fields_are_pointed_at() -> None:
    detail = {"lines": [{}, {"quantity": [ErrorDetail("Zu klein.", "min_value")]}]}
    answer = _answer(ValidationError(detail))
    assert answer.status_code == 422
    assert answer.data["errors"] == [
        {"pointer": "#/lines/1/quantity", "code": "min_value", "detail": "Zu klein."}
    ]


def test_a_refused_file_says_why() -> None:
    answer = _answer(FileRejected("file_empty"))
    assert answer.status_code == 422
    assert answer.data["errors"][0]["code"] == "file_empty"


def test_a_defect_tells_nothing_of_itself(caplog: pytest.LogCaptureFixture) -> None:
    answer = _answer(RuntimeError("password=geheim"))
    assert answer.status_code == 500
    assert answer.data["code"] == "internal_error"
    assert "geheim" not in str(answer.data)
    assert "geheim" in caplog.text


@override_settings(API_RATE_LIMIT="2/3600")
def test_too_many_requests_are_told_when_to_come_back(finance: Program) -> None:
    url = "/api/v1/finance/budget-entities"
    first, second, third = (finance.get(url) for _ in range(3))
    assert first["RateLimit-Policy"] == '"default";q=2;w=3600'
    assert first["RateLimit"].startswith('"default";r=1;t=')
    assert (first.status_code, second.status_code, third.status_code) == (200, 200, 429)
    assert third.json()["code"] == "rate_limited"
    assert 1 <= int(third["Retry-After"]) <= 3600
    assert third["RateLimit"].startswith('"default";r=0;t=')
