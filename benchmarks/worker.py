"""The loop of a worker process: one JSON line in, one out."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any, Protocol

from django.db import connection
from django.test.utils import CaptureQueriesContext


class Benchmark(Protocol):
    """One measured piece of work; `units` is what one `work` call gets done."""

    units: int

    def prepare_round(self) -> None:
        """Whatever must be there before the clock starts."""

    def work(self) -> None:
        """The measured part."""


def serve(make: Callable[[str, int | None], Benchmark]) -> None:
    """Answer `prepare`, `round` and, for placements, `capture` until the input ends."""
    benchmark: Benchmark | None = None
    for line in sys.stdin:
        call = json.loads(line)
        if call["operation"] == "prepare":
            started = time.perf_counter()
            benchmark = make(call["name"], call["size"])
            answer: dict[str, Any] = {
                "seconds": round(time.perf_counter() - started, 2),
                "queries_per_unit": _queries(benchmark),
            }
        elif benchmark is None:
            raise RuntimeError("prepare comes first")
        elif call["operation"] == "capture":
            answer = benchmark.capture()
        else:
            answer = _timed(benchmark)
        print(json.dumps(answer))
        sys.stdout.flush()


def _timed(benchmark: Benchmark) -> dict[str, Any]:
    benchmark.prepare_round()
    started = time.perf_counter()
    benchmark.work()
    seconds = time.perf_counter() - started
    return {"seconds": round(seconds, 4), "rate": benchmark.units / seconds}


def _queries(benchmark: Benchmark) -> float:
    """Queries per unit, counted once; also the warm-up."""
    benchmark.prepare_round()
    with CaptureQueriesContext(connection) as captured:
        benchmark.work()
    return round(len(captured) / benchmark.units, 2)
