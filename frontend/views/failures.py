"""What fails in the background, for the operator: see it, and have it tried again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from contracts.sweeps.failing import SHOWN, failing, try_again
from frontend.actor import PageRequest


def failures(request: PageRequest) -> HttpResponse:
    """Everything that fails, of the whole house: the operator serves all organisations."""
    context = {"rows": list(failing()), "shown": SHOWN}
    return render(request, "frontend/failures/list.html", context)


@require_POST
def failure_retry(request: PageRequest, source: str, failure_id: int) -> HttpResponse:
    """Have one tried again by the next run."""
    try_again(source, failure_id, by=request.actor, now=timezone.now())
    messages.success(request, "Der nächste Lauf versucht es wieder; meist in wenigen Minuten.")
    return redirect("frontend:failures")
