"""Shapes that all answers share."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from rest_framework import serializers


class Moment(serializers.DateTimeField):
    """RFC 3339 in UTC."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default_timezone=UTC, **kwargs)


class Money(serializers.DecimalField):
    """An amount as a decimal string; the currency stands beside it."""

    def __init__(self, *, decimal_places: int = 2, **kwargs: Any) -> None:
        super().__init__(max_digits=16, decimal_places=decimal_places, **kwargs)


class ProblemEntry(serializers.Serializer):
    pointer = serializers.CharField(help_text="JSON Pointer auf die Angabe, in Fragmentform")
    code = serializers.CharField()
    detail = serializers.CharField()


class Problem(serializers.Serializer):
    """Problem Details (RFC 9457)."""

    type = serializers.CharField(help_text="Adresse der Erläuterung")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    instance = serializers.CharField()
    code = serializers.CharField(help_text="stabil, für Programme")
    errors = ProblemEntry(many=True)
    request_id = serializers.CharField()


def page_of(item: type[serializers.Serializer], name: str) -> type[serializers.Serializer]:
    """The shape of a cursor page of *item*, for the schema."""
    return type(
        name,
        (serializers.Serializer,),
        {
            "__doc__": "Eine Seite; next und prev sind Adressen oder null.",
            "items": item(many=True),
            "next": serializers.CharField(allow_null=True),
            "prev": serializers.CharField(allow_null=True),
        },
    )
