"""Editing while in approval: a decrease keeps signatures, anything else begins a new round."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from contracts.agreements.prices.ordering import Wanted
from contracts.audit.models import AuditEntry
from contracts.ledger.errors import LimitExceeded
from contracts.parties.models import Membership, Role, School
from orders import approvals, requisitions
from orders.basket import baskets
from orders.errors import NotAllowed, OwnRequest, StaleRevision
from orders.models import ApprovalRule, Requisition
from orders.models.approval import Verdict
from orders.requisitions import Ask, Place
from orders.requisitions.drafting import Draft, draft_of, with_line, with_places, with_quantities
from tests.database_state import contents
from tests.world import NOW, World, build_world, person

pytestmark = pytest.mark.django_db
PRICE = Decimal("429.00")
VAT = Decimal("1.19")


@pytest.fixture
def world() -> World:
    """Two people sign, one after the other, so that one signature is on record."""
    world = build_world()
    ApprovalRule.objects.create(policy=world.policy, tier=2, role=Role.TREASURER)
    return world


@pytest.fixture
def requisition(world: World) -> Requisition:
    """30 notebooks, signed by the first of two."""
    requisition = world.submitted({0: 30})
    world.approve(requisition)
    requisition.refresh_from_db()
    assert requisition.state == "submitted"
    return requisition


def draft(requisition: Requisition) -> Draft:
    return draft_of(requisitions.current_lines(requisition))


def asked(
    requisition: Requisition, next_one: Draft, by: Membership, base: int = 0
) -> dict[str, object]:
    return {
        "requisition_id": requisition.pk,
        "base_revision": base or requisition.current_revision,
        "ask": next_one.ask,
        "wanted": next_one.wanted,
        "by": by,
        "now": NOW,
    }


def revise(requisition: Requisition, next_one: Draft, by: Membership, base: int = 0) -> None:
    requisitions.revise(**asked(requisition, next_one, by, base))
    requisition.refresh_from_db()


def foreseen(requisition: Requisition, next_one: Draft, by: Membership) -> requisitions.Foresight:
    found = requisitions.foresee(**asked(requisition, next_one, by))
    assert found is not None
    return found


def bound(world: World) -> Decimal:
    world.budget_line.own_account.refresh_from_db()
    return world.budget_line.own_account.bound


def test_a_decrease_keeps_the_signatures_and_frees_the_money(
    world: World, requisition: Requisition
) -> None:
    less = with_quantities(draft(requisition), {"1": 20})
    said = foreseen(requisition, less, world.officer)
    before = contents()
    assert said.keeps_signatures
    assert contents() == before
    revise(requisition, less, world.officer)
    assert (requisition.current_revision, requisition.submitted_revision, requisition.state) == (
        2,
        1,
        "submitted",
    )
    assert requisition.signatures.filter(round_no=requisition.submitted_revision).count() == 1
    assert bound(world) == 20 * PRICE * VAT == said.after
    assert requisition.steps.filter(revision_no=1, completed_at__isnull=True).get().tier == 2


def test_what_was_lowered_and_sent_back_is_submitted_unchanged(
    world: World, requisition: Requisition
) -> None:
    revise(requisition, with_quantities(draft(requisition), {"1": 20}), world.officer)
    treasurer = person(
        "kaemmerei@stadt-a.example", world.authority, Role.TREASURER, signing_limit=Decimal(10**8)
    )
    approvals.decide(
        requisition_id=requisition.pk,
        revision_no=requisition.current_revision,
        verdict=Verdict.RETURN,
        comment="Bitte begründen.",
        by=treasurer,
        now=NOW,
    )
    assert bound(world) == 0
    again = requisitions.submit(requisition_id=requisition.pk, by=world.officer, now=NOW)
    assert (again.state, again.submitted_revision) == ("submitted", 3)
    assert bound(world) == 20 * PRICE * VAT


def _more(world: World, now: Draft) -> Draft:
    return with_quantities(now, {"1": 31})


def _another_line(world: World, now: Draft) -> Draft:
    return with_line(now, world.listings[1].pk, 1, like="1")


def _elsewhere(world: World, now: Draft) -> Draft:
    other = School.objects.create(authority=world.authority, name="Schule B", school_no="100002")
    return with_places(with_quantities(now, {"1": 29}), {"1": Place(school_id=other.pk)})


def _other_reason(_world: World, now: Draft) -> Draft:
    head = replace(now.ask, justification="Doch für die Lehrkräfte")
    return replace(with_quantities(now, {"1": 29}), ask=head)


@pytest.mark.parametrize("change", [_more, _another_line, _elsewhere, _other_reason])
def test_whatever_nobody_signed_for_begins_a_new_round(
    world: World, requisition: Requisition, change: object
) -> None:
    next_one = change(world, draft(requisition))
    said = foreseen(requisition, next_one, world.officer)
    assert (said.keeps_signatures, said.signatures) == (False, 1)
    revise(requisition, next_one, world.officer)
    assert requisition.submitted_revision == requisition.current_revision == 2
    assert not requisition.signatures.filter(round_no=2).exists()
    assert requisition.steps.filter(revision_no=2, opened_at__isnull=False).get().tier == 1
    assert bound(world) == requisitions.current_lines(requisition)[0].revision.gross


def test_an_increase_that_does_not_fit_leaves_everything_as_it_was(
    world: World, requisition: Requisition
) -> None:
    before = contents()
    with pytest.raises(LimitExceeded):
        revise(requisition, with_quantities(draft(requisition), {"1": 2000}), world.officer)
    assert contents() == before


def test_whoever_approves_can_not_edit(world: World, requisition: Requisition) -> None:
    both = Membership.objects.create(
        user=world.approver.user,
        organisation=world.authority,
        role=Role.PROCUREMENT_OFFICER,
        valid_from=NOW.date(),
    )
    before = contents()
    with pytest.raises(OwnRequest):
        revise(requisition, with_quantities(draft(requisition), {"1": 20}), both)
    assert contents() == before


def test_a_school_does_not_edit_what_is_in_approval(world: World, requisition: Requisition) -> None:
    school = person(
        "schule@stadt-a.example", world.authority, Role.SCHOOL_REQUESTER, school=world.school
    )
    with pytest.raises(NotAllowed):
        revise(requisition, with_quantities(draft(requisition), {"1": 20}), school)


def test_an_edit_of_an_older_revision_is_refused(world: World, requisition: Requisition) -> None:
    revise(requisition, with_quantities(draft(requisition), {"1": 20}), world.officer)
    before = contents()
    for step in (requisitions.revise, requisitions.foresee):
        with pytest.raises(StaleRevision):
            step(
                **asked(
                    requisition,
                    with_quantities(draft(requisition), {"1": 10}),
                    world.officer,
                    base=1,
                )
            )
    assert contents() == before


def test_what_was_signed_counts_for_the_smaller_requisition(
    world: World, requisition: Requisition
) -> None:
    """The second signature alone is still to come, and it releases the 20, not the 30."""
    treasurer = person(
        "kaemmerei@stadt-a.example",
        world.authority,
        Role.TREASURER,
        signing_limit=Decimal(10**8),
    )
    revise(requisition, with_quantities(draft(requisition), {"1": 20}), world.officer)
    done = approvals.decide(
        requisition_id=requisition.pk,
        revision_no=2,
        verdict=Verdict.APPROVE,
        by=treasurer,
        now=NOW + timedelta(hours=1),
    )
    assert done.state == "approved"
    assert done.call_offs.get().net == 20 * PRICE


def test_a_draft_has_no_signatures_to_lose(world: World) -> None:
    requisition = world.draft({0: 3})
    assert requisitions.foresee(**asked(requisition, draft(requisition), world.officer)) is None


def test_a_reason_to_withdraw_is_kept(world: World, requisition: Requisition) -> None:
    requisitions.withdraw(
        requisition_id=requisition.pk, by=world.officer, now=NOW, reason="  Spende bekommen "
    )
    assert bound(world) == 0

    entry = AuditEntry.objects.get(action="requisition.withdrawn", object_id=requisition.pk)
    assert entry.reason == "Spende bekommen"


def test_a_school_gives_its_basket_to_procurement_in_one_step(world: World) -> None:

    school = person(
        "schule@stadt-a.example", world.authority, Role.SCHOOL_REQUESTER, school=world.school
    )
    baskets.set_quantity(by=school, listing_id=world.listings[0].pk, quantity=4, now=NOW)
    requisition = requisitions.hand_over_basket(
        by=school, ask=Ask(title="Bedarf"), school_id=None, now=NOW
    )
    assert (requisition.state, requisition.handed_over_by, requisition.school) == (
        "draft",
        school,
        world.school,
    )
    assert not baskets.quantities(school)
    with pytest.raises(NotAllowed):
        requisitions.revise(
            requisition_id=requisition.pk,
            base_revision=1,
            ask=Ask(title="Bedarf"),
            wanted=[Wanted("1", world.listings[0].pk, 1)],
            by=school,
            now=NOW,
        )
    requisitions.recall(requisition_id=requisition.pk, by=school, now=NOW)
    assert (
        requisitions.recall(requisition_id=requisition.pk, by=school, now=NOW).handed_over_at
        is None
    )
    requisitions.revise(
        requisition_id=requisition.pk,
        base_revision=1,
        ask=Ask(title="Bedarf"),
        wanted=[Wanted("1", world.listings[0].pk, 1)],
        by=school,
        now=NOW,
    )
    with pytest.raises(NotAllowed):
        requisitions.recall(requisition_id=requisition.pk, by=world.officer, now=NOW)
