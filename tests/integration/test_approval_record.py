"""The record of an approval: everything that was signed, by whom, for whom, under which rule."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracts.agreements.models import Gate, GateEffect, GateReason
from contracts.clock import berlin_day
from contracts.parties.models import Membership, Role, School
from orders import approvals, requisitions
from orders.approvals import Grant
from orders.approvals.record import approval_record
from orders.approvals.record_data import ApprovalRecord, Who
from orders.errors import NotFound
from orders.models import ApprovalPolicy, ApprovalRule, Delegation, Requisition
from orders.models.approval import Verdict
from orders.requisitions import papers
from tests.papers import attached
from tests.world import NOW, World, build_world, person

LATER = NOW + timedelta(hours=2)
LIMIT = Decimal(10**8)
QUERIES = 11


@pytest.fixture
def world(db: None) -> World:
    return build_world()


def read(requisition: Requisition, by: Membership) -> ApprovalRecord:
    return approval_record(requisition_id=requisition.pk, by=by)


def deputy_of(world: World) -> tuple[Membership, Delegation]:
    """Somebody who stands in for the approver, set up by the officer."""
    deputy = person(
        "vertretung@stadt-a.example", world.authority, Role.TREASURER, signing_limit=LIMIT
    )
    delegation = Delegation.objects.create(
        delegator=world.approver,
        delegator_person=world.approver.user,
        deputy=deputy.user,
        valid_from=berlin_day(NOW) - timedelta(days=3),
        valid_to=berlin_day(NOW) + timedelta(days=3),
        reason="Urlaub",
        created_by=world.approver,
        created_at=NOW - timedelta(days=4),
    )
    return deputy, delegation


def proposed_policy(world: World) -> ApprovalPolicy:
    """A second version, proposed and confirmed by two people, with two tiers."""
    mayor = person("amt@stadt-a.example", world.authority, Role.APPROVER)
    keeper = person("regeln@stadt-a.example", world.authority, Role.TREASURER)
    policy = ApprovalPolicy.objects.create(
        authority=world.authority,
        version=2,
        valid_from=date(2026, 6, 1),
        note="Neue Wertgrenzen",
        created_by=mayor,
        proposer=mayor.user,
        created_at=NOW - timedelta(days=20),
        confirmed_by=keeper,
        confirmer=keeper.user,
        confirmed_at=NOW - timedelta(days=19),
    )
    ApprovalRule.objects.create(policy=policy, tier=1, role=Role.APPROVER)
    ApprovalRule.objects.create(policy=policy, tier=2, role=Role.IT_OFFICER)
    return policy


def cut_and_granted(world: World) -> Requisition:
    """Ten of thirty notebooks refused by a deputy in the first tier, the rest by the second."""
    proposed_policy(world)
    deputy, delegation = deputy_of(world)
    it = person("it@stadt-a.example", world.authority, Role.IT_OFFICER, signing_limit=LIMIT)
    requisition = world.submitted({0: 30, 1: 100})
    attached(requisition, world.officer, now=NOW)
    approvals.decide(
        requisition_id=requisition.pk,
        revision_no=1,
        verdict=Verdict.APPROVE,
        comment="Zwei Klassen reichen.",
        grants={1: Grant(20, "Zehn sind noch im Lager")},
        delegation_id=delegation.pk,
        by=deputy,
        now=NOW,
    )
    return approvals.decide(
        requisition_id=requisition.pk, revision_no=2, verdict=Verdict.APPROVE, by=it, now=LATER
    )


def test_who_asked_and_what_was_asked(world: World) -> None:
    record = read(world.submitted({0: 30}), world.officer)
    officer = Who("beschaffung@stadt-a.example", "Beschaffung")
    assert (record.authority, record.school, record.state) == (
        "Stadt-A",
        "Grundschule A",
        "in Freigabe",
    )
    assert (record.asked_by, record.asked_at) == (officer, NOW)
    (revision,) = record.revisions
    assert (revision.number, revision.written_by, revision.gross) == (
        1,
        officer,
        Decimal("15315.30"),
    )
    assert [(line.title, line.quantity, line.net) for line in record.lines] == [
        ("Notebooks", 30, Decimal("12870.00"))
    ]
    (line,) = record.lines
    assert (line.net_unit_price, line.price_unit) == (Decimal("429.0000"), 1)
    (share,) = line.shares
    assert (share.entity, share.percent, share.gross) == (
        "Stadt A",
        Decimal(100),
        Decimal("15315.30"),
    )
    assert share.budget_line.startswith("21101.")
    (entry,) = record.rounds
    assert (entry.submitted_by, entry.submitted_at, entry.ending) == (officer, NOW, None)
    assert entry.steps[0].decisions == []
    assert record.call_offs == []


def test_who_signed_for_whom_under_which_rule(world: World) -> None:
    record = read(cut_and_granted(world), world.officer)
    (entry,) = record.rounds
    policy = entry.policy
    assert (policy.version, policy.valid_from, policy.note) == (
        2,
        date(2026, 6, 1),
        "Neue Wertgrenzen",
    )
    assert (policy.proposed_by, policy.confirmed_by) == (
        "amt@stadt-a.example",
        "regeln@stadt-a.example",
    )
    first, second = (step.decisions[0] for step in entry.steps)
    assert first.by == Who("vertretung@stadt-a.example", "Kämmerei")
    assert first.substitutes is not None
    assert first.substitutes.person == Who("freigabe@stadt-a.example", "Freigabe")
    assert (first.substitutes.valid_from, first.substitutes.valid_to) == (
        date(2026, 6, 12),
        date(2026, 6, 18),
    )
    assert first.substitutes.set_up_by == Who("freigabe@stadt-a.example", "Freigabe")
    assert (first.comment, first.revision_read, first.revision_granted) == (
        "Zwei Klassen reichen.",
        1,
        2,
    )
    (cut,) = first.cuts
    assert (cut.title, cut.asked, cut.granted, cut.reason) == (
        "Notebooks",
        30,
        20,
        "Zehn sind noch im Lager",
    )
    assert (second.by.role, second.substitutes, second.decided_at) == (
        "IT-Verantwortung",
        None,
        LATER,
    )


def test_what_came_of_it(world: World) -> None:
    requisition = cut_and_granted(world)
    record = read(requisition, world.officer)
    assert (record.state, record.decided_at) == ("teilweise freigegeben", LATER)
    assert [row.kind for row in record.revisions] == ["bearbeitet", "bei der Freigabe gekürzt"]
    assert {row.number for row in record.call_offs} == set(
        requisition.call_offs.values_list("number", flat=True)
    )
    assert sum(row.gross for row in record.call_offs) == record.revisions[-1].gross
    assert [row.filename for row in record.attachments] == ["angebot.pdf"]
    assert record.latest == LATER


def test_a_gate_shows_as_a_cosignature_with_its_reason(world: World) -> None:
    Gate.objects.create(
        item=world.items[0],
        buyer=world.authority,
        reason=GateReason.STANDARD,
        explanation="Nicht im Ausstattungsstandard",
        effect=GateEffect.COSIGN,
        cosign_role=Role.IT_OFFICER,
        valid_from=date(2026, 1, 1),
        set_by=world.officer,
    )
    (entry,) = read(world.submitted({0: 30}), world.officer).rounds
    kinds = {step.role: (step.is_cosignature, step.reason) for step in entry.steps}
    assert kinds["Freigabe"][0] is False
    assert kinds["IT-Verantwortung"][0] is True
    assert "Nicht im Ausstattungsstandard" in kinds["IT-Verantwortung"][1]


def test_every_round_is_kept_with_its_end(world: World) -> None:
    requisition = world.submitted({0: 30})
    approvals.decide(
        requisition_id=requisition.pk,
        revision_no=1,
        verdict=Verdict.RETURN,
        comment="Bitte begründen",
        by=world.approver,
        now=NOW,
    )
    requisition = requisitions.submit(requisition_id=requisition.pk, by=world.officer, now=LATER)
    requisition = requisitions.withdraw(requisition_id=requisition.pk, by=world.officer, now=LATER)
    record = read(requisition, world.officer)
    first, second = record.rounds
    assert first.ending is not None
    assert second.ending is not None
    assert (first.number, first.ending.state, first.ending.reason) == (
        1,
        "zur Überarbeitung",
        "Bitte begründen",
    )
    assert first.ending.by == Who("freigabe@stadt-a.example", "Freigabe")
    assert (second.number, second.submitted_at) == (2, LATER)
    assert (second.ending.state, second.ending.at) == ("zurückgezogen", LATER)


def test_withdrawing_what_was_returned_does_not_end_its_round_again(world: World) -> None:
    requisition = world.submitted({0: 30})
    approvals.decide(
        requisition_id=requisition.pk,
        revision_no=1,
        verdict=Verdict.RETURN,
        comment="Bitte begründen",
        by=world.approver,
        now=NOW,
    )
    requisitions.withdraw(requisition_id=requisition.pk, by=world.officer, now=LATER)
    record = read(requisition, world.officer)
    (entry,) = record.rounds
    assert entry.ending is not None
    assert (entry.ending.state, entry.ending.at) == ("zur Überarbeitung", NOW)
    assert (record.state, record.decided_at) == ("zurückgezogen", LATER)


def test_what_expires_is_ended_by_nobody(world: World) -> None:
    requisition = world.submitted({0: 30})
    assert requisitions.expire_due(now=NOW + timedelta(days=60)) == 1
    ending = read(requisition, world.officer).rounds[0].ending
    assert ending is not None
    assert (ending.state, ending.by) == ("verfallen", None)


def test_an_edit_in_approval_replaces_the_round(world: World) -> None:
    requisition = world.submitted({0: 30})
    lines = requisitions.current_lines(requisition)
    more = [type(row)(row.key, row.listing_id, 40) for row in requisitions.wanted_of(lines)]
    requisitions.revise(
        requisition_id=requisition.pk,
        base_revision=1,
        ask=requisitions.ask_of(lines),
        wanted=more,
        by=world.officer,
        now=LATER,
    )
    first, second = read(requisition, world.officer).rounds
    assert (first.number, first.ending) == (1, None)
    assert (second.number, second.submitted_at) == (2, LATER)
    assert second.submitted_by == Who("beschaffung@stadt-a.example", "Beschaffung")


def test_it_is_read_by_those_who_see_the_requisition(world: World) -> None:
    requisition = world.submitted({0: 30})
    other = School.objects.create(authority=world.authority, name="Schule B", school_no="100002")
    own = person("a@stadt-a.example", world.authority, Role.SCHOOL_REQUESTER, school=world.school)
    foreign = person("b@stadt-a.example", world.authority, Role.SCHOOL_REQUESTER, school=other)
    auditor = person("rpa@stadt-a.example", world.authority, Role.AUDITOR)
    assert read(requisition, own) == read(requisition, auditor) == read(requisition, world.approver)
    for by in (world.outsider, foreign):
        with pytest.raises(NotFound):
            read(requisition, by)


def test_the_checksum_is_that_of_the_canonical_json(world: World) -> None:
    requisition = cut_and_granted(world)
    record = read(requisition, world.officer)
    assert record.digest == sha256(record.canonical).hexdigest()
    assert record.digest == read(requisition, world.approver).digest
    data = json.loads(record.canonical)
    again = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert again.encode() == record.canonical
    assert data["rounds"][0]["steps"][0]["decisions"][0]["decided_at"] == (
        "2026-06-15T09:00:00+00:00"
    )
    assert data["revisions"][0]["gross"] == "16267.60"


def test_a_further_signature_changes_the_checksum_and_a_comment_does_not(world: World) -> None:
    requisition = world.submitted({0: 30})
    before = read(requisition, world.officer).digest
    papers.comment(requisition_id=requisition.pk, text="Eilt.", by=world.officer, now=LATER)
    assert read(requisition, world.officer).digest == before
    attached(requisition, world.officer, now=LATER)
    with_file = read(requisition, world.officer).digest
    assert with_file != before
    world.approve(requisition, now=LATER)
    assert read(requisition, world.officer).digest not in (before, with_file)


def test_queries_do_not_grow_with_what_it_holds(world: World) -> None:
    def counted(requisition: Requisition) -> int:
        with CaptureQueriesContext(connection) as captured:
            read(requisition, world.officer)
        return len(captured)

    full = cut_and_granted(world)
    assert counted(full) == QUERIES
    requisition = world.submitted({0: 30, 1: 100})
    for number in range(3):
        attached(requisition, world.officer, now=NOW, content=b"%PDF-1.7 " + bytes([number]))
        approvals.decide(
            requisition_id=requisition.pk,
            revision_no=requisition.current_revision,
            verdict=Verdict.RETURN,
            comment="Noch einmal",
            by=world.approver,
            now=NOW,
        )
        requisition = requisitions.submit(requisition_id=requisition.pk, by=world.officer, now=NOW)
    assert len(read(requisition, world.officer).rounds) == 4
    assert counted(requisition) <= QUERIES
