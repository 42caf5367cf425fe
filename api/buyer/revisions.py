"""Revisions of a requisition, and what two of them differ in."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api import pagination, params
from api.schema.operations import CURSOR, LIMIT, parameter
from api.scopes import Scope
from api.serializers import Moment, Money, page_of
from api.views import BuyerView
from orders import requisitions
from orders.requisitions.difference import Change, DeliveryFacts, Field, PriceFacts

from .requisitions import own

TAGS = ("Schulträger: Anforderungen",)


class RevisionShape(serializers.Serializer):
    """A revision; a cut is what an approver granted of the one before."""

    number = serializers.IntegerField()
    kind = serializers.CharField(help_text="edit oder cut")
    edited_by = serializers.CharField(source="editor")
    edited_at = Moment()
    title = serializers.CharField()
    net = Money()
    tax = Money(help_text="Vorschau")
    gross = Money()


class ChangeShape(serializers.Serializer):
    """One thing that is no longer as it was; values as text, money in EUR."""

    field = serializers.ChoiceField(choices=[row.value for row in Field])
    before = serializers.SerializerMethodField()
    after = serializers.SerializerMethodField()

    def get_before(self, row: Change) -> str | None:
        return _text(row.before)

    def get_after(self, row: Change) -> str | None:
        return _text(row.after)


class LineSumShape(serializers.Serializer):
    """A line that is only in one of the two."""

    line_no = serializers.IntegerField(source="number")
    title = serializers.CharField()
    quantity = serializers.IntegerField()
    net = Money()


class LineChangeShape(serializers.Serializer):
    """A line that is in both and differs."""

    line_no = serializers.IntegerField(source="after.number")
    title = serializers.CharField(source="after.title")
    changes = ChangeShape(many=True)


class DifferenceShape(serializers.Serializer):
    """What became of one revision in another."""

    before = serializers.IntegerField(source="before.number")
    after = serializers.IntegerField(source="after.number")
    gross_before = Money(source="before.gross")
    gross_after = Money(source="after.gross")
    head = ChangeShape(many=True)
    added = LineSumShape(many=True)
    removed = LineSumShape(many=True)
    changed = LineChangeShape(many=True)


class RevisionList(BuyerView):
    required_scopes: ClassVar = {"GET": Scope.ORDERS_READ}

    @extend_schema(
        operation_id="buyer_revisions_list",
        summary="Fassungen einer Anforderung auflisten",
        description="Jede Änderung und jede Kürzung bei der Freigabe ist eine eigene Fassung.",
        tags=TAGS,
        parameters=[CURSOR, LIMIT],
        responses={200: page_of(RevisionShape, "RevisionPage")},
    )
    def get(self, request: Request, number: str) -> Response:
        rows = own(request, number).revisions.select_related("editor")
        page = pagination.page_of(request, rows, order=("number",))
        return Response(page.body(lambda found: RevisionShape(found, many=True).data))


class RevisionDifference(BuyerView):
    required_scopes: ClassVar = {"GET": Scope.ORDERS_READ}

    @extend_schema(
        operation_id="buyer_revisions_difference",
        summary="Zwei Fassungen einer Anforderung vergleichen",
        description="Ohne before die vorige Fassung, ohne after die aktuelle.",
        tags=TAGS,
        parameters=[
            parameter("before", int, "Nummer der früheren Fassung"),
            parameter("after", int, "Nummer der späteren Fassung"),
        ],
        responses={200: DifferenceShape},
    )
    def get(self, request: Request, number: str) -> Response:
        requisition = own(request, number)
        last = requisition.current_revision
        after = params.integer(request, "after", default=last, minimum=1)
        before = params.integer(request, "before", default=max(after - 1, 1), minimum=1)
        found = requisitions.difference(requisition, before=before, after=after)
        return Response(DifferenceShape(found).data)


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, PriceFacts):
        return f"{value.net:.4f} / {value.unit}"
    if isinstance(value, DeliveryFacts):
        return _place(value)
    if isinstance(value, tuple):
        return "; ".join(f"{row.percent:.4f} % {row.entity} {row.budget_line}" for row in value)
    return str(value)


def _place(value: DeliveryFacts) -> str:
    parts = (value.name, value.address, value.contact, value.phone, value.note)
    days = "–".join(f"{row:%Y-%m-%d}" for row in (value.earliest, value.latest) if row)
    hours = "–".join(f"{row:%H:%M}" for row in (value.time_from, value.time_until) if row)
    return ", ".join(row for row in (*parts, days, hours) if row)
