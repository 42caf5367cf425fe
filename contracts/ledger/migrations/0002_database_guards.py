"""Triggers and rights that make the ledger provable (docs/ledger.md)."""

from typing import ClassVar

from django.db import migrations

GUARDS = """
CREATE FUNCTION ledger_account_starts_empty() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.limit_amount <> 0 OR NEW.held <> 0 OR NEW.posted <> 0 THEN
        RAISE EXCEPTION 'A limit account starts empty; its first limit is an entry.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_account_starts_empty';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER ledger_account_starts_empty BEFORE INSERT ON ledger_limitaccount
    FOR EACH ROW EXECUTE FUNCTION ledger_account_starts_empty();

-- A freeze may lawfully leave less than is bound, so a budget has no plain CHECK:
-- only an update that raises what is bound above the limit is refused.
CREATE FUNCTION ledger_budget_not_overdrawn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Budget account % does not carry this amount.', NEW.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_budget_not_overdrawn';
END $$;

CREATE TRIGGER ledger_budget_not_overdrawn BEFORE UPDATE ON ledger_limitaccount
    FOR EACH ROW
    WHEN (NEW.kind = 'budget'
          AND NEW.held + NEW.posted > OLD.held + OLD.posted
          AND NEW.held + NEW.posted > NEW.limit_amount)
    EXECUTE FUNCTION ledger_budget_not_overdrawn();

-- The only writer of balances. Runs with the owner's rights: the application's role
-- may insert entries but cannot touch a balance. Hence the search path: one that does not
-- name pg_temp is searched there first, and with a temporary table called ledger_limitaccount
-- that role could have its entries booked to its own copy of the balances.
-- One statement where it can: between the lock and the commit everybody who wants the same
-- account waits. What is taken back is still asked in a statement of its own, after the
-- accounts were written: it has to see what the row's lock has waited for.
CREATE FUNCTION ledger_apply_entries() RETURNS trigger LANGUAGE plpgsql
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

CREATE TRIGGER ledger_apply_entries AFTER INSERT ON ledger_ledgerentry
    REFERENCING NEW TABLE AS entries
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_apply_entries();

CREATE FUNCTION ledger_entry_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Ledger entries are append-only.'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'ledger_entry_is_final';
END $$;

CREATE TRIGGER ledger_entry_is_final BEFORE UPDATE OR DELETE ON ledger_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION ledger_entry_is_final();
CREATE TRIGGER ledger_entry_not_truncated BEFORE TRUNCATE ON ledger_ledgerentry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_is_final();

DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'kaufhaus_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON ledger_ledgerentry, ledger_limitaccount
            FROM kaufhaus_app;
        GRANT UPDATE (title, is_open, closed_reason) ON ledger_limitaccount TO kaufhaus_app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    replaces: ClassVar = [
        ("ledger", "0002_guards"),
        ("ledger", "0003_search_path"),
        ("ledger", "0005_one_statement"),
        ("ledger", "0006_adjustments_by_account"),
    ]
    dependencies: ClassVar = [("ledger", "0001_tables")]
    operations: ClassVar = [migrations.RunSQL(GUARDS)]
