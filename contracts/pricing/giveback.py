"""What cancelling the part of a call-off that was not delivered gives back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from .apportionment import largest_remainder
from .checks import check_quantity
from .errors import BookingMismatch, CancelsTooMuch, DuplicateLine, UnknownLine
from .lines import line_net, part_net
from .money import EXACT, ZERO, Money, euros, round_half_up
from .vat import VatCategory, VatRate

Key = str | int


@dataclass(frozen=True, slots=True)
class BookedShare:
    """What is still booked (EUR) for one account assignment of a line.

    `bound` is net + tax less the deductible part of the tax, rounded half up. The
    delivered amounts are the part of net and tax that has arrived: it stays.
    """

    key: Key
    net: Money
    tax: Money
    bound: Money
    deductible_percent: Decimal = ZERO
    delivered_net: Money = ZERO
    delivered_tax: Money = ZERO

    @property
    def open_net(self) -> Money:
        return self.net - self.delivered_net

    @property
    def open_tax(self) -> Money:
        return self.tax - self.delivered_tax


@dataclass(frozen=True, slots=True)
class IssuedLine:
    """A line of an issued call-off: its frozen price, what became of it, what is booked."""

    key: Key
    quantity: int
    cancelled: int
    delivered: int
    net_unit_price: Decimal
    price_unit: int
    periods: int
    vat: VatRate
    booked: tuple[BookedShare, ...]

    @property
    def kept(self) -> int:
        """The quantity that was not cancelled so far, delivered or not."""
        return self.quantity - self.cancelled

    def net_of(self, quantity: int) -> Money:
        """Net (EUR) of `quantity` at the price as issued: the tier stays, too."""
        if quantity == 0:
            return ZERO
        return line_net(quantity, self.net_unit_price, self.price_unit, self.periods)

    @property
    def booked_tax(self) -> Money:
        return sum((share.tax for share in self.booked), ZERO)

    @property
    def open_tax(self) -> Money:
        return sum((share.open_tax for share in self.booked), ZERO)


@dataclass(frozen=True, slots=True)
class ShareGiveback:
    """What one account assignment gets back (EUR)."""

    key: Key
    net: Money
    tax: Money
    bound: Money


@dataclass(frozen=True, slots=True)
class LineGiveback:
    """Quantity, net and tax (EUR) that one line gives back, and its assignments."""

    key: Key
    quantity: int
    net: Money
    tax: Money
    shares: tuple[ShareGiveback, ...]

    @property
    def bound(self) -> Money:
        return sum((share.bound for share in self.shares), ZERO)


def give_back(lines: Iterable[IssuedLine], cancel: Mapping[Key, int]) -> tuple[LineGiveback, ...]:
    """Return what cancelling `cancel` (quantity by line key) gives back, line by line.

    `lines` are all lines of one call-off. Net: the difference of cumulative line nets.
    Tax: the difference of the tax on the summed net of the VAT group, cut over the
    cancelled lines. Per assignment: cut by what is still booked there and has not
    arrived, so nobody gets back more than that, and whoever cancels last gets exactly
    the rest. Given back and kept make up what was issued, to the cent.

    Raises `CancelsTooMuch` beyond what is neither delivered nor cancelled, `UnknownLine`,
    `DuplicateLine`, `InvalidQuantity`, and `BookingMismatch` when what is booked cannot
    be right for the quantities.
    """
    by_key: dict[Key, IssuedLine] = {}
    for line in lines:
        if line.key in by_key:
            raise DuplicateLine(f"Die Position {line.key} kommt zweimal vor.")
        by_key[line.key] = line
    _check(by_key, cancel)
    groups: dict[tuple[VatCategory, Decimal], list[IssuedLine]] = {}
    for line in by_key.values():
        groups.setdefault((line.vat.category, line.vat.rate), []).append(line)
    taxes: dict[Key, Money] = {}
    for group in groups.values():
        taxes.update(_taxes(group, cancel))
    return tuple(_line(by_key[key], quantity, taxes[key]) for key, quantity in cancel.items())


def _check(lines: Mapping[Key, IssuedLine], cancel: Mapping[Key, int]) -> None:
    for key, quantity in cancel.items():
        check_quantity(quantity)
        if key not in lines:
            raise UnknownLine(f"Die Position {key} gehört nicht zu diesem Abruf.")
        line = lines[key]
        left = line.kept - line.delivered
        if quantity > left:
            raise CancelsTooMuch(
                f"Von Position {key} lassen sich höchstens {left} stornieren: bestellt "
                f"{line.quantity}, geliefert {line.delivered}, schon storniert {line.cancelled}."
            )


def _net(line: IssuedLine, quantity: int) -> Money:
    """Value of the quantity kept before less that of the quantity kept after."""
    after = line.kept - quantity
    return part_net(after, quantity, line.net_unit_price, line.price_unit, line.periods)


def _taxes(group: Sequence[IssuedLine], cancel: Mapping[Key, int]) -> dict[Key, Money]:
    """The tax that each cancelled line of a VAT group gives back.

    The group gives back the difference of its tax before and after. A line that is gone
    entirely gives back all tax booked on it; the others share the rest by the net they
    give back, none more than is booked on it. As line taxes are cut to cents, what is
    booked on gone lines can be a cent more than the difference: then the group is left
    a cent short of the tax on its net, rather than a line that no longer exists with a
    cent on it, or another line with a cent it was never asked for. VAT is a forecast
    until the supply decides it.
    """
    cancelled = [line for line in group if line.key in cancel]
    nets = {line.key: _net(line, cancel[line.key]) for line in cancelled}
    before = sum((line.net_of(line.kept) for line in group), ZERO)
    after = before - sum(nets.values(), ZERO)
    difference = group[0].vat.tax_on(before) - group[0].vat.tax_on(after)
    taxes = {line.key: line.booked_tax for line in cancelled if line.kept == cancel[line.key]}
    rest = [line for line in cancelled if line.key not in taxes]
    total = max(ZERO, difference - sum(taxes.values(), ZERO))
    shares = _cut_within(total, [nets[line.key] for line in rest], [line.open_tax for line in rest])
    return taxes | {line.key: share for line, share in zip(rest, shares, strict=True)}


def _cut_within(total: Money, weights: Sequence[Money], limits: Sequence[Money]) -> list[Money]:
    """Cut by weight, but no part above its limit; what does not fit goes where room is."""
    total = min(total, sum(limits, ZERO))
    if not total or not any(weights):
        return [ZERO for _ in limits]
    parts = [
        min(part, limit)
        for part, limit in zip(largest_remainder(total, weights), limits, strict=True)
    ]
    left = total - sum(parts, ZERO)
    room = [limit - part for part, limit in zip(parts, limits, strict=True)]
    return [part + more for part, more in zip(parts, _cut(left, room), strict=True)]


def _cut(total: Money, booked: Sequence[Money]) -> list[Money]:
    """Cut by what is booked and open. No part exceeds it, as long as the total does not.

    The weights have to be what is left, not the percentages of the assignments: under
    those, largest remainder hands cents back and forth as the total changes (the Alabama
    paradox), and the parts of several cancellations would not sum to what was booked.
    """
    if not total:
        return [ZERO for _ in booked]
    return largest_remainder(total, booked)


def _line(line: IssuedLine, quantity: int, tax: Money) -> LineGiveback:
    net = _net(line, quantity)
    booked = sum((share.open_net for share in line.booked), ZERO)
    if net > booked or (quantity == line.kept and net != booked):
        raise BookingMismatch(
            f"Position {line.key} gäbe {euros(net)} netto zurück, gebucht sind noch "
            f"{euros(booked)}. Bitte melden Sie das dem Betrieb."
        )
    nets = _cut(net, [share.open_net for share in line.booked])
    taxes = _cut(tax, [share.open_tax for share in line.booked])
    shares = tuple(
        ShareGiveback(share.key, part, part_tax, _bound(share, part, part_tax))
        for share, part, part_tax in zip(line.booked, nets, taxes, strict=True)
    )
    return LineGiveback(line.key, quantity, net, tax, shares)


def _bound(share: BookedShare, net: Money, tax: Money) -> Money:
    """What the budget gets back: what is bound before less what stays bound.

    A difference again, so that the roundings of the deductible part cancel out, and an
    assignment that loses everything frees all that is bound.
    """
    kept_tax = share.tax - tax
    deductible = EXACT.multiply(kept_tax, share.deductible_percent).scaleb(-2, EXACT)
    freed = share.bound - (share.net - net + kept_tax - round_half_up(deductible))
    if freed < 0:
        raise BookingMismatch(
            f"Auf Kontierung {share.key} sind nur {euros(share.bound)} gebunden, weniger als "
            "nach der Stornierung gebunden bliebe. Bitte melden Sie das dem Betrieb."
        )
    return freed
