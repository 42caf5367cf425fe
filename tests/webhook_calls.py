"""What tests of webhooks do again and again."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from api.webhooks import sending
from tests.api_client import Program
from tests.webhook_receiver import Receiver
from tests.world import NOW

WEBHOOKS = "/api/v1/webhooks"


def endpoint(caller: Program, receiver: Receiver, **changed: Any) -> dict[str, Any]:
    """A webhook that leads to the receiver, with its secret."""
    answer = caller.post(WEBHOOKS, {"url": receiver.url, **changed})
    assert answer.status_code == 201, answer.content
    return answer.json()


def send(now: datetime = NOW) -> int:
    """Tell what happened, and how much of it arrived."""
    sending.fan_out(now=now)
    return sending.send_due(now=now)


def bodies(receiver: Receiver) -> list[dict[str, Any]]:
    """What the receiver heard."""
    return [json.loads(row.body) for row in receiver.received]
