"""Written roads through the contract machine, one per rule that a mutant breaks.

The unspoilt product walks all of them; what turns a mutant red is the machine's own
prediction or invariant.
"""

from __future__ import annotations

from orders.models.approval import Verdict

from .contract_acts import Size
from .contract_changes import Change
from .contract_machine import ContractMachine
from .staged import check

BLACK, BOOK, SILVER, STICKER, ACCESSORY, FIRST_RANK, SECOND_RANK = range(7)


def ask(machine: ContractMachine, buyer: int, *wanted: tuple[int, Size]) -> None:
    listings = machine.stage.listings
    machine._ask(machine.stage.buyers[buyer], [(listings[n].pk, size) for n, size in wanted])
    check(machine)


def sign(machine: ContractMachine) -> None:
    """The last requisition is approved by somebody who did not ask."""
    requisition = list(machine.model.requisitions.values())[-1]
    approver = machine._buyer(requisition).approver
    machine._decide(requisition, Verdict.APPROVE, approver)
    check(machine)


def mixed_basket(machine: ContractMachine) -> None:
    """Odd cents in one VAT group, another group beside it, several call-offs."""
    ask(machine, 0, (BLACK, 3), (STICKER, 19), (ACCESSORY, 7), (BOOK, 5), (FIRST_RANK, 2))
    sign(machine)


def exact_fit(machine: ContractMachine) -> None:
    """Exactly what fits gets through, and not one piece more."""
    ask(machine, 0, (BLACK, "over"))
    ask(machine, 0, (BLACK, "exact"))
    ask(machine, 1, (SILVER, 1))
    sign(machine)
    ask(machine, 1, (SILVER, 1))


def partial_cancellation(machine: ContractMachine) -> None:
    """A part is delivered, a part is cancelled, and then the rest."""
    ask(machine, 0, (BLACK, 10), (STICKER, 7))
    sign(machine)
    (call_off,) = machine.model.call_offs.values()
    machine._receive(call_off, [0], 4)
    for size in (5, "over", "all"):
        machine._cancel(call_off, [0, 1], size)
        check(machine)


def two_colours(machine: ContractMachine) -> None:
    """Two lines of one item reach the tier together."""
    ask(machine, 0, (BLACK, 60), (SILVER, 60))
    sign(machine)


def two_buyers(machine: ContractMachine) -> None:
    """Each buyer draws on its own quota."""
    for buyer in (0, 1):
        ask(machine, buyer, (BLACK, 2 + buyer))
        sign(machine)


def one_word_is_not_two(machine: ContractMachine) -> None:
    """A rise takes effect with the second person's word, and not before."""
    change = _proposed(machine, 104, 31)
    check(machine)
    machine._decide_change(change, "manager", True, 1_000)
    check(machine)
    machine._confirm_change(change, "manager", True)
    machine._confirm_change(change, "reviewer", True)
    check(machine)


def outside_the_clause(machine: ContractMachine) -> None:
    """A rise beyond the clause waits for the register of § 132 GWB."""
    change = _proposed(machine, 140, 31)
    machine._decide_change(change, "both as manager", True, 1_000)
    machine._confirm_change(change, "manager", True)
    check(machine)


def one_entry_for_two_lots(machine: ContractMachine) -> None:
    """What an entry is worth is split over the lots, and each piece counts its price."""
    entry = machine._register(None, 1_000, "manager")
    assert entry is not None
    machine._decide_entry(entry, "reviewer", True)
    lots = [machine.model.caps_within(entry).index(lot.cap) for lot in machine.model.lots.values()]
    machine._raise_cap(entry, lots[0], "most")
    check(machine)
    machine._raise_cap(entry, lots[1], 1)
    pieces = machine.model.caps_within(entry).index(machine.stage.world.items[0].account_id)
    machine._raise_cap(entry, pieces, "over")
    machine._raise_cap(entry, pieces, "most")
    check(machine)


def fall_by_itself(machine: ContractMachine) -> None:
    """The clause lets a fall take effect; the next one waits for its day."""
    _proposed(machine, 95, 31)
    check(machine)
    machine._let_days_pass(31)
    ask(machine, 0, (BLACK, 1))
    _proposed(machine, 99, 30)
    check(machine)


def dearer_at_issue(machine: ContractMachine) -> None:
    """What has become dearer since goes back to whoever asked."""
    ask(machine, 0, (BLACK, 5))
    change = _proposed(machine, 140, 0)
    machine._decide_change(change, "manager", True, 1_000)
    assert change.entry is not None
    machine._decide_entry(machine.model.entries[change.entry], "reviewer", True)
    machine._confirm_change(change, "reviewer", True)
    sign(machine)


def suspended_lot(machine: ContractMachine) -> None:
    """What is asked for while the lot is stopped is not held."""
    ask(machine, 0, (BLACK, 2))
    machine._set_gate(machine.stage.lots[0].pk, None)
    check(machine)
    ask(machine, 0, (BLACK, 1))
    sign(machine)
    machine._lift_gate(next(iter(machine.model.gates)))
    sign(machine)


def counted_over_all(machine: ContractMachine) -> None:
    """The tier of the stickers follows from what all buyers have called off before."""
    for buyer, quantity in ((0, 25), (1, 3)):
        ask(machine, buyer, (STICKER, quantity))
        sign(machine)


def refused_by_the_first(machine: ContractMachine) -> None:
    """The cheaper second rank takes over at once; a dearer one needs a new approval."""
    for quantity in (5, 10):
        ask(machine, 0, (FIRST_RANK, quantity))
        sign(machine)
        machine._refuse(list(machine.model.call_offs.values())[-1])
        check(machine)


def refused_in_a_full_lot(machine: ContractMachine) -> None:
    """What the first rank gives back is the next rank's, though the lot has stopped as full."""
    for quantity in (5, 35):
        ask(machine, 0, (FIRST_RANK, quantity))
        sign(machine)
    machine._review()
    check(machine)
    machine._refuse(next(iter(machine.model.call_offs.values())))
    check(machine)
    machine._review()
    check(machine)


def nobody_signs(machine: ContractMachine) -> None:
    """A requisition expires with everything it held."""
    ask(machine, 0, (BLACK, 5), (FIRST_RANK, 1))
    machine._let_days_pass(15)
    check(machine)


def _proposed(machine: ContractMachine, percent: int, days: int) -> Change:
    change = machine._propose(*machine._track("notebook"), percent, days)
    assert change is not None
    return change


ROADS = (
    mixed_basket,
    exact_fit,
    partial_cancellation,
    two_colours,
    two_buyers,
    one_word_is_not_two,
    outside_the_clause,
    one_entry_for_two_lots,
    fall_by_itself,
    dearer_at_issue,
    suspended_lot,
    counted_over_all,
    refused_by_the_first,
    refused_in_a_full_lot,
    nobody_signs,
)
