"""The two statements of a movement: lock the accounts, append the entries.

Between them and the commit everybody who wants one of the same accounts waits, so they
are constant text that the server parses once per session and keeps prepared (for any
number of accounts and entries, as the values travel in arrays). The planner's work and
the ORM's stay out of that time; benchmark `hotlot` runs this very text by pgbench, too.
"""

# The values come from the locked rows themselves: whoever had to wait gets them as the
# one before left them. No other table is joined, because that would be read as of the
# beginning of the statement.
LOCK_ACCOUNTS = """
SELECT id, kind, unit, title, limit_amount, held, posted, is_open, closed_reason
  FROM ledger_limitaccount
 WHERE id = ANY(%(account_ids)s::bigint[])
 ORDER BY id
   FOR NO KEY UPDATE"""

APPEND_ENTRIES = """
INSERT INTO ledger_ledgerentry (account_id, kind, delta_limit, delta_held, delta_posted,
                                resolves_id, reference, document, by_id, at)
SELECT account_id, kind, delta_limit, delta_held, delta_posted,
       resolves_id, reference, document, %(by_id)s::bigint, %(at)s::timestamptz
  FROM unnest(%(account_ids)s::bigint[], %(kinds)s::text[],
              %(limits)s::numeric[], %(held)s::numeric[], %(posted)s::numeric[],
              %(resolved)s::bigint[], %(references)s::text[], %(documents)s::text[])
    AS entry (account_id, kind, delta_limit, delta_held, delta_posted,
              resolves_id, reference, document)
RETURNING id, account_id, reference"""
