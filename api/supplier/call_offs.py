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
from api.call_off_shapes import CallOffHead, CallOffShape
from api.etags import tagged
from api.schema.operations import CURSOR, LIMIT, UPDATED_SINCE
from api.scopes import Scope
from api.serializers import page_of
from api.views import IdempotentPost, SupplierView
from orders.call_offs import confirmations
from orders.models import CallOff, CallOffLine

from . import queries

TAGS = ("Lieferant: Abrufe",)


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
