"""Named mutants: each spoils one rule of the ledger, and on its road the machine must see it.

A mutant edits the source of `contracts.ledger.movements` or `checks`, the trigger that carries the
entries, or the constraints of a copy of the database. An edit must match exactly once,
so that a refactoring breaks it loudly. Rules that two guards defend have a mutant that
takes out both, and a test that each guard alone suffices.
"""

from __future__ import annotations

from dataclasses import dataclass
from inspect import isfunction
from pathlib import Path
from types import ModuleType

import pytest
from django.db import IntegrityError, connection

from contracts.ledger import checks, movements
from tests.database_state import spoil

from . import ledger_roads as roads
from .ledger_roads import Road, walk
from .mutation import Edits, edited, spoilt_copy

# A mutant has to die of what the machine found, not of a mistake in the edit.
VERDICTS = (
    "refused without reason|accepted in spite of|misnamed|not named|differ|exceeded|raised above"
    "|is negative|lost or added|ended twice|violates check constraint"
)

NO_ROOM_CHECK: Edits = (("        if amount > accounts[pk].available", "        if False"),)
NO_ENDED_CHECK: Edits = ((".exclude(Exists(ends)).values_list(", ".values_list("),)
NO_USE_CHECK: Edits = (
    ("account.kind != AccountKind.BUDGET and new_limit < account.bound", "False"),
)
NO_CAP_CHECK = "ALTER TABLE ledger_limitaccount DROP CONSTRAINT ledger_cap_not_exceeded"
NO_BUDGET_TRIGGER = "DROP TRIGGER ledger_budget_not_overdrawn ON ledger_limitaccount"
NO_SHAPE = "ALTER TABLE ledger_ledgerentry DROP CONSTRAINT ledger_entry_shape"
NO_HOLD_ENDS_ONCE = "DROP INDEX ledger_hold_resolved_once"
NO_MATCHING: Edits = (
    (
        "IF is_wrong THEN",
        "IF false THEN",
    ),
)
HOLD_STAYS_ON_POST: Edits = (
    (
        "delta_held=-held[post.hold_id].delta_held,\n            delta_posted=post.amount,",
        "delta_held=Decimal(0),\n            delta_posted=post.amount,",
    ),
)
VOID_RETURNS_PART: Edits = (
    ("delta_held=-held[hold_id].delta_held", "delta_held=Decimal('-0.01')"),
)


@dataclass(frozen=True)
class Mutant:
    """`code` edits the Python source, `trigger` the function that carries the entries."""

    name: str
    road: Road
    dies_by: str = VERDICTS
    code: Edits = ()
    trigger: Edits = ()
    statements: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name


IN_CODE = (
    Mutant(
        "an amount that fits exactly is refused",
        roads.limit_given_away,
        code=(("if amount > accounts[pk].available", "if amount >= accounts[pk].available"),),
    ),
    Mutant(
        "one cent too much passes the check",
        roads.limit_set,
        code=(
            (
                "if amount > accounts[pk].available",
                "if amount > accounts[pk].available + Decimal('0.01')",
            ),
        ),
    ),
    Mutant("the room is not checked", roads.to_the_last_cent, code=NO_ROOM_CHECK),
    Mutant(
        "two holds of one account are checked one by one",
        roads.to_the_last_cent,
        code=(("wanted[ask.account_id] += ask.amount", "wanted[ask.account_id] = ask.amount"),),
    ),
    Mutant(
        "a post above its hold is not checked",
        roads.booked_while_frozen,
        code=(("for pk, more in growth.items() if more > 0", "for pk, more in ()"),),
    ),
    Mutant(
        "a post is checked as if its hold were still there",
        roads.taken_back_in_parts,
        code=(
            (
                "in held.values():\n            growth[entry.account_id] -= entry.delta_held",
                "in held.values():\n            pass",
            ),
        ),
    ),
    Mutant("a post leaves its hold in place", roads.recorded_twice, code=HOLD_STAYS_ON_POST),
    Mutant(
        "a post ends as much of its hold as it books",
        roads.booked_while_frozen,
        code=(("delta_held=-held[post.hold_id].delta_held", "delta_held=-post.amount"),),
    ),
    Mutant("a void returns only part", roads.booked_while_frozen, code=VOID_RETURNS_PART),
    Mutant(
        "a part taken back gives back everything",
        roads.recorded_twice,
        code=(("delta_posted=-item.amount", "delta_posted=-posted[item.post_id].delta_posted"),),
    ),
    Mutant("an ended hold is not recognised", roads.ended_once, code=NO_ENDED_CHECK),
    Mutant("a cap is set below its use", roads.limit_changed, code=NO_USE_CHECK),
    Mutant(
        "a budget cannot be frozen below its use",
        roads.limit_set,
        code=(("account.kind != AccountKind.BUDGET and ", ""),),
    ),
    Mutant(
        "a cap cannot be set to its use",
        roads.limit_changed,
        code=(("new_limit < account.bound", "new_limit <= account.bound"),),
    ),
    Mutant(
        "a new limit is added to the old one",
        roads.limit_set,
        code=(("new_limit - account.limit_amount", "new_limit"),),
    ),
    Mutant(
        "a change of the limit is taken for the new limit",
        roads.booked_while_frozen,
        code=(
            (
                "_change(account_id, delta, ref",
                "_change(account_id, delta - account.limit_amount, ref",
            ),
        ),
    ),
    Mutant(
        "a change lowers a cap below its use",
        roads.limit_changed,
        code=(("require_use_covered(account, account.limit_amount + delta)", "pass"),),
    ),
    Mutant(
        "a suspended account takes posts",
        roads.stopped,
        code=(("        require_not_suspended(booked.values())\n", ""),),
    ),
    Mutant(
        "a full account takes no posts",
        roads.stopped,
        code=(("if row.closed_reason == ClosedReason.SUSPENDED]", "if row.closed_reason]"),),
    ),
    Mutant(
        "limit that is in use is given away",
        roads.limit_given_away,
        code=(("if amount > giver.available", "if False"),),
    ),
    Mutant(
        "the last free cent cannot be given away",
        roads.limit_given_away,
        code=(("if amount > giver.available", "if amount >= giver.available"),),
    ),
    Mutant(
        "what is given away is kept as well",
        roads.limit_given_away,
        code=(("_change(giver.pk, -amount", "_change(giver.pk, Decimal(0)"),),
    ),
    Mutant(
        "pieces are given for euros",
        roads.limit_given_away,
        code=(("if giver.unit != taker.unit", "if False"),),
    ),
    Mutant(
        "room for one more lifts a suspension",
        roads.stopped,
        code=(('reason in {"", account.closed_reason}', "reason"),),
    ),
    Mutant(
        "a full account hides its suspension",
        roads.stopped,
        code=(("return account.is_open or (", "return True or ("),),
    ),
    Mutant(
        "a stopped account takes holds",
        roads.stopped,
        code=(("        require_open(accounts.values())\n", ""),),
    ),
    Mutant(
        "nothing counts as an amount",
        roads.nonsense,
        code=(("if not is_amount(amount) or amount <= 0", "if not is_amount(amount)"),),
    ),
    Mutant(
        "tenths of a cent are rounded away",
        roads.nonsense,
        code=((" and value == round(value, 2)", ""),),
    ),
)

IN_DATABASE = (
    Mutant(
        "a cap is exceeded: neither check nor constraint",
        roads.to_the_last_cent,
        "accepted in spite of .*LimitExceeded",
        code=NO_ROOM_CHECK,
        statements=(NO_CAP_CHECK,),
    ),
    Mutant(
        "a budget is raised above its limit: neither check nor trigger",
        roads.limit_set,
        "accepted in spite of .*LimitExceeded",
        code=NO_ROOM_CHECK,
        statements=(NO_BUDGET_TRIGGER,),
    ),
    Mutant(
        "a cap is set below its use: neither check nor constraint",
        roads.limit_changed,
        "accepted in spite of .*LimitBelowUse",
        code=NO_USE_CHECK,
        statements=(NO_CAP_CHECK,),
    ),
    Mutant(
        "a hold ends twice: neither check nor index",
        roads.ended_once,
        "accepted in spite of .*HoldAlreadyResolved",
        code=NO_ENDED_CHECK,
        statements=(NO_HOLD_ENDS_ONCE,),
    ),
    Mutant(
        "a post leaves its hold in place: neither shape nor matching",
        roads.booked_while_frozen,
        code=HOLD_STAYS_ON_POST,
        trigger=NO_MATCHING,
        statements=(NO_SHAPE,),
    ),
    Mutant(
        "a void returns only part: no matching",
        roads.stopped,
        code=VOID_RETURNS_PART,
        trigger=NO_MATCHING,
    ),
    Mutant(
        "more is taken back than was posted",
        roads.taken_back_in_parts,
        "accepted in spite of .*ReverseTooLarge",
        trigger=(
            (
                "IF is_reversing AND EXISTS (",
                "IF false AND EXISTS (",
            ),
        ),
    ),
    Mutant(
        "the last cent cannot be taken back",
        roads.taken_back_in_parts,
        trigger=(("WHERE post.delta_posted < (", "WHERE post.delta_posted <= ("),),
    ),
    Mutant(
        "only the last part taken back counts",
        roads.taken_back_in_parts,
        "accepted in spite of .*ReverseTooLarge",
        trigger=(("SELECT -sum(taken.delta_posted)", "SELECT -min(taken.delta_posted)"),),
    ),
    Mutant(
        "a repeated reference is accepted",
        roads.recorded_twice,
        "accepted in spite of .*DuplicateReference",
        statements=(
            "ALTER TABLE ledger_ledgerentry DROP CONSTRAINT ledger_entry_reference_unique",
        ),
    ),
    Mutant(
        "posted amounts are not carried to the row",
        roads.taken_back_in_parts,
        trigger=(("posted = account.posted + sums.delta_posted", "posted = account.posted"),),
    ),
    Mutant(
        "entries are not carried at all",
        roads.booked_while_frozen,
        statements=("DROP TRIGGER ledger_apply_entries ON ledger_ledgerentry",),
    ),
)

# One of two guards is out; the other one has to hold every limit alone.
ONE_GUARD_LEFT = (
    Mutant("limits: only constraint and trigger", roads.to_the_last_cent, code=NO_ROOM_CHECK),
    Mutant(
        "limits: only the check",
        roads.to_the_last_cent,
        statements=(NO_CAP_CHECK, NO_BUDGET_TRIGGER),
    ),
    Mutant("a hold ends once: only the index", roads.ended_once, code=NO_ENDED_CHECK),
    Mutant("a hold ends once: only the check", roads.ended_once, statements=(NO_HOLD_ENDS_ONCE,)),
    Mutant("cap not below its use: only the constraint", roads.limit_set, code=NO_USE_CHECK),
    Mutant(
        "amounts of entries: only the code",
        roads.taken_back_in_parts,
        trigger=NO_MATCHING,
        statements=(NO_SHAPE,),
    ),
)


@pytest.mark.django_db
@pytest.mark.parametrize("road", roads.ROADS, ids=lambda road: road.__name__)
def test_the_unchanged_ledger_walks_every_road(road: Road) -> None:
    walk(road, ledger=_module(()))


@pytest.mark.django_db
@pytest.mark.parametrize("mutant", IN_CODE, ids=str)
def test_a_mutant_of_the_code_dies(mutant: Mutant) -> None:
    _must_die(mutant)


@pytest.mark.django_db
@pytest.mark.parametrize("mutant", IN_DATABASE, ids=str)
def test_a_mutant_of_the_database_dies(mutant: Mutant) -> None:
    _change_database(mutant)
    _must_die(mutant)


@pytest.mark.django_db
@pytest.mark.parametrize("mutant", ONE_GUARD_LEFT, ids=str)
def test_one_guard_alone_suffices(mutant: Mutant) -> None:
    _change_database(mutant)
    walk(mutant.road, ledger=_module(mutant.code), names_refusals=False)


def test_an_edit_that_no_longer_fits_is_noticed() -> None:
    with pytest.raises(AssertionError, match="must match once"):
        edited("some source", (("another source", ""),))


def _must_die(mutant: Mutant) -> None:
    in_code = not (mutant.trigger or mutant.statements)
    with pytest.raises((AssertionError, IntegrityError), match=mutant.dies_by):
        walk(mutant.road, ledger=_module(mutant.code), names_refusals=in_code)


def _module(code: Edits) -> ModuleType:
    """A copy of the movements; an edit of what they are refused for goes to their checks."""
    of_checks = tuple(edit for edit in code if edit[0] in Path(checks.__file__).read_text())
    copy = spoilt_copy(movements, tuple(edit for edit in code if edit not in of_checks))
    spoilt = spoilt_copy(checks, of_checks)
    rules = [name for name, rule in vars(spoilt).items() if isfunction(rule)]
    copy.__dict__.update({name: vars(spoilt)[name] for name in rules if name in copy.__dict__})
    return copy


def _change_database(mutant: Mutant) -> None:
    spoil(*mutant.statements)
    if mutant.trigger:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_get_functiondef('ledger_apply_entries'::regproc)")
            spoil(edited(cursor.fetchone()[0], mutant.trigger))
