"""The search knows the award, so that it can leave out who is not in turn."""

from typing import ClassVar

from django.db import migrations, models

FILL = """
UPDATE supplier_catalogue_searchentry s SET award_id = i.award_id
  FROM agreements_listing l JOIN agreements_contractitem i ON i.id = l.item_id
 WHERE l.id = s.listing_id
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("supplier_catalogue", "0002_attempts"),
        ("agreements", "0003_whole_life"),
    ]
    operations: ClassVar = [
        migrations.AddField(
            model_name="searchentry",
            name="award_id",
            field=models.BigIntegerField(default=0),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
