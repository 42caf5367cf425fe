"""The Bedarfskorb, and the requisition that is made from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from contracts.agreements.errors import AgreementError
from contracts.agreements.models import Listing
from contracts.clock import berlin_day
from contracts.digits import whole
from contracts.parties.models import Role
from contracts.pricing import PricingError
from frontend.access import may_open
from frontend.actor import PageRequest
from frontend.addresses import at, came_from
from frontend.forms.once import ALREADY, form_of
from frontend.forms.place import PlaceForm, standing_data
from frontend.forms.requisition import (
    BaseSplit,
    QuantityForm,
    RequisitionForm,
    fiscal_year,
    split_formset,
)
from frontend.presenters.allocation import contested
from frontend.presenters.basket import groups
from frontend.refusals import Alert, explain
from frontend.saving import saved, told_at
from orders import requisitions
from orders.basket import baskets
from orders.binding.budgets import BudgetEffect, usable_lines
from orders.models import BudgetLine, Requisition
from orders.requisitions import Ask
from orders.requisitions.budget_preview import preview_effects


@dataclass(frozen=True, slots=True)
class BasketForms:
    """The form below the basket: head, place of delivery, account assignment."""

    head: RequisitionForm
    place: PlaceForm
    split: BaseSplit
    lines: dict[int, BudgetLine]

    def is_valid(self) -> bool:
        return all((self.head.is_valid(), self.place.is_valid(), self.split.is_valid()))

    @property
    def ask(self) -> Ask:
        """All that is asked for; of the delivery the school's data say what was left open."""
        school_id = self.head.delivery_school_id
        return self.head.ask(self.split.shares, self.place.place(school_id))


def basket(request: PageRequest) -> HttpResponse:
    """The basket, split into its future call-offs, and the form of the requisition."""
    now = timezone.now()
    return _page(request, _forms(request, now), now)


@require_POST
def basket_add(request: PageRequest) -> HttpResponse:
    """Add an article, then go back to where it was found."""
    form = QuantityForm(request.POST)
    listing_id = whole(request.POST.get("listing", ""))
    back = came_from(request, at("basket"))
    if listing_id is None or not form.is_valid():
        messages.error(request, "Bitte eine ganze Zahl ab 1 als Menge eingeben.")
        return redirect(back)
    quantity = form.cleaned_data["quantity"]
    return saved(
        request,
        lambda: baskets.add(
            by=request.actor,
            listing_id=listing_id,
            quantity=quantity,
            now=timezone.now(),
            form=form_of(request.POST),
        ),
        said=lambda is_added: (
            f"{quantity} × in den Bedarfskorb gelegt."
            if is_added
            else messages.info(request, ALREADY)
        ),
        to=back,
        again=lambda refusal: told_at(request, refusal, back),
    )


@require_POST
def basket_quantity(request: PageRequest, listing_id: int) -> HttpResponse:
    """Change the quantity of a line; 0 takes it out."""
    form = QuantityForm(request.POST)
    if form.is_valid():
        quantity = form.cleaned_data["quantity"]
        baskets.set_quantity(
            by=request.actor, listing_id=listing_id, quantity=quantity, now=timezone.now()
        )
        messages.success(request, "Menge geändert." if quantity else "Artikel entfernt.")
    else:
        messages.error(request, "Bitte eine ganze Zahl von 0 bis 1.000.000 als Menge eingeben.")
    return redirect("frontend:basket")


@require_POST
def basket_effect(request: PageRequest) -> HttpResponse:
    """Show what the chosen budget lines would carry; nothing is stored or held."""
    now = timezone.now()
    # The rest is only kept, not judged: people look at the effect before they finish it.
    typed = request.POST.dict()
    head = RequisitionForm(initial=typed, by=request.actor)
    place = PlaceForm(prefix="lieferung", initial=_unprefixed(typed, "lieferung"))
    forms = replace(_forms(request, now), head=head, place=place)
    if getattr(request, "htmx", False):
        view = baskets.view(request.actor, now=now)
        context = {"effects": _effects(view, forms, berlin_day(now)), "split": forms.split}
        return render(request, "frontend/basket/effects.html", context)
    return _page(request, forms, now)


@require_POST
def requisition_create(request: PageRequest) -> HttpResponse:
    """Keep as a draft, give to procurement or submit, as the button says.

    A refusal shows the basket again with everything typed.
    """
    now = timezone.now()
    forms = _forms(request, now)
    step, outcome = _STEPS.get(request.POST.get("schritt", ""), _STEPS[""])
    return saved(
        request,
        lambda: step(by=request.actor, ask=forms.ask, school_id=forms.head.school_id, now=now),
        parts=[forms],
        said=lambda made: f"Anforderung {made.number} {outcome}",
        to=lambda made: at("requisition", made.pk),
        again=lambda refusal: _page(request, forms, now, refusal, show_errors=True),
    )


SUBMIT = "einreichen"
_STEPS: Mapping[str, tuple[Callable[..., Requisition], str]] = {
    "": (requisitions.create_from_basket, "ist als Entwurf angelegt."),
    "uebergeben": (requisitions.hand_over_basket, "liegt jetzt bei der Beschaffung."),
    SUBMIT: (requisitions.submit_basket, "ist eingereicht."),
}


def _forms(request: PageRequest, now: datetime) -> BasketForms:
    data = request.POST if request.method == "POST" else None
    actor = request.actor
    lines = list(usable_lines(actor, fiscal_year(berlin_day(now))))
    is_school = actor.role == Role.SCHOOL_REQUESTER
    return BasketForms(
        head=RequisitionForm(data, by=actor),
        place=PlaceForm(data, prefix="lieferung", initial=standing_data(actor.school)),
        split=split_formset(
            lines,
            data,
            may_be_empty=data is None or data.get("schritt") != SUBMIT,
            nothing="überlassen Sie der Beschaffung" if is_school else "später zuordnen",
        ),
        lines={line.pk: line for line in lines},
    )


def _page(
    request: PageRequest,
    forms: BasketForms,
    now: datetime,
    refusal: Alert | None = None,
    *,
    show_errors: bool = False,
) -> HttpResponse:
    context: dict[str, Any] = {
        "head": forms.head,
        "place": forms.place,
        "split": forms.split,
        "may_hand_over": may_open(request.actor, "requisition_hand_over"),
        "may_submit": may_open(request.actor, "requisition_submit"),
        "show_errors": show_errors,
        "refusal": refusal,
        "more_shares": _has_more_shares(forms.split),
    }
    try:
        view = baskets.view(request.actor, now=now)
    except (AgreementError, PricingError) as error:
        # One line without a price must not hide the others: each can still be taken out.
        context |= {"refusal": explain(error), "unpriced": _unpriced(request)}
        return render(request, "frontend/basket/basket.html", context)
    context |= {
        "groups": groups(view, by=request.actor, on=berlin_day(now)),
        "quote": view.order.quote,
        "gone": view.gone,
        "unserved": [row for row in contested(view.decisions) if not row.is_served],
        "is_empty": not view.order.lines and not view.gone,
        "effects": _effects(view, forms, berlin_day(now)),
    }
    return render(request, "frontend/basket/basket.html", context)


def _effects(view: baskets.BasketView, forms: BasketForms, on: date) -> Sequence[BudgetEffect]:
    """The effect on the budgets chosen, as far as the shares are complete."""
    if not forms.split.is_bound or not forms.split.is_valid() or not forms.split.shares:
        return []
    return preview_effects(view.order, forms.split.shares, forms.lines, on=on)


def _unprefixed(typed: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    start = f"{prefix}-"
    return {name.removeprefix(start): typed[name] for name in typed if name.startswith(start)}


def _has_more_shares(split: BaseSplit) -> bool:
    return any(form["budget_line"].value() for form in split.forms[1:])


def _unpriced(request: PageRequest) -> list[dict[str, Any]]:
    held = dict(baskets.quantities(request.actor))
    names = Listing.objects.filter(pk__in=held).values_list("pk", "article__name")
    return [{"pk": pk, "name": name, "quantity": held[pk]} for pk, name in names]
