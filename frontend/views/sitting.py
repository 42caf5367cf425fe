"""Noting when a committee sits. GET never changes anything."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from contracts.clock import berlin_day
from frontend.actor import PageRequest
from frontend.addresses import at, crumbs_of
from frontend.forms.sitting import SittingForm
from frontend.presenters.committees import sittings
from frontend.saving import form_page, sent
from orders.approvals.committees import set_committee_date
from orders.requisitions import visible_requisitions
from orders.signing.steps import steps_of_round


def requisition_sitting(request: PageRequest, requisition_id: int) -> HttpResponse:
    """The form with the day (GET), and the noting of it (POST)."""
    requisition = get_object_or_404(visible_requisitions(request.actor), pk=requisition_id)
    rows = sittings(requisition, steps_of_round(requisition).order_by("tier", "pk"), request.actor)
    steps = [row.step for row in rows if row.may_note]
    if not steps and request.method != "POST":
        messages.info(request, "Diese Anforderung wartet auf kein Gremium, das Sie vermerken.")
        return redirect("frontend:requisition", requisition_id=requisition.pk)
    now = timezone.now()
    form = SittingForm(sent(request), steps=steps, on=berlin_day(now))
    return form_page(
        request,
        form,
        lambda: set_committee_date(
            requisition_id=requisition.pk,
            step_id=form.cleaned_data["step"],
            sitting_on=form.cleaned_data["sitting_on"],
            by=request.actor,
            now=now,
        ),
        title="Sitzung vermerken",
        lead=f"{requisition.number}: Die Frist der Stufe läuft ab dem Tag der Sitzung, und die "
        "Anforderung verfällt entsprechend später. Alle, die zeichnen können, und die "
        "anfordernde Stelle bekommen eine E-Mail.",
        said=lambda done: (
            f"Sitzung am {done.committee_on:%d.%m.%Y} vermerkt, "
            f"Frist bis {berlin_day(done.deadline):%d.%m.%Y}."
        ),
        to=at("requisition", requisition.pk),
        crumbs=crumbs_of(requisition, "Sitzung"),
    )
