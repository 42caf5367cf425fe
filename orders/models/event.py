"""Finance events and the gapless feed of a budget entity."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from contracts.parties.models import BudgetEntity, Membership
from orders.event_types import EventType


class FinanceEvent(models.Model):
    """What the finance system must hear, written in the business transaction.

    `payload` is canonical JSON and never updated or deleted (trigger).
    """

    event_id = models.UUIDField(unique=True)
    budget_entity = models.ForeignKey(BudgetEntity, models.PROTECT, related_name="events")
    type = models.CharField(max_length=30, choices=EventType.choices)
    occurred_at = models.DateTimeField()
    payload = models.TextField()
    payload_hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = "Finanzereignis"
        verbose_name_plural = "Finanzereignisse"
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"


class PendingEvent(models.Model):
    """An event that has no number yet; keeps the sequencer's search short."""

    event = models.OneToOneField(
        FinanceEvent, models.CASCADE, primary_key=True, related_name="pending"
    )
    budget_entity = models.ForeignKey(BudgetEntity, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "wartendes Ereignis"
        verbose_name_plural = "wartende Ereignisse"

    def __str__(self) -> str:
        return str(self.event_id)


class Feed(models.Model):
    """The feed of one budget entity; its row is locked while numbers are given."""

    budget_entity = models.OneToOneField(
        BudgetEntity, models.PROTECT, primary_key=True, related_name="feed"
    )
    last_seq = models.PositiveBigIntegerField(default=0)
    last_hash = models.CharField(max_length=64, default="0" * 64)

    class Meta:
        verbose_name = "Finanzfeed"
        verbose_name_plural = "Finanzfeeds"

    def __str__(self) -> str:
        return f"Feed {self.budget_entity_id}"


class FeedEntry(models.Model):
    """The place of an event in its feed: gapless number and chained hash."""

    feed = models.ForeignKey(Feed, models.PROTECT, related_name="entries")
    seq = models.PositiveBigIntegerField()
    event = models.OneToOneField(FinanceEvent, models.PROTECT, related_name="feed_entry")
    chain_hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = "Feedeintrag"
        verbose_name_plural = "Feedeinträge"
        ordering = ("feed", "seq")
        constraints = (
            models.UniqueConstraint(fields=("feed", "seq"), name="orders_feed_seq_unique"),
            models.CheckConstraint(condition=Q(seq__gte=1), name="orders_feed_seq_positive"),
        )

    def __str__(self) -> str:
        return f"{self.feed_id}/{self.seq}"


class FeedAcknowledgement(models.Model):
    """What a finance client said of the events up to a number: booked, or refused."""

    feed = models.ForeignKey(Feed, models.PROTECT, related_name="acknowledgements")
    seq = models.PositiveBigIntegerField()
    accepted = models.BooleanField(default=True)
    reason = models.CharField(max_length=250, blank=True)
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = "Quittung"
        verbose_name_plural = "Quittungen"
        ordering = ("feed", "seq", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(accepted=True) | ~Q(reason=""), name="orders_refusal_names_reason"
            ),
        )

    def __str__(self) -> str:
        return f"{self.feed_id} bis {self.seq}"
