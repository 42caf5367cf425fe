"""An agreement in preparation, with what still keeps it from being listed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from contracts.agreements.models import AllocationRule, PriceBasis
from contracts.agreements.writing.positions import Prices, add_position
from contracts.agreements.writing.setup import ItemSpec, create_agreement, create_award, create_lot
from contracts.agreements.writing.tiers import TierRow
from contracts.parties.models import Membership

from .days import Days
from .parties import Parties

DRAFT_NUMBER = "RV-Audio-BB"


def prepare(parties: Parties, manager: Membership, days: Days) -> None:
    """Begins next year and lasts too long; no notice, no buyers, a lot without an award."""
    now, start = days.ago(10, 13), days.first_of(1, years=1)
    agreement = create_agreement(
        number=DRAFT_NUMBER,
        title="Audio- und Konferenztechnik für Schulen",
        notice_number="",
        starts_on=start,
        ends_on=days.first_of(1, years=6) - timedelta(days=1),
        estimate=Decimal(1_200_000),
        maximum=Decimal(1_800_000),
        by=manager,
        now=now,
    )
    titles = ("Mikrofone und Lautsprecher", "Aufzeichnung von Unterricht")
    speakers, _ = (
        create_lot(
            agreement,
            number=number,
            title=title,
            allocation=AllocationRule.SINGLE,
            estimate=Decimal(600_000) if number == 1 else None,
            maximum=Decimal(900_000),
            cpv=("32321200-1",),
            by=manager,
            now=now,
        )
        for number, title in enumerate(titles, start=1)
    )
    award = create_award(
        speakers,
        supplier=parties["maerkische"],
        reference=f"{DRAFT_NUMBER}/L1-1",
        awarded_on=start,
        by=manager,
        now=now,
    )
    add_position(
        award_id=award.pk,
        spec=ItemSpec(
            number="1.1",
            title="Mobile Lautsprecheranlage",
            basis=PriceBasis.FIXED,
            product_group="Audiotechnik",
        ),
        prices=Prices((TierRow(1, net_unit_price=Decimal(449)),), start, 1, "Angebot"),
        by=manager,
        now=now,
    )
