"""Writing an agreement by form: head, lots, awards, terms, positions."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
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
from frontend.addresses import at, crumbs
from frontend.forms import agreement as agreement_forms
from frontend.forms import position as position_forms
from frontend.forms.price_changes import RegisterFields
from frontend.saving import form_page, saved, sent
from frontend.views.agreement_base import agreement_form, own, page_context, today


def agreement_create(request: PageRequest) -> HttpResponse:
    """A new draft."""
    initial = {"responsible": request.actor.pk}
    form = agreement_forms.AgreementForm(
        sent(request), initial=initial, by=request.actor, on=today()
    )
    return form_page(
        request,
        form,
        lambda: setup.create_agreement(**form.cleaned_data, by=request.actor, now=timezone.now()),
        title="Rahmenvereinbarung anlegen",
        submit="Speichern",
        said="Der Entwurf ist angelegt. Legen Sie jetzt die Lose an.",
        to=lambda made: at("agreement", made.pk),
        back=at("agreements"),
        crumbs=crumbs(("Vereinbarungen", at("agreements")), here="Neu"),
    )


def agreement_edit(request: PageRequest, agreement_id: int) -> HttpResponse:
    """The head of an agreement."""
    row = own(request, agreement_id)
    form = agreement_forms.agreement_form(row, sent(request), by=request.actor, on=today())
    lead = ""
    if row.state != AgreementState.DRAFT:
        lead = (
            "Nach der Listung sind nur Titel und verantwortliche Person änderbar. Eine Änderung "
            "des Vertrags gehört in das Änderungsregister (§ 132 GWB)."
        )
    return agreement_form(
        request,
        row,
        form,
        lambda: edit.edit_agreement(
            agreement_id=row.pk, head=form.head, by=request.actor, now=timezone.now()
        ),
        title=f"{row.number} bearbeiten",
        here="Bearbeiten",
        lead=lead,
        said="Die Änderung ist gespeichert.",
    )


def lot_create(request: PageRequest, agreement_id: int) -> HttpResponse:
    """A new lot of a draft."""
    row = own(request, agreement_id)
    taken = row.lots.order_by("-number").values_list("number", flat=True).first() or 0
    form = agreement_forms.lot_form(sent(request), {"number": taken + 1})

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

    return agreement_form(
        request,
        row,
        form,
        step,
        title="Los anlegen",
        said="Das Los ist angelegt.",
        template="agreements/lot_form",
    )


def lot_edit(request: PageRequest, agreement_id: int, lot_id: int) -> HttpResponse:
    """A lot of a draft."""
    row = own(request, agreement_id)
    lot = get_object_or_404(Lot.objects.select_related("account"), pk=lot_id, agreement=row)
    form = agreement_forms.lot_form(sent(request), agreement_forms.initial_lot(lot))
    return agreement_form(
        request,
        row,
        form,
        lambda: edit.edit_lot(lot_id=lot.pk, head=form.head, by=request.actor, now=timezone.now()),
        title=f"Los {lot.number} bearbeiten",
        here=f"Los {lot.number}",
        said="Das Los ist gespeichert.",
        template="agreements/lot_form",
        remove=at("lot_remove", row.pk, lot.pk),
    )


def award_create(request: PageRequest, agreement_id: int, lot_id: int) -> HttpResponse:
    """An award with the first version of its terms."""
    row = own(request, agreement_id)
    lot = get_object_or_404(Lot, pk=lot_id, agreement=row)
    data = sent(request)
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

    return agreement_form(
        request,
        row,
        form,
        step,
        title=f"Zuschlag für Los {lot.number} anlegen",
        here="Zuschlag anlegen",
        said="Der Zuschlag ist angelegt.",
        parts=[clauses],
        more=clauses,
    )


def award_edit(request: PageRequest, agreement_id: int, award_id: int) -> HttpResponse:
    """An award of a draft; its terms get new versions."""
    row = own(request, agreement_id)
    award = _award(row, award_id)
    form = agreement_forms.AwardForm(sent(request), initial=agreement_forms.initial_award(award))
    return agreement_form(
        request,
        row,
        form,
        lambda: edit.edit_award(
            award_id=award.pk, head=form.head, by=request.actor, now=timezone.now()
        ),
        title=f"Zuschlag {award.reference} bearbeiten",
        here=award.reference,
        said="Der Zuschlag ist gespeichert.",
        remove=at("award_remove", row.pk, award.pk),
    )


def terms_create(request: PageRequest, agreement_id: int, award_id: int) -> HttpResponse:
    """The next version of an award's terms."""
    row = own(request, agreement_id)
    award = _award(row, award_id)
    latest = award.terms.order_by("-version").first()
    form = agreement_forms.NewTermsForm(
        sent(request), initial=agreement_forms.initial_terms(latest)
    )
    return agreement_form(
        request,
        row,
        form,
        lambda: terms.add_terms(
            award_id=award.pk,
            terms=form.terms,
            valid_from=form.cleaned_data["valid_from"],
            document=form.cleaned_data["document"],
            by=request.actor,
            now=timezone.now(),
        ),
        title=f"Neue Konditionen für {award.reference}",
        here="Konditionen",
        lead="Konditionen werden nie geändert, sondern ab einem Tag durch eine neue Fassung "
        "ersetzt.",
        said="Die neue Fassung ist gespeichert.",
    )


def item_create(request: PageRequest, agreement_id: int, award_id: int) -> HttpResponse:
    """A position with its tiers; once the agreement is listed, a proposal for the register."""
    row = own(request, agreement_id)
    award = _award(row, award_id)
    if row.state != AgreementState.DRAFT:
        return _item_propose(request, row, award)
    data = sent(request)
    initial = {"valid_from": award.awarded_on, "source": f"Zuschlag {award.reference}"}
    form = position_forms.PositionForm(data, initial=initial)
    tiers = position_forms.tier_formset(data)
    return agreement_form(
        request,
        row,
        form,
        lambda: positions.add_position(
            award_id=award.pk,
            spec=form.spec,
            prices=form.prices(tiers.rows),
            by=request.actor,
            now=timezone.now(),
        ),
        title=f"Position zu {award.reference} anlegen",
        here="Position anlegen",
        said="Die Position ist angelegt.",
        to="agreement_items",
        back="agreement",
        parts=[tiers],
        tiers=tiers,
    )


def _item_propose(request: PageRequest, row: FrameworkAgreement, award: Award) -> HttpResponse:
    data = sent(request)
    form = position_forms.PositionForm(data, initial={"valid_from": today()})
    form.fields["source"].required = False
    register, tiers = RegisterFields(data), position_forms.tier_formset(data)
    return agreement_form(
        request,
        row,
        form,
        lambda: additions.propose_position(
            award_id=award.pk,
            spec=form.spec,
            prices=form.prices(tiers.rows),
            entry=register.entry,
            by=request.actor,
            now=timezone.now(),
        ),
        title=f"Weitere Position zu {award.reference} vorschlagen",
        here="Position vorschlagen",
        lead="Nach der Listung kommt eine Position nur durch zwei Personen und mit einem Eintrag "
        "im Änderungsregister hinzu. Höchstmenge mal Preis darf dessen Wert nicht übersteigen.",
        submit="Vorschlagen",
        said="Die Position ist vorgeschlagen und wartet auf die Zweitprüfung.",
        to="agreement_modifications",
        back="agreement",
        parts=[register, tiers],
        more=register,
        more_title="Änderungsregister (§ 132 GWB)",
        tiers=tiers,
    )


def item_edit(request: PageRequest, agreement_id: int, item_id: int) -> HttpResponse:
    """A position of a draft with its price."""
    row = own(request, agreement_id)
    item = get_object_or_404(
        ContractItem.objects.select_related("account", "award"),
        pk=item_id,
        award__lot__agreement=row,
    )
    data = sent(request)
    initial, known = position_forms.initial_position(item)
    form = position_forms.PositionForm(data, initial=initial)
    tiers = position_forms.tier_formset(data, known)
    return agreement_form(
        request,
        row,
        form,
        lambda: positions.edit_position(
            item_id=item.pk,
            spec=form.spec,
            prices=form.prices(tiers.rows),
            by=request.actor,
            now=timezone.now(),
        ),
        title=f"Position {item.number} bearbeiten",
        here=item.number,
        said="Die Position ist gespeichert.",
        to="agreement_items",
        back="agreement",
        parts=[tiers],
        tiers=tiers,
        remove=at("item_remove", row.pk, item.pk),
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
    context = page_context(request, row, "Entfernen")
    address = "frontend/agreements/refused.html"
    return saved(
        request,
        lambda: step(**key, by=request.actor, now=timezone.now()),
        said="Der Eintrag ist aus dem Entwurf entfernt.",
        to=at("agreement", row.pk),
        again=lambda refusal: render(request, address, {**context, "refusal": refusal}),
    )


def _award(row: FrameworkAgreement, award_id: int) -> Award:
    rows = Award.objects.select_related("account", "lot", "supplier")
    return get_object_or_404(rows, pk=award_id, lot__agreement=row)
