"""A successor for the first article of the small world."""

from __future__ import annotations

from datetime import datetime

from contracts.agreements.models import SuccessorProposal
from contracts.catalogue import successors
from contracts.catalogue.successors import NewArticle
from contracts.parties.models import Membership

from .world import World


def new_article(world: World, **changed: object) -> NewArticle:
    """What takes the place of the first listing, with the changes."""
    given = {
        "listing_id": world.listings[0].pk,
        "supplier_aid": "A-1-NEU",
        "name": "Notebook der nächsten Reihe",
        "statement": "Schnellerer Prozessor, sonst gleich",
        **changed,
    }
    return NewArticle(**given)  # type: ignore[arg-type]


def propose_successor(
    world: World, keeper: Membership, *, now: datetime, **changed: object
) -> SuccessorProposal:
    """A proposal of the first supplier's catalogue keeper."""
    return successors.propose(new_article(world, **changed), by=keeper, now=now)
