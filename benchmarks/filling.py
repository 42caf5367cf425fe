"""Fills a ledger with many entries, by the schema's owner and through the trigger."""

from __future__ import annotations

import sys

import psycopg

CHUNK = 100_000

# Every sixth hold is the hot account's, the others go round; each hold is posted.
HOLDS = """
INSERT INTO ledger_ledgerentry
       (account_id, kind, delta_limit, delta_held, delta_posted, reference, document, at)
SELECT CASE WHEN n %% 6 = 0 THEN %(first)s ELSE %(first)s + 1 + n %% (%(last)s - %(first)s) END,
       'hold', 0, 1, 0, 'requisition-line:' || lpad((n / 6)::text, 14, '0'), '', now()
  FROM generate_series(%(start)s::bigint, %(start)s + %(count)s - 1) n"""

POSTS = """
INSERT INTO ledger_ledgerentry
       (account_id, kind, delta_limit, delta_held, delta_posted, resolves_id, reference,
        document, at)
SELECT account_id, 'post', 0, -delta_held, delta_held, id, reference, '', now()
  FROM ledger_ledgerentry
 WHERE id > %(before)s AND kind = 'hold'"""


def fill(owner_url: str, *, first: int, last: int, entries: int) -> None:
    """Bring the ledger to `entries` entries on the accounts `first` to `last`."""
    sys.stderr.write(f"filling a ledger with {entries} entries\n")
    with psycopg.connect(owner_url, autocommit=True) as owner:
        while (missing := entries - _one(owner, "SELECT count(*) FROM ledger_ledgerentry")) > 1:
            before = _one(owner, "SELECT max(id) FROM ledger_ledgerentry")
            values = {
                "first": first,
                "last": last,
                "before": before,
                "start": before,
                "count": min(missing, CHUNK) // 2,
            }
            owner.execute(HOLDS, values)
            owner.execute(POSTS, values)
        owner.execute("VACUUM (ANALYZE) ledger_ledgerentry, ledger_limitaccount")


def _one(owner: psycopg.Connection, statement: str) -> int:
    (value,) = owner.execute(statement).fetchone() or (0,)
    return int(value)
