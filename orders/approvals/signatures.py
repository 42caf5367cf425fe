"""A round as it stands, read in one statement; a decision with its signatures, written in one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from contracts.sql import fetch
from orders.models import ApprovalStep, Requisition
from orders.models.approval import Verdict
from orders.signing.voices import Voice

_COLUMNS = tuple(str(field.column) for field in ApprovalStep._meta.concrete_fields)  # noqa: SLF001
_ROUND = f"""
SELECT {", ".join(f"step.{name}" for name in _COLUMNS)},
       (SELECT count(*) FROM orders_decision decision
         WHERE decision.step_id = step.id AND decision.verdict = 'approve'),
       ARRAY(SELECT person_id FROM orders_involvement
              WHERE requisition_id = step.requisition_id AND side = 'ask')
  FROM orders_approvalstep step
 WHERE step.requisition_id = %(requisition_id)s AND step.revision_no = %(round)s
 ORDER BY step.tier, step.id"""  # noqa: S608 - the model's own columns

# Whoever asked stays on that side, and the composite foreign keys refuse the decision; with it
# the step is finished where it has enough signatures.
_DECISION = """
WITH involved AS (
    INSERT INTO orders_involvement (requisition_id, person_id, side)
    SELECT %(requisition_id)s, person, 'approve' FROM unnest(%(people)s::bigint[]) person
    ON CONFLICT (requisition_id, person_id) DO NOTHING
), decision AS (
    INSERT INTO orders_decision
           (step_id, requisition_id, round_no, revision_no, granted_revision, membership_id,
            person_id, on_behalf_of_id, delegation_id, verdict, comment, resolution, decided_at)
    VALUES (%(step_id)s, %(requisition_id)s, %(round)s, %(read)s, %(granted)s, %(by)s,
            %(person_id)s, %(on_behalf_of_id)s, %(delegation_id)s, %(verdict)s, %(comment)s,
            %(resolution)s, %(now)s)
    RETURNING id
), signed AS (
    INSERT INTO orders_signature (decision_id, requisition_id, round_no, person_id)
    SELECT decision.id, %(requisition_id)s, %(round)s, person
      FROM decision, unnest(%(people)s::bigint[]) person
), finished AS (
    UPDATE orders_approvalstep SET completed_at = %(now)s
     WHERE id = %(step_id)s AND %(completes)s::boolean
)
SELECT id FROM decision"""


@dataclass(frozen=True, slots=True)
class Round:
    """The steps of the current round, how many have signed each, and who stands on the other
    side.
    """

    steps: Sequence[ApprovalStep]
    given: Mapping[int, int]
    asking: frozenset[int]


def read_round(requisition: Requisition) -> Round:
    """The current round of a locked requisition."""
    rows = fetch(
        _ROUND,
        {"requisition_id": requisition.pk, "round": requisition.submitted_revision},
    )
    width = len(_COLUMNS)
    steps = [ApprovalStep.from_db(connection.alias, _COLUMNS, row[:width]) for row in rows]
    return Round(
        steps,
        {step.pk: row[width] for step, row in zip(steps, rows, strict=True)},
        frozenset(rows[0][width + 1]) if rows else frozenset(),
    )


def write_decision(
    step: ApprovalStep,
    voice: Voice,
    *,
    verdict: Verdict,
    read: int,
    granted: int | None,
    comment: str,
    resolution: str,
    completes: bool,
    now: datetime,
) -> int:
    """Write the decision, whom it speaks for, and that the step is done; return its key."""
    ((pk,),) = fetch(
        _DECISION,
        {
            "requisition_id": step.requisition_id,
            "people": list(voice.people),
            "step_id": step.pk,
            "round": step.revision_no,
            "read": read,
            "granted": granted,
            "by": voice.by.pk,
            "person_id": voice.by.user_id,
            "on_behalf_of_id": voice.on_behalf_of_id,
            "delegation_id": voice.delegation.pk if voice.delegation is not None else None,
            "verdict": verdict.value,
            "comment": comment,
            "resolution": resolution,
            "completes": completes,
            "now": now,
        },
    )
    return int(pk)
