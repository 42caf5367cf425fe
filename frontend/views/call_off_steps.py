"""What is done with an issued call-off: receive, cancel, confirm, refuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from contracts.clock import berlin_day
from contracts.refusals import Refusal
from frontend.actor import PageRequest
from frontend.addresses import at, crumbs
from frontend.forms.call_off import CancelForm, ReceiptForm, RefusalForm, StepForms
from frontend.refusals import explain
from frontend.saving import saved
from frontend.views.call_offs import detail, found_call_off
from orders.call_offs import cancellations, confirmations, goods_receipts
from orders.errors import NotFound
from orders.lifecycle import CallOffState


@require_POST
def call_off_receive(request: PageRequest, call_off_id: int) -> HttpResponse:
    """Record a goods receipt."""
    now = timezone.now()

    def step(form: ReceiptForm) -> object:
        return goods_receipts.receive(
            call_off_id=call_off_id,
            quantities=form.quantities,
            received_on=form.day(berlin_day(now)),
            delivery_note=form.cleaned_data["delivery_note"],
            token=form.cleaned_data["formular"],
            by=request.actor,
            now=now,
        )

    return _act(request, call_off_id, "receipt", step, "Der Wareneingang ist erfasst.")


@require_POST
def call_off_cancel(request: PageRequest, call_off_id: int) -> HttpResponse:
    """Show what cancelling does, and, where that was confirmed, cancel exactly that."""
    if "bestaetigt" not in request.POST:
        return _cancel_effect(request, call_off_id)

    def step(form: CancelForm) -> object:
        return cancellations.cancel(
            call_off_id=call_off_id,
            quantities=form.quantities,
            shown=form.quantities,
            reason=form.cleaned_data["reason"],
            token=form.cleaned_data["formular"],
            by=request.actor,
            now=timezone.now(),
        )

    outcome = "Die Menge ist storniert; was sie gebunden hat, ist wieder frei."
    return _act(request, call_off_id, "cancellation", step, outcome)


def _cancel_effect(request: PageRequest, call_off_id: int) -> HttpResponse:
    """What goes along, what stays, which tier it would not reach; nothing has happened yet."""
    row = found_call_off(request, call_off_id)
    lines = list(row.lines.select_related("progress").order_by("line_no"))
    forms = StepForms(lines)
    form = cast("CancelForm", forms.sent("cancellation", request.POST))
    if not form.is_valid():
        return detail(request, call_off_id, forms=forms, status=422)
    try:
        effect = cancellations.foresee(
            call_off_id=call_off_id,
            quantities=form.quantities,
            by=request.actor,
            now=timezone.now(),
        )
    except NotFound:
        raise
    except Refusal as error:
        return detail(request, call_off_id, forms=forms, refusal=explain(error), status=422)
    along = {row.line_no: row.quantity for row in effect.along}
    context = {
        "call_off": row,
        "effect": effect,
        "going": [
            {"line": line, "quantity": effect.quantities[line.pk], "along": along.get(line.line_no)}
            for line in lines
            if line.pk in effect.quantities
        ],
        "reason": form.cleaned_data["reason"],
        "has_begun": row.state == CallOffState.PARTLY_DELIVERED.value,
        "crumbs": crumbs(
            ("Abrufe", at("call_offs")), (row.number, at("call_off", row.pk)), here="Stornieren"
        ),
    }
    status = 422 if effect.refusals else 200
    return render(request, "frontend/call_offs/cancel.html", context, status=status)


@require_POST
def call_off_refuse(request: PageRequest, call_off_id: int) -> HttpResponse:
    """The supplier refuses the call-off."""

    def step(form: RefusalForm) -> object:
        return confirmations.refuse(
            call_off_id=call_off_id,
            reason=form.cleaned_data["reason"],
            by=request.actor,
            now=timezone.now(),
        )

    return _act(request, call_off_id, "refusal", step, "Der Abruf ist abgelehnt.")


@require_POST
def call_off_confirm(request: PageRequest, call_off_id: int) -> HttpResponse:
    """The supplier confirms the call-off."""
    return saved(
        request,
        lambda: confirmations.confirm(
            call_off_id=call_off_id, by=request.actor, now=timezone.now()
        ),
        said="Der Abruf ist bestätigt.",
        to=at("call_off", call_off_id),
        again=lambda refusal: detail(request, call_off_id, refusal=refusal),
    )


def _act(
    request: PageRequest,
    call_off_id: int,
    name: str,
    step: Callable[[Any], object],
    said: str,
) -> HttpResponse:
    """One domain call; what it refuses is shown on the page, with the form as it was sent."""
    row = found_call_off(request, call_off_id)
    forms = StepForms(row.lines.select_related("progress").order_by("line_no"))
    form = forms.sent(name, request.POST)
    return saved(
        request,
        lambda: step(form),
        parts=[form],
        said=said,
        to=at("call_off", call_off_id),
        again=lambda refusal: detail(request, call_off_id, forms=forms, refusal=refusal),
    )
