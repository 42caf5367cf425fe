from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="SweepFailure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sweep", models.CharField(max_length=60, verbose_name="Arbeit")),
                ("item", models.CharField(max_length=150, verbose_name="Gegenstand")),
                ("tries", models.PositiveIntegerField(verbose_name="Versuche")),
                ("first_at", models.DateTimeField(verbose_name="seit")),
                ("last_at", models.DateTimeField(verbose_name="zuletzt")),
                ("next_at", models.DateTimeField(verbose_name="nächster Versuch")),
                ("reason", models.TextField(verbose_name="Grund")),
            ],
            options={
                "verbose_name": "Fehlschlag",
                "verbose_name_plural": "Fehlschläge",
                "ordering": ("first_at", "pk"),
                "constraints": [
                    models.UniqueConstraint(fields=("sweep", "item"), name="sweeps_failure_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("last_at__gte", models.F("first_at")), ("tries__gte", 1)
                        ),
                        name="sweeps_failure_was_tried",
                    ),
                ],
            },
        ),
    ]
