"""The finance feed: numbering, reading after a cursor, acknowledging.

Business transactions only append events; `sequence_all` gives them their numbers
afterwards, under the lock of the feed's row. Whatever commits late gets a later
number, so a reader that has seen seq n has seen everything up to n
(docs/finance-feed.md).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from contracts.parties.models import BudgetEntity, Membership
from contracts.sweeps.runner import Sweep
from orders.errors import NotFound, OrderError
from orders.formats import csv
from orders.models import Feed, FeedAcknowledgement, FeedEntry, FinanceEvent, PendingEvent

BATCH = 1000
MAX_PAGE = 200
NUMBERING = Sweep("finance.number", "Buchungen im Finanz-Feed nummerieren", BudgetEntity)


class BrokenChain(OrderError):
    """A stored hash does not follow from the events before it."""

    code = "broken_chain"


class RangeNotClosed(OrderError):
    """The range reaches beyond the last number given, so its file could still change."""

    code = "range_not_closed"


@dataclass(frozen=True, slots=True)
class NumberedEvent:
    """An event with its place in the feed; `payload` is the stored canonical JSON."""

    seq: int
    payload: str
    payload_hash: str
    chain_hash: str


def sequence_all(*, now: datetime) -> int:
    """Number every waiting event; return how many. Safe to run twice or side by side.

    Each budget entity by itself, batch by batch.
    """
    waiting = PendingEvent.objects.order_by().values_list("budget_entity_id", flat=True).distinct()
    return NUMBERING.run(waiting, _sequence, now=now).done


def feed_of(by: Membership, entity_code: str) -> Feed:
    """The feed of a budget entity of the actor's organisation. Raises NotFound."""
    entity = BudgetEntity.objects.filter(
        organisation_id=by.organisation_id, code=entity_code
    ).first()
    if entity is None:
        raise NotFound("Diesen Mandanten gibt es in Ihrer Organisation nicht.")
    return Feed.objects.get_or_create(budget_entity=entity)[0]


def events_after(feed: Feed, after: int, limit: int = MAX_PAGE) -> list[NumberedEvent]:
    """At most *limit* events with a number above *after*, in order."""
    rows = (
        FeedEntry.objects.filter(feed=feed, seq__gt=after)
        .order_by("seq")
        .values_list("seq", "event__payload", "event__payload_hash", "chain_hash")[:limit]
    )
    return [NumberedEvent(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class CsvExport:
    """A CSV file of the events *first* to *last*, to be written piece by piece."""

    first: int
    last: int
    summary: csv.Summary
    chunks: Iterator[bytes]


def export_csv(
    feed: Feed, *, first: int = 1, last: int | None = None, profile: csv.Profile
) -> CsvExport:
    """The events from number *first* to *last* (default: the last one given) as CSV.

    Fetched again with the same numbers, the file is the same byte for byte: entries are
    append-only. They are read twice, once for count, sum and hash, which go ahead of the
    file, and once to write it; memory stays constant. Raises RangeNotClosed.
    """
    end = feed.last_seq if last is None else last
    if end > feed.last_seq:
        raise RangeNotClosed(f"Der Feed reicht bis Nummer {feed.last_seq}.")
    return CsvExport(
        first=first,
        last=end,
        summary=csv.summarise(_stream(feed, first, end), profile),
        chunks=csv.chunks(_stream(feed, first, end), profile),
    )


def acknowledge(
    feed: Feed, seq: int, *, accepted: bool, reason: str = "", by: Membership, now: datetime
) -> FeedAcknowledgement:
    """Record that the finance system booked everything up to *seq*, or refused it."""
    if not 1 <= seq <= feed.last_seq:
        raise NotFound(f"Der Feed reicht bis Nummer {feed.last_seq}.")
    return FeedAcknowledgement.objects.create(
        feed=feed, seq=seq, accepted=accepted, reason=reason, by=by, at=now
    )


def verify(feed: Feed) -> int:
    """Recompute the whole chain; return the number of events or raise BrokenChain.

    The head on the feed's row is read first: entries taken off the end are missed there.
    """
    head = Feed.objects.get(pk=feed.pk)
    previous, expected = "0" * 64, 1
    rows = (
        FeedEntry.objects.filter(feed=feed, seq__lte=head.last_seq)
        .order_by("seq")
        .values_list("seq", "event__payload", "event__payload_hash", "chain_hash")
    )
    for seq, payload, payload_hash, chain_hash in rows.iterator():
        fresh = hashlib.sha256(payload.encode()).hexdigest()
        if seq != expected or fresh != payload_hash:
            raise BrokenChain(f"Feed {feed.pk}: Bruch bei Nummer {seq}.")
        previous = _chain(previous, seq, payload_hash)
        if previous != chain_hash:
            raise BrokenChain(f"Feed {feed.pk}: Kette gebrochen bei Nummer {seq}.")
        expected += 1
    if (expected - 1, previous) != (head.last_seq, head.last_hash):
        raise BrokenChain(f"Feed {feed.pk}: Ende fehlt nach Nummer {expected - 1}.")
    return expected - 1


def _stream(feed: Feed, first: int, last: int) -> Iterator[tuple[int, str]]:
    """Number and payload, through a cursor on the server."""
    rows = FeedEntry.objects.filter(feed=feed, seq__gte=first, seq__lte=last).order_by("seq")
    return rows.values_list("seq", "event__payload").iterator(chunk_size=BATCH)


def _sequence(entity_id: int) -> int:
    numbered = 0
    while done := _sequence_batch(entity_id):
        numbered += done
    return numbered


def _sequence_batch(entity_id: int) -> int:
    with transaction.atomic():
        Feed.objects.get_or_create(budget_entity_id=entity_id)
        feed = Feed.objects.select_for_update(no_key=True).get(pk=entity_id)
        waiting = list(
            FinanceEvent.objects.filter(pending__budget_entity_id=entity_id).order_by("pk")[:BATCH]
        )
        if not waiting:
            return 0
        FeedEntry.objects.bulk_create(_entries(feed, waiting))
        PendingEvent.objects.filter(pk__in=[event.pk for event in waiting]).delete()
        feed.save(update_fields=["last_seq", "last_hash"])
    return len(waiting)


def _entries(feed: Feed, waiting: Sequence[FinanceEvent]) -> list[FeedEntry]:
    entries = []
    for event in waiting:
        feed.last_seq += 1
        feed.last_hash = _chain(feed.last_hash, feed.last_seq, event.payload_hash)
        entries.append(
            FeedEntry(feed=feed, seq=feed.last_seq, event=event, chain_hash=feed.last_hash)
        )
    return entries


def _chain(previous: str, seq: int, payload_hash: str) -> str:
    return hashlib.sha256(f"{previous}:{seq}:{payload_hash}".encode()).hexdigest()
