"""Four eyes and rounds by foreign key, shares that are the line, final rows, numbers, rights."""

from typing import ClassVar

from django.db import migrations

FOUR_EYES = """
-- Who asked or edits stands on side 'ask', who decides or cuts while deciding on side
-- 'approve'; the primary key (requisition, person) leaves one side per person
-- (docs/four-eyes.md).
ALTER TABLE orders_requisitionrevision ADD CONSTRAINT orders_editor_is_on_asking_side
    FOREIGN KEY (requisition_id, editor_id, side)
    REFERENCES orders_involvement (requisition_id, person_id, side);
ALTER TABLE orders_decision ADD CONSTRAINT orders_decider_is_on_approving_side
    FOREIGN KEY (requisition_id, person_id, side)
    REFERENCES orders_involvement (requisition_id, person_id, side);
ALTER TABLE orders_decision ADD CONSTRAINT orders_substituted_is_on_approving_side
    FOREIGN KEY (requisition_id, on_behalf_of_id, side)
    REFERENCES orders_involvement (requisition_id, person_id, side);

-- Whoever asked for one requisition may decide on another, and must not be able to file
-- that decision under a step of the first.
ALTER TABLE orders_approvalstep ADD CONSTRAINT orders_step_of_requisition
    UNIQUE (id, requisition_id);
ALTER TABLE orders_decision ADD CONSTRAINT orders_decision_on_step_of_requisition
    FOREIGN KEY (step_id, requisition_id)
    REFERENCES orders_approvalstep (id, requisition_id);
"""

ROUNDS = """
ALTER TABLE orders_decision ADD CONSTRAINT orders_decision_of_round
    UNIQUE (id, requisition_id, round_no);
-- A decision counts in the round of its step and in no other.
ALTER TABLE orders_approvalstep ADD CONSTRAINT orders_step_of_round
    UNIQUE (id, requisition_id, revision_no);
ALTER TABLE orders_decision ADD CONSTRAINT orders_decision_in_round_of_step
    FOREIGN KEY (step_id, requisition_id, round_no)
    REFERENCES orders_approvalstep (id, requisition_id, revision_no);

-- Whom a decision speaks for has a signature of its own, once in a round. Deferred, because
-- the signatures name the decision.
ALTER TABLE orders_signature ADD CONSTRAINT orders_signature_in_round
    FOREIGN KEY (decision_id, requisition_id, round_no)
    REFERENCES orders_decision (id, requisition_id, round_no);
ALTER TABLE orders_decision ADD CONSTRAINT orders_decider_has_signature
    FOREIGN KEY (id, person_id) REFERENCES orders_signature (decision_id, person_id)
    DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE orders_decision ADD CONSTRAINT orders_substituted_has_signature
    FOREIGN KEY (id, on_behalf_of_id) REFERENCES orders_signature (decision_id, person_id)
    DEFERRABLE INITIALLY DEFERRED;
"""

SUBSTITUTES = """
-- The person substituted is the one the delegation names.
ALTER TABLE orders_delegation ADD CONSTRAINT orders_delegation_person
    UNIQUE (id, delegator_person_id, deputy_id);
ALTER TABLE orders_decision ADD CONSTRAINT orders_substitute_as_delegated
    FOREIGN KEY (delegation_id, on_behalf_of_id, person_id)
    REFERENCES orders_delegation (id, delegator_person_id, deputy_id);
ALTER TABLE parties_membership ADD CONSTRAINT parties_membership_person UNIQUE (id, user_id);
ALTER TABLE orders_delegation ADD CONSTRAINT orders_delegator_holds_membership
    FOREIGN KEY (delegator_id, delegator_person_id) REFERENCES parties_membership (id, user_id);
-- the embedded server has no btree_gist, hence the ranges of one number
ALTER TABLE orders_delegation ADD CONSTRAINT orders_delegation_one_deputy
    EXCLUDE USING gist (
        int8range(delegator_id, delegator_id, '[]') WITH &&,
        daterange(valid_from, valid_to, '[]') WITH &&
    ) WHERE (revoked_at IS NULL);
"""

SHARES = """
-- The shares of a line are the line: all of it, to the cent. They are written together.
CREATE FUNCTION orders_shares_are_the_line() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    wrong bigint;
BEGIN
    SELECT line.id INTO wrong
      FROM orders_requisitionline line
      JOIN orders_assignment part ON part.line_id = line.id
     WHERE line.id IN (SELECT line_id FROM written)
     GROUP BY line.id
    HAVING sum(part.share_percent) <> 100
        OR sum(part.net) <> line.net OR sum(part.tax) <> line.tax
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the shares of line % do not add up to the line', wrong
            USING ERRCODE = 'check_violation', CONSTRAINT = 'orders_shares_are_the_line',
                  TABLE = 'orders_assignment';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER orders_shares_are_the_line AFTER INSERT ON orders_assignment
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION orders_shares_are_the_line();
"""

NUMBERS = """
CREATE SEQUENCE orders_requisition_number START 1001;
CREATE SEQUENCE orders_call_off_number START 1001;
"""

FINAL = {
    # the requisition, revision by revision, and what was decided on it
    "orders_requisitionrevision": "orders_revision_append_only",
    "orders_requisitionline": "orders_requisition_line_append_only",
    "orders_requisitiondelivery": "orders_requisitiondelivery_append_only",
    "orders_requisitioncomment": "orders_requisitioncomment_append_only",
    "orders_assignment": "orders_assignment_append_only",
    "orders_involvement": "orders_involvement_append_only",
    "orders_decision": "orders_decision_append_only",
    "orders_decisionline": "orders_decisionline_append_only",
    "orders_signature": "orders_signature_append_only",
    # the call-off: price, quantity and version are those of the day of issue
    "orders_allocationstep": "orders_allocationstep_append_only",
    "orders_calloffline": "orders_calloffline_append_only",
    "orders_cancellation": "orders_cancellation_append_only",
    "orders_cancelledline": "orders_cancelledline_append_only",
    "orders_cancelledshare": "orders_cancelledshare_append_only",
    "orders_goodsreceipt": "orders_goodsreceipt_append_only",
    "orders_receivedline": "orders_receivedline_append_only",
    "orders_receivedshare": "orders_receivedshare_append_only",
    # what the finance systems are told
    "orders_budgetlinedeductible": "orders_budgetlinedeductible_append_only",
    "orders_financeevent": "orders_event_append_only",
    "orders_feedentry": "orders_feed_entry_append_only",
}
"""Tables whose rows are never changed nor deleted, each with its trigger."""

FINAL_ROWS = "".join(
    f"""
CREATE TRIGGER {trigger} BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION append_only();
"""
    for table, trigger in FINAL.items()
)

NOT_TRUNCATED = """
CREATE TRIGGER orders_event_not_truncated BEFORE TRUNCATE ON orders_financeevent
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER orders_feed_entry_not_truncated BEFORE TRUNCATE ON orders_feedentry
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
"""

RIGHTS = f"""
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'kaufhaus_app') THEN
        GRANT USAGE ON SEQUENCE orders_requisition_number, orders_call_off_number
            TO kaufhaus_app;
        REVOKE UPDATE, DELETE, TRUNCATE ON {", ".join(FINAL)} FROM kaufhaus_app;
        -- a paper is only withdrawn, a delegation only revoked
        REVOKE UPDATE, DELETE, TRUNCATE ON orders_requisitionattachment, orders_delegation
            FROM kaufhaus_app;
        GRANT UPDATE (withdrawn_at) ON orders_requisitionattachment TO kaufhaus_app;
        GRANT UPDATE (revoked_at, revoked_by_id) ON orders_delegation TO kaufhaus_app;
    END IF;
END $$;
"""  # noqa: S608 -- built of this module's constants


class Migration(migrations.Migration):
    replaces: ClassVar = [
        ("orders", "0002_guards"),
        ("orders", "0003_immutable_lines"),
        ("orders", "0005_final_rows"),
        ("orders", "0007_issued_lines_are_final"),
        ("orders", "0009_rounds_filled"),
        ("orders", "0010_rounds_guarded"),
        ("orders", "0013_a_line_says_until_when_it_pays"),
        ("orders", "0014_list_filled_once_per_form"),
    ]
    dependencies: ClassVar = [
        ("audit", "0002_database_guards"),
        ("orders", "0001_tables"),
        ("parties", "0001_tables"),
    ]
    operations: ClassVar = [
        migrations.RunSQL(FOUR_EYES),
        migrations.RunSQL(ROUNDS),
        migrations.RunSQL(SUBSTITUTES),
        migrations.RunSQL(SHARES),
        migrations.RunSQL(NUMBERS),
        migrations.RunSQL(FINAL_ROWS),
        migrations.RunSQL(NOT_TRUNCATED),
        migrations.RunSQL(RIGHTS),
    ]
