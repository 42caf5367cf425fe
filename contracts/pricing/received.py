"""What a delivery of a part of a call-off line is worth."""

from __future__ import annotations

from .apportionment import largest_remainder
from .calculator import NetTax
from .checks import check_quantity
from .errors import BookingMismatch, ReceivesTooMuch
from .giveback import IssuedLine
from .lines import part_net
from .money import EXACT, ZERO, Money, euros, round_half_up


def receive(line: IssuedLine, quantity: int) -> tuple[NetTax, ...]:
    """Return what `quantity` more is worth (EUR) to each account assignment of the line.

    Net: the difference of cumulative line nets. Tax: of the tax still open, the part that
    the net has of the open net; the invoice decides about it. Both are cut by what is open
    on each assignment, so that nobody receives more than is booked there, and what arrives
    last is exactly the rest: deliveries and give-backs together make up what was issued.

    Raises `ReceivesTooMuch`, `InvalidQuantity`, and `BookingMismatch` when what is booked
    cannot be right for the quantities.
    """
    check_quantity(quantity)
    left = line.kept - line.delivered
    if quantity > left:
        raise ReceivesTooMuch(
            f"Von Position {line.key} können höchstens {left} eingehen: bestellt "
            f"{line.quantity}, geliefert {line.delivered}, storniert {line.cancelled}."
        )
    net = part_net(line.delivered, quantity, line.net_unit_price, line.price_unit, line.periods)
    open_net = line.net_of(line.kept) - line.net_of(line.delivered)
    if open_net != sum((share.open_net for share in line.booked), ZERO):
        raise BookingMismatch(
            f"Auf Position {line.key} sind nicht die {euros(open_net)} netto gebucht, die noch "
            "ausstehen. Bitte melden Sie das dem Betrieb."
        )
    tax = line.open_tax if quantity == left else _part(line.open_tax, net, open_net)
    nets = _cut(net, [share.open_net for share in line.booked])
    taxes = _cut(tax, [share.open_tax for share in line.booked])
    return tuple(NetTax(part, part_tax) for part, part_tax in zip(nets, taxes, strict=True))


def _part(tax: Money, net: Money, of: Money) -> Money:
    return round_half_up(EXACT.divide(EXACT.multiply(tax, net), of)) if of else ZERO


def _cut(total: Money, weights: list[Money]) -> list[Money]:
    return largest_remainder(total, weights) if total else [ZERO for _ in weights]
