"""What changed a limit is read for pages; it must not cost what was ever held and posted."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("ledger", "0005_one_statement")]
    operations: ClassVar = [
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(
                condition=models.Q(("kind", "adjust")),
                fields=["account", "id"],
                name="ledger_entry_adjustments",
            ),
        ),
    ]
