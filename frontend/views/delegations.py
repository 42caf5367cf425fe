"""Substitutions (Vertretungen): read, set up, revoked. GET never changes one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_POST

from contracts.clock import berlin_day
from contracts.parties.models import Membership
from frontend.access import may_open
from frontend.actor import PageRequest
from frontend.addresses import as_it_was, at
from frontend.downloads import Cell, table_download, wants_export
from frontend.forms.delegation import DelegationForm
from frontend.forms.filters import ALL, DELEGATION_VIEWS, PAST, DelegationFilter
from frontend.lists import list_page
from frontend.presenters.delegations import DelegationRow, delegation_rows
from frontend.refusals import Alert
from frontend.saving import form_page, saved, sent
from frontend.views.agreement_base import today
from orders.models import Delegation
from orders.signing import delegations as domain

VIEWS: Mapping[str, Callable[[Membership], QuerySet[Delegation]]] = {
    "alle": domain.of_authority,
    "meine": domain.own,
    "fuer-andere": domain.stood_in_for,
}
HEAD = ("Vertretene Person", "Rolle", "Zeichnungsgrenze", "Vertretung", "von", "bis", "Stand",
        "Anlass", "eingerichtet von", "eingerichtet am", "aufgehoben von",
        "aufgehoben am")  # fmt: skip


def delegations(request: PageRequest) -> HttpResponseBase:
    """The substitutions of the organisation, or those that concern the actor."""
    rows = _narrowed(request, DelegationFilter(request.GET))
    if wants_export(request):
        return table_download(request, "vertretungen", HEAD, map(_cells, _present(request, rows)))
    return _list(request)


def _narrowed(request: PageRequest, asked: DelegationFilter) -> QuerySet[Delegation]:
    rows = VIEWS[asked.value("sicht")](request.actor).order_by("-valid_from", "-pk")
    open_rows = domain.still_to_come(today())
    stand = asked.value("stand")
    if stand == ALL:
        return rows
    return rows.exclude(open_rows) if stand == PAST else rows.filter(open_rows)


def _present(request: PageRequest, rows: Iterable[Delegation]) -> list[DelegationRow]:
    return delegation_rows(rows, by=request.actor, on=today())


def _list(request: PageRequest, refusal: Alert | None = None) -> HttpResponse:
    asked = DelegationFilter(request.GET)
    return list_page(
        request,
        "delegations/list",
        _narrowed(request, asked),
        shown=lambda found: _present(request, found),
        list_url=at("delegations"),
        filter=asked,
        tabs=[
            {
                "label": label,
                "url": f"/vertretungen/?sicht={key}",
                "active": key == asked.value("sicht"),
            }
            for key, label in DELEGATION_VIEWS
        ],
        tabs_label="Sicht",
        may_delegate=may_open(request.actor, "delegation_create"),
        refusal=refusal,
    )


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

    return form_page(
        request,
        form,
        delegate,
        title="Vertretung einrichten",
        lead="An den gewählten Tagen zeichnet eine andere Person mit; wer vertreten wird, kann "
        "weiter selbst entscheiden. Eine Vertretung lässt sich nicht weitergeben.",
        said="Die Vertretung ist eingerichtet. Beide Personen bekommen eine E-Mail.",
        to=at("delegations"),
    )


@require_POST
def delegation_revoke(request: PageRequest, delegation_id: int) -> HttpResponse:
    """End a substitution at once; what was decided stays decided."""
    return saved(
        request,
        lambda: domain.revoke(delegation_id=delegation_id, by=request.actor, now=timezone.now()),
        said="Die Vertretung ist aufgehoben.",
        to=as_it_was(request, at("delegations")),
        again=lambda refusal: _list(request, refusal),
    )
