"""What a cancellation gives back, in amounts written down by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from contracts.pricing import (
    BookedShare,
    BookingMismatch,
    CancelsTooMuch,
    DuplicateLine,
    InvalidQuantity,
    IssuedLine,
    LineGiveback,
    QuotedLine,
    UnknownLine,
    VatCategory,
    VatRate,
    give_back,
    split,
)

S19 = VatRate(VatCategory.STANDARD, Decimal(19))
S7 = VatRate(VatCategory.STANDARD, Decimal(7))
HALF_UP_CENT = Decimal("0.01")


def booked(
    net: str, tax: str, *percents: str, deductible: str = "0", key: str = "K"
) -> tuple[BookedShare, ...]:
    shares = split(
        QuotedLine(key, Decimal(net), Decimal(tax)), [Decimal(p) for p in percents or ("100",)]
    )
    part = Decimal(deductible) / 100
    return tuple(
        BookedShare(
            f"{key}{number}",
            share.net,
            share.tax,
            share.gross - (share.tax * part).quantize(HALF_UP_CENT, "ROUND_HALF_UP"),
            Decimal(deductible),
        )
        for number, share in enumerate(shares, start=1)
    )


def line(
    key: str,
    quantity: int,
    price: str,
    shares: tuple[BookedShare, ...],
    *,
    cancelled: int = 0,
    delivered: int = 0,
    vat: VatRate = S19,
) -> IssuedLine:
    return IssuedLine(key, quantity, cancelled, delivered, Decimal(price), 1, 1, vat, shares)


def only(lines: list[IssuedLine], **cancel: int) -> LineGiveback:
    (given,) = give_back(lines, cancel)
    return given


def test_a_part_gives_back_its_part() -> None:
    given = only([line("A", 500, "352", booked("176000.00", "33440.00"))], A=200)
    assert (given.quantity, given.net, given.tax, given.bound) == (
        200,
        Decimal("70400.00"),
        Decimal("13376.00"),
        Decimal("83776.00"),
    )


def test_the_tier_stays_as_issued() -> None:
    """500 pieces at 352; the 499 kept do not become dearer because 365 would apply."""
    given = only([line("A", 500, "352", booked("176000.00", "33440.00"))], A=1)
    assert given.net == Decimal("352.00")


def test_net_is_the_difference_of_cumulative_nets() -> None:
    whole = line("A", 3, "0.045", booked("0.14", "0.03"))
    assert only([whole], A=1).net == Decimal("0.05")
    once = line("A", 3, "0.045", booked("0.09", "0.02"), cancelled=1)
    assert only([once], A=1).net == Decimal("0.04")
    assert only([whole], A=3).net == Decimal("0.14")


def test_tax_is_the_difference_of_the_tax_of_the_group() -> None:
    """Net 0.39 bears 0.07, net 0.26 bears 0.05; 0.13 alone would bear 0.02."""
    lines = [
        line(key, 2, "0.065", booked("0.13", tax))
        for key, tax in (("A", "0.03"), ("B", "0.02"), ("C", "0.02"))
    ]
    assert only(lines, B=1).tax == Decimal("0.01")
    first, second = give_back(lines, {"A": 1, "B": 1})
    assert (first.net, second.net) == (Decimal("0.06"), Decimal("0.06"))
    assert first.tax + second.tax == Decimal("0.02")


def test_tax_is_cut_by_what_each_line_gives_back() -> None:
    lines = [line(key, 100, "100", booked("10000.00", "1900.00")) for key in "AB"]
    few, most = give_back(lines, {"A": 1, "B": 99})
    assert (few.tax, most.tax) == (Decimal("19.00"), Decimal("1881.00"))


def test_no_line_gives_back_more_tax_than_is_booked_on_it() -> None:
    """The group gives back 0.03 and B most of the net, but only 0.02 is booked on B."""
    lines = [
        line("A", 13, "0.01", booked("0.13", "0.03")),
        line("B", 12, "0.01", booked("0.12", "0.02")),
    ]
    first, second = give_back(lines, {"A": 1, "B": 11})
    assert (first.tax, second.tax) == (Decimal("0.01"), Decimal("0.02"))


def test_rates_are_kept_apart() -> None:
    lines = [
        line("A", 10, "10", booked("100.00", "19.00")),
        line("B", 10, "10", booked("100.00", "7.00"), vat=S7),
    ]
    standard, reduced = give_back(lines, {"A": 5, "B": 5})
    assert (standard.tax, reduced.tax) == (Decimal("9.50"), Decimal("3.50"))


def test_a_line_that_is_gone_gives_back_all_that_is_booked_on_it() -> None:
    """Tax 38.01 on both, 19.01 on one alone: the difference is a cent less than A bears."""
    lines = [
        line("A", 1, "100.03", booked("100.03", "19.01")),
        line("B", 1, "100.03", booked("100.03", "19.00")),
    ]
    given = only(lines, A=1)
    assert (given.net, given.tax, given.bound) == (
        Decimal("100.03"),
        Decimal("19.01"),
        Decimal("119.04"),
    )


def test_assignments_share_by_what_is_booked_on_them() -> None:
    shares = booked("100.00", "19.00", "33.33", "33.33", "33.34", deductible="50", key="A")
    given = only([line("A", 10, "10", shares)], A=5)
    assert [(share.net, share.tax, share.bound) for share in given.shares] == [
        (Decimal("16.67"), Decimal("3.17"), Decimal("18.25")),
        (Decimal("16.66"), Decimal("3.16"), Decimal("18.24")),
        (Decimal("16.67"), Decimal("3.17"), Decimal("18.26")),
    ]
    assert given.bound == sum(share.bound for share in given.shares)


def test_what_was_delivered_or_cancelled_cannot_be_cancelled() -> None:
    lines = [line("A", 10, "10", booked("80.00", "15.20"), cancelled=2, delivered=5)]
    assert only(lines, A=3).net == Decimal("30.00")
    with pytest.raises(CancelsTooMuch, match=r"höchstens 3 .* geliefert 5, schon storniert 2"):
        give_back(lines, {"A": 4})


def test_refused_requests() -> None:
    lines = [line("A", 10, "10", booked("100.00", "19.00"))]
    with pytest.raises(UnknownLine):
        give_back(lines, {"B": 1})
    with pytest.raises(InvalidQuantity):
        give_back(lines, {"A": 0})
    with pytest.raises(DuplicateLine):
        give_back(lines * 2, {"A": 1})
    assert give_back(lines, {}) == ()


@pytest.mark.parametrize(
    ("net", "tax", "cancel"), [("49.99", "9.50", 5), ("100.01", "19.00", 10), ("0.00", "0.00", 1)]
)
def test_bookings_that_cannot_be_right_are_refused(net: str, tax: str, cancel: int) -> None:
    share = BookedShare("A1", Decimal(net), Decimal(tax), Decimal(net) + Decimal(tax))
    with pytest.raises(BookingMismatch, match="gebucht"):
        give_back([line("A", 10, "10", (share,))], {"A": cancel})


def test_less_bound_than_stays_bound_is_refused() -> None:
    share = BookedShare("A1", Decimal("100.00"), Decimal("19.00"), Decimal("50.00"))
    with pytest.raises(BookingMismatch, match="gebunden"):
        give_back([line("A", 10, "10", (share,))], {"A": 1})
