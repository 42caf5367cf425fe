"""Attachments and comments of a requisition: what people add without changing what is asked.

No revision is written and no signature is lost. Files are kept once, never changed, withdrawn
at most; comments stay for ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.db.models import Q, QuerySet

from contracts.audit.record import record
from contracts.files import media_type, safe_name
from contracts.parties.acting import require_role
from contracts.parties.models import Membership, Role
from contracts.retrying import again
from orders.errors import (
    InvalidAttachment,
    InvalidComment,
    NotAllowed,
    NotFound,
    PapersClosed,
    TooManyAttachments,
)
from orders.lifecycle import RequisitionState
from orders.models import Requisition, RequisitionAttachment, RequisitionComment
from orders.telling.notices import comment_notice
from orders.telling.outbox import tell

from .acting_on import locked
from .reading import visible_requisitions

MAX_BYTES = 10 * 2**20
MAX_ATTACHMENTS = 20
MAX_KEPT = 100
"""With those withdrawn, which are kept: taking back and adding again must have an end too."""
MAX_TITLE = 200
MAX_COMMENT = 4_000

ADDING_ROLES = (
    Role.SCHOOL_REQUESTER,
    Role.PROCUREMENT_OFFICER,
    Role.APPROVER,
    Role.IT_OFFICER,
    Role.DATA_PROTECTION,
    Role.TREASURER,
)
"""Who has a task in a requisition; auditors read only."""

KEEPING_ROLES = (Role.PROCUREMENT_OFFICER, Role.AUDITOR)
"""Who still reads an attachment that was withdrawn."""

OPEN_STATES = (
    RequisitionState.DRAFT.value,
    RequisitionState.RETURNED.value,
    RequisitionState.SUBMITTED.value,
)


@dataclass(frozen=True, slots=True)
class NewAttachment:
    """A file; without a title it goes by its name."""

    filename: str
    content: bytes
    title: str = ""


@again
def attach(
    *, requisition_id: int, new: NewAttachment, by: Membership, now: datetime
) -> RequisitionAttachment:
    """Keep a file of at most 10 MB; the same content is the same attachment.

    Raises NotAllowed, UnsuitableFile, InvalidAttachment, NotFound, PapersClosed,
    TooManyAttachments.
    """
    require_role(by, ADDING_ROLES, now)
    kind = media_type(new.filename, new.content, most=MAX_BYTES)
    filename = safe_name(new.filename)
    title = new.title.strip() or filename
    if len(title) > MAX_TITLE:
        raise InvalidAttachment(f"Der Titel hat höchstens {MAX_TITLE} Zeichen.")
    digest = sha256(new.content).hexdigest()
    with transaction.atomic():
        requisition = locked(requisition_id, by)
        _require_open(requisition)
        kept = requisition.attachments.defer("content").filter(withdrawn_at=None)
        if (same := kept.filter(sha256=digest).first()) is not None:
            return same
        _require_room(requisition)
        attachment = RequisitionAttachment.objects.create(
            requisition=requisition,
            title=title,
            filename=filename,
            media_type=kind,
            content=new.content,
            size=len(new.content),
            sha256=digest,
            uploaded_by=by,
            uploaded_at=now,
        )
        record(
            requisition, "requisition.attachment_added", by=by, now=now, after=_facts(attachment)
        )
    return attachment


@again
def withdraw_attachment(*, attachment_id: int, by: Membership, now: datetime) -> None:
    """Take a file back: by whoever added it, or by the procurement. It is kept for the audit.

    Withdrawing twice changes nothing. Raises NotAllowed, NotFound, PapersClosed.
    """
    require_role(by, ADDING_ROLES, now)
    with transaction.atomic():
        found = visible_attachments(by).filter(pk=attachment_id).first()
        if found is None:
            raise NotFound("Diese Anlage gibt es in Ihrer Organisation nicht.")
        requisition = locked(found.requisition_id, by)
        _require_open(requisition)
        if not may_withdraw(found, by):
            raise NotAllowed(
                "Eine Anlage zieht zurück, wer sie hinzugefügt hat, oder die Beschaffung."
            )
        changed = RequisitionAttachment.objects.filter(pk=found.pk, withdrawn_at=None).update(
            withdrawn_at=now
        )
        if changed:
            record(
                requisition,
                "requisition.attachment_withdrawn",
                by=by,
                now=now,
                before=_facts(found),
            )


@again
def comment(*, requisition_id: int, text: str, by: Membership, now: datetime) -> RequisitionComment:
    """Add a remark that stays, and tell those who have to do with the requisition.

    Sent twice without another in between, it is one. Raises NotAllowed, InvalidComment,
    NotFound.
    """
    require_role(by, ADDING_ROLES, now)
    words = text.replace("\r\n", "\n").strip()
    if not words:
        raise InvalidComment("Der Kommentar ist leer. Bitte schreiben Sie etwas hinein.")
    if len(words) > MAX_COMMENT:
        raise InvalidComment(
            f"Der Kommentar hat {len(words)} Zeichen, höchstens {MAX_COMMENT} sind möglich. "
            "Längeres hängen Sie bitte als Datei an."
        )
    with transaction.atomic():
        requisition = locked(requisition_id, by)
        last = requisition.comments.order_by("-pk").first()
        if last is not None and last.author_id == by.pk and last.text == words:
            return last
        written = RequisitionComment.objects.create(
            requisition=requisition,
            author=by,
            text=words,
            revision_no=requisition.current_revision,
            written_at=now,
        )
        tell([comment_notice(written)], now=now)
        record(
            requisition,
            "requisition.commented",
            by=by,
            now=now,
            after={"comment": written.pk, "revision": written.revision_no},
        )
    return written


def visible_attachments(by: Membership) -> QuerySet[RequisitionAttachment]:
    """Attachments the actor may read, without their bytes.

    What was withdrawn is left to whoever added it, to the procurement and to the auditors.
    """
    rows = RequisitionAttachment.objects.filter(requisition__in=visible_requisitions(by))
    if by.role not in KEEPING_ROLES:
        rows = rows.filter(Q(withdrawn_at__isnull=True) | Q(uploaded_by__user_id=by.user_id))
    return rows.defer("content")


def visible_comments(by: Membership) -> QuerySet[RequisitionComment]:
    """Comments on the requisitions the actor sees."""
    return RequisitionComment.objects.filter(requisition__in=visible_requisitions(by))


def may_add(by: Membership) -> bool:
    """Whether the role adds attachments and comments."""
    return by.role in ADDING_ROLES


def may_withdraw(attachment: RequisitionAttachment, by: Membership) -> bool:
    """Whether the actor may take the attachment back while its requisition is open."""
    return by.role == Role.PROCUREMENT_OFFICER or attachment.uploaded_by_id == by.pk


def _require_open(requisition: Requisition) -> None:
    if requisition.state not in OPEN_STATES:
        raise PapersClosed(
            f"Die Anforderung ist {requisition.get_state_display()}; an ihren Anlagen ändert sich "
            "nichts mehr. Schreiben Sie einen Kommentar."
        )


def _require_room(requisition: Requisition) -> None:
    files = requisition.attachments.defer("content")
    if files.filter(withdrawn_at=None).count() >= MAX_ATTACHMENTS:
        raise TooManyAttachments(
            f"Eine Anforderung hat höchstens {MAX_ATTACHMENTS} Anlagen. Bitte fassen Sie "
            "Dateien zusammen, oder ziehen Sie eine zurück."
        )
    if files.count() >= MAX_KEPT:
        raise TooManyAttachments(
            f"Mit den zurückgezogenen hat die Anforderung schon {MAX_KEPT} Anlagen; mehr "
            "werden nicht aufbewahrt. Schreiben Sie einen Kommentar, wo das Weitere liegt."
        )


def _facts(attachment: RequisitionAttachment) -> dict[str, object]:
    return {
        "title": attachment.title,
        "filename": attachment.filename,
        "sha256": attachment.sha256,
    }
