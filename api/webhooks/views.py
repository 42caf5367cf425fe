"""Webhooks of an organisation: managed here, with the log of what was delivered."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from api import etags, pagination, params
from api.auth import actor
from api.models import DeliveryState, WebhookDelivery, WebhookEndpoint
from api.schema.operations import CURSOR, LIMIT, parameter
from api.scopes import Scope
from api.serializers import page_of
from api.views import BuyerView, IdempotentPost

from . import endpoints
from .shapes import (
    EndpointForm,
    EndpointPatch,
    EndpointShape,
    NewEndpointShape,
    WebhookDeliveryShape,
)

TAGS = ("Webhooks",)
_ANY = "all"


class SecretShownOnce(IdempotentPost):
    """The stored answer holds no secret: a repetition of the request does not show it again."""

    secret: str | None = None

    def post(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        answer = super().post(request, **kwargs)
        if self.secret is not None:
            body = {**json.loads(answer.content), "secret": self.secret}
            answer.content = json.dumps(body, separators=(",", ":"), ensure_ascii=False)
        return answer


class EndpointList(SecretShownOnce, BuyerView):
    required_scopes: ClassVar = {"GET": Scope.ORDERS_READ, "POST": Scope.ORDERS_WRITE}

    @extend_schema(
        operation_id="webhooks_list",
        summary="Webhooks auflisten",
        tags=TAGS,
        parameters=[CURSOR, LIMIT],
        responses={200: page_of(EndpointShape, "WebhookPage")},
    )
    def get(self, request: Request) -> Response:
        rows = endpoints.visible_endpoints(actor(request)).select_related("school")
        page = pagination.page_of(request, rows, order=("id",))
        return Response(page.body(lambda found: EndpointShape(found, many=True).data))

    @extend_schema(
        operation_id="webhooks_create",
        summary="Webhook anlegen",
        description=(
            "Nach Standard Webhooks. secret steht nur in dieser Antwort, auch nicht in ihrer "
            "Wiederholung; geht es verloren, erzeugen Sie ein neues. Der Zugang einer Schule "
            "hört nur von deren Anforderungen."
        ),
        tags=TAGS,
        request=EndpointForm,
        responses={201: NewEndpointShape},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        return super().post(request, **kwargs)

    def command(self, request: Request) -> Response:
        form = EndpointForm(data=request.data)
        form.is_valid(raise_exception=True)
        made, self.secret = endpoints.create(form.wanted(), by=actor(request), now=timezone.now())
        location = reverse("api:webhook", args=[made.pk], request=request)
        return etags.created(EndpointShape(made).data, location)


class EndpointDetail(BuyerView):
    required_scopes: ClassVar = {
        "GET": Scope.ORDERS_READ,
        "PATCH": Scope.ORDERS_WRITE,
        "DELETE": Scope.ORDERS_WRITE,
    }
    http_method_names: ClassVar[list[str]] = ["get", "head", "patch", "delete"]

    @extend_schema(
        operation_id="webhooks_get",
        summary="Einen Webhook lesen",
        description="Trägt ein starkes ETag; mit If-None-Match antwortet er 304.",
        tags=TAGS,
        responses={200: EndpointShape},
    )
    def get(self, request: Request, endpoint_id: int) -> Response:
        return etags.tagged(request, EndpointShape(_own(request, endpoint_id)).data)

    @extend_schema(
        operation_id="webhooks_change",
        summary="Einen Webhook ändern",
        description="Nur die genannten Angaben. is_active schaltet ihn ab und wieder an.",
        tags=TAGS,
        request=EndpointPatch(partial=True),
        responses={200: EndpointShape},
    )
    def patch(self, request: Request, endpoint_id: int) -> Response:
        form = EndpointPatch(data=request.data, partial=True)
        with transaction.atomic():
            endpoint = _read(request, endpoint_id)
            form.is_valid(raise_exception=True)
            wanted = form.wanted_of(endpoint)
            endpoints.change(endpoint, wanted, by=actor(request), now=timezone.now())
        return etags.done(EndpointShape(_own(request, endpoint_id)).data)

    @extend_schema(
        operation_id="webhooks_delete",
        summary="Einen Webhook löschen",
        description="Mit seinen Zustellungen; was aussteht, wird nicht mehr gesendet.",
        tags=TAGS,
        responses={204: None},
    )
    def delete(self, request: Request, endpoint_id: int) -> Response:
        with transaction.atomic():
            endpoint = _read(request, endpoint_id)
            endpoints.delete(endpoint, by=actor(request), now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class EndpointRotate(SecretShownOnce, BuyerView):
    required_scopes: ClassVar = {"POST": Scope.ORDERS_WRITE}

    @extend_schema(
        operation_id="webhooks_rotate_secret",
        summary="Neues Geheimnis erzeugen",
        description="24 Stunden lang signieren beide: webhook-signature nennt dann zwei.",
        tags=TAGS,
        request=None,
        responses={200: NewEndpointShape},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        return super().post(request, **kwargs)

    def command(self, request: Request, endpoint_id: int) -> Response:
        endpoint = _own(request, endpoint_id)
        self.secret = endpoints.rotate_secret(endpoint, by=actor(request), now=timezone.now())
        return etags.done(EndpointShape(endpoint).data)


class DeliveryList(BuyerView):
    required_scopes: ClassVar = {"GET": Scope.ORDERS_READ}

    @extend_schema(
        operation_id="webhooks_deliveries_list",
        summary="Zustellungen eines Webhooks lesen",
        description="Mit jedem Versuch, älteste zuerst; aufgehoben werden sie 90 Tage.",
        tags=TAGS,
        parameters=[
            CURSOR,
            LIMIT,
            parameter("state", str, "Nur dieser Stand", enum=DeliveryState.values),
        ],
        responses={200: page_of(WebhookDeliveryShape, "WebhookDeliveryPage")},
    )
    def get(self, request: Request, endpoint_id: int) -> Response:
        among = (_ANY, *DeliveryState.values)
        state = params.choice(request, "state", default=_ANY, among=among)
        rows = _own(request, endpoint_id).deliveries.prefetch_related("log")
        if state != _ANY:
            rows = rows.filter(state=state)
        page = pagination.page_of(request, rows, order=("created_at", "id"))
        return Response(page.body(lambda found: WebhookDeliveryShape(found, many=True).data))


class DeliveryReplay(IdempotentPost, BuyerView):
    required_scopes: ClassVar = {"POST": Scope.ORDERS_WRITE}

    @extend_schema(
        operation_id="webhooks_deliveries_replay",
        summary="Eine Zustellung noch einmal senden",
        description="Unter derselben webhook-id und mit demselben Inhalt, mit allen Versuchen.",
        tags=TAGS,
        request=None,
        responses={200: WebhookDeliveryShape},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        return super().post(request, **kwargs)

    def command(self, request: Request, endpoint_id: int, message_id: str) -> Response:
        rows = _own(request, endpoint_id).deliveries.select_related("endpoint")
        delivery: WebhookDelivery = get_object_or_404(rows, message_id=message_id)
        endpoints.replay(delivery, by=actor(request), now=timezone.now())
        return Response(WebhookDeliveryShape(delivery).data)


def _own(request: Request, endpoint_id: int) -> WebhookEndpoint:
    rows = endpoints.visible_endpoints(actor(request)).select_related("school")
    return get_object_or_404(rows, pk=endpoint_id)


def _read(request: Request, endpoint_id: int) -> WebhookEndpoint:
    """The endpoint, locked, if its sender has read what it is now: nobody changes it meanwhile."""
    rows = endpoints.visible_endpoints(actor(request)).select_for_update(no_key=True)
    endpoint: WebhookEndpoint = get_object_or_404(rows, pk=endpoint_id)
    etags.require_match(request, EndpointShape(endpoint).data)
    return endpoint
