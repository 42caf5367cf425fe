"""Who did what, when, for whom and by which rule."""

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import contracts.audit.request_ids
from contracts.tables import CreateTables


class Migration(migrations.Migration):
    initial = True
    replaces: ClassVar = [
        ("audit", "0001_initial"),
        ("audit", "0003_request_ids"),
    ]
    dependencies: ClassVar = [
        ("parties", "0001_tables"),
    ]
    operations: ClassVar = [
        CreateTables(
            migrations.CreateModel(
                name="AuditEntry",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("at", models.DateTimeField()),
                    (
                        "person",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "membership",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="parties.membership",
                        ),
                    ),
                    (
                        "on_behalf_of",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "organisation",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="parties.organisation",
                        ),
                    ),
                    ("object_type", models.CharField(max_length=40)),
                    ("object_id", models.BigIntegerField()),
                    ("action", models.CharField(max_length=60)),
                    ("before", models.JSONField(blank=True, default=dict)),
                    ("after", models.JSONField(blank=True, default=dict)),
                    ("reason", models.TextField(blank=True)),
                    ("rule", models.CharField(blank=True, max_length=100)),
                    (
                        "request_id",
                        models.CharField(
                            blank=True,
                            default=contracts.audit.request_ids.current_request_id,
                            max_length=128,
                        ),
                    ),
                ],
                options={
                    "verbose_name": "Protokolleintrag",
                    "verbose_name_plural": "Protokolleinträge",
                    "ordering": ("pk",),
                    "indexes": [
                        models.Index(
                            fields=["object_type", "object_id", "id"],
                            name="audit_audit_object__b0219d_idx",
                        )
                    ],
                },
            ),
        )
    ]
