"""The finance feed: read after a cursor, acknowledge, refuse."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from api import params
from api.auth import actor
from api.pagination import MAX_LIMIT
from api.schema.operations import parameter
from api.scopes import Scope
from api.serializers import Moment
from api.views import FinanceView, IdempotentPost
from orders.finance import exports, fields

from . import scope

TAGS = ("Finanzen: Ereignisse",)
_HASH = r"^[0-9a-f]{64}$"


class FinanceEventShape(serializers.Serializer):
    """An event; its stored bytes are served, so this only stands for its schema."""


class FinanceEventSchema(OpenApiSerializerExtension):
    """The schema from the table that writes the bytes, too."""

    target_class = FinanceEventShape

    def map_serializer(self, _auto_schema: AutoSchema, _direction: str) -> dict[str, Any]:
        return fields.schema()


class NumberedEventShape(serializers.Serializer):
    """An event with its place in the feed."""

    seq = serializers.IntegerField(min_value=1, help_text="Lückenlos je Mandant")
    payload_hash = serializers.RegexField(_HASH, help_text="SHA-256 der Bytes von event")
    chain_hash = serializers.RegexField(
        _HASH, help_text="SHA-256 von „voriger chain_hash:seq:payload_hash“"
    )
    event = FinanceEventShape()


class EventPage(serializers.Serializer):
    """Events after a number."""

    items = NumberedEventShape(many=True)
    next = serializers.CharField(allow_null=True, help_text="Adresse der folgenden Seite")
    prev = serializers.CharField(
        allow_null=True, help_text="Immer null: Es wird nur vorwärts gelesen"
    )
    last_seq = serializers.IntegerField(min_value=0, help_text="Die zuletzt vergebene Nummer")


class AcknowledgeForm(serializers.Serializer):
    """Everything up to this number is booked."""

    seq = serializers.IntegerField(
        min_value=1, max_value=2**63 - 1, help_text="Alles bis zu dieser Nummer"
    )


class RefuseForm(AcknowledgeForm):
    """The event with this number cannot be booked."""

    reason = serializers.CharField(max_length=250, help_text="Warum es nicht gebucht werden kann")


class AcknowledgementShape(serializers.Serializer):
    """What was recorded."""

    id = serializers.IntegerField()
    seq = serializers.IntegerField()
    accepted = serializers.BooleanField()
    reason = serializers.CharField()
    at = Moment()


class EventList(FinanceView):
    required_scopes: ClassVar = {"GET": Scope.FINANCE_READ}

    @extend_schema(
        operation_id="finance_events_list",
        summary="Ereignisse nach einer Nummer lesen",
        description=(
            "Lückenlos nummeriert je Mandant. Nach der letzten gelesenen Nummer weiterlesen "
            "(after); jedes Ereignis kann beliebig oft gelesen werden. event sind die "
            "gespeicherten Bytes; payload_hash ist deren SHA-256, chain_hash der SHA-256 von "
            "„voriger chain_hash:seq:payload_hash“ (vor dem ersten: 64 Nullen)."
        ),
        tags=TAGS,
        parameters=[
            parameter("after", int, "Letzte gelesene Nummer; ohne Angabe 0"),
            parameter("limit", int, "Höchstzahl der Ereignisse, 1 bis 200; ohne Angabe 200"),
        ],
        responses={200: EventPage},
    )
    def get(self, request: Request, budget_entity: str) -> HttpResponseBase:
        after = params.integer(request, "after", default=0, minimum=0)
        limit = params.integer(request, "limit", default=MAX_LIMIT, minimum=1, maximum=MAX_LIMIT)
        feed = scope.feed(request, budget_entity)
        found = exports.events_after(feed, after, limit)
        following = None
        if found and found[-1].seq < feed.last_seq:
            here = request.build_absolute_uri()
            following = replace_query_param(here, "after", str(found[-1].seq))
        return HttpResponse(_page(found, following, feed.last_seq), content_type="application/json")


class EventsAcknowledge(IdempotentPost, FinanceView):
    required_scopes: ClassVar = {"POST": Scope.FINANCE_WRITE}

    @extend_schema(
        operation_id="finance_events_acknowledge",
        summary="Ereignisse bis zu einer Nummer als gebucht quittieren",
        tags=TAGS,
        request=AcknowledgeForm,
        responses={201: AcknowledgementShape},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        return super().post(request, **kwargs)

    def command(self, request: Request, **kwargs: Any) -> Response:
        form = AcknowledgeForm(data=request.data)
        form.is_valid(raise_exception=True)
        return _acknowledged(request, kwargs["budget_entity"], form, accepted=True)


class EventsRefuse(IdempotentPost, FinanceView):
    required_scopes: ClassVar = {"POST": Scope.FINANCE_WRITE}

    @extend_schema(
        operation_id="finance_events_refuse",
        summary="Ein Ereignis mit Begründung zurückweisen",
        tags=TAGS,
        request=RefuseForm,
        responses={201: AcknowledgementShape},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        return super().post(request, **kwargs)

    def command(self, request: Request, **kwargs: Any) -> Response:
        form = RefuseForm(data=request.data)
        form.is_valid(raise_exception=True)
        return _acknowledged(request, kwargs["budget_entity"], form, accepted=False)


def _acknowledged(
    request: Request, budget_entity: str, form: AcknowledgeForm, *, accepted: bool
) -> Response:
    row = exports.acknowledge(
        scope.feed(request, budget_entity),
        form.validated_data["seq"],
        accepted=accepted,
        reason=form.validated_data.get("reason", ""),
        by=actor(request),
        now=timezone.now(),
    )
    return Response(AcknowledgementShape(row).data, status=status.HTTP_201_CREATED)


def _page(events: list[exports.NumberedEvent], following: str | None, last_seq: int) -> bytes:
    """The page as text, so that each payload is embedded byte for byte."""
    items = ",".join(
        f'{{"seq":{event.seq},"payload_hash":"{event.payload_hash}",'
        f'"chain_hash":"{event.chain_hash}","event":{event.payload}}}'
        for event in events
    )
    return (
        f'{{"items":[{items}],"next":{json.dumps(following)},"prev":null,"last_seq":{last_seq}}}'
    ).encode()
