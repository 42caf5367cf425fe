"""In whose name somebody signs on a page: the own, or that of a person substituted."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone

from contracts.clock import berlin_day
from contracts.digits import whole
from contracts.parties.models import Membership
from frontend.access import may_open
from frontend.refusals import Alert, explain
from orders import approvals
from orders.errors import InvalidDelegation
from orders.signing.voices import Voice, voice_of

PARAMETER = "fuer"


def voices_of(request: HttpRequest, actor: Membership) -> list[Voice]:
    """The actor's voices of today, read once per request: the navigation counts them too."""
    if not hasattr(request, "voices"):
        request.voices = approvals.voices(actor, berlin_day(timezone.now()))  # type: ignore[attr-defined]
    return request.voices  # type: ignore[attr-defined,no-any-return]


def waiting_count(request: HttpRequest, actor: Membership) -> int | None:
    """What waits for the actor in whatever name, counted once per request; None for a role
    that signs nothing.
    """
    if not may_open(actor, "approvals"):
        return None
    if not hasattr(request, "waiting"):
        request.waiting = approvals.waiting_total(voices_of(request, actor))  # type: ignore[attr-defined]
    return request.waiting  # type: ignore[attr-defined,no-any-return]


def remember_waiting(request: HttpRequest, voice: Voice, count: int) -> None:
    """Keep what a page has counted for a voice, where it is the actor's only one."""
    if voices_of(request, voice.by) == [voice]:
        request.waiting = count  # type: ignore[attr-defined]


def chosen_voice(request: HttpRequest, actor: Membership) -> tuple[Voice, Alert | None]:
    """The voice that `?fuer=` names; one's own with the reason where that is not possible."""
    wanted = request.POST.get(PARAMETER) or request.GET.get(PARAMETER)
    own = Voice(actor, actor)
    if not wanted:
        return own, None
    known = {voice.delegation.pk: voice for voice in voices_of(request, actor) if voice.delegation}
    delegation_id = whole(wanted, most_digits=9) or 0
    if delegation_id in known:
        return known[delegation_id], None
    try:
        return voice_of(actor, delegation_id, on=berlin_day(timezone.now())), None
    except InvalidDelegation as error:
        return own, explain(error)


def delegation_of(voice: Voice) -> int | None:
    """The key of the substitution, as the domain wants it."""
    return voice.delegation.pk if voice.delegation is not None else None


def with_voice(address: str, voice: Voice) -> str:
    """The address, opened in the name of the same person again."""
    if voice.delegation is None:
        return address
    return f"{address}{'&' if '?' in address else '?'}{PARAMETER}={voice.delegation.pk}"
