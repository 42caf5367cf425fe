"""Deciding about many requisitions: one page to confirm on, one result per row."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from contracts.refusals import Refusal
from frontend.actor import PageRequest
from frontend.addresses import at, crumbs
from frontend.forms.decision import BulkForm, chosen_rows
from frontend.presenters.inbox import InboxRow, inbox_rows
from frontend.refusals import Alert, explain
from frontend.voices import chosen_voice, delegation_of, with_voice
from orders import approvals as domain
from orders.approvals import Chosen, Narrowing, Outcome, Result
from orders.signing.voices import Voice


def decide_many(request: PageRequest) -> HttpResponse:
    """What was chosen, to confirm (GET); the decisions with a result per row (POST)."""
    voice, refusal = chosen_voice(request, request.actor)
    chosen = chosen_rows((request.POST or request.GET).getlist("wahl"))
    if refusal is not None or request.method != "POST":
        form = BulkForm()
        return _confirm(request, voice, chosen, form, refusal, status=422 if refusal else 200)
    form = BulkForm(request.POST)
    if not form.is_valid():
        return _confirm(request, voice, chosen, form, None, status=422)
    try:
        results = domain.decide_many(
            chosen=chosen,
            verdict=form.chosen,
            comment=form.cleaned_data["comment"],
            delegation_id=delegation_of(voice),
            by=request.actor,
            now=timezone.now(),
        )
    except Refusal as error:
        return _confirm(request, voice, chosen, form, explain(error), status=422)
    return _results(request, voice, results)


def _confirm(
    request: PageRequest,
    voice: Voice,
    chosen: Sequence[Chosen],
    form: BulkForm,
    refusal: Alert | None,
    *,
    status: int,
) -> HttpResponse:
    now = timezone.now()
    ids = [row.requisition_id for row in chosen[: domain.MOST_AT_ONCE]]
    queue = domain.read_queue(voice, Narrowing(ids=ids))
    rows = inbox_rows(queue.rows, voice, now=now)
    read = {row.requisition_id: row.revision_no for row in chosen}
    context = {
        "rows": rows,
        "missing": len(set(ids)) - len(rows),
        "most": domain.MOST_AT_ONCE,
        "is_too_many": len(read) > domain.MOST_AT_ONCE,
        "moved": _moved(rows, read),
        "total": sum((row.asked.gross for row in rows), Decimal(0)),
        "form": form,
        "refusal": refusal,
        **_frame(voice),
    }
    return render(request, "frontend/approvals/decide_many.html", context, status=status)


def _moved(rows: Sequence[InboxRow], read: dict[int, int]) -> list[str]:
    """Numbers of those that are no longer what was ticked; the page shows them as they are."""
    asked = [row.asked for row in rows]
    return [row.number for row in asked if read[row.requisition_id] != row.revision_no]


def _results(request: PageRequest, voice: Voice, results: Sequence[Result]) -> HttpResponse:
    rows = [
        {
            "result": row,
            "refusal": explain(row.refusal) if row.refusal is not None else None,
        }
        for row in results
    ]
    done = sum(1 for row in results if row.outcome is not Outcome.REFUSED)
    context = {"rows": rows, "done": done, "refused": len(results) - done, **_frame(voice)}
    return render(request, "frontend/approvals/results.html", context)


def _frame(voice: Voice) -> dict[str, object]:
    inbox = with_voice(at("approvals"), voice)
    return {
        "voice": voice,
        "delegation_id": delegation_of(voice),
        "inbox_url": inbox,
        "crumbs": crumbs(("Freigaben", inbox), here="Gemeinsam entscheiden"),
    }
