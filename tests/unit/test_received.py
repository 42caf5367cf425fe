"""What a delivery is worth, in amounts written down by hand and over random courses."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.pricing import (
    BookedShare,
    BookingMismatch,
    IssuedLine,
    QuotedLine,
    ReceivesTooMuch,
    VatCategory,
    VatRate,
    give_back,
    line_net,
    receive,
    split,
)

S19 = VatRate(VatCategory.STANDARD, Decimal(19))
THIRDS = (Decimal("33.33"), Decimal("33.33"), Decimal("33.34"))


def issued(quantity: int, price: str, percents: tuple[Decimal, ...] = THIRDS) -> IssuedLine:
    net = line_net(quantity, Decimal(price))
    shares = split(QuotedLine("A", net, S19.tax_on(net)), percents)
    booked = tuple(
        BookedShare(number, share.net, share.tax, share.gross)
        for number, share in enumerate(shares)
    )
    return IssuedLine("A", quantity, 0, 0, Decimal(price), 1, 1, S19, booked)


def received(line: IssuedLine, quantity: int) -> IssuedLine:
    """The line after a delivery, every share checked against what is booked."""
    booked = []
    for share, part in zip(line.booked, receive(line, quantity), strict=True):
        assert 0 <= part.net <= share.open_net
        assert 0 <= part.tax <= share.open_tax
        booked.append(
            replace(
                share,
                delivered_net=share.delivered_net + part.net,
                delivered_tax=share.delivered_tax + part.tax,
            )
        )
    return replace(line, delivered=line.delivered + quantity, booked=tuple(booked))


def cancelled(line: IssuedLine, quantity: int) -> IssuedLine:
    (given_back,) = give_back([line], {"A": quantity})
    booked = tuple(
        replace(
            share,
            net=share.net - back.net,
            tax=share.tax - back.tax,
            bound=share.bound - back.bound,
        )
        for share, back in zip(line.booked, given_back.shares, strict=True)
    )
    return replace(line, cancelled=line.cancelled + quantity, booked=booked)


def test_three_single_pieces_are_worth_the_three_of_the_line() -> None:
    line = issued(3, "0.045", (Decimal(100),))
    worth = []
    for _ in range(3):
        (part,) = receive(line, 1)
        worth.append(part.net)
        line = received(line, 1)
    assert worth == [Decimal("0.05"), Decimal("0.04"), Decimal("0.05")]


def test_the_tax_of_a_part_is_the_part_that_its_net_has() -> None:
    (part,) = receive(issued(10, "100", (Decimal(100),)), 4)
    assert (part.net, part.tax) == (Decimal("400.00"), Decimal("76.00"))


def test_what_arrived_on_an_assignment_stays_there() -> None:
    """Two cents on two assignments: the first has arrived, so the second is given back."""
    line = received(issued(2, "0.01", (Decimal(50), Decimal(50))), 1)
    assert [share.delivered_net for share in line.booked] == [Decimal("0.01"), Decimal("0.00")]
    line = cancelled(line, 1)
    assert [share.net for share in line.booked] == [Decimal("0.01"), Decimal("0.00")]


def test_more_than_open_and_wrong_bookings_are_refused() -> None:
    line = replace(issued(10, "10"), delivered=5)
    with pytest.raises(ReceivesTooMuch, match="höchstens 5"):
        receive(line, 6)
    with pytest.raises(BookingMismatch, match="50,00 EUR"):
        receive(line, 5)


@given(
    quantity=st.integers(1, 40),
    price=st.integers(1, 30_000).map(lambda units: str(Decimal(units).scaleb(-4))),
    steps=st.lists(st.tuples(st.booleans(), st.integers(1, 40)), max_size=8),
)
def test_what_arrives_last_is_exactly_the_rest(
    quantity: int, price: str, steps: list[tuple[bool, int]]
) -> None:
    line = issued(quantity, price)
    for arrives, wanted in steps:
        step = min(wanted, line.kept - line.delivered)
        if step:
            line = received(line, step) if arrives else cancelled(line, step)
    rest = line.kept - line.delivered
    if rest:
        line = received(line, rest)
        assert all(share.open_tax == 0 for share in line.booked)
    assert all(share.open_net == 0 for share in line.booked)
