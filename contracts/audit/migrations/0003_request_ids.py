from django.db import migrations, models

import contracts.audit.request_ids


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_append_only"),
    ]

    operations = [
        migrations.AlterField(
            model_name="auditentry",
            name="request_id",
            field=models.CharField(
                blank=True, default=contracts.audit.request_ids.current_request_id, max_length=128
            ),
        ),
    ]
