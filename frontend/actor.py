"""Who acts: the membership chosen in the session, checked afresh on every request."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from contracts.clock import berlin_day
from contracts.parties.models import Membership

SESSION_KEY = "membership_id"


class PageRequest(HttpRequest):
    """A request to a page; `actor` is None without a membership in force that was chosen."""

    actor: Membership
    memberships: Sequence[Membership]


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
    if not request.user.is_authenticated:
        return []
    return list(
        Membership.objects.valid_on(berlin_day(timezone.now()))
        .filter(user=request.user)
        .select_related("user", "organisation", "school")
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
