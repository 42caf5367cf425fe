"""The inbox of those who sign, in their own name or in that of a person substituted."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from contracts.digits import whole
from contracts.parties.models import School
from frontend.actor import PageRequest
from frontend.downloads import export_urls, table_download, wants_export
from frontend.forms.inbox import InboxFilter
from frontend.presenters.inbox import HEAD, exported, inbox_rows
from frontend.voices import (
    chosen_voice,
    delegation_of,
    remember_waiting,
    voices_of,
    with_voice,
)
from orders import approvals as domain
from orders.signing.voices import Voice


def approvals(request: PageRequest) -> HttpResponseBase:
    """What waits for a signature, filtered and sorted; as a file with the same rows."""
    now = timezone.now()
    voice, refusal = chosen_voice(request, request.actor)
    schools = School.objects.filter(authority_id=request.actor.organisation_id)
    form = InboxFilter(request.GET, schools=schools)
    narrowing = form.narrowing(now=now)
    if wants_export(request):
        rows = domain.read_queue(voice, narrowing).rows
        return table_download(request, "freigaben", HEAD, exported(rows, voice, now=now))
    size = form.page_size
    queue = domain.read_queue(voice, narrowing, page=_page_number(request), size=size)
    remember_waiting(request, voice, queue.waiting)
    context = {
        "page": Paginator(range(queue.found), size).page(queue.page),
        "rows": inbox_rows(queue.rows, voice, now=now),
        "form": form,
        "voice": voice,
        "delegation_id": delegation_of(voice),
        "tabs": _tabs(request, voice),
        "above": queue.above,
        "limit": voice.membership.signing_limit,
        "refusal": refusal,
        "exports": export_urls(request),
        "all_url": with_voice(reverse("frontend:approvals"), voice),
    }
    return _shown(request, context, status=422 if refusal else 200)


def _shown(request: PageRequest, context: dict[str, object], *, status: int) -> HttpResponse:
    return render(request, "frontend/approvals/inbox.html", context, status=status)


def _page_number(request: PageRequest) -> int:
    return whole(request.GET.get("seite", ""), most_digits=8) or 1


def _tabs(request: PageRequest, chosen: Voice) -> list[dict[str, object]]:
    """One tab per voice with what waits for it; none where there is only one."""
    voices = voices_of(request, request.actor)
    if len(voices) == 1:
        return []
    counts = domain.waiting_counts(voices)
    return [
        {
            "label": (
                "In eigenem Namen"
                if voice.delegation is None
                else f"In Vertretung für {voice.membership.user}"
            ),
            "url": with_voice(reverse("frontend:approvals"), voice),
            "active": delegation_of(voice) == delegation_of(chosen),
            "badge": counts.get(delegation_of(voice)),
        }
        for voice in voices
    ]
