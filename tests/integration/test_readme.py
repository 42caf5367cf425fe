"""The README's API example is run as it stands there."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from api.clients import create_client
from contracts.parties.models import BudgetEntity, Membership, Role
from orders.finance.exports import sequence_all
from tests.world import NOW, build_world

README = Path(__file__).resolve().parents[2] / "README.md"


def api_example() -> str:
    (block,) = re.findall(r"```sh\n(TOKEN=.*?)```", README.read_text(), re.DOTALL)
    return block.replace("/musterfelde/", "/stadt-a/")


@pytest.mark.django_db(transaction=True)
def test_the_example_prints_events_and_csv(live_server: Any) -> None:
    world = build_world()
    world.approve(world.submitted({0: 3, 1: 100}))
    sequence_all(now=NOW)
    treasurer = Membership.objects.create(
        user=world.approver.user,
        organisation=world.authority,
        role=Role.TREASURER,
        valid_from=world.approver.valid_from,
    )
    client_id, secret = create_client(
        "Haushalt", treasurer, ["finance:read"], BudgetEntity.objects.get(code="stadt-a")
    )
    done = subprocess.run(
        ["sh", "-eu", "-c", api_example()],
        env={
            **os.environ,
            "KAUFHAUS": live_server.url,
            "CLIENT_ID": client_id,
            "CLIENT_SECRET": secret,
        },
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    body, end = json.JSONDecoder().raw_decode(done.stdout)
    assert [row["seq"] for row in body["items"]] == [1, 2, 3, 4, 5]
    assert len(done.stdout[end:].strip().splitlines()) == 6
