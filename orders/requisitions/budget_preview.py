"""What a basket or another account assignment would do to budgets, before anything is held."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from contracts.agreements.prices.ordering import PricedOrder
from contracts.pricing import NetTax, QuotedLine, round_half_up, split
from orders.binding.budgets import BudgetEffect, deductibles, effects_of
from orders.models import BudgetLine, RequisitionLine
from orders.requisitions.ask import HUNDRED, Share


@dataclass(frozen=True, slots=True)
class SharePreview:
    """What one share would carry of all lines together (EUR)."""

    budget_line: BudgetLine
    percent: Decimal
    net: Decimal
    tax: Decimal
    bound: Decimal

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax


def preview_effects(
    order: PricedOrder,
    shares: Sequence[Share],
    budget_lines: Mapping[int, BudgetLine],
    *,
    on: date,
) -> Sequence[BudgetEffect]:
    """Cut every line of the order over the shares and sum what each account would carry.

    The same cut as a requisition's; advice only, since nothing is locked. Raises
    SharesDoNotSum.
    """
    deductible = deductibles(budget_lines.keys(), on)
    quoted = [QuotedLine(line.key, line.net, line.tax) for line in order.lines]
    return effects_of(
        (budget_lines[share.budget_line_id], _bound(part, deductible[share.budget_line_id]))
        for parts in _cut(quoted, shares)
        for share, part in zip(shares, parts, strict=True)
    )


def preview_shares(
    lines: Iterable[RequisitionLine],
    shares: Sequence[Share],
    budget_lines: Mapping[int, BudgetLine],
    *,
    on: date,
) -> list[SharePreview]:
    """What each share would carry of the lines, cut line by line to the cent.

    Raises SharesDoNotSum.
    """
    deductible = deductibles(budget_lines.keys(), on)
    zero = NetTax(Decimal(0), Decimal(0))
    found = [(zero, Decimal(0)) for _ in shares]
    for parts in _cut([QuotedLine(str(row.line_no), row.net, row.tax) for row in lines], shares):
        found = [
            (
                NetTax(sums.net + part.net, sums.tax + part.tax),
                bound + _bound(part, deductible[share.budget_line_id]),
            )
            for share, part, (sums, bound) in zip(shares, parts, found, strict=True)
        ]
    return [
        SharePreview(budget_lines[share.budget_line_id], share.percent, sums.net, sums.tax, bound)
        for share, (sums, bound) in zip(shares, found, strict=True)
    ]


def _cut(lines: Iterable[QuotedLine], shares: Sequence[Share]) -> Iterator[Sequence[NetTax]]:
    """Each line's parts, in the order of the shares."""
    percents = [share.percent for share in shares]
    return (split(line, percents) for line in lines)


def _bound(part: NetTax, deductible_percent: Decimal) -> Decimal:
    return part.gross - round_half_up(part.tax * deductible_percent / HUNDRED)
