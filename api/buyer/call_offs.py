"""Call-offs (Einzelabrufe) of the authority."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Prefetch
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from api import etags, pagination
from api.auth import actor
from api.call_off_shapes import CallOffHead, CallOffShape
from api.schema.operations import CURSOR, LIMIT, UPDATED_SINCE
from api.scopes import Scope
from api.serializers import page_of
from api.views import BuyerView
from orders.models import CallOff, CallOffLine

from . import queries
from .requisition_shapes import SourceShape

TAGS = ("Schulträger: Abrufe",)


class OwnCallOffHead(CallOffHead):
    """A call-off as its buyer reads it, without its lines."""

    requisition = serializers.CharField(source="requisition.number")
    supplier = SourceShape()


class OwnCallOffShape(CallOffShape):
    """A call-off as its buyer reads it, with its terms and lines."""

    requisition = serializers.CharField(source="requisition.number")
    supplier = SourceShape()


def _shape(rows: list[Any]) -> list[Any]:
    return OwnCallOffHead(rows, many=True).data


class CallOffList(BuyerView):
    required_scopes: ClassVar = {"GET": Scope.ORDERS_READ}

    @extend_schema(
        operation_id="buyer_call_offs_list",
        summary="Abrufe auflisten",
        description="Sortiert nach der letzten Änderung, älteste zuerst.",
        tags=TAGS,
        parameters=[CURSOR, LIMIT, UPDATED_SINCE],
        responses={200: page_of(OwnCallOffHead, "OwnCallOffPage")},
    )
    def get(self, request: Request) -> Response:
        rows = pagination.updated_since(request, queries.call_offs(actor(request)), "updated_at")
        page = pagination.page_of(request, rows, order=("updated_at", "id"))
        return Response(page.body(_shape))


class CallOffDetail(BuyerView):
    required_scopes: ClassVar = {"GET": Scope.ORDERS_READ}

    @extend_schema(
        operation_id="buyer_call_offs_get",
        summary="Einen Abruf lesen",
        description="Trägt ein starkes ETag; mit If-None-Match antwortet er 304.",
        tags=TAGS,
        responses={200: OwnCallOffShape},
    )
    def get(self, request: Request, number: str) -> Response:
        return etags.tagged(request, body(request, number))


def own(request: Request, number: str) -> CallOff:
    """The call-off of this number within reach, or 404."""
    return get_object_or_404(queries.call_offs(actor(request)), number=number)


def body(request: Request, number: str) -> Any:
    """The call-off as it is now, with its lines: two queries."""
    lines = CallOffLine.objects.select_related(
        "item", "progress", "requisition_line__delivery"
    ).order_by("line_no")
    rows = queries.call_offs(actor(request)).prefetch_related(Prefetch("lines", lines))
    return OwnCallOffShape(get_object_or_404(rows, number=number)).data
