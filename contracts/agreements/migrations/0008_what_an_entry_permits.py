"""Uses of the entries of § 132 GWB, and the last day that a longer term names."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# An old entry names no day. Where it has extended the term, that is the end; where it has not,
# it permits nothing beyond the term there is.
OLD_TERMS = """
UPDATE agreements_contractmodification entry SET new_end = agreement.ends_on
  FROM agreements_frameworkagreement agreement
 WHERE agreement.id = entry.agreement_id AND entry.kind = 'term';
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""

# What entries have raised and extended before there were uses of them.
OLD_USES = """
INSERT INTO agreements_modificationuse (entry_id, level, account_id, new_end, amount, used_by_id, used_at)
SELECT entry.id, account.kind, account.id, NULL,
       CASE WHEN account.unit = 'EUR' THEN rise.delta_limit ELSE greatest(entry.value, 0) END,
       coalesce(rise.by_id, entry.proposed_by_id), rise.at
  FROM agreements_contractmodification entry
  JOIN ledger_ledgerentry rise ON rise.reference = entry.number AND rise.kind = 'adjust'
  JOIN ledger_limitaccount account ON account.id = rise.account_id
 WHERE entry.kind = 'cap';
INSERT INTO agreements_modificationuse (entry_id, level, account_id, new_end, amount, used_by_id, used_at)
SELECT entry.id, 'term', NULL, entry.new_end, 0, entry.proposed_by_id, done.at
  FROM agreements_contractmodification entry
  JOIN (SELECT object_id, min(at) AS at FROM audit_auditentry
         WHERE action = 'modification.term_extended' GROUP BY object_id) done
    ON done.object_id = entry.id
 WHERE entry.kind = 'term';
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""

# The row of the entry is locked first: of two uses at once the second sees the first.
GUARD = """
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
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'kaufhaus_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON agreements_modificationuse FROM kaufhaus_app;
    END IF;
END $$;
"""
UNGUARD = """
DROP TRIGGER agreements_modificationuse_not_truncated ON agreements_modificationuse;
DROP TRIGGER agreements_modificationuse_append_only ON agreements_modificationuse;
DROP TRIGGER agreements_entry_not_exceeded ON agreements_modificationuse;
DROP FUNCTION agreements_entry_not_exceeded;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("agreements", "0007_relation_kinds"),
        ("audit", "0002_append_only"),
        ("ledger", "0004_closed_reason"),
        ("parties", "0002_delivery_to_schools"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ModificationUse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("agreement_value", "Höchstwert der Rahmenvereinbarung"),
                            ("lot_value", "Höchstwert der Lose"),
                            ("award_value", "Höchstwert der Zuschläge"),
                            ("item_quantity", "Höchstmenge der Positionen"),
                            ("term", "Laufzeit"),
                        ],
                        max_length=16,
                        verbose_name="Ebene",
                    ),
                ),
                (
                    "new_end",
                    models.DateField(blank=True, null=True, verbose_name="neuer letzter Tag"),
                ),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=2, max_digits=16, verbose_name="Wert (netto, EUR)"
                    ),
                ),
                ("used_at", models.DateTimeField(verbose_name="genutzt am")),
            ],
            options={
                "verbose_name": "Nutzung einer Vertragsänderung",
                "verbose_name_plural": "Nutzungen von Vertragsänderungen",
                "ordering": ("entry", "pk"),
            },
        ),
        migrations.AddField(
            model_name="contractmodification",
            name="new_end",
            field=models.DateField(
                blank=True,
                help_text="Nur bei einer Änderung der Laufzeit: bis wann sie verlängert wird.",
                null=True,
                verbose_name="neuer letzter Tag",
            ),
        ),
        migrations.RunSQL(OLD_TERMS, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="contractmodification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "term"), ("new_end__isnull", False)),
                    models.Q(models.Q(("kind", "term"), _negated=True), ("new_end__isnull", True)),
                    _connector="OR",
                ),
                name="agreements_modification_term_names_its_end",
            ),
        ),
        migrations.AddField(
            model_name="modificationuse",
            name="account",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="ledger.limitaccount",
            ),
        ),
        migrations.AddField(
            model_name="modificationuse",
            name="entry",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="uses",
                to="agreements.contractmodification",
            ),
        ),
        migrations.AddField(
            model_name="modificationuse",
            name="used_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parties.membership",
            ),
        ),
        migrations.AddConstraint(
            model_name="modificationuse",
            constraint=models.UniqueConstraint(
                fields=("entry", "account"), name="agreements_entry_raises_a_cap_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="modificationuse",
            constraint=models.UniqueConstraint(
                condition=models.Q(("level", "term")),
                fields=("entry",),
                name="agreements_entry_extends_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="modificationuse",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("account__isnull", True), ("level", "term"), ("new_end__isnull", False)
                    ),
                    models.Q(
                        models.Q(("level", "term"), _negated=True),
                        ("account__isnull", False),
                        ("new_end__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="agreements_entry_use_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="modificationuse",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gte", 0)), name="agreements_entry_use_not_negative"
            ),
        ),
        migrations.RunSQL(OLD_USES, migrations.RunSQL.noop),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
