"""Successors are listings that follow listings; no kind of relation says so twice."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agreements", "0006_article_numbers"),
    ]

    operations = [
        migrations.AlterField(
            model_name="itemrelation",
            name="kind",
            field=models.CharField(
                choices=[
                    ("requires", "nur zusammen mit"),
                    ("accessory", "Zubehör zu"),
                    ("bundle_part", "Teil des Bündels"),
                ],
                max_length=12,
                verbose_name="Art",
            ),
        ),
    ]
