"""What has happened already: requisitions in every state, call-offs, decisions."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from contracts.agreements.models import Listing
from contracts.parties.models import Membership
from orders import approvals, requisitions
from orders.basket import baskets
from orders.mails import send_due
from orders.models import BudgetLine, Requisition
from orders.requisitions import Ask, Share

from .days import Days
from .parties import Parties
from .people import People
from .plans import SCHOOL_IT_NUMBER
from .stories import STORIES, Signature, Story

Budgets = Mapping[str, BudgetLine]


def live(parties: Parties, people: People, budgets: Budgets, days: Days) -> dict[str, Requisition]:
    """Let every story happen through the public functions, each step at its own moment,
    and mail whom it concerns before the next.

    Returns the requisitions of the stories that have a key.
    """
    listings = first_listings()
    lived = {
        story.key: _live(story, parties, people, budgets, days, listings)
        for story in sorted(STORIES, key=lambda story: -story.days_ago)
    }
    del lived[""]
    return lived


def _live(
    story: Story,
    parties: Parties,
    people: People,
    budgets: Budgets,
    days: Days,
    listings: Mapping[str, Listing],
) -> Requisition:
    asker = people[story.asked_by]
    now = days.ago(story.days_ago, 8, 20)
    for item_number, quantity in story.wants.items():
        baskets.set_quantity(
            by=asker, listing_id=listings[item_number].pk, quantity=quantity, now=now
        )
    requisition = requisitions.create_from_basket(
        by=asker,
        ask=_ask(story, budgets),
        school_id=parties.schools[story.school].pk if story.school else None,
        now=now,
    )
    if not story.submitted_by:
        return requisition
    requisition = requisitions.submit(
        requisition_id=requisition.pk,
        by=people[story.submitted_by],
        now=days.ago(story.days_ago, 9, 40),
    )
    send_due(now=days.ago(story.days_ago, 9, 41))
    if story.withdrawn:
        requisitions.withdraw(
            requisition_id=requisition.pk, by=asker, now=days.ago(story.days_ago, 15)
        )
    for hour, signature in enumerate(story.signatures, start=10):
        _sign(requisition, signature, people[signature.by], days, hour)
    return requisition


def _sign(
    requisition: Requisition, signature: Signature, by: Membership, days: Days, hour: int
) -> None:
    approvals.decide(
        requisition_id=requisition.pk,
        revision_no=requisition.current_revision,
        verdict=signature.verdict,
        comment=signature.comment,
        by=by,
        now=days.ago(signature.days_ago, hour, 15),
    )
    send_due(now=days.ago(signature.days_ago, hour, 16))


def _ask(story: Story, budgets: Budgets) -> Ask:
    return Ask(
        title=story.title,
        justification=story.reason,
        shares={
            "": [Share(budgets[key].pk, Decimal(percent)) for key, percent in story.budgets.items()]
        },
    )


def first_listings() -> dict[str, Listing]:
    """The first listing of each item of the school IT agreement's first ranks, by number."""
    rows = (
        Listing.objects.filter(
            item__award__lot__agreement__number=SCHOOL_IT_NUMBER, item__award__rank=1
        )
        .select_related("item")
        .order_by("-pk")
    )
    return {row.item.number: row for row in rows}
