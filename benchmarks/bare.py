"""A placement's writes and locks as bare SQL for pgbench: how far Python is from the limit.

Two placements of one person are captured. What differs between their texts (keys, numbers,
references, hashes) goes on by the same distance in every repetition: each writes rows of its
own into the tables the domain writes to, through the same triggers, in the same two commits.
Reads and decisions are left out; pgbench prepares the statements, as the product does with
those it writes by hand.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterator

from benchmarks import pgbench
from benchmarks.runner import Worker

SECONDS = 2.0
_WRITES = re.compile(r"\b(INSERT|UPDATE|DELETE|SHARE|nextval)\b")
_SMALL = re.compile(r"::int[24]\[\]")
_LITERAL = re.compile(r"E?'(?:[^']|'')*'")
_HASH = r"\b(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32,64})\b"
_TOKEN = re.compile(rf"{_HASH}|\d+|:(?=\w)")
_SERIAL = 12
"""So many digits at the end of a hash are counted up."""

Act = list[str]
Variables = dict[tuple[int, int], str]


def rate(ours: Worker) -> float:
    """Placements a second on one connection; the domain has one, too."""
    first, second = ours.call("capture")["acts"], ours.call("capture")["acts"]
    url = ours.environment["DATABASE_URL"]
    latencies = pgbench.run(
        url, script(first, second), clients=1, seconds=SECONDS, variables={"n": 0}
    )
    return 1000 / statistics.mean(latencies)


def script(first: list[Act], second: list[Act]) -> str:
    """The acts of `second`, a transaction each, going on by their distance from `first`."""
    variables: Variables = {}
    body = [line for acts in zip(first, second, strict=True) for line in _act(*acts, variables)]
    steps = [f"\\set {name} {start} + :n * {step}" for (start, step), name in variables.items()]
    return "\n".join(["\\set n :n + 1", *steps, *body, ""])


def _act(first: Act, second: Act, variables: Variables) -> Iterator[str]:
    yield "BEGIN;"
    for before, after in zip(first, second, strict=True):
        if _WRITES.search(after):
            # One basket is closed again and again: filling it is not part of placing.
            yield _statement(after if "basket_basket" in after else before, after, variables)
    yield "COMMIT;"


def _statement(before: str, after: str, variables: Variables) -> str:
    # The smallest type of the captured keys would be too small later.
    wide = _LITERAL.sub(r"(\g<0>)", _SMALL.sub("::int8[]", after))
    earlier = iter(_TOKEN.findall(_SMALL.sub("::int8[]", before)))

    def going_on(found: re.Match[str]) -> str:
        now, was = found[0], next(earlier)
        quoted = wide.count("'", 0, found.start()) % 2 == 1
        if now == ":":  # before a word it would be a variable to pgbench
            return ":'||E'" if quoted else now
        if now == was:
            return now
        kept, name = _variable(was, now, variables)
        return f"{kept}'||:{name}||E'" if quoted else f":{name}::bigint"

    return _TOKEN.sub(going_on, wide) + ";"


def _variable(was: str, now: str, variables: Variables) -> tuple[str, str]:
    """What stays of the token, and the variable that stands for the rest."""
    if now.isdigit():
        kept = now[: len(now) - len(str(int(now)))]
        key = (int(now), int(now) - int(was))
    else:
        kept, key = now[:-_SERIAL], (10 ** (_SERIAL - 1), 1)
    return kept, variables.setdefault(key, f"v{len(variables)}")
