"""Four eyes by foreign key, append-only finance rows, number sequences."""

from typing import ClassVar

from django.db import migrations

FORWARD = """
-- Who asked or edited stands on side 'ask', who decides on side 'approve'; the
-- primary key (requisition, person) leaves one side per person (docs/four-eyes.md).
ALTER TABLE orders_requisitionrevision ADD CONSTRAINT orders_editor_is_on_asking_side
    FOREIGN KEY (requisition_id, editor_id, side)
    REFERENCES orders_involvement (requisition_id, person_id, side);
ALTER TABLE orders_decision ADD CONSTRAINT orders_decider_is_on_approving_side
    FOREIGN KEY (requisition_id, person_id, side)
    REFERENCES orders_involvement (requisition_id, person_id, side);
ALTER TABLE orders_decision ADD CONSTRAINT orders_substituted_is_on_approving_side
    FOREIGN KEY (requisition_id, on_behalf_of_id, side)
    REFERENCES orders_involvement (requisition_id, person_id, side);

CREATE SEQUENCE orders_requisition_number START 1001;
CREATE SEQUENCE orders_call_off_number START 1001;

CREATE TRIGGER orders_event_append_only BEFORE UPDATE OR DELETE ON orders_financeevent
    FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER orders_event_not_truncated BEFORE TRUNCATE ON orders_financeevent
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER orders_feed_entry_append_only BEFORE UPDATE OR DELETE ON orders_feedentry
    FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER orders_feed_entry_not_truncated BEFORE TRUNCATE ON orders_feedentry
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER orders_decision_append_only BEFORE UPDATE OR DELETE ON orders_decision
    FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER orders_revision_append_only BEFORE UPDATE OR DELETE ON orders_requisitionrevision
    FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER orders_involvement_append_only BEFORE UPDATE OR DELETE ON orders_involvement
    FOR EACH ROW EXECUTE FUNCTION append_only();

DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'kaufhaus_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON orders_financeevent, orders_feedentry,
            orders_decision, orders_requisitionrevision, orders_involvement FROM kaufhaus_app;
        GRANT USAGE ON SEQUENCE orders_requisition_number, orders_call_off_number
            TO kaufhaus_app;
    END IF;
END $$;
"""
BACKWARD = """
DROP TRIGGER orders_involvement_append_only ON orders_involvement;
DROP TRIGGER orders_revision_append_only ON orders_requisitionrevision;
DROP TRIGGER orders_decision_append_only ON orders_decision;
DROP TRIGGER orders_feed_entry_not_truncated ON orders_feedentry;
DROP TRIGGER orders_feed_entry_append_only ON orders_feedentry;
DROP TRIGGER orders_event_not_truncated ON orders_financeevent;
DROP TRIGGER orders_event_append_only ON orders_financeevent;
DROP SEQUENCE orders_call_off_number;
DROP SEQUENCE orders_requisition_number;
ALTER TABLE orders_decision DROP CONSTRAINT orders_substituted_is_on_approving_side;
ALTER TABLE orders_decision DROP CONSTRAINT orders_decider_is_on_approving_side;
ALTER TABLE orders_requisitionrevision DROP CONSTRAINT orders_editor_is_on_asking_side;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("orders", "0001_initial"),
        ("audit", "0002_append_only"),
    ]
    operations: ClassVar = [migrations.RunSQL(FORWARD, BACKWARD)]
