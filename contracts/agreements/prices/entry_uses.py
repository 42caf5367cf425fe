"""How much of an entry of the register is used: at each level, never beyond its value.

Trigger and constraints hold it whoever writes; the sum read here, under the lock of the entry,
says what is left (docs/price-changes.md).
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import partial

from django.db import transaction
from django.db.models import Sum

from contracts.agreements.models import ContractModification, ModificationUse, UseLevel
from contracts.agreements.prices.errors import AlreadyUsed, BeyondEntry
from contracts.constraints import Refusals, translated
from contracts.parties.models import Membership
from contracts.pricing import euros


def left_of(entry: ContractModification, level: UseLevel) -> Decimal:
    """What the entry still allows at the level (net EUR)."""
    used = entry.uses.filter(level=level).aggregate(sum=Sum("amount"))["sum"]
    return entry.value - (used or Decimal(0))


def write_use(
    entry: ContractModification, use: ModificationUse, *, by: Membership, now: datetime
) -> None:
    """Note what is done on the ground of the entry, locked by the caller.

    Raises BeyondEntry where the value does not carry it, AlreadyUsed the second time.
    """
    left = left_of(entry, UseLevel(use.level))
    with translated(_refusals(entry, use, left)), transaction.atomic():
        if use.account is not None and entry.uses.filter(account=use.account).exists():
            raise AlreadyUsed(_raised(entry))
        if use.amount > max(left, Decimal(0)):
            raise BeyondEntry(_beyond(entry, use, left))
        use.entry, use.used_by, use.used_at = entry, by, now
        use.save(force_insert=True)


def _refusals(entry: ContractModification, use: ModificationUse, left: Decimal) -> Refusals:
    return {
        "agreements_entry_not_exceeded": partial(BeyondEntry, _beyond(entry, use, left)),
        "agreements_entry_raises_a_cap_once": partial(AlreadyUsed, _raised(entry)),
        "agreements_entry_extends_once": partial(
            AlreadyUsed,
            f"Die Laufzeit ist auf Grund der Vertragsänderung {entry.number} schon verlängert.",
        ),
    }


def _raised(entry: ContractModification) -> str:
    return f"Diese Grenze ist auf Grund der Vertragsänderung {entry.number} schon erhöht."


def _beyond(entry: ContractModification, use: ModificationUse, left: Decimal) -> str:
    return (
        f"Die Vertragsänderung {entry.number} erlaubt {euros(entry.value)}; davon sind für "
        f"„{use.get_level_display()}“ noch {euros(max(left, Decimal(0)))} frei, gewünscht sind "
        f"{euros(use.amount)}."
    )
