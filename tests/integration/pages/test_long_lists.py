"""A page of a list costs the same however long the list is.

Queries are counted in `test_queries`; here it is asked what each reads: it walks an index in the
order of the list and stops after the page, and nobody counts to the end.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from api.buyer import queries as buyer_queries
from api.supplier import queries as supplier_queries
from contracts.parties.models import Role
from frontend.formatting import format_money
from frontend.lists import list_page
from frontend.presenters import overview
from frontend.views import feed, requisitions
from orders.call_offs import reading
from orders.finance.exports import sequence_all
from orders.models import MailLog
from tests.database_state import spoil
from tests.pages import PageWorld

# With so few rows, the planner would read and sort them all: what it can do otherwise is asked.
FORBIDDEN = ("seqscan", "bitmapscan", "sort", "incremental_sort")
NEWEST_CALL_OFFS = 'ORDER BY "orders_calloff"."issued_at" DESC'
NEWEST_REQUISITIONS = 'ORDER BY "orders_requisition"."created_at" DESC'
OPEN_REQUISITIONS = 'COUNT("orders_requisition"."id") FILTER'

BY_HAND = "a statement of constant text, bound by the server (contracts.sql)"
CALL_OFFS, REQUISITIONS = "orders_calloff", "orders_requisition"
OFFICER, SUPPLIER = Role.PROCUREMENT_OFFICER, Role.SUPPLIER_ORDERS

# Address, role, part of the statement, table, and what its index is entered by.
WALKS = [
    ("/abrufe/", OFFICER, NEWEST_CALL_OFFS, CALL_OFFS, ["authority_id"]),
    ("/abrufe/?stand=issued", OFFICER, NEWEST_CALL_OFFS, CALL_OFFS, ["authority_id", "state"]),
    ("/abrufe/", SUPPLIER, NEWEST_CALL_OFFS, CALL_OFFS, ["supplier_id"]),
    ("/abrufe/?stand=issued", SUPPLIER, NEWEST_CALL_OFFS, CALL_OFFS, ["supplier_id", "state"]),
    ("/abrufe/", Role.CONTRACT_MANAGER, NEWEST_CALL_OFFS, CALL_OFFS, []),
    ("/", OFFICER, NEWEST_CALL_OFFS, CALL_OFFS, ["authority_id"]),
    ("/", OFFICER, OPEN_REQUISITIONS, REQUISITIONS, ["authority_id", "state"]),
    ("/anforderungen/", OFFICER, NEWEST_REQUISITIONS, REQUISITIONS, ["authority_id"]),
]


def statements(client: Client, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return [row["sql"] or BY_HAND for row in captured]


def plan(statement: str) -> list[dict[str, Any]]:
    """Every node of the plan, where reading all and sorting it is no way."""
    with connection.cursor() as cursor:
        for way in FORBIDDEN:
            cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}")
        ((found,),) = cursor.fetchall()
        for way in FORBIDDEN:
            cursor.execute(f"SET LOCAL enable_{way} = on")
    tree = json.loads(found) if isinstance(found, str) else found
    return list(_nodes(tree[0]["Plan"]))


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from _nodes(child)


def walked(nodes: list[dict[str, Any]], table: str, asked: list[str]) -> bool:
    """Nothing is sorted, and an index of the table is entered by the columns *asked*."""
    (scan,) = [node for node in nodes if node.get("Relation Name") == table]
    kinds = {node["Node Type"] for node in nodes}
    condition = scan.get("Index Cond", "")
    return (
        scan["Node Type"] in {"Index Scan", "Index Only Scan"}
        and not kinds & {"Sort", "Incremental Sort"}
        and all(column in condition for column in asked)
    )


@pytest.mark.parametrize(("address", "role", "part", "table", "asked"), WALKS)
def test_a_page_walks_an_index_in_its_order(
    pages: PageWorld, address: str, role: Role, part: str, table: str, asked: list[str]
) -> None:
    pages.issued()
    pages.draft()
    (statement,) = [row for row in statements(pages.as_role(role), address) if part in row]
    if "state" in asked:
        without_rivals(table)
    assert walked(plan(statement), table, asked)


def without_rivals(table: str) -> None:
    """Only indexes by state are left: among a handful of rows another costs as little."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "SELECT indexname FROM pg_indexes WHERE tablename = %s AND indexdef !~ 'UNIQUE|state'",
            [table],
        )
        spoil(*(f'DROP INDEX "{name}"' for (name,) in cursor.fetchall()))


@pytest.mark.parametrize("role", [OFFICER, SUPPLIER])
def test_programs_read_call_offs_by_an_index_in_their_order(pages: PageWorld, role: Role) -> None:
    pages.issued()
    member = pages.people[role]
    own = buyer_queries if role == OFFICER else supplier_queries
    side = "authority_id" if role == OFFICER else "supplier_id"
    with CaptureQueriesContext(connection) as captured:
        list(own.call_offs(member).order_by("updated_at", "id")[:51])
    assert walked(plan(captured[0]["sql"]), CALL_OFFS, [side])


def test_no_list_counts_to_its_end(pages: PageWorld) -> None:
    pages.issued()
    sequence_all(now=pages.now)
    for address in ("/abrufe/", "/anforderungen/", "/finanzfeed/"):
        found = statements(pages.as_role(Role.PROCUREMENT_OFFICER), address)
        endless = [row for row in found if "COUNT(" in row.upper() and "LIMIT 1001" not in row]
        assert not endless, address


def test_nobody_sees_a_call_off_from_a_side_that_is_not_its_own(pages: PageWorld) -> None:
    pages.issued()
    world = pages.world
    by_role = {
        role: set(reading.visible_call_offs(member)) for role, member in pages.people.items()
    }
    everything = by_role[Role.CONTRACT_MANAGER]
    assert {row.authority_id for row in everything} == {world.officer.organisation_id}
    assert by_role[Role.PROCUREMENT_OFFICER] == everything
    supplier = pages.people[Role.SUPPLIER_ORDERS].organisation
    theirs = by_role[Role.SUPPLIER_ORDERS]
    assert theirs == {row for row in everything if row.supplier_id == supplier.pk} != everything


def test_a_list_says_that_there_is_more_and_goes_on(pages: PageWorld) -> None:
    mail = {"recipient": pages.officer.user.email, "subject": "Mail", "body": "Text"}
    MailLog.objects.bulk_create(
        MailLog(**mail, message_id=f"<{number}>", sent_at=pages.now - timedelta(minutes=number))
        for number in range(1_045)
    )
    client = pages.as_role(Role.PROCUREMENT_OFFICER)

    def page(number: int) -> str:
        return client.get(f"/postfach/?seite={number}").content.decode()

    assert "1–20 von mehr als 1.000" in page(1)
    assert "?seite=51" not in page(1)
    # Around the end of what was counted, counting goes on: every row can be reached.
    assert "?seite=51" in page(50)
    assert "1.041–1.045 von 1.045" in page(53)
    assert "1.041–1.045 von 1.045" in page(99_999)


def test_the_feed_counts_by_its_last_number(
    pages: PageWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "PER_PAGE", 2)
    pages.issued()
    total = sequence_all(now=pages.now)
    client = pages.as_role(Role.TREASURER)
    assert total > 4
    first, second = (client.get(f"/finanzfeed/?seite={number}").context for number in (1, 2))
    assert first["page"].paginator.count == total
    shown = [[row["entry"].seq for row in found["rows"]] for found in (first, second)]
    assert shown == [[total, total - 1], [total - 2, total - 3]]


def test_the_sum_below_requisitions_is_that_of_the_page(
    pages: PageWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = pages.as_role(Role.PROCUREMENT_OFFICER)
    rows = [pages.draft(quantity).revisions.get() for quantity in (10, 20)]

    def total(address: str) -> str:
        found = re.search(r"<tfoot>.*</tfoot>", client.get(address).content.decode())
        assert found
        return re.sub(r"<[^>]+>", " ", found[0]).strip()

    whole = format_money(sum((row.gross for row in rows), Decimal(0)))
    assert total("/anforderungen/") == f"Summe aller Anforderungen  {whole}"
    monkeypatch.setattr(requisitions, "list_page", partial(list_page, per_page=1))
    assert total("/anforderungen/?seite=2") == f"Summe dieser Seite  {format_money(rows[0].gross)}"


def test_the_start_page_stops_counting_what_is_too_much_to_do(
    pages: PageWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages.issued()
    client = pages.as_role(Role.PROCUREMENT_OFFICER)
    assert "mehr als" not in client.get("/").content.decode()
    monkeypatch.setattr(overview, "AHEAD", 1)
    assert "mehr als 1</span>" in client.get("/").content.decode()
