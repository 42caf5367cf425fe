"""What people add to a requisition: attachments and comments."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from contracts.parties.models import Membership

from .requisition import Requisition


class RequisitionAttachment(models.Model):
    """A file kept in the row; never changed, only withdrawn."""

    requisition = models.ForeignKey(Requisition, models.PROTECT, related_name="attachments")
    title = models.CharField("Titel", max_length=200)
    filename = models.CharField("Dateiname", max_length=200)
    media_type = models.CharField("Dateityp", max_length=100)
    content = models.BinaryField()
    size = models.PositiveIntegerField("Größe (Bytes)")
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField("hochgeladen am")
    withdrawn_at = models.DateTimeField("zurückgezogen am", null=True, blank=True)

    class Meta:
        verbose_name = "Anlage"
        verbose_name_plural = "Anlagen"
        ordering = ("requisition", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("requisition", "sha256"),
                condition=Q(withdrawn_at__isnull=True),
                name="orders_attachment_once",
            ),
        )

    def __str__(self) -> str:
        return self.title


class RequisitionComment(models.Model):
    """A remark that stays."""

    requisition = models.ForeignKey(Requisition, models.PROTECT, related_name="comments")
    author = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    text = models.TextField("Kommentar")
    revision_no = models.PositiveIntegerField("Fassung")
    written_at = models.DateTimeField("geschrieben am")

    class Meta:
        verbose_name = "Kommentar"
        verbose_name_plural = "Kommentare"
        ordering = ("requisition", "pk")
        constraints = (
            models.CheckConstraint(condition=~Q(text=""), name="orders_comment_says_something"),
        )

    def __str__(self) -> str:
        return f"{self.author_id}: {self.text[:40]}"
