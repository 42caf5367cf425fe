"""Eight people at their desks: basket to issued call-off by forms, on the product's server.

First the pace: each client submits a basket of five lines and approves what came of it, over
and over; one that is refused ends the run. Then the crowd: 200 baskets of one piece each are
submitted at once on a lot that has room for 120, and again on one that has room for all: what
is refused must be refused for the lot, all of the rest must be sold, and nobody may be refused
while there is room.
"""

from __future__ import annotations

import os
import re
import statistics
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Barrier
from typing import Any

from benchmarks.runner import Worker, drop_database, house, server
from benchmarks.web import Answer, Client, serving

DATABASE = "kaufhaus_bench_desk"
CLIENTS = 8
EACH = 12
LINES, QUANTITY = 5, 3
ROUNDS = 3
CROWD = 200
ROOM = 120
GOAL = 25
_KEY = re.compile(r"/anforderungen/(\d+)/")


class Desk:
    """The people, and the server they work on."""

    def __init__(self, people: Worker, port: int) -> None:
        self.people = people
        self.port = port
        self.cookies = people.call("build", officers=CROWD)

    def form(self) -> dict[str, object]:
        """What somebody fills in below the basket before submitting it."""
        rows = {
            f"kontierung-{row}-{name}": ""
            for row in range(3)
            for name in ("budget_line", "percent")
        }
        return {
            **rows,
            "kontierung-TOTAL_FORMS": 3,
            "kontierung-INITIAL_FORMS": 3,
            "kontierung-0-budget_line": self.cookies["budget_line"],
            "kontierung-0-percent": 100,
            "title": "Notebooks",
            "schritt": "einreichen",
        }

    def submit(self, client: Client, officer: str) -> Answer:
        return client.press(officer, "/bedarfskorb/anfordern/", self.form())

    def approve(self, client: Client, requisition: str) -> Answer:
        """All that the page sends: the quantities too, which nobody has cut."""
        quantities = {f"menge-{line + 1}": QUANTITY for line in range(LINES)}
        reasons = {f"grund-{line + 1}": "" for line in range(LINES)}
        form = {"revision_no": 1, "verdict": "approve", "comment": "", **quantities, **reasons}
        return client.press(self.cookies["approver"], f"/freigaben/{requisition}/", form)

    def round(self) -> tuple[float, list[Answer], list[Answer]]:
        """Placements a second, and every answer."""
        self.people.call("fill", count=CLIENTS * EACH, lines=LINES, quantity=QUANTITY)
        officers = self.cookies["officers"]
        shares = [officers[place * EACH : (place + 1) * EACH] for place in range(CLIENTS)]
        started = time.perf_counter()
        with ThreadPoolExecutor(CLIENTS) as pool:
            answers = [pair for pairs in pool.map(self._work, shares) for pair in pairs]
        seconds = time.perf_counter() - started
        submitted, approved = zip(*answers, strict=True)
        return len(answers) / seconds, list(submitted), list(approved)

    def _work(self, officers: list[str]) -> list[tuple[Answer, Answer]]:
        """One connection per placement: kept for good, they end up with one of the processes."""
        answers = []
        for officer in officers:
            client = Client(self.port)
            submitted = self.submit(client, officer)
            found = _KEY.search(submitted.location)
            if submitted.status != 302 or found is None:
                raise RuntimeError(f"submit: {submitted.status} {submitted.text[:2000]}")
            approved = self.approve(client, found[1])
            if approved.status != 302:
                raise RuntimeError(f"approve: {approved.status} {approved.text[:2000]}")
            client.close()
            answers.append((submitted, approved))
        return answers

    def crowd(self, room: int) -> dict[str, Any]:
        """All at once; raises when the outcome is not the honest one."""
        self.people.call("fill", count=CROWD, lines=1, quantity=1)
        before = self.people.call("books")
        price = Decimal(self.people.call("rest", pieces=room)["price"])
        start = Barrier(CROWD)

        def submit(officer: str) -> Answer:
            client = Client(self.port)
            start.wait()
            answer = self.submit(client, officer)
            client.close()
            return answer

        with ThreadPoolExecutor(CROWD) as pool:
            answers = list(pool.map(submit, self.cookies["officers"]))
        after = self.people.call("books")
        statuses = Counter(answer.status for answer in answers)
        sold = after["submitted"] - before["submitted"]
        refused = [answer for answer in answers if answer.status != 302]
        if set(statuses) - {302, 422} or any("Los 1" not in row.text for row in refused):
            raise RuntimeError(f"Not only successes and refusals by the lot: {statuses}")
        if sold != min(room, CROWD) or statuses[302] != sold:
            raise RuntimeError(f"{sold} of {room} pieces sold; answers {statuses}")
        if refused and Decimal(after["left"]) >= price:
            raise RuntimeError(f"Refused while {after['left']} EUR were left.")
        return {"room": room, "sold": sold, "refused": len(refused), "left": after["left"]}


def run() -> dict[str, Any]:
    """The result object; `goal` is what the desks have to reach on two cores."""
    with server() as found, NamedTemporaryFile() as log:
        environment = house(found, DATABASE)
        with (
            Worker("benchmarks.ours.desk_people", environment) as people,
            serving(environment, Path(log.name)) as port,
        ):
            desk = Desk(people, port)
            desk.round()
            rounds = [desk.round() for _ in range(ROUNDS)]
            crowds = [desk.crowd(ROOM), desk.crowd(CROWD)]
        drop_database(found, DATABASE)
    rate = statistics.median(rate for rate, _, _ in rounds)
    return {
        "name": "desk",
        "unit": "Bestellungen je Sekunde",
        "ours": round(rate, 2),
        "goal": GOAL,
        "details": {
            "clients": CLIENTS,
            "load": os.getloadavg()[0],
            "rates": [round(rate, 2) for rate, _, _ in rounds],
            "submit": _summary([row for _, rows, _ in rounds for row in rows]),
            "approve": _summary([row for _, _, rows in rounds for row in rows]),
            "crowds": crowds,
        },
    }


def lines(result: dict[str, Any]) -> list[str]:
    """What is printed below the rate."""
    details = result["details"]
    found = [
        f"  {label}: p50 {row['p50_ms']} ms, p95 {row['p95_ms']} ms, p99 {row['p99_ms']} ms"
        for label, row in (("Einreichen", details["submit"]), ("Freigeben", details["approve"]))
    ]
    return found + [
        f"  {CROWD} zugleich auf ein Los mit Platz für {row['room']}: {row['sold']} verkauft,"
        f" {row['refused']} abgelehnt"
        for row in details["crowds"]
    ]


def _summary(answers: list[Answer]) -> dict[str, float]:
    percentiles = statistics.quantiles((row.seconds for row in answers), n=100)
    return {f"p{part}_ms": round(percentiles[part - 1] * 1000, 1) for part in (50, 95, 99)}
