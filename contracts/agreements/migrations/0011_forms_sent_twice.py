"""A gate and an entry of the register remember the form they came from, so that it counts once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("agreements", "0010_list_prices_by_position")]

    operations = [
        migrations.AddField(
            model_name="gate",
            name="token",
            field=models.UUIDField(blank=True, editable=False, null=True, verbose_name="Formular"),
        ),
        migrations.AddField(
            model_name="contractmodification",
            name="token",
            field=models.UUIDField(blank=True, editable=False, null=True, verbose_name="Formular"),
        ),
        migrations.AddConstraint(
            model_name="gate",
            constraint=models.UniqueConstraint(
                fields=("set_by", "token"), name="agreements_gate_once_per_token"
            ),
        ),
        migrations.AddConstraint(
            model_name="contractmodification",
            constraint=models.UniqueConstraint(
                fields=("agreement", "token"), name="agreements_modification_once_per_token"
            ),
        ),
    ]
