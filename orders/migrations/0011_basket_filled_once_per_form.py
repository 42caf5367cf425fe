import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0010_rounds_guarded")]

    operations = [
        migrations.AddField(
            model_name="basketowner",
            name="filled_by",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.UUIDField(),
                default=list,
                help_text="Ein Formular, das zweimal gesendet wird, füllt den Bedarfskorb einmal.",
                verbose_name="zuletzt übernommene Formulare",
            ),
        ),
    ]
