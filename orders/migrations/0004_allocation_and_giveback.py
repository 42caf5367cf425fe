"""Allocation steps, goods receipts, and what a cancellation gives back."""

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agreements", "0003_whole_life"),
        ("order", "0021_billingaddress_code_shippingaddress_code"),
        ("orders", "0003_immutable_lines"),
        ("parties", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="AllocationStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "rule",
                    models.CharField(
                        choices=[
                            ("single", "ein Lieferant"),
                            ("cascade", "Kaskade nach Rang"),
                            ("rotation", "Rotation"),
                        ],
                        max_length=12,
                        verbose_name="Vergaberegel",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("taken", "erhält den Abruf"),
                            ("skipped", "übergangen"),
                            ("exhausted", "eigener Höchstwert ausgeschöpft"),
                            ("refused", "hat abgelehnt"),
                            ("timed_out", "hat nicht fristgerecht bestätigt"),
                        ],
                        max_length=10,
                        verbose_name="Ergebnis",
                    ),
                ),
                ("reason", models.CharField(max_length=250, verbose_name="Begründung")),
                ("turn", models.PositiveIntegerField(blank=True, null=True, verbose_name="Zug")),
                ("at", models.DateTimeField(verbose_name="am")),
            ],
            options={
                "verbose_name": "Vergabeschritt",
                "verbose_name_plural": "Vergabeschritte",
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="CallOffLineProgress",
            fields=[
                (
                    "line",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="progress",
                        serialize=False,
                        to="orders.calloffline",
                    ),
                ),
                ("ordered", models.PositiveIntegerField(verbose_name="bestellt")),
                ("delivered", models.PositiveIntegerField(default=0, verbose_name="geliefert")),
                ("cancelled", models.PositiveIntegerField(default=0, verbose_name="storniert")),
            ],
            options={
                "verbose_name": "Stand der Abrufzeile",
                "verbose_name_plural": "Stand der Abrufzeilen",
            },
        ),
        migrations.CreateModel(
            name="Cancellation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="Nr.")),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("cancelled", "vom Käufer storniert"),
                            ("refused", "vom Lieferanten abgelehnt"),
                            ("timed_out", "nicht fristgerecht bestätigt"),
                            ("closed_short", "Restmenge aufgegeben"),
                        ],
                        max_length=12,
                        verbose_name="Anlass",
                    ),
                ),
                ("reason", models.CharField(max_length=250, verbose_name="Begründung")),
                ("at", models.DateTimeField(verbose_name="am")),
                ("net", models.DecimalField(decimal_places=2, max_digits=16)),
                ("tax", models.DecimalField(decimal_places=2, max_digits=16)),
                ("gross", models.DecimalField(decimal_places=2, max_digits=16)),
            ],
            options={
                "verbose_name": "Stornierung",
                "verbose_name_plural": "Stornierungen",
                "ordering": ("call_off", "number"),
            },
        ),
        migrations.CreateModel(
            name="CancelledLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quantity", models.PositiveIntegerField(verbose_name="Menge")),
                ("net", models.DecimalField(decimal_places=2, max_digits=16)),
                ("tax", models.DecimalField(decimal_places=2, max_digits=16)),
            ],
            options={
                "verbose_name": "stornierte Zeile",
                "verbose_name_plural": "stornierte Zeilen",
            },
        ),
        migrations.CreateModel(
            name="CancelledShare",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("net", models.DecimalField(decimal_places=2, max_digits=16)),
                ("tax", models.DecimalField(decimal_places=2, max_digits=16)),
                (
                    "bound",
                    models.DecimalField(
                        decimal_places=2, max_digits=16, verbose_name="frei gegeben"
                    ),
                ),
            ],
            options={
                "verbose_name": "stornierte Kontierung",
                "verbose_name_plural": "stornierte Kontierungen",
            },
        ),
        migrations.CreateModel(
            name="GoodsReceipt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="Nr.")),
                (
                    "delivery_note",
                    models.CharField(blank=True, max_length=60, verbose_name="Lieferschein"),
                ),
                ("received_on", models.DateField(verbose_name="eingegangen am")),
                ("at", models.DateTimeField(verbose_name="erfasst am")),
            ],
            options={
                "verbose_name": "Wareneingang",
                "verbose_name_plural": "Wareneingänge",
                "ordering": ("call_off", "number"),
            },
        ),
        migrations.CreateModel(
            name="ReceivedLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quantity", models.PositiveIntegerField(verbose_name="Menge")),
            ],
            options={
                "verbose_name": "eingegangene Zeile",
                "verbose_name_plural": "eingegangene Zeilen",
            },
        ),
        migrations.AddField(
            model_name="calloff",
            name="confirm_by",
            field=models.DateField(blank=True, null=True, verbose_name="zu bestätigen bis"),
        ),
        migrations.AddField(
            model_name="calloff",
            name="follows",
            field=models.OneToOneField(
                blank=True,
                help_text="Der abgelehnte oder nicht bestätigte Abruf des vorigen Rangs.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="followed_by",
                to="orders.calloff",
                verbose_name="folgt auf",
            ),
        ),
        migrations.AddField(
            model_name="calloffassignment",
            name="bound",
            field=models.DecimalField(
                decimal_places=2, default=0, max_digits=16, verbose_name="im Haushalt gebunden"
            ),
        ),
        migrations.AddField(
            model_name="calloffline",
            name="service_from",
            field=models.DateField(blank=True, null=True, verbose_name="Leistung ab"),
        ),
        migrations.AddField(
            model_name="calloffline",
            name="service_to",
            field=models.DateField(blank=True, null=True, verbose_name="Leistung bis"),
        ),
        migrations.AddField(
            model_name="calloffline",
            name="tier_base",
            field=models.PositiveBigIntegerField(default=0, verbose_name="Staffelmenge"),
        ),
        migrations.AddField(
            model_name="requisitionline",
            name="tier_base",
            field=models.PositiveBigIntegerField(
                default=0,
                help_text="Die Menge, nach der die Staffel gewählt wurde; bei kumulativen Staffeln die zuvor gebuchte Menge aller Käufer.",
                verbose_name="Staffelmenge",
            ),
        ),
        migrations.AlterField(
            model_name="calloffassignment",
            name="assignment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="call_off_assignments",
                to="orders.assignment",
            ),
        ),
        migrations.AlterField(
            model_name="calloffline",
            name="requisition_line",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="call_off_lines",
                to="orders.requisitionline",
            ),
        ),
        migrations.AddConstraint(
            model_name="calloffassignment",
            constraint=models.UniqueConstraint(
                fields=("line", "assignment"), name="orders_call_off_assignment_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="calloffline",
            constraint=models.UniqueConstraint(
                fields=("call_off", "requisition_line"),
                name="orders_requisition_line_once_per_call_off",
            ),
        ),
        migrations.AddConstraint(
            model_name="calloffline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("service_from__isnull", True), ("service_to__isnull", True)),
                    ("service_to__gte", models.F("service_from")),
                    _connector="OR",
                ),
                name="orders_service_dates_in_order",
            ),
        ),
        migrations.AddField(
            model_name="allocationstep",
            name="award",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="allocation_steps",
                to="agreements.award",
            ),
        ),
        migrations.AddField(
            model_name="allocationstep",
            name="by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parties.membership",
            ),
        ),
        migrations.AddField(
            model_name="allocationstep",
            name="call_off",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="allocation_steps",
                to="orders.calloff",
            ),
        ),
        migrations.AddField(
            model_name="allocationstep",
            name="lot",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="allocation_steps",
                to="agreements.lot",
            ),
        ),
        migrations.AddField(
            model_name="allocationstep",
            name="requisition",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="allocation_steps",
                to="orders.requisition",
            ),
        ),
        migrations.AddConstraint(
            model_name="callofflineprogress",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "ordered__gte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("delivered"), "+", models.F("cancelled")
                        ),
                    )
                ),
                name="orders_line_not_over_ordered",
            ),
        ),
        migrations.AddField(
            model_name="cancellation",
            name="by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parties.membership",
            ),
        ),
        migrations.AddField(
            model_name="cancellation",
            name="call_off",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cancellations",
                to="orders.calloff",
            ),
        ),
        migrations.AddField(
            model_name="cancelledline",
            name="cancellation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lines",
                to="orders.cancellation",
            ),
        ),
        migrations.AddField(
            model_name="cancelledline",
            name="line",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cancelled_lines",
                to="orders.calloffline",
            ),
        ),
        migrations.AddField(
            model_name="cancelledshare",
            name="assignment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cancelled_shares",
                to="orders.calloffassignment",
            ),
        ),
        migrations.AddField(
            model_name="cancelledshare",
            name="cancelled_line",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="shares",
                to="orders.cancelledline",
            ),
        ),
        migrations.AddField(
            model_name="goodsreceipt",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parties.membership",
            ),
        ),
        migrations.AddField(
            model_name="goodsreceipt",
            name="call_off",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="receipts",
                to="orders.calloff",
            ),
        ),
        migrations.AddField(
            model_name="receivedline",
            name="line",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="received_lines",
                to="orders.calloffline",
            ),
        ),
        migrations.AddField(
            model_name="receivedline",
            name="receipt",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lines",
                to="orders.goodsreceipt",
            ),
        ),
        migrations.AddIndex(
            model_name="allocationstep",
            index=models.Index(fields=["lot", "id"], name="orders_allo_lot_id_42e756_idx"),
        ),
        migrations.AddConstraint(
            model_name="allocationstep",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True),
                name="orders_allocation_step_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="allocationstep",
            constraint=models.UniqueConstraint(
                condition=models.Q(("turn__isnull", False)),
                fields=("lot", "turn"),
                name="orders_turn_taken_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="cancellation",
            constraint=models.UniqueConstraint(
                fields=("call_off", "number"), name="orders_cancellation_number_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="cancellation",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True),
                name="orders_cancellation_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="cancelledline",
            constraint=models.UniqueConstraint(
                fields=("cancellation", "line"), name="orders_cancelled_line_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="cancelledline",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gte", 1)), name="orders_cancelled_quantity_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="cancelledshare",
            constraint=models.UniqueConstraint(
                fields=("cancelled_line", "assignment"), name="orders_cancelled_share_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="goodsreceipt",
            constraint=models.UniqueConstraint(
                fields=("call_off", "number"), name="orders_receipt_number_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="receivedline",
            constraint=models.UniqueConstraint(
                fields=("receipt", "line"), name="orders_received_line_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="receivedline",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gte", 1)), name="orders_received_quantity_positive"
            ),
        ),
    ]
