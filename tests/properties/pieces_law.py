"""A line cut over account assignments, that arrives and is cancelled bit by bit."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from types import ModuleType

from hypothesis import strategies as st

UNITS = 1_000_000
"""A hundred percent in steps of the smallest share, 0.0001 %."""


@dataclass
class Split:
    """Pieces of a line in the parts that come or go, and its shares in percent."""

    parts: list[int]
    percents: list[Decimal]


def _percents(cuts: set[int]) -> list[Decimal]:
    edges = [0, *sorted(cuts), UNITS]
    return [Decimal(upper - lower).scaleb(-4) for lower, upper in pairwise(edges)]


splits = st.builds(
    Split,
    parts=st.lists(st.one_of(st.integers(1, 9), st.integers(1, 10**6)), min_size=1, max_size=6),
    percents=st.one_of(
        st.sets(st.integers(1, UNITS - 1), max_size=5).map(_percents),
        st.sampled_from(
            (["33.3333", "33.3333", "33.3334"], ["0.0001", "99.9999"], ["50", "50"])
        ).map(lambda texts: [Decimal(text) for text in texts]),
    ),
)


def check_pieces(module: ModuleType, split: Split) -> None:
    """Over the assignments the line, over the parts each assignment, and each its share."""
    quantity = sum(split.parts)
    committed = [module.carried_pieces(quantity, percent) for percent in split.percents]
    assert sum(committed) == quantity, "the assignments do not sum to the line"
    for percent, whole in zip(split.percents, committed, strict=True):
        gone = [module.carried_pieces(part, percent) for part in split.parts]
        assert all(part > 0 for part in gone), "a part is nothing"
        assert sum(gone) == whole, "the parts do not sum to what was committed"
        exact = Fraction(quantity) * Fraction(percent) / 100
        assert Fraction(whole) == exact, "an assignment carries something else than its share"
        exponent = whole.normalize().as_tuple().exponent
        assert exponent >= -module.PIECE_PLACES, "more decimals than are told"
