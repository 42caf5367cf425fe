"""Call-offs (Einzelabrufe) issued to the supplier."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Prefetch
from django.http import HttpResponseBase
from django.utils import timezone
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
from api.views import IdempotentPost, SupplierView
from orders.call_offs import confirmations
from orders.models import CallOff, CallOffLine

from . import queries

TAGS = ("Lieferant: Abrufe",)


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


def _shape(rows: list[Any]) -> list[Any]:
    return CallOffHead(rows, many=True).data


class CallOffList(SupplierView):
    required_scopes: ClassVar = {"GET": Scope.ORDERS_READ}

    @extend_schema(
        operation_id="supplier_call_offs_list",
        summary="Erhaltene Abrufe auflisten",
        description=(
            "Sortiert nach der letzten Änderung, älteste zuerst: Was bestätigt, geliefert, "
            "storniert oder abgelehnt wird, rückt ans Ende."
        ),
        tags=TAGS,
        parameters=[CURSOR, LIMIT, UPDATED_SINCE],
        responses={200: page_of(CallOffHead, "CallOffPage")},
    )
    def get(self, request: Request) -> Response:
        rows = pagination.updated_since(request, queries.call_offs(actor(request)), "updated_at")
        page = pagination.page_of(request, rows, order=("updated_at", "id"))
        return Response(page.body(_shape))


class CallOffDetail(SupplierView):
    required_scopes: ClassVar = {"GET": Scope.ORDERS_READ}

    @extend_schema(
        operation_id="supplier_call_offs_get",
        summary="Einen erhaltenen Abruf lesen",
        description="Trägt ein starkes ETag; mit If-None-Match antwortet er 304.",
        tags=TAGS,
        responses={200: CallOffShape},
    )
    def get(self, request: Request, number: str) -> Response:
        return tagged(request, _body(request, number))


class RefusalForm(serializers.Serializer):
    """Why the call-off is refused."""

    reason = serializers.CharField(max_length=250, help_text="Der Schulträger liest sie.")


class CallOffConfirm(IdempotentPost, SupplierView):
    required_scopes: ClassVar = {"POST": Scope.ORDERS_WRITE}

    @extend_schema(
        operation_id="supplier_call_offs_confirm",
        summary="Einen Abruf bestätigen",
        description="Danach lässt er sich nicht mehr ablehnen.",
        tags=TAGS,
        request=None,
        responses={200: CallOffShape},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        return super().post(request, **kwargs)

    def command(self, request: Request, number: str) -> Response:
        confirmations.confirm(
            call_off_id=_own(request, number).pk, by=actor(request), now=timezone.now()
        )
        return Response(_body(request, number))


class CallOffRefuse(IdempotentPost, SupplierView):
    required_scopes: ClassVar = {"POST": Scope.ORDERS_WRITE}

    @extend_schema(
        operation_id="supplier_call_offs_refuse",
        summary="Einen Abruf ablehnen",
        description=(
            "Nur solange er nicht bestätigt ist, im Ganzen und mit Begründung. In einer Kaskade "
            "geht der Bedarf an den nächsten Rang."
        ),
        tags=TAGS,
        request=RefusalForm,
        responses={200: CallOffShape},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        return super().post(request, **kwargs)

    def command(self, request: Request, number: str) -> Response:
        form = RefusalForm(data=request.data)
        form.is_valid(raise_exception=True)
        confirmations.refuse(
            call_off_id=_own(request, number).pk,
            reason=form.validated_data["reason"],
            by=actor(request),
            now=timezone.now(),
        )
        return Response(_body(request, number))


def _own(request: Request, number: str) -> CallOff:
    return get_object_or_404(queries.call_offs(actor(request)), number=number)


def _body(request: Request, number: str) -> Any:
    """The call-off as it is now, with its lines: two queries."""
    lines = CallOffLine.objects.select_related(
        "item", "progress", "requisition_line__delivery"
    ).order_by("line_no")
    rows = queries.call_offs(actor(request)).prefetch_related(Prefetch("lines", lines))
    return CallOffShape(get_object_or_404(rows, number=number)).data
