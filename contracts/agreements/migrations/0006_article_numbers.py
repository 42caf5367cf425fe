"""Articles are looked up by GTIN and by the maker's number across suppliers."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agreements", "0005_shared_position_caps"),
        ("catalogue", "0032_category_exclude_from_menu_category_long_description"),
        ("parties", "0001_initial"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="article",
            index=models.Index(
                condition=models.Q(("gtin", ""), _negated=True),
                fields=["gtin"],
                name="agreements_article_gtin",
            ),
        ),
        migrations.AddIndex(
            model_name="article",
            index=models.Index(
                condition=models.Q(("mpn", ""), _negated=True),
                fields=["mpn"],
                name="agreements_article_mpn",
            ),
        ),
    ]
