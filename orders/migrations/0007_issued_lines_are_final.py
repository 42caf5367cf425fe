"""A line of a call-off is final: price, quantity and version are those of the day of issue."""

from typing import ClassVar

from django.db import migrations

FORWARD = """
CREATE TRIGGER orders_calloffline_append_only BEFORE UPDATE OR DELETE ON orders_calloffline
    FOR EACH ROW EXECUTE FUNCTION append_only();
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'kaufhaus_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON orders_calloffline FROM kaufhaus_app;
    END IF;
END $$;
"""
BACKWARD = "DROP TRIGGER orders_calloffline_append_only ON orders_calloffline;"


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("orders", "0006_changes_of_call_offs"),
        ("audit", "0002_append_only"),
    ]
    operations: ClassVar = [migrations.RunSQL(FORWARD, BACKWARD)]
