"""Every page of the demo in every role: server time and queries, the slowest first."""

from __future__ import annotations

from typing import Any

from benchmarks.runner import Worker, drop_database, house, server

DATABASE = "kaufhaus_bench_pages"
GOAL = 150


def run() -> dict[str, Any]:
    """The result object; `ours` is the slowest page, in milliseconds."""
    with server() as found:
        environment = {**house(found, DATABASE), "DEMO": "1"}
        with Worker("benchmarks.ours.demo_pages", environment) as worker:
            worker.call("build")
            pages = worker.call("walk")["pages"]
        drop_database(found, DATABASE)
    pages.sort(key=lambda row: -row["ms"])
    return {
        "name": "pages",
        "unit": "ms Serverzeit der langsamsten Seite",
        "ours": pages[0]["ms"],
        "goal": GOAL,
        "details": {
            "seen": len(pages),
            "above": [row for row in pages if row["ms"] > GOAL],
            "pages": pages,
        },
    }


def lines(result: dict[str, Any]) -> list[str]:
    """The table, one line for the slowest example of each page."""
    slowest: dict[str, dict[str, Any]] = {}
    for row in result["details"]["pages"]:
        slowest.setdefault(row["page"], row)
    return [
        f"  {row['ms']:7.1f} ms  {row['python_ms']:7.1f} ms Python  {row['queries']:3} Abfragen"
        f"  {row['kb']:4} kB  {row['page']} ({row['role']}) {row['address']}"
        for row in slowest.values()
    ]
