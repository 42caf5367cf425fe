"""Call-offs: the issued orders, for buyers, suppliers and the purchasing body."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from contracts.clock import berlin_day
from frontend.access import may_open
from frontend.actor import PageRequest
from frontend.addresses import at, crumbs
from frontend.downloads import table_download, wants_export
from frontend.forms.call_off import StepForms
from frontend.forms.filters import CallOffFilter
from frontend.lists import list_page
from frontend.presenters.allocation import shown_steps
from frontend.presenters.call_offs import HEAD, call_off_row
from frontend.presenters.price_reasons import with_reasons
from frontend.presenters.requisition_lines import places
from frontend.presenters.service_terms import with_terms
from frontend.presenters.successors import with_successors
from frontend.presenters.timeline import history
from frontend.refusals import Alert
from orders.allotting.visible_steps import visible_steps
from orders.call_offs.reading import visible_call_offs
from orders.call_offs.service_terms import issued_terms
from orders.lifecycle import CALL_OFF_TRANSITIONS, OPEN_CALL_OFFS, CallOffState
from orders.models import CallOff, CallOffAssignment, CallOffLine


def call_offs(request: PageRequest) -> HttpResponseBase:
    """The call-offs the actor may see, filtered; as a file with the same rows."""
    asked = CallOffFilter(request.GET)
    rows = visible_call_offs(request.actor).select_related(
        "authority", "school", "supplier", "lot__agreement"
    )
    if state := asked.value("stand"):
        rows = rows.filter(state=state)
    if text := asked.value("text"):
        rows = rows.filter(
            Q(number__icontains=text)
            | Q(supplier__name__icontains=text)
            | Q(authority__name__icontains=text)
        )
    rows = rows.order_by("-issued_at", "-pk")
    if wants_export(request):
        return table_download(
            request, "abrufe", HEAD, (call_off_row(row) for row in rows.iterator())
        )
    return list_page(request, "call_offs/list", rows, filter=asked)


def call_off(request: PageRequest, call_off_id: int) -> HttpResponse:
    """One call-off with its 4-decimal prices and what stands behind each."""
    return detail(request, call_off_id)


def found_call_off(request: PageRequest, call_off_id: int) -> CallOff:
    """The call-off with its parties, or 404."""
    return get_object_or_404(
        visible_call_offs(request.actor).select_related(
            "authority",
            "school",
            "supplier",
            "lot__agreement",
            "award",
            "terms",
            "requisition",
            "follows",
            "followed_by",
        ),
        pk=call_off_id,
    )


def detail(
    request: PageRequest,
    call_off_id: int,
    *,
    forms: StepForms | None = None,
    refusal: Alert | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of a call-off; `forms` where one was sent and refused."""
    row = found_call_off(request, call_off_id)
    is_buyer = row.authority_id == request.actor.organisation_id
    lines = list(_lines(row, with_budget=is_buyer))
    day = berlin_day(timezone.now())
    with_successors(lines, by=request.actor, on=day)
    ordered_on = berlin_day(row.issued_at)
    with_terms(lines, issued_terms(lines), ordered_on=ordered_on, with_years=is_buyer)
    context = {
        "call_off": row,
        "lines": lines,
        "vat": _vat(lines),
        "places": places((line.line_no, line.requisition_line.delivery) for line in lines),
        "is_buyer": is_buyer,
        "cancelled_net": sum((line.cancelled_net for line in lines), Decimal(0)),
        "forms": forms or StepForms(lines),
        "refusal": refusal,
        "readable_changes": with_reasons(row, lines, by=request.actor, on=day),
        "steps": shown_steps(
            visible_steps(request.actor).filter(call_off=row).order_by("pk"), request.actor
        ),
        "events": history(row),
        "crumbs": crumbs(("Abrufe", at("call_offs")), here=row.number),
        **_may(request, row, is_buyer=is_buyer),
    }
    return render(request, "frontend/call_offs/detail.html", context, status=status)


def _may(request: PageRequest, row: CallOff, *, is_buyer: bool) -> dict[str, bool]:
    """Which steps the actor can take now."""
    state = CallOffState(row.state)
    is_supplier = row.supplier_id == request.actor.organisation_id
    following = CALL_OFF_TRANSITIONS[state] if is_supplier else frozenset()
    changing = is_buyer and state in OPEN_CALL_OFFS
    return {
        "may_receive": changing and may_open(request.actor, "call_off_receive"),
        "may_cancel": changing and may_open(request.actor, "call_off_cancel"),
        "may_confirm": CallOffState.CONFIRMED in following
        and may_open(request.actor, "call_off_confirm"),
        "may_refuse": CallOffState.REFUSED in following
        and may_open(request.actor, "call_off_refuse"),
        "has_begun": state == CallOffState.PARTLY_DELIVERED,
    }


def _lines(row: CallOff, *, with_budget: bool) -> QuerySet[Any]:
    """The lines; how the buyer pays is nobody's business but the buyer's."""
    lines = (
        row.lines.select_related("item", "progress", "requisition_line__delivery")
        .annotate(cancelled_net=Coalesce(Sum("cancelled_lines__net"), Decimal(0)))
        .order_by("line_no")
    )
    if not with_budget:
        return lines
    shares = CallOffAssignment.objects.select_related("budget_line", "assignment").order_by(
        "number"
    )
    return lines.prefetch_related(Prefetch("assignments", shares, to_attr="budget_shares"))


def _vat(lines: Iterable[CallOffLine]) -> list[dict[str, Any]]:
    sums: dict[tuple[str, Decimal], list[Decimal]] = {}
    for line in lines:
        known = sums.setdefault((line.tax_category, line.tax_rate), [Decimal(0), Decimal(0)])
        known[0] += line.net
        known[1] += line.tax
    return [
        {"category": category, "rate": rate, "net": net, "tax": tax}
        for (category, rate), (net, tax) in sums.items()
    ]
