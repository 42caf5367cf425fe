"""What all pages of one agreement share: finding it, and the way back."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from contracts.agreements.entitlement import visible_agreements
from contracts.agreements.models import FrameworkAgreement
from contracts.clock import berlin_day
from contracts.parties.models import Role
from frontend.actor import PageRequest


def today() -> date:
    """The day of the rules."""
    return berlin_day(timezone.now())


def visible(request: PageRequest, agreement_id: int) -> FrameworkAgreement:
    """The agreement, if the actor's organisation may look into it; else 404."""
    row = (
        visible_agreements(request.actor.organisation_id, today())
        .select_related("purchasing_body", "responsible__user", "account")
        .filter(pk=agreement_id)
        .first()
    )
    if row is None:
        raise Http404
    return row


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


def crumbs(row: FrameworkAgreement, *more: str) -> list[dict[str, str]]:
    """The way to a page of the agreement; the last entry is the page itself."""
    address = reverse("frontend:agreement", args=[row.pk])
    found = [
        {"label": "Vereinbarungen", "url": reverse("frontend:agreements")},
        {"label": row.number, "url": address},
    ]
    return [*found, *({"label": label, "url": ""} for label in more)]


def page_context(request: PageRequest, row: FrameworkAgreement, *more: str) -> dict[str, Any]:
    """What the templates of all these pages need."""
    return {
        "agreement": row,
        "is_own": is_own(request, row),
        "may_write": manages(request, row),
        "crumbs": crumbs(row, *more),
    }
