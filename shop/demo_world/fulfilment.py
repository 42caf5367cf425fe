"""What became of the call-offs: confirmed, refused and passed on, received, given up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from contracts.clock import berlin_day
from contracts.parties.models import Membership
from orders.call_offs import cancellations, confirmations, goods_receipts
from orders.models import CallOff, Requisition

from .days import Days
from .people import People


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to the call-off that a story gave to a supplier.

    `pieces` by item number, all that is open where empty; `note` is a delivery note or
    a reason.
    """

    story: str
    supplier: str
    by: str
    days_ago: int
    pieces: Mapping[str, int] = field(default_factory=dict)
    note: str = ""

    def quantities(self, call_off: CallOff) -> dict[int, int] | None:
        """The pieces by line, None for all that is open."""
        if not self.pieces:
            return None
        lines = call_off.lines.filter(item__number__in=self.pieces).select_related("item")
        return {line.pk: self.pieces[line.item.number] for line in lines}


class Confirmed(Step):
    """The supplier's desk confirms."""


class Refused(Step):
    """The supplier's desk refuses; in a cascade the next rank is asked."""


class Received(Step):
    """Goods came in."""


class GivenUp(Step):
    """The buyer cancels what was not delivered."""


STEPS: tuple[Step, ...] = (
    Confirmed("klasse-5", "havelland", "auftraege", 34),
    Received("klasse-5", "havelland", "schule", 27, {"1.1": 20, "1.2": 30}, "LS-48120"),
    Received("klasse-5", "havelland", "beschaffung", 20, {"1.1": 4, "1.3": 12}, "LS-48377"),
    Confirmed("kreistablets", "havelland", "auftraege", 27),
    Received("kreistablets", "havelland", "landkreis", 14, {"1.1": 300, "1.4": 520}, "LS-48502"),
    Received("amt-wlan", "elbtal", "amt", 12, {"4.1": 10, "4.2": 2}, "EN-2207"),
    GivenUp(
        "amt-wlan",
        "elbtal",
        "amt",
        5,
        note="Die Messung vor Ort hat ergeben, dass zehn Access Points genügen.",
    ),
    Confirmed("mittelstufe", "havelland", "auftraege", 19),
    Received("mittelstufe", "havelland", "lindenhof", 9, note="LS-48611"),
    Refused(
        "dockingstationen",
        "spreeblick",
        "auftraege-spreeblick",
        16,
        note="Der Hersteller liefert das Modell erst im übernächsten Quartal.",
    ),
    Confirmed("dockingstationen", "oderland", "auftraege-oderland", 15),
    Confirmed("kollegium", "spreeblick", "auftraege-spreeblick", 9),
)


def fulfil(requisitions: Mapping[str, Requisition], people: People, days: Days) -> None:
    """Take every step at its own moment, through the public functions."""
    for step in sorted(STEPS, key=lambda step: -step.days_ago):
        call_off = requisitions[step.story].call_offs.get(supplier__code=step.supplier)
        _ACTS[type(step)](step, call_off, people[step.by], days.ago(step.days_ago, 14, 30))


def _confirm(_step: Step, call_off: CallOff, by: Membership, now: datetime) -> None:
    confirmations.confirm(call_off_id=call_off.pk, by=by, now=now)


def _refuse(step: Step, call_off: CallOff, by: Membership, now: datetime) -> None:
    confirmations.refuse(call_off_id=call_off.pk, reason=step.note, by=by, now=now)


def _receive(step: Step, call_off: CallOff, by: Membership, now: datetime) -> None:
    goods_receipts.receive(
        call_off_id=call_off.pk,
        quantities=step.quantities(call_off),
        received_on=berlin_day(now),
        delivery_note=step.note,
        token=uuid4(),
        by=by,
        now=now,
    )


def _give_up(step: Step, call_off: CallOff, by: Membership, now: datetime) -> None:
    cancellations.cancel(
        call_off_id=call_off.pk,
        quantities=step.quantities(call_off),
        reason=step.note,
        token=uuid4(),
        by=by,
        now=now,
    )


_ACTS: Mapping[type[Step], Callable[[Step, CallOff, Membership, datetime], None]] = {
    Confirmed: _confirm,
    Refused: _refuse,
    Received: _receive,
    GivenUp: _give_up,
}
