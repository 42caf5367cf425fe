"""Reading call-offs: who sees which."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from contracts.parties.models import Membership

from .models import CallOff


def visible_call_offs(by: Membership) -> QuerySet[CallOff]:
    """Call-offs of the actor's organisation: as buyer, as supplier, or as the body whose
    agreement they draw on. A membership of a school sees that school's only.
    """
    rows = CallOff.objects.filter(
        Q(authority_id=by.organisation_id)
        | Q(supplier_id=by.organisation_id)
        | Q(lot__agreement__purchasing_body_id=by.organisation_id)
    )
    if by.school_id is not None:
        rows = rows.filter(school_id=by.school_id)
    return rows
