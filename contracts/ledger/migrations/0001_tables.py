"""Accounts with a limit, and the entries that move them."""

from decimal import Decimal
from typing import ClassVar

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

from contracts.tables import CreateTables


class Migration(migrations.Migration):
    initial = True
    replaces: ClassVar = [
        ("ledger", "0001_initial"),
        ("ledger", "0004_closed_reason"),
    ]
    dependencies: ClassVar = [
        ("parties", "0001_tables"),
    ]
    operations: ClassVar = [
        CreateTables(
            migrations.CreateModel(
                name="LimitAccount",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("item_quantity", "Höchstmenge der Position"),
                                ("award_value", "Höchstwert des Zuschlags"),
                                ("lot_value", "Höchstwert des Loses"),
                                ("agreement_value", "Höchstwert der Rahmenvereinbarung"),
                                ("buyer_quota", "Kontingent"),
                                ("budget", "Haushaltsansatz"),
                            ],
                            max_length=20,
                            verbose_name="Art",
                        ),
                    ),
                    (
                        "unit",
                        models.CharField(
                            choices=[("EUR", "Euro"), ("PCE", "Stück")],
                            default="EUR",
                            max_length=3,
                            verbose_name="Einheit",
                        ),
                    ),
                    ("title", models.CharField(max_length=250, verbose_name="Bezeichnung")),
                    (
                        "limit_amount",
                        models.DecimalField(
                            decimal_places=2,
                            default=Decimal("0"),
                            max_digits=18,
                            verbose_name="Grenze",
                        ),
                    ),
                    (
                        "held",
                        models.DecimalField(
                            decimal_places=2,
                            default=Decimal("0"),
                            max_digits=18,
                            verbose_name="vorgemerkt",
                        ),
                    ),
                    (
                        "posted",
                        models.DecimalField(
                            decimal_places=2,
                            default=Decimal("0"),
                            max_digits=18,
                            verbose_name="gebucht",
                        ),
                    ),
                    (
                        "is_open",
                        models.BooleanField(
                            default=True,
                            help_text="Gesperrte Konten nehmen keine neuen Vormerkungen an.",
                            verbose_name="offen",
                        ),
                    ),
                    (
                        "closed_reason",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("suspended", "ausgesetzt"),
                                ("full", "nichts Gelistetes passt mehr in den Rest"),
                            ],
                            max_length=20,
                            verbose_name="gesperrt, weil",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "Grenzkonto",
                    "verbose_name_plural": "Grenzkonten",
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("held__gte", 0), ("limit_amount__gte", 0), ("posted__gte", 0)
                            ),
                            name="ledger_account_not_negative",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("kind", "budget"),
                                (
                                    "limit_amount__gte",
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("held"), "+", models.F("posted")
                                    ),
                                ),
                                _connector="OR",
                            ),
                            name="ledger_cap_not_exceeded",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("is_open", True),
                                models.Q(("closed_reason", ""), _negated=True),
                                _connector="XOR",
                            ),
                            name="ledger_closed_has_reason",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="LedgerEntry",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    (
                        "account",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="entries",
                            to="ledger.limitaccount",
                        ),
                    ),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("hold", "Vormerkung"),
                                ("post", "Buchung"),
                                ("void", "Auflösung"),
                                ("adjust", "Änderung der Grenze"),
                                ("reverse", "Storno"),
                            ],
                            max_length=10,
                        ),
                    ),
                    (
                        "delta_limit",
                        models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=18),
                    ),
                    (
                        "delta_held",
                        models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=18),
                    ),
                    (
                        "delta_posted",
                        models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=18),
                    ),
                    (
                        "resolves",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="resolutions",
                            to="ledger.ledgerentry",
                        ),
                    ),
                    ("reference", models.CharField(max_length=80)),
                    ("document", models.CharField(blank=True, max_length=250)),
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
                    ("at", models.DateTimeField()),
                ],
                options={
                    "verbose_name": "Buchungszeile",
                    "verbose_name_plural": "Buchungszeilen",
                    "indexes": [
                        models.Index(
                            condition=models.Q(("kind", "adjust")),
                            fields=["account", "id"],
                            name="ledger_entry_adjustments",
                        )
                    ],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("reference", "account", "kind"),
                            name="ledger_entry_reference_unique",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("kind__in", ("post", "void"))),
                            fields=("resolves",),
                            name="ledger_hold_resolved_once",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("delta_held__gt", 0),
                                    ("delta_limit", 0),
                                    ("delta_posted", 0),
                                    ("kind", "hold"),
                                    ("resolves__isnull", True),
                                ),
                                models.Q(
                                    ("delta_held__lt", 0),
                                    ("delta_limit", 0),
                                    ("delta_posted__gt", 0),
                                    ("kind", "post"),
                                    ("resolves__isnull", False),
                                ),
                                models.Q(
                                    ("delta_held__lt", 0),
                                    ("delta_limit", 0),
                                    ("delta_posted", 0),
                                    ("kind", "void"),
                                    ("resolves__isnull", False),
                                ),
                                models.Q(
                                    ("delta_held", 0),
                                    ("delta_limit", 0),
                                    ("delta_posted__lt", 0),
                                    ("kind", "reverse"),
                                    ("resolves__isnull", False),
                                ),
                                models.Q(
                                    ("delta_held", 0),
                                    ("delta_posted", 0),
                                    ("kind", "adjust"),
                                    ("resolves__isnull", True),
                                ),
                                _connector="OR",
                            ),
                            name="ledger_entry_shape",
                        ),
                    ],
                },
            ),
        )
    ]
