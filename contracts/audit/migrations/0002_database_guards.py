"""The audit trail cannot be changed or deleted."""

from typing import ClassVar

from django.db import migrations

GUARDS = """
-- For every table whose rows are final, in this app and in others.
CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Rows of % are append-only.', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation',
              CONSTRAINT = TG_TABLE_NAME || '_append_only';
END $$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit_auditentry
    FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER audit_not_truncated BEFORE TRUNCATE ON audit_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'kaufhaus_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON audit_auditentry FROM kaufhaus_app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    replaces: ClassVar = [("audit", "0002_append_only")]
    dependencies: ClassVar = [("audit", "0001_tables")]
    operations: ClassVar = [migrations.RunSQL(GUARDS)]
