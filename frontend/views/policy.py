"""The approval policy: read, proposed, confirmed by a second keeper. GET changes nothing."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from contracts.clock import berlin_day
from contracts.refusals import Refusal
from frontend.access import may_open
from frontend.actor import PageRequest
from frontend.addresses import at
from frontend.downloads import table_download, wants_export
from frontend.forms.policy import BaseRules, PolicyHeadForm, changed_rows, rule_rows
from frontend.lists import list_page
from frontend.presenters.policy import HISTORY_HEAD, cells, proposal_of, tiers, versions
from frontend.refusals import Alert, explain
from frontend.saving import saved, sent
from orders.errors import PolicyRefused
from orders.models import ApprovalPolicy
from orders.signing import policies
from orders.signing.steps import rules_of

PER_PAGE = 10
TABS = (
    ("policy", "Regelung", "/freigaberegelung/"),
    ("policy_simulation", "Wer müsste freigeben?", "/freigaberegelung/pruefen/"),
    ("policy_people", "Personen", "/freigaberegelung/personen/"),
)


def tabs(active: str) -> list[dict[str, Any]]:
    """The three halves of the policy: rules, question, people."""
    return [{"label": label, "url": url, "active": name == active} for name, label, url in TABS]


def policy(request: PageRequest) -> HttpResponseBase:
    """The version in force, the open proposal, the history."""
    if wants_export(request):
        day = berlin_day(timezone.now())
        state = policies.health(request.actor.organisation_id, day)
        rows = versions(list(policies.own_policies(request.actor)), state.policy, day)
        return table_download(request, "freigaberegelung", HISTORY_HEAD, map(cells, rows))
    return _overview(request)


def policy_edit(request: PageRequest) -> HttpResponse:
    """The form of the next version (GET), one row more or less, and the proposal (POST)."""
    now = timezone.now()
    day = berlin_day(now)
    newest = policies.own_policies(request.actor).filter(confirmed_at__isnull=False).first()
    rules = rules_of(newest) if newest is not None else []
    changed = changed_rows(request.POST) if request.method == "POST" else None
    if changed is not None:
        kept = {name: request.POST.get(name) for name in PolicyHeadForm.base_fields}
        head = PolicyHeadForm(initial=kept)
        return _form(request, head, changed, None)
    head = PolicyHeadForm(sent(request), initial={"valid_from": day})
    rows = rule_rows(sent(request), rules)

    def propose() -> ApprovalPolicy:
        data = head.cleaned_data
        given = {"valid_from": data["valid_from"], "note": data["note"]}
        return policies.propose(rows.rules, **given, by=request.actor, now=now)

    return saved(
        request,
        propose,
        parts=[head, rows],
        said="Der Vorschlag liegt vor. Er gilt, sobald eine zweite Person ihn bestätigt.",
        to=at("policy"),
        again=lambda refusal: _form(request, head, rows, refusal),
        explained=lambda error: _placed(rows, error),
    )


def _placed(rows: BaseRules, error: Refusal) -> Alert:
    """What is refused about one rule goes beside it, the rest into the alert."""
    refusal = explain(error)
    if not isinstance(error, PolicyRefused):
        return refusal
    points = []
    for sentence, place in zip(error.reasons, error.rules, strict=True):
        if place is None:
            points.append(sentence)
        else:
            rows.filled[place].add_error("role", sentence)
    return Alert(refusal.title, points, refusal.advice)


@require_POST
def policy_confirm(request: PageRequest, policy_id: int) -> HttpResponse:
    """Put a proposal into force."""
    return saved(
        request,
        lambda: policies.confirm(policy_id=policy_id, by=request.actor, now=timezone.now()),
        said=lambda row: (
            f"Fassung {row.version} ist bestätigt und gilt ab {row.valid_from:%d.%m.%Y}."
        ),
        to=at("policy"),
        again=lambda refusal: _overview(request, refusal),
    )


@require_POST
def policy_withdraw(request: PageRequest, policy_id: int) -> HttpResponse:
    """Discard a proposal."""
    reason = request.POST.get("reason", "")[:250]
    return saved(
        request,
        lambda: policies.withdraw(
            policy_id=policy_id, reason=reason, by=request.actor, now=timezone.now()
        ),
        said="Der Vorschlag ist verworfen.",
        to=at("policy"),
        again=lambda refusal: _overview(request, refusal),
    )


def _form(
    request: PageRequest, head: PolicyHeadForm, rows: BaseRules, refusal: Alert | None
) -> HttpResponse:
    context = {
        "head": head,
        "rows": rows,
        "refusal": refusal,
        "proposal": policies.open_proposal(request.actor),
    }
    return render(request, "frontend/policy/edit.html", context)


def _overview(request: PageRequest, refusal: Alert | None = None) -> HttpResponse:
    actor = request.actor
    day = berlin_day(timezone.now())
    state = policies.health(actor.organisation_id, day)
    rows = versions(list(policies.own_policies(actor)), state.policy, day)
    current = state.policy
    return list_page(
        request,
        "policy/policy",
        rows,
        per_page=PER_PAGE,
        list_url=at("policy"),
        health=state,
        tiers=tiers(rules_of(current)) if current is not None else [],
        older=policies.open_under_older(actor, current) if current is not None else 0,
        proposal=proposal_of(rows, actor, day),
        coming=next((row.policy for row in rows if row.state == "künftig"), None),
        refusal=refusal,
        may_write=may_open(actor, "policy_edit"),
        tabs=tabs("policy"),
    )
