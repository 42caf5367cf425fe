"""Rows on which whoever sets or lifts what an issue asks waits for the issue, and it for them.

An issue locks its buyer's row and then all its limit accounts before it reads entitlement,
gates, standards and states; so what was committed before it counts, and nothing is committed
between its question and its post. For that, each of those acts locks, inside its transaction,
one row that the issue locks too (docs/adr/0010-what-an-issue-asks-is-serialised.md): what
concerns one buyer the buyer's, everything else the accounts of lot or agreement. It is the
last thing they do, because these rows are the hot ones.
"""

from __future__ import annotations

from collections.abc import Iterable

from contracts.agreements.models import FrameworkAgreement, Lot
from contracts.ledger.movements import lock_accounts
from contracts.parties.models import Organisation


def lock_lots(lot_ids: Iterable[int]) -> None:
    """Make whoever orders from one of the lots wait, or wait for them."""
    lots = Lot.objects.filter(pk__in=set(lot_ids))
    lock_accounts(lots.values_list("account_id", flat=True))


def lock_agreement(agreement: FrameworkAgreement, lot_id: int | None = None) -> None:
    """The same for the agreement, or for one lot of it; a draft has nobody to wait for."""
    if lot_id is not None:
        lock_lots([lot_id])
    elif agreement.account_id is not None:
        lock_accounts([agreement.account_id])


def lock_buyer(buyer_id: int) -> None:
    """The same for what the buyer orders, and nobody else: two of its orders, or an order and a
    cancellation, can't lean on the same devices at once either.

    It comes after the requisition and before every call-off and account.
    """
    Organisation.objects.select_for_update(no_key=True).only("pk").get(pk=buyer_id)
