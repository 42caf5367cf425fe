"""Dated rows of one scope do not overlap: entitlements, legal figures, VAT rules.

`int8range(key, key, '[]')` lets a plain GiST index compare a key: the embedded server has
no btree_gist. A text key is compared by its hash.
"""

from typing import ClassVar

from django.db import migrations

FORWARD = """
ALTER TABLE agreements_buyerentitlement ADD CONSTRAINT agreements_entitlement_no_overlap
    EXCLUDE USING gist (
        int8range(agreement_id, agreement_id, '[]') WITH &&,
        int8range(COALESCE(lot_id, 0), COALESCE(lot_id, 0), '[]') WITH &&,
        int8range(buyer_id, buyer_id, '[]') WITH &&,
        daterange(valid_from, valid_to, '[]') WITH &&);
ALTER TABLE agreements_legalfigure ADD CONSTRAINT agreements_figure_no_overlap
    EXCLUDE USING gist (
        int8range(hashtextextended(key, 0), hashtextextended(key, 0), '[]') WITH &&,
        valid WITH &&);
ALTER TABLE agreements_vatrule ADD CONSTRAINT agreements_vat_rule_no_overlap
    EXCLUDE USING gist (
        int8range(hashtextextended(vat_class, 0), hashtextextended(vat_class, 0), '[]') WITH &&,
        int8range(hashtextextended(buyers, 0), hashtextextended(buyers, 0), '[]') WITH &&,
        numrange(minimum_net, minimum_net, '[]') WITH &&,
        valid WITH &&);
CREATE SEQUENCE agreements_change_number START 1001;
CREATE SEQUENCE agreements_modification_number START 1001;
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'kaufhaus_app') THEN
        GRANT USAGE ON SEQUENCE agreements_change_number, agreements_modification_number
            TO kaufhaus_app;
        -- a document is never changed, only withdrawn
        REVOKE UPDATE, DELETE, TRUNCATE ON agreements_agreementdocument FROM kaufhaus_app;
        GRANT UPDATE (withdrawn_at) ON agreements_agreementdocument TO kaufhaus_app;
    END IF;
END $$;
"""
BACKWARD = """
DROP SEQUENCE agreements_modification_number;
DROP SEQUENCE agreements_change_number;
ALTER TABLE agreements_vatrule DROP CONSTRAINT agreements_vat_rule_no_overlap;
ALTER TABLE agreements_legalfigure DROP CONSTRAINT agreements_figure_no_overlap;
ALTER TABLE agreements_buyerentitlement DROP CONSTRAINT agreements_entitlement_no_overlap;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("agreements", "0003_whole_life")]
    operations: ClassVar = [migrations.RunSQL(FORWARD, BACKWARD)]
