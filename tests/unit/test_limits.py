"""How far somebody may sign, in words."""

from __future__ import annotations

from decimal import Decimal

import pytest

from frontend.limits import up_to


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (None, "–"),
        (Decimal(5000), "bis 5.000,00\u00a0€"),
        (Decimal("9999999.99"), "bis 9.999.999,99\u00a0€"),
        (Decimal(10_000_000), "ohne praktische Obergrenze"),
        (Decimal("99999999.99"), "ohne praktische Obergrenze"),
    ],
)
def test_a_limit_that_means_any_amount_is_not_read_as_one(
    limit: Decimal | None, words: str
) -> None:
    assert up_to(limit) == words
