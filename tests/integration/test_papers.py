"""Attachments and comments: added without changing what is asked, kept, told to the others."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from contracts.audit.models import AuditEntry
from contracts.files import UnsuitableFile
from contracts.parties.models import Membership, Role, School
from orders import approvals, requisitions
from orders.errors import (
    InvalidAttachment,
    InvalidComment,
    NotAllowed,
    NotFound,
    PapersClosed,
    TooManyAttachments,
)
from orders.models import (
    ApprovalRule,
    Requisition,
    RequisitionAttachment,
    RequisitionComment,
)
from orders.models.approval import Verdict
from orders.requisitions import papers
from tests.mails import written
from tests.papers import PDF, attached
from tests.world import NOW, World, build_world, person

LATER = NOW + timedelta(hours=1)
READERS = (Role.AUDITOR, Role.SUPPLIER_ORDERS, Role.CONTRACT_MANAGER, Role.OPERATOR)


@pytest.fixture
def world(db: None) -> World:
    return build_world()


@pytest.fixture
def requisition(world: World) -> Requisition:
    return world.submitted({0: 30})


def say(
    requisition: Requisition, by: Membership, text: str = "Bitte bis Freitag."
) -> RequisitionComment:
    return papers.comment(requisition_id=requisition.pk, text=text, by=by, now=LATER)


def mailed(comment: RequisitionComment) -> set[str]:
    rows = written().filter(key__startswith=f"mail:comment:{comment.pk}:")
    return {row.payload["recipient"] for row in rows}


def test_a_file_and_a_comment_leave_revision_and_signatures_as_they_are(
    world: World, requisition: Requisition
) -> None:
    ApprovalRule.objects.create(policy=world.policy, tier=2, role=Role.TREASURER)
    requisition = world.submitted({0: 30})
    world.approve(requisition)
    before = (
        requisition.current_revision,
        requisition.submitted_revision,
        requisition.signatures.count(),
    )
    attached(requisition, world.officer, now=LATER)
    say(requisition, world.officer)
    requisition.refresh_from_db()
    assert before == (
        requisition.current_revision,
        requisition.submitted_revision,
        requisition.signatures.count(),
    )
    assert before[2] == 1
    assert requisition.state == "submitted"


def test_the_same_content_is_the_same_attachment(world: World, requisition: Requisition) -> None:
    first = attached(requisition, world.officer, now=NOW)
    again = attached(requisition, world.approver, now=LATER, filename="anderer-name.pdf")
    assert again.pk == first.pk
    assert AuditEntry.objects.filter(action="requisition.attachment_added").count() == 1
    papers.withdraw_attachment(attachment_id=first.pk, by=world.officer, now=LATER)
    assert attached(requisition, world.officer, now=LATER).pk != first.pk


def test_a_title_is_kept_and_else_the_name_without_folders(
    world: World, requisition: Requisition
) -> None:
    named = attached(requisition, world.officer, now=NOW, filename="../../etc/angebot.pdf")
    titled = attached(requisition, world.officer, now=NOW, content=PDF + b"2", title=" Angebot ")
    assert (named.title, named.filename) == ("angebot.pdf", "angebot.pdf")
    assert (titled.title, titled.media_type) == ("Angebot", "application/pdf")
    with pytest.raises(InvalidAttachment):
        attached(requisition, world.officer, now=NOW, content=PDF + b"3", title="x" * 201)


@pytest.mark.parametrize(
    ("filename", "content"),
    [
        ("rechnung.pdf", b"MZ\x90\x00"),
        ("leer.pdf", b""),
        ("seite.html", b"<html><script>"),
        ("groß.pdf", PDF + b"x" * papers.MAX_BYTES),
    ],
)
def test_other_files_are_refused(
    world: World, requisition: Requisition, filename: str, content: bytes
) -> None:
    with pytest.raises(UnsuitableFile):
        attached(requisition, world.officer, now=NOW, filename=filename, content=content)
    assert not requisition.attachments.exists()


def test_ten_megabytes_are_not_too_large(world: World, requisition: Requisition) -> None:
    content = PDF + b"x" * (papers.MAX_BYTES - len(PDF))
    assert attached(requisition, world.officer, now=NOW, content=content).size == 10 * 2**20


def test_twenty_attachments_are_enough_and_a_withdrawn_one_makes_room(
    world: World, requisition: Requisition
) -> None:
    rows = [
        attached(requisition, world.officer, now=NOW, content=PDF + bytes([n])) for n in range(20)
    ]
    with pytest.raises(TooManyAttachments):
        attached(requisition, world.officer, now=NOW, content=PDF + b"more")
    assert attached(requisition, world.officer, now=NOW, content=PDF + bytes([7])).pk == rows[7].pk
    papers.withdraw_attachment(attachment_id=rows[0].pk, by=world.officer, now=LATER)
    attached(requisition, world.officer, now=NOW, content=PDF + b"more")


def test_whoever_added_it_and_the_procurement_take_it_back(
    world: World, requisition: Requisition
) -> None:
    other = person("freigabe2@stadt-a.example", world.authority, Role.APPROVER)
    of_approver = attached(requisition, world.approver, now=NOW)
    with pytest.raises(NotAllowed):
        papers.withdraw_attachment(attachment_id=of_approver.pk, by=other, now=LATER)
    for _ in range(2):
        papers.withdraw_attachment(attachment_id=of_approver.pk, by=world.approver, now=LATER)
    second = attached(requisition, world.approver, now=NOW)
    papers.withdraw_attachment(attachment_id=second.pk, by=world.officer, now=LATER)
    entries = AuditEntry.objects.filter(action="requisition.attachment_withdrawn")
    assert [row.membership_id for row in entries] == [world.approver.pk, world.officer.pk]


def test_a_withdrawn_file_is_left_to_procurement_audit_and_its_owner(
    world: World, requisition: Requisition
) -> None:
    auditor = person("pruefung@stadt-a.example", world.authority, Role.AUDITOR)
    treasurer = person("kaemmerei@stadt-a.example", world.authority, Role.TREASURER)
    row = attached(requisition, world.approver, now=NOW)
    readers = (world.officer, world.approver, auditor, treasurer)

    def seen() -> list[bool]:
        return [papers.visible_attachments(by).filter(pk=row.pk).exists() for by in readers]

    assert seen() == [True, True, True, True]
    papers.withdraw_attachment(attachment_id=row.pk, by=world.officer, now=LATER)
    assert seen() == [True, True, True, False]


def _closed(world: World, how: str) -> Requisition:
    requisition = world.submitted({0: 30})
    if how == "approved":
        return world.approve(requisition)
    if how == "withdrawn":
        return requisitions.withdraw(requisition_id=requisition.pk, by=world.officer, now=NOW)
    return approvals.decide(
        requisition_id=requisition.pk,
        revision_no=1,
        verdict=Verdict.REJECT,
        comment="Kein Bedarf",
        by=world.approver,
        now=NOW,
    )


@pytest.mark.parametrize("how", ["approved", "withdrawn", "rejected"])
def test_after_the_end_attachments_stand_and_comments_still_come(world: World, how: str) -> None:
    requisition = _closed(world, how)
    with pytest.raises(PapersClosed):
        attached(requisition, world.officer, now=LATER)
    assert say(requisition, world.officer).text == "Bitte bis Freitag."


def test_an_attachment_of_what_has_ended_is_not_withdrawn(
    world: World, requisition: Requisition
) -> None:
    row = attached(requisition, world.officer, now=NOW)
    world.approve(requisition)
    with pytest.raises(PapersClosed):
        papers.withdraw_attachment(attachment_id=row.pk, by=world.officer, now=LATER)
    row.refresh_from_db()
    assert row.withdrawn_at is None


@pytest.mark.parametrize("role", READERS)
def test_who_only_reads_adds_nothing(world: World, requisition: Requisition, role: Role) -> None:
    reader = person("liest@stadt-a.example", world.authority, role)
    with pytest.raises(NotAllowed):
        attached(requisition, reader, now=NOW)
    with pytest.raises(NotAllowed):
        say(requisition, reader)
    assert not requisition.attachments.exists()
    assert not requisition.comments.exists()


def test_another_authority_and_another_school_find_nothing(
    world: World, requisition: Requisition
) -> None:
    other = School.objects.create(authority=world.authority, name="Schule B", school_no="100002")
    strangers = (
        world.outsider,
        person("b@stadt-a.example", world.authority, Role.SCHOOL_REQUESTER, school=other),
    )
    row = attached(requisition, world.officer, now=NOW)
    say(requisition, world.officer)
    for by in strangers:
        with pytest.raises(NotFound):
            attached(requisition, by, now=NOW, content=PDF + b"x")
        with pytest.raises(NotFound):
            say(requisition, by)
        with pytest.raises(NotFound):
            papers.withdraw_attachment(attachment_id=row.pk, by=by, now=LATER)
        assert not papers.visible_attachments(by).exists()
        assert not papers.visible_comments(by).exists()


def test_a_comment_has_one_to_four_thousand_characters(
    world: World, requisition: Requisition
) -> None:
    for text in ("", "  \n\t ", "x" * 4_001):
        with pytest.raises(InvalidComment):
            say(requisition, world.officer, text)
    assert say(requisition, world.officer, "x" * 4_000).text == "x" * 4_000


def test_a_comment_sent_twice_is_one(world: World, requisition: Requisition) -> None:
    first = say(requisition, world.officer)
    assert say(requisition, world.officer, "Bitte bis Freitag.\r\n").pk == first.pk
    say(requisition, world.approver, "Geht in Ordnung.")
    assert say(requisition, world.officer).pk != first.pk
    assert requisition.comments.count() == 3
    assert AuditEntry.objects.filter(action="requisition.commented").count() == 3


def test_the_mail_goes_to_the_others_concerned(world: World) -> None:
    ApprovalRule.objects.create(policy=world.policy, tier=2, role=Role.TREASURER)
    limit = {"signing_limit": Decimal(10**8)}
    person("kaemmerei@stadt-a.example", world.authority, Role.TREASURER, **limit)
    person("it@stadt-a.example", world.authority, Role.IT_OFFICER, **limit)
    draft = world.draft({0: 30})
    of_draft = say(draft, world.approver)
    assert mailed(of_draft) == {"beschaffung@stadt-a.example"}
    requisition = requisitions.submit(requisition_id=draft.pk, by=world.officer, now=NOW)
    assert mailed(say(requisition, world.officer)) == {"freigabe@stadt-a.example"}
    world.approve(requisition)
    assert mailed(say(requisition, world.officer, "Danke.")) == {
        "freigabe@stadt-a.example",
        "kaemmerei@stadt-a.example",
    }


def test_nobody_is_told_who_no_longer_sees_it(world: World) -> None:
    requisition = world.submitted({0: 30})
    Membership.objects.filter(pk=world.officer.pk).update(valid_to=NOW.date() - timedelta(days=1))
    assert mailed(say(requisition, world.approver)) == set()


def test_rows_never_change(world: World, requisition: Requisition) -> None:
    attached(requisition, world.officer, now=NOW)
    say(requisition, world.officer)
    for rows, values in (
        (RequisitionAttachment.objects.all(), {"title": "anders"}),
        (RequisitionComment.objects.all(), {"text": "anders"}),
    ):
        for change in (lambda rows=rows, values=values: rows.update(**values), rows.delete):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()
    assert connection.is_usable()
