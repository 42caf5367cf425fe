"""A process whose threads hold six accounts each, one of them hot, by the domain function.

Operations: `open` makes the accounts, `join` says which ones to hold and how many threads
there are, `round` holds for some seconds, `check` replays the ledger.
"""

from __future__ import annotations

import json
import random
import resource
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402
from django.db.models import F  # noqa: E402
from django.utils import timezone  # noqa: E402

from contracts.ledger.models import AccountKind, LedgerEntry, LimitAccount, Unit  # noqa: E402
from contracts.ledger.movements import Opening, hold, open_accounts  # noqa: E402
from contracts.ledger.replay import differences  # noqa: E402
from contracts.ledger.requests import Hold  # noqa: E402

AMOUNT = Decimal("1.00")
LIMIT = Decimal("1000000000000")


def open_some(count: int) -> dict[str, Any]:
    """Accounts without entries but for their opening; the first is the hot one."""
    openings = [
        Opening(AccountKind.LOT_VALUE, Unit.EUR, f"Los {number}", LIMIT, "Zuschlag")
        for number in range(count)
    ]
    accounts = open_accounts(openings, by=None, now=timezone.now())
    return {"first": accounts[0].pk, "last": accounts[-1].pk}


class Holders:
    """As many connections as threads, kept over all rounds."""

    def __init__(self, *, first: int, last: int, cold: int, threads: int, number: int) -> None:
        share = (last - first) // cold
        self.hot = first
        self.shares = [
            range(start, start + share) for start in range(first + 1, last - share + 2, share)
        ][:cold]
        self.threads = threads
        self.pool = ThreadPoolExecutor(threads)
        # Every connection counts its references up, in a range of its own.
        self.counters = [(number * threads + slot + 1) * 10**10 for slot in range(threads)]

    def round(self, seconds: float) -> dict[str, Any]:
        """Hold as fast as possible; milliseconds of every call."""
        runs = [self.pool.submit(self._hold, slot, seconds) for slot in range(self.threads)]
        return {"latencies": [latency for run in runs for latency in run.result()]}

    def _hold(self, slot: int, seconds: float) -> list[float]:
        choose = random.Random(self.counters[slot])
        latencies: list[float] = []
        before = time.perf_counter()
        end = before + seconds
        while before < end:
            self.counters[slot] += 1
            reference = f"requisition-line:{self.counters[slot]:014}"
            accounts = [self.hot, *(choose.choice(share) for share in self.shares)]
            hold(
                [Hold(account, AMOUNT, reference) for account in accounts],
                by=None,
                now=timezone.now(),
            )
            after = time.perf_counter()
            latencies.append(round((after - before) * 1000, 3))
            before = after
        return latencies


def check() -> dict[str, Any]:
    """Replay every entry; raises when a row differs or a limit is exceeded."""
    started = time.perf_counter()
    found = differences()
    seconds = time.perf_counter() - started
    over = LimitAccount.objects.filter(limit_amount__lt=F("held") + F("posted"))
    if found or over.exists():
        raise RuntimeError(f"The books are wrong: {found[:3]}, {list(over[:3])}")
    return {
        "entries": LedgerEntry.objects.count(),
        "replay_seconds": round(seconds, 2),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def serve() -> None:
    """Answer one operation per line until the input ends."""
    holders: Holders | None = None
    for line in sys.stdin:
        call = json.loads(line)
        operation = call.pop("operation")
        if operation == "open":
            answer = open_some(**call)
        elif operation == "join":
            holders, answer = Holders(**call), {}
        elif operation == "check":
            answer = check()
        elif holders is None:
            raise RuntimeError("join comes first")
        else:
            answer = holders.round(**call)
        print(json.dumps(answer))
        sys.stdout.flush()
    connection.close()


if __name__ == "__main__":
    serve()
