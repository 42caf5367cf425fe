"""A house with a million call-off lines and millions of ledger entries, beside a small one.

One placement goes through the domain; the schema's owner then copies all its rows, in every
table it wrote to, with keys, numbers and references of their own. The balances of the accounts
follow from the entries, and a replay must find them right. Then both houses, in interleaved
rounds, submit, approve and show their lists: what it costs must not depend on how much lies
there. Triggers and foreign keys rest while copying (`session_replication_role`), check
constraints hold, unique ones are laid down and asked again at the end.
"""

from __future__ import annotations

import statistics
import sys
import time
from contextlib import ExitStack
from typing import Any

import psycopg
from psycopg import sql

from benchmarks.runner import Worker, drop_database, house, server
from shop.services.addresses import Addresses
from shop.services.roles import in_database

FEW = "kaufhaus_bench_small"
MANY = "kaufhaus_bench_million"
FEW_LINES = 1_000
MANY_LINES = 1_000_000
CHUNK = 10_000
STRIDE = 1_000
"""Between the keys of one copy and the next; a placement writes fewer rows to a table."""
ROUNDS = 7
PLACEMENTS = 4
GOAL = 1.2


def run(lines: int) -> dict[str, Any]:
    """The result object; `ratio` is the worst of the steps, many beside few."""
    with server() as found, ExitStack() as stack:
        houses = {}
        for name, size in ((FEW, FEW_LINES), (MANY, lines)):
            houses[name] = _house(found, name, size, stack)
        books = {name: worker.call("check") for name, worker in houses.items()}
        for worker in houses.values():
            worker.call("measure", placements=PLACEMENTS)
        rounds = [
            {name: row.call("measure", placements=PLACEMENTS) for name, row in houses.items()}
            for _ in range(ROUNDS)
        ]
        stack.close()
        for name in houses:
            drop_database(found, name)
    steps = {step: _step(rounds, step) for step in rounds[0][FEW]}
    return {
        "name": "million",
        "unit": "Kosten mit vielen gegenüber wenigen Abrufzeilen",
        "ratio": max(row["ratio"] for row in steps.values()),
        "goal": GOAL,
        "details": {"steps": steps, "books": books},
    }


def lines(result: dict[str, Any]) -> list[str]:
    """What is printed below the ratio."""
    many = result["details"]["books"][MANY]
    return [
        *(
            f"  {step}: {row['many_ms']} ms gegen {row['few_ms']} ms = {row['ratio']} ×"
            for step, row in result["details"]["steps"].items()
        ),
        (
            f"  {many['call_offs']} Abrufe, {many['entries']} Buchungszeilen, nachgerechnet in"
            f" {many['replay_seconds']} s"
        ),
    ]


def _step(rounds: list[dict[str, Any]], step: str) -> dict[str, float]:
    few, many = ([statistics.median(row[name][step]) for row in rounds] for name in (FEW, MANY))
    ratio = statistics.median(grown / small for small, grown in zip(few, many, strict=True))
    return {
        "few_ms": round(statistics.median(few), 1),
        "many_ms": round(statistics.median(many), 1),
        "ratio": round(ratio, 2),
    }


def _house(found: Addresses, name: str, size: int, stack: ExitStack) -> Worker:
    """A house whose shelves of paper are as long as asked."""
    worker = stack.enter_context(Worker("benchmarks.ours.grown", house(found, name)))
    built = worker.call("build")
    started = time.perf_counter()
    with psycopg.connect(in_database(found.database_admin_url, name), autocommit=True) as admin:
        _copy(admin, built["tables"], size // built["lines"])
    sys.stderr.write(f"{name}: {size} lines in {time.perf_counter() - started:.0f} s\n")
    return worker


def _copy(admin: psycopg.Connection, tables: list[dict[str, Any]], count: int) -> None:
    names = [row["table"] for row in tables]
    admin.execute("SET session_replication_role = replica")
    admin.execute("SET synchronous_commit = off")
    indexes = admin.execute(
        "SELECT schemaname, indexname, indexdef FROM pg_indexes WHERE tablename = ANY (%s)"
        " AND indexname NOT IN (SELECT conname FROM pg_constraint)",
        [names],
    ).fetchall()
    for schema, index, _ in indexes:
        admin.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(schema, index)))
    unique = admin.execute(UNIQUE, [names]).fetchall()
    for table, constraint, _ in unique:
        admin.execute(_alter("DROP", table, constraint))
    for row in tables:
        statement = _statement(row, set(names))
        for start in range(1, count, CHUNK):
            admin.execute(
                statement,
                {"start": start, "end": min(start + CHUNK, count) - 1, "keys": row["keys"]},
            )
        admin.execute(
            "SELECT setval(seq::regclass, %s::bigint)"
            " FROM pg_get_serial_sequence(%s, %s) seq WHERE seq IS NOT NULL",
            [(count + 1) * STRIDE, row["table"], row["key"]],
        )
    for *_, definition in indexes:
        admin.execute(definition)
    for table, constraint, definition in unique:
        admin.execute(_alter("ADD", table, constraint) + sql.SQL(definition))
    admin.execute(BALANCES)
    admin.execute(DAYS)
    admin.execute(FEEDS)
    admin.execute("VACUUM (ANALYZE)")
    admin.execute("CHECKPOINT")


def _alter(verb: str, table: str, constraint: str) -> sql.Composed:
    names = [sql.Identifier(table), sql.Identifier(constraint)]
    return sql.SQL("ALTER TABLE {} " + verb + " CONSTRAINT {} ").format(*names)


def _statement(table: dict[str, Any], copied: set[str]) -> str:
    """Insert copies *start* to *end* of the rows with these keys."""
    values = [_value(column, kind, copied) for column, kind in table["columns"].items()]
    columns = ", ".join(f'"{column}"' for column in table["columns"])
    return (  # names of our own tables and columns
        f'INSERT INTO "{table["table"]}" ({columns}) OVERRIDING SYSTEM VALUE'  # noqa: S608
        f" SELECT {', '.join(values)}"
        f' FROM "{table["table"]}" first, generate_series(%(start)s::bigint, %(end)s::bigint) n'
        f' WHERE first."{table["key"]}" = ANY (%(keys)s)'
    )


def _value(column: str, kind: str, copied: set[str]) -> str:
    own = f'first."{column}"'
    to, _, target = kind.partition(":")
    if kind == "shifted" or (to == "to" and target in copied):
        return f"{own} + n * {STRIDE}"
    return {
        "uuid": "gen_random_uuid()",
        "long": f"{own} || ':' || n",
        "short": f"left({own}, 3) || 'M' || lpad(n::text, 9, '0')",
        "counted": f"{own} + n * cardinality(%(keys)s)",
        # A kind and a key, as in requisition-line:1.
        "reference": (
            f"rtrim({own}, '0123456789')"
            f" || (substring({own} FROM '[0-9]+$')::bigint + n * {STRIDE})"
        ),
    }.get(kind, own)


# A foreign key keeps the unique index it refers to.
UNIQUE = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
  FROM pg_constraint own
 WHERE contype = 'u' AND conrelid::regclass::text = ANY (%s)
   AND NOT EXISTS (SELECT FROM pg_constraint other
                    WHERE other.contype = 'f' AND other.conindid = own.conindid)"""

BALANCES = """
UPDATE ledger_limitaccount account
   SET held = summed.held, posted = summed.posted
  FROM (SELECT account_id, sum(delta_held) AS held, sum(delta_posted) AS posted
          FROM ledger_ledgerentry
         GROUP BY account_id) summed
 WHERE summed.account_id = account.id"""

DAYS = """
UPDATE ledger_daymovement known
   SET held = summed.held, posted = summed.posted
  FROM (SELECT account_id, (at AT TIME ZONE 'Europe/Berlin')::date AS day,
               sum(delta_held) AS held, sum(delta_posted) AS posted
          FROM ledger_ledgerentry
         GROUP BY 1, 2) summed
 WHERE summed.account_id = known.account_id AND summed.day = known.day"""

FEEDS = """
UPDATE orders_feed feed
   SET last_seq = counted.last
  FROM (SELECT feed_id, max(seq) AS last FROM orders_feedentry GROUP BY feed_id) counted
 WHERE counted.feed_id = feed.budget_entity_id"""
