"""Written roads through the cascade machine, one per rule that a mutant breaks.

The unspoilt product walks all of them; what turns a mutant red is the machine's own
prediction or its books.
"""

from __future__ import annotations

from datetime import timedelta

from . import cascade_books as books
from .cascade_machine import CascadeMachine
from .cascade_model import Issued, Request

OLD, GRANT, BOTH = range(3)
TO_NEW_YEAR = 21


def check(machine: CascadeMachine) -> None:
    books.check(machine.stage, machine.model)


def bought(machine: CascadeMachine, quantity: int, funding: int, days: int | None = None) -> Issued:
    machine.buy(quantity, funding, days)
    check(machine)
    return last(machine)


def asked(machine: CascadeMachine, quantity: int, funding: int) -> Request:
    request = machine._ask(quantity, funding, None)
    assert request is not None
    return request


def last(machine: CascadeMachine) -> Issued:
    return machine.model.call_offs[max(machine.model.call_offs)]


def draft(machine: CascadeMachine) -> Request:
    """What the house has drafted last."""
    rows = [row for row in machine.model.requests.values() if row.state == "draft"]
    return rows[-1]


def refuse(machine: CascadeMachine) -> None:
    machine._refuse(last(machine))
    check(machine)


def sign(machine: CascadeMachine, request: Request) -> None:
    machine._sign(request)
    check(machine)


def sweep(machine: CascadeMachine, *, days: int = 0, minutes: int = 0, broken: bool) -> None:
    machine._let_days_pass(days)
    machine.now += timedelta(minutes=minutes)
    machine._sweep(0 if broken else None)
    check(machine)


def refused_down_the_ranks(machine: CascadeMachine) -> None:
    """At once, then by a draft that is dearer and remembers who refused, then nobody is left."""
    bought(machine, 3, BOTH)
    refuse(machine)
    refuse(machine)
    again = draft(machine)
    machine._submit(again)
    check(machine)
    sign(machine, again)
    sign(machine, again)
    refuse(machine)


def past_its_delivery_date(machine: CascadeMachine) -> None:
    """What had to be here yesterday is passed on all the same, and drafted where it is dearer."""
    bought(machine, 3, OLD, days=1)
    machine._let_days_pass(2)
    refuse(machine)
    machine._let_days_pass(2)
    refuse(machine)
    machine._submit(draft(machine))
    check(machine)


def over_new_year(machine: CascadeMachine) -> None:
    """In January the grant still pays for the next rank; last year's money pays for nothing."""
    bought(machine, 3, OLD)
    bought(machine, 3, GRANT)
    bought(machine, 2, BOTH)
    sweep(machine, days=TO_NEW_YEAR, broken=False)
    machine._submit(draft(machine))
    check(machine)


def signed_over_new_year(machine: CascadeMachine) -> None:
    machine._let_days_pass(TO_NEW_YEAR - 7)
    request = asked(machine, 2, OLD)
    sign(machine, request)
    machine._let_days_pass(7)
    sign(machine, request)
    assert request.state == "returned"


def frozen_between_signature_and_issue(machine: CascadeMachine) -> None:
    request = asked(machine, 5, BOTH)
    sign(machine, request)
    machine._freeze("old", machine.model.available("old") + 1)
    sign(machine, request)
    machine._unfreeze("old")
    sign(machine, request)
    assert request.state == "approved"


def frozen_before_the_next_rank(machine: CascadeMachine) -> None:
    """What comes back fills the gap of the freeze; the next rank waits as a draft."""
    bought(machine, 3, BOTH)
    machine._freeze("old", machine.model.available("old") + 100_00)
    refuse(machine)
    again = draft(machine)
    machine._submit(again)
    machine._unfreeze("old")
    machine._submit(again)
    sign(machine, again)
    sign(machine, again)


def failing_in_the_sweep(machine: CascadeMachine) -> None:
    """The others are done; it rests, is tried again, and at last is done too."""
    for quantity in (2, 3, 1):
        bought(machine, quantity, BOTH)
    sweep(machine, days=7, broken=False)
    sweep(machine, days=1, broken=True)
    sweep(machine, broken=False)
    sweep(machine, minutes=1, broken=True)
    sweep(machine, minutes=1, broken=False)
    sweep(machine, minutes=1, broken=False)
    assert not machine.model.resting


def sent_twice(machine: CascadeMachine) -> None:
    row = bought(machine, 7, BOTH)
    for act, pieces in ((machine._cancel, 2), (machine._receive, 2), (machine._cancel, 3)):
        act(row, pieces)
        check(machine)
    assert row.state == "closed_short"


def confirmed_at_last(machine: CascadeMachine) -> None:
    """The last day counts; the day after it is too late, though the sweep fails."""
    first, second = bought(machine, 2, BOTH), bought(machine, 3, BOTH)
    machine._let_days_pass((first.confirm_by - machine.day).days)
    machine._confirm(first)
    check(machine)
    sweep(machine, days=1, broken=True)
    machine._confirm(second)
    assert (first.state, second.state) == ("confirmed", "issued")
    check(machine)


def refused_in_part(machine: CascadeMachine) -> None:
    """Only what is still open goes to the next rank."""
    row = bought(machine, 5, BOTH)
    machine._cancel(row, 2)
    refuse(machine)


ROADS = (
    refused_down_the_ranks,
    past_its_delivery_date,
    over_new_year,
    signed_over_new_year,
    frozen_between_signature_and_issue,
    frozen_before_the_next_rank,
    failing_in_the_sweep,
    sent_twice,
    confirmed_at_last,
    refused_in_part,
)
