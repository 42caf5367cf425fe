"""What a basket would do to budgets, before anything is written or held."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from contracts.agreements.prices.quotes import PricedOrder
from contracts.ledger.models import LimitAccount
from contracts.pricing import QuotedLine, round_half_up, split

from .budgets import BudgetEffect
from .models import BudgetLine
from .requisitions.ask import Share

_HUNDRED = Decimal(100)


def preview_effects(
    order: PricedOrder, shares: Sequence[Share], budget_lines: Mapping[int, BudgetLine]
) -> list[BudgetEffect]:
    """Cut every line of the order over the shares and sum what each account would carry.

    The same cut as a requisition's; advice only, since nothing is locked. Raises
    SharesDoNotSum.
    """
    accounts: dict[int, LimitAccount] = {}
    amounts: dict[int, Decimal] = defaultdict(Decimal)
    percents = [share.percent for share in shares]
    for line in order.lines:
        parts = split(QuotedLine(line.key, line.net, line.tax), percents)
        for share, part in zip(shares, parts, strict=True):
            account = budget_lines[share.budget_line_id].account
            accounts[account.pk] = account
            deductible = round_half_up(part.tax * share.deductible_percent / _HUNDRED)
            amounts[account.pk] += part.gross - deductible
    return [
        BudgetEffect(
            title=account.title,
            limit=account.limit_amount,
            bound=account.bound,
            amount=amounts[account.pk],
        )
        for account in sorted(accounts.values(), key=lambda row: row.pk)
    ]
