"""Sixteen connections hold six accounts each, one of them hot.

Three crews are driven in interleaved rounds: the domain function on a ledger of 10,000 entries,
pgbench with the same SQL on the same ledger, and the domain function on a ledger of
millions. The first two say what Python costs, the first and the third whether the cost
grows with the entries that exist. At the end both ledgers are replayed.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg

from benchmarks import pgbench
from benchmarks.filling import fill
from benchmarks.runner import Worker, drop_database, make_database, migrate, our_environment, server
from shop.services.addresses import Addresses
from shop.services.roles import in_database

FEW = "kaufhaus_bench_few"
MANY = "kaufhaus_bench_many"
FEW_ENTRIES = 10_000
ACCOUNTS = 2_001
COLD = 5
PROCESSES = 4
THREADS = 4
ROUNDS = 9
SECONDS = 2.0
WARM_UP = 1.0

Latencies = list[float]


class Crew:
    """The processes that work on one database."""

    def __init__(self, found: Addresses, name: str, stack: ExitStack) -> None:
        environment = our_environment(found, name)
        self.workers = [
            stack.enter_context(Worker("benchmarks.ours.holders", environment))
            for _ in range(PROCESSES)
        ]

    def join(self, first: int, last: int) -> None:
        for number, worker in enumerate(self.workers):
            worker.call("join", first=first, last=last, cold=COLD, threads=THREADS, number=number)
        self.round(WARM_UP)

    def round(self, seconds: float) -> Latencies:
        for worker in self.workers:
            worker.ask("round", seconds=seconds)
        return [latency for worker in self.workers for latency in worker.answer()["latencies"]]

    def check(self) -> dict[str, Any]:
        return self.workers[0].call("check")


def run(entries: int) -> dict[str, Any]:
    """The result object; `details.growth` compares 10,000 entries with `entries`."""
    with _ledgers(entries) as (found, first, last), ExitStack() as stack:
        few, many = Crew(found, FEW, stack), Crew(found, MANY, stack)
        few.join(first, last)
        many.join(first, last)
        rounds = [
            (few.round(SECONDS), _pgbench(found, first, last, number), many.round(SECONDS))
            for number in range(ROUNDS)
        ]
        books = {"few": few.check(), "many": many.check()}
    ours, peer, grown = zip(*rounds, strict=True)
    return {
        "name": "hotlot",
        "unit": "Vormerkungen je Sekunde",
        "ours": round(_rate(ours), 2),
        "peer": round(_rate(peer), 2),
        "ratio": round(_ratio(ours, peer), 2),
        "details": {
            "connections": PROCESSES * THREADS,
            "accounts_per_hold": COLD + 1,
            "ours": _summary(ours),
            "pgbench": _summary(peer),
            "many_entries": _summary(grown),
            "entries_at_start": {"few": FEW_ENTRIES, "many": entries},
            "growth": round(_ratio(ours, grown), 2),
            "replayed_clean": books,
        },
    }


def lines(result: dict[str, Any]) -> list[str]:
    """What is printed below the ratio."""
    details = result["details"]
    found = [
        f"  {label}: p50 {details[key]['p50_ms']} ms, p99 {details[key]['p99_ms']} ms"
        for key, label in (
            ("ours", "Kaufhaus"),
            ("pgbench", "pgbench"),
            ("many_entries", "Kaufhaus, viele Buchungszeilen"),
        )
    ]
    start, books = details["entries_at_start"], details["replayed_clean"]["many"]
    found.append(
        f"  Kosten bei anfangs {start['many']} statt {start['few']} Buchungszeilen:"
        f" {details['growth']} ×; nachgerechnet in {books['replay_seconds']} s"
    )
    return found


@contextmanager
def _ledgers(entries: int) -> Iterator[tuple[Addresses, int, int]]:
    """Two ledgers with the same accounts, one of them with many entries."""
    with server() as found:
        make_database(found, FEW)
        environment = our_environment(found, FEW)
        migrate({**environment, "KAUFHAUS_DB_ROLE": "owner"}, "ledger")
        with Worker("benchmarks.ours.holders", environment) as worker:
            accounts = worker.call("open", count=ACCOUNTS)
        make_database(found, MANY, template=FEW)
        for name, size in ((FEW, FEW_ENTRIES), (MANY, entries)):
            fill(in_database(found.database_owner_url, name), entries=size, **accounts)
        with psycopg.connect(found.database_admin_url, autocommit=True) as admin:
            admin.execute("CHECKPOINT")
        yield found, accounts["first"], accounts["last"]
        for name in (FEW, MANY):
            drop_database(found, name)


def _pgbench(found: Addresses, first: int, last: int, number: int) -> Latencies:
    return pgbench.run(
        in_database(found.database_url, FEW),
        pgbench.script(COLD),
        clients=PROCESSES * THREADS,
        seconds=SECONDS,
        variables={
            "hot": first,
            "share": (last - first) // COLD,
            "number": (number + 1) * 10**9,
        },
    )


def _rate(rounds: Sequence[Latencies]) -> float:
    return statistics.median(len(latencies) for latencies in rounds) / SECONDS


def _ratio(mine: Sequence[Latencies], theirs: Sequence[Latencies]) -> float:
    """The median over the rounds: what slows the machine down slows a whole round."""
    return statistics.median(len(one) / len(other) for one, other in zip(mine, theirs, strict=True))


def _summary(rounds: Sequence[Latencies]) -> dict[str, Any]:
    percentiles = statistics.quantiles((row for latencies in rounds for row in latencies), n=100)
    return {
        "rates": [round(len(latencies) / SECONDS, 1) for latencies in rounds],
        "p50_ms": round(percentiles[49], 1),
        "p99_ms": round(percentiles[98], 1),
    }
