"""python -m benchmarks NAME --json: ours beside plain Oscar on the same PostgreSQL.

`hotlot` has pgbench beside it instead (benchmarks/hotlot.py); `desk` works over HTTP and
measures against a goal (benchmarks/desk.py), `million` compares a house with a million
call-off lines with a small one (benchmarks/million.py), `pages` walks the demo
(benchmarks/pages.py).

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

from benchmarks import bare, desk, hotlot, million, pages
from benchmarks.runner import Worker, analyze, databases

ROUNDS = 5
BENCHMARKS = {
    "browse": "Seiten je Sekunde",
    "placement": "Bestellungen je Sekunde",
    "import": "Artikel je Sekunde",
    "inbox": "Seiten je Sekunde",
    "long-requisition": "Seiten je Sekunde",
}
PLACEMENT = "placement"
HOTLOT = "hotlot"
DESK = "desk"
MILLION = "million"
PAGES = "pages"
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
            analyze(ours_environment)
            analyze(peer_environment)
            rounds, limits = [], []
            for _ in range(ROUNDS):
                rounds.append((ours.call("round"), peer.call("round")))
                if name == PLACEMENT:
                    limits.append(bare.rate(ours))
    details["ours_rounds"] = [mine for mine, _ in rounds]
    details["peer_rounds"] = [theirs for _, theirs in rounds]
    mine = statistics.median(row["rate"] for row, _ in rounds)
    theirs = statistics.median(row["rate"] for _, row in rounds)
    if limits:
        share = statistics.median(
            row["rate"] / limit for (row, _), limit in zip(rounds, limits, strict=True)
        )
        details["bare_sql"] = {
            "rate": round(statistics.median(limits), 2),
            "our_share": round(share, 2),
        }
    return {
        "name": name,
        "unit": BENCHMARKS[name],
        "ours": round(mine, 2),
        "peer": round(theirs, 2),
        "ratio": round(mine / theirs, 2),
        "details": details,
    }


def _result(name: str, options: argparse.Namespace) -> dict[str, Any]:
    if name == HOTLOT:
        return hotlot.run(options.entries)
    if name == MILLION:
        return million.run(options.size or million.MANY_LINES)
    if name == DESK:
        return desk.run()
    return pages.run() if name == PAGES else run(name, options.size)


def _lines(result: dict[str, Any]) -> list[str]:
    name, unit = result["name"], result["unit"]
    if name in {DESK, PAGES}:
        module = desk if name == DESK else pages
        return [f"{name}: {result['ours']} {unit}, Ziel {result['goal']}", *module.lines(result)]
    if name == MILLION:
        return [f"{name}: {result['ratio']} ×, Ziel {result['goal']}", *million.lines(result)]
    ratio = f"{name}: {result['ours']} gegen {result['peer']} {unit} = {result['ratio']} ×"
    if name == PLACEMENT:
        limit = result["details"]["bare_sql"]
        return [ratio, f"  nacktes SQL: {limit['rate']} {unit}, unser Anteil {limit['our_share']}"]
    return [ratio, *(hotlot.lines(result) if name == HOTLOT else ())]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    names = [*BENCHMARKS, HOTLOT, DESK, PAGES, MILLION]
    parser.add_argument("name", nargs="?", default="all", choices=[*names, "all"])
    parser.add_argument("--json", action="store_true", help="print the whole object")
    parser.add_argument(
        "--size", type=int, help="articles, rows, requisitions or lines to measure with"
    )
    parser.add_argument(
        "--entries", type=int, default=MANY_ENTRIES, help="hotlot: entries of the large ledger"
    )
    options = parser.parse_args()
    names = names if options.name == "all" else [options.name]
    for name in names:
        result = _result(name, options)
        if options.json:
            print(json.dumps(result, ensure_ascii=False))
        else:
            print(*_lines(result), sep="\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
