"""Substitutions (Vertretungen): read, set up, revoked. GET never changes one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from contracts.clock import berlin_day
from contracts.parties.models import Membership
from frontend.access import may_open
from frontend.actor import PageRequest
from frontend.downloads import Cell, export_urls, table_download, wants_export
from frontend.forms.delegation import DelegationForm
from frontend.presenters.delegations import DelegationRow, delegation_rows
from frontend.refusals import Alert, explain
from frontend.views.register_form import saved, sent
from orders.errors import InvalidDelegation
from orders.models import Delegation
from orders.signing import delegations as domain

PER_PAGE = 25
VIEWS: Mapping[str, tuple[str, Callable[[Membership], QuerySet[Delegation]]]] = {
    "alle": ("Alle", domain.of_authority),
    "meine": ("Wer mich vertritt", domain.own),
    "fuer-andere": ("Wen ich vertrete", domain.stood_in_for),
}
STANDS = {"offen": "laufende und künftige", "vergangen": "vergangene", "alle": "alle"}
HEAD = ("Vertretene Person", "Rolle", "Zeichnungsgrenze", "Vertretung", "von", "bis", "Stand",
        "Anlass", "eingerichtet von", "eingerichtet am", "aufgehoben von",
        "aufgehoben am")  # fmt: skip


def delegations(request: PageRequest) -> HttpResponseBase:
    """The substitutions of the organisation, or those that concern the actor."""
    rows, view, stand = _filtered(request)
    if wants_export(request):
        return table_download(request, "vertretungen", HEAD, map(_cells, _present(request, rows)))
    return _list(request, rows, view, stand)


def _filtered(request: PageRequest) -> tuple[QuerySet[Delegation], str, str]:
    view, stand = request.GET.get("sicht", "alle"), request.GET.get("stand", "offen")
    view = view if view in VIEWS else "alle"
    stand = stand if stand in STANDS else "offen"
    rows = VIEWS[view][1](request.actor).order_by("-valid_from", "-pk")
    open_rows = domain.still_to_come(berlin_day(timezone.now()))
    if stand == "offen":
        rows = rows.filter(open_rows)
    elif stand == "vergangen":
        rows = rows.exclude(open_rows)
    return rows, view, stand


def _present(request: PageRequest, rows: Any) -> list[DelegationRow]:
    return delegation_rows(rows, by=request.actor, on=berlin_day(timezone.now()))


def _list(
    request: PageRequest,
    rows: QuerySet[Delegation],
    view: str,
    stand: str,
    *,
    refusal: Alert | None = None,
    status: int = 200,
) -> HttpResponse:
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("seite"))
    context = {
        "page": page,
        "rows": _present(request, page.object_list),
        "view": view,
        "stand": stand,
        "stands": STANDS.items(),
        "tabs": [
            {"label": label, "url": f"/vertretungen/?sicht={key}", "active": key == view}
            for key, (label, _) in VIEWS.items()
        ],
        "exports": export_urls(request),
        "may_delegate": may_open(request.actor, "delegation_create"),
        "refusal": refusal,
    }
    return render(request, "frontend/delegations/list.html", context, status=status)


def _cells(row: DelegationRow) -> tuple[Cell, ...]:
    delegation = row.delegation
    revoked = delegation.revoked_by
    return (
        str(delegation.delegator_person),
        delegation.delegator.get_role_display(),
        delegation.delegator.signing_limit,
        str(delegation.deputy),
        delegation.valid_from,
        delegation.valid_to,
        row.state,
        row.reason,
        str(delegation.created_by.user),
        delegation.created_at,
        str(revoked.user) if revoked is not None else "",
        delegation.revoked_at,
    )


def delegation_create(request: PageRequest) -> HttpResponse:
    """The form of a substitution, and the setting up of it."""
    now = timezone.now()
    form = DelegationForm(sent(request), by=request.actor, on=berlin_day(now))

    def delegate() -> Delegation:
        data = form.cleaned_data
        return domain.delegate(
            membership_id=data["membership"].pk,
            deputy_person_id=data["deputy"].pk,
            valid_from=data["valid_from"],
            valid_to=data["valid_to"],
            reason=data["reason"],
            by=request.actor,
            now=now,
        )

    return saved(
        request,
        form,
        delegate,
        title="Vertretung einrichten",
        lead="An den gewählten Tagen zeichnet eine andere Person mit; wer vertreten wird, kann "
        "weiter selbst entscheiden. Eine Vertretung lässt sich nicht weitergeben.",
        outcome="Die Vertretung ist eingerichtet. Beide Personen bekommen eine E-Mail.",
        to="delegations",
    )


@require_POST
def delegation_revoke(request: PageRequest, delegation_id: int) -> HttpResponse:
    """End a substitution at once; what was decided stays decided."""
    try:
        domain.revoke(delegation_id=delegation_id, by=request.actor, now=timezone.now())
    except InvalidDelegation as error:
        rows, view, stand = _filtered(request)
        return _list(request, rows, view, stand, refusal=explain(error), status=422)
    messages.success(request, "Die Vertretung ist aufgehoben.")
    return redirect("frontend:delegations")
