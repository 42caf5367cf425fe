"""Mails that went to one's own address: in the demo nobody has to leave the shop for them."""

from __future__ import annotations

from django.http import HttpResponse

from frontend.actor import PageRequest
from frontend.lists import list_page
from orders.models import MailLog

PER_PAGE = 20


def mailbox(request: PageRequest) -> HttpResponse:
    """The mails to the person's own address, newest first."""
    rows = MailLog.objects.filter(recipient=request.actor.user.email).order_by("-sent_at", "-pk")
    return list_page(request, "mailbox/list", rows, per_page=PER_PAGE)
