"""The people of the authority: roles, signing limits, last days."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone

from contracts.clock import berlin_day
from contracts.parties.models import Membership
from frontend.access import may_open
from frontend.actor import PageRequest
from frontend.addresses import at
from frontend.downloads import Cell, table_download, wants_export
from frontend.forms.filters import ALL, PeopleFilter
from frontend.forms.policy import LastDayForm, LimitForm
from frontend.lists import list_page
from frontend.saving import form_page, sent
from frontend.views.policy import tabs
from orders.signing import people
from orders.signing.policies import health
from orders.signing.signers import SIGNING_ROLES

HEAD = ("Person", "E-Mail-Adresse", "Rolle", "Schule", "Zeichnungsgrenze (brutto, EUR)",
        "gültig ab", "gültig bis", "Stand")  # fmt: skip


def policy_people(request: PageRequest) -> HttpResponseBase:
    """Everybody of the actor's organisation, in force unless asked otherwise."""
    day = berlin_day(timezone.now())
    asked = PeopleFilter(request.GET)
    rows = _narrowed(people.members(request.actor), asked, day)
    if wants_export(request):
        cells = (_cells(row, day) for row in rows)
        return table_download(request, "personen", HEAD, cells)
    may_write = may_open(request.actor, "membership_end")
    return list_page(
        request,
        "policy/people",
        rows,
        shown=lambda found: [
            {
                "member": row,
                "state": _standing(row, day),
                "signs": row.role in SIGNING_ROLES,
                "may_write": may_write and row.user_id != request.actor.user_id,
                "is_over": row.valid_to is not None and row.valid_to < day,
            }
            for row in found
        ],
        filter=asked,
        may_write=may_write,
        alarms=health(request.actor.organisation_id, day).alarms,
        tabs=tabs("policy_people"),
        tabs_label="Freigaberegelung",
    )


def signing_limit(request: PageRequest, membership_id: int) -> HttpResponse:
    """The form of a signing limit, and the setting of it."""
    member = _member(request, membership_id)
    form = LimitForm(sent(request), initial={"limit": member.signing_limit})
    return form_page(
        request,
        form,
        lambda: people.set_signing_limit(
            membership_id=member.pk,
            limit=form.cleaned_data["limit"],
            by=request.actor,
            now=timezone.now(),
        ),
        title="Zeichnungsgrenze setzen",
        lead=f"{member.user}, {member.get_role_display()}. Die Grenze gilt sofort, auch für "
        "Anforderungen, die schon warten.",
        said=f"Die Zeichnungsgrenze von {member.user} ist gesetzt.",
        to=at("policy_people"),
    )


def membership_end(request: PageRequest, membership_id: int) -> HttpResponse:
    """The form of a last day, and the ending."""
    now = timezone.now()
    member = _member(request, membership_id)
    form = LastDayForm(sent(request), on=berlin_day(now))
    return form_page(
        request,
        form,
        lambda: people.end_membership(
            membership_id=member.pk,
            last_day=form.cleaned_data["last_day"],
            by=request.actor,
            now=now,
        ),
        title="Mitgliedschaft beenden",
        lead=f"{member.user}, {member.get_role_display()}. Was bis dahin entschieden ist, bleibt "
        "entschieden; Vertretungen enden mit.",
        said=f"Die Mitgliedschaft von {member.user} endet.",
        to=at("policy_people"),
    )


def _member(request: PageRequest, membership_id: int) -> Membership:
    return get_object_or_404(people.members(request.actor), pk=membership_id)


def _narrowed(rows: QuerySet[Membership], asked: PeopleFilter, on: date) -> QuerySet[Membership]:
    if role := asked.value("rolle"):
        rows = rows.filter(role=role)
    over = Q(valid_to__lt=on)
    stand = asked.value("stand")
    if stand == ALL:
        return rows
    return rows.filter(over) if stand == "beendet" else rows.exclude(over)


def _standing(row: Membership, on: date) -> str:
    if row.valid_from > on:
        return f"ab {row.valid_from:%d.%m.%Y}"
    if row.valid_to is None:
        return "in Kraft"
    verb = "endete" if row.valid_to < on else "endet"
    return f"{verb} am {row.valid_to:%d.%m.%Y}"


def _cells(row: Membership, on: date) -> tuple[Cell, ...]:
    return (
        str(row.user),
        row.user.email,
        row.get_role_display(),
        str(row.school or ""),
        row.signing_limit,
        row.valid_from,
        row.valid_to,
        _standing(row, on),
    )
