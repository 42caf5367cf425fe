"""Attachments and comments of a requisition as people read them, and the forms to add some."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.parties.models import Membership
from frontend.forms.papers import AttachmentForm, CommentForm
from orders.models import Requisition, RequisitionAttachment, RequisitionComment
from orders.requisitions import papers


@dataclass(frozen=True, slots=True)
class AttachmentRow:
    """An attachment, and whether the actor can still take it back."""

    attachment: RequisitionAttachment
    may_withdraw: bool


@dataclass(frozen=True, slots=True)
class Papers:
    """What was added to a requisition; a form is None where the actor can't use it."""

    attachments: Sequence[AttachmentRow]
    comments: Sequence[RequisitionComment]
    attachment_form: AttachmentForm | None
    comment_form: CommentForm | None


def papers_of(
    requisition: Requisition,
    by: Membership,
    *,
    attachment_form: AttachmentForm | None = None,
    comment_form: CommentForm | None = None,
) -> Papers:
    """Attachments and comments, oldest first, in two queries; forms sent keep their errors."""
    is_open = papers.may_add(by) and requisition.state in papers.OPEN_STATES
    attachments = (
        papers.visible_attachments(by)
        .filter(requisition=requisition)
        .select_related("uploaded_by__user")
        .order_by("pk")
    )
    comments = (
        papers.visible_comments(by)
        .filter(requisition=requisition)
        .select_related("author__user")
        .order_by("pk")
    )
    return Papers(
        attachments=[
            AttachmentRow(
                row, is_open and row.withdrawn_at is None and papers.may_withdraw(row, by)
            )
            for row in attachments
        ],
        comments=list(comments),
        attachment_form=(attachment_form or AttachmentForm()) if is_open else None,
        comment_form=(comment_form or CommentForm()) if papers.may_add(by) else None,
    )
