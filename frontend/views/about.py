"""Accessibility statement and the way to report a barrier (BITV 2.0)."""

from __future__ import annotations

import uuid
from datetime import date

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from frontend.forms.feedback import FeedbackForm
from orders.telling.notices import barrier_notice
from orders.telling.outbox import tell

STATEMENT_DATE = date(2026, 11, 23)


def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement."""
    context = {
        "operator": {"email": settings.DEFAULT_FROM_EMAIL},
        "statement_date": STATEMENT_DATE,
    }
    return render(request, "frontend/barrierefreiheit.html", context)


def feedback(request: HttpRequest) -> HttpResponse:
    """Send a report about a barrier to the operator; nothing else is stored."""
    form = FeedbackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        notice = barrier_notice(
            str(uuid.uuid4()), message=data["message"], page=data["page"], answer_to=data["email"]
        )
        tell([notice], now=timezone.now())
        return redirect(f"{request.path}?gesendet=1")
    context = {"form": form, "sent": request.GET.get("gesendet") == "1"}
    return render(request, "frontend/feedback.html", context, status=422 if form.errors else 200)
