"""Why an account takes no holds; the application may write it beside `is_open`."""

from django.db import migrations, models

GRANT = """
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'kaufhaus_app') THEN
        GRANT UPDATE (closed_reason) ON ledger_limitaccount TO kaufhaus_app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0003_search_path"),
    ]

    operations = [
        migrations.AddField(
            model_name="limitaccount",
            name="closed_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("suspended", "ausgesetzt"),
                    ("full", "nichts Gelistetes passt mehr in den Rest"),
                ],
                max_length=20,
                verbose_name="gesperrt, weil",
            ),
        ),
        migrations.RunSQL(
            "UPDATE ledger_limitaccount SET closed_reason = 'suspended' WHERE NOT is_open",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(GRANT, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="limitaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_open", True),
                    models.Q(("closed_reason", ""), _negated=True),
                    _connector="XOR",
                ),
                name="ledger_closed_has_reason",
            ),
        ),
    ]
