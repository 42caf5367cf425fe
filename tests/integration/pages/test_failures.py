"""What the operator sees failing, and how another try is asked for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from api.models import DeliveryState, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from api.webhooks import sending
from contracts.audit.models import AuditEntry
from contracts.parties.models import Role
from contracts.sweeps.models import SweepFailure
from orders import mails
from orders.models import OutboxMessage
from tests.failed_sweeps import REASON, failed_sweep
from tests.pages import PageWorld

LIST = "/fehlschlaege/"


@pytest.fixture
def operator(pages: PageWorld) -> Client:
    return pages.as_role(Role.OPERATOR)


def test_where_nothing_fails_the_page_says_so(operator: Client) -> None:
    assert "Nichts schlägt fehl" in operator.get(LIST).content.decode()
    assert "schlagen fehl" not in operator.get("/").content.decode()


def test_a_failed_item_is_named_counted_and_explained(pages: PageWorld, operator: Client) -> None:
    row = pages.submitted()
    failed_sweep(pages.now, item=str(row.pk))
    page = operator.get(LIST).content.decode()
    for words in (row.number, "Überfällige Anforderungen verfallen lassen", REASON, ">3<"):
        assert words in page
    start = operator.get("/").content.decode()
    assert "Arbeiten im Hintergrund schlagen fehl" in start


def test_another_try_is_due_at_once_and_kept_on_record(pages: PageWorld, operator: Client) -> None:
    failure = failed_sweep(pages.now)
    answer = operator.post(f"{LIST}arbeiten/{failure.pk}/", follow=True)
    assert "Der nächste Lauf versucht es wieder" in answer.content.decode()
    due = SweepFailure.objects.get()
    assert due.tries == 3
    assert due.next_at < failure.next_at
    entry = AuditEntry.objects.get(action="failure.retry_asked")
    assert entry.membership_id == pages.people[Role.OPERATOR].pk


def test_what_does_not_fail_any_more_is_not_found(operator: Client) -> None:
    for source in ("arbeiten", "postausgang", "webhooks", "unbekannt"):
        assert operator.post(f"{LIST}{source}/1/").status_code == 404


def test_a_form_without_its_token_does_nothing(pages: PageWorld, operator: Client) -> None:
    failure = failed_sweep(pages.now)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = operator.cookies
    assert strict.post(f"{LIST}arbeiten/{failure.pk}/").status_code == 403
    assert SweepFailure.objects.get().next_at == failure.next_at


def test_a_mail_that_was_given_up_waits_again(pages: PageWorld, operator: Client) -> None:
    mail = OutboxMessage.objects.create(
        key="mail:x",
        kind="mail",
        payload={},
        created_at=pages.now,
        due_at=pages.now,
        done_at=pages.now,
        given_up=True,
        attempts=20,
        last_error="SMTPException: voll",
    )
    page = operator.get(LIST).content.decode()
    for words in ("Mail versenden", "mail:x", "SMTPException: voll", "aufgegeben"):
        assert words in page
    operator.post(f"{LIST}postausgang/{mail.pk}/")
    mail.refresh_from_db()
    assert (mail.given_up, mail.done_at, mail.attempts) == (False, None, 20)
    assert mails.failing(tries=1).get() == mail


def test_a_webhook_that_was_given_up_is_sent_again(pages: PageWorld, operator: Client) -> None:
    endpoint = WebhookEndpoint.objects.create(
        organisation=pages.world.authority,
        url="https://hook.example/x",
        secret="-",
        created_by=pages.officer,
        created_at=pages.now,
    )
    delivery = WebhookDelivery.objects.create(
        endpoint=endpoint,
        message_id="msg_1",
        type="requisition.created",
        body="{}",
        state=DeliveryState.FAILED,
        attempts=10,
        created_at=pages.now - timedelta(days=3),
        done_at=pages.now,
    )
    WebhookAttempt.objects.create(
        delivery=delivery, at=pages.now, milliseconds=3, error="Antwort 500"
    )
    page = operator.get(LIST).content.decode()
    for words in ("Webhook zustellen", "msg_1", "hook.example", "Antwort 500", "aufgegeben"):
        assert words in page
    operator.post(f"{LIST}webhooks/{delivery.pk}/")
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == (DeliveryState.PENDING, 10)
    assert WebhookDelivery.objects.filter(sending._due(delivery.next_at)).exists()
