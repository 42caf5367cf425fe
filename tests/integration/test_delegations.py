"""Dated substitution: who may set it up, for which days, and what it allows."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from contracts.audit.models import AuditEntry
from contracts.parties.models import Membership, Role
from orders import approvals
from orders.approvals import inbox
from orders.errors import (
    CommentMissing,
    DelegationOverlaps,
    InvalidDelegation,
    InvalidDelegationDays,
    NotAllowed,
    NotDelegable,
    NotFound,
    OrderError,
    OwnRequest,
    SigningLimitExceeded,
    UnsuitableDeputy,
)
from orders.models import Decision, Delegation, Requisition
from orders.models.approval import Verdict
from orders.signing import delegations
from orders.signing.voices import voice_of
from tests.delegations import stand_in
from tests.mails import written
from tests.world import DAY, NOW, World, build_world, person

pytestmark = pytest.mark.django_db

TOMORROW = DAY + timedelta(days=1)


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture
def deputy(world: World) -> Membership:
    return person("vertretung@stadt-a.example", world.authority, Role.IT_OFFICER)


@pytest.fixture
def treasurer(world: World) -> Membership:
    return person(
        "kaemmerei@stadt-a.example",
        world.authority,
        Role.TREASURER,
        signing_limit=Decimal(10**8),
    )


def set_up(delegator: Membership, deputy: Membership, by: Membership, **days: date) -> Delegation:
    return delegations.delegate(
        membership_id=delegator.pk,
        deputy_person_id=deputy.user_id,
        valid_from=days.get("first", DAY),
        valid_to=days.get("last", TOMORROW),
        reason="Krank",
        by=by,
        now=NOW,
    )


def sign(
    requisition: Requisition, by: Membership, delegation: Delegation | None, days: int = 0
) -> Requisition:
    return approvals.decide(
        requisition_id=requisition.pk,
        revision_no=requisition.current_revision,
        verdict=Verdict.APPROVE,
        delegation_id=delegation.pk if delegation is not None else None,
        by=by,
        now=NOW + timedelta(days=days),
    )


def refused(kind: type[OrderError], act: object) -> str:
    """The sentence; and nothing was written."""
    before = Delegation.objects.count()
    with pytest.raises(kind) as refusal:
        act()  # type: ignore[operator]
    assert Delegation.objects.count() == before
    return str(refusal.value)


class TestSettingUp:
    def test_the_delegator_does_and_both_hear_of_it(self, world: World, deputy: Membership) -> None:
        row = stand_in(deputy, world.approver, valid_to=TOMORROW)
        mails = written().filter(key__startswith=f"mail:delegation:{row.pk}:set-up:")
        assert {mail.payload["recipient"] for mail in mails} == {
            deputy.user.email,
            world.approver.user.email,
        }
        body = mails.get(payload__recipient=deputy.user.email).payload["body"]
        assert (
            "freigabe@stadt-a.example hat Sie vom 15.06.2026 bis 16.06.2026 als Vertretung "
            "eingesetzt. Sie zeichnen dann als Freigabe, bis"
        ) in body
        entry = AuditEntry.objects.get(action="delegation.created")
        assert entry.after["deputy"] == deputy.user_id
        assert deputy.user.email not in str(entry.after)

    def test_a_keeper_does_for_somebody_ill_and_says_why(
        self, world: World, deputy: Membership, treasurer: Membership
    ) -> None:
        row = set_up(world.approver, deputy, treasurer)
        assert row.created_by == treasurer
        mails = written().filter(key__startswith=f"mail:delegation:{row.pk}:set-up:")
        body = mails.get(payload__recipient=deputy.user.email).payload["body"]
        assert "hat eingerichtet, dass Sie freigabe@stadt-a.example (Freigabe) vom" in body

        def without_reason() -> None:
            delegations.delegate(
                membership_id=world.approver.pk,
                deputy_person_id=deputy.user_id,
                valid_from=DAY + timedelta(days=9),
                valid_to=DAY + timedelta(days=9),
                reason="  ",
                by=treasurer,
                now=NOW,
            )

        refused(CommentMissing, without_reason)

    def test_no_keeper_makes_themselves_the_deputy_of_another(
        self, world: World, treasurer: Membership
    ) -> None:
        said = refused(UnsuitableDeputy, lambda: set_up(world.approver, treasurer, treasurer))
        assert said.startswith("Wer eine Vertretung für andere einrichtet")

    def test_others_do_not_set_up_for_somebody_else(self, world: World, deputy: Membership) -> None:
        refused(NotFound, lambda: set_up(world.approver, deputy, deputy))
        refused(NotFound, lambda: set_up(world.approver, deputy, world.officer))

    def test_no_other_authority_is_touched(self, world: World, treasurer: Membership) -> None:
        refused(NotFound, lambda: set_up(world.outsider, treasurer, treasurer))
        refused(UnsuitableDeputy, lambda: set_up(world.approver, world.outsider, treasurer))

    @pytest.mark.parametrize("role", [Role.AUDITOR, Role.SCHOOL_REQUESTER])
    def test_who_signs_nothing_neither_delegates_nor_substitutes(
        self, world: World, role: Role
    ) -> None:
        reader = person("liest@stadt-a.example", world.authority, role)
        refused(NotAllowed, lambda: set_up(reader, world.approver, reader))
        refused(UnsuitableDeputy, lambda: set_up(world.approver, reader, world.approver))

    def test_without_a_limit_there_is_nothing_to_hand_on(
        self, world: World, deputy: Membership
    ) -> None:
        refused(NotDelegable, lambda: set_up(deputy, world.approver, deputy))

    def test_nobody_substitutes_themselves(self, world: World) -> None:
        refused(UnsuitableDeputy, lambda: set_up(world.approver, world.approver, world.approver))

    @pytest.mark.parametrize(
        ("first", "last"),
        [(TOMORROW, DAY), (DAY - timedelta(days=1), DAY), (DAY, DAY + timedelta(days=366))],
    )
    def test_days_out_of_order_gone_by_or_too_many(
        self, world: World, deputy: Membership, first: date, last: date
    ) -> None:
        refused(
            InvalidDelegationDays,
            lambda: set_up(world.approver, deputy, world.approver, first=first, last=last),
        )

    def test_a_whole_leap_year_is_allowed(self, world: World, deputy: Membership) -> None:
        row = set_up(
            world.approver, deputy, world.approver, first=DAY, last=DAY + timedelta(days=365)
        )
        assert row.pk

    def test_one_deputy_at_a_time(
        self, world: World, deputy: Membership, treasurer: Membership
    ) -> None:
        first = set_up(world.approver, deputy, world.approver)
        said = refused(
            DelegationOverlaps, lambda: set_up(world.approver, treasurer, world.approver)
        )
        assert said.startswith(
            "vertretung@stadt-a.example vertritt freigabe@stadt-a.example schon vom 15.06.2026 "
            "bis 16.06.2026."
        )
        delegations.revoke(delegation_id=first.pk, by=world.approver, now=NOW)
        assert set_up(world.approver, treasurer, world.approver).deputy_id == treasurer.user_id

    def test_on_days_without_membership_there_is_none(
        self, world: World, deputy: Membership
    ) -> None:
        for member, kind in ((world.approver, NotDelegable), (deputy, UnsuitableDeputy)):
            Membership.objects.filter(pk=member.pk).update(valid_to=DAY)
            refused(
                kind,
                lambda: set_up(
                    world.approver, deputy, world.approver, first=TOMORROW, last=TOMORROW
                ),
            )
            Membership.objects.filter(pk=member.pk).update(valid_to=None)


class TestSigning:
    def test_a_for_b(self, world: World, deputy: Membership) -> None:
        row = stand_in(deputy, world.approver)
        requisition = world.submitted({0: 3})
        assert requisition in inbox(voice_of(deputy, row.pk, on=DAY))
        assert sign(requisition, deputy, row).state == "approved"
        decision = Decision.objects.get()
        assert (decision.person_id, decision.on_behalf_of_id) == (
            deputy.user_id,
            world.approver.user_id,
        )

    def test_no_chains(self, world: World, deputy: Membership, treasurer: Membership) -> None:
        """C for B, B for A: C does not speak for A."""
        deputy.signing_limit = Decimal(10**8)
        deputy.save()
        for_a = stand_in(deputy, world.approver)
        for_b = stand_in(treasurer, deputy)
        requisition = world.submitted({0: 3})
        with pytest.raises(InvalidDelegation, match="gibt es für Sie nicht"):
            sign(requisition, treasurer, for_a)
        with pytest.raises(NotAllowed, match="andere Stufe oder Rolle"):
            sign(requisition, treasurer, for_b)
        assert requisition not in inbox(voice_of(treasurer, for_b.pk, on=DAY))

    def test_not_above_the_limit_of_the_delegator(self, world: World, deputy: Membership) -> None:
        Membership.objects.filter(pk=world.approver.pk).update(signing_limit=Decimal(100))
        row = stand_in(deputy, Membership.objects.get(pk=world.approver.pk))
        with pytest.raises(SigningLimitExceeded, match=str(world.approver.user)):
            sign(world.submitted({0: 3}), deputy, row)

    def test_expired_revoked_and_not_yet_begun(self, world: World, deputy: Membership) -> None:
        requisition = world.submitted({0: 3})
        row = stand_in(deputy, world.approver, valid_from=TOMORROW, valid_to=TOMORROW)
        with pytest.raises(InvalidDelegation, match=r"beginnt erst am 16\.06\.2026"):
            sign(requisition, deputy, row)
        with pytest.raises(InvalidDelegation, match=r"am 16\.06\.2026 abgelaufen"):
            sign(requisition, deputy, row, days=2)
        delegations.revoke(delegation_id=row.pk, by=world.approver, now=NOW)
        with pytest.raises(InvalidDelegation, match="aufgehoben"):
            sign(requisition, deputy, row, days=1)

    def test_it_ends_with_the_membership_it_hands_on(
        self, world: World, deputy: Membership
    ) -> None:
        row = stand_in(deputy, world.approver, valid_to=TOMORROW)
        requisition = world.submitted({0: 3})
        Membership.objects.filter(pk=world.approver.pk).update(valid_to=DAY)
        with pytest.raises(InvalidDelegation, match="beendet, und mit ihr die Vertretung"):
            sign(requisition, deputy, row, days=1)

    def test_a_delegator_who_asked_is_not_spoken_for(
        self, world: World, deputy: Membership
    ) -> None:
        asker = Membership.objects.create(
            user=world.officer.user,
            organisation=world.authority,
            role=Role.APPROVER,
            signing_limit=Decimal(10**8),
            valid_from=DAY,
        )
        row = stand_in(deputy, asker)
        with pytest.raises(OwnRequest):
            sign(world.submitted({0: 3}), deputy, row)

    def test_a_deputy_signs_in_no_reading_role(self, world: World, deputy: Membership) -> None:
        row = stand_in(deputy, world.approver)
        reading = Membership.objects.create(
            user=deputy.user, organisation=world.authority, role=Role.AUDITOR, valid_from=DAY
        )
        with pytest.raises(InvalidDelegation, match="Als Rechnungsprüfung zeichnen Sie nicht"):
            sign(world.submitted({0: 3}), reading, row)


class TestRevoking:
    def test_twice_is_once(self, world: World, deputy: Membership) -> None:
        row = stand_in(deputy, world.approver)
        for moment in (NOW, NOW + timedelta(minutes=1)):
            done = delegations.revoke(delegation_id=row.pk, by=world.approver, now=moment)
            assert done.revoked_at == NOW
        assert AuditEntry.objects.filter(action="delegation.revoked").count() == 1

    def test_by_a_keeper_but_not_by_the_deputy_or_a_stranger(
        self, world: World, deputy: Membership, treasurer: Membership
    ) -> None:
        row = stand_in(deputy, world.approver)
        for member in (deputy, world.officer, world.outsider):
            with pytest.raises(NotFound):
                delegations.revoke(delegation_id=row.pk, by=member, now=NOW)
        assert delegations.revoke(delegation_id=row.pk, by=treasurer, now=NOW).revoked_by == (
            treasurer
        )

    def test_what_is_over_is_not_revoked(self, world: World, deputy: Membership) -> None:
        row = stand_in(deputy, world.approver)
        with pytest.raises(InvalidDelegation, match="nichts mehr aufzuheben"):
            delegations.revoke(delegation_id=row.pk, by=world.approver, now=NOW + timedelta(days=1))


def test_lists_are_scoped_to_the_organisation(
    world: World, deputy: Membership, treasurer: Membership
) -> None:
    row = stand_in(deputy, world.approver)
    assert list(delegations.own(world.approver)) == [row]
    assert list(delegations.stood_in_for(deputy)) == [row]
    assert list(delegations.of_authority(treasurer)) == [row]
    assert not delegations.of_authority(world.outsider).exists()
    school = person("schule@stadt-a.example", world.authority, Role.SCHOOL_REQUESTER)
    assert not delegations.of_authority(school).exists()
