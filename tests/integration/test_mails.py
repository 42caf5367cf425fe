"""From a notice to mails that went out: every occasion, and every kind of message that fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.db import DataError, connection
from django.test.utils import CaptureQueriesContext

from contracts.agreements.models import FrameworkAgreement
from contracts.clock import berlin_day
from contracts.ledger.models import LimitAccount
from contracts.parties.models import Membership, Organisation, Role, School, User
from contracts.sweeps.failing import SOURCES
from orders import mails, requisitions
from orders.approvals import deadlines
from orders.approvals.committees import set_committee_date
from orders.mails import expansion, worker
from orders.mails.delivery import message_id_of
from orders.models import ApprovalPolicy, ApprovalStep, MailLog, OutboxMessage, Requisition
from orders.requisitions import Ask, Share
from orders.signing import policies
from orders.telling.notices import Template
from tests.occasions import OCCASIONS, build
from tests.ranks import Ranks
from tests.world import NOW, World, person

pytestmark = pytest.mark.django_db

LONG = ("Sehr\r\nlang\u2028 \x0b" * 60)[:200]
"""Two hundred characters with every kind of line break."""


@pytest.fixture
def ranks() -> Ranks:
    return build()


@pytest.fixture
def world(ranks: Ranks) -> World:
    return ranks.world


def notices(template: Template | None = None) -> list[OutboxMessage]:
    rows = OutboxMessage.objects.filter(kind="notice").order_by("pk")
    return [row for row in rows if template in (None, row.payload["template"])]


def only(template: Template) -> OutboxMessage:
    """The notice of the template; what else was told is taken away."""
    (row,) = notices(template)
    OutboxMessage.objects.exclude(pk=row.pk).delete()
    return row


def subjects(mailoutbox: list[EmailMessage]) -> list[str]:
    return [str(mail.subject) for mail in mailoutbox]


def test_every_template_has_its_occasion() -> None:
    assert set(OCCASIONS) == set(Template)


@pytest.mark.parametrize("template", Template)
class TestEveryOccasion:
    def test_long_names_and_line_breaks_are_told_in_one_line(
        self,
        ranks: Ranks,
        template: Template,
        monkeypatch: pytest.MonkeyPatch,
        mailoutbox: list[EmailMessage],
    ) -> None:
        line = ranks.world.budget_line
        monkeypatch.setattr(World, "ask", lambda _: Ask(title=LONG, shares={"": [Share(line.pk)]}))
        OCCASIONS[template](ranks)
        row = only(template)
        for model, field in (
            (Organisation, "name"),
            (School, "name"),
            (FrameworkAgreement, "title"),
            (LimitAccount, "title"),
        ):
            model.objects.update(**{field: LONG})
        User.objects.update(first_name=LONG[:150], last_name=LONG[:150])
        assert mails.send_due(now=row.due_at) > 0
        written = OutboxMessage.objects.filter(kind="mail")
        assert written.count() == len(mailoutbox) == MailLog.objects.count()
        assert not mails.failing(tries=1).exists()
        for mail in mailoutbox:
            assert len(mail.subject.splitlines()) == 1
            assert len(mail.subject) <= 250

    def test_where_everybody_has_gone_nobody_is_told_and_nothing_fails(
        self, ranks: Ranks, template: Template, mailoutbox: list[EmailMessage]
    ) -> None:
        OCCASIONS[template](ranks)
        row = only(template)
        User.objects.update(is_active=False)
        Organisation.objects.update(email="")
        now = row.due_at
        mails.send_due(now=now)
        row.refresh_from_db()
        assert (row.done_at, row.given_up) == (now, False)
        assert not mails.failing(tries=1).exists()
        assert len(mailoutbox) == (1 if template is Template.BARRIER else 0)

    def test_what_it_speaks_of_is_gone_it_is_given_up_for_all_to_see(
        self,
        ranks: Ranks,
        template: Template,
        caplog: pytest.LogCaptureFixture,
        mailoutbox: list[EmailMessage],
    ) -> None:
        if template is Template.BARRIER:
            pytest.skip("speaks of no row")
        OCCASIONS[template](ranks)
        row = only(template)
        facts = row.payload["facts"]
        named = {key: 10**9 for key in facts if key in NAMING}
        row.payload = {**row.payload, "facts": facts | named}
        row.save()
        now = row.due_at
        assert mails.send_due(now=now) == 0
        row.refresh_from_db()
        assert (row.given_up, row.done_at) == (True, now)
        assert "gibt es nicht mehr" in row.last_error
        assert list(mails.failing()) == [row]
        assert row.key in caplog.text
        caplog.clear()
        mails.send_due(now=now + timedelta(days=30))
        assert not caplog.text
        assert mailoutbox == []

    def test_a_second_run_sends_nothing_again(
        self, ranks: Ranks, template: Template, mailoutbox: list[EmailMessage]
    ) -> None:
        OCCASIONS[template](ranks)
        row = only(template)
        now = row.due_at
        first = mails.send_due(now=now)
        assert mails.send_due(now=now + timedelta(days=1)) == 0
        row.done_at = None
        row.due_at = now
        row.save()
        assert mails.send_due(now=now) == 0  # even if the notice came twice
        assert len(mailoutbox) == first > 0


NAMING = {
    "requisition",
    "step",
    "member",
    "comment",
    "call_off",
    "cancellation",
    "delegation",
    "policy",
    "authority",
    "account",
}
"""Facts that name the row a notice speaks of."""


class TestWhatChangedMeanwhile:
    """Between event and mail: what happened is told, what is settled asks nobody any more."""

    def settle(self, name: str, ranks: Ranks) -> None:
        world, requisition = ranks.world, Requisition.objects.order_by("pk").last()
        if requisition is None:
            (policy,) = ApprovalPolicy.objects.filter(confirmed_at=None)
            policies.withdraw(policy_id=policy.pk, reason="Nein", by=world.approver, now=NOW)
            return
        match name:
            case "withdrawn":
                requisitions.withdraw(requisition_id=requisition.pk, by=world.officer, now=NOW)
            case "decided":
                world.approve(requisition)
            case "extended":
                ApprovalStep.objects.update(deadline=NOW + timedelta(days=90))
                Requisition.objects.update(expires_at=NOW + timedelta(days=90))
            case "sitting moved":
                self.note(world, requisition, date(2026, 7, 27))
            case "taken back again":
                asker = requisition.created_by
                requisitions.recall(requisition_id=requisition.pk, by=asker, now=NOW)

    def note(self, world: World, requisition: Requisition, day: date) -> None:
        later = NOW + timedelta(minutes=1)
        set_committee_date(
            requisition_id=requisition.pk,
            step_id=requisition.steps.get().pk,
            sitting_on=day,
            by=world.officer,
            now=later,
        )

    @pytest.mark.parametrize(
        ("template", "change"),
        [
            (Template.SUBMITTED, "withdrawn"),
            (Template.SUBMITTED, "decided"),
            (Template.REMINDER, "withdrawn"),
            (Template.REMINDER, "decided"),
            (Template.REMINDER, "extended"),
            (Template.ESCALATED, "decided"),
            (Template.SITTING, "withdrawn"),
            (Template.SITTING, "sitting moved"),
            (Template.EXPIRING, "decided"),
            (Template.EXPIRING, "extended"),
            (Template.HANDED_OVER, "taken back again"),
            (Template.HANDED_OVER, "withdrawn"),
            (Template.POLICY_PROPOSED, "discarded"),
        ],
    )
    def test_nobody_is_asked_for_what_is_settled(
        self, ranks: Ranks, template: Template, change: str, mailoutbox: list[EmailMessage]
    ) -> None:
        OCCASIONS[template](ranks)
        (row,) = notices(template)
        self.settle(change, ranks)
        OutboxMessage.objects.exclude(pk=row.pk).delete()
        mails.send_due(now=row.due_at)
        row.refresh_from_db()
        assert row.done_at is not None
        assert mailoutbox == []

    def test_those_are_asked_who_can_sign_now(
        self, world: World, mailoutbox: list[EmailMessage]
    ) -> None:
        world.submitted({0: 3})
        Membership.objects.filter(pk=world.approver.pk).update(signing_limit=Decimal(1))
        mails.send_due(now=NOW)
        assert [mail.to for mail in mailoutbox] == [[world.officer.user.email]]
        assert "niemand kann freigeben" in mailoutbox[0].subject

    def test_a_former_round_asks_nobody(self, world: World, mailoutbox: list[EmailMessage]) -> None:
        requisition = world.submitted({0: 3})
        requisition.steps.update(revision_no=0)
        mails.send_due(now=NOW)
        assert mailoutbox == []

    def test_an_outcome_is_told_as_it_was(
        self, world: World, mailoutbox: list[EmailMessage]
    ) -> None:
        requisition = world.submitted({0: 3})
        OutboxMessage.objects.all().delete()
        requisitions.withdraw(
            requisition_id=requisition.pk, by=world.officer, now=NOW, reason="Falsche Schule"
        )
        Requisition.objects.filter(pk=requisition.pk).update(state="draft")
        mails.send_due(now=NOW)
        (mail,) = mailoutbox
        assert mail.subject == f"Anforderung {requisition.number}: zurückgezogen"
        assert "Begründung: Falsche Schule\n" in mail.body

    def test_a_cap_is_told_as_it_was(self, ranks: Ranks, mailoutbox: list[EmailMessage]) -> None:
        OCCASIONS[Template.CAP](ranks)
        row = only(Template.CAP)
        requisitions.withdraw(
            requisition_id=Requisition.objects.get().pk, by=ranks.world.officer, now=NOW
        )
        OutboxMessage.objects.exclude(pk=row.pk).delete()
        mails.send_due(now=NOW)
        assert "3 Stück von 4 Stück, frei sind noch 1 Stück" in mailoutbox[0].body


def mail_row(number: int, **payload: Any) -> OutboxMessage:
    whole = {"recipient": f"{number}@a.example", "subject": "Neu", "body": "Guten Tag"}
    return OutboxMessage.objects.create(
        key=f"mail:{number}", kind="mail", payload=whole | payload, created_at=NOW, due_at=NOW
    )


def notice_row(number: int, template: str, facts: dict[str, Any]) -> OutboxMessage:
    return OutboxMessage.objects.create(
        key=f"notice:{number}",
        kind="notice",
        payload={"template": template, "facts": facts},
        created_at=NOW,
        due_at=NOW,
    )


BARRIER = {"message": "Gut", "page": "", "answer_to": ""}

POISON: dict[str, Callable[[int], OutboxMessage]] = {
    "line break in the address": lambda n: mail_row(n, recipient="a@a.example\nBcc: b@b.example"),
    "address that is no text": lambda n: mail_row(n, recipient=None),
    "list of addresses": lambda n: mail_row(n, recipient=["a@a.example", "b@b.example"]),
    "address too long for the log": lambda n: mail_row(n, recipient="a" * 250 + "@a.example"),
    "subject that is no text": lambda n: mail_row(n, subject=None),
    "no body": lambda n: mail_row(n, body=None),
    "half a message": lambda n: OutboxMessage.objects.create(
        key=f"mail:{n}", kind="mail", payload={}, created_at=NOW, due_at=NOW
    ),
    "refused by the mail server": lambda n: mail_row(n, recipient="refused@a.example"),
    "hung up by the mail server": lambda n: mail_row(n, recipient="hung-up@a.example"),
    "no way to the mail server": lambda n: mail_row(n, recipient="unreachable@a.example"),
    "something else, with a null": lambda n: mail_row(n, recipient="defect@a.example"),
    "unknown template": lambda n: notice_row(n, "poem", {}),
    "facts that are missing": lambda n: notice_row(n, "barrier", {"message": "Halb"}),
    "facts that are wrong": lambda n: notice_row(n, "submitted", {"requisition": "x", "steps": 1}),
}

ERRORS: dict[str, Exception] = {
    "refused@a.example": SMTPRecipientsRefused({"refused@a.example": (550, b"no")}),
    "hung-up@a.example": SMTPServerDisconnected("gone"),
    "unreachable@a.example": OSError("no route"),
    "defect@a.example": RuntimeError("a\x00b"),
}


@pytest.fixture
def _mail_server(monkeypatch: pytest.MonkeyPatch) -> None:
    send = EmailMessage.send

    def refusing(self: EmailMessage, fail_silently: bool = False) -> int:
        for address in self.to:
            if address in ERRORS:
                raise ERRORS[address]
        return send(self, fail_silently)

    monkeypatch.setattr(EmailMessage, "send", refusing)


@pytest.mark.usefixtures("_mail_server")
class TestPoison:
    @pytest.fixture(params=POISON)
    def poison(self, request: pytest.FixtureRequest) -> OutboxMessage:
        """A message in front that cannot be told."""
        return POISON[request.param](1)

    @pytest.mark.usefixtures("poison")
    def test_it_never_holds_up_the_others(self, mailoutbox: list[EmailMessage]) -> None:
        mail_row(2)
        notice_row(3, "barrier", BARRIER)
        assert mails.send_due(now=NOW) == 2
        assert sorted(subjects(mailoutbox)) == ["Barriere gemeldet", "Neu"]

    def test_its_tries_are_counted_and_the_pauses_grow_until_it_is_given_up(
        self, poison: OutboxMessage, mailoutbox: list[EmailMessage]
    ) -> None:
        now, pauses = NOW, []
        for tries in range(1, worker.MOST_TRIES):
            mails.send_due(now=now)
            mails.send_due(now=now + timedelta(seconds=5))  # rests, and is not tried
            poison.refresh_from_db()
            assert (poison.attempts, poison.done_at) == (tries, None)
            assert poison.last_error
            shown = tries >= worker.TRIES_UNTIL_SHOWN
            assert list(mails.failing()) == ([poison] if shown else [])
            pauses.append(poison.due_at - now)
            now = poison.due_at
        assert pauses == sorted(pauses)
        assert (pauses[0], pauses[-1]) == (worker.FIRST_PAUSE, worker.LONGEST_PAUSE)
        mails.send_due(now=now)
        poison.refresh_from_db()
        assert (poison.given_up, poison.done_at) == (True, now)
        assert list(mails.failing()) == [poison]
        assert mailoutbox == []
        assert not MailLog.objects.exists()

    def test_many_in_front_hold_up_nobody_either(self, mailoutbox: list[EmailMessage]) -> None:
        for number, make in enumerate(POISON.values(), start=10):
            make(number)
        mail_row(2)
        mails.send_due(now=NOW)
        assert subjects(mailoutbox) == ["Neu"]

    def test_what_could_be_sent_later_is(
        self, mailoutbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        row = mail_row(1, recipient="unreachable@a.example")
        mails.send_due(now=NOW)
        monkeypatch.delitem(ERRORS, "unreachable@a.example")
        assert mails.send_due(now=NOW + timedelta(hours=1)) == 1
        row.refresh_from_db()
        assert (row.attempts, row.done_at) == (2, NOW + timedelta(hours=1))
        assert not mails.failing(tries=1).exists()
        assert len(mailoutbox) == 1


def test_a_template_that_breaks_holds_up_no_other(
    monkeypatch: pytest.MonkeyPatch, mailoutbox: list[EmailMessage], world: World
) -> None:
    def broken(*_: object) -> Iterator[Any]:
        raise ZeroDivisionError
        yield

    monkeypatch.setattr(expansion, "RENDERERS", {**expansion.RENDERERS, Template.SUBMITTED: broken})
    world.submitted({0: 3})
    notice_row(3, "barrier", BARRIER)
    assert mails.send_due(now=NOW) == 1
    (row,) = notices(Template.SUBMITTED)
    assert (row.attempts, row.done_at, row.last_error) == (1, None, "ZeroDivisionError: ")
    assert subjects(mailoutbox) == ["Barriere gemeldet"]


def test_a_notice_is_expanded_whole_or_not_at_all(
    monkeypatch: pytest.MonkeyPatch, world: World
) -> None:
    real = expansion.write

    def half(*args: Any, **kwargs: Any) -> None:
        real(*args, **kwargs)
        raise ZeroDivisionError

    monkeypatch.setattr(expansion, "write", half)
    world.submitted({0: 3})
    mails.send_due(now=NOW)
    assert not OutboxMessage.objects.filter(kind="mail").exists()


def test_nothing_leaves_the_house_that_is_not_logged(
    monkeypatch: pytest.MonkeyPatch, mailoutbox: list[EmailMessage]
) -> None:
    """The fault: sent, then failed to be logged, and so sent again every five seconds."""
    mail_row(1)

    def full(**_: object) -> tuple[MailLog, bool]:
        raise DataError("value too long")

    monkeypatch.setattr(MailLog.objects, "get_or_create", full)
    for minutes in range(5):
        mails.send_due(now=NOW + timedelta(minutes=minutes))
    assert mailoutbox == []


def test_the_worker_that_dies_of_a_message_has_counted_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = mail_row(1)

    def die(*_: object, **__: object) -> int:
        raise SystemExit

    monkeypatch.setattr(EmailMessage, "send", die)
    with pytest.raises(SystemExit):
        mails.send_due(now=NOW)
    row.refresh_from_db()
    assert (row.attempts, row.due_at, row.done_at) == (1, NOW + worker.FIRST_PAUSE, None)


def test_a_message_that_always_ends_its_worker_is_shown_and_given_up() -> None:
    row = mail_row(1)
    source = SOURCES["postausgang"]
    for tries in range(1, worker.MOST_TRIES + 1):
        OutboxMessage.objects.update(due_at=NOW)
        assert worker._claim("mail", NOW) == row.pk
        assert source.count() == (1 if tries >= worker.TRIES_UNTIL_SHOWN else 0)
    assert "brach jedes Mal ab" in source.failing()[0].reason
    OutboxMessage.objects.update(due_at=NOW)
    assert mails.send_due(now=NOW) == 0
    row.refresh_from_db()
    assert (row.given_up, row.done_at) == (True, NOW)


@pytest.mark.parametrize("template", [Template.OUTCOME, Template.CALL_OFF_CONFIRMED])
def test_whoever_has_left_hears_nothing_more_and_the_procurement_does(
    ranks: Ranks, template: Template, mailoutbox: list[EmailMessage]
) -> None:
    OCCASIONS[template](ranks)
    row = only(template)
    left = ranks.world.officer
    other = person("neu@stadt-a.example", ranks.world.authority, Role.PROCUREMENT_OFFICER)
    Membership.objects.filter(pk=left.pk).update(valid_to=berlin_day(NOW) - timedelta(days=1))
    assert mails.send_due(now=row.due_at) > 0
    assert {to for mail in mailoutbox for to in mail.to} == {other.user.email}


def test_a_run_that_takes_too_long_ends(
    monkeypatch: pytest.MonkeyPatch, mailoutbox: list[EmailMessage]
) -> None:
    for number in range(3):
        mail_row(number)
    clock = iter([0, 0, 40, *[80] * 9])
    monkeypatch.setattr(worker.time, "monotonic", lambda: next(clock))
    mails.deliver_due(now=NOW)
    assert len(mailoutbox) == 2
    assert OutboxMessage.objects.filter(done_at__isnull=True).count() == 1
    assert not mails.failing(tries=1).exists()


def test_a_message_id_is_one_line_and_stable_for_every_address() -> None:
    keys = [
        "mail:outcome:7:1:approved",
        "mail:call-off:A-1:post@lieferant-1.example",
        "mail:call-off:A-1:müller@lieferant-1.example",
        'mail:call-off:A-1:"a b"@lieferant-1.example',
        f"mail:call-off:A-1:{'a' * 120}",
    ]
    ids = [message_id_of(key) for key in keys]
    assert ids[:2] == [
        "<mail.outcome.7.1.approved@kaufhaus.invalid>",
        "<mail.call-off.A-1.post_at_lieferant-1.example@kaufhaus.invalid>",
    ]
    assert all(row.isascii() and " " not in row and len(row) <= 150 for row in ids)
    assert len(set(ids)) == len(keys)


def test_an_address_longer_than_a_key_is_written_to_once(
    world: World, mailoutbox: list[EmailMessage]
) -> None:
    address = f"{'a' * 60}@{'b' * 60}.{'c' * 60}.example"
    Organisation.objects.filter(pk=world.suppliers[0].pk).update(email=address)
    world.approve(world.submitted({0: 3}))
    mails.send_due(now=NOW)
    assert [mail.to for mail in mailoutbox].count([address]) == 1


def test_a_submission_writes_the_outbox_once_and_asks_for_nobody(world: World) -> None:
    draft = world.draft({0: 3})
    with CaptureQueriesContext(connection) as captured:
        requisitions.submit(requisition_id=draft.pk, by=world.officer, now=NOW)
    asked = [str(row["sql"]) for row in captured]
    (written,) = (sql for sql in asked if "orders_outboxmessage" in sql)
    assert written.startswith("INSERT")
    # who signs, who stands in for whom, what is left of a budget: the worker asks
    assert not [sql for sql in asked if 'FROM "orders_delegation"' in sql]
    assert not [sql for sql in asked if "signing_limit" in sql.partition("WHERE")[2]]


def test_reminders_that_come_too_late_are_not_sent(
    world: World, mailoutbox: list[EmailMessage]
) -> None:
    world.submitted({0: 3})
    OutboxMessage.objects.all().delete()
    deadlines.remind_due(now=NOW + timedelta(days=4))
    mails.send_due(now=NOW + timedelta(days=9))
    assert mailoutbox == []


def test_roles_of_one_person_are_one_mail(world: World, mailoutbox: list[EmailMessage]) -> None:
    Membership.objects.create(
        user=world.officer.user,
        organisation=world.authority,
        role=Role.PROCUREMENT_OFFICER,
        valid_from=date(2026, 1, 1),
        school=world.school,
    )
    Membership.objects.filter(pk=world.approver.pk).update(signing_limit=Decimal(1))
    world.submitted({0: 3})
    mails.send_due(now=NOW)
    assert len(mailoutbox) == 1
