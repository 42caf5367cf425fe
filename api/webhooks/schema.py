"""What the schema says of the webhooks that are sent.

Written out: the generator describes our addresses (their headers, their problem documents),
and this one is the receiver's.
"""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiWebhook

from .shapes import TYPES

_WHOLE = {"type": "integer"}
_TEXT = {"type": "string"}
_MOMENT = {"type": "string", "format": "date-time"}


def _all_of(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


def _header(name: str, description: str) -> dict[str, Any]:
    return {
        "in": "header",
        "name": name,
        "required": True,
        "schema": _TEXT,
        "description": description,
    }


_BODY = _all_of(
    {
        "type": {"type": "string", "enum": list(TYPES)},
        "timestamp": {**_MOMENT, "description": "wann es geschah"},
        "data": _all_of(
            {
                "id": _WHOLE,
                "number": _TEXT,
                "state": {**_TEXT, "description": "nach der Änderung; er kann weiter sein"},
                "revision": _WHOLE,
                "href": {**_TEXT, "description": "Adresse der Anforderung hier"},
            }
        ),
    }
)

REQUISITION_CHANGED = OpenApiWebhook(
    name="requisitionChanged",
    decorator={
        "post": {
            "summary": "Mit einer Anforderung ist etwas geschehen",
            "description": (
                "Nach Standard Webhooks, mindestens einmal, ohne zugesagte Reihenfolge. Eine "
                "Antwort 2xx innerhalb von 20 Sekunden gilt als zugestellt, 410 schaltet den "
                "Webhook ab, alles andere wird bis zu zehnmal versucht."
            ),
            "tags": ["Webhooks"],
            "parameters": [
                _header("webhook-id", "Kennung der Nachricht; bei jedem Versuch dieselbe"),
                _header("webhook-timestamp", "Sekunden seit 1970, je Versuch neu"),
                _header("webhook-signature", "v1,… über id.timestamp.body; beim Wechsel zwei"),
            ],
            "requestBody": {"required": True, "content": {"application/json": {"schema": _BODY}}},
            "responses": {
                "2XX": {"description": "Zugestellt"},
                "410": {"description": "Diese Adresse will nichts mehr hören"},
            },
        }
    },
)
