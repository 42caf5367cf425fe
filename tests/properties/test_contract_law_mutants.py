"""Named mutants of what one person or one house must not do alone.

The laws are small enough to need no machine: two purchasing bodies with one article, and a
listed agreement that one contract manager wants to add to.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest

from contracts.agreements.models import ContractItem, PriceBasis
from contracts.agreements.prices import quotes
from contracts.agreements.writing import positions, setup
from contracts.agreements.writing.editing import NotEditable
from contracts.agreements.writing.positions import Prices
from contracts.agreements.writing.setup import ItemSpec
from contracts.agreements.writing.tiers import TierRow
from tests.two_bodies import AUGUST, two_bodies
from tests.world import NOW, build_world

from .mutation import Mutant, Patch, mutant

pytestmark = pytest.mark.django_db

Law = Callable[[], None]
ITEM_GUARD = (
    'require_draft(managed_agreement(award.lot.agreement_id, by=by, now=now), "Positionen sind")'
)
PRICE_GUARD = 'require_draft(managed_agreement(agreement_id, by=by, now=now), "Preise sind")'


def each_body_keeps_its_price() -> None:
    market = two_bodies()
    market.accepted(market.a, 120)
    prices = (market.a.price(AUGUST), market.b.price(AUGUST))
    assert prices == (Decimal(108), Decimal(90)), f"a list price crossed bodies: {prices}"


def nobody_adds_a_position_alone() -> None:
    world = build_world()
    spec = ItemSpec("1.5", "Dockingstation", PriceBasis.FIXED, max_quantity=10**6)
    prices = Prices((TierRow(1, Decimal(999)),), date(2026, 6, 15), 1, "ich")
    with suppress(NotEditable):
        positions.add_position(
            award_id=world.awards[0].pk, spec=spec, prices=prices, by=world.manager, now=NOW
        )
    assert not ContractItem.objects.filter(number="1.5").exists(), "one person added a position"


LAWS = (each_body_keeps_its_price, nobody_adds_a_position_alone)
MUTANTS: tuple[Mutant[Law], ...] = (
    mutant(
        "a list price crosses bodies: quotes take any version of the article",
        each_body_keeps_its_price,
        "a list price crossed bodies",
        quotes,
        (
            "list_prices.get((listing.item_id, listing.article_id))",
            "next((row for (_, pk), row in list_prices.items() if pk == listing.article_id), None)",
        ),
        "offers",
    ),
    Mutant(
        "one person adds a priced position to a listed agreement: neither item nor price asks",
        nobody_adds_a_position_alone,
        "one person added a position",
        (
            Patch(
                setup,
                (
                    (ITEM_GUARD, "managed_agreement(award.lot.agreement_id, by=by, now=now)"),
                    (PRICE_GUARD, "managed_agreement(agreement_id, by=by, now=now)"),
                ),
                ("create_item", "set_price"),
                (setup, positions),
            ),
        ),
    ),
)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_the_unchanged_product_keeps_the_law(law: Law) -> None:
    law()


@pytest.mark.parametrize("spoilt", MUTANTS, ids=str)
def test_a_mutant_dies(spoilt: Mutant[Law], monkeypatch: pytest.MonkeyPatch) -> None:
    for patch in spoilt.patches:
        patch.apply(monkeypatch)
    with pytest.raises(AssertionError, match=spoilt.dies_by):
        spoilt.road()
