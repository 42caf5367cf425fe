"""The schema is valid, complete, and readable as a page without script."""

from __future__ import annotations

import json
import re

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from drf_spectacular.validation import validate_schema

from api.schema.views import document
from api.scopes import Scope

METHODS = {"get", "post", "put", "patch", "delete"}
PROBLEM = "#/components/schemas/Problem"


@pytest.fixture
def schema(db: None) -> dict[str, object]:
    answer = Client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    return json.loads(answer.content)


def _operations(schema):
    for path, item in schema["paths"].items():
        for method, operation in item.items():
            if method in METHODS:
                yield path, method, operation


def test_it_is_valid_openapi_3_1(schema) -> None:
    assert schema["openapi"] == "3.1.0"
    validate_schema(schema)


def test_it_is_made_without_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    document.cache_clear()
    document()
    assert capsys.readouterr().err == ""


def test_every_operation_says_what_it_does_needs_and_refuses(schema) -> None:
    operations = list(_operations(schema))
    assert len(operations) == 50
    for path, method, operation in operations:
        here = f"{method} {path}"
        assert operation["summary"], here
        assert operation["tags"], here
        (requirement,) = operation["security"]
        (scope,) = requirement["clientCredentials"]
        assert scope in set(Scope), here
        responses = operation["responses"]
        wanted = {"400", "401", "403", "404", "429"}
        wanted |= {"409", "422"} if method != "get" else set()
        wanted |= {"412", "428"} if method in {"put", "patch", "delete"} else set()
        assert wanted <= set(responses), here
        for status in wanted:
            content = responses[status]["content"]
            assert content["application/problem+json"]["schema"]["$ref"] == PROBLEM, here
        assert any(status.startswith("2") for status in responses), here


def test_webhooks_are_declared_with_their_headers_and_body(schema) -> None:
    (operation,) = (item["post"] for item in schema["webhooks"].values())
    named = {row["name"]: row["required"] for row in operation["parameters"]}
    assert named == dict.fromkeys(("webhook-id", "webhook-timestamp", "webhook-signature"), True)
    shape = operation["requestBody"]["content"]["application/json"]["schema"]
    assert set(shape["properties"]) == {"type", "timestamp", "data"}


def test_every_post_asks_for_an_idempotency_key(schema) -> None:
    for path, method, operation in _operations(schema):
        named = {row["name"]: row.get("required", False) for row in operation["parameters"]}
        assert named.get("Idempotency-Key", False) is (method == "post"), path


def test_every_change_asks_for_the_tag_of_what_was_read(schema) -> None:
    for path, method, operation in _operations(schema):
        named = {row["name"]: row.get("required", False) for row in operation["parameters"]}
        assert named.get("If-Match", False) is (method in {"put", "patch", "delete"}), path


def test_the_scopes_are_those_of_the_settings(schema) -> None:
    flow = schema["components"]["securitySchemes"]["clientCredentials"]["flows"]
    assert flow["clientCredentials"]["tokenUrl"] == "/oauth/token/"
    assert flow["clientCredentials"]["scopes"] == settings.OAUTH2_PROVIDER["SCOPES"]
    assert set(settings.OAUTH2_PROVIDER["SCOPES"]) == set(Scope)


def test_the_page_lists_every_operation_under_the_strict_policy(schema) -> None:
    answer = Client().get("/api/v1/docs/")
    html = answer.content.decode()
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=|https?://", html)
    for _, method, operation in _operations(schema):
        assert operation["summary"] in html
        assert f'id="{operation["operationId"]}"' in html
        assert f"<code>{method.upper()} " in html
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    for href in re.findall(r'href="#([^"]+)"', html):
        assert href in ids
    (sheet,) = re.findall(r'rel="stylesheet" href="/static/([^"]+)"', html)
    assert finders.find(sheet)
