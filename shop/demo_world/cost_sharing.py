"""Schools and budgets side by side: a draft handed over, and a purchase two Gemeinden share."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from contracts.agreements.prices.ordering import Wanted
from orders import requisitions
from orders.basket import baskets
from orders.requisitions import Ask, Place, Share

from .activity import Budgets, first_listings
from .days import Days
from .parties import Parties
from .people import People

_PUPILS = {"birkenow": Decimal("58.3333"), "kraehenwerder": Decimal("41.6667")}


def share_costs(parties: Parties, people: People, budgets: Budgets, days: Days) -> None:
    """Let both happen through the public functions."""
    _hand_over(people, days)
    _two_gemeinden(parties, people, budgets, days)


def _hand_over(people: People, days: Days) -> None:
    """A school asks and leaves the budget to procurement."""
    listings, school = first_listings(), people["schule"]
    now = days.ago(1, 9, 30)
    for number, quantity in {"1.2": 26, "1.3": 26}.items():
        baskets.set_quantity(by=school, listing_id=listings[number].pk, quantity=quantity, now=now)
    requisitions.hand_over_basket(
        by=school,
        ask=Ask(
            title="Stifte und Tastaturen für die Klasse 2b",
            justification="Die Tablets der Klasse sind da, das Zubehör fehlt noch.",
            needed_by=days.today + timedelta(days=45),
            places={
                "": Place(
                    school_id=school.school_id,
                    contact="Sekretariat, Frau Kranz",
                    note="Eingang über den Hof, Aufzug links.",
                )
            },
        ),
        school_id=None,
        now=now,
    )


def _two_gemeinden(parties: Parties, people: People, budgets: Budgets, days: Days) -> None:
    """One Amt buys for two schools; the costs follow the number of pupils."""
    listings, officer = first_listings(), people["amt"]
    birkenow, kraehenwerder = (
        Place(school_id=parties.schools[key].pk) for key in ("gs-birkenow", "gs-kraehenwerder")
    )
    wanted = [
        Wanted("birkenow-1", listings["1.1"].pk, 14),
        Wanted("birkenow-2", listings["1.4"].pk, 14),
        Wanted("kraehenwerder-1", listings["1.1"].pk, 10),
        Wanted("kraehenwerder-2", listings["1.4"].pk, 10),
    ]
    made = requisitions.create(
        by=officer,
        ask=Ask(
            title="Tablets für zwei Grundschulen",
            justification="Gemeinsame Beschaffung, Kosten nach Schülerzahl geteilt.",
            shares={"": [Share(budgets[key].pk, percent) for key, percent in _PUPILS.items()]},
            places={
                "birkenow-1": birkenow,
                "birkenow-2": birkenow,
                "kraehenwerder-1": kraehenwerder,
                "kraehenwerder-2": kraehenwerder,
            },
        ),
        wanted=wanted,
        school_id=None,
        now=days.ago(2, 11),
    )
    requisitions.submit(requisition_id=made.pk, by=officer, now=days.ago(2, 11, 20))
