"""Successors: one that took the place of an ordered article, one that waits for release."""

from __future__ import annotations

from contracts.agreements.models import Article, Listing
from contracts.catalogue.successors import NewArticle, propose, release

from .days import Days
from .families import gtin
from .people import People
from .plans import SCHOOL_IT_NUMBER

_RANGE = 90  # of our own GTINs, beside the ranges of the suppliers


def succeed(people: People, days: Days) -> None:
    """Propose both through the suppliers' catalogue desks; the manager releases the first."""
    case = _first_listing("1.3")
    proposal = propose(
        NewArticle(
            listing_id=case.pk,
            supplier_aid="HL-0313-11",
            name="Torvio Tastaturhülle 2, Schwarz",
            statement="Gleiche Maße und Tasten; neu sind beleuchtete Tasten und ein Stiftfach "
            "mit Verschluss.",
            description="Hülle mit abnehmbarer, beleuchteter Tastatur und Stiftfach.",
            manufacturer="Torvio",
            mpn="TOR-1311",
            gtin=gtin(_RANGE, 1),
            evidence="Datenblatt des Herstellers, Abkündigung der Vorgängerin",
        ),
        by=people["katalog-havelland"],
        now=days.ago(8, 11, 20),
    )
    released = release(proposal_id=proposal.pk, by=people["vertrag"], now=days.ago(5, 10, 5))
    Article.objects.filter(pk=released.article_id).update(image=case.article.image)
    propose(
        NewArticle(
            listing_id=_first_listing("2.3").pk,
            supplier_aid="SB-0323-11",
            name="Kestrin Dockingstation USB-C G2, 2 × DisplayPort",
            statement="Ein Netzwerkanschluss mit 2,5 statt 1 Gbit/s, sonst baugleich.",
            manufacturer="Kestrin",
            mpn="KES-2311",
            gtin=gtin(_RANGE, 2),
            evidence="Datenblatt des Herstellers",
        ),
        by=people["katalog"],
        now=days.ago(1, 15, 40),
    )


def _first_listing(item_number: str) -> Listing:
    """The first article that rank 1 sells under the position."""
    return (
        Listing.objects.filter(
            item__number=item_number,
            item__award__rank=1,
            item__award__lot__agreement__number=SCHOOL_IT_NUMBER,
        )
        .select_related("article")
        .earliest("pk")
    )
