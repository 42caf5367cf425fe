"""The register of gates and the opt-out register: read, set, lift. GET never changes one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from contracts.agreements.gates import register
from contracts.agreements.models import Gate, GateReason
from contracts.clock import berlin_day
from frontend.access import may_open
from frontend.actor import PageRequest
from frontend.downloads import Cell, export_urls, table_download, wants_export
from frontend.forms.gates import GateForm, OptOutForm, ReasonForm
from frontend.presenters.gates import gate_rows, scope_words, standing, with_scope
from frontend.views.register_form import saved, sent

PER_PAGE = 25
STANDS: Mapping[str, tuple[str, Callable[[QuerySet[Gate], Any], QuerySet[Gate]]]] = {
    "kraft": ("in Kraft und künftig", register.in_force),
    "vergangen": ("aufgehoben oder abgelaufen", register.past),
}
HEAD = ("Grund", "Wirkung", "Mitzeichnung", "gilt für", "Schulträger", "Erläuterung", "Beleg",
        "ab", "bis", "Stand", "gesetzt von", "gesetzt am", "aufgehoben am",
        "Grund der Aufhebung")  # fmt: skip


def gates(request: PageRequest) -> HttpResponseBase:
    """Every gate the organisation sets or stands before."""
    return _register(request, "gates")


def opt_outs(request: PageRequest) -> HttpResponseBase:
    """The opt-outs: an authority's own, and those that touch a purchasing body's agreements."""
    return _register(request, "opt_outs")


def _register(request: PageRequest, name: str) -> HttpResponseBase:
    day = berlin_day(timezone.now())
    rows = with_scope(register.visible_gates(request.actor, day))
    reason = request.GET.get("grund", "")
    if name == "opt_outs":
        rows = rows.filter(reason=GateReason.OPT_OUT)
    elif reason in GateReason.values:
        rows = rows.filter(reason=reason)
    stand = request.GET.get("stand", "kraft")
    if stand in STANDS:
        rows = STANDS[stand][1](rows, day)
    if wants_export(request):
        file = "opt-out-register" if name == "opt_outs" else "hindernisse"
        return table_download(request, file, HEAD, (_cells(row, day) for row in rows))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("seite"))
    context = {
        "page": page,
        "rows": gate_rows(page.object_list, by=request.actor, on=day),
        "stand": stand,
        "stands": [(key, label) for key, (label, _) in STANDS.items()],
        "reason": reason,
        "reasons": GateReason.choices,
        "exports": export_urls(request),
        "may_set": may_open(request.actor, "gate_set"),
        "may_declare": may_open(request.actor, "opt_out_declare"),
        "tabs": _tabs(name),
    }
    return render(request, f"frontend/gates/{name}.html", context)


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
    return saved(
        request,
        form,
        lambda: register.set_gate(form.spec, by=request.actor, now=now),
        title="Hindernis setzen",
        template="gates/set",
        outcome="Das Hindernis ist gesetzt.",
        to="gates",
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
        )

    return saved(
        request,
        form,
        declare,
        title="Opt-out erklären",
        lead="Ihre Organisation kauft ein Los oder eine Warengruppe bis zu einem Tag aus einem "
        "eigenen Vertrag. Bis dahin sind die Artikel für Ihre Leute ausgegraut.",
        outcome="Das Opt-out gilt ab heute.",
        to="opt_outs",
    )


def gate_lift(request: PageRequest, gate_id: int) -> HttpResponse:
    """The gate with the question why (GET), and the lifting of it (POST)."""
    now = timezone.now()
    day = berlin_day(now)
    gate = with_scope(register.liftable(request.actor)).filter(pk=gate_id).first()
    if gate is None:
        raise Http404
    form = ReasonForm(sent(request))
    return saved(
        request,
        form,
        lambda: register.lift_gate(
            gate_id=gate_id, reason=form.cleaned_data["reason"], by=request.actor, now=now
        ),
        title="Hindernis aufheben",
        template="gates/lift",
        outcome="Das Hindernis ist aufgehoben.",
        to="opt_outs" if gate.reason == GateReason.OPT_OUT else "gates",
        row=gate_rows([gate], by=request.actor, on=day)[0],
    )
