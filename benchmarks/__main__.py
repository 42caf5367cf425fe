"""python -m benchmarks NAME --json: ours beside plain Oscar on the same PostgreSQL.

`hotlot` has pgbench beside it instead (benchmarks/hotlot.py).

Two processes, one per Django project, are driven in interleaved rounds (ours, peer,
ours, peer, ...), so that a machine that slows down slows both. Printed is the median of
the rounds; ratio > 1 means ours is better.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from typing import Any

from benchmarks import hotlot
from benchmarks.runner import Worker, databases

ROUNDS = 5
BENCHMARKS = {
    "browse": "Seiten je Sekunde",
    "placement": "Bestellungen je Sekunde",
    "import": "Artikel je Sekunde",
    "inbox": "Seiten je Sekunde",
    "long-requisition": "Seiten je Sekunde",
}
HOTLOT = "hotlot"
MANY_ENTRIES = 5_000_000


def run(name: str, size: int | None) -> dict[str, Any]:
    """Bring up what is needed, run the rounds, return the result object."""
    with databases() as (ours_environment, peer_environment):
        ours = Worker("benchmarks.ours.worker", ours_environment)
        peer = Worker("benchmarks.peer.worker", peer_environment)
        with ours, peer:
            details: dict[str, Any] = {
                "ours_setup": ours.call("prepare", name=name, size=size),
                "peer_setup": peer.call("prepare", name=name, size=size),
            }
            rounds = [(ours.call("round"), peer.call("round")) for _ in range(ROUNDS)]
    details["ours_rounds"] = [mine for mine, _ in rounds]
    details["peer_rounds"] = [theirs for _, theirs in rounds]
    mine = statistics.median(row["rate"] for row, _ in rounds)
    theirs = statistics.median(row["rate"] for _, row in rounds)
    return {
        "name": name,
        "unit": BENCHMARKS[name],
        "ours": round(mine, 2),
        "peer": round(theirs, 2),
        "ratio": round(mine / theirs, 2),
        "details": details,
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", nargs="?", default="all", choices=[*BENCHMARKS, HOTLOT, "all"])
    parser.add_argument("--json", action="store_true", help="print the whole object")
    parser.add_argument(
        "--size", type=int, help="articles, rows, requisitions or lines to measure with"
    )
    parser.add_argument(
        "--entries", type=int, default=MANY_ENTRIES, help="hotlot: entries of the large ledger"
    )
    options = parser.parse_args()
    names = [*BENCHMARKS, HOTLOT] if options.name == "all" else [options.name]
    for name in names:
        result = hotlot.run(options.entries) if name == HOTLOT else run(name, options.size)
        if options.json:
            print(json.dumps(result, ensure_ascii=False))
        else:
            print(
                f"{name}: {result['ours']} gegen {result['peer']} {result['unit']}"
                f" = {result['ratio']} ×"
            )
            if name == HOTLOT:
                print(*hotlot.lines(result), sep="\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
