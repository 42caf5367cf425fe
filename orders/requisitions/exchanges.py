"""Exchanging the revision that is in approval: what the old one held, the new one holds.

An edit and an approver's cut both end here. The requisition is locked, and so are all limit
accounts of both revisions; between the release and the new hold nobody can step in, and a
refusal leaves everything as it was.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from contracts.agreements.prices.ordering import Wanted
from contracts.clock import berlin_day
from contracts.parties.models import Membership
from orders.allotting.asking import Answer, PaidFrom
from orders.allotting.asking import ask as judge
from orders.allotting.moments import Moment
from orders.allotting.reading import read_order
from orders.binding import holds
from orders.binding.standing import Standing, stand_still
from orders.facts import RevisionFacts
from orders.finance.events import FinanceFact
from orders.finance.facts import releases, reservations
from orders.models import Requisition

from .writing import NewRevision, write_next


def standing_for(
    requisition: Requisition,
    revision: RevisionFacts,
    *,
    wanted: Sequence[Wanted] = (),
    account_ids: Collection[int] = (),
    now: datetime,
) -> Standing:
    """Lock every limit that the revision and what is wanted instead touch, and read.

    What the requisition holds itself does not count against it.
    """
    return stand_still(
        revision.lines,
        requisition_id=requisition.pk,
        buyer_id=requisition.authority_id,
        on=berlin_day(now),
        listing_ids={row.listing_id for row in wanted} - revision.listing_ids(),
        account_ids=account_ids,
    )


def advise_instead(
    requisition: Requisition,
    revision: RevisionFacts,
    wanted: Sequence[Wanted],
    *,
    moment: Moment,
    paid_from: Iterable[PaidFrom] = (),
    now: datetime,
) -> Answer:
    """What would be answered, as advice: nothing is locked, it may be another a moment later."""
    facts = read_order(
        revision.listing_ids() | {row.listing_id for row in wanted},
        buyer_id=requisition.authority_id,
        on=berlin_day(now),
        own=holds.held_by_account(holds.open_holds(revision.lines)),
        requisition_id=requisition.pk,
    )
    return judge(moment, wanted, facts, paid_from=paid_from)


def exchange(
    requisition: Requisition,
    revision: RevisionFacts,
    new: NewRevision,
    standing: Standing,
    *,
    by: Membership,
    now: datetime,
) -> tuple[RevisionFacts, list[FinanceFact]]:
    """Write the next revision and hold what it needs in place of what was held.

    Returns it with what finance hears: the release of the old, the reservation of the new. What
    was full with this very requisition carries it further, and the review that the movement
    asks for opens it where something fits again. Raises LimitExceeded and AccountClosed.
    """
    fresh = write_next(requisition, new, by=by, now=now)
    shelf = standing.facts.shelf
    freed = releases(reservations(requisition, revision.lines, shelf, approver=by))
    holds.hold_instead(standing.held, fresh.lines, shelf, by=by, now=now)
    return fresh, [*freed, *reservations(requisition, fresh.lines, shelf)]
