"""A call-off as its supplier reads it; its buyer reads the same and where it came from."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.serializers import Moment, Money


class BuyerShape(serializers.Serializer):
    """The school authority that orders and pays."""

    code = serializers.CharField()
    name = serializers.CharField()
    street = serializers.CharField()
    postcode = serializers.CharField()
    city = serializers.CharField()
    leitweg_id = serializers.CharField(help_text="für die elektronische Rechnung (BT-10)")


class DeliveryShape(serializers.Serializer):
    """The school that receives the goods."""

    name = serializers.CharField()
    school_no = serializers.CharField()
    street = serializers.CharField()
    postcode = serializers.CharField()
    city = serializers.CharField()
    contact = serializers.CharField()


class LineDeliveryShape(serializers.Serializer):
    """Where and when to deliver a line, as it was asked for."""

    name = serializers.CharField(help_text="Empfänger")
    street = serializers.CharField()
    postcode = serializers.CharField()
    city = serializers.CharField()
    contact = serializers.CharField()
    phone = serializers.CharField()
    earliest = serializers.DateField(allow_null=True, help_text="frühestens am")
    latest = serializers.DateField(allow_null=True, help_text="spätestens am")
    time_from = serializers.TimeField(
        format="%H:%M", allow_null=True, help_text="Anlieferung von (Europe/Berlin)"
    )
    time_until = serializers.TimeField(format="%H:%M", allow_null=True, help_text="bis")
    note = serializers.CharField(help_text="Hinweis zur Anlieferung")


class TermsShape(serializers.Serializer):
    """The terms the call-off was issued under."""

    version = serializers.IntegerField()
    payment_days = serializers.IntegerField()
    discount_percent = Money(help_text="Skonto in Prozent")
    discount_days = serializers.IntegerField()
    delivery_clause = serializers.CharField()


class LineShape(serializers.Serializer):
    """A line; prices and sums in EUR, fixed at issue."""

    line_no = serializers.IntegerField()
    supplier_aid = serializers.CharField()
    title = serializers.CharField()
    item = serializers.CharField(source="item.number", help_text="Vertragsposition")
    delivery = LineDeliveryShape(
        source="requisition_line.delivery",
        allow_null=True,
        help_text="fehlt bei Abrufen, die vor der Angabe je Zeile erteilt wurden",
    )
    quantity = serializers.IntegerField()
    delivered = serializers.IntegerField(source="progress.delivered", help_text="eingegangen")
    cancelled = serializers.IntegerField(
        source="progress.cancelled", help_text="storniert oder aufgegeben"
    )
    open = serializers.IntegerField(source="progress.open", help_text="noch zu liefern")
    unit = serializers.CharField(help_text="UN/ECE Rec. 20")
    net_unit_price = Money(decimal_places=4)
    price_unit = serializers.IntegerField(help_text="Preis je so viele Einheiten")
    periods = serializers.IntegerField()
    tax_category = serializers.CharField(help_text="UNCL 5305")
    tax_rate = Money(help_text="Prozent")
    net = Money()
    tax = Money()
    gross = Money()


class CallOffHead(serializers.Serializer):
    """A call-off without its lines."""

    number = serializers.CharField()
    state = serializers.CharField()
    issued_at = Moment()
    updated_at = Moment(help_text="letzte Änderung des Standes")
    confirm_by = serializers.DateField(allow_null=True, help_text="zu bestätigen bis")
    delivery_by = serializers.DateField(allow_null=True)
    agreement = serializers.CharField(source="lot.agreement.number")
    lot = serializers.IntegerField(source="lot.number")
    award = serializers.CharField(source="award.reference")
    buyer = BuyerShape(source="authority")
    delivery = DeliveryShape(source="school", allow_null=True)
    currency = serializers.SerializerMethodField()
    net = Money()
    tax = Money()
    gross = Money()

    def get_currency(self, _row: Any) -> str:
        return "EUR"


class CallOffShape(CallOffHead):
    """A call-off with its terms and lines."""

    terms = TermsShape()
    lines = LineShape(many=True)
