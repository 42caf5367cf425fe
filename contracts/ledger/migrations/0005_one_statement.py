"""The trigger that carries entries to the accounts does it in one statement where it can.

Between the lock and the commit everybody who wants the same account waits. What is taken back
is still asked in a statement of its own, after the accounts were written: it has to see what
the row's lock has waited for.
"""

from typing import ClassVar

from django.db import migrations

APPLY = r"""
CREATE OR REPLACE FUNCTION ledger_apply_entries() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    is_wrong boolean;
    is_reversing boolean;
BEGIN
    WITH sums AS (
        SELECT account_id,
               sum(delta_limit) AS delta_limit,
               sum(delta_held) AS delta_held,
               sum(delta_posted) AS delta_posted
          FROM entries GROUP BY account_id
    ), applied AS (
        UPDATE ledger_limitaccount account
           SET limit_amount = account.limit_amount + sums.delta_limit,
               held = account.held + sums.delta_held,
               posted = account.posted + sums.delta_posted
          FROM sums
         WHERE account.id = sums.account_id
    )
    SELECT EXISTS (
        SELECT 1 FROM entries n
        JOIN ledger_ledgerentry target ON target.id = n.resolves_id
        WHERE target.account_id <> n.account_id
           OR (n.kind IN ('post', 'void')
               AND (target.kind <> 'hold' OR target.delta_held <> -n.delta_held))
           OR (n.kind = 'reverse' AND target.kind <> 'post')
    ), EXISTS (
        SELECT 1 FROM entries WHERE kind = 'reverse'
    ) INTO is_wrong, is_reversing;
    IF is_wrong THEN
        RAISE EXCEPTION 'An entry resolves another of a different account, kind or amount.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_resolution_matches';
    END IF;
    IF is_reversing AND EXISTS (
        SELECT 1
          FROM (SELECT DISTINCT resolves_id FROM entries WHERE kind = 'reverse') touched
          JOIN ledger_ledgerentry post ON post.id = touched.resolves_id
         WHERE post.delta_posted < (
               SELECT -sum(taken.delta_posted) FROM ledger_ledgerentry taken
                WHERE taken.resolves_id = post.id AND taken.kind = 'reverse')
    ) THEN
        RAISE EXCEPTION 'More would be taken back than was posted.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_reverse_within_post';
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("ledger", "0004_closed_reason")]
    operations: ClassVar = [migrations.RunSQL(APPLY, migrations.RunSQL.noop)]
