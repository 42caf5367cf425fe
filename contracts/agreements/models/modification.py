"""The register of contract modifications (§ 132 GWB)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from contracts.parties.models import Membership

from .agreement import FrameworkAgreement
from .award import Award
from .change import PriceChange
from .lot import Lot


class ModificationGround(models.TextChoices):
    """On what a modification without a new procedure rests."""

    CLAUSE = "clause", "Überprüfungsklausel (§ 132 Abs. 2 Nr. 1 GWB)"
    ADDITIONAL = "additional", "zusätzliche Leistungen (§ 132 Abs. 2 Nr. 2 GWB)"
    UNFORESEEN = "unforeseen", "unvorhersehbare Umstände (§ 132 Abs. 2 Nr. 3 GWB)"
    SUCCESSION = "succession", "neuer Auftragnehmer (§ 132 Abs. 2 Nr. 4 GWB)"
    DE_MINIMIS = "de_minimis", "geringfügig (§ 132 Abs. 3 GWB)"


class ModificationKind(models.TextChoices):
    PRICE = "price", "Preis"
    CAP = "cap", "Höchstmenge oder Höchstwert"
    TERM = "term", "Laufzeit"
    SCOPE = "scope", "Leistungsumfang"


class ModificationState(models.TextChoices):
    PROPOSED = "proposed", "vorgeschlagen"
    APPROVED = "approved", "genehmigt"
    REJECTED = "rejected", "abgelehnt"


class ContractModification(models.Model):
    """One entry of the register; amounts are net EUR.

    `original_value` is the value of the contract at the award; `cumulative` sums all
    approved modifications resting on the same ground, this one included. Two people
    agree, neither of them the proposer.
    """

    agreement = models.ForeignKey(FrameworkAgreement, models.PROTECT, related_name="modifications")
    lot = models.ForeignKey(
        Lot, models.PROTECT, null=True, blank=True, related_name="modifications"
    )
    award = models.ForeignKey(
        Award, models.PROTECT, null=True, blank=True, related_name="modifications"
    )
    change = models.OneToOneField(
        PriceChange, models.PROTECT, null=True, blank=True, related_name="modification"
    )
    number = models.CharField("Nummer", max_length=40, unique=True)
    kind = models.CharField("Gegenstand", max_length=6, choices=ModificationKind)
    ground = models.CharField("Rechtsgrund", max_length=12, choices=ModificationGround)
    description = models.TextField("Beschreibung und Begründung")
    value = models.DecimalField("Wert (netto, EUR)", max_digits=16, decimal_places=2)
    original_value = models.DecimalField(
        "ursprünglicher Auftragswert (netto, EUR)", max_digits=16, decimal_places=2
    )
    cumulative = models.DecimalField(
        "kumulierter Wert (netto, EUR)", max_digits=16, decimal_places=2
    )
    cumulative_percent = models.DecimalField(
        "kumuliert (% des ursprünglichen Werts)", max_digits=9, decimal_places=2
    )
    notice_number = models.CharField("Bekanntmachung der Änderung", max_length=60, blank=True)
    state = models.CharField(
        "Stand", max_length=10, choices=ModificationState, default=ModificationState.PROPOSED
    )
    proposed_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    proposer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField("vorgeschlagen am")
    decided_by = models.ForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decider = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField("entschieden am", null=True, blank=True)
    rejection = models.TextField("Grund der Ablehnung", blank=True)

    class Meta:
        verbose_name = "Vertragsänderung"
        verbose_name_plural = "Vertragsänderungen"
        ordering = ("agreement", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(decider__isnull=True) | ~Q(decider=F("proposer")),
                name="agreements_modification_second_person",
            ),
            models.CheckConstraint(
                condition=~Q(state=ModificationState.APPROVED) | Q(decider__isnull=False),
                name="agreements_modification_approved_by_second",
            ),
            models.CheckConstraint(
                condition=~Q(state=ModificationState.REJECTED) | ~Q(rejection=""),
                name="agreements_modification_rejection_has_reason",
            ),
        )

    def __str__(self) -> str:
        return self.number
