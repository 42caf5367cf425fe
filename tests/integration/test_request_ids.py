"""Every audit entry names the request, or the task, that it was written for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from celery import current_app
from celery.signals import before_task_publish

from contracts.audit.models import AuditEntry
from contracts.audit.request_ids import current_request_id, serving
from orders import tasks
from orders.models import Requisition
from shop.celery import REQUEST_ID
from tests.api_client import program
from tests.pages import PageWorld, build_pages

pytestmark = pytest.mark.django_db

GIVEN = {"X-Request-Id": "meine-7"}


@pytest.fixture
def pages() -> PageWorld:
    return build_pages()


def ids(action: str) -> set[str]:
    return set(AuditEntry.objects.filter(action=action).values_list("request_id", flat=True))


def test_over_a_page(pages: PageWorld) -> None:
    row = pages.submitted()
    assert ids("requisition.submitted") == {""}
    client = pages.client(pages.officer)
    url = f"/anforderungen/{row.pk}/zurueckziehen/"
    client.post(url, {"reason": "Doch nicht"}, headers=GIVEN)
    assert ids("requisition.withdrawn") == {"meine-7"}
    assert current_request_id() == ""


def test_over_the_api(pages: PageWorld) -> None:
    row = pages.submitted()
    buyer = program(pages.officer)
    answer = buyer.post(f"/api/v1/buyer/requisitions/{row.number}:withdraw", {"reason": "Nein"})
    assert answer.status_code == 200, answer.content
    assert ids("requisition.withdrawn") == {answer["X-Request-Id"]} != {""}


def test_in_a_task(pages: PageWorld) -> None:
    row = pages.submitted()
    Requisition.objects.filter(pk=row.pk).update(expires_at=pages.now - timedelta(days=1))
    tasks.expire_requisitions.apply(task_id="aufgabe-1")
    assert ids("requisition.expired") == {"aufgabe-1"}


def test_a_task_is_done_for_the_request_that_asked_for_it() -> None:
    headers: dict[str, str] = {}
    with serving("meine-7"):
        before_task_publish.send(sender="x", headers=headers)
    assert headers == {REQUEST_ID: "meine-7"}

    @current_app.task(name="test.asked")
    def asked() -> str:
        return current_request_id()

    try:
        asked.push_request(id="aufgabe-1", **headers)
        assert asked() == "meine-7"
    finally:
        asked.pop_request()
        current_app.tasks.pop("test.asked")


def test_a_long_id_fits(pages: PageWorld) -> None:
    row = pages.submitted()
    client = pages.client(pages.officer)
    url = f"/anforderungen/{row.pk}/zurueckziehen/"
    client.post(url, {"reason": "Doch nicht"}, headers={"X-Request-Id": "x" * 128})
    assert ids("requisition.withdrawn") == {"x" * 128}
