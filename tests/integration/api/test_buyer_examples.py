"""The examples in docs/buyer-api.md are what is sent and what comes back."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.api_client import Program
from tests.buyer_requests import REQUISITIONS
from tests.world import World

pytestmark = pytest.mark.django_db
DOCS = Path(__file__).resolve().parents[3] / "docs" / "buyer-api.md"
EXAMPLE = re.compile(r"<!-- example: (.+?) -->\n```json\n(.*?)\n```", re.DOTALL)
BUDGET_LINE, LISTING, NUMBER, MOMENT = 17, 4711, "BA-2026-001001", "2026-11-24T09:30:00Z"
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def documented() -> dict[str, Any]:
    return {name: json.loads(text) for name, text in EXAMPLE.findall(DOCS.read_text("utf-8"))}


def plain(value: Any, name: str = "") -> Any:
    """Keys, numbers and moments differ from run to run; the docs have one of each."""
    fixed = {"budget_line": BUDGET_LINE, "number": NUMBER, "request_id": "meine-7"}
    if isinstance(value, dict):
        return {key: plain(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if name == "article" and isinstance(value, int):
        return LISTING
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        return MOMENT
    return fixed.get(name, value)


def test_a_draft_is_made_as_the_docs_show(world: World, buyer: Program) -> None:
    body = documented()["create request"]
    body["assignments"][0]["budget_line"] = world.budget_line.pk
    answer = buyer.post(REQUISITIONS, body)
    assert answer.status_code == 201
    assert plain(answer.json()) == documented()["create answer"]


def test_a_refusal_reads_as_the_docs_show(world: World, buyer: Program) -> None:
    body = documented()["create request"]
    body["assignments"] = [{"budget_line": world.budget_line.pk}]
    body["lines"].append({"article": 999_999_999, "quantity": 1})
    body["lines"].append({**body["lines"][0], "delivery": {"school_no": "200002"}})
    answer = buyer.post(REQUISITIONS, body, X_Request_Id="meine-7")
    assert answer.status_code == 422
    problem = answer.json()
    problem["type"] = problem["type"].replace("http://testserver", "https://kaufhaus.example")
    assert problem == documented()["refusal"]
