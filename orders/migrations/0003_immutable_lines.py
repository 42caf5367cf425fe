"""Lines and assignments are as final as their revision; a decision names its own step."""

from typing import ClassVar

from django.db import migrations

FORWARD = """
CREATE TRIGGER orders_requisition_line_append_only
    BEFORE UPDATE OR DELETE ON orders_requisitionline
    FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER orders_assignment_append_only BEFORE UPDATE OR DELETE ON orders_assignment
    FOR EACH ROW EXECUTE FUNCTION append_only();

-- Whoever asked for one requisition may decide on another, and must not be able to file
-- that decision under a step of the first.
ALTER TABLE orders_approvalstep ADD CONSTRAINT orders_step_of_requisition
    UNIQUE (id, requisition_id);
ALTER TABLE orders_decision ADD CONSTRAINT orders_decision_on_step_of_requisition
    FOREIGN KEY (step_id, requisition_id)
    REFERENCES orders_approvalstep (id, requisition_id);

DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'kaufhaus_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON orders_requisitionline, orders_assignment
            FROM kaufhaus_app;
    END IF;
END $$;
"""
BACKWARD = """
ALTER TABLE orders_decision DROP CONSTRAINT orders_decision_on_step_of_requisition;
ALTER TABLE orders_approvalstep DROP CONSTRAINT orders_step_of_requisition;
DROP TRIGGER orders_assignment_append_only ON orders_assignment;
DROP TRIGGER orders_requisition_line_append_only ON orders_requisitionline;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("orders", "0002_guards")]
    operations: ClassVar = [migrations.RunSQL(FORWARD, BACKWARD)]
