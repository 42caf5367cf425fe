import django.contrib.postgres.fields
from django.db import migrations, models

FILLED_BY = django.contrib.postgres.fields.ArrayField(
    base_field=models.UUIDField(),
    default=list,
    editable=False,
    help_text="Ein Formular, das zweimal gesendet wird, zählt einmal.",
    verbose_name="zuletzt übernommene Formulare",
)


class Migration(migrations.Migration):
    dependencies = [("orders", "0013_a_line_says_until_when_it_pays")]

    operations = [
        migrations.AlterField(model_name="basketowner", name="filled_by", field=FILLED_BY.clone()),
        migrations.AddField(model_name="shoppinglist", name="filled_by", field=FILLED_BY.clone()),
    ]
