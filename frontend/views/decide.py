"""Deciding about one requisition. GET reads; only a POST with a verdict decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from contracts.clock import berlin_day
from contracts.refusals import Refusal
from frontend.actor import PageRequest
from frontend.addresses import at, crumbs
from frontend.forms.decision import Cuts, DecisionForm
from frontend.presenters.committees import sittings
from frontend.presenters.decision import decision_lines, last_approved_revision, turns
from frontend.presenters.difference import told
from frontend.presenters.papers import papers_of
from frontend.presenters.requisitions import budget_effects, signatures
from frontend.presenters.service_terms import with_terms
from frontend.refusals import Alert, explain
from frontend.voices import chosen_voice, delegation_of, voices_of, with_voice
from orders import approvals as domain
from orders.approvals import CutQuote
from orders.call_offs.service_terms import asked_terms
from orders.errors import NotFound, StaleRevision
from orders.models import ApprovalStep, Requisition, RequisitionLine
from orders.models.approval import Verdict
from orders.requisitions import AskedLine, asked_lines, current_lines, visible_requisitions
from orders.requisitions.comparing import difference
from orders.signing.voices import Voice


@dataclass
class _Desk:
    """What one request works on: the requisition as it stands, and in whose name.

    What only the page shows is read when it is shown; a decision goes on without it.
    """

    request: PageRequest
    requisition: Requisition
    voice: Voice
    step: ApprovalStep | None
    now: datetime

    @cached_property
    def asked(self) -> list[AskedLine]:
        return asked_lines(self.requisition)

    @cached_property
    def lines(self) -> list[RequisitionLine]:
        return current_lines(self.requisition)

    @cached_property
    def why_not(self) -> str:
        return domain.why_not(self.voice, self.requisition)

    def form(self, data: Any = None) -> DecisionForm:
        committee = self.step.committee if self.step is not None else ""
        initial = {"revision_no": self.requisition.current_revision}
        return DecisionForm(data, initial=initial, committee=committee)


@dataclass(frozen=True, slots=True)
class _Shown:
    """What the page says besides the requisition itself."""

    form: DecisionForm
    cuts: Cuts
    page_no: str | None = None
    quote: CutQuote | None = None
    refusal: Alert | None = None
    changes: tuple[str, ...] = ()
    status: int = 200


def decide(request: PageRequest, requisition_id: int) -> HttpResponse:
    """The page to read, to cut and to confirm on (GET), and the decision itself (POST)."""
    voice, refusal = chosen_voice(request, request.actor)
    desk = _desk(request, requisition_id, voice)
    if refusal is not None:
        return _page(desk, _Shown(desk.form(), Cuts({}, desk.asked), refusal=refusal, status=422))
    if request.method == "POST":
        return _posted(desk)
    if desk.why_not:
        messages.info(request, desk.why_not)
        return redirect("frontend:requisition", requisition_id=desk.requisition.pk)
    shown = _Shown(desk.form(), Cuts({}, desk.asked), page_no=request.GET.get("seite"))
    return _page(desk, shown)


def _desk(request: PageRequest, requisition_id: int, voice: Voice) -> _Desk:
    requisition = get_object_or_404(
        visible_requisitions(request.actor).select_related(
            "school", "created_by__user", "authority"
        ),
        pk=requisition_id,
    )
    return _Desk(
        request=request,
        requisition=requisition,
        voice=voice,
        step=domain.steps_to_sign([requisition.pk], voice).get(requisition.pk),
        now=timezone.now(),
    )


def _posted(desk: _Desk) -> HttpResponse:
    """Turn a page, quote a cut, or decide: in this order, and only the last one writes."""
    data = desk.request.POST
    cuts = Cuts(data, desk.asked)
    form = desk.form(data)
    page_no = data.get("blaettern") or data.get("seite")
    if "blaettern" in data:
        return _page(desk, _Shown(_kept(desk, form), cuts, page_no=page_no))
    if cuts.errors:
        refusal = Alert("Eine Menge ist keine ganze Zahl", list(cuts.errors.values()), [])
        kept = _kept(desk, form)
        return _page(desk, _Shown(kept, cuts, page_no=page_no, refusal=refusal, status=422))
    if "berechnen" in data or _unquoted(form, cuts):
        return _quoted(desk, form, cuts, page_no)
    if not form.is_valid():
        return _page(desk, _Shown(form, cuts, page_no=page_no, status=422))
    return _decided(desk, form, cuts, page_no)


def _kept(desk: _Desk, form: DecisionForm) -> DecisionForm:
    """The form with what was typed, but not judged yet."""
    initial = {"revision_no": form.data.get("revision_no"), **form.typed}
    kept = desk.form()
    kept.initial = initial
    return kept


def _unquoted(form: DecisionForm, cuts: Cuts) -> bool:
    """Whether an approval cuts something whose effect the person has not seen yet."""
    approves = form.data.get("verdict") == Verdict.APPROVE
    return approves and bool(cuts.grants) and form.data.get("berechnet") != cuts.mark


def _quoted(desk: _Desk, form: DecisionForm, cuts: Cuts, page_no: str | None) -> HttpResponse:
    kept = _kept(desk, form)
    try:
        quote = domain.quote_cut(
            requisition_id=desk.requisition.pk,
            revision_no=form.read,
            grants=cuts.grants,
            by=desk.request.actor,
            now=desk.now,
        )
    except Refusal as error:
        return _refused(desk, form, cuts, page_no, error)
    return _page(desk, _Shown(kept, cuts, page_no=page_no, quote=quote))


def _decided(desk: _Desk, form: DecisionForm, cuts: Cuts, page_no: str | None) -> HttpResponse:
    data = form.cleaned_data
    try:
        done = domain.decide(
            requisition_id=desk.requisition.pk,
            revision_no=data["revision_no"],
            verdict=form.chosen,
            comment=data["comment"],
            grants=cuts.grants if form.chosen is Verdict.APPROVE else {},
            resolution=data.get("resolution", ""),
            delegation_id=delegation_of(desk.voice),
            by=desk.request.actor,
            now=timezone.now(),
        )
    except Refusal as error:
        return _refused(desk, form, cuts, page_no, error)
    _tell(desk.request, done, form.chosen)
    return redirect(with_voice(at("approvals"), desk.voice))


def _refused(
    desk: _Desk, form: DecisionForm, cuts: Cuts, page_no: str | None, error: Exception
) -> HttpResponse:
    """The page as it stands now, with what was typed; after a new revision with what changed."""
    if isinstance(error, NotFound):
        raise error
    desk = _desk(desk.request, desk.requisition.pk, desk.voice)
    kept = _kept(desk, form)
    seen: tuple[str, ...] = ()
    if isinstance(error, StaleRevision):
        kept.initial["revision_no"] = desk.requisition.current_revision
        seen = _changes_since(desk, form.read)
        cuts = Cuts(form.data, desk.asked)
    shown = _Shown(kept, cuts, page_no=page_no, refusal=explain(error), changes=seen, status=422)
    return _page(desk, shown)


def _changes_since(desk: _Desk, read: int) -> tuple[str, ...]:
    """What became of the revision that was read; nothing where there never was such a one."""
    try:
        found = difference(desk.requisition, before=read, after=desk.requisition.current_revision)
    except NotFound:
        return ()
    return tuple(told(found).sentences)


def _tell(request: PageRequest, done: Requisition, verdict: Verdict) -> None:
    """Say what became of it: an approval can also send back what is dearer now, or unfunded."""
    if verdict is Verdict.APPROVE and done.state == "returned":
        messages.warning(
            request,
            f"{done.number}: So ließ sich die Anforderung nicht mehr freigeben. "
            "Sie ging zur Überarbeitung zurück; der Grund steht in ihrem Verlauf.",
        )
    elif verdict is Verdict.APPROVE and done.state == "submitted":
        messages.success(
            request, f"{done.number}: unterschrieben. Es folgt die nächste Unterschrift."
        )
    elif verdict is Verdict.APPROVE:
        count = done.call_offs.count()
        words = "1 Abruf ist erteilt" if count == 1 else f"{count} Abrufe sind erteilt"
        messages.success(request, f"{done.number}: {done.get_state_display()}, {words}.")
    else:
        messages.success(request, f"{done.number}: {verdict.label}.")


def _instead(desk: _Desk, gross: Decimal) -> dict[str, object] | None:
    """Another voice of the actor's whose limit reaches as far as *gross* EUR."""
    voice = domain.voice_for(
        voices_of(desk.request, desk.request.actor), desk.requisition, gross=gross
    )
    if voice is None or (voice.membership.signing_limit or 0) < gross:
        return None
    return {
        "url": with_voice(at("decide", desk.requisition.pk), voice),
        "voice": voice,
    }


def _page(desk: _Desk, shown: _Shown) -> HttpResponse:
    requisition, lines, today = desk.requisition, desk.lines, berlin_day(desk.now)
    with_terms(lines, asked_terms(lines, on=today), ordered_on=berlin_day(requisition.created_at))
    revision = lines[0].revision
    limit = desk.voice.membership.signing_limit
    is_above = limit is None or revision.gross > limit
    warnings = domain.splittings(
        [requisition.pk], authority_id=requisition.authority_id, now=desk.now
    )
    steps = signatures(requisition, revision.gross, today)
    context = {
        "requisition": requisition,
        "revision": revision,
        "lines": decision_lines(lines, shown.cuts, shown.page_no),
        "effects": budget_effects(
            requisition, [a for line in lines for a in line.assignments.all()]
        ),
        "turns": turns(requisition, lines, now=desk.now),
        "signatures": steps,
        "sittings": sittings(requisition, [row.step for row in steps], desk.request.actor),
        "papers": papers_of(requisition, desk.request.actor),
        "here": with_voice(at("decide", requisition.pk), desk.voice),
        "splitting": warnings.get(requisition.pk),
        "approved_revision": last_approved_revision(requisition),
        "step": desk.step,
        "voice": desk.voice,
        "delegation_id": delegation_of(desk.voice),
        "why_not": desk.why_not,
        "is_above": is_above,
        "instead": _instead(desk, revision.gross) if is_above else None,
        "limit": limit,
        "form": shown.form,
        "cuts": shown.cuts,
        "quote": shown.quote,
        "refusal": shown.refusal,
        "changes": shown.changes,
        "crumbs": crumbs(
            ("Freigaben", with_voice(at("approvals"), desk.voice)), here=requisition.number
        ),
    }
    return render(desk.request, "frontend/approvals/decide.html", context, status=shown.status)
