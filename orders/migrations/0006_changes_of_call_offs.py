"""When a call-off changed last, and what each receipt is worth to an account assignment."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.utils import timezone

FORWARD = """
UPDATE orders_calloff SET updated_at = issued_at;
CREATE TRIGGER orders_receivedshare_append_only BEFORE UPDATE OR DELETE ON orders_receivedshare
    FOR EACH ROW EXECUTE FUNCTION append_only();
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'kaufhaus_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON orders_receivedshare FROM kaufhaus_app;
    END IF;
END $$;
"""
BACKWARD = "DROP TRIGGER orders_receivedshare_append_only ON orders_receivedshare;"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("orders", "0005_final_rows")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="calloff",
            name="updated_at",
            field=models.DateTimeField(default=timezone.now, verbose_name="geändert am"),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name="calloff",
            index=models.Index(
                fields=["supplier", "updated_at", "id"], name="orders_call_supplie_bdc94a_idx"
            ),
        ),
        migrations.CreateModel(
            name="ReceivedShare",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("net", models.DecimalField(decimal_places=2, max_digits=16)),
                ("tax", models.DecimalField(decimal_places=2, max_digits=16)),
                (
                    "assignment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="received_shares",
                        to="orders.calloffassignment",
                    ),
                ),
                (
                    "received_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shares",
                        to="orders.receivedline",
                    ),
                ),
            ],
            options={
                "verbose_name": "eingegangene Kontierung",
                "verbose_name_plural": "eingegangene Kontierungen",
            },
        ),
        migrations.AddConstraint(
            model_name="receivedshare",
            constraint=models.UniqueConstraint(
                fields=("received_line", "assignment"), name="orders_received_share_unique"
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
