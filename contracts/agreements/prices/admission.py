"""A position that was proposed for a listed agreement, and how it gets there.

What is proposed is kept as written; the second person's approval of the register's entry
writes it, measured again on that day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from contracts.agreements.models import (
    Award,
    ContractItem,
    ContractModification,
    ItemRole,
    ModificationUse,
    PositionProposal,
    PriceBasis,
    UseLevel,
)
from contracts.agreements.prices.entry_uses import write_use
from contracts.agreements.prices.errors import InvalidEntry
from contracts.agreements.serialised import lock_lots
from contracts.agreements.writing.positions import Prices
from contracts.agreements.writing.setup import ItemSpec, write_item, write_price
from contracts.agreements.writing.tiers import TierRow
from contracts.parties.models import Membership
from contracts.pricing import line_net


def content_of(spec: ItemSpec, prices: Prices) -> dict[str, Any]:
    """Position and price as JSON."""
    return {
        "spec": {name: _plain(value) for name, value in asdict(spec).items()},
        "prices": {
            "tiers": [
                [row.from_quantity, _plain(row.net_unit_price), _plain(row.discount_percent)]
                for row in prices.tiers
            ],
            "valid_from": prices.valid_from.isoformat(),
            "price_unit": prices.price_unit,
            "source": prices.source,
        },
    }


def proposed_position(content: Mapping[str, Any]) -> tuple[ItemSpec, Prices]:
    """Position and price as they were proposed."""
    spec, prices = dict(content["spec"]), content["prices"]
    spec |= {"basis": PriceBasis(spec["basis"]), "role": ItemRole(spec["role"])}
    tiers = tuple(
        TierRow(quantity, _amount(price), _amount(percent))
        for quantity, price, percent in prices["tiers"]
    )
    valid_from = date.fromisoformat(prices["valid_from"])
    return ItemSpec(**spec), Prices(tiers, valid_from, prices["price_unit"], prices["source"])


def worth_of_position(
    award: Award, spec: ItemSpec, prices: Prices, entry_value: Decimal
) -> Decimal:
    """What the position takes of the entry's value (net EUR): its cap at its dearest tier.

    A further rank of a capped position brings no pieces with it. A discount has no price
    before something is listed under it; it takes the whole value. Raises InvalidEntry for a
    position without a cap.
    """
    ranks = ContractItem.objects.filter(award__lot_id=award.lot_id, number=spec.number)
    if ranks.filter(account__isnull=False).exists():
        return Decimal(0)
    if spec.max_quantity is None:
        raise InvalidEntry(
            "Eine Position, die nach der Listung hinzukommt, braucht eine Höchstmenge: Der "
            "Eintrag im Änderungsregister erlaubt nicht mehr, als sein Wert trägt."
        )
    found = [row.net_unit_price for row in prices.tiers if row.net_unit_price is not None]
    if not found:
        return entry_value
    return line_net(spec.max_quantity, max(found), prices.price_unit, spec.periods)


def admit(entry: ContractModification, *, by: Membership, now: datetime) -> None:
    """Write the position that hangs on the approved entry, where one does.

    Raises AlreadyExists, OutOfOrder, BeyondEntry, InvalidEntry or a PricingError.
    """
    proposal = (
        PositionProposal.objects.select_related("award__lot", "award__supplier")
        .filter(entry=entry)
        .first()
    )
    if proposal is None:
        return
    award = proposal.award
    spec, prices = proposed_position(proposal.content)
    worth = worth_of_position(award, spec, prices, entry.value)
    proposal.item = write_item(award, spec, by=by, now=now)
    write_price(
        proposal.item,
        prices.tiers,
        valid_from=prices.valid_from,
        price_unit=prices.price_unit,
        source=f"Vertragsänderung {entry.number}",
        by=by,
        now=now,
    )
    proposal.save(update_fields=["item"])
    use = ModificationUse(level=UseLevel.POSITION, account=proposal.item.account, amount=worth)
    write_use(entry, use, by=by, now=now)
    lock_lots([award.lot_id])


def _plain(value: object) -> object:
    return f"{value:f}" if isinstance(value, Decimal) else value


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
