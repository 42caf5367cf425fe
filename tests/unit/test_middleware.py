"""Headers on every answer."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client


def test_policy_names_only_ourselves(client: Client) -> None:
    policy = client.get("/healthz").headers["Content-Security-Policy"]
    directives = dict(part.split(" ", 1) for part in policy.split("; "))
    assert directives == {
        "default-src": "'self'",
        "img-src": "'self' data:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }


def test_a_given_request_id_comes_back(client: Client) -> None:
    response = client.get("/healthz", headers={"X-Request-Id": "abc-123"})
    assert response.headers["X-Request-Id"] == "abc-123"


def test_a_request_without_id_gets_one(client: Client) -> None:
    first, second = (client.get("/healthz").headers["X-Request-Id"] for _ in range(2))
    assert uuid.UUID(first) != uuid.UUID(second)


@pytest.mark.parametrize("bad", ["with blank", "x" * 129, "line%0d%0abreak", "<b>"])
def test_a_malformed_request_id_is_replaced(client: Client, bad: str) -> None:
    answered = client.get("/healthz", headers={"X-Request-Id": bad}).headers["X-Request-Id"]
    assert answered != bad
    assert uuid.UUID(answered)
