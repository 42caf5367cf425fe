"""Replay: the sum of all entries must equal the balances on the account rows, and so must the
days that are kept of some accounts.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from .history import KEPT_BY_DAY
from .models import LimitAccount

_MONEY: DecimalField[Decimal, Decimal] = DecimalField(max_digits=18, decimal_places=2)


@dataclass(frozen=True, slots=True)
class Difference:
    """An account whose row and entries disagree."""

    account_id: int
    title: str
    recorded: tuple[Decimal, Decimal, Decimal]
    replayed: tuple[Decimal, Decimal, Decimal]


def differences() -> list[Difference]:
    """Return every account whose (limit, held, posted) differs from its entries or its days."""
    entries = LimitAccount.objects.annotate(
        sum_limit=_sum("entries__delta_limit"),
        sum_held=_sum("entries__delta_held"),
        sum_posted=_sum("entries__delta_posted"),
    )
    days = LimitAccount.objects.filter(kind__in=KEPT_BY_DAY).annotate(
        sum_limit=F("limit_amount"), sum_held=_sum("days__held"), sum_posted=_sum("days__posted")
    )
    return [*_differing(entries), *_differing(days)]


def _sum(column: str) -> Coalesce:
    return Coalesce(Sum(column), Decimal(0), output_field=_MONEY)


def _differing(accounts: QuerySet[Any]) -> list[Difference]:
    wrong = ~Q(limit_amount=F("sum_limit")) | ~Q(held=F("sum_held")) | ~Q(posted=F("sum_posted"))
    return [
        Difference(
            account_id=row.pk,
            title=row.title,
            recorded=(row.limit_amount, row.held, row.posted),
            replayed=(row.sum_limit, row.sum_held, row.sum_posted),
        )
        for row in accounts.filter(wrong).order_by("pk")
    ]
