"""Written roads through the ledger's machine, one per rule that a mutant breaks.

Each crosses its border from both sides, on a cap in euros, on one in pieces and on a budget; the
unspoilt ledger walks all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from types import ModuleType

from contracts.ledger.models import AccountKind, ClosedReason

from .ledger_machine import LedgerMachine, on_ledger

Road = Callable[[LedgerMachine], None]
KINDS = (AccountKind.LOT_VALUE, AccountKind.ITEM_QUANTITY, AccountKind.BUDGET)
ENDS = (None, "same", "lower", "exact", "over")
WHOLE, HALF, NOTHING = 500, 250, 0


def walk(road: Road, *, ledger: ModuleType, names_refusals: bool = True) -> None:
    """Walk it in a savepoint, on the ledger that is under test."""
    machine = on_ledger(ledger, names_refusals=names_refusals)()
    try:
        machine.start(AccountKind.LOT_VALUE, (1_000, 1_000))
        road(machine)
        check(machine)
    finally:
        machine.teardown()


def check(machine: LedgerMachine) -> None:
    for law in machine.invariants:
        law.function(machine)


def to_the_last_cent(machine: LedgerMachine) -> None:
    """What fits exactly is held; a cent more is not, nor in two parts that fit one by one."""
    for kind in KINDS:
        account = machine._open(kind, WHOLE)
        machine._ask([(account, "over", None)])
        machine._ask([(account, HALF, None), (account, HALF + 1, None)])
        machine._ask([(account, HALF, None), (account, "exact", None)])
        machine._ask([(account, 1, None)])
        check(machine)


def ended_once(machine: LedgerMachine) -> None:
    """Booked as held, for less, to the last cent of the account or one too many; or released."""
    for kind, first, second in product(KINDS, ENDS, ENDS):
        machine.end_a_hold_again(kind, first, second, None)
    check(machine)


def taken_back_in_parts(machine: LedgerMachine) -> None:
    for kind in KINDS:
        machine.post_and_take_back_in_parts(kind, [(100, None), ("over", None), ("rest", None)])
        machine.post_and_take_back_in_parts(kind, [(40, None), (30, None), (81, None), (80, None)])
        check(machine)


def limit_set(machine: LedgerMachine) -> None:
    for kind in KINDS:
        machine.bind_and_change_the_limit(kind, 600, "use")
        machine.bind_and_change_the_limit(kind, "below", 450)
        check(machine)


def limit_changed(machine: LedgerMachine) -> None:
    for kind, size in product(KINDS, ("use", "below", 50, -50)):
        machine.bind_and_change_the_limit_by(kind, size)
    check(machine)


def limit_given_away(machine: LedgerMachine) -> None:
    for kind in KINDS:
        machine.bind_and_give_limit_away(kind, ("over", "rest"), None)
        machine.bind_and_give_limit_away(kind, (NOTHING, 50), None)
        check(machine)


def booked_while_frozen(machine: LedgerMachine) -> None:
    for delta, size in product(("use", "below", -50), ENDS):
        machine.freeze_and_book(delta, size)
    check(machine)


def stopped(machine: LedgerMachine) -> None:
    for kind, size in product(KINDS, ENDS):
        machine.settle_on_a_stopped_account(kind, size)
    check(machine)


def suspended_or_full(machine: LedgerMachine) -> None:
    """Each reason is lifted by itself."""
    for kind, reason, lifted in product(KINDS, ClosedReason, ClosedReason):
        account = machine._open(kind, WHOLE)
        machine._set_open(account, is_open=False, reason=reason)
        machine._set_open(account, is_open=False, reason=lifted)
        machine._set_open(account, is_open=True, reason=reason)
        machine._ask([(account, 1, None)])
        machine._set_open(account, is_open=True, reason=lifted)
        machine._ask([(account, 1, None)])
    check(machine)


def nonsense(machine: LedgerMachine) -> None:
    for kind in KINDS:
        machine.ask_for_nonsense(kind)
    check(machine)


def recorded_twice(machine: LedgerMachine) -> None:
    for kind in KINDS:
        machine.record_every_movement_twice(kind)
    check(machine)


ROADS = (
    to_the_last_cent,
    ended_once,
    taken_back_in_parts,
    limit_set,
    limit_changed,
    limit_given_away,
    booked_while_frozen,
    stopped,
    suspended_or_full,
    nonsense,
    recorded_twice,
)
