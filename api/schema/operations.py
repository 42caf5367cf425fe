"""What the schema says of every operation without being told: headers and problems."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from api.errors import CONTENT_TYPE
from api.idempotency import HEADER
from api.serializers import Problem

_SENTENCES = {
    "400": "Parameter, Kopfzeile oder Inhalt nicht lesbar",
    "401": "Zugriffstoken fehlt, ist abgelaufen oder ungültig",
    "403": "Dem Zugang fehlt das Recht",
    "404": "Gibt es nicht, jedenfalls nicht in Ihrer Organisation",
    "409": "Der Stand lässt den Vorgang nicht zu, oder dieselbe Anfrage läuft noch",
    "412": "Inzwischen geändert; nichts ist gespeichert",
    "422": "Angaben falsch, oder Idempotency-Key schon anders verwendet",
    "428": "If-Match fehlt",
    "429": "Zu viele Anfragen; Retry-After nennt die Wartezeit in Sekunden",
}
_ON_READ = ("400", "401", "403", "404", "429")
_ON_WRITE = ("400", "401", "403", "404", "409", "422", "429")
_ON_CHANGE = (*_ON_WRITE, "412", "428")

_REQUEST_ID = OpenApiParameter(
    "X-Request-Id",
    str,
    OpenApiParameter.HEADER,
    description="Eigene Kennung der Anfrage; kommt in der Antwort zurück.",
)
_IDEMPOTENCY_KEY = OpenApiParameter(
    HEADER,
    str,
    OpenApiParameter.HEADER,
    required=True,
    description=(
        "Eigener Schlüssel je Vorgang (1 bis 255 druckbare ASCII-Zeichen). Eine Wiederholung "
        "mit demselben Schlüssel erhält die gespeicherte Antwort."
    ),
)

_IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="Das ETag des Standes, der geändert wird.",
)
_HEADERS = {
    "POST": [_IDEMPOTENCY_KEY],
    "PUT": [_IF_MATCH],
    "PATCH": [_IF_MATCH],
    "DELETE": [_IF_MATCH],
}
_PROBLEMS = {
    "POST": _ON_WRITE,
    "PUT": _ON_CHANGE,
    "PATCH": _ON_CHANGE,
    "DELETE": _ON_CHANGE,
}


def parameter(name: str, kind: type, description: str, **extra: Any) -> OpenApiParameter:
    """A parameter of the address."""
    return OpenApiParameter(name, kind, OpenApiParameter.QUERY, description=description, **extra)


CURSOR = parameter("cursor", str, "Zeiger aus next oder prev einer Seite")
LIMIT = parameter("limit", int, "Höchstzahl der Einträge, 1 bis 200; ohne Angabe 50")
UPDATED_SINCE = parameter(
    "updated_since",
    str,
    "Nur seither Geändertes (RFC 3339). Die letzten 15 Minuten davor werden wiederholt, "
    "damit nichts fehlt, was erst danach sichtbar wurde.",
)


class DocumentedOperation(AutoSchema):
    """Adds the headers and the problem documents that all operations have in common."""

    def get_description(self) -> str:
        """Descriptions come from `extend_schema` alone: docstrings are for developers."""
        return ""

    def get_override_parameters(self) -> list[Any]:
        return [_REQUEST_ID, *_HEADERS.get(self.method, [])]

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction)
        for answer in bodies.values():
            answer["description"] = answer["description"] or "Erfolg"
        for status in _PROBLEMS.get(self.method, _ON_READ):
            answer = OpenApiResponse(Problem, description=_SENTENCES[status])
            bodies[status] = self._get_response_for_code(answer, status, [CONTENT_TYPE])
        return bodies
