"""Four eyes for people, not for memberships; refused by name, in the database too."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import psycopg
import pytest
from django.db import DatabaseError, connection

from contracts.agreements.prices.ordering import Wanted
from contracts.parties.models import Membership, Role, User
from orders import approvals, requisitions
from orders.approvals import inbox
from orders.errors import AlreadyDecided, OwnRequest
from orders.models import (
    CallOff,
    Decision,
    Delegation,
    Involvement,
    Requisition,
    Side,
    Signature,
)
from orders.models.approval import Verdict
from tests.refusals import refused_by
from tests.world import DAY, NOW, World, build_world, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build_world()


def approver_membership(user: User, world: World) -> Membership:
    """A second membership of the same human being, with every right to approve."""
    return Membership.objects.create(
        user=user,
        organisation=world.authority,
        role=Role.APPROVER,
        signing_limit=Decimal(10**8),
        valid_from=world.approver.valid_from,
    )


def decide(
    requisition: Requisition, by: Membership, verdict: Verdict = Verdict.APPROVE
) -> Requisition:
    requisition.refresh_from_db()
    return approvals.decide(
        requisition_id=requisition.pk,
        revision_no=requisition.current_revision,
        verdict=verdict,
        comment="" if verdict is Verdict.APPROVE else "Bitte Bedarf prüfen.",
        by=by,
        now=NOW,
    )


def revise(requisition: Requisition, by: Membership, world: World, quantity: int) -> None:
    requisition.refresh_from_db()
    requisitions.revise(
        requisition_id=requisition.pk,
        by=by,
        ask=world.ask(),
        base_revision=requisition.current_revision,
        wanted=[Wanted("1", world.listings[0].pk, quantity)],
        now=NOW,
    )


def submit(requisition: Requisition, by: Membership) -> None:
    requisitions.submit(requisition_id=requisition.pk, by=by, now=NOW)


def execute(sql: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def insert_decision(
    requisition: Requisition, world: World, person_id: int, on_behalf_of_id: int | None = None
) -> None:
    delegation = None
    if on_behalf_of_id is not None:
        delegation = Delegation.objects.create(
            delegator=Membership.objects.get(user_id=on_behalf_of_id),
            delegator_person_id=on_behalf_of_id,
            deputy_id=person_id,
            valid_from=DAY,
            valid_to=DAY,
            created_by=world.approver,
            created_at=NOW,
        )
    execute(
        "INSERT INTO orders_decision (step_id, requisition_id, membership_id, person_id,"
        " on_behalf_of_id, delegation_id, verdict, comment, resolution, round_no, revision_no,"
        " decided_at) VALUES (%s, %s, %s, %s, %s, %s, 'approve', '', '', 1, 1, %s)",
        requisition.steps.get().pk,
        requisition.pk,
        world.approver.pk,
        person_id,
        on_behalf_of_id,
        delegation.pk if delegation is not None else None,
        NOW,
    )


class TestByThePublicFunctions:
    def assert_refused(self, requisition: Requisition, by: Membership) -> None:
        assert requisition not in inbox(by)
        for verdict in Verdict:
            with pytest.raises(OwnRequest):
                decide(requisition, by, verdict)
        assert not Decision.objects.filter(person=by.user).exists()
        assert not CallOff.objects.exists()
        requisition.refresh_from_db()
        assert requisition.state == "submitted"

    def test_the_asker_is_refused_with_a_second_membership(self, world: World) -> None:
        requisition = world.submitted({0: 1})
        self.assert_refused(requisition, approver_membership(world.officer.user, world))

    def test_the_superuser_flag_is_no_way_round(self, world: World) -> None:
        requisition = world.submitted({0: 1})
        user = world.officer.user
        user.is_staff = user.is_superuser = True
        user.save()
        self.assert_refused(requisition, approver_membership(user, world))

    def test_the_editor_of_an_earlier_revision_is_refused(self, world: World) -> None:
        editor = person("editor@stadt-a.example", world.authority, Role.PROCUREMENT_OFFICER)
        requisition = world.draft({0: 5})
        revise(requisition, editor, world, 3)
        revise(requisition, world.officer, world, 2)
        submit(requisition, world.officer)
        self.assert_refused(requisition, approver_membership(editor.user, world))

    def test_the_editor_after_a_return_is_refused(self, world: World) -> None:
        editor = person("editor@stadt-a.example", world.authority, Role.PROCUREMENT_OFFICER)
        requisition = world.submitted({0: 5})
        decide(requisition, world.approver, Verdict.RETURN)
        revise(requisition, editor, world, 3)
        submit(requisition, world.officer)
        second = approver_membership(editor.user, world)
        with pytest.raises(OwnRequest):
            decide(requisition, second)
        assert decide(requisition, world.approver).state == "approved"

    def test_whoever_submits_for_another_is_refused(self, world: World) -> None:
        school = person(
            "leitung@schule.example", world.authority, Role.SCHOOL_REQUESTER, school=world.school
        )
        requisition = world.draft({0: 1}, by=school)
        submit(requisition, world.officer)
        self.assert_refused(requisition, approver_membership(world.officer.user, world))
        self.assert_refused(requisition, approver_membership(school.user, world))

    def test_whoever_hands_a_colleagues_draft_over_is_refused(self, world: World) -> None:
        first, second = (
            person(email, world.authority, Role.SCHOOL_REQUESTER, school=world.school)
            for email in ("leitung@schule.example", "sekretariat@schule.example")
        )
        requisition = world.draft({0: 1}, by=first)
        requisitions.hand_over(requisition_id=requisition.pk, by=second, now=NOW)
        submit(requisition, world.officer)
        self.assert_refused(requisition, approver_membership(second.user, world))

    def test_whoever_decided_cannot_edit_afterwards(self, world: World) -> None:
        requisition = world.submitted({0: 5})
        decide(requisition, world.approver, Verdict.RETURN)
        second = Membership.objects.create(
            user=world.approver.user,
            organisation=world.authority,
            role=Role.PROCUREMENT_OFFICER,
            valid_from=world.approver.valid_from,
        )
        with pytest.raises(OwnRequest):
            revise(requisition, second, world, 1)
        with pytest.raises(OwnRequest):
            submit(requisition, second)
        requisition.refresh_from_db()
        assert (requisition.state, requisition.current_revision) == ("returned", 1)

    def test_two_memberships_are_one_signature(self, world: World) -> None:
        world.policy.rules.update(signers=2)
        requisition = world.submitted({0: 1})
        decide(requisition, world.approver)
        with pytest.raises(AlreadyDecided):
            decide(requisition, approver_membership(world.approver.user, world))
        assert not CallOff.objects.exists()

    def test_a_returned_requisition_submitted_unchanged_is_a_new_revision(
        self, world: World
    ) -> None:
        requisition = world.submitted({0: 1})
        decide(requisition, world.approver, Verdict.RETURN)
        requisitions.submit(
            requisition_id=requisition.pk, by=world.officer, now=NOW + timedelta(days=1)
        )
        requisition.refresh_from_db()
        assert (requisition.state, requisition.current_revision) == ("submitted", 2)
        assert decide(requisition, world.approver).state == "approved"


class TestByTheDatabase:
    """Raw SQL with the rights of the application."""

    def test_the_asker_as_decider(self, world: World) -> None:
        requisition = world.submitted({0: 1})
        with refused_by("orders_decider_is_on_approving_side"):
            insert_decision(requisition, world, world.officer.user_id)

    def test_the_asker_as_substituted_person(self, world: World) -> None:
        requisition = world.submitted({0: 1})
        Involvement.objects.create(
            requisition=requisition, person=world.approver.user, side=Side.APPROVE
        )
        with refused_by("orders_substituted_is_on_approving_side"):
            insert_decision(
                requisition, world, world.approver.user_id, on_behalf_of_id=world.officer.user_id
            )

    def test_somebody_who_is_not_involved(self, world: World) -> None:
        requisition = world.submitted({0: 1})
        with refused_by("orders_decider_is_on_approving_side"):
            insert_decision(requisition, world, world.outsider.user_id)

    def test_a_second_side_for_the_asker(self, world: World) -> None:
        requisition = world.submitted({0: 1})
        with refused_by("orders_involvement_pkey"):
            execute(
                "INSERT INTO orders_involvement (requisition_id, person_id, side)"
                " VALUES (%s, %s, 'approve')",
                requisition.pk,
                world.officer.user_id,
            )

    def test_a_third_side(self, world: World) -> None:
        requisition = world.submitted({0: 1})
        with refused_by("orders_involvement_side_known"):
            Involvement.objects.create(
                requisition=requisition, person=world.outsider.user, side="both"
            )

    def test_a_decision_filed_under_the_step_of_another_requisition(self, world: World) -> None:
        own, other = world.submitted({0: 1}), world.submitted({0: 2})
        Involvement.objects.create(requisition=other, person=world.outsider.user, side=Side.APPROVE)
        with refused_by("orders_decision_on_step_of_requisition"):
            Decision.objects.create(
                step=own.steps.get(),
                requisition=other,
                membership=world.approver,
                person=world.outsider.user,
                round_no=1,
                revision_no=1,
                verdict=Verdict.APPROVE,
                decided_at=NOW,
            )

    def test_the_decider_as_editor(self, world: World) -> None:
        requisition = world.submitted({0: 1})
        decide(requisition, world.approver, Verdict.RETURN)
        with refused_by("orders_editor_is_on_asking_side"):
            execute(
                "INSERT INTO orders_requisitionrevision (requisition_id, number, edited_by_id,"
                " kind, editor_id, edited_at, title, justification, net, tax, gross)"
                " VALUES (%s, 2, %s, 'edit', %s, %s, '', '', 1, 0, 1)",
                requisition.pk,
                world.approver.pk,
                world.approver.user_id,
                NOW,
            )

    def test_one_signature_twice(self, world: World) -> None:
        world.policy.rules.update(signers=2)
        requisition = world.submitted({0: 1})
        decide(requisition, world.approver)
        with refused_by("orders_decider_has_signature"):
            insert_decision(requisition, world, world.approver.user_id)
            execute("SET CONSTRAINTS orders_decider_has_signature IMMEDIATE")
        with refused_by("orders_one_signature_per_round"):
            Signature.objects.create(
                decision=Decision.objects.latest("pk"),
                requisition=requisition,
                round_no=1,
                person=world.approver.user,
            )

    @pytest.mark.parametrize(
        "statement",
        [
            "INSERT INTO orders_decision (side) VALUES ('approve')",
            "INSERT INTO orders_requisitionrevision (side) VALUES ('ask')",
        ],
    )
    def test_the_side_cannot_be_written(self, statement: str) -> None:
        with pytest.raises(DatabaseError, match='non-DEFAULT value into column "side"'):
            execute(statement)


FINAL = (
    ("orders_involvement", "UPDATE orders_involvement SET side = 'approve'"),
    ("orders_involvement", "DELETE FROM orders_involvement"),
    ("orders_decision", "UPDATE orders_decision SET verdict = 'reject', comment = 'doch nicht'"),
    ("orders_decision", "DELETE FROM orders_decision"),
    ("orders_requisitionrevision", "UPDATE orders_requisitionrevision SET gross = gross + 1"),
    ("orders_requisitionrevision", "DELETE FROM orders_requisitionrevision"),
    ("orders_requisitionline", "UPDATE orders_requisitionline SET quantity = quantity + 1"),
    ("orders_requisitionline", "DELETE FROM orders_requisitionline"),
    ("orders_assignment", "UPDATE orders_assignment SET share_percent = 50"),
    ("orders_assignment", "DELETE FROM orders_assignment"),
)


@pytest.mark.django_db(transaction=True)
def test_involvement_decisions_and_revisions_are_final_for_the_owner_too(
    world: World, owner: psycopg.Connection
) -> None:
    decide(world.submitted({0: 1}), world.approver)
    for table, statement in FINAL:
        with pytest.raises(psycopg.IntegrityError) as refusal:
            owner.execute(statement)
        assert refusal.value.diag.constraint_name == f"{table}_append_only"
