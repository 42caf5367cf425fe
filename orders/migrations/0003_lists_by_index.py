"""Indexes in the order of the lists, so that a page is all that is read of them."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("orders", "0002_database_guards")]

    operations: ClassVar = [
        migrations.AddIndex(
            model_name="calloff",
            index=models.Index(fields=["-issued_at", "-id"], name="orders_call_off_newest"),
        ),
        migrations.AddIndex(
            model_name="calloff",
            index=models.Index(
                fields=["supplier", "state", "-issued_at", "-id"], name="orders_call_off_supplied"
            ),
        ),
        migrations.AddIndex(
            model_name="calloff",
            index=models.Index(
                fields=["authority", "state", "-issued_at", "-id"], name="orders_call_off_bought"
            ),
        ),
        migrations.AddIndex(
            model_name="calloff",
            index=models.Index(
                fields=["authority", "updated_at", "id"], name="orders_call_off_buyer_changed"
            ),
        ),
        migrations.AddIndex(
            model_name="requisition",
            index=models.Index(
                fields=["authority", "-created_at", "-id"], name="orders_requisition_newest"
            ),
        ),
    ]
