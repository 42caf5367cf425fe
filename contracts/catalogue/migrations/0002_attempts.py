from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("supplier_catalogue", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="catalogueupload",
            name="attempts",
            field=models.PositiveSmallIntegerField(
                default=0,
                help_text="Eine Prüfung kann abbrechen und neu beginnen.",
                verbose_name="begonnene Prüfungen",
            ),
        ),
    ]
