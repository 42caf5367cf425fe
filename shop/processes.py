"""Runs several programs side by side and leaves none behind.

Each program is the leader of its own session, so that the end reaches its children too.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

GRACE_SECONDS = 15.0
PAUSE_SECONDS = 0.05


class ProcessError(RuntimeError):
    """A program failed; the message ends with the tail of its log."""


@dataclass
class Program:
    """A started program and the file its output goes to."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def tail(self, characters: int = 3000) -> str:
        return self.log.read_text(errors="replace")[-characters:]


@dataclass
class Processes:
    """Programs started together; leaving the block ends them all."""

    folder: Path
    environment: Mapping[str, str]
    programs: list[Program] = field(default_factory=list)

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self, name: str, command: Sequence[str], **extra: str) -> Program:
        """Starts a program; its output goes to `<name>.log` in the folder."""
        log = self.folder / f"{name}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603 - our own programs and arguments
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**self.environment, **extra},
                start_new_session=True,
            )
        program = Program(name, process, log)
        self.programs.append(program)
        return program

    def finish(self, program: Program) -> None:
        """Waits for a program that ends by itself. Raises ProcessError when it failed."""
        code = program.process.wait()
        self.programs.remove(program)
        if code != 0:
            raise ProcessError(f"{program.name} failed ({code}):\n{program.tail()}")

    def run(self, name: str, command: Sequence[str], **extra: str) -> None:
        """Runs a program to its end. Raises ProcessError when it failed."""
        self.finish(self.start(name, command, **extra))

    def check(self) -> None:
        """Raises ProcessError when one of the programs has ended."""
        for program in self.programs:
            code = program.process.poll()
            if code is not None:
                raise ProcessError(f"{program.name} ended ({code}):\n{program.tail()}")

    def stop(self) -> None:
        """Asks every program to end, waits, and kills what is left of its session."""
        for program in reversed(self.programs):
            _signal_one(program.process.pid, signal.SIGTERM)
        end = time.monotonic() + GRACE_SECONDS
        for program in self.programs:
            with suppress(subprocess.TimeoutExpired):
                program.process.wait(timeout=max(0.0, end - time.monotonic()))
        for program in self.programs:
            _end_group(program.process.pid)
            program.process.wait()
        self.programs.clear()


def _signal_one(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def _end_group(group: int) -> None:
    """Kills what is left of a session whose leader has been asked to end."""
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)
        time.sleep(PAUSE_SECONDS)
