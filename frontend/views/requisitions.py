"""Requisitions: the list, one requisition, and the steps it takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from contracts.agreements.allocation.allotment import Selection
from contracts.clock import berlin_day
from contracts.refusals import Refusal
from frontend.access import may_open
from frontend.actor import PageRequest
from frontend.addresses import at, crumbs, crumbs_of
from frontend.downloads import Cell, export_urls, table_download, wants_export
from frontend.forms.ending import HandBackForm, WithdrawForm
from frontend.forms.filters import RequisitionFilter
from frontend.lists import list_page
from frontend.presenters.committees import sittings
from frontend.presenters.papers import papers_of
from frontend.presenters.requisition_lines import (
    EXPORT_HEAD,
    cuts_of,
    export_rows,
    places,
    shown_lines,
)
from frontend.presenters.requisitions import (
    budget_effects,
    pending_events,
    signatures,
    with_current,
)
from frontend.presenters.service_terms import with_terms
from frontend.presenters.successors import with_successors
from frontend.presenters.timeline import history, last_sent_back
from frontend.refusals import Alert
from frontend.saving import form_page, saved, sent
from frontend.voices import voices_of, with_voice
from orders import approvals
from orders import requisitions as domain
from orders.call_offs.service_terms import asked_terms
from orders.lifecycle import RequisitionState
from orders.models import Requisition, RequisitionLine, RequisitionRevision

OPEN = ("draft", "returned")
WITHDRAWABLE = (*OPEN, "submitted")
HEAD = ("Nummer", "Betreff", "Schule", "angelegt von", "angelegt am", "Stand",
        "netto", "Umsatzsteuer", "brutto", "bei der Beschaffung seit")  # fmt: skip


def requisitions(request: PageRequest) -> HttpResponseBase:
    """The requisitions of the organisation, filtered, with the sum of the page; as a file too."""
    asked = RequisitionFilter(request.GET, by=request.actor)
    rows = _narrowed(request, asked)
    if wants_export(request):
        return table_download(
            request, "anforderungen", HEAD, (_cells(row) for row in rows.iterator())
        )
    return list_page(
        request,
        "requisitions/list",
        rows,
        filter=asked,
        may_ask=may_open(request.actor, "basket"),
    )


def _narrowed(request: PageRequest, asked: RequisitionFilter) -> QuerySet[Any]:
    found = domain.visible_requisitions(request.actor)
    if state := asked.value("stand"):
        found = found.filter(state=state)
    if school_id := asked.value("schule"):
        found = found.filter(school_id=school_id)
    if asked.value("bei"):
        found = found.filter(domain.HANDED_OVER)
    if asked.value("eigene"):
        found = found.filter(created_by__user=request.actor.user_id)
    rows = with_current(found)
    if text := asked.value("nummer"):
        rows = rows.filter(Q(number__icontains=text) | Q(title__icontains=text))
    return rows


def _cells(row: Any) -> tuple[Cell, ...]:
    return (
        row.number,
        row.title,
        str(row.school or ""),
        str(row.created_by.user),
        row.created_at,
        str(row.get_state_display()),
        row.net,
        row.tax,
        row.gross,
        row.handed_over_at if row.state in OPEN else None,
    )


def requisition(request: PageRequest, requisition_id: int) -> HttpResponseBase:
    """One requisition with everything that was and will be decided about it."""
    if wants_export(request):
        requisition = _visible(request, requisition_id)
        lines = domain.current_lines(requisition)
        return table_download(request, requisition.number.lower(), EXPORT_HEAD, export_rows(lines))
    return _detail(request, requisition_id)


@require_POST
def requisition_submit(request: PageRequest, requisition_id: int) -> HttpResponse:
    """Submit; a refusal names every limit that is short, and nothing is held."""
    return _act(request, requisition_id, domain.submit, "ist eingereicht.")


@require_POST
def requisition_hand_over(request: PageRequest, requisition_id: int) -> HttpResponse:
    """A school gives its draft to procurement."""
    return _act(request, requisition_id, domain.hand_over, "liegt jetzt bei der Beschaffung.")


@require_POST
def requisition_recall(request: PageRequest, requisition_id: int) -> HttpResponse:
    """A school takes its draft back from procurement, to edit it further."""
    return _act(request, requisition_id, domain.recall, "ist wieder bei Ihnen.")


def requisition_hand_back(request: PageRequest, requisition_id: int) -> HttpResponse:
    """Procurement gives a draft back to the school, with what is missing."""
    form = HandBackForm(sent(request))
    return _with_reason(
        request, requisition_id, form, domain.hand_back, "ist wieder bei der Schule."
    )


def requisition_withdraw(request: PageRequest, requisition_id: int) -> HttpResponse:
    """Take the requisition back; what it held is free again, and the reason stays."""
    form = WithdrawForm(sent(request))
    return _with_reason(request, requisition_id, form, domain.withdraw, "ist zurückgezogen.")


def _with_reason(
    request: PageRequest,
    requisition_id: int,
    form: HandBackForm | WithdrawForm,
    step: Callable[..., Requisition],
    outcome: str,
) -> HttpResponse:
    requisition = _visible(request, requisition_id)
    return form_page(
        request,
        form,
        lambda: step(
            requisition_id=requisition_id,
            reason=form.cleaned_data["reason"],
            by=request.actor,
            now=timezone.now(),
        ),
        title=f"Anforderung {requisition.number}: {form.title}",
        lead=form.lead,
        submit=form.button,
        said=f"Anforderung {requisition.number} {outcome}",
        to=at("requisition", requisition.pk),
        crumbs=crumbs_of(requisition, form.title),
    )


def _act(
    request: PageRequest, requisition_id: int, step: Callable[..., Requisition], outcome: str
) -> HttpResponse:
    return saved(
        request,
        lambda: step(requisition_id=requisition_id, by=request.actor, now=timezone.now()),
        said=lambda done: f"Anforderung {done.number} {outcome}",
        to=at("requisition", requisition_id),
        again=lambda refusal: _detail(request, requisition_id, refusal),
    )


def _visible(request: PageRequest, requisition_id: int) -> Requisition:
    return get_object_or_404(
        domain.visible_requisitions(request.actor).select_related(
            "school", "created_by__user", "authority", "handed_over_by__user"
        ),
        pk=requisition_id,
    )


def _detail(
    request: PageRequest, requisition_id: int, refusal: Alert | None = None
) -> HttpResponse:
    requisition = _visible(request, requisition_id)
    lines = domain.current_lines(requisition)
    today = berlin_day(timezone.now())
    revision = lines[0].revision
    steps = signatures(requisition, revision.gross, today)
    call_offs = list(requisition.call_offs.select_related("supplier", "lot").order_by("number"))
    past = history(requisition, *call_offs)
    is_back = requisition.state in OPEN and requisition.handed_over_at is None
    context = {
        "requisition": requisition,
        "decisions": _decisions(requisition, lines),
        "revision": revision,
        "revisions": requisition.revisions.select_related("editor").order_by("-number"),
        "effects": budget_effects(
            requisition, [a for line in lines for a in line.assignments.all()]
        ),
        "places": places((line.line_no, line.delivery) for line in lines),
        "signatures": steps,
        "sittings": sittings(requisition, [row.step for row in steps], request.actor),
        "call_offs": call_offs,
        "events": [*past, *pending_events(requisition, steps)],
        "sent_back": last_sent_back(past) if is_back else None,
        "is_unassigned": any(not line.assignments.all() for line in lines),
        "papers": papers_of(requisition, request.actor),
        "splitting": _splitting(requisition),
        "refusal": refusal,
        "exports": export_urls(request, at("requisition", requisition.pk)),
        "crumbs": crumbs(("Anforderungen", at("requisitions")), here=requisition.number),
        **_lines(request, requisition, lines),
        **_may(request, requisition),
        "decide_as": _voice(request, requisition, revision),
    }
    return render(request, "frontend/requisitions/detail.html", context)


def _splitting(requisition: Requisition) -> approvals.Splitting | None:
    """The warning on order splitting, while somebody still has to sign."""
    if requisition.state != RequisitionState.SUBMITTED.value:
        return None
    found = approvals.splittings(
        [requisition.pk], authority_id=requisition.authority_id, now=timezone.now()
    )
    return found.get(requisition.pk)


def _lines(
    request: PageRequest, requisition: Requisition, lines: Sequence[RequisitionLine]
) -> dict[str, Any]:
    """A page of lines with the sums of all, what was cut of them, and their successors."""
    today = berlin_day(timezone.now())
    is_open = requisition.state in WITHDRAWABLE
    gaps = domain.gaps_of(lines, buyer_id=requisition.authority_id, on=today) if is_open else ()
    shown = shown_lines(lines, number=request.GET.get("seite"), gaps=gaps, on=today)
    here = list(shown.page.object_list)
    with_successors(here, by=request.actor, on=today)
    with_terms(here, asked_terms(lines, on=today), ordered_on=berlin_day(requisition.created_at))
    cuts = cuts_of(requisition.pk)
    for line in here:
        line.cuts = cuts.get(line.line_no, ())
    kept = {line.line_no for line in lines}
    gone = [row for number, rows in sorted(cuts.items()) if number not in kept for row in rows]
    return {"shown": shown, "struck": gone, "is_open": is_open}


def _may(request: PageRequest, requisition: Requisition) -> dict[str, bool]:
    """Which steps the actor can take now."""
    actor, is_open = request.actor, requisition.state in OPEN
    is_handed_over = requisition.handed_over_at is not None
    return {
        "may_edit": may_open(actor, "requisition_edit")
        and not domain.why_not_editable(requisition, actor),
        "may_submit": is_open and may_open(actor, "requisition_submit"),
        "may_hand_over": is_open
        and not is_handed_over
        and may_open(actor, "requisition_hand_over"),
        "may_recall": is_open and is_handed_over and may_open(actor, "requisition_recall"),
        "may_hand_back": is_open and is_handed_over and may_open(actor, "requisition_hand_back"),
        "may_withdraw": requisition.state in WITHDRAWABLE
        and may_open(actor, "requisition_withdraw"),
    }


def _voice(
    request: PageRequest, requisition: Requisition, revision: RequisitionRevision
) -> dict[str, object] | None:
    """In whose name the actor can decide now, and where."""
    if (
        not may_open(request.actor, "decide")
        or requisition.state != RequisitionState.SUBMITTED.value
    ):
        return None
    voice = approvals.voice_for(
        voices_of(request, request.actor), requisition, gross=revision.gross
    )
    if voice is None:
        return None
    url = with_voice(reverse("frontend:decide", args=[requisition.pk]), voice)
    return {"url": url, "voice": voice}


def _decisions(requisition: Requisition, lines: Sequence[RequisitionLine]) -> list[Selection]:
    """Whose turn it is, as long as it can still change; what is not orderable says so itself."""
    if requisition.state not in WITHDRAWABLE:
        return []
    try:
        return domain.outlook(requisition, lines, now=timezone.now())
    except Refusal:
        return []
