"""Where and when schools take deliveries."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="school",
            name="delivery_from",
            field=models.TimeField(blank=True, null=True, verbose_name="Anlieferung von"),
        ),
        migrations.AddField(
            model_name="school",
            name="delivery_note",
            field=models.CharField(
                blank=True, max_length=250, verbose_name="Hinweis zur Anlieferung"
            ),
        ),
        migrations.AddField(
            model_name="school",
            name="delivery_until",
            field=models.TimeField(blank=True, null=True, verbose_name="Anlieferung bis"),
        ),
        migrations.AddField(
            model_name="school",
            name="phone",
            field=models.CharField(blank=True, max_length=40, verbose_name="Telefon"),
        ),
        migrations.AddConstraint(
            model_name="school",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("delivery_from__isnull", True), ("delivery_until__isnull", True)),
                    ("delivery_until__gt", models.F("delivery_from")),
                    _connector="OR",
                ),
                name="parties_school_delivery_window_in_order",
            ),
        ),
    ]
