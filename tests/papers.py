"""Attachments to put beside a requisition."""

from __future__ import annotations

from datetime import datetime

from contracts.parties.models import Membership
from orders.models import Requisition, RequisitionAttachment
from orders.requisitions import papers

PDF = b"%PDF-1.7 Angebot"


def attached(
    requisition: Requisition,
    by: Membership,
    *,
    now: datetime,
    content: bytes = PDF,
    filename: str = "angebot.pdf",
    title: str = "",
) -> RequisitionAttachment:
    """A file added by *by*."""
    new = papers.NewAttachment(filename, content, title)
    return papers.attach(requisition_id=requisition.pk, new=new, by=by, now=now)
