"""What no two dated rows may share, what an entry of § 132 GWB permits, numbers and rights.

`int8range(key, key, '[]')` lets a plain GiST index compare a key: the embedded server has
no btree_gist. A text key is compared by its hash.
"""

from typing import ClassVar

from django.db import migrations

NO_OVERLAP = """
ALTER TABLE agreements_priceversion ADD CONSTRAINT agreements_price_no_overlap
    EXCLUDE USING gist (int8range(item_id, item_id, '[]') WITH &&, valid WITH &&);
ALTER TABLE agreements_listpriceversion ADD CONSTRAINT agreements_list_price_no_overlap
    EXCLUDE USING gist (
        int8range(article_id, article_id, '[]') WITH &&,
        int8range(coalesce(item_id, 0), coalesce(item_id, 0), '[]') WITH &&,
        valid WITH &&);
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
"""

USES_OF_ENTRIES = """
-- The row of the entry is locked first: of two uses at once the second sees the first.
CREATE FUNCTION agreements_entry_not_exceeded() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    permitted agreements_contractmodification%ROWTYPE;
    used numeric;
BEGIN
    SELECT * INTO permitted FROM agreements_contractmodification
     WHERE id = NEW.entry_id FOR NO KEY UPDATE;
    SELECT coalesce(sum(amount), 0) INTO used FROM agreements_modificationuse
     WHERE entry_id = NEW.entry_id AND level = NEW.level;
    IF permitted.state <> 'approved'
       OR NEW.amount > 0 AND used + NEW.amount > permitted.value
       OR NEW.level = 'term' AND NEW.new_end IS DISTINCT FROM permitted.new_end THEN
        RAISE EXCEPTION 'Entry % does not permit this.', permitted.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'agreements_entry_not_exceeded';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agreements_entry_not_exceeded BEFORE INSERT ON agreements_modificationuse
    FOR EACH ROW EXECUTE FUNCTION agreements_entry_not_exceeded();
CREATE TRIGGER agreements_modificationuse_append_only BEFORE UPDATE OR DELETE
    ON agreements_modificationuse FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER agreements_modificationuse_not_truncated BEFORE TRUNCATE
    ON agreements_modificationuse FOR EACH STATEMENT EXECUTE FUNCTION append_only();
"""

NUMBERS = """
CREATE SEQUENCE agreements_change_number START 1001;
CREATE SEQUENCE agreements_modification_number START 1001;
"""

RIGHTS = """
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'kaufhaus_app') THEN
        GRANT USAGE ON SEQUENCE agreements_change_number, agreements_modification_number
            TO kaufhaus_app;
        REVOKE UPDATE, DELETE, TRUNCATE ON agreements_modificationuse FROM kaufhaus_app;
        -- a document is never changed, only withdrawn
        REVOKE UPDATE, DELETE, TRUNCATE ON agreements_agreementdocument FROM kaufhaus_app;
        GRANT UPDATE (withdrawn_at) ON agreements_agreementdocument TO kaufhaus_app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    replaces: ClassVar = [
        ("agreements", "0002_no_overlap"),
        ("agreements", "0004_no_overlap"),
        ("agreements", "0008_what_an_entry_permits"),
        ("agreements", "0010_list_prices_by_position"),
        ("agreements", "0011_forms_sent_twice"),
    ]
    dependencies: ClassVar = [
        ("agreements", "0001_tables"),
        ("audit", "0002_database_guards"),
    ]
    operations: ClassVar = [
        migrations.RunSQL(NO_OVERLAP),
        migrations.RunSQL(USES_OF_ENTRIES),
        migrations.RunSQL(NUMBERS),
        migrations.RunSQL(RIGHTS),
    ]
