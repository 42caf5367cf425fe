"""Writing an agreement by form: head, lots, awards, terms, positions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django import forms
from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from contracts.agreements.models import (
    AgreementState,
    Award,
    ContractItem,
    FrameworkAgreement,
    Lot,
)
from contracts.agreements.prices import additions
from contracts.agreements.writing import edit, positions, setup, terms
from frontend.actor import PageRequest
from frontend.forms import agreement as agreement_forms
from frontend.forms import position as position_forms
from frontend.forms.price_changes import RegisterFields
from frontend.saving import attempt
from frontend.views.agreement_base import own, page_context, today
from frontend.views.form_page import FormPage

_Row = TypeVar("_Row", bound=Model)


def agreement_create(request: PageRequest) -> HttpResponse:
    """A new draft."""
    data = _posted(request)
    initial = {"responsible": request.actor.pk}
    form = agreement_forms.AgreementForm(data, initial=initial, by=request.actor, on=today())

    def step() -> FrameworkAgreement:
        values = dict(form.cleaned_data)
        return setup.create_agreement(**values, by=request.actor, now=timezone.now())

    crumbs = [{"label": "Vereinbarungen", "url": "/vereinbarungen/"}, {"label": "Neu", "url": ""}]
    return FormPage(request, "Rahmenvereinbarung anlegen", {"crumbs": crumbs}).saved(
        form, step, "Der Entwurf ist angelegt. Legen Sie jetzt die Lose an."
    )


def agreement_edit(request: PageRequest, agreement_id: int) -> HttpResponse:
    """The head of an agreement."""
    row = own(request, agreement_id)
    form = agreement_forms.agreement_form(row, _posted(request), by=request.actor, on=today())

    def step() -> FrameworkAgreement:
        return edit.edit_agreement(
            agreement_id=row.pk, head=form.head, by=request.actor, now=timezone.now()
        )

    lead = ""
    if row.state != AgreementState.DRAFT:
        lead = (
            "Nach der Listung sind nur Titel und verantwortliche Person änderbar. Eine Änderung "
            "des Vertrags gehört in das Änderungsregister (§ 132 GWB)."
        )
    page = FormPage(request, f"{row.number} bearbeiten", page_context(request, row, "Bearbeiten"))
    return page.saved(form, step, "Die Änderung ist gespeichert.", lead=lead)


def lot_create(request: PageRequest, agreement_id: int) -> HttpResponse:
    """A new lot of a draft."""
    row = own(request, agreement_id)
    taken = row.lots.order_by("-number").values_list("number", flat=True).first() or 0
    form = agreement_forms.lot_form(_posted(request), {"number": taken + 1})

    def step() -> Lot:
        head = form.head
        return setup.create_lot(
            row,
            number=head.number,
            title=head.title,
            allocation=head.allocation,
            estimate=head.estimate,
            maximum=head.maximum,
            cpv=head.cpv,
            by=request.actor,
            now=timezone.now(),
        )

    page = FormPage(request, "Los anlegen", page_context(request, row, "Los anlegen"))
    return page.saved(form, step, "Das Los ist angelegt.", template="lot_form")


def lot_edit(request: PageRequest, agreement_id: int, lot_id: int) -> HttpResponse:
    """A lot of a draft."""
    row = own(request, agreement_id)
    lot = _part(Lot.objects.select_related("account").filter(pk=lot_id, agreement=row))
    form = agreement_forms.lot_form(_posted(request), agreement_forms.initial_lot(lot))

    def step() -> Lot:
        return edit.edit_lot(lot_id=lot.pk, head=form.head, by=request.actor, now=timezone.now())

    context = page_context(request, row, f"Los {lot.number}") | {"remove": ("lot_remove", lot.pk)}
    page = FormPage(request, f"Los {lot.number} bearbeiten", context)
    return page.saved(form, step, "Das Los ist gespeichert.", template="lot_form")


def award_create(request: PageRequest, agreement_id: int, lot_id: int) -> HttpResponse:
    """An award with the first version of its terms."""
    row = own(request, agreement_id)
    lot = _part(Lot.objects.filter(pk=lot_id, agreement=row))
    data = _posted(request)
    rank = lot.awards.order_by("-rank").values_list("rank", flat=True).first() or 0
    form = agreement_forms.NewAwardForm(data, lot=lot, initial={"rank": rank + 1})
    clauses = agreement_forms.TermsForm(data, initial=agreement_forms.initial_terms())

    def step() -> Award:
        head = form.head
        return setup.create_award(
            lot,
            supplier=form.cleaned_data["supplier"],
            reference=head.reference,
            awarded_on=head.awarded_on,
            rank=head.rank,
            maximum=head.maximum,
            terms=clauses.terms,
            by=request.actor,
            now=timezone.now(),
        )

    title = f"Zuschlag für Los {lot.number} anlegen"
    page = FormPage(request, title, page_context(request, row, "Zuschlag anlegen"))
    return page.saved(form, step, "Der Zuschlag ist angelegt.", more=clauses)


def award_edit(request: PageRequest, agreement_id: int, award_id: int) -> HttpResponse:
    """An award of a draft; its terms get new versions."""
    row = own(request, agreement_id)
    award = _award(row, award_id)
    initial = agreement_forms.initial_award(award)
    form = agreement_forms.AwardForm(_posted(request), initial=initial)

    def step() -> Award:
        return edit.edit_award(
            award_id=award.pk, head=form.head, by=request.actor, now=timezone.now()
        )

    context = page_context(request, row, award.reference) | {"remove": ("award_remove", award.pk)}
    page = FormPage(request, f"Zuschlag {award.reference} bearbeiten", context)
    return page.saved(form, step, "Der Zuschlag ist gespeichert.")


def terms_create(request: PageRequest, agreement_id: int, award_id: int) -> HttpResponse:
    """The next version of an award's terms."""
    row = own(request, agreement_id)
    award = _award(row, award_id)
    latest = award.terms.order_by("-version").first()
    form = agreement_forms.NewTermsForm(
        _posted(request), initial=agreement_forms.initial_terms(latest)
    )

    def step() -> object:
        return terms.add_terms(
            award_id=award.pk,
            terms=form.terms,
            valid_from=form.cleaned_data["valid_from"],
            document=form.cleaned_data["document"],
            by=request.actor,
            now=timezone.now(),
        )

    title = f"Neue Konditionen für {award.reference}"
    lead = "Konditionen werden nie geändert, sondern ab einem Tag durch eine neue Fassung ersetzt."
    page = FormPage(request, title, page_context(request, row, "Konditionen"))
    return page.saved(form, step, "Die neue Fassung ist gespeichert.", lead=lead)


def item_create(request: PageRequest, agreement_id: int, award_id: int) -> HttpResponse:
    """A position with its tiers; once the agreement is listed, a proposal for the register."""
    row = own(request, agreement_id)
    award = _award(row, award_id)
    if row.state != AgreementState.DRAFT:
        return _item_propose(request, row, award)
    data = _posted(request)
    initial = {"valid_from": award.awarded_on, "source": f"Zuschlag {award.reference}"}
    form = position_forms.PositionForm(data, initial=initial)
    tiers = position_forms.tier_formset(data)

    def step() -> ContractItem:
        return positions.add_position(
            award_id=award.pk,
            spec=form.spec,
            prices=form.prices(tiers.rows),
            by=request.actor,
            now=timezone.now(),
        )

    title = f"Position zu {award.reference} anlegen"
    page = FormPage(request, title, page_context(request, row, "Position anlegen"))
    return page.saved(form, step, "Die Position ist angelegt.", tiers=tiers, to="agreement_items")


def _item_propose(request: PageRequest, row: FrameworkAgreement, award: Award) -> HttpResponse:
    data = _posted(request)
    form = position_forms.PositionForm(data, initial={"valid_from": today()})
    form.fields["source"].required = False
    register, tiers = RegisterFields(data), position_forms.tier_formset(data)

    def step() -> object:
        return additions.propose_position(
            award_id=award.pk,
            spec=form.spec,
            prices=form.prices(tiers.rows),
            entry=register.entry,
            by=request.actor,
            now=timezone.now(),
        )

    page = FormPage(
        request,
        f"Weitere Position zu {award.reference} vorschlagen",
        page_context(request, row, "Position vorschlagen")
        | {"submit": "Vorschlagen", "more_title": "Änderungsregister (§ 132 GWB)"},
    )
    return page.saved(
        form,
        step,
        "Die Position ist vorgeschlagen und wartet auf die Zweitprüfung.",
        lead="Nach der Listung kommt eine Position nur durch zwei Personen und mit einem Eintrag "
        "im Änderungsregister hinzu. Höchstmenge mal Preis darf dessen Wert nicht übersteigen.",
        more=register,
        tiers=tiers,
        to="agreement_modifications",
    )


def item_edit(request: PageRequest, agreement_id: int, item_id: int) -> HttpResponse:
    """A position of a draft with its price."""
    row = own(request, agreement_id)
    item = _part(
        ContractItem.objects.select_related("account", "award").filter(
            pk=item_id, award__lot__agreement=row
        )
    )
    data = _posted(request)
    initial, known = position_forms.initial_position(item)
    form = position_forms.PositionForm(data, initial=initial)
    tiers = position_forms.tier_formset(data, known)

    def step() -> ContractItem:
        return positions.edit_position(
            item_id=item.pk,
            spec=form.spec,
            prices=form.prices(tiers.rows),
            by=request.actor,
            now=timezone.now(),
        )

    context = page_context(request, row, item.number) | {"remove": ("item_remove", item.pk)}
    page = FormPage(request, f"Position {item.number} bearbeiten", context)
    return page.saved(
        form, step, "Die Position ist gespeichert.", tiers=tiers, to="agreement_items"
    )


@require_POST
def lot_remove(request: PageRequest, agreement_id: int, lot_id: int) -> HttpResponse:
    """Take a lot out of a draft."""
    return _remove(request, agreement_id, edit.remove_lot, lot_id=lot_id)


@require_POST
def award_remove(request: PageRequest, agreement_id: int, award_id: int) -> HttpResponse:
    """Take an award out of a draft."""
    return _remove(request, agreement_id, edit.remove_award, award_id=award_id)


@require_POST
def item_remove(request: PageRequest, agreement_id: int, item_id: int) -> HttpResponse:
    """Take a position out of a draft."""
    return _remove(request, agreement_id, positions.remove_position, item_id=item_id)


def _remove(
    request: PageRequest, agreement_id: int, step: Callable[..., None], **key: int
) -> HttpResponse:
    row = own(request, agreement_id)
    form = forms.Form(request.POST)
    done, refusal = attempt(form, lambda: step(**key, by=request.actor, now=timezone.now()) is None)
    if done:
        messages.success(request, "Der Eintrag ist aus dem Entwurf entfernt.")
        return redirect("frontend:agreement", agreement_id=row.pk)
    context = page_context(request, row, "Entfernen") | {"refusal": refusal}
    return render(request, "frontend/agreements/refused.html", context, status=422)


def _posted(request: PageRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _award(row: FrameworkAgreement, award_id: int) -> Award:
    rows = Award.objects.select_related("account", "lot", "supplier")
    return _part(rows.filter(pk=award_id, lot__agreement=row))


def _part(rows: QuerySet[_Row]) -> _Row:
    """The one row, which belongs to the agreement; else 404."""
    found = rows.first()
    if found is None:
        raise Http404
    return found
