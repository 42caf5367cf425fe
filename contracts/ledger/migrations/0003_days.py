"""What value caps moved by on a day, kept by the trigger that writes the balances.

The page of an agreement draws their course; summing up a million entries took a second.
"""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

from contracts.tables import CreateTables

APPLY = r"""
-- Nothing is booked between the days that are filled in and those that are kept.
LOCK TABLE ledger_ledgerentry IN SHARE ROW EXCLUSIVE MODE;

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
    ), days AS (
        INSERT INTO ledger_daymovement AS known (account_id, day, held, posted)
        SELECT n.account_id, (n.at AT TIME ZONE 'Europe/Berlin')::date,
               sum(n.delta_held), sum(n.delta_posted)
          FROM entries n
          JOIN ledger_limitaccount account ON account.id = n.account_id
         WHERE account.kind IN ('agreement_value', 'lot_value')
         GROUP BY 1, 2
         ORDER BY 1, 2
        ON CONFLICT (account_id, day) DO UPDATE
           SET held = known.held + EXCLUDED.held, posted = known.posted + EXCLUDED.posted
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

FILL = """
INSERT INTO ledger_daymovement (account_id, day, held, posted)
SELECT entry.account_id, (entry.at AT TIME ZONE 'Europe/Berlin')::date,
       sum(entry.delta_held), sum(entry.delta_posted)
  FROM ledger_ledgerentry entry
  JOIN ledger_limitaccount account ON account.id = entry.account_id
 WHERE account.kind IN ('agreement_value', 'lot_value')
 GROUP BY 1, 2;
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'kaufhaus_app') THEN
        REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON ledger_daymovement FROM kaufhaus_app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("ledger", "0002_database_guards")]
    operations: ClassVar = [
        CreateTables(
            migrations.CreateModel(
                name="DayMovement",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("day", models.DateField(verbose_name="Tag")),
                    (
                        "held",
                        models.DecimalField(
                            decimal_places=2, max_digits=18, verbose_name="vorgemerkt"
                        ),
                    ),
                    (
                        "posted",
                        models.DecimalField(
                            decimal_places=2, max_digits=18, verbose_name="gebucht"
                        ),
                    ),
                    (
                        "account",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="days",
                            to="ledger.limitaccount",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "Tagesbewegung",
                    "verbose_name_plural": "Tagesbewegungen",
                    "ordering": ("account", "day"),
                    "constraints": [
                        models.UniqueConstraint(fields=("account", "day"), name="ledger_day_once")
                    ],
                },
            ),
        ),
        migrations.RunSQL(APPLY, migrations.RunSQL.noop),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
