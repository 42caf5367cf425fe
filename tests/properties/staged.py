"""State machines over a stage that is built once: every example runs in a savepoint of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, ClassVar, TypeVar

from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from contracts.clock import berlin_day


class StagedMachine(RuleBasedStateMachine):
    """`stage` is what is there before every example, `begins` the moment it starts at."""

    stage: ClassVar[Any]
    begins: ClassVar[datetime]

    def __init__(self) -> None:
        super().__init__()
        self.now = self.begins
        self.example = transaction.atomic()
        self.example.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    @property
    def day(self) -> date:
        return berlin_day(self.now)


M = TypeVar("M", bound=StagedMachine)


def _on(machine: type[M], stage: object) -> type[M]:
    return type(f"{machine.__name__}OnStage", (machine,), {"stage": stage})


def drive(
    machine: type[StagedMachine], stage: object, *, examples: int, steps: int, steady: bool = False
) -> None:
    """Drive the machine; raises what a failing example raised.

    `steady` walks the same examples every time and does not shrink.
    """
    run_state_machine_as_test(
        _on(machine, stage),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            derandomize=steady,
            phases=[Phase.generate] if steady else [Phase.generate, Phase.shrink],
            report_multiple_bugs=False,
            print_blob=not steady,
            suppress_health_check=list(HealthCheck),
        ),
    )


def walk_on(machine: type[M], stage: object, road: Callable[[M], None]) -> None:
    """Walk a written road through the machine, in a savepoint."""
    walker = _on(machine, stage)()
    try:
        road(walker)
    finally:
        walker.teardown()


def check(machine: StagedMachine) -> None:
    """All invariants, as the machine asks them after a step."""
    for law in machine.invariants:
        law.function(machine)
