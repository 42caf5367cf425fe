"""Quick order: paste or upload, look at what it means, take what can be called off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from contracts.digits import whole
from contracts.refusals import Refusal
from frontend.actor import PageRequest
from frontend.addresses import at
from frontend.downloads import Cell, csv_download
from frontend.forms.once import ALREADY, form_of
from frontend.forms.quantities import CHOICE, QUANTITY, fields
from frontend.forms.quick_order import QuickOrderForm
from frontend.refusals import Alert, explain
from frontend.saving import saved
from orders import quick_order as domain
from orders.models import RequisitionRevision

HEAD = ("Zeile", "Artikelnummer", "Menge", "Grund")
SHOWN = 200


@dataclass(frozen=True, slots=True)
class Look:
    """A form that was sent with what it means; without a preview there is a refusal."""

    form: QuickOrderForm
    found: domain.Preview | None = None
    refusal: Alert | None = None


def quick_order(request: PageRequest) -> HttpResponse:
    """The empty form; sent, what the lines mean. Nothing is stored."""
    if request.method != "POST":
        return _page(request, Look(QuickOrderForm()))
    look = _look(request)
    bad = look.found is None or bool(look.found.faults)
    return _page(request, look, status=422 if bad else 200)


@require_POST
def quick_order_take(request: PageRequest) -> HttpResponse:
    """Put what was resolved and chosen into the basket."""
    look = _look(request)
    if look.found is None or look.found.faults:
        return _page(request, look, status=422)
    found = look.found

    def said(taken: domain.Taken) -> None:
        tell(request, taken)
        if not taken.is_repeated:
            _tell_leftovers(request, found)

    return saved(
        request,
        lambda: domain.put_into_basket(
            picks=found.picks, by=request.actor, now=timezone.now(), form=form_of(request.POST)
        ),
        said=said,
        to=at("basket"),
        again=lambda refusal: _page(request, replace(look, refusal=refusal)),
    )


@require_POST
def quick_order_append(request: PageRequest) -> HttpResponse:
    """Write what was resolved and chosen behind the lines of a draft."""
    look = _look(request)
    if look.found is None or look.found.faults:
        return _page(request, look, status=422)
    draft, _, revision = request.POST.get("anforderung", "").partition(":")
    requisition_id, base_revision = whole(draft), whole(revision)
    if requisition_id is None or base_revision is None:
        return _page(request, replace(look, refusal=NO_DRAFT), status=422)
    found = look.found

    def said(made: RequisitionRevision) -> str:
        _tell_leftovers(request, found)
        return f"{_articles(len(found.picks))} angehängt; das ist Fassung {made.number}."

    return saved(
        request,
        lambda: domain.append(
            requisition_id=requisition_id,
            base_revision=base_revision,
            picks=found.picks,
            by=request.actor,
            now=timezone.now(),
        ),
        said=said,
        to=lambda made: at("requisition", made.requisition_id),
        again=lambda refusal: _page(request, replace(look, refusal=refusal)),
    )


@require_POST
def quick_order_rest(request: PageRequest) -> HttpResponseBase:
    """The lines that stay out, with the reasons, as a file to correct and upload again."""
    look = _look(request)
    if look.found is None:
        return _page(request, look, status=422)
    return csv_download("schnellerfassung-offen.csv", HEAD, _cells(look.found))


NO_DRAFT = Alert(
    "Es ist keine Anforderung gewählt",
    ["Bitte wählen Sie den Entwurf, an den die Artikel angehängt werden."],
    [],
)


def tell(request: PageRequest, taken: domain.Taken) -> None:
    """Say how much went into the basket, and what did not and why."""
    if taken.is_repeated:
        messages.info(request, ALREADY)
        return
    verb = "liegt" if taken.added == 1 else "liegen"
    messages.success(request, f"{_articles(taken.added)} {verb} im Bedarfskorb.")
    for name, reason in taken.missing[:10]:
        messages.warning(request, f"Nicht hineingelegt: {name} – {reason}")
    if len(taken.missing) > 10:
        messages.warning(request, f"Und {_articles(len(taken.missing) - 10)} mehr.")


def _tell_leftovers(request: PageRequest, found: domain.Preview) -> None:
    if count := len(found.leftovers):
        words = "1 Zeile wurde" if count == 1 else f"{count} Zeilen wurden"
        messages.warning(request, f"{words} nicht übernommen.")


def _articles(count: int) -> str:
    return "1 Artikel" if count == 1 else f"{count} verschiedene Artikel"


def _look(request: PageRequest) -> Look:
    """Read the form and preview it; what was typed is kept in every case."""
    form = QuickOrderForm(request.POST, request.FILES)
    if not form.is_valid():
        return Look(form)
    text = form.cleaned_data["text"]
    shown = QuickOrderForm(initial={"text": text})
    try:
        found = domain.preview(
            text,
            choices=dict(fields(request.POST, CHOICE)),
            quantities=dict(fields(request.POST, QUANTITY)),
            by=request.actor,
            now=timezone.now(),
        )
    except Refusal as error:
        return Look(shown, None, explain(error))
    return Look(shown, found)


def _page(request: PageRequest, look: Look, *, status: int = 200) -> HttpResponse:
    found = look.found
    context: dict[str, Any] = {
        "form": look.form,
        "found": found,
        "refusal": look.refusal,
        "max_quantity": domain.MAX_QUANTITY,
    }
    if found is not None:
        context |= {
            "text": look.form.initial["text"],
            "leftovers": found.leftovers,
            "unusable": found.unusable(findings=SHOWN),
            "more_findings": max(len(found.findings) - SHOWN, 0),
            "drafts": _drafts(request),
        }
    return render(request, "frontend/quick_order/quick_order.html", context, status=status)


def _drafts(request: PageRequest) -> list[dict[str, Any]]:
    """The drafts to choose from; the value names the revision that was seen."""
    chosen = request.POST.get("anforderung", "")
    found = []
    for row in domain.open_drafts(request.actor, timezone.now()):
        value = f"{row.requisition_id}:{row.number}"
        label = f"{row.requisition.number} {row.title}"
        found.append({"value": value, "label": label, "selected": value == chosen})
    return found


def _cells(found: domain.Preview) -> Iterator[tuple[Cell, ...]]:
    for row in found.leftovers:
        yield row.rows, row.number, row.quantity, row.reason
