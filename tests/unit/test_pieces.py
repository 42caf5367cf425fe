"""Pieces of a split line, in numbers written down by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from contracts.pricing import InvalidQuantity, SharesDoNotSum, carried_pieces


@pytest.mark.parametrize(
    ("quantity", "percent", "pieces"),
    [
        (8, "100", "8"),
        (8, "100.0000", "8"),
        (1, "50", "0.5"),
        (3, "33.3333", "0.999999"),
        (3, "33.3334", "1.000002"),
        (1, "0.0001", "0.000001"),
        (1_000_000, "12.3456", "123456"),
    ],
)
def test_an_assignment_carries_its_share(quantity: int, percent: str, pieces: str) -> None:
    assert carried_pieces(quantity, Decimal(percent)) == Decimal(pieces)


@pytest.mark.parametrize("percent", ["0", "-1", "100.0001", "33.33333"])
def test_a_share_that_cannot_be_told_exactly_is_refused(percent: str) -> None:
    with pytest.raises(SharesDoNotSum, match="Anteil von"):
        carried_pieces(1, Decimal(percent))


@pytest.mark.parametrize("quantity", [0, -1, True, 1.5])
def test_only_whole_pieces_are_split(quantity: int) -> None:
    with pytest.raises(InvalidQuantity):
        carried_pieces(quantity, Decimal(50))
