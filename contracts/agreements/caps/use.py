"""Which limit accounts a line touches, and their use for people to see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from contracts.agreements.entitlement import quota_account_ids
from contracts.agreements.facts.shapes import ListingFacts
from contracts.agreements.models import FrameworkAgreement
from contracts.ledger.models import LimitAccount

from .amounts import cap_amounts

MARKS = (70, 85, 95)
"""Shares of a limit, in per cent, at which it warns."""

_ORDER = ("agreement_value", "lot_value", "award_value", "item_quantity", "buyer_quota")


def account_ids_of(
    listing: ListingFacts, quotas: Mapping[tuple[int, int | None], int]
) -> list[int]:
    """Every cap that a line over the listing draws on; `quotas` of `quota_account_ids`."""
    lot = listing.item.award.lot
    mine = [quotas.get((lot.agreement_id, lot_id)) for lot_id in (lot.pk, None)]
    found = cap_amounts(listing, 1, Decimal(1), [pk for pk in mine if pk])
    return [pk for pk, _ in found]


@dataclass(frozen=True, slots=True)
class CapUse:
    """One cap with its use; amounts in EUR net or pieces."""

    title: str
    kind: str
    unit: str
    limit: Decimal
    held: Decimal
    posted: Decimal

    @property
    def percent(self) -> Decimal:
        """Share in use, rounded down to tenths, so that 100 means exactly full."""
        if self.limit == 0:
            return Decimal(100)
        used = (self.held + self.posted) * 100 / self.limit
        return used.quantize(Decimal("0.1"), rounding="ROUND_DOWN")

    @property
    def warning(self) -> int:
        """The highest of the warning marks 70, 85 and 95 % that is reached, else 0."""
        return max((mark for mark in MARKS if self.percent >= mark), default=0)


def _account_ids(agreement: FrameworkAgreement) -> list[int]:
    lots = agreement.lots.values_list(
        "account_id", "awards__account_id", "awards__items__account_id"
    )
    ids = {agreement.account_id}
    for row in lots:
        ids.update(row)
    ids.update(agreement.entitlements.values_list("quota_id", flat=True))
    return [pk for pk in ids if pk is not None]


def visible_accounts(
    agreement: FrameworkAgreement, *, organisation_id: int, on: date
) -> list[LimitAccount]:
    """Caps an organisation may look at: the purchasing body all; others the agreement's and
    the lots', a supplier its own awards', a buyer its own quota. Nobody else's quota.
    """
    if agreement.purchasing_body_id == organisation_id:
        ids = _account_ids(agreement)
    else:
        ids = _open_account_ids(agreement, organisation_id, on)
    accounts = LimitAccount.objects.filter(pk__in=ids).order_by("pk")
    return sorted(accounts, key=lambda account: _ORDER.index(account.kind))


def _open_account_ids(agreement: FrameworkAgreement, organisation_id: int, on: date) -> list[int]:
    own = agreement.lots.filter(awards__supplier_id=organisation_id).values_list(
        "awards__account_id", "awards__items__account_id"
    )
    lots = agreement.lots.values_list("account_id", flat=True)
    quotas = quota_account_ids(organisation_id, on)
    ids: list[int | None] = [agreement.account_id, *lots]
    ids += [pk for row in own for pk in row]
    ids += [pk for (agreement_id, _), pk in quotas.items() if agreement_id == agreement.pk]
    return [pk for pk in ids if pk is not None]
