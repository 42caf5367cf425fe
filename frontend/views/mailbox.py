"""Mails that went to one's own address: in the demo nobody has to leave the shop for them."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from frontend.actor import PageRequest
from orders.models import MailLog

PER_PAGE = 20


def mailbox(request: PageRequest) -> HttpResponse:
    """The mails to the person's own address, newest first."""
    rows = MailLog.objects.filter(recipient=request.actor.user.email).order_by("-sent_at", "-pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("seite"))
    return render(request, "frontend/mailbox/list.html", {"page": page})
