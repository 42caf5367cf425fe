"""Until when a budget line pays, its deductible tax by days, and sendings told by a token.

Lines that exist may be used until the end of their year, as it was before.
"""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

FILL = "UPDATE orders_budgetline SET usable_until = make_date(fiscal_year, 12, 31)"
FINAL = """
CREATE TRIGGER orders_budgetlinedeductible_append_only
    BEFORE UPDATE OR DELETE ON orders_budgetlinedeductible
    FOR EACH ROW EXECUTE FUNCTION append_only();
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'kaufhaus_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON orders_budgetlinedeductible FROM kaufhaus_app;
    END IF;
END $$;
"""
OPEN = "DROP TRIGGER orders_budgetlinedeductible_append_only ON orders_budgetlinedeductible"


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("audit", "0002_append_only"),
        ("orders", "0012_given_up_messages"),
        ("parties", "0002_delivery_to_schools"),
    ]
    operations: ClassVar = [
        migrations.AddField(
            "budgetline",
            "usable_until",
            models.DateField("verwendbar bis", null=True),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        # what was filled must be checked before the table may be altered again
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AlterField("budgetline", "usable_until", models.DateField("verwendbar bis")),
        migrations.AddConstraint(
            "budgetline",
            models.CheckConstraint(
                condition=models.Q(usable_until__year__gte=models.F("fiscal_year")),
                name="orders_budget_line_usable_in_its_year",
            ),
        ),
        migrations.CreateModel(
            name="BudgetLineDeductible",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "percent",
                    models.DecimalField(
                        decimal_places=4, max_digits=7, verbose_name="Vorsteuer abziehbar (%)"
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="gültig ab")),
                ("reason", models.CharField(max_length=250, verbose_name="Begründung")),
                ("at", models.DateTimeField(verbose_name="am")),
                (
                    "budget_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deductibles",
                        to="orders.budgetline",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.membership",
                    ),
                ),
            ],
            options={
                "verbose_name": "abziehbare Vorsteuer",
                "verbose_name_plural": "abziehbare Vorsteuern",
                "ordering": ("budget_line", "valid_from"),
                "constraints": (
                    models.UniqueConstraint(
                        fields=("budget_line", "valid_from"), name="orders_deductible_once_per_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(percent__gte=0, percent__lte=100),
                        name="orders_deductible_range",
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(reason=""), name="orders_deductible_has_reason"
                    ),
                ),
            },
        ),
        migrations.RunSQL(FINAL, OPEN),
        migrations.AddField(
            "cancellation", "token", models.UUIDField("Formular oder Aufruf", null=True)
        ),
        migrations.AddField(
            "goodsreceipt", "token", models.UUIDField("Formular oder Aufruf", null=True)
        ),
        migrations.AddConstraint(
            "cancellation",
            models.UniqueConstraint(
                fields=("call_off", "token"), name="orders_cancellation_once_per_token"
            ),
        ),
        migrations.AddConstraint(
            "goodsreceipt",
            models.UniqueConstraint(
                fields=("call_off", "token"), name="orders_receipt_once_per_token"
            ),
        ),
    ]
