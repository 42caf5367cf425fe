"""A call-off that is delivered and cancelled bit by bit, beside sums kept by hand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from types import ModuleType
from typing import Any

from hypothesis import strategies as st

from contracts.pricing import (
    CancelsTooMuch,
    LineInput,
    QuotedLine,
    VatCategory,
    VatRate,
    quote,
    receive,
    split,
)

from .basket_law import half_up

RATES = (
    VatRate(VatCategory.STANDARD, Decimal(19)),
    VatRate(VatCategory.STANDARD, Decimal(7)),
    VatRate(VatCategory.REVERSE_CHARGE, Decimal(0)),
)
DEDUCTIBLE = (Decimal(0), Decimal(0), Decimal(50), Decimal("33.33"), Decimal(100))
SPLITS = ((100,), (50, 50), (33, 33, 34), (1, 99), (10, 20, 30, 40))


@dataclass
class Course:
    """Lines of one call-off, and per line the steps it takes.

    A step names a line, what happens and how much of what is open (in 1/12).
    """

    lines: list[tuple[int, Decimal, int, int, VatRate, tuple[int, ...], Decimal]]
    steps: list[list[tuple[int, str, int]]]


@dataclass
class State:
    """What was issued, what is left of it, and how often the group was touched."""

    lines: dict[int, Any]
    issued: dict[int, tuple[Decimal, Decimal, Decimal]]
    given: dict[int, list[Decimal]] = field(default_factory=dict)
    cancellations: int = 0


prices = st.one_of(st.integers(1, 500), st.integers(1, 20_000_000)).map(
    lambda units: Decimal(units).scaleb(-4)
)


lines = st.tuples(
    st.integers(1, 60),
    prices,
    st.sampled_from((1, 1, 10, 100)),
    st.sampled_from((1, 1, 12)),
    st.sampled_from(RATES),
    st.sampled_from(SPLITS),
    st.sampled_from(DEDUCTIBLE),
)
steps = st.lists(
    st.tuples(
        st.integers(0, 4), st.sampled_from(("cancel", "cancel", "deliver")), st.integers(1, 12)
    ),
    min_size=1,
    max_size=3,
)
# A few cents of tax per line, and much of one beside little of another: roundings show.
cent_lines = st.tuples(
    st.integers(2, 14),
    st.sampled_from((Decimal("0.01"), Decimal("0.02"))),
    st.just(1),
    st.just(1),
    st.just(RATES[0]),
    st.sampled_from(SPLITS),
    st.sampled_from(DEDUCTIBLE),
)
cent_steps = st.sampled_from(([(0, "cancel", 1), (1, "cancel", 11)], [(0, "cancel", 1)]))
courses = st.one_of(
    st.builds(
        Course,
        lines=st.lists(lines, min_size=1, max_size=5),
        steps=st.lists(steps, max_size=8),
    ),
    st.builds(
        Course,
        lines=st.lists(cent_lines, min_size=2, max_size=3),
        steps=st.lists(cent_steps, min_size=1, max_size=4),
    ),
)


def check_course(module: ModuleType, course: Course) -> None:
    """Walk the course; after every step all sums hold, and at the end nothing is left."""
    state = _issue(module, course)
    for step in course.steps:
        _walk(module, state, step)
    _refuses_too_much(module, state)
    rest = {
        key: line.quantity - line.delivered - line.cancelled for key, line in state.lines.items()
    }
    _cancel(module, state, {key: quantity for key, quantity in rest.items() if quantity})
    for key, line in state.lines.items():
        assert sum(share.open_net for share in line.booked) == 0, "something is left over"
        if not line.delivered:
            assert tuple(state.given[key]) == state.issued[key], "not all was given back"


def _issue(module: ModuleType, course: Course) -> State:
    inputs = [
        LineInput(key, "Abruf", quantity, price, unit, periods, vat)
        for key, (quantity, price, unit, periods, vat, _, _) in enumerate(course.lines)
    ]
    lines = {}
    for row, given, priced in zip(course.lines, inputs, quote(inputs).lines, strict=True):
        lines[given.key] = module.IssuedLine(
            key=given.key,
            quantity=given.quantity,
            cancelled=0,
            delivered=0,
            net_unit_price=given.net_unit_price,
            price_unit=given.price_unit,
            periods=given.periods,
            vat=given.vat,
            booked=_booked(module, priced, row[5], row[6]),
        )
    issued = {key: _sums(line.booked) for key, line in lines.items()}
    return State(lines, issued, {key: [Decimal(0)] * 3 for key in lines})


def _booked(
    module: ModuleType, priced: QuotedLine, percents: tuple[int, ...], deductible: Decimal
) -> tuple[Any, ...]:
    return tuple(
        module.BookedShare(
            number, part.net, part.tax, _bound(part.net, part.tax, deductible), deductible
        )
        for number, part in enumerate(split(priced, [Decimal(value) for value in percents]))
    )


def _bound(net: Decimal, tax: Decimal, deductible: Decimal) -> Decimal:
    return net + tax - half_up(Fraction(tax) * Fraction(deductible) / 100)


def _sums(rows: tuple[Any, ...]) -> tuple[Decimal, Decimal, Decimal]:
    return (
        sum((row.net for row in rows), Decimal(0)),
        sum((row.tax for row in rows), Decimal(0)),
        sum((row.bound for row in rows), Decimal(0)),
    )


def _walk(module: ModuleType, state: State, step: list[tuple[int, str, int]]) -> None:
    cancel: dict[int, int] = {}
    for pick, what, twelfths in step:
        key = pick % len(state.lines)
        line = state.lines[key]
        left = line.quantity - line.delivered - line.cancelled
        quantity = -(-left * twelfths // 12)
        if what == "deliver" and quantity and key not in cancel:
            state.lines[key] = _delivered(line, quantity)
        elif what == "cancel" and quantity:
            cancel[key] = quantity
    _cancel(module, state, cancel)


def _delivered(line: Any, quantity: int) -> Any:
    """The line after a delivery, whose value is taken out of what can be given back."""
    shares = receive(line, quantity)
    done = line.delivered + quantity
    assert sum(share.net for share in shares) == _net(line, done) - _net(line, line.delivered)
    booked = []
    for share, part in zip(line.booked, shares, strict=True):
        assert 0 <= part.net <= share.open_net, "more arrives than is booked"
        assert 0 <= part.tax <= share.open_tax, "more tax arrives than is booked"
        booked.append(
            replace(
                share,
                delivered_net=share.delivered_net + part.net,
                delivered_tax=share.delivered_tax + part.tax,
            )
        )
    return replace(line, delivered=done, booked=tuple(booked))


def _cancel(module: ModuleType, state: State, cancel: dict[int, int]) -> None:
    given = module.give_back(state.lines.values(), cancel)
    assert {row.key: row.quantity for row in given} == cancel, "other lines than asked for"
    state.cancellations += 1
    for row in given:
        line = state.lines[row.key]
        assert (row.net, row.tax, row.bound) == _sums(row.shares), "shares do not sum to the line"
        state.given[row.key] = [
            so_far + more
            for so_far, more in zip(
                state.given[row.key], (row.net, row.tax, row.bound), strict=True
            )
        ]
        state.lines[row.key] = replace(
            line,
            cancelled=line.cancelled + row.quantity,
            booked=tuple(_after(*pair) for pair in zip(line.booked, row.shares, strict=True)),
        )
    for line in state.lines.values():
        _check_line(state, line)
    for vat in {line.vat for line in state.lines.values()}:
        _check_group([line for line in state.lines.values() if line.vat == vat])


def _after(share: Any, given: Any) -> Any:
    assert share.key == given.key
    for part, most in (
        (given.net, share.open_net),
        (given.tax, share.open_tax),
        (given.bound, share.bound),
    ):
        assert 0 <= part <= most, "more than is booked, or less"
    kept = replace(
        share,
        net=share.net - given.net,
        tax=share.tax - given.tax,
        bound=share.bound - given.bound,
    )
    bound = _bound(kept.net, kept.tax, kept.deductible_percent)
    assert kept.bound == bound, "bound differs from net and tax"
    return kept


def _check_line(state: State, line: Any) -> None:
    kept = line.quantity - line.cancelled
    net, tax, bound = _sums(line.booked)
    assert net == _net(line, kept), "the net kept is not that of the quantity kept"
    exact = Fraction(net) * Fraction(line.vat.rate) / 100
    cents = Fraction(2 + state.cancellations * len(state.lines), 100)
    assert abs(Fraction(tax) - exact) <= cents, "the tax kept is far from that of the net kept"
    if not kept:
        assert (net, tax, bound) == (0, 0, 0), "a line that is gone keeps something"
    for issued, given, left in zip(
        state.issued[line.key], state.given[line.key], (net, tax, bound), strict=True
    ):
        assert given + left == issued, "given back and kept differ from issued"


def _net(line: Any, quantity: int) -> Decimal:
    return half_up(Fraction(line.net_unit_price) * quantity * line.periods / line.price_unit)


def _check_group(group: list[Any]) -> None:
    """The tax kept is that on the net kept, unless a cancelled line had too little left."""
    if any(line.cancelled and not line.open_tax for line in group):
        return
    net = sum((_net(line, line.quantity - line.cancelled) for line in group), Decimal(0))
    tax = sum((_sums(line.booked)[1] for line in group), Decimal(0))
    expected = half_up(Fraction(net) * Fraction(group[0].vat.rate) / 100)
    assert tax == expected, "the tax kept is not that of the group"


def _refuses_too_much(module: ModuleType, state: State) -> None:
    for key, line in state.lines.items():
        left = line.quantity - line.delivered - line.cancelled
        try:
            module.give_back(state.lines.values(), {key: left + 1})
        except CancelsTooMuch:
            continue
        raise AssertionError("more was cancelled than is open")
