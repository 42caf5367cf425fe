"""Caps that warn: which agreement an account belongs to, and since when it is at its mark."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from contracts.agreements.caps.use import MARKS, CapUse
from contracts.agreements.models import AgreementState, CapWarning, FrameworkAgreement
from contracts.ledger.models import AccountKind, LimitAccount

FIRST_MARK = MARKS[0]


@dataclass(frozen=True, slots=True)
class WarnedCap:
    """A cap from the first mark on; `since` is when the review saw its highest mark."""

    agreement_id: int
    use: CapUse
    since: datetime | None
    is_stopped: bool


def agreement_ids(account_ids: Collection[int]) -> dict[int, int]:
    """The agreement behind each cap or quota, in one query."""
    rows = _with_agreement().filter(pk__in=account_ids).values_list("pk", "owner_id").distinct()
    return {pk: owner for pk, owner in rows if owner is not None}


def warned_caps(organisation_id: int) -> list[WarnedCap]:
    """Caps at or above the first mark that the organisation answers for, in two queries.

    Those of the listed agreements it runs, and its own quotas under the agreements of others.
    """
    own = FrameworkAgreement.objects.filter(
        purchasing_body_id=organisation_id, state=AgreementState.LISTED
    )
    accounts = list(
        _with_agreement()
        .exclude(kind=AccountKind.BUDGET)
        .filter(
            Q(owner_id__in=own) | Q(entitlement__buyer_id=organisation_id),
            limit_amount__gt=0,
            beyond__gte=0,
        )
        .order_by("pk")
        .distinct()
    )
    since = _since([account.pk for account in accounts])
    return [_warned(account, since.get(account.pk)) for account in accounts]


def _with_agreement() -> QuerySet[Any]:
    """Limit accounts with `owner_id`, and `beyond` the first mark (not negative: reached)."""
    return LimitAccount.objects.annotate(
        owner_id=Coalesce(
            "agreement__pk",
            "lot__agreement_id",
            "award__lot__agreement_id",
            "items__award__lot__agreement_id",
            "entitlement__agreement_id",
        ),
        beyond=(F("held") + F("posted")) * 100 - F("limit_amount") * FIRST_MARK,
    )


def _since(account_ids: Collection[int]) -> dict[int, datetime]:
    """When the highest open mark of each account was reached."""
    rows = CapWarning.objects.filter(account__in=account_ids, cleared_at__isnull=True)
    return dict(rows.order_by("mark").values_list("account_id", "raised_at"))


def _warned(account: Any, since: datetime | None) -> WarnedCap:
    return WarnedCap(
        agreement_id=account.owner_id,
        use=CapUse(
            title=account.title,
            kind=account.kind,
            unit=account.unit,
            limit=account.limit_amount,
            held=account.held,
            posted=account.posted,
        ),
        since=since,
        is_stopped=not account.is_open,
    )
