"""Call-offs (Einzelabrufe) issued to the supplier."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from api import pagination
from api.auth import actor
from api.etags import tagged
from api.schema.operations import CURSOR, LIMIT, UPDATED_SINCE
from api.scopes import Scope
from api.serializers import Moment, Money, page_of
from api.views import ApiView

from . import queries


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
    quantity = serializers.IntegerField()
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


def _shape(rows: list[Any]) -> list[Any]:
    return CallOffHead(rows, many=True).data


class CallOffList(ApiView):
    required_scopes: ClassVar = {"GET": Scope.ORDERS_READ}

    @extend_schema(
        operation_id="supplier_call_offs_list",
        summary="Erhaltene Abrufe auflisten",
        description="Sortiert nach dem Zeitpunkt der Erteilung, älteste zuerst.",
        tags=["Lieferant: Abrufe"],
        parameters=[CURSOR, LIMIT, UPDATED_SINCE],
        responses={200: page_of(CallOffHead, "CallOffPage")},
    )
    def get(self, request: Request) -> Response:
        rows = pagination.updated_since(request, queries.call_offs(actor(request)), "issued_at")
        page = pagination.page_of(request, rows, order=("issued_at", "id"))
        return Response(page.body(_shape))


class CallOffDetail(ApiView):
    required_scopes: ClassVar = {"GET": Scope.ORDERS_READ}

    @extend_schema(
        operation_id="supplier_call_offs_get",
        summary="Einen erhaltenen Abruf lesen",
        description="Trägt ein starkes ETag; mit If-None-Match antwortet er 304.",
        tags=["Lieferant: Abrufe"],
        responses={200: CallOffShape},
    )
    def get(self, request: Request, number: str) -> Response:
        rows = queries.call_offs(actor(request)).prefetch_related("lines__item")
        return tagged(request, CallOffShape(get_object_or_404(rows, number=number)).data)
