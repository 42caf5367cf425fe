"""What was allocated, received and cancelled is final; open call-offs get their progress."""

from typing import ClassVar

from django.db import migrations

TABLES = (
    "orders_allocationstep",
    "orders_cancellation",
    "orders_cancelledline",
    "orders_cancelledshare",
    "orders_goodsreceipt",
    "orders_receivedline",
)
TRIGGERS = "".join(
    f"""
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION append_only();
"""
    for table in TABLES
)
FORWARD = f"""
{TRIGGERS}
INSERT INTO orders_callofflineprogress (line_id, ordered, delivered, cancelled)
SELECT id, quantity, 0, 0 FROM orders_calloffline
    ON CONFLICT DO NOTHING;
UPDATE orders_calloffassignment share
   SET bound = share.gross - round(share.tax * assignment.deductible_percent / 100, 2)
  FROM orders_assignment assignment
 WHERE assignment.id = share.assignment_id;
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'kaufhaus_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON {", ".join(TABLES)} FROM kaufhaus_app;
    END IF;
END $$;
"""  # noqa: S608 -- built of this module's constants
BACKWARD = "".join(f"DROP TRIGGER {table}_append_only ON {table};\n" for table in TABLES)


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("orders", "0004_allocation_and_giveback"),
        ("audit", "0002_append_only"),
    ]
    operations: ClassVar = [migrations.RunSQL(FORWARD, BACKWARD)]
