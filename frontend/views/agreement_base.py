"""What all pages of one agreement share: finding it, the way back, and forms about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from contracts.agreements.entitlement import visible_agreements
from contracts.agreements.models import FrameworkAgreement
from contracts.clock import berlin_day
from contracts.parties.models import Role
from frontend.actor import PageRequest
from frontend.addresses import at, crumbs
from frontend.saving import Done, form_page


def today() -> date:
    """The day of the rules."""
    return berlin_day(timezone.now())


def visible(request: PageRequest, agreement_id: int) -> FrameworkAgreement:
    """The agreement, if the actor's organisation may look into it; else 404."""
    return get_object_or_404(
        visible_agreements(request.actor.organisation_id, today()).select_related(
            "purchasing_body", "responsible__user", "account"
        ),
        pk=agreement_id,
    )


def own(request: PageRequest, agreement_id: int) -> FrameworkAgreement:
    """The agreement, if the actor's organisation runs it; else 404."""
    row = visible(request, agreement_id)
    if not is_own(request, row):
        raise Http404
    return row


def is_own(request: PageRequest, row: FrameworkAgreement) -> bool:
    """Whether the actor's organisation runs the agreement."""
    return row.purchasing_body_id == request.actor.organisation_id


def manages(request: PageRequest, row: FrameworkAgreement) -> bool:
    """Whether the actor may write the agreement."""
    return is_own(request, row) and request.actor.role == Role.CONTRACT_MANAGER


def page_context(request: PageRequest, row: FrameworkAgreement, here: str = "") -> dict[str, Any]:
    """What the templates of all these pages need."""
    above = [("Vereinbarungen", at("agreements")), (row.number, at("agreement", row.pk))]
    return {
        "agreement": row,
        "is_own": is_own(request, row),
        "may_write": manages(request, row),
        "crumbs": crumbs(*above, here=here) if here else crumbs(above[0], here=row.number),
    }


def agreement_form(
    request: PageRequest,
    row: FrameworkAgreement,
    form: forms.Form,
    step: Callable[[], Done],
    *,
    title: str,
    said: str,
    here: str = "",
    to: str = "agreement",
    back: str = "",
    template: str = "agreements/form",
    submit: str = "Speichern",
    **more: Any,
) -> HttpResponse:
    """A page that is one form about the agreement; *to* and *back* name pages of it."""
    return form_page(
        request,
        form,
        step,
        title=title,
        said=said,
        to=at(to, row.pk),
        back=at(back or to, row.pk),
        template=template,
        submit=submit,
        **page_context(request, row, here or title),
        **more,
    )
