"""Logging in and out, and choosing in which role to act."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from contracts.digits import whole
from contracts.parties.models import User
from frontend.actor import SESSION_KEY, choose
from frontend.forms.session import LoginForm

BACKEND = settings.AUTHENTICATION_BACKENDS[0]


@never_cache
@sensitive_post_parameters("password")
def log_in(request: HttpRequest) -> HttpResponse:
    """Log in by e-mail address and password; in the demo also by one button per role."""
    if request.user.is_authenticated and request.method == "GET":
        return redirect(_next(request))
    form = LoginForm(request, data=request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        target = _next(request)
        login(request, form.get_user())
        return redirect(target)
    context = {"form": form, "next": _next(request), "demo_roles": _demo_people()}
    return render(request, "frontend/login.html", context, status=422 if form.errors else 200)


@require_POST
def demo_log_in(request: HttpRequest, key: str) -> HttpResponse:
    """Log in as a person of the demo; there is no such page outside of it."""
    person = next((row for row in _demo_people() if row["key"] == key), None)
    if person is None:
        raise Http404
    user = get_object_or_404(User.objects, email=person["email"], is_active=True)
    target = _next(request)
    login(request, user, backend=BACKEND)
    return redirect(target)


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    messages.success(request, "Sie sind abgemeldet.")
    return redirect("frontend:login")


def membership(request: HttpRequest) -> HttpResponse:
    """Choose in which of one's memberships to act."""
    if request.method == "POST":
        key = whole(request.POST.get("membership", ""))
        if key is None or not choose(request, key):
            raise Http404
        return redirect(_next(request))
    context = {
        "rows": request.memberships,  # type: ignore[attr-defined]
        "ended": SESSION_KEY in request.session and request.actor is None,  # type: ignore[attr-defined]
    }
    return render(request, "frontend/session/membership.html", context)


def _next(request: HttpRequest) -> str:
    """The page asked for before, if it is one of ours."""
    target = request.POST.get("next") or request.GET.get("next") or "/"
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if safe else "/"


def _demo_people() -> list[dict[str, Any]]:
    """People of the demo as its seed wrote them down; none outside of the demo."""
    path = settings.VAR_DIR / "demo" / "credentials.json"
    if not settings.DEMO or not path.is_file():
        return []
    people: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["people"]
    return people
