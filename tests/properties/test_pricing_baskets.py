"""A thousand mixed baskets: basket = requisition = call-offs = documents, by VAT group."""

from __future__ import annotations

from .basket_law import check_basket, mixed_baskets, tax_per_line_differs

COUNT = 1000


def test_every_reading_of_a_thousand_mixed_baskets_states_the_same_amounts() -> None:
    for basket in mixed_baskets(COUNT):
        check_basket(basket)


def test_the_baskets_are_mixed_enough_to_tell_groupings_apart() -> None:
    baskets = list(mixed_baskets(COUNT))
    assert sum(tax_per_line_differs(basket) for basket in baskets) > COUNT // 5
    assert sum(len({row.item.call_off for row in basket}) > 1 for basket in baskets) > COUNT // 2
    assert sum(len({row.item.vat for row in basket}) > 1 for basket in baskets) > COUNT // 2
