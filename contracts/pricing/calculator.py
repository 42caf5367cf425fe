"""The one calculator: basket, requisition, call-off, PDF, UBL and export use it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from .apportionment import largest_remainder
from .errors import DuplicateLine, SharesDoNotSum
from .lines import line_net
from .money import ZERO, Money, german
from .vat import VatGroupKey, VatRate


@dataclass(frozen=True, slots=True)
class LineInput:
    """A line to be priced; `net_unit_price` is that of the tier in force, in EUR.

    `call_off_key` names the future call-off (agreement, lot, supplier, ...) the line
    will belong to.
    """

    key: str | int
    call_off_key: str
    quantity: int
    net_unit_price: Decimal
    price_unit: int
    periods: int
    vat: VatRate

    @property
    def vat_group(self) -> VatGroupKey:
        return VatGroupKey(self.call_off_key, self.vat.category, self.vat.rate)


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """A priced line. Its tax is its share of the group's tax, not net x rate."""

    key: str | int
    net: Money
    tax: Money

    @property
    def gross(self) -> Money:
        return self.net + self.tax


@dataclass(frozen=True, slots=True)
class VatGroupTotal:
    """Net and tax of a VAT group: what the invoice will state."""

    key: VatGroupKey
    net: Money
    tax: Money

    @property
    def gross(self) -> Money:
        return self.net + self.tax


@dataclass(frozen=True, slots=True)
class CallOffTotal:
    """Net and tax of one future call-off."""

    call_off_key: str
    net: Money
    tax: Money

    @property
    def gross(self) -> Money:
        return self.net + self.tax


@dataclass(frozen=True, slots=True)
class NetTax:
    """The part of a line that one account assignment carries."""

    net: Money
    tax: Money

    @property
    def gross(self) -> Money:
        return self.net + self.tax


@dataclass(frozen=True, slots=True)
class Quote:
    """Priced lines in the order given, and their groups in the order met."""

    lines: tuple[QuotedLine, ...]
    groups: tuple[VatGroupTotal, ...]

    @property
    def net(self) -> Money:
        return sum((group.net for group in self.groups), ZERO)

    @property
    def tax(self) -> Money:
        return sum((group.tax for group in self.groups), ZERO)

    @property
    def gross(self) -> Money:
        return self.net + self.tax

    @property
    def by_key(self) -> Mapping[str | int, QuotedLine]:
        """The lines by their keys."""
        return {line.key: line for line in self.lines}

    @property
    def call_offs(self) -> tuple[CallOffTotal, ...]:
        """One total per future call-off; together they are the quote's total."""
        sums: dict[str, tuple[Money, Money]] = {}
        for group in self.groups:
            net, tax = sums.get(group.key.call_off_key, (ZERO, ZERO))
            sums[group.key.call_off_key] = (net + group.net, tax + group.tax)
        return tuple(CallOffTotal(key, net, tax) for key, (net, tax) in sums.items())


HUNDRED_PERCENT = Decimal(100)


def quote(lines: Iterable[LineInput]) -> Quote:
    """Price `lines`: net per line, VAT per group, tax shares of the lines.

    The tax of a group is computed on its summed net (EN 16931, BR-CO-17) and cut over
    its lines by largest remainder, so that lines, groups and call-offs all sum to the
    same total. Raises subclasses of `PricingError` (see `line_net`) and
    `DuplicateLine`.
    """
    quoted: dict[str | int, QuotedLine] = {}
    members: dict[VatGroupKey, list[str | int]] = {}
    rates: dict[VatGroupKey, VatRate] = {}
    for line in lines:
        if line.key in quoted:
            raise DuplicateLine(f"Die Position {line.key} kommt zweimal vor.")
        net = line_net(line.quantity, line.net_unit_price, line.price_unit, line.periods)
        quoted[line.key] = QuotedLine(line.key, net, ZERO)
        members.setdefault(line.vat_group, []).append(line.key)
        rates.setdefault(line.vat_group, line.vat)
    groups = []
    for group_key, keys in members.items():
        nets = [quoted[key].net for key in keys]
        group_net = sum(nets, ZERO)
        tax = rates[group_key].tax_on(group_net)
        groups.append(VatGroupTotal(group_key, group_net, tax))
        for key, share in zip(keys, _cut(tax, nets), strict=True):
            quoted[key] = QuotedLine(key, quoted[key].net, share)
    return Quote(tuple(quoted.values()), tuple(groups))


def split(line: QuotedLine, shares_percent: Sequence[Decimal]) -> list[NetTax]:
    """Cut a quoted line over account assignments; net and tax each by largest remainder.

    Raises `SharesDoNotSum` unless every percentage is above 0 and all sum to exactly
    100.
    """
    if any(percent <= 0 for percent in shares_percent):
        raise SharesDoNotSum("Jeder Anteil muss größer als 0 Prozent sein.")
    total = sum(shares_percent, Decimal(0))
    if total != HUNDRED_PERCENT:
        raise SharesDoNotSum(
            f"Die Anteile ergeben {german(total)} statt 100 Prozent. "
            "Bitte die Aufteilung berichtigen."
        )
    nets = largest_remainder(line.net, shares_percent)
    taxes = largest_remainder(line.tax, shares_percent)
    return [NetTax(net, tax) for net, tax in zip(nets, taxes, strict=True)]


def _cut(tax: Money, nets: Sequence[Money]) -> list[Money]:
    """Cut a group's tax by net; a group whose nets all round to zero has no tax."""
    if not tax:
        return [ZERO for _ in nets]
    return largest_remainder(tax, nets)
