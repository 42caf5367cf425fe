"""„Wer müsste das freigeben?“: an answer one can share, because the question is the address."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from contracts.clock import berlin_day
from contracts.digits import whole
from frontend.actor import PageRequest
from frontend.forms.policy import SimulationForm
from frontend.views.policy import tabs
from orders.requisitions.required_signers import who_signs
from orders.signing.rules import CoSignature
from orders.signing.simulation import Answer, Question, possible_submitters, simulate
from orders.signing.staff import ROLE_NAMES


def policy_simulation(request: PageRequest) -> HttpResponse:
    """The question as a form, and its answer; or the answer about a requisition."""
    now = timezone.now()
    wanted = request.GET.get("anforderung")
    context: dict[str, Any] = {"tabs": tabs("policy_simulation")}
    submitters = possible_submitters(request.actor, berlin_day(now))
    form = SimulationForm(request.GET if "betrag" in request.GET else None, submitters=submitters)
    if wanted is not None:
        requisition_id = whole(wanted)
        if requisition_id is None:
            raise Http404
        requisition, answer = who_signs(requisition_id, by=request.actor, now=now)
        context |= {"requisition": requisition, "answer": answer}
        form = SimulationForm(initial=_values(answer), submitters=submitters)
    elif form.is_bound and form.is_valid():
        context["answer"] = simulate(_question(form.cleaned_data), by=request.actor, now=now)
    context["form"] = form
    status = 422 if form.errors else 200
    return render(request, "frontend/policy/simulation.html", context, status=status)


def _question(data: dict[str, Any]) -> Question:
    submitter = data["einreicher"]
    return Question(
        gross=data["betrag"],
        is_funded=data["zuwendung"],
        cosign=tuple(
            CoSignature(role, f"Ein Hindernis verlangt die Mitzeichnung durch {ROLE_NAMES[role]}.")
            for role in data["mitzeichnung"]
        ),
        asked=frozenset() if submitter is None else frozenset({submitter}),
    )


def _values(answer: Answer) -> dict[str, Any]:
    """The question about a requisition, to play on with."""
    question = answer.question
    return {
        "betrag": question.gross,
        "zuwendung": question.is_funded,
        "mitzeichnung": [row.role for row in question.cosign],
    }
