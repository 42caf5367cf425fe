"""Webhooks against a real receiver: what is told, to whom, and how often."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from api.models import WebhookDelivery
from api.tasks import forget_old_deliveries, send_webhooks
from api.webhooks import sending, signing
from contracts.audit.models import AuditEntry
from contracts.parties.models import Role, School
from orders import approvals, requisitions
from orders.mails import send_due
from orders.models import OutboxMessage, Requisition
from orders.models.approval import Verdict
from orders.telling.watching import KIND
from tests.api_client import Program, program
from tests.buyer_requests import REQUISITIONS
from tests.webhook_calls import WEBHOOKS, bodies, endpoint, send
from tests.webhook_receiver import Receiver, Reply, receiving
from tests.world import NOW, World, person

DOCS = Path(__file__).resolve().parents[3] / "docs" / "webhooks.md"


@pytest.mark.django_db
class TestDelivery:
    def test_a_message_reads_as_the_docs_show(
        self, world: World, buyer: Program, receiver: Receiver
    ) -> None:
        endpoint(buyer, receiver, events=["requisition.submitted"])
        row = world.submitted({0: 1})
        send()
        (example,) = re.findall(r"```json\n(.*?)\n```", DOCS.read_text("utf-8"), re.DOTALL)
        told = receiver.received[0].body.decode().replace(row.number, "BA-2026-001001")
        assert {**json.loads(told)["data"], "id": 12} == json.loads(example)["data"]
        assert list(json.loads(told)) == list(json.loads(example))

    def test_what_happens_is_told_signed_and_once(
        self, world: World, buyer: Program, receiver: Receiver
    ) -> None:
        secret = endpoint(buyer, receiver)["secret"]
        row = world.submitted({0: 30})
        world.approve(row)
        assert send() == 4
        assert send(NOW + timedelta(hours=1)) == 0
        told = bodies(receiver)
        assert [row["type"] for row in told] == [
            "requisition.created",
            "requisition.submitted",
            "requisition.decided",
            "requisition.approved",
        ]
        assert told[1] == {
            "type": "requisition.submitted",
            "timestamp": "2026-06-15T09:00:00Z",
            "data": {
                "id": row.pk,
                "number": row.number,
                "state": "submitted",
                "revision": 1,
                "href": f"{REQUISITIONS}/{row.number}",
            },
        }
        assert buyer.get(told[1]["data"]["href"]).status_code == 200
        for one in receiver.received:
            assert one.path == "/hook?quelle=kaufhaus"
            assert one.headers["content-type"] == "application/json"
            assert one.headers["host"] == f"127.0.0.1:{receiver.port}"
            assert int(one.headers["webhook-timestamp"]) - int(NOW.timestamp()) in range(5)
            assert one.is_signed_with(secret)
            assert not one.is_signed_with(signing.new_secret())
        ids = [row.headers["webhook-id"] for row in receiver.received]
        assert len(set(ids)) == 4

    def test_every_way_a_requisition_can_go(self, world: World) -> None:
        def types() -> list[str]:
            rows = OutboxMessage.objects.filter(kind=KIND).order_by("pk")
            found = [row.payload["happened"].removeprefix("requisition.") for row in rows]
            rows.delete()
            return found

        def decide(row: Requisition, verdict: Verdict, **extra: Any) -> None:
            approvals.decide(
                requisition_id=row.pk, revision_no=row.current_revision, verdict=verdict,
                by=world.approver, now=NOW, **extra,
            )  # fmt: skip

        decide(world.submitted({0: 1}), Verdict.REJECT, comment="Nein")
        assert types() == ["created", "submitted", "decided", "rejected"]
        decide(world.submitted({0: 1}), Verdict.RETURN, comment="Bitte Begründung")
        assert types() == ["created", "submitted", "decided", "returned"]
        decide(world.submitted({0: 2}), Verdict.APPROVE, grants={1: approvals.Grant(1, "Eins")})
        assert types() == ["created", "submitted", "decided", "partly_approved"]
        row = world.submitted({0: 1})
        requisitions.withdraw(requisition_id=row.pk, by=world.officer, now=NOW)
        assert types() == ["created", "submitted", "withdrawn"]
        world.submitted({0: 1})
        requisitions.expire_due(now=NOW + timedelta(days=400))
        assert types() == ["created", "submitted", "expired"]
        pupil = person("s@a.example", world.authority, Role.SCHOOL_REQUESTER, school=world.school)
        row = world.draft({0: 1}, by=pupil)
        requisitions.hand_over(requisition_id=row.pk, by=pupil, now=NOW)
        requisitions.hand_back(requisition_id=row.pk, reason="Menge?", by=world.officer, now=NOW)
        lines = requisitions.current_lines(row)
        requisitions.revise(
            requisition_id=row.pk, base_revision=1, ask=requisitions.ask_of(lines),
            wanted=requisitions.wanted_of(lines), by=pupil, now=NOW,
        )  # fmt: skip
        assert types() == ["created", "handed_over", "handed_back", "revised"]

    def test_what_was_rolled_back_is_not_told(self, world: World) -> None:
        with transaction.atomic():
            world.draft({0: 1})
            transaction.set_rollback(True)
        assert not OutboxMessage.objects.filter(kind=KIND).exists()

    def test_mails_and_changes_keep_out_of_each_others_way(self, world: World) -> None:
        world.submitted({0: 1})
        send_due(now=NOW)
        waiting = OutboxMessage.objects.filter(done_at__isnull=True)
        assert set(waiting.values_list("kind", flat=True)) == {KIND}
        sending.fan_out(now=NOW)
        assert not waiting.exists()

    def test_telling_twice_makes_one_delivery(
        self, world: World, buyer: Program, receiver: Receiver
    ) -> None:
        """As when a worker dies after it wrote and before it marked."""
        endpoint(buyer, receiver)
        world.draft({0: 1})
        for _ in range(2):
            sending.fan_out(now=NOW)
            OutboxMessage.objects.filter(kind=KIND).update(done_at=None)
        assert WebhookDelivery.objects.count() == 1

    def test_only_what_was_asked_for(
        self, world: World, buyer: Program, receiver: Receiver
    ) -> None:
        endpoint(buyer, receiver, events=["requisition.approved", "requisition.rejected"])
        world.approve(world.submitted({0: 1}))
        assert send() == 1
        assert bodies(receiver)[0]["type"] == "requisition.approved"

    def test_another_authority_and_another_school_hear_nothing(
        self, world: World, foreign_buyer: Program, receiver: Receiver
    ) -> None:
        other = School.objects.create(authority=world.authority, name="B", school_no="2")
        pupil = person("b@a.example", world.authority, Role.SCHOOL_REQUESTER, school=other)
        for caller in (foreign_buyer, program(pupil)):
            endpoint(caller, receiver)
        world.draft({0: 1})
        assert send() == 0
        own = person("a@a.example", world.authority, Role.SCHOOL_REQUESTER, school=world.school)
        endpoint(program(own), receiver)
        world.draft({0: 1})
        assert send() == 1

    def test_the_task_is_scheduled(self, world: World, buyer: Program, receiver: Receiver) -> None:
        schedule = settings.CELERY_BEAT_SCHEDULE
        assert schedule["send-webhooks"]["task"] == send_webhooks.name
        assert schedule["forget-deliveries"]["task"] == forget_old_deliveries.name
        endpoint(buyer, receiver)
        world.draft({0: 1})
        assert send_webhooks() == 1
        assert forget_old_deliveries() == 0
        assert sending.forget_old(now=timezone.now() + sending.KEPT_FOR) > 0
        assert not WebhookDelivery.objects.exists()


@pytest.mark.django_db
class TestTryingAgain:
    def test_an_error_and_then_success(
        self, world: World, buyer: Program, receiver: Receiver
    ) -> None:
        secret = endpoint(buyer, receiver)["secret"]
        receiver.replies = [Reply(500, b"kaputt"), Reply(200)]
        world.draft({0: 1})
        assert send() == 0
        assert send(NOW + timedelta(seconds=1)) == 0
        later = NOW + timedelta(seconds=10)
        assert send(later) == 1
        first, second = receiver.received
        assert first.headers["webhook-id"] == second.headers["webhook-id"]
        assert first.body == second.body
        assert int(second.headers["webhook-timestamp"]) >= int(later.timestamp())
        assert second.is_signed_with(secret)
        delivery = WebhookDelivery.objects.get()
        assert (delivery.state, delivery.attempts) == ("delivered", 2)
        log = list(delivery.log.values_list("status", "error", "answer"))
        assert log == [(500, "Antwort 500", "kaputt"), (200, "", "")]

    def test_ten_attempts_over_three_days_and_no_more(
        self, world: World, buyer: Program, receiver: Receiver
    ) -> None:
        endpoint(buyer, receiver)
        receiver.replies = [Reply(503)]
        world.draft({0: 1})
        now, waits = NOW, []
        sending.fan_out(now=now)
        while (due := WebhookDelivery.objects.get().next_at) is not None:
            waits.append((due - now).total_seconds())
            now = due
            sending.send_due(now=now)
        wanted = (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
        assert len(waits) == len(receiver.received) == 10
        for waited, planned in zip(waits, wanted, strict=True):
            assert planned * 0.9 <= waited <= planned * 1.1 + 1
        delivery = WebhookDelivery.objects.get()
        assert (delivery.state, delivery.log.count()) == ("failed", 10)
        assert sending.send_due(now=now + timedelta(days=30)) == 0

    def test_waits_differ_so_that_not_all_come_at_once(self) -> None:
        waits = {sending._jittered(timedelta(hours=1)) for _ in range(20)}
        assert len(waits) > 10

    def test_gone_switches_off_until_somebody_switches_on(
        self, world: World, buyer: Program, receiver: Receiver
    ) -> None:
        made = endpoint(buyer, receiver)
        receiver.replies = [Reply(410), Reply(200)]
        world.draft({0: 1})
        send()
        world.draft({0: 1})
        assert send(NOW + timedelta(days=1)) == 0
        assert len(receiver.received) == 1
        url = f"{WEBHOOKS}/{made['id']}"
        read = buyer.get(url)
        assert (read.json()["is_active"], read.json()["off_reason"]) == (
            False, "Die Adresse antwortete 410 (Gone).",
        )  # fmt: skip
        assert AuditEntry.objects.filter(action="webhook.switched_off").exists()
        on = buyer.change("PATCH", url, {"is_active": True}, tag=read["ETag"]).json()
        assert (on["is_active"], on["off_reason"]) == (True, "")
        world.draft({0: 1})
        assert send(NOW + timedelta(days=2)) == 2  # the one that met 410, and the new one

    def test_a_redirect_is_not_followed(
        self, world: World, buyer: Program, receiver: Receiver
    ) -> None:
        with receiving() as inside:
            endpoint(buyer, receiver)
            receiver.replies = [Reply(307, headers={"Location": inside.url})]
            world.draft({0: 1})
            assert send() == 0
            assert (len(receiver.received), inside.received) == (1, [])
        assert "Umleitung" in WebhookDelivery.objects.get().log.get().error

    def test_an_address_that_came_to_lie_inside_is_not_called(
        self, world: World, buyer: Program, receiver: Receiver
    ) -> None:
        """As after a change of DNS: what was allowed when it was written is asked again."""
        endpoint(buyer, receiver)
        world.draft({0: 1})
        with override_settings(WEBHOOK_ALLOWED_NETWORKS=[]):
            assert send() == 0
        assert receiver.received == []
        attempt = WebhookDelivery.objects.get().log.get()
        assert (attempt.status, "internen Netz" in attempt.error) == (None, True)

    @pytest.mark.usefixtures("receiver")
    def test_nobody_listens(self, world: World, buyer: Program) -> None:
        with receiving() as gone:
            endpoint(buyer, gone)
        world.draft({0: 1})
        assert send() == 0
        assert "Keine Verbindung" in WebhookDelivery.objects.get().log.get().error

    def test_a_dead_endpoint_holds_up_nobody_else(
        self, world: World, buyer: Program, receiver: Receiver
    ) -> None:
        with receiving() as dead:
            endpoint(buyer, dead)
            endpoint(buyer, receiver)
            dead.replies = [Reply(500)]
            for _ in range(3):
                world.draft({0: 1})
            assert send() == 3
            assert (len(dead.received), len(receiver.received)) == (1, 3)

    def test_a_secret_nobody_can_read_is_told_and_stops_nobody(
        self, world: World, buyer: Program, receiver: Receiver
    ) -> None:
        endpoint(buyer, receiver)
        world.draft({0: 1})
        with override_settings(SECRET_KEY="ein anderer"):
            assert send() == 0
        assert "SECRET_KEY" in WebhookDelivery.objects.get().log.get().error
        with override_settings(
            SECRET_KEY="ein anderer", SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]
        ):
            assert send(NOW + timedelta(minutes=1)) == 1
