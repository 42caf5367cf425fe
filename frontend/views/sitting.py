"""Noting when a committee sits. GET never changes anything."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from contracts.clock import berlin_day
from frontend.actor import PageRequest
from frontend.forms.sitting import SittingForm
from frontend.presenters.committees import sittings
from frontend.saving import attempt
from frontend.views.register_form import sent
from orders.approvals.committees import set_committee_date
from orders.requisitions import visible_requisitions
from orders.signing.steps import steps_of_round


def requisition_sitting(request: PageRequest, requisition_id: int) -> HttpResponse:
    """The form with the day (GET), and the noting of it (POST)."""
    requisition = visible_requisitions(request.actor).filter(pk=requisition_id).first()
    if requisition is None:
        raise Http404
    rows = sittings(requisition, steps_of_round(requisition).order_by("tier", "pk"), request.actor)
    steps = [row.step for row in rows if row.may_note]
    if not steps and request.method != "POST":
        messages.info(request, "Diese Anforderung wartet auf kein Gremium, das Sie vermerken.")
        return redirect("frontend:requisition", requisition_id=requisition.pk)
    now = timezone.now()
    form = SittingForm(sent(request), steps=steps, on=berlin_day(now))
    refusal = None
    if form.is_bound and form.is_valid():
        done, refusal = attempt(
            form,
            lambda: set_committee_date(
                requisition_id=requisition.pk,
                step_id=form.cleaned_data["step"],
                sitting_on=form.cleaned_data["sitting_on"],
                by=request.actor,
                now=now,
            ),
        )
        if done is not None:
            messages.success(
                request,
                f"Sitzung am {done.committee_on:%d.%m.%Y} vermerkt, "
                f"Frist bis {berlin_day(done.deadline):%d.%m.%Y}.",
            )
            return redirect("frontend:requisition", requisition_id=requisition.pk)
    context = {
        "requisition": requisition,
        "form": form,
        "refusal": refusal,
        "crumbs": [
            {"label": "Anforderungen", "url": "/anforderungen/"},
            {"label": requisition.number, "url": f"/anforderungen/{requisition.pk}/"},
            {"label": "Sitzung", "url": ""},
        ],
    }
    status = 422 if form.is_bound else 200
    return render(request, "frontend/requisitions/sitting.html", context, status=status)
