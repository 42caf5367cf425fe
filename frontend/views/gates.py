"""The register of gates and the opt-out register: read, set, lift. GET never changes one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone

from contracts.agreements.gates import register
from contracts.agreements.models import Gate, GateReason
from contracts.clock import berlin_day
from frontend.access import may_open
from frontend.actor import PageRequest
from frontend.addresses import at
from frontend.downloads import Cell, table_download, wants_export
from frontend.forms.filters import IN_FORCE, PAST, GateFilter, OptOutFilter
from frontend.forms.gates import GateForm, OptOutForm, ReasonForm
from frontend.forms.once import form_of
from frontend.lists import Filter, list_page
from frontend.presenters.gates import gate_rows, scope_words, standing, with_scope
from frontend.saving import form_page, sent
from frontend.views.agreement_base import today

STANDS: Mapping[str, Callable[[QuerySet[Gate], date], QuerySet[Gate]]] = {
    IN_FORCE: register.in_force,
    PAST: register.past,
}
HEAD = ("Grund", "Wirkung", "Mitzeichnung", "gilt für", "Schulträger", "Erläuterung", "Beleg",
        "ab", "bis", "Stand", "gesetzt von", "gesetzt am", "aufgehoben am",
        "Grund der Aufhebung")  # fmt: skip


def gates(request: PageRequest) -> HttpResponseBase:
    """Every gate the organisation sets or stands before."""
    asked = GateFilter(request.GET)
    rows = register.visible_gates(request.actor, today())
    if reason := asked.value("grund"):
        rows = rows.filter(reason=reason)
    return _register(request, "gates", rows, asked, "hindernisse")


def opt_outs(request: PageRequest) -> HttpResponseBase:
    """The opt-outs: an authority's own, and those that touch a purchasing body's agreements."""
    asked = OptOutFilter(request.GET)
    rows = register.visible_gates(request.actor, today()).filter(reason=GateReason.OPT_OUT)
    return _register(request, "opt_outs", rows, asked, "opt-out-register")


def _register(
    request: PageRequest, name: str, found: QuerySet[Gate], asked: Filter, file: str
) -> HttpResponseBase:
    day = today()
    rows = with_scope(found)
    if narrow := STANDS.get(asked.value("stand")):
        rows = narrow(rows, day)
    if wants_export(request):
        return table_download(request, file, HEAD, (_cells(row, day) for row in rows))
    return list_page(
        request,
        f"gates/{name}",
        rows,
        shown=lambda found: gate_rows(found, by=request.actor, on=day),
        filter=asked,
        may_set=may_open(request.actor, "gate_set"),
        may_declare=may_open(request.actor, "opt_out_declare"),
        tabs=_tabs(name),
        tabs_label="Register",
    )


def _tabs(active: str) -> list[dict[str, Any]]:
    return [
        {"label": "Alle Hindernisse", "url": "/hindernisse/", "active": active == "gates"},
        {"label": "Opt-outs", "url": "/hindernisse/opt-outs/", "active": active == "opt_outs"},
    ]


def _cells(gate: Gate, day: Any) -> tuple[Cell, ...]:
    return (
        gate.get_reason_display(),
        gate.get_effect_display(),
        gate.get_cosign_role_display() if gate.cosign_role else "",
        "; ".join(scope_words(gate)),
        gate.buyer.name if gate.buyer is not None else "alle",
        gate.explanation,
        gate.evidence,
        gate.valid_from,
        gate.valid_to,
        standing(gate, day),
        f"{gate.set_by.user}, {gate.set_by.organisation}",
        gate.set_at,
        gate.lifted_at,
        gate.lift_reason,
    )


def gate_set(request: PageRequest) -> HttpResponse:
    """The form of a new gate, and the setting of it."""
    now = timezone.now()
    form = GateForm(sent(request), by=request.actor, on=berlin_day(now))
    return form_page(
        request,
        form,
        lambda: register.set_gate(
            form.spec, by=request.actor, now=now, token=form_of(request.POST)
        ),
        title="Hindernis setzen",
        template="gates/set",
        said="Das Hindernis ist gesetzt.",
        to=at("gates"),
    )


def opt_out_declare(request: PageRequest) -> HttpResponse:
    """The form of an opt-out, and the declaration of it."""
    now = timezone.now()
    form = OptOutForm(sent(request), by=request.actor, on=berlin_day(now))

    def declare() -> Gate:
        data = form.cleaned_data
        return register.declare_opt_out(
            lot_id=data["lot"].pk if data["lot"] is not None else None,
            product_group=data["product_group"],
            contract=data["contract"],
            explanation=data["explanation"],
            valid_to=data["valid_to"],
            by=request.actor,
            now=now,
            token=form_of(request.POST),
        )

    return form_page(
        request,
        form,
        declare,
        title="Opt-out erklären",
        lead="Ihre Organisation kauft ein Los oder eine Warengruppe bis zu einem Tag aus einem "
        "eigenen Vertrag. Bis dahin sind die Artikel für Ihre Leute ausgegraut.",
        said="Das Opt-out gilt ab heute.",
        to=at("opt_outs"),
    )


def gate_lift(request: PageRequest, gate_id: int) -> HttpResponse:
    """The gate with the question why (GET), and the lifting of it (POST)."""
    now = timezone.now()
    day = berlin_day(now)
    gate = get_object_or_404(with_scope(register.liftable(request.actor)), pk=gate_id)
    form = ReasonForm(sent(request))
    return form_page(
        request,
        form,
        lambda: register.lift_gate(
            gate_id=gate_id, reason=form.cleaned_data["reason"], by=request.actor, now=now
        ),
        title="Hindernis aufheben",
        template="gates/lift",
        said="Das Hindernis ist aufgehoben.",
        to=at("opt_outs" if gate.reason == GateReason.OPT_OUT else "gates"),
        row=gate_rows([gate], by=request.actor, on=day)[0],
    )
