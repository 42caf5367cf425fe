"""How far a reader walks after a requisition: from the view of the submit to the ledger's door.

Counted are the files in which a requisition or its id is handed to a function of ours, and those
on the way of its lines into the ledger (`movements.hold`). A wrapper counts too.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from inspect import CO_VARKEYWORDS
from pathlib import Path
from types import FrameType

import pytest
from django.test import Client
from django.urls import reverse

from contracts.ledger import movements
from orders.models import Requisition
from tests.world import build_world

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
ROOMS = tuple(str(ROOT / room) for room in ("contracts", "orders", "frontend"))
VIEW = "requisition_submit"
DOOR = movements.hold.__code__
MOST_FILES = 12
LONGEST = 400


class Walk:
    """The files that a requisition comes through, in the order of the first visit."""

    def __init__(self, requisition_id: int) -> None:
        self.requisition_id = requisition_id
        self.files: dict[str, None] = {}
        self.has_begun = self.has_arrived = False

    def note(self, frame: FrameType, event: str, _argument: object) -> None:
        self.has_begun = self.has_begun or frame.f_code.co_name == VIEW
        if event != "call" or not self.has_begun:
            return
        if frame.f_code is DOOR:
            self.has_arrived = True
            above: FrameType | None = frame
            while above is not None and above.f_code.co_name != VIEW:
                self._visit(above)
                above = above.f_back
        elif any(self._is_ours(name, value) for name, value in _handed(frame)):
            self._visit(frame)

    def _is_ours(self, name: str, value: object) -> bool:
        return isinstance(value, Requisition) or (
            name in {"requisition_id", "pk", "object_id"} and value == self.requisition_id
        )

    def _visit(self, frame: FrameType) -> None:
        if frame.f_code.co_filename.startswith(ROOMS):
            self.files.setdefault(str(Path(frame.f_code.co_filename).relative_to(ROOT)))


def _handed(frame: FrameType) -> Iterator[tuple[str, object]]:
    """What a function is called with, by name; a wrapper's `**named` opened."""
    for name, value in frame.f_locals.items():
        if isinstance(value, dict) and frame.f_code.co_flags & CO_VARKEYWORDS:
            yield from value.items()
        else:
            yield name, value


@contextmanager
def walking(walk: Walk) -> Iterator[None]:
    before = sys.getprofile()
    sys.setprofile(walk.note)
    try:
        yield
    finally:
        sys.setprofile(before)


def test_a_submit_is_read_in_twelve_files(client: Client) -> None:
    world = build_world()
    first, draft = world.draft({0: 1}), world.draft({0: 2})
    client.force_login(world.officer.user)
    client.post(reverse("frontend:requisition_submit", args=[first.pk]))  # imports come once
    walk = Walk(draft.pk)
    with walking(walk):
        answer = client.post(reverse("frontend:requisition_submit", args=[draft.pk]))
    draft.refresh_from_db()
    assert (answer.status_code, draft.state) == (302, "submitted")
    assert walk.has_arrived
    assert len(walk.files) <= MOST_FILES, "\n".join(walk.files)
    lengths = {file: len((ROOT / file).read_text().splitlines()) for file in walk.files}
    assert not {file: length for file, length in lengths.items() if length > LONGEST}
