"""Reading the recorded steps of the allocation: who sees which."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from contracts.parties.models import Membership
from orders.models import AllocationStep


def visible_steps(by: Membership) -> QuerySet[AllocationStep]:
    """Steps of the actor's organisation: as the body that runs the agreement all of them,
    as a buyer those of its own requisitions (a school that school's), as a supplier its own.
    """
    buying = Q(requisition__authority_id=by.organisation_id)
    if by.school_id is not None:
        buying &= Q(requisition__school_id=by.school_id)
    return AllocationStep.objects.filter(
        buying
        | Q(lot__agreement__purchasing_body_id=by.organisation_id)
        | Q(award__supplier_id=by.organisation_id)
    ).select_related("award__supplier", "call_off", "requisition", "lot")
