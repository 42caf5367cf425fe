"""Managing webhooks: the secret, changes, the log, whose they are."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from api.models import IdempotencyRecord, WebhookEndpoint
from api.webhooks import sending
from contracts.audit.models import AuditEntry
from tests.api_client import Program
from tests.webhook_calls import WEBHOOKS, endpoint, send
from tests.webhook_receiver import Receiver, Reply
from tests.world import NOW, World

QUERIES_OF_THE_LOG = 5  # token, client, endpoint, deliveries, attempts


@pytest.mark.django_db
class TestManaging:
    def test_the_secret_is_shown_once_and_kept_sealed(
        self, buyer: Program, receiver: Receiver
    ) -> None:
        body = {"url": receiver.url, "description": "Warenwirtschaft"}
        first = buyer.post(WEBHOOKS, body, key="w-1")
        secret = first.json()["secret"]
        assert secret.startswith("whsec_")
        again = buyer.post(WEBHOOKS, body, key="w-1")
        assert (again.status_code, again["Location"]) == (201, first["Location"])
        assert "secret" not in again.json()
        read = buyer.get(first["Location"])
        assert "secret" not in read.json()
        assert (read["ETag"], read.json()) == (first["ETag"], again.json())
        assert secret not in WebhookEndpoint.objects.get().secret
        assert secret.encode() not in bytes(IdempotencyRecord.objects.get(key="w-1").body)
        assert secret not in str(AuditEntry.objects.values_list("after", flat=True))

    def test_a_rotation_signs_with_both_for_a_day(
        self, world: World, buyer: Program, receiver: Receiver
    ) -> None:
        made = endpoint(buyer, receiver)
        fresh = buyer.post(f"{WEBHOOKS}/{made['id']}:rotate-secret").json()["secret"]
        now = timezone.now()
        world.draft({0: 1}, now=now)
        send(now)
        (one,) = receiver.received
        assert one.is_signed_with(made["secret"])
        assert one.is_signed_with(fresh)
        tomorrow = now + timedelta(hours=25)
        world.draft({0: 1}, now=tomorrow)
        send(tomorrow)
        assert not receiver.received[1].is_signed_with(made["secret"])
        assert receiver.received[1].is_signed_with(fresh)

    def test_changing_and_deleting_ask_for_the_tag(
        self, world: World, buyer: Program, receiver: Receiver
    ) -> None:
        made = endpoint(buyer, receiver)
        url = f"{WEBHOOKS}/{made['id']}"
        old = buyer.get(url)["ETag"]
        body = {"events": ["requisition.approved"]}
        assert buyer.change("PATCH", url, body).status_code == 428
        changed = buyer.change("PATCH", url, body, tag=old)
        assert changed.json()["events"] == ["requisition.approved"]
        assert changed.json()["url"] == made["url"]
        assert buyer.change("DELETE", url, tag=old).status_code == 412
        world.draft({0: 1})
        sending.fan_out(now=NOW)
        assert buyer.change("DELETE", url, tag=changed["ETag"]).status_code == 204
        assert buyer.get(url).status_code == 404
        assert sending.send_due(now=NOW) == 0
        assert AuditEntry.objects.filter(action="webhook.deleted").exists()

    @pytest.mark.parametrize(
        ("body", "pointer", "code"),
        [
            ({"url": "https://10.0.0.1/"}, "#/url", "forbidden_target"),
            ({"url": "https://169.254.169.254/latest/"}, "#/url", "forbidden_target"),
            ({"url": "https://2130706433/"}, "#/url", "forbidden_target"),
            ({"url": "ftp://127.0.0.1/"}, "#/url", "forbidden_target"),
            ({}, "#/url", "required"),
            ({"url": "https://127.0.0.1/", "events": ["alles"]}, "#/events/0", "invalid_choice"),
        ],
    )
    def test_bad_webhooks_are_refused(
        self, buyer: Program, body: dict[str, Any], pointer: str, code: str
    ) -> None:
        answer = buyer.post(WEBHOOKS, body)
        (entry,) = answer.json()["errors"]
        assert (answer.status_code, entry["pointer"], entry["code"]) == (422, pointer, code)
        assert not WebhookEndpoint.objects.exists()

    def test_a_good_one_cannot_be_changed_to_a_bad_one(
        self, buyer: Program, receiver: Receiver
    ) -> None:
        made = endpoint(buyer, receiver)
        url = f"{WEBHOOKS}/{made['id']}"
        answer = buyer.change("PATCH", url, {"url": "https://192.168.0.1/"}, tag="*")
        assert (answer.status_code, answer.json()["code"]) == (422, "forbidden_target")
        assert buyer.get(url).json()["url"] == receiver.url

    def test_there_is_an_end_to_them(self, buyer: Program, receiver: Receiver) -> None:
        for _ in range(20):
            endpoint(buyer, receiver)
        answer = buyer.post(WEBHOOKS, {"url": receiver.url})
        assert (answer.status_code, answer.json()["code"]) == (409, "too_many_webhooks")

    def test_the_log_and_sending_once_more(
        self, world: World, buyer: Program, receiver: Receiver, django_assert_num_queries: Any
    ) -> None:
        made = endpoint(buyer, receiver)
        receiver.replies = [Reply(400, b"unbekannt"), Reply(200)]
        row = world.draft({0: 1})
        send()
        url = f"{WEBHOOKS}/{made['id']}/deliveries"
        (one,) = buyer.get(f"{url}?state=pending").json()["items"]
        assert (one["type"], one["attempts"]) == ("requisition.created", 1)
        assert one["body"]["data"]["number"] == row.number
        assert (one["log"][0]["status"], one["log"][0]["answer"]) == (400, "unbekannt")
        send(NOW + timedelta(minutes=1))
        assert buyer.get(f"{url}?state=pending").json()["items"] == []
        replayed = buyer.post(f"{url}/{one['id']}:replay").json()
        assert (replayed["state"], replayed["attempts"]) == ("pending", 0)
        assert send(timezone.now()) == 1
        assert [row.headers["webhook-id"] for row in receiver.received] == [one["id"]] * 3
        for count in (1, 5):
            world.draft({0: count})
            sending.fan_out(now=NOW)
            with django_assert_num_queries(QUERIES_OF_THE_LOG):
                buyer.get(url)

    def test_a_school_manages_its_own_only(
        self, world: World, buyer: Program, school_program: Program, receiver: Receiver
    ) -> None:
        made = endpoint(buyer, receiver)
        assert school_program.get(f"{WEBHOOKS}/{made['id']}").status_code == 404
        own = endpoint(school_program, receiver)
        assert own["school_no"] == world.school.school_no
        assert len(buyer.get(WEBHOOKS).json()["items"]) == 2
        assert len(school_program.get(WEBHOOKS).json()["items"]) == 1
