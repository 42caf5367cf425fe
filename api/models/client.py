"""Clients of the API and the answers kept for repeated requests."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from api.scopes import scopes_of_role
from contracts.parties.models import BudgetEntity, Membership


class ApiClientQuerySet(models.QuerySet["ApiClient"]):
    def acting_on(self, day: date) -> ApiClientQuerySet:
        """Clients whose membership is in force on *day* (Europe/Berlin)."""
        return self.filter(membership__in=Membership.objects.valid_on(day))


class ApiClient(models.Model):
    """A program that acts for one membership, and so for one organisation.

    A budget entity narrows a finance client to that one feed; without it the client
    sees every budget entity of its organisation.
    """

    application = models.OneToOneField(
        settings.OAUTH2_PROVIDER_APPLICATION_MODEL, models.CASCADE, related_name="api_client"
    )
    membership = models.ForeignKey(
        Membership, models.PROTECT, related_name="api_clients", verbose_name="handelt als"
    )
    budget_entity = models.ForeignKey(
        BudgetEntity,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="api_clients",
        verbose_name="Mandant",
    )
    scopes = ArrayField(models.CharField(max_length=30), default=list, verbose_name="Rechte")
    created_at = models.DateTimeField("angelegt am")

    objects = ApiClientQuerySet.as_manager()

    class Meta:
        verbose_name = "Zugang zur Schnittstelle"
        verbose_name_plural = "Zugänge zur Schnittstelle"
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"Zugang {self.pk}"

    @property
    def usable_scopes(self) -> frozenset[str]:
        """Scopes that were given and that the membership's role still allows."""
        return frozenset(self.scopes) & scopes_of_role(self.membership.role)


class IdempotencyRecord(models.Model):
    """The answer to a POST, by client and Idempotency-Key.

    Written in the transaction of the work itself: either both exist or neither.
    """

    client = models.ForeignKey(ApiClient, models.CASCADE, related_name="idempotency_records")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    content_type = models.CharField(max_length=100)
    location = models.CharField(max_length=500, blank=True)
    etag = models.CharField(max_length=80, blank=True)
    body = models.BinaryField()
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "gespeicherte Antwort"
        verbose_name_plural = "gespeicherte Antworten"
        constraints = (
            models.UniqueConstraint(fields=("client", "key"), name="api_idempotency_key_unique"),
        )

    def __str__(self) -> str:
        return f"{self.client_id}/{self.key}"
