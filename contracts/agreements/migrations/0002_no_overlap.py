"""No two price versions of one item, and no two list prices of one article, overlap.

`int8range(id, id, '[]')` lets a plain GiST index compare the key: the embedded server
has no btree_gist.
"""

from typing import ClassVar

from django.db import migrations

FORWARD = """
ALTER TABLE agreements_priceversion ADD CONSTRAINT agreements_price_no_overlap
    EXCLUDE USING gist (int8range(item_id, item_id, '[]') WITH &&, valid WITH &&);
ALTER TABLE agreements_listpriceversion ADD CONSTRAINT agreements_list_price_no_overlap
    EXCLUDE USING gist (int8range(article_id, article_id, '[]') WITH &&, valid WITH &&);
"""
BACKWARD = """
ALTER TABLE agreements_listpriceversion DROP CONSTRAINT agreements_list_price_no_overlap;
ALTER TABLE agreements_priceversion DROP CONSTRAINT agreements_price_no_overlap;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("agreements", "0001_initial")]
    operations: ClassVar = [migrations.RunSQL(FORWARD, BACKWARD)]
