"""What is done with an issued call-off: receive, cancel, confirm, refuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from contracts.clock import berlin_day
from contracts.refusals import Refusal
from frontend.actor import PageRequest
from frontend.forms.call_off import CancelForm, ReceiptForm, RefusalForm, StepForms
from frontend.refusals import explain
from frontend.views.call_offs import detail, found_call_off
from orders.call_offs import cancellations, confirmations, goods_receipts
from orders.errors import NotFound


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
            by=request.actor,
            now=now,
        )

    return _act(request, call_off_id, "receipt", step, "Der Wareneingang ist erfasst.")


@require_POST
def call_off_cancel(request: PageRequest, call_off_id: int) -> HttpResponse:
    """Cancel what was not delivered, or close the rest short."""

    def step(form: CancelForm) -> object:
        return cancellations.cancel(
            call_off_id=call_off_id,
            quantities=form.quantities,
            reason=form.cleaned_data["reason"],
            by=request.actor,
            now=timezone.now(),
        )

    outcome = "Die Menge ist storniert; was sie gebunden hat, ist wieder frei."
    return _act(request, call_off_id, "cancellation", step, outcome)


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
    try:
        confirmations.confirm(call_off_id=call_off_id, by=request.actor, now=timezone.now())
    except NotFound:
        raise
    except Refusal as error:
        return detail(request, call_off_id, refusal=explain(error), status=422)
    messages.success(request, "Der Abruf ist bestätigt.")
    return redirect("frontend:call_off", call_off_id=call_off_id)


def _act(
    request: PageRequest,
    call_off_id: int,
    name: str,
    step: Callable[[Any], object],
    outcome: str,
) -> HttpResponse:
    """One domain call; what it refuses is shown on the page, with the form as it was sent."""
    row = found_call_off(request, call_off_id)
    forms = StepForms(row.lines.select_related("progress").order_by("line_no"))
    form = forms.sent(name, request.POST)
    if not form.is_valid():
        return detail(request, call_off_id, forms=forms, status=422)
    try:
        step(form)
    except NotFound:
        raise
    except Refusal as error:
        return detail(request, call_off_id, forms=forms, refusal=explain(error), status=422)
    messages.success(request, outcome)
    return redirect("frontend:call_off", call_off_id=call_off_id)
