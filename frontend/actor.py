"""Who acts: the membership chosen in the session, checked afresh on every request."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from contracts.clock import berlin_day
from contracts.parties.models import Membership

SESSION_KEY = "membership_id"


class PageRequest(HttpRequest):
    """A request to a page; `actor` is None without a membership in force that was chosen."""

    actor: Membership
    memberships: Sequence[Membership]


class PersonBackend(ModelBackend):
    """Brings the memberships of today along with the person: every page needs both."""

    def get_user(self, user_id: Any) -> Any:
        found = list(_in_force().filter(user=user_id))
        user = found[0].user if found else super().get_user(user_id)
        if user is not None:
            user.memberships_of_today = found
        return user


class ActorMiddleware:
    """Sets `request.memberships` (in force today) and `request.actor` (the one chosen).

    A membership that ended since the log-in is nobody: the person chooses again instead
    of silently acting in another role.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.memberships = memberships_of(request)  # type: ignore[attr-defined]
        request.actor = chosen(request)  # type: ignore[attr-defined]
        return self.get_response(request)


def memberships_of(request: HttpRequest) -> list[Membership]:
    """Memberships of the person logged in that are in force today, with their bodies."""
    user = request.user
    if not user.is_authenticated:
        return []
    if not hasattr(user, "memberships_of_today"):  # who logs in just now
        user.memberships_of_today = list(_in_force().filter(user=user))
    return user.memberships_of_today


def _in_force() -> QuerySet[Membership]:
    return Membership.objects.valid_on(berlin_day(timezone.now())).select_related(
        "user", "organisation", "school"
    )


def chosen(request: HttpRequest) -> Membership | None:
    """The membership of the session; the only one where nothing was chosen yet."""
    rows: Sequence[Membership] = request.memberships  # type: ignore[attr-defined]
    if not rows:
        return None
    wanted = request.session.get(SESSION_KEY)
    if wanted is None:
        return rows[0]
    return next((row for row in rows if row.pk == wanted), None)


def choose(request: HttpRequest, membership_id: int) -> bool:
    """Remember the membership for the session; False when it is not the person's."""
    own = any(row.pk == membership_id for row in memberships_of(request))
    if own:
        request.session[SESSION_KEY] = membership_id
    return own
