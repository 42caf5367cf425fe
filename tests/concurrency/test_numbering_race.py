"""Two sequencers at once over one feed: each event one number, the chain whole.

The second one runs into the open transaction of the first. The lock on the feed's row lets it
wait and find nothing left; without the lock both give the same number.
"""

from __future__ import annotations

import pytest

from contracts.sweeps.models import SweepFailure
from orders.finance import exports
from orders.models import Feed, PendingEvent
from tests.properties.mutation import spoilt_copy
from tests.world import NOW, World, build_world

from .racing import one_into_the_other

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]


@pytest.fixture
def world() -> World:
    made = build_world()
    for _ in range(3):
        made.submitted({0: 1})
    return made


def number() -> int:
    return exports.sequence_all(now=NOW)


def test_the_second_waits_and_finds_nothing_left(world: World) -> None:
    waiting = PendingEvent.objects.count()
    assert one_into_the_other(number, number) == [waiting, 0]
    assert exports.verify(Feed.objects.get(budget_entity=world.entity)) == waiting
    assert not SweepFailure.objects.exists()


def test_without_the_lock_a_number_is_given_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: the database refuses the second of the same number."""
    Feed.objects.create(budget_entity=world.entity)
    edit = ("Feed.objects.select_for_update(no_key=True).get(", "Feed.objects.get(")
    monkeypatch.setattr(exports, "_sequence_batch", spoilt_copy(exports, (edit,))._sequence_batch)
    one_into_the_other(number, number)
    assert "IntegrityError" in SweepFailure.objects.get().reason
