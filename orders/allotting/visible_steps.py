"""Reading the recorded steps of the allocation: who sees which."""

from __future__ import annotations

from django.db.models import QuerySet

from contracts.parties.models import Membership, OrganisationKind
from orders.models import AllocationStep


def visible_steps(by: Membership) -> QuerySet[AllocationStep]:
    """Steps of the actor's organisation: as the body that runs the agreement all of them,
    as a buyer those of its own requisitions (a school that school's), as a supplier its own.
    """
    if by.organisation.kind == OrganisationKind.PURCHASING_BODY:
        rows = AllocationStep.objects.filter(lot__agreement__purchasing_body_id=by.organisation_id)
    elif by.organisation.kind == OrganisationKind.SUPPLIER:
        rows = AllocationStep.objects.filter(award__supplier_id=by.organisation_id)
    else:
        rows = AllocationStep.objects.filter(requisition__authority_id=by.organisation_id)
        if by.school_id is not None:
            rows = rows.filter(requisition__school_id=by.school_id)
    return rows.select_related("award__supplier", "call_off", "requisition", "lot")
