"""The Bedarfskorb, and the requisition that is made from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from contracts.agreements.errors import AgreementError
from contracts.agreements.models import Listing
from contracts.clock import berlin_day
from contracts.pricing import PricingError
from frontend.actor import PageRequest
from frontend.forms.requisition import (
    BaseSplit,
    QuantityForm,
    RequisitionForm,
    fiscal_year,
    split_formset,
)
from frontend.presenters.allocation import contested
from frontend.presenters.basket import groups
from frontend.refusals import REFUSALS, Refusal, explain
from orders import baskets, requisitions
from orders.budget_preview import preview_effects
from orders.budgets import BudgetEffect, usable_lines
from orders.models import BudgetLine


@dataclass(frozen=True, slots=True)
class Wish:
    """The form below the basket: head, account assignment, the lines to choose from."""

    head: RequisitionForm
    split: BaseSplit
    lines: dict[int, BudgetLine]

    @property
    def is_valid(self) -> bool:
        return all((self.head.is_valid(), self.split.is_valid()))


def basket(request: PageRequest) -> HttpResponse:
    """The basket, split into its future call-offs, and the form of the requisition."""
    now = timezone.now()
    return _page(request, _wish(request, now), now)


@require_POST
def basket_add(request: PageRequest) -> HttpResponse:
    """Add an article, then go back to where it was found."""
    form = QuantityForm(request.POST)
    listing = request.POST.get("listing", "")
    if form.is_valid() and listing.isdecimal():
        quantity = form.cleaned_data["quantity"]
        try:
            baskets.add(
                by=request.actor, listing_id=int(listing), quantity=quantity, now=timezone.now()
            )
        except PricingError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"{quantity} × in den Bedarfskorb gelegt.")
    else:
        messages.error(request, "Bitte eine ganze Zahl ab 1 als Menge eingeben.")
    return redirect(_back(request))


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
    # The head is only kept, not judged: people look at the effect before they finish it.
    head = RequisitionForm(initial=request.POST.dict(), by=request.actor)
    wish = replace(_wish(request, now), head=head)
    if getattr(request, "htmx", False):
        view = baskets.view(request.actor, now=now)
        context = {"effects": _effects(view, wish), "split": wish.split}
        return render(request, "frontend/basket/effects.html", context)
    return _page(request, wish, now)


@require_POST
def requisition_create(request: PageRequest) -> HttpResponse:
    """Make the draft requisition; a refusal shows the basket again with everything typed."""
    now = timezone.now()
    wish = _wish(request, now)
    if not wish.is_valid:
        return _page(request, wish, now, status=422)
    try:
        made = requisitions.create_from_basket(
            by=request.actor,
            ask=wish.head.ask(wish.split.shares),
            school_id=wish.head.school_id,
            now=now,
        )
    except REFUSALS as error:
        return _page(request, wish, now, refusal=explain(error), status=422)
    messages.success(request, f"Anforderung {made.number} ist als Entwurf angelegt.")
    return redirect("frontend:requisition", requisition_id=made.pk)


def _wish(request: PageRequest, now: datetime) -> Wish:
    data = request.POST if request.method == "POST" else None
    lines = list(usable_lines(request.actor, fiscal_year(berlin_day(now))))
    return Wish(
        head=RequisitionForm(data, by=request.actor),
        split=split_formset(lines, data),
        lines={line.pk: line for line in lines},
    )


def _page(
    request: PageRequest,
    wish: Wish,
    now: datetime,
    *,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "head": wish.head,
        "split": wish.split,
        "show_errors": status == 422,
        "refusal": refusal,
        "more_shares": _has_more_shares(wish.split),
    }
    try:
        view = baskets.view(request.actor, now=now)
    except (AgreementError, PricingError) as error:
        # One line without a price must not hide the others: each can still be taken out.
        context |= {"refusal": explain(error), "unpriced": _unpriced(request)}
        return render(request, "frontend/basket/basket.html", context, status=status)
    context |= {
        "groups": groups(view, by=request.actor, on=berlin_day(now)),
        "quote": view.order.quote,
        "gone": view.gone,
        "unserved": [row for row in contested(view.decisions) if not row.is_served],
        "is_empty": not view.order.lines and not view.gone,
        "effects": _effects(view, wish),
    }
    return render(request, "frontend/basket/basket.html", context, status=status)


def _effects(view: baskets.BasketView, wish: Wish) -> Sequence[BudgetEffect]:
    """The effect on the budgets chosen, as far as the shares are complete."""
    if not wish.split.is_bound or not wish.split.is_valid():
        return []
    return preview_effects(view.order, wish.split.shares, wish.lines)


def _has_more_shares(split: BaseSplit) -> bool:
    return any(form["budget_line"].value() for form in split.forms[1:])


def _unpriced(request: PageRequest) -> list[dict[str, Any]]:
    held = dict(baskets.quantities(request.actor))
    names = Listing.objects.filter(pk__in=held).values_list("pk", "article__name")
    return [{"pk": pk, "name": name, "quantity": held[pk]} for pk, name in names]


def _back(request: PageRequest) -> str:
    target = request.POST.get("next", "/bedarfskorb/")
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return target if safe else "/bedarfskorb/"
