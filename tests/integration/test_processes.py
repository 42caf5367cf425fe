"""Programs started together end together, and so do their children."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from shop.processes import ProcessError, Processes

STUBBORN_CHILD = """
import os, signal, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"])
print(child.pid, flush=True)
time.sleep(600)
"""


def _lives(pid: int) -> bool:
    """False also for a process that has ended and waits to be collected."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.fixture
def processes(tmp_path: Path) -> Processes:
    return Processes(tmp_path, dict(os.environ))


def test_a_child_that_ignores_the_signal_is_gone_too(processes: Processes) -> None:
    with processes:
        program = processes.start("parent", [sys.executable, "-c", STUBBORN_CHILD])
        while not program.tail():
            time.sleep(0.02)
        child = int(program.tail())
        assert _lives(child)
    assert not _lives(program.process.pid)
    assert not _lives(child)


def test_a_failing_program_is_named_with_the_end_of_its_log(processes: Processes) -> None:
    command = [sys.executable, "-c", "import sys; sys.exit('kein Platz mehr')"]
    with processes, pytest.raises(ProcessError, match=r"(?s)fill failed \(1\).*kein Platz mehr"):
        processes.run("fill", command)


def test_a_program_that_ends_early_is_noticed(processes: Processes) -> None:
    with processes:
        program = processes.start("web", [sys.executable, "-c", "print('Adresse belegt')"])
        program.process.wait()
        with pytest.raises(ProcessError, match=r"(?s)web ended \(0\).*Adresse belegt"):
            processes.check()


def test_programs_get_the_environment_and_extra_variables(processes: Processes) -> None:
    processes.environment = {**processes.environment, "FIRST": "1"}
    command = [sys.executable, "-c", "import os; print(os.environ['FIRST'], os.environ['SECOND'])"]
    with processes:
        program = processes.start("show", command, SECOND="2")
        processes.finish(program)
    assert program.tail().split() == ["1", "2"]
