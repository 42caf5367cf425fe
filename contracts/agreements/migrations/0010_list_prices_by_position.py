"""A list price is agreed for one position; what held for all positions holds for each of them."""

import django.db.models.deletion
from django.db import migrations, models

# The row itself stays with the first position, so that ordered lines keep the version they name;
# each further one gets a copy that names it.
BY_POSITION = """
ALTER TABLE agreements_listpriceversion DROP CONSTRAINT agreements_list_price_no_overlap;
UPDATE agreements_listpriceversion version SET item_id = first.item_id
  FROM (SELECT listing.article_id, min(listing.item_id) AS item_id
          FROM agreements_listing listing
          JOIN agreements_contractitem item
            ON item.id = listing.item_id AND item.basis = 'list_discount'
         GROUP BY listing.article_id) first
 WHERE first.article_id = version.article_id;
INSERT INTO agreements_listpriceversion (article_id, item_id, amount, price_unit, valid, evidence,
                                         approved_by_id, created_at, origin_id)
SELECT version.article_id, listing.item_id, version.amount, version.price_unit, version.valid,
       version.evidence, version.approved_by_id, version.created_at, version.id
  FROM agreements_listpriceversion version
  JOIN agreements_listing listing
    ON listing.article_id = version.article_id AND listing.item_id <> version.item_id
  JOIN agreements_contractitem item
    ON item.id = listing.item_id AND item.basis = 'list_discount';
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
ALTER TABLE agreements_listpriceversion ADD CONSTRAINT agreements_list_price_no_overlap
    EXCLUDE USING gist (int8range(article_id, article_id, '[]') WITH &&,
                        int8range(coalesce(item_id, 0), coalesce(item_id, 0), '[]') WITH &&,
                        valid WITH &&);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("agreements", "0009_positions_wait_for_the_register"),
    ]

    operations = [
        migrations.AddField(
            model_name="listpriceversion",
            name="item",
            field=models.ForeignKey(
                blank=True,
                help_text="Leer nur aus früherer Zeit, für Artikel, die nirgends gelistet sind.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="list_prices",
                to="agreements.contractitem",
                verbose_name="Position",
            ),
        ),
        migrations.AddField(
            model_name="listpriceversion",
            name="origin",
            field=models.ForeignKey(
                blank=True,
                help_text="Die Fassung aus der Zeit, als ein Listenpreis für alle Positionen galt.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="agreements.listpriceversion",
            ),
        ),
        migrations.RunSQL(BY_POSITION),
    ]
