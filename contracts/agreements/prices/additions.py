"""A further position of a listed agreement: proposed by one person, written by a second.

Like a price outside its clause it is a modification of the contract (§ 132 GWB): it needs an
entry of the register, takes no more than the entry's value, and waits for its approval
(docs/adr/0011-a-listed-agreement-grows-by-two-people.md).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from contracts.agreements.models import (
    AgreementState,
    ContractItem,
    ContractModification,
    ModificationKind,
    PositionProposal,
)
from contracts.agreements.prices.admission import content_of, worth_of_position
from contracts.agreements.prices.errors import BeyondEntry, InvalidEntry
from contracts.agreements.prices.modifications import Entry, register_scope
from contracts.agreements.refused import AlreadyExists
from contracts.agreements.writing.editing import editable_award
from contracts.agreements.writing.positions import Prices
from contracts.agreements.writing.setup import ItemSpec
from contracts.agreements.writing.tiers import check_tiers
from contracts.parties.models import Membership
from contracts.pricing import euros


def propose_position(
    *,
    award_id: int,
    spec: ItemSpec,
    prices: Prices,
    entry: Entry,
    by: Membership,
    now: datetime,
) -> ContractModification:
    """Propose a position of a listed agreement; `entry` says ground, value and reason.

    The approval of the returned entry writes it. Raises NotAllowed, NotFound, AgreementEnded,
    AlreadyExists, BeyondEntry (the cap at its price exceeds the value), a PricingError, and
    what registering refuses.
    """
    check_tiers(prices.tiers)
    with transaction.atomic():
        award, agreement = editable_award(award_id, by=by, now=now)
        if agreement.state == AgreementState.DRAFT:
            raise InvalidEntry("Ein Entwurf nimmt Positionen ohne Vertragsänderung auf.")
        if ContractItem.objects.filter(award=award, number=spec.number).exists():
            raise AlreadyExists(
                "number", "Diese Positionsnummer hat der Zuschlag bereits. Bitte eine andere."
            )
        worth = worth_of_position(award, spec, prices, entry.value)
        if worth > entry.value:
            raise BeyondEntry(
                f"Die Höchstmenge ist zum höchsten Preis {euros(worth)} wert; der Eintrag nennt "
                f"{euros(entry.value)}. Bitte den ganzen Wert nennen oder die Menge senken."
            )
        scope = replace(
            entry, kind=ModificationKind.SCOPE, lot_id=award.lot_id, award_id=award.pk, new_end=None
        )
        row = register_scope(agreement, scope, by=by, now=now)
        PositionProposal.objects.create(entry=row, award=award, content=content_of(spec, prices))
    return row
