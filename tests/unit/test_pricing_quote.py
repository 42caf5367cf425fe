"""VAT groups, tax shares, splits and allocation."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from contracts.pricing import (
    ApportionmentError,
    DuplicateLine,
    InvalidPrice,
    InvalidQuantity,
    InvalidVat,
    LineInput,
    QuotedLine,
    SharesDoNotSum,
    VatCategory,
    VatGroupKey,
    VatRate,
    largest_remainder,
    quote,
    split,
)

S19 = VatRate(VatCategory.STANDARD, Decimal(19))
S7 = VatRate(VatCategory.STANDARD, Decimal(7))
EXEMPT = VatRate(VatCategory.EXEMPT, Decimal(0), "§ 4 Nr. 21 UStG")
REVERSE = VatRate(VatCategory.REVERSE_CHARGE, Decimal(0), "§ 13b Abs. 2 Nr. 10 UStG")


def line(
    key: str | int, price: str, *, quantity: int = 1, call_off: str = "A", vat: VatRate = S19
) -> LineInput:
    return LineInput(key, call_off, quantity, Decimal(price), 1, 1, vat)


def test_vat_is_computed_on_the_summed_net_of_the_group() -> None:
    priced = quote([line(1, "0.13"), line(2, "0.13"), line(3, "0.13")])
    assert (priced.net, priced.tax, priced.gross) == (
        Decimal("0.39"),
        Decimal("0.07"),
        Decimal("0.46"),
    )
    assert [item.tax for item in priced.lines] == [
        Decimal("0.03"),
        Decimal("0.02"),
        Decimal("0.02"),
    ]
    assert sum(item.gross for item in priced.lines) == priced.gross


def test_groups_are_per_call_off_category_and_rate() -> None:
    priced = quote(
        [
            line("tablet", "365", quantity=30),
            line("book", "8.90", quantity=30, vat=S7),
            line("dock", "119", call_off="B"),
            line("course", "50", call_off="B", vat=EXEMPT),
            line("pen", "69", quantity=30),
        ]
    )
    groups = {group.key: (group.net, group.tax, group.gross) for group in priced.groups}
    assert groups == {
        VatGroupKey("A", VatCategory.STANDARD, Decimal(19)): (
            Decimal("13020.00"),
            Decimal("2473.80"),
            Decimal("15493.80"),
        ),
        VatGroupKey("A", VatCategory.STANDARD, Decimal(7)): (
            Decimal("267.00"),
            Decimal("18.69"),
            Decimal("285.69"),
        ),
        VatGroupKey("B", VatCategory.STANDARD, Decimal(19)): (
            Decimal("119.00"),
            Decimal("22.61"),
            Decimal("141.61"),
        ),
        VatGroupKey("B", VatCategory.EXEMPT, Decimal(0)): (
            Decimal("50.00"),
            Decimal("0.00"),
            Decimal("50.00"),
        ),
    }
    assert [(total.call_off_key, total.gross) for total in priced.call_offs] == [
        ("A", Decimal("15779.49")),
        ("B", Decimal("191.61")),
    ]
    assert priced.by_key["book"].net == Decimal("267.00")
    assert [item.key for item in priced.lines] == ["tablet", "book", "dock", "course", "pen"]


def test_reverse_charge_bears_no_tax() -> None:
    priced = quote([line(1, "365", quantity=14, vat=REVERSE)])
    assert (priced.net, priced.tax) == (Decimal("5110.00"), Decimal("0.00"))


def test_a_rate_is_one_rate_however_it_is_written() -> None:
    same = VatRate(VatCategory.STANDARD, Decimal("19.00"))
    assert len(quote([line(1, "1"), line(2, "1", vat=same)]).groups) == 1


def test_lines_that_round_to_nothing_bear_no_tax() -> None:
    priced = quote([line(1, "0.0001"), line(2, "0.0001")])
    assert [(item.net, item.tax) for item in priced.lines] == [
        (Decimal("0.00"), Decimal("0.00"))
    ] * 2


def test_an_empty_basket_costs_nothing() -> None:
    assert (quote([]).net, quote([]).gross, quote([]).call_offs) == (
        Decimal("0.00"),
        Decimal("0.00"),
        (),
    )


def test_refused_lines() -> None:
    with pytest.raises(InvalidQuantity):
        quote([line(1, "1", quantity=0)])
    with pytest.raises(InvalidPrice):
        quote([line(1, "-1")])
    with pytest.raises(DuplicateLine):
        quote([line(1, "1"), line(1, "1")])


@pytest.mark.parametrize(
    ("category", "rate", "reason"),
    [
        (VatCategory.STANDARD, Decimal(0), ""),
        (VatCategory.ZERO, Decimal(19), ""),
        (VatCategory.REVERSE_CHARGE, Decimal(19), ""),
        (VatCategory.EXEMPT, Decimal(0), ""),
        (VatCategory.STANDARD, Decimal(-7), ""),
        (VatCategory.STANDARD, Decimal("19.001"), ""),
        (VatCategory.STANDARD, Decimal(100), ""),
        (VatCategory.STANDARD, 19, ""),
    ],
)
def test_rate_and_category_must_fit(category: VatCategory, rate: Any, reason: str) -> None:
    with pytest.raises(InvalidVat):
        VatRate(category, rate, reason)


def test_split_cuts_net_and_tax_to_the_cent() -> None:
    shares = split(
        QuotedLine(1, Decimal("100.00"), Decimal("19.00")),
        [Decimal("33.33"), Decimal("33.33"), Decimal("33.34")],
    )
    assert [(share.net, share.tax, share.gross) for share in shares] == [
        (Decimal("33.33"), Decimal("6.33"), Decimal("39.66")),
        (Decimal("33.33"), Decimal("6.33"), Decimal("39.66")),
        (Decimal("33.34"), Decimal("6.34"), Decimal("39.68")),
    ]


def test_a_credit_is_split_as_the_mirror_image() -> None:
    shares = split(QuotedLine(1, Decimal("-0.05"), Decimal("-0.01")), [Decimal(50), Decimal(50)])
    assert [(share.net, share.tax) for share in shares] == [
        (Decimal("-0.03"), Decimal("-0.01")),
        (Decimal("-0.02"), Decimal("0.00")),
    ]


@pytest.mark.parametrize(
    "percents", [[], ["99.99"], ["50", "50.01"], ["100", "0"], ["120", "-20"], ["33.3"] * 3]
)
def test_shares_are_positive_and_sum_to_exactly_100(percents: list[str]) -> None:
    with pytest.raises(SharesDoNotSum):
        split(
            QuotedLine(1, Decimal("1.00"), Decimal("0.19")),
            [Decimal(percent) for percent in percents],
        )


@pytest.mark.parametrize(
    ("total", "weights", "expected"),
    [
        ("1.00", [1, 1, 1], ["0.34", "0.33", "0.33"]),
        ("0.02", [1, 1, 1], ["0.01", "0.01", "0.00"]),
        ("-1.00", [1, 1, 1], ["-0.34", "-0.33", "-0.33"]),
        ("10.00", [0, 3, 0], ["0.00", "10.00", "0.00"]),
        ("0.00", [1, 2], ["0.00", "0.00"]),
        ("1.00", [Decimal("0.1"), Decimal("0.25")], ["0.29", "0.71"]),
    ],
)
def test_largest_remainder(total: str, weights: list[Any], expected: list[str]) -> None:
    assert [str(part) for part in largest_remainder(Decimal(total), weights)] == expected


def test_places_of_an_allocation() -> None:
    assert largest_remainder(Decimal(10), [1, 1, 1], places=0) == [
        Decimal(4),
        Decimal(3),
        Decimal(3),
    ]


@pytest.mark.parametrize("weights", [[], [0], [0, 0], [1, -1], [2, -1]])
def test_without_a_weight_there_is_no_allocation(weights: list[int]) -> None:
    with pytest.raises(ApportionmentError):
        largest_remainder(Decimal("1.00"), weights)


def test_a_total_finer_than_its_places_is_refused() -> None:
    with pytest.raises(ApportionmentError):
        largest_remainder(Decimal("0.001"), [1])
