"""The demo world, walked link by link in every role: what each page costs.

Operations: `build` seeds the world, `walk` answers with a row for every page seen.
"""

from __future__ import annotations

import html
import json
import re
import statistics
import sys
import tempfile
import time
from collections import Counter, deque
from pathlib import Path
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import Resolver404, resolve  # noqa: E402
from django.utils import timezone  # noqa: E402

from contracts.clock import berlin_day  # noqa: E402
from contracts.parties.models import Membership  # noqa: E402
from frontend.actor import SESSION_KEY  # noqa: E402
from shop.demo_world.seed import seed  # noqa: E402

REPEATS = 5
WORTH_REPEATING = 0.075
"""Seconds; what is faster the first time, its queries recorded, is far from the goal."""
EXAMPLES = 2
"""How many addresses of one page are looked at: an article, an agreement, ... each."""
_LINK = re.compile(r'<a[^>]*\shref="(/[^"#]*|\?[^"#]*)"')


def build() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        seed(now=timezone.now(), scale=1, folder=Path(folder), url="http://127.0.0.1:8000/")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return {}


def walk() -> dict[str, Any]:
    """A row per page and role: address, milliseconds (warm; slow: median of five), queries."""
    today = berlin_day(timezone.now())
    people: dict[str, Membership] = {}
    for row in Membership.objects.valid_on(today).select_related("user").order_by("pk"):
        people.setdefault(row.role, row)
    return {"pages": [row for role, member in people.items() for row in _of(role, member)]}


def _of(role: str, member: Membership) -> list[dict[str, Any]]:
    client = Client()
    client.force_login(member.user)
    session = client.session
    session[SESSION_KEY] = member.pk
    session.save()
    seen: Counter[str] = Counter()
    waiting, known, rows = deque(["/"]), {"/"}, []
    while waiting:
        address = waiting.popleft()
        name = _name(address)
        if name is None or seen[name] >= EXAMPLES:
            continue
        seen[name] += 1
        row, text = _measured(client, address)
        if row is None:
            continue
        rows.append({"role": role, "page": name, **row})
        for link in map(html.unescape, _LINK.findall(text)):
            found = link if link.startswith("/") else address.partition("?")[0] + link
            if found not in known and "format=" not in found:
                known.add(found)
                waiting.append(found)
    return rows


def _name(address: str) -> str | None:
    try:
        match = resolve(address.partition("?")[0])
    except Resolver404:
        return None
    return match.url_name if match.namespace == "frontend" else None


def _measured(client: Client, address: str) -> tuple[dict[str, Any] | None, str]:
    answer = client.get(address)
    if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
        return None, ""
    with CaptureQueriesContext(connection) as captured:
        times = [_timed(client, address)]
        queries = len(captured)
    if times[0][0] > WORTH_REPEATING:
        times = [_timed(client, address) for _ in range(REPEATS)]
    row = {
        "address": address,
        "ms": round(statistics.median(took for took, _ in times) * 1000, 1),
        "python_ms": round(statistics.median(worked for _, worked in times) * 1000, 1),
        "queries": queries,
        "kb": round(len(answer.content) / 1024),
    }
    return row, answer.content.decode()


def _timed(client: Client, address: str) -> tuple[float, float]:
    """Seconds by the wall and by the processor."""
    started, clock = time.perf_counter(), time.process_time()
    client.get(address)
    return time.perf_counter() - started, time.process_time() - clock


def serve() -> None:
    """Answer one operation per line until the input ends."""
    operations = {"build": build, "walk": walk}
    for line in sys.stdin:
        print(json.dumps(operations[json.loads(line)["operation"]]()))
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
