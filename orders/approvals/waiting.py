"""The rule of what waits for a signature, said once.

It is asked on every page (the count in the navigation), for the inbox and before each
decision. The text is constant, so that the server keeps it prepared where it is read in
bulk (`queue.py`); querysets take it as a condition.
"""

from __future__ import annotations

import re
from typing import Any

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from orders.models import Requisition
from orders.signing.voices import Voice

# Of one authority, submitted, a step of the open tier asks for the role (or does so since it
# was escalated), nobody this signature speaks for has asked for it or spoken in this round;
# whoever belongs to a school signs for no other. Columns: `requisition`, its current
# `revision` and `asked.due`. No step is of a later round than the present one; "not older" says
# the same as "equal", and the planner does not take it for a rare coincidence.
WAITING = """
  FROM orders_requisition requisition
  JOIN (SELECT requisition_id, revision_no, min(deadline) AS due
          FROM orders_approvalstep
         WHERE completed_at IS NULL AND opened_at IS NOT NULL
           AND (role = %(role)s::text
                OR escalation_role = %(role)s::text AND escalated_at IS NOT NULL)
         GROUP BY requisition_id, revision_no) asked
    ON asked.requisition_id = requisition.id AND asked.revision_no >= requisition.submitted_revision
  JOIN orders_requisitionrevision revision
    ON revision.requisition_id = requisition.id AND revision.number = requisition.current_revision
 WHERE requisition.authority_id = %(authority)s::bigint
   AND requisition.state = 'submitted'
   AND (cardinality(%(schools)s::bigint[]) = 0
        OR requisition.school_id = ALL (%(schools)s::bigint[]))
   AND NOT EXISTS (SELECT FROM orders_involvement part
                    WHERE part.requisition_id = requisition.id AND part.side = 'ask'
                      AND part.person_id = ANY (%(people)s::bigint[]))
   AND NOT EXISTS (SELECT FROM orders_signature said
                    WHERE said.requisition_id = requisition.id
                      AND said.round_no = requisition.submitted_revision
                      AND said.person_id = ANY (%(people)s::bigint[]))"""

# Expressions of Django take their values by place.
_NAME = re.compile(r"%\((\w+)\)s")
_BY_PLACE = "SELECT requisition.id" + _NAME.sub("%s", WAITING)
_NAMES = _NAME.findall(WAITING)


def values_of(voice: Voice) -> dict[str, Any]:
    """What `WAITING` asks of a voice."""
    return {
        "role": voice.membership.role,
        "authority": voice.membership.organisation_id,
        "schools": sorted(voice.school_ids),
        "people": list(voice.people),
    }


def waiting(voice: Voice) -> QuerySet[Requisition]:
    """What waits for the role of this voice, whatever its limit."""
    values = values_of(voice)
    keys = RawSQL(_BY_PLACE, [values[name] for name in _NAMES])  # noqa: S611 - a constant text
    return Requisition.objects.filter(pk__in=keys)
