"""Endpoints that want to hear of changes, what is delivered to them, and each attempt."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from contracts.parties.models import Membership, Organisation, School


class WebhookEndpoint(models.Model):
    """An address of an organisation; with a school it hears of that school only.

    Secrets are kept encrypted: signing needs them back. During a rotation the previous one
    signs as well until `previous_until`.
    """

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="webhook_endpoints", verbose_name="Organisation"
    )
    school = models.ForeignKey(School, models.PROTECT, null=True, blank=True, related_name="+")
    url = models.CharField("Adresse", max_length=500)
    description = models.CharField("Zweck", max_length=200, blank=True)
    events = ArrayField(
        models.CharField(max_length=40),
        default=list,
        blank=True,
        verbose_name="Ereignisse",
        help_text="Leer: alle.",
    )
    secret = models.TextField("Geheimnis (verschlüsselt)")
    previous_secret = models.TextField("voriges Geheimnis (verschlüsselt)", blank=True)
    previous_until = models.DateTimeField("voriges gilt bis", null=True, blank=True)
    is_active = models.BooleanField("aktiv", default=True)
    off_reason = models.CharField("abgeschaltet, weil", max_length=200, blank=True)
    created_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    created_at = models.DateTimeField("angelegt am")

    class Meta:
        verbose_name = "Webhook"
        verbose_name_plural = "Webhooks"
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.url


class DeliveryState(models.TextChoices):
    PENDING = "pending", "steht aus"
    DELIVERED = "delivered", "zugestellt"
    FAILED = "failed", "aufgegeben"


class WebhookDelivery(models.Model):
    """One message to one endpoint; its id and its bytes stay the same over all attempts."""

    endpoint = models.ForeignKey(WebhookEndpoint, models.CASCADE, related_name="deliveries")
    message_id = models.CharField(max_length=60)
    type = models.CharField(max_length=40)
    body = models.TextField()
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "Zustellung"
        verbose_name_plural = "Zustellungen"
        ordering = ("-created_at", "-pk")
        indexes = (
            models.Index(
                fields=("endpoint", "next_at", "id"),
                condition=Q(state=DeliveryState.PENDING.value),
                name="api_webhook_delivery_due",
            ),
            models.Index(fields=("endpoint", "created_at", "id")),
            models.Index(fields=("created_at",)),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("endpoint", "message_id"), name="api_webhook_message_once"
            ),
            models.CheckConstraint(
                condition=Q(state=DeliveryState.PENDING.value, next_at__isnull=False)
                | ~Q(state=DeliveryState.PENDING.value) & Q(next_at__isnull=True),
                name="api_webhook_pending_has_a_time",
            ),
        )

    def __str__(self) -> str:
        return self.message_id


class WebhookAttempt(models.Model):
    """One try at a delivery: what was answered, or why nothing was."""

    delivery = models.ForeignKey(WebhookDelivery, models.CASCADE, related_name="log")
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    milliseconds = models.PositiveIntegerField()
    error = models.CharField(max_length=200, blank=True)
    answer = models.CharField(max_length=1000, blank=True)

    class Meta:
        verbose_name = "Zustellversuch"
        verbose_name_plural = "Zustellversuche"
        ordering = ("delivery", "pk")

    def __str__(self) -> str:
        return f"{self.delivery_id}: {self.status or self.error}"
