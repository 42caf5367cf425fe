"""Documents of an agreement: what stands behind an award, a price, a change."""

from __future__ import annotations

from django.db import models

from contracts.parties.models import Membership

from .agreement import FrameworkAgreement
from .award import Award
from .change import PriceChange
from .lot import Lot
from .modification import ContractModification


class DocumentKind(models.TextChoices):
    NOTICE = "notice", "Bekanntmachung"
    SPECIFICATION = "specification", "Leistungsbeschreibung"
    AWARD = "award", "Zuschlagsschreiben"
    PRICE_SHEET = "price_sheet", "Preisblatt"
    TERMS = "terms", "Vertragsbedingungen"
    CHANGE = "change", "Nachweis einer Änderung"
    OTHER = "other", "Sonstiges"


class DocumentAudience(models.TextChoices):
    """Who may download it besides the purchasing body."""

    INTERNAL = "internal", "nur Beschaffungsstelle"
    BUYERS = "buyers", "Abrufberechtigte"
    PARTIES = "parties", "Abrufberechtigte und Lieferanten"


class AgreementDocument(models.Model):
    """A file kept in the row; never changed, only withdrawn.

    A document of a lot or an award is for those entitled to (or supplying) that lot.
    """

    agreement = models.ForeignKey(FrameworkAgreement, models.PROTECT, related_name="documents")
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, blank=True, related_name="documents")
    award = models.ForeignKey(
        Award, models.PROTECT, null=True, blank=True, related_name="documents"
    )
    change = models.ForeignKey(
        PriceChange, models.PROTECT, null=True, blank=True, related_name="documents"
    )
    modification = models.ForeignKey(
        ContractModification, models.PROTECT, null=True, blank=True, related_name="documents"
    )
    kind = models.CharField("Art", max_length=15, choices=DocumentKind)
    audience = models.CharField(
        "sichtbar für", max_length=10, choices=DocumentAudience, default=DocumentAudience.INTERNAL
    )
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
        verbose_name = "Vertragsdokument"
        verbose_name_plural = "Vertragsdokumente"
        ordering = ("agreement", "-uploaded_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("agreement", "sha256", "lot", "award", "change", "modification"),
                condition=models.Q(withdrawn_at__isnull=True),
                nulls_distinct=False,
                name="agreements_document_once",
            ),
        )

    def __str__(self) -> str:
        return self.title
