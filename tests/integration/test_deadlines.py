"""Deadlines: counted in Berlin days, reminded of twice, escalated and warned of once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from contracts.audit.models import AuditEntry
from contracts.parties.models import Membership, Role
from orders import approvals, requisitions
from orders.approvals import deadlines, inbox
from orders.approvals.committees import set_committee_date
from orders.approvals.deadlines import Watched
from orders.errors import InvalidSitting, NotAllowed, NotFound
from orders.models import ApprovalStep, Requisition
from orders.models.approval import Verdict
from tests.delegations import stand_in
from tests.mails import written
from tests.world import DAY, NOW, World, build_world, person

pytestmark = pytest.mark.django_db

NOTHING = Watched(0, 0, 0)


@pytest.fixture
def world() -> World:
    return build_world()


def berlin(text: str) -> datetime:
    """A moment of June 2026 in Berlin (UTC+2): "16. 09:00"."""
    day, clock = text.split(". ")
    return datetime.fromisoformat(f"2026-06-{day}T{clock}+02:00")


def approver(
    name: str, world: World, limit: int | None = 10**8, role: Role = Role.APPROVER
) -> Membership:
    return person(
        f"{name}@stadt-a.example",
        world.authority,
        role,
        signing_limit=Decimal(limit) if limit is not None else None,
    )


def mailed(prefix: str) -> list[str]:
    """To whom mails of this kind went."""
    rows = written().filter(key__startswith=f"mail:{prefix}:")
    return sorted(row.payload["recipient"] for row in rows)


def step_of(requisition: Requisition, tier: int = 1) -> ApprovalStep:
    return requisition.steps.get(tier=tier, revision_no=requisition.submitted_revision)


class TestCounting:
    def test_a_deadline_ends_with_its_last_day(self, world: World) -> None:
        requisition = world.submitted({0: 3})
        assert step_of(requisition).deadline == berlin("22. 23:59:59")
        requisition.refresh_from_db()
        assert requisition.expires_at == berlin("29. 23:59:59")

    @pytest.mark.parametrize(
        ("submitted", "deadline"),
        [
            # Clocks go forward on 29 March 2026 and back on 25 October 2026.
            ("2026-03-25T22:30:00+01:00", "2026-04-01T23:59:59+02:00"),
            ("2026-03-25T23:30:00+00:00", "2026-04-02T23:59:59+02:00"),  # Berlin has the 26th
            ("2026-10-20T08:00:00+02:00", "2026-10-27T23:59:59+01:00"),
        ],
    )
    def test_a_change_of_the_clock_moves_no_midnight(
        self, world: World, submitted: str, deadline: str
    ) -> None:
        requisition = world.submitted({0: 3}, now=datetime.fromisoformat(submitted))
        assert step_of(requisition).deadline == datetime.fromisoformat(deadline)

    def test_tiers_follow_each_other_and_the_expiry_covers_them(self, world: World) -> None:
        world.policy.rules.update(days=3)
        world.policy.rules.create(tier=2, role=Role.TREASURER, days=5)
        requisition = world.submitted({0: 3})
        assert step_of(requisition).deadline == berlin("18. 23:59:59")
        assert step_of(requisition, 2).deadline == berlin("23. 23:59:59")
        requisition.refresh_from_db()
        assert requisition.expires_at == berlin("30. 23:59:59")

    def test_the_next_tier_has_its_days_from_when_it_opens(self, world: World) -> None:
        world.policy.rules.create(tier=2, role=Role.TREASURER, days=5)
        requisition = world.submitted({0: 3})
        world.approve(requisition, now=berlin("25. 09:00"))
        assert step_of(requisition, 2).deadline == berlin("30. 23:59:59")
        requisition.refresh_from_db()
        assert requisition.expires_at is not None
        assert requisition.expires_at >= step_of(requisition, 2).deadline


class TestReminding:
    def test_at_half_of_the_time_and_on_the_last_day(self, world: World) -> None:
        requisition = world.submitted({0: 3})
        moments = [NOW, berlin("18. 17:00"), berlin("19. 05:31"), berlin("21. 23:59"),
                   berlin("22. 00:00"), berlin("22. 20:00")]  # fmt: skip
        assert [deadlines.remind_due(now=moment) for moment in moments] == [0, 0, 1, 0, 1, 0]
        assert mailed(f"reminder:{step_of(requisition).pk}") == [world.approver.user.email] * 2

    def test_whoever_was_down_sends_only_the_later_one(self, world: World) -> None:
        world.submitted({0: 3})
        assert deadlines.remind_due(now=berlin("22. 08:00")) == 1
        assert deadlines.remind_due(now=berlin("22. 08:00")) == 0

    def test_one_day_has_one_reminder(self, world: World) -> None:
        world.policy.rules.update(days=1)
        world.submitted({0: 3})
        moments = [berlin("15. 22:00"), berlin("16. 00:10"), berlin("16. 12:00")]
        assert [deadlines.remind_due(now=moment) for moment in moments] == [0, 1, 0]

    def test_it_reaches_those_who_could_sign_and_their_deputies(self, world: World) -> None:
        world.policy.rules.update(signers=2)
        second = approver("zweite", world)
        approver("klein", world, limit=10)
        approver("ohne", world, limit=None)
        deputy = approver("vertretung", world, role=Role.IT_OFFICER)
        idle = approver("frueher", world, role=Role.IT_OFFICER)
        stand_in(deputy, second, valid_to=DAY + timedelta(days=30))
        stand_in(idle, world.approver)
        asker = Membership.objects.create(
            user=world.officer.user,
            organisation=world.authority,
            role=Role.APPROVER,
            signing_limit=Decimal(10**8),
            valid_from=DAY,
        )
        stand_in(person("dritte@stadt-a.example", world.authority, Role.TREASURER), asker,
                 valid_to=DAY + timedelta(days=30))  # fmt: skip
        requisition = world.submitted({0: 3})
        submitted = {world.approver, second, deputy, idle}
        step = step_of(requisition)
        assert mailed(f"submitted:{step.pk}") == sorted(row.user.email for row in submitted)
        world.approve(requisition)
        assert deadlines.remind_due(now=berlin("19. 09:00")) == 1
        assert mailed(f"reminder:{step.pk}") == sorted([second.user.email, deputy.user.email])

    def test_what_is_decided_or_waits_for_another_tier_is_left_alone(self, world: World) -> None:
        world.policy.rules.create(tier=2, role=Role.TREASURER, days=1)
        approver("kaemmerei", world, role=Role.TREASURER)
        gone, waiting = world.submitted({0: 3}), world.submitted({0: 3})
        requisitions.withdraw(requisition_id=gone.pk, by=world.officer, now=NOW)
        assert deadlines.watch(now=berlin("22. 09:00")) == Watched(1, 0, 0)
        assert mailed(f"reminder:{step_of(waiting).pk}") == [world.approver.user.email]


class TestEscalating:
    def test_after_the_deadline_the_other_role_may_sign_too(self, world: World) -> None:
        world.policy.rules.update(escalation_role=Role.TREASURER)
        treasurer = approver("kaemmerei", world, role=Role.TREASURER)
        requisition = world.submitted({0: 3})
        assert deadlines.escalate_due(now=berlin("22. 23:59:59")) == 0
        assert requisition not in inbox(treasurer)
        late = berlin("23. 00:00:01")
        assert [deadlines.escalate_due(now=late) for _ in range(2)] == [1, 0]
        step = step_of(requisition)
        assert step.escalated_at == late
        assert mailed(f"escalated:{step.pk}") == [treasurer.user.email]
        assert not mailed(f"overdue:{step.pk}")
        assert requisition in inbox(treasurer)
        assert AuditEntry.objects.get(action="requisition.escalated").person is None
        done = approvals.decide(
            requisition_id=requisition.pk,
            revision_no=1,
            verdict=Verdict.APPROVE,
            by=treasurer,
            now=late,
        )
        assert done.state == "approved"

    @pytest.mark.parametrize("role", ["", Role.TREASURER])
    def test_where_nobody_takes_over_the_asking_side_hears_it(
        self, world: World, role: str
    ) -> None:
        world.policy.rules.update(escalation_role=role)
        school = approver("schule", world, limit=None, role=Role.SCHOOL_REQUESTER)
        draft = world.draft({0: 3}, by=school)
        requisition = requisitions.submit(requisition_id=draft.pk, by=world.officer, now=NOW)
        assert deadlines.escalate_due(now=berlin("23. 08:00")) == 1
        step = step_of(requisition)
        assert mailed(f"overdue:{step.pk}") == sorted([school.user.email, world.officer.user.email])

    def test_what_expired_is_not_escalated(self, world: World) -> None:
        world.submitted({0: 3})
        late = NOW + timedelta(days=30)
        assert requisitions.expire_due(now=late) == 1
        assert deadlines.watch(now=late) == NOTHING
        (mail,) = written().filter(key__contains=":expired:")
        assert "stellen Sie die Anforderung bitte neu" in mail.payload["body"]


class TestWarning:
    def test_two_days_before_it_expires_once(self, world: World) -> None:
        requisition = world.submitted({0: 3})
        moments = [berlin("27. 23:00"), berlin("28. 00:00"), berlin("29. 23:00")]
        assert [deadlines.warn_due(now=moment) for moment in moments] == [0, 1, 0]
        assert mailed(f"expiring:{requisition.pk}") == [world.officer.user.email]

    def test_after_an_extension_again(self, world: World) -> None:
        requisition = world.submitted({0: 3})
        assert deadlines.warn_due(now=berlin("28. 09:00")) == 1
        Requisition.objects.filter(pk=requisition.pk).update(
            expires_at=datetime(2026, 7, 20, 12, tzinfo=UTC)
        )
        assert deadlines.warn_due(now=berlin("29. 09:00")) == 0
        assert deadlines.warn_due(now=datetime(2026, 7, 19, 12, tzinfo=UTC)) == 1


class TestCommittee:
    @pytest.fixture
    def requisition(self, world: World) -> Requisition:
        world.policy.rules.update(committee="Hauptausschuss")
        world.policy.rules.create(tier=2, role=Role.TREASURER, days=5)
        return world.submitted({0: 3})

    def note(self, requisition: Requisition, day: date, by: Membership) -> ApprovalStep:
        return set_committee_date(
            requisition_id=requisition.pk,
            step_id=step_of(requisition).pk,
            sitting_on=day,
            by=by,
            now=NOW,
        )

    def test_time_runs_from_the_sitting(self, world: World, requisition: Requisition) -> None:
        self.note(requisition, date(2026, 7, 20), world.officer)
        step = step_of(requisition)
        assert (step.committee_on, step.deadline.date()) == (date(2026, 7, 20), date(2026, 7, 27))
        assert step_of(requisition, 2).deadline.date() == date(2026, 8, 1)
        requisition.refresh_from_db()
        assert requisition.expires_at is not None
        assert requisition.expires_at.date() == date(2026, 8, 8)
        assert mailed(f"sitting:{step.pk}") == sorted(
            [world.approver.user.email, world.officer.user.email]
        )

    def test_an_early_sitting_shortens_nothing(
        self, world: World, requisition: Requisition
    ) -> None:
        before = step_of(requisition).deadline, requisition.expires_at
        self.note(requisition, DAY, world.approver)
        requisition.refresh_from_db()
        assert (step_of(requisition).deadline, requisition.expires_at) == before

    def test_a_corrected_day_counts_anew_but_the_expiry_stays(
        self, world: World, requisition: Requisition
    ) -> None:
        self.note(requisition, date(2026, 7, 20), world.officer)
        requisition.refresh_from_db()
        late = requisition.expires_at
        self.note(requisition, date(2026, 6, 30), world.officer)
        requisition.refresh_from_db()
        assert step_of(requisition).deadline.date() == date(2026, 7, 7)
        assert requisition.expires_at == late

    def test_the_same_day_twice_is_once(self, world: World, requisition: Requisition) -> None:
        for _ in range(2):
            self.note(requisition, date(2026, 7, 20), world.officer)
        assert AuditEntry.objects.filter(action="requisition.sitting_noted").count() == 1

    def test_a_tier_that_waits_keeps_its_sitting_when_it_opens(self, world: World) -> None:
        world.policy.rules.create(
            tier=2, role=Role.TREASURER, days=5, committee="Stadtverordnetenversammlung"
        )
        requisition = world.submitted({0: 3})
        set_committee_date(
            requisition_id=requisition.pk,
            step_id=step_of(requisition, 2).pk,
            sitting_on=date(2026, 8, 10),
            by=world.officer,
            now=NOW,
        )
        world.approve(requisition)
        step = step_of(requisition, 2)
        assert step.opened_at is not None
        assert step.deadline.date() == date(2026, 8, 15)

    @pytest.mark.parametrize("days", [-1, 367])
    def test_a_day_gone_by_or_too_far_is_refused(
        self, world: World, requisition: Requisition, days: int
    ) -> None:
        with pytest.raises(InvalidSitting):
            self.note(requisition, DAY + timedelta(days=days), world.officer)
        assert step_of(requisition).committee_on is None

    def test_only_where_a_committee_decides(self, world: World) -> None:
        requisition = world.submitted({0: 3})
        with pytest.raises(InvalidSitting, match="kein Gremium"):
            self.note(requisition, DAY, world.officer)

    def test_by_procurement_or_whoever_signs_the_step(
        self, world: World, requisition: Requisition
    ) -> None:
        treasurer = approver("kaemmerei", world, role=Role.TREASURER)
        with pytest.raises(NotAllowed):
            self.note(requisition, DAY, treasurer)
        with pytest.raises(NotFound):
            self.note(requisition, DAY, world.outsider)

    def test_after_the_decision_no_more(self, world: World, requisition: Requisition) -> None:
        requisitions.withdraw(requisition_id=requisition.pk, by=world.officer, now=NOW)
        with pytest.raises(InvalidSitting, match="zurückgezogen"):
            self.note(requisition, DAY, world.officer)


def test_where_nobody_could_sign_the_procurement_hears_it(world: World) -> None:
    Membership.objects.filter(pk=world.approver.pk).update(signing_limit=Decimal(1))
    requisition = world.submitted({0: 3})
    assert mailed(f"nobody:{step_of(requisition).pk}") == [world.officer.user.email]
    assert not mailed(f"submitted:{step_of(requisition).pk}")


def test_a_mail_says_what_is_decided_and_leads_to_the_confirm_page(world: World) -> None:
    deputy = approver("vertretung", world, role=Role.IT_OFFICER)
    row = stand_in(deputy, world.approver)
    requisition = world.submitted({0: 3})
    bodies = {
        mail.payload["recipient"]: mail.payload["body"]
        for mail in written().filter(key__startswith="mail:submitted:")
    }
    link = f"http://localhost:8000/freigaben/{requisition.pk}/"
    assert f"\n{link}\n" in bodies[world.approver.user.email]
    body = bodies[deputy.user.email]
    assert f"\n{link}?fuer={row.pk}\n" in body
    assert f"Sie vertreten {world.approver.user} bis 15.06.2026." in body
    for words in (
        f"Anforderung: {requisition.number}, Notebooks für Klasse 7",
        "Für: Grundschule A",
        "Betrag: 1.531,53 EUR brutto",
        "Warum Sie: Freigabe (Stufe 1): gilt für jeden Betrag",
        "Frist: 22.06.2026",
        "Haushalt: Stadt A 2026: Geräte der Grundschule: 1.531,53 EUR, danach frei 498.468,47 EUR",
    ):
        assert words in body


def test_the_budget_line_is_the_same_before_and_after_the_hold(world: World) -> None:
    requisition = world.submitted({0: 3})
    deadlines.remind_due(now=berlin("19. 09:00"))
    lines = {
        line
        for mail in written().filter(payload__recipient=world.approver.user.email)
        for line in mail.payload["body"].splitlines()
        if line.startswith("Haushalt:")
    }
    assert len(lines) == 1, requisition
