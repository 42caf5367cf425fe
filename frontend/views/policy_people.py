"""The people of the authority: roles, signing limits, last days."""

from __future__ import annotations

from datetime import date

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from contracts.clock import berlin_day
from contracts.parties.models import Membership
from frontend.access import may_open
from frontend.actor import PageRequest
from frontend.downloads import Cell, export_urls, table_download, wants_export
from frontend.forms.policy import LastDayForm, LimitForm, PeopleFilter
from frontend.views.policy import tabs
from frontend.views.register_form import saved, sent
from orders.signing import people
from orders.signing.policies import health
from orders.signing.signers import SIGNING_ROLES

PER_PAGE = 25
HEAD = ("Person", "E-Mail-Adresse", "Rolle", "Schule", "Zeichnungsgrenze (brutto, EUR)",
        "gültig ab", "gültig bis", "Stand")  # fmt: skip


def policy_people(request: PageRequest) -> HttpResponseBase:
    """Everybody of the actor's organisation, in force unless asked otherwise."""
    day = berlin_day(timezone.now())
    form = PeopleFilter(request.GET)
    rows = _filtered(people.members(request.actor), form, day)
    if wants_export(request):
        cells = (_cells(row, day) for row in rows)
        return table_download(request, "personen", HEAD, cells)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("seite"))
    may_write = may_open(request.actor, "membership_end")
    context = {
        "page": page,
        "rows": [
            {
                "member": row,
                "state": _standing(row, day),
                "signs": row.role in SIGNING_ROLES,
                "may_write": may_write and row.user_id != request.actor.user_id,
                "is_over": row.valid_to is not None and row.valid_to < day,
            }
            for row in page.object_list
        ],
        "form": form,
        "may_write": may_write,
        "alarms": health(request.actor.organisation_id, day).alarms,
        "exports": export_urls(request),
        "tabs": tabs("policy_people"),
    }
    return render(request, "frontend/policy/people.html", context)


def signing_limit(request: PageRequest, membership_id: int) -> HttpResponse:
    """The form of a signing limit, and the setting of it."""
    member = _member(request, membership_id)
    form = LimitForm(sent(request), initial={"limit": member.signing_limit})
    return saved(
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
        outcome=f"Die Zeichnungsgrenze von {member.user} ist gesetzt.",
        to="policy_people",
    )


def membership_end(request: PageRequest, membership_id: int) -> HttpResponse:
    """The form of a last day, and the ending."""
    now = timezone.now()
    member = _member(request, membership_id)
    form = LastDayForm(sent(request), on=berlin_day(now))
    return saved(
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
        outcome=f"Die Mitgliedschaft von {member.user} endet.",
        to="policy_people",
    )


def _member(request: PageRequest, membership_id: int) -> Membership:
    row = people.members(request.actor).filter(pk=membership_id).first()
    if row is None:
        raise Http404
    return row


def _filtered(rows: QuerySet[Membership], form: PeopleFilter, on: date) -> QuerySet[Membership]:
    data = form.cleaned_data if form.is_valid() else {}
    if data.get("rolle"):
        rows = rows.filter(role=data["rolle"])
    over = Q(valid_to__lt=on)
    stand = data.get("stand", "")
    if stand == "alle":
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
