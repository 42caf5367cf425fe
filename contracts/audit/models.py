"""The audit trail: every change, by whom, for whom, before and after."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from contracts.parties.models import Membership, Organisation

from .request_ids import LENGTH, current_request_id


class AuditEntry(models.Model):
    """One change. Append-only (trigger)."""

    at = models.DateTimeField()
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    membership = models.ForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="+"
    )
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+"
    )
    object_type = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    action = models.CharField(max_length=60)
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)
    reason = models.TextField(blank=True)
    rule = models.CharField(max_length=100, blank=True)
    request_id = models.CharField(max_length=LENGTH, blank=True, default=current_request_id)

    class Meta:
        verbose_name = "Protokolleintrag"
        verbose_name_plural = "Protokolleinträge"
        ordering = ("pk",)
        indexes = (models.Index(fields=("object_type", "object_id", "id")),)

    def __str__(self) -> str:
        return f"{self.object_type} {self.object_id}: {self.action}"
