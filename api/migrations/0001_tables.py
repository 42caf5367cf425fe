"""Programs that call, answers kept for repetition, and webhooks."""

from typing import ClassVar

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from contracts.tables import CreateTables


class Migration(migrations.Migration):
    initial = True
    replaces: ClassVar = [
        ("api", "0001_initial"),
        ("api", "0002_answer_etag"),
        ("api", "0003_webhooks"),
    ]
    dependencies: ClassVar = [
        ("parties", "0001_tables"),
        migrations.swappable_dependency(settings.OAUTH2_PROVIDER_APPLICATION_MODEL),
    ]
    operations: ClassVar = [
        CreateTables(
            migrations.CreateModel(
                name="ApiClient",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "application",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="api_client",
                            to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
                        ),
                    ),
                    (
                        "membership",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="api_clients",
                            to="parties.membership",
                            verbose_name="handelt als",
                        ),
                    ),
                    (
                        "budget_entity",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="api_clients",
                            to="parties.budgetentity",
                            verbose_name="Mandant",
                        ),
                    ),
                    (
                        "scopes",
                        django.contrib.postgres.fields.ArrayField(
                            base_field=models.CharField(max_length=30),
                            default=list,
                            size=None,
                            verbose_name="Rechte",
                        ),
                    ),
                    ("created_at", models.DateTimeField(verbose_name="angelegt am")),
                ],
                options={
                    "verbose_name": "Zugang zur Schnittstelle",
                    "verbose_name_plural": "Zugänge zur Schnittstelle",
                    "ordering": ("pk",),
                },
            ),
            migrations.CreateModel(
                name="IdempotencyRecord",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "client",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="idempotency_records",
                            to="api.apiclient",
                        ),
                    ),
                    ("key", models.CharField(max_length=255)),
                    ("fingerprint", models.CharField(max_length=64)),
                    ("status", models.PositiveSmallIntegerField()),
                    ("content_type", models.CharField(max_length=100)),
                    ("location", models.CharField(blank=True, max_length=500)),
                    ("etag", models.CharField(blank=True, max_length=80)),
                    ("body", models.BinaryField()),
                    ("created_at", models.DateTimeField(db_index=True)),
                ],
                options={
                    "verbose_name": "gespeicherte Antwort",
                    "verbose_name_plural": "gespeicherte Antworten",
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("client", "key"), name="api_idempotency_key_unique"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="WebhookEndpoint",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "organisation",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="webhook_endpoints",
                            to="parties.organisation",
                            verbose_name="Organisation",
                        ),
                    ),
                    (
                        "school",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="parties.school",
                        ),
                    ),
                    ("url", models.CharField(max_length=500, verbose_name="Adresse")),
                    (
                        "description",
                        models.CharField(blank=True, max_length=200, verbose_name="Zweck"),
                    ),
                    (
                        "events",
                        django.contrib.postgres.fields.ArrayField(
                            base_field=models.CharField(max_length=40),
                            blank=True,
                            default=list,
                            help_text="Leer: alle.",
                            size=None,
                            verbose_name="Ereignisse",
                        ),
                    ),
                    ("secret", models.TextField(verbose_name="Geheimnis (verschlüsselt)")),
                    (
                        "previous_secret",
                        models.TextField(
                            blank=True, verbose_name="voriges Geheimnis (verschlüsselt)"
                        ),
                    ),
                    (
                        "previous_until",
                        models.DateTimeField(
                            blank=True, null=True, verbose_name="voriges gilt bis"
                        ),
                    ),
                    ("is_active", models.BooleanField(default=True, verbose_name="aktiv")),
                    (
                        "off_reason",
                        models.CharField(
                            blank=True, max_length=200, verbose_name="abgeschaltet, weil"
                        ),
                    ),
                    (
                        "created_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="parties.membership",
                        ),
                    ),
                    ("created_at", models.DateTimeField(verbose_name="angelegt am")),
                ],
                options={
                    "verbose_name": "Webhook",
                    "verbose_name_plural": "Webhooks",
                    "ordering": ("pk",),
                },
            ),
            migrations.CreateModel(
                name="WebhookDelivery",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "endpoint",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="deliveries",
                            to="api.webhookendpoint",
                        ),
                    ),
                    ("message_id", models.CharField(max_length=60)),
                    ("type", models.CharField(max_length=40)),
                    ("body", models.TextField()),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("pending", "steht aus"),
                                ("delivered", "zugestellt"),
                                ("failed", "aufgegeben"),
                            ],
                            default="pending",
                            max_length=10,
                        ),
                    ),
                    ("attempts", models.PositiveSmallIntegerField(default=0)),
                    ("created_at", models.DateTimeField()),
                    ("next_at", models.DateTimeField(blank=True, null=True)),
                    ("done_at", models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    "verbose_name": "Zustellung",
                    "verbose_name_plural": "Zustellungen",
                    "ordering": ("-created_at", "-pk"),
                    "indexes": [
                        models.Index(
                            condition=models.Q(("state", "pending")),
                            fields=["endpoint", "next_at", "id"],
                            name="api_webhook_delivery_due",
                        ),
                        models.Index(
                            fields=["endpoint", "created_at", "id"],
                            name="api_webhook_endpoin_8daf17_idx",
                        ),
                        models.Index(fields=["created_at"], name="api_webhook_created_59c3ee_idx"),
                    ],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("endpoint", "message_id"), name="api_webhook_message_once"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("next_at__isnull", False), ("state", "pending")),
                                models.Q(
                                    models.Q(("state", "pending"), _negated=True),
                                    ("next_at__isnull", True),
                                ),
                                _connector="OR",
                            ),
                            name="api_webhook_pending_has_a_time",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="WebhookAttempt",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "delivery",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="log",
                            to="api.webhookdelivery",
                        ),
                    ),
                    ("at", models.DateTimeField()),
                    ("status", models.PositiveSmallIntegerField(blank=True, null=True)),
                    ("milliseconds", models.PositiveIntegerField()),
                    ("error", models.CharField(blank=True, max_length=200)),
                    ("answer", models.CharField(blank=True, max_length=1000)),
                ],
                options={
                    "verbose_name": "Zustellversuch",
                    "verbose_name_plural": "Zustellversuche",
                    "ordering": ("delivery", "pk"),
                },
            ),
        )
    ]
