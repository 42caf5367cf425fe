"""Sweeps: every item by itself, the failing one put down, put off and counted."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from types import ModuleType
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from api.models import WebhookDelivery, WebhookEndpoint
from api.webhooks import sending
from contracts.agreements.life import lifecycle
from contracts.agreements.models import AgreementState, AllocationRule, FrameworkAgreement
from contracts.catalogue import uploads
from contracts.parties.models import BudgetEntity, Organisation, Role
from contracts.refusals import Refusal
from contracts.sweeps.models import SweepFailure
from contracts.sweeps.runner import FIRST_PAUSE, LONGEST_PAUSE, SWEEPS, Sweep, Swept, pause
from orders.approvals import deadlines
from orders.binding import cap_watch
from orders.call_offs import confirmations
from orders.finance import exports
from orders.models import CallOff, FinanceEvent, OutboxMessage, PendingEvent
from orders.requisitions import ending
from orders.signing import policy_watch
from orders.telling.watching import KIND
from shop.celery import app
from tests.world import NOW, World, build_world, person

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture
def sweep() -> Iterator[Sweep]:
    yield Sweep("test.sweep", "Prüfling", Organisation)
    del SWEEPS["test.sweep"]


class Work:
    """Writes each item into a list; fails for those told, after it has changed something."""

    def __init__(self, *failing: int, error: Exception | None = None) -> None:
        self.failing = set(failing)
        self.error = error or RuntimeError("kaputt")
        self.tried: list[int] = []

    def __call__(self, key: int) -> int:
        self.tried.append(key)
        with transaction.atomic():
            Organisation.objects.filter(pk=key).update(name=f"getan {key}")
            if key in self.failing:
                raise self.error
        return 1


class TestRunner:
    def test_a_failing_item_is_put_down_and_the_others_go_on(
        self, world: World, sweep: Sweep, caplog: pytest.LogCaptureFixture
    ) -> None:
        first, second = world.authority.pk, world.purchasing.pk
        with caplog.at_level(logging.ERROR):
            assert sweep.run([first, second], Work(first), now=NOW) == Swept(1, 1)
        failure = SweepFailure.objects.get()
        assert (failure.sweep, failure.item, failure.tries) == ("test.sweep", str(first), 1)
        assert failure.reason == "RuntimeError: kaputt"
        assert failure.next_at == NOW + FIRST_PAUSE
        names = dict(Organisation.objects.values_list("pk", "name"))
        assert (names[first], names[second]) == (world.authority.name, f"getan {second}")
        assert "kaputt" in caplog.text
        assert "Traceback" in caplog.text

    def test_the_count_grows_and_the_pause_with_it(self, world: World, sweep: Sweep) -> None:
        key, moment = world.authority.pk, NOW
        for tries in range(1, 13):
            sweep.run([key], Work(key), now=moment)
            failure = SweepFailure.objects.get()
            assert (failure.tries, failure.first_at, failure.last_at) == (tries, NOW, moment)
            assert failure.next_at == moment + pause(tries)
            moment = failure.next_at
        assert pause(2) == 2 * FIRST_PAUSE
        assert pause(12) == LONGEST_PAUSE

    def test_a_resting_item_is_left_alone_until_its_time(self, world: World, sweep: Sweep) -> None:
        key = world.authority.pk
        sweep.run([key], Work(key), now=NOW)
        resting = Work()
        assert sweep.run([key], resting, now=NOW + MINUTE / 2) == Swept(0, 0)
        assert resting.tried == []
        assert sweep.run([key], resting, now=NOW + MINUTE) == Swept(1, 0)
        assert not SweepFailure.objects.exists()

    def test_what_is_no_longer_due_is_forgotten(self, world: World, sweep: Sweep) -> None:
        keys = [world.authority.pk, world.purchasing.pk]
        sweep.run(keys, Work(*keys), now=NOW)
        sweep.run(keys[:1], Work(), now=NOW + MINUTE / 2, complete=False)
        assert SweepFailure.objects.count() == 2
        sweep.run(keys[:1], Work(), now=NOW + MINUTE / 2)
        assert SweepFailure.objects.get().item == str(keys[0])

    def test_an_item_somebody_else_is_at_keeps_its_count(self, world: World, sweep: Sweep) -> None:
        key = world.authority.pk
        sweep.run([key], Work(key), now=NOW)
        assert sweep.run([key], lambda _key: None, now=NOW + MINUTE) == Swept(0, 0)
        assert SweepFailure.objects.get().tries == 1

    def test_a_refusal_is_shown_by_its_sentence(self, world: World, sweep: Sweep) -> None:
        key = world.authority.pk
        sweep.run([key], Work(key, error=Refusal("Das geht\x00 nicht.")), now=NOW)
        assert SweepFailure.objects.get().reason == "Das geht nicht."

    def test_a_broken_statement_does_not_reach_the_count(self, world: World, sweep: Sweep) -> None:
        def break_the_transaction(_key: int) -> int:
            with transaction.atomic():
                Organisation.objects.filter(pk=world.authority.pk).update(
                    code=world.purchasing.code
                )
            return 1

        sweep.run([world.authority.pk], break_the_transaction, now=NOW)
        assert SweepFailure.objects.get().reason.startswith(IntegrityError.__name__)

    @pytest.mark.usefixtures("sweep")
    def test_two_sweeps_cannot_have_one_name(self) -> None:
        with pytest.raises(ValueError, match=r"test\.sweep"):
            Sweep("test.sweep", "Noch einer", Organisation)


def failing_for(
    key: int, module: ModuleType, name: str, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], None]:
    """Make a function of a sweep fail for one item; the answer is what mends it again."""
    sound = getattr(module, name)

    def broken(item: int, *args: object, **kwargs: object) -> object:
        if item == key:
            raise RuntimeError("kaputt")
        return sound(item, *args, **kwargs)

    monkeypatch.setattr(module, name, broken)
    return lambda: monkeypatch.setattr(module, name, sound)


class TestEverySweepGoesOn:
    """The first item fails: the second is done all the same, and the first once it is mended."""

    def test_time_outs(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        world.lots[0].allocation = AllocationRule.CASCADE
        world.lots[0].save()
        for _ in range(2):
            world.approve(world.submitted({0: 1}))
        CallOff.objects.update(confirm_by=NOW.date())
        late = NOW + timedelta(days=4)
        first = CallOff.objects.order_by("pk")[0].pk
        mend = failing_for(first, confirmations, "_time_out", monkeypatch)
        assert confirmations.time_out_due(now=late) == 1
        mend()
        assert confirmations.time_out_due(now=late) == 0
        assert confirmations.time_out_due(now=late + MINUTE) == 1

    def test_expiries(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        first, _second = (world.submitted({0: 1}) for _ in range(2))
        late = NOW + timedelta(days=60)
        mend = failing_for(first.pk, ending, "_expire", monkeypatch)
        assert ending.expire_due(now=late) == 1
        mend()
        assert ending.expire_due(now=late + MINUTE) == 1

    def test_numbering(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        world.submitted({0: 1})
        own = PendingEvent.objects.get()
        other = BudgetEntity.objects.create(
            organisation=world.purchasing, code="anders", name="Anderer Mandant"
        )
        event = FinanceEvent.objects.get(pk=own.pk)
        event.pk, event.event_id = None, uuid4()
        event.budget_entity = other
        event.save(force_insert=True)
        PendingEvent.objects.create(event=event, budget_entity=other)
        mend = failing_for(own.budget_entity_id, exports, "_sequence_batch", monkeypatch)
        assert exports.sequence_all(now=NOW) == 1
        assert SweepFailure.objects.get().item == str(own.budget_entity_id)
        mend()
        assert exports.sequence_all(now=NOW + MINUTE) == 1

    @pytest.mark.parametrize(
        ("inner", "outer", "days"),
        [
            ("_remind", deadlines.remind_due, 4),
            ("_escalate", deadlines.escalate_due, 12),
            ("_warn", deadlines.warn_due, None),
        ],
    )
    def test_deadlines(
        self,
        world: World,
        monkeypatch: pytest.MonkeyPatch,
        inner: str,
        outer: Callable[..., int],
        days: int | None,
    ) -> None:
        first, _second = (world.submitted({0: 1}) for _ in range(2))
        assert first.expires_at is not None
        late = NOW + timedelta(days=days) if days else first.expires_at - timedelta(days=1)
        key = first.pk if inner == "_warn" else first.steps.get().pk
        mend = failing_for(key, deadlines, inner, monkeypatch)
        assert outer(now=late) == 1
        mend()
        assert outer(now=late + MINUTE) == 1

    def test_ends_of_agreements(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        mend = failing_for(world.agreement.pk, lifecycle, "_end_if_over", monkeypatch)
        late = NOW + timedelta(days=9999)
        assert lifecycle.end_due(now=late) == 0
        assert SweepFailure.objects.get().item == str(world.agreement.pk)
        mend()
        assert lifecycle.end_due(now=late + MINUTE) == 1
        state = FrameworkAgreement.objects.get(pk=world.agreement.pk).state
        assert state == AgreementState.ENDED

    def test_reviews_of_caps(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        mend = failing_for(world.agreement.pk, cap_watch, "_review_agreement", monkeypatch)
        assert cap_watch.review_due(now=NOW) == 0
        assert SweepFailure.objects.get().item == str(world.agreement.pk)
        # a nudge for other lots neither tries it before its time nor forgets it
        assert cap_watch.review_due(now=NOW, lot_ids=[]) == 0
        assert SweepFailure.objects.get().tries == 1
        mend()
        assert cap_watch.review_due(now=NOW + MINUTE) == 1
        assert not SweepFailure.objects.exists()

    def test_checks_of_policies(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        mend = failing_for(world.authority.pk, policy_watch, "_check", monkeypatch)
        policy_watch.check(now=NOW)
        assert SweepFailure.objects.get().item == str(world.authority.pk)
        mend()
        policy_watch.check(now=NOW + MINUTE)
        assert not SweepFailure.objects.exists()

    def test_uploads(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        keeper = person("katalog@lieferant-1.example", world.suppliers[0], Role.SUPPLIER_CATALOGUE)
        first, _second = (
            uploads.receive(
                by=keeper,
                award_id=world.awards[0].pk,
                filename="katalog.csv",
                content=f"supplier_aid;name\nA-{number};Ding\n".encode(),
                mapping={},
                now=NOW,
            )
            for number in range(2)
        )
        mend = failing_for(first.pk, uploads, "check", monkeypatch)
        assert uploads.check_pending(now=NOW) == 1
        # the nudge that comes late neither tries it before its time nor forgets it
        assert uploads.check_pending(now=NOW, upload_ids=[first.pk]) == 0
        mend()
        assert uploads.check_pending(now=NOW + MINUTE) == 1
        assert not SweepFailure.objects.exists()

    def test_telling_of_changes(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        for _ in range(2):
            world.draft({0: 1})
        keys = OutboxMessage.objects.filter(kind=KIND).order_by("pk").values_list("pk", flat=True)
        mend = failing_for(keys[0], sending, "_fan_out", monkeypatch)
        assert sending.fan_out(now=NOW) == len(keys) - 1
        mend()
        assert sending.fan_out(now=NOW + MINUTE) == 1

    def test_deliveries(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        endpoint = WebhookEndpoint.objects.create(
            organisation=world.authority,
            url="https://hook.example/x",
            secret="-",
            created_by=world.officer,
            created_at=NOW,
        )
        first, _second = (
            WebhookDelivery.objects.create(
                endpoint=endpoint,
                message_id=f"msg_{number}",
                type="requisition.created",
                body="{}",
                created_at=NOW,
                next_at=NOW,
            )
            for number in range(2)
        )
        monkeypatch.setattr(sending, "_send", lambda *_: True)
        mend = failing_for(first.pk, sending, "_send_one", monkeypatch)
        assert sending.send_due(now=NOW) == 1
        assert SweepFailure.objects.get().item == str(first.pk)
        mend()
        sending.send_due(now=NOW + MINUTE)
        assert not SweepFailure.objects.exists()


SWEEPS_OF_TASKS = {
    "sequence-feeds": {"finance.number"},
    "sweep-uploads": {"uploads.check"},
    "forget-answers": {"answers.forget"},
    "send-webhooks": {"webhooks.fan_out", "webhooks.send"},
    "forget-deliveries": {"webhooks.forget"},
    "watch-deadlines": {"approvals.remind", "approvals.escalate", "approvals.warn"},
    "expire-requisitions": {"requisitions.expire"},
    "check-policies": {"policies.check"},
    "review-caps": {"caps.review"},
    "end-agreements": {"agreements.end"},
    "time-out-call-offs": {"call_offs.time_out"},
}
COUNTS_BY_ITSELF = {"sweep-outbox"}
"""The messages of the outbox bear their tries themselves (orders/mails/worker.py)."""


@pytest.mark.parametrize("entry", sorted(settings.CELERY_BEAT_SCHEDULE))
def test_whatever_beat_starts_is_a_sweep(entry: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run: set[str] = set()
    monkeypatch.setattr(Sweep, "run", lambda self, *_, **__: run.add(self.name) or Swept())
    app.tasks[settings.CELERY_BEAT_SCHEDULE[entry]["task"]].apply(throw=True)
    assert run == SWEEPS_OF_TASKS.get(entry, set())
    assert bool(run) is (entry not in COUNTS_BY_ITSELF)
