"""The inbox, read at once: what waits for a voice, narrowed down, sorted, a page of it.

One statement counts, sorts and brings all that a row shows. Through the ORM the
same took nine queries and most of the page's time (docs/performance.md).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from contracts.sql import fetch
from orders.signing.voices import Voice

from .waiting import WAITING, values_of

SHOWN_LINES = 3
Order = Literal["due", "gross", "age"]


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What is left of the inbox and in which order; amounts in EUR gross, both inclusive.

    `text` is part of the number, the title or the family name; `overdue_at` leaves what was
    due before then; `ids` leaves these alone.
    """

    text: str = ""
    school_id: int | None = None
    overdue_at: datetime | None = None
    least: Decimal | None = None
    most: Decimal | None = None
    ids: Collection[int] | None = None
    order: Order = "due"


EVERYTHING = Narrowing()


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One of the first lines of what is asked for."""

    quantity: int
    title: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A requisition that waits, and the step the voice is asked to sign.

    Own steps come before escalated ones. `gross` (EUR) is that of the current revision.
    """

    requisition_id: int
    number: str
    submitted_at: datetime
    person: str
    school: str
    revision_id: int
    revision_no: int
    title: str
    gross: Decimal
    tier: int
    reason: str
    deadline: datetime
    escalated_at: datetime | None
    committee: str
    committee_on: date | None
    line_count: int
    lines: tuple[ShownLine, ...]


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of the inbox: `found` rows are left of `waiting`; `above` are beyond the limit."""

    rows: list[Asked]
    found: int
    waiting: int
    above: int
    page: int


_ORDER = """
    CASE WHEN %(order)s::text = 'due' THEN due END,
    CASE WHEN %(order)s::text = 'gross' THEN gross END DESC,
    CASE WHEN %(order)s::text = 'age' THEN submitted_at END,
    id"""

# OFFSET brings the last page where a page behind it is asked for.
_QUEUE = f"""
WITH able AS MATERIALIZED (
    SELECT requisition.id, requisition.number, requisition.submitted_at, requisition.school_id,
           requisition.created_by_id,
           requisition.submitted_revision, requisition.current_revision, asked.due,
           revision.id AS revision_id, revision.title, revision.gross,
           coalesce(revision.gross <= %(limit)s::numeric, false) AS is_within,
           (%(school)s::bigint IS NULL OR requisition.school_id = %(school)s::bigint)
           AND (%(overdue_at)s::timestamptz IS NULL OR asked.due < %(overdue_at)s::timestamptz)
           AND (%(least)s::numeric IS NULL OR revision.gross >= %(least)s::numeric)
           AND (%(most)s::numeric IS NULL OR revision.gross <= %(most)s::numeric)
           AND (%(ids)s::bigint[] IS NULL OR requisition.id = ANY (%(ids)s::bigint[]))
           AND (%(text)s::text = ''
                OR strpos(upper(requisition.number), upper(%(text)s::text)) > 0
                OR strpos(upper(revision.title), upper(%(text)s::text)) > 0
                OR EXISTS (SELECT
                             FROM parties_membership member
                             JOIN parties_user person ON person.id = member.user_id
                            WHERE member.id = requisition.created_by_id
                              AND strpos(upper(person.last_name), upper(%(text)s::text)) > 0))
           AS is_left
    {WAITING}
), counts AS MATERIALIZED (
    SELECT count(*) FILTER (WHERE is_within) AS waiting,
           count(*) FILTER (WHERE NOT is_within) AS above,
           count(*) FILTER (WHERE is_within AND is_left) AS found
      FROM able
), page AS (
    SELECT *
      FROM able
     WHERE is_within AND is_left
     ORDER BY {_ORDER}
     LIMIT %(size)s::bigint
    OFFSET (SELECT least(%(page)s::bigint - 1, greatest(found - 1, 0) / %(step)s::bigint)
                   * %(step)s::bigint
              FROM counts)
)
SELECT counts.found, counts.waiting, counts.above,
       page.id, page.number, page.submitted_at,
       coalesce(nullif(btrim(person.first_name || ' ' || person.last_name), ''), person.email),
       coalesce(school.name, ''),
       page.revision_id, page.current_revision, page.title, page.gross,
       step.tier, step.reason, step.deadline, step.escalated_at, step.committee,
       step.committee_on, lines.count, lines.quantities, lines.titles
  FROM counts
  LEFT JOIN (page
       JOIN parties_membership member ON member.id = page.created_by_id
       JOIN parties_user person ON person.id = member.user_id
       LEFT JOIN parties_school school ON school.id = page.school_id
       JOIN LATERAL (
           SELECT *
             FROM orders_approvalstep step
            WHERE step.requisition_id = page.id
              AND step.revision_no = page.submitted_revision
              AND step.completed_at IS NULL AND step.opened_at IS NOT NULL
              AND (step.role = %(role)s::text
                   OR step.escalation_role = %(role)s::text AND step.escalated_at IS NOT NULL)
            ORDER BY step.role = %(role)s::text DESC, step.tier DESC, step.id DESC
            LIMIT 1) step ON true
       JOIN LATERAL (
           SELECT count(*),
                  (array_agg(line.quantity ORDER BY line.line_no))[:{SHOWN_LINES}] AS quantities,
                  (array_agg(line.title ORDER BY line.line_no))[:{SHOWN_LINES}] AS titles
             FROM orders_requisitionline line
            WHERE line.revision_id = page.revision_id) lines ON true)
    ON true
 ORDER BY {_ORDER.replace("submitted_at", "page.submitted_at").replace("    id", "    page.id")}"""  # noqa: S608 - of constant parts


_COUNT = f"SELECT count(*) {WAITING} AND revision.gross <= %(limit)s::numeric"


def count_waiting(voice: Voice) -> int:
    """How many requisitions wait for the voice, within its limit."""
    limit = voice.membership.signing_limit
    if limit is None:
        return 0
    ((count,),) = fetch(_COUNT, {**values_of(voice), "limit": limit})
    return int(count)


def read_queue(
    voice: Voice, narrowing: Narrowing = EVERYTHING, *, page: int = 1, size: int | None = None
) -> Queue:
    """The page of the inbox, the last one where *page* lies behind it; all of it without *size*.

    Left out are those that whoever signs, or whoever is substituted, asked for, edited or has
    signed in this round, and those above the signing limit.
    """
    rows = fetch(
        _QUEUE,
        {
            **values_of(voice),
            "limit": voice.membership.signing_limit,
            "text": narrowing.text,
            "school": narrowing.school_id,
            "overdue_at": narrowing.overdue_at,
            "least": narrowing.least,
            "most": narrowing.most,
            "ids": list(narrowing.ids) if narrowing.ids is not None else None,
            "order": narrowing.order,
            "page": max(page, 1),
            "size": size,
            "step": size or 1,
        },
        prepare=False,  # the plan for any voice takes twice as long where thousands wait
    )
    found, waiting, above, *_ = rows[0]
    last = max(1, -(-found // size)) if size else 1
    return Queue(
        rows=[_asked(*row[3:]) for row in rows if row[3] is not None],
        found=found,
        waiting=waiting,
        above=above,
        page=min(max(page, 1), last),
    )


def _asked(*row: Any) -> Asked:
    *facts, quantities, titles = row
    lines = tuple(ShownLine(*line) for line in zip(quantities, titles, strict=True))
    return Asked(*(*facts, lines))
