"""Shapes of webhooks: what is sent to manage them and what is told."""

from __future__ import annotations

import json
from typing import Any

from rest_framework import serializers

from api.models import DeliveryState, WebhookEndpoint
from api.serializers import Moment
from orders.telling.watching import Happened

from .addresses import MAX_LENGTH
from .endpoints import EndpointSettings

TYPES = tuple(row.value for row in Happened)


class EndpointForm(serializers.Serializer):
    """An address that wants to hear of changes."""

    url = serializers.CharField(max_length=MAX_LENGTH, help_text="https, öffentlich erreichbar")
    description = serializers.CharField(max_length=200, allow_blank=True, default="")
    events = serializers.ListField(
        child=serializers.ChoiceField(choices=TYPES),
        max_length=len(TYPES),
        default=list,
        help_text="nur diese Ereignisse; leer: alle",
    )
    is_active = serializers.BooleanField(default=True)

    def wanted(self) -> EndpointSettings:
        """What was asked for, complete."""
        return EndpointSettings(**self.validated_data)


class EndpointPatch(EndpointForm):
    """Only what is to change."""

    def wanted_of(self, endpoint: WebhookEndpoint) -> EndpointSettings:
        """What was asked for, the rest as it is."""
        names = ("url", "description", "events", "is_active")
        given = self.validated_data
        return EndpointSettings(
            **{name: given.get(name, getattr(endpoint, name)) for name in names}
        )


class EndpointShape(serializers.Serializer):
    """A webhook; its secret is not told again."""

    id = serializers.IntegerField()
    url = serializers.CharField()
    description = serializers.CharField()
    events = serializers.ListField(child=serializers.CharField())
    school_no = serializers.CharField(source="school.school_no", default=None, allow_null=True)
    is_active = serializers.BooleanField()
    off_reason = serializers.CharField(help_text="warum er sich abgeschaltet hat")
    previous_secret_until = Moment(
        source="previous_until", allow_null=True, help_text="bis dahin signiert auch das vorige"
    )
    created_at = Moment()


class NewEndpointShape(EndpointShape):
    """A webhook that is new, or has a new secret: it is told this once."""

    secret = serializers.CharField(help_text="whsec_…")


class AttemptShape(serializers.Serializer):
    """One try."""

    at = Moment()
    status = serializers.IntegerField(allow_null=True)
    milliseconds = serializers.IntegerField()
    error = serializers.CharField()
    answer = serializers.CharField(help_text="die ersten 1.000 Bytes")


class WebhookDeliveryShape(serializers.Serializer):
    """A message to this webhook with every try."""

    id = serializers.CharField(source="message_id", help_text="webhook-id")
    type = serializers.ChoiceField(choices=TYPES)
    state = serializers.ChoiceField(choices=DeliveryState.values)
    created_at = Moment()
    attempts = serializers.IntegerField()
    next_at = Moment(allow_null=True, help_text="nächster Versuch")
    done_at = Moment(allow_null=True)
    body = serializers.SerializerMethodField()
    log = AttemptShape(many=True)

    def get_body(self, row: Any) -> dict[str, Any]:
        return json.loads(row.body)
