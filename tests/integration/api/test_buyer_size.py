"""A requisition of 500 lines costs as many queries as one of five."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from tests.api_client import Program
from tests.buyer_requests import REQUISITIONS, line, requisition
from tests.world import World

pytestmark = pytest.mark.django_db

# Each with token and client; a change also with its savepoints and the whole read again.
QUERIES = {
    "create": 31,  # key and stored answer, references, pricing, the revision, its audit row
    "read": 8,  # head, revision, lines, shares, steps, call-offs
    "revise": 34,  # the whole twice, references, pricing, the revision, its audit row
    "submit": 32,  # pricing, gates, rules, steps, mails, events, holds under all locks
    "list": 4,  # heads, revisions
}


def _run(world: World, buyer: Program, count: int) -> dict[str, int]:
    lines = [line(world, index % 2, 1 + index % 3) for index in range(count)]
    spent: dict[str, int] = {}

    def counted(name: str, call: Callable[[], HttpResponse]) -> HttpResponse:
        with CaptureQueriesContext(connection) as queries:
            answer = call()
        assert answer.status_code < 300, answer.content
        spent[name] = len(queries)
        return answer

    body = requisition(world, lines=lines)
    url = counted("create", lambda: buyer.post(REQUISITIONS, body))["Location"]
    tag = counted("read", lambda: buyer.get(url))["ETag"]
    numbered = [{**row, "line_no": number} for number, row in enumerate(lines, start=1)]
    body = requisition(world, lines=numbered[:-1])
    counted("revise", lambda: buyer.change("PUT", url, body, tag=tag))
    counted("submit", lambda: buyer.post(f"{url}:submit"))
    counted("list", lambda: buyer.get(REQUISITIONS))
    return spent


@pytest.mark.parametrize("count", [5, 500])
def test_queries_do_not_depend_on_the_lines(world: World, buyer: Program, count: int) -> None:
    assert _run(world, buyer, count) == QUERIES
