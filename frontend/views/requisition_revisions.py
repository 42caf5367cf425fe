"""The revisions of a requisition: who wrote them, and what two of them differ in."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from contracts.digits import whole
from frontend.actor import PageRequest
from frontend.addresses import crumbs_of
from frontend.presenters.difference import told
from orders import requisitions as domain
from orders.models import Requisition


def requisition_revisions(request: PageRequest, requisition_id: int) -> HttpResponse:
    """Two revisions side by side (`von`, `bis`); the current and the one before unless told."""
    requisition = get_object_or_404(domain.visible_requisitions(request.actor), pk=requisition_id)
    after = _number(request, "bis", requisition.current_revision)
    before = _number(request, "von", max(after - 1, 1))
    context = {
        "requisition": requisition,
        "revisions": _revisions(requisition),
        "difference": told(domain.difference(requisition, before=before, after=after)),
        "before": before,
        "after": after,
        "crumbs": crumbs_of(requisition, "Fassungen"),
    }
    return render(request, "frontend/requisitions/revisions.html", context)


def _revisions(requisition: Requisition) -> object:
    return requisition.revisions.select_related("editor", "edited_by").order_by("-number")


def _number(request: PageRequest, name: str, default: int) -> int:
    return whole(request.GET.get(name, "")) or default
