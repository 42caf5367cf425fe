"""Work after the commit, and the log of mails that went out."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class OutboxMessage(models.Model):
    """Something to do once the transaction is committed.

    Written inside the transaction and worked off by beat every few seconds. `key` makes a
    second writing harmless. `given_up`: done without success, for the reason in `last_error`.
    """

    key = models.CharField(max_length=150, unique=True)
    kind = models.CharField(max_length=20)
    payload = models.JSONField()
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)
    given_up = models.BooleanField(default=False, db_default=False)
    last_error = models.TextField(blank=True)

    class Meta:
        verbose_name = "Ausgangsnachricht"
        verbose_name_plural = "Ausgangsnachrichten"
        constraints = (
            models.CheckConstraint(
                condition=Q(given_up=False) | Q(done_at__isnull=False),
                name="orders_outbox_given_up_is_done",
            ),
        )
        indexes = (
            models.Index(
                fields=("due_at", "id"),
                condition=Q(done_at__isnull=True),
                name="orders_outbox_pending",
            ),
        )

    def __str__(self) -> str:
        return self.key


class MailLog(models.Model):
    """A mail that was handed over, by its stable Message-ID."""

    message_id = models.CharField(max_length=150, unique=True)
    recipient = models.EmailField()
    subject = models.CharField(max_length=250)
    body = models.TextField()
    sent_at = models.DateTimeField()

    class Meta:
        verbose_name = "versandte Mail"
        verbose_name_plural = "versandte Mails"
        ordering = ("-sent_at", "-pk")
        indexes = (models.Index(fields=("recipient", "-sent_at")),)

    def __str__(self) -> str:
        return f"{self.recipient}: {self.subject}"
