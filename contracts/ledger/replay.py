"""Replay: the sum of all entries must equal the balances on the account rows."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import DecimalField, F, Q, Sum
from django.db.models.functions import Coalesce

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
    """Return every account whose (limit, held, posted) differs from its entries."""
    zero = Decimal(0)
    accounts = LimitAccount.objects.annotate(
        sum_limit=Coalesce(Sum("entries__delta_limit"), zero, output_field=_MONEY),
        sum_held=Coalesce(Sum("entries__delta_held"), zero, output_field=_MONEY),
        sum_posted=Coalesce(Sum("entries__delta_posted"), zero, output_field=_MONEY),
    ).filter(~Q(limit_amount=F("sum_limit")) | ~Q(held=F("sum_held")) | ~Q(posted=F("sum_posted")))
    return [
        Difference(
            account_id=row.pk,
            title=row.title,
            recorded=(row.limit_amount, row.held, row.posted),
            replayed=(row.sum_limit, row.sum_held, row.sum_posted),
        )
        for row in accounts.order_by("pk")
    ]
