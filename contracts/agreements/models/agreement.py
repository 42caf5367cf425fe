"""The framework agreement (Rahmenvereinbarung, § 21 VgV, § 15 UVgO)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from contracts.ledger.models import LimitAccount
from contracts.parties.models import Membership, Organisation


class AgreementState(models.TextChoices):
    DRAFT = "draft", "Entwurf"
    LISTED = "listed", "gelistet"
    SUSPENDED = "suspended", "ausgesetzt"
    ENDED = "ended", "beendet"


class EndReason(models.TextChoices):
    """Why an agreement ended."""

    TERM = "term", "Laufzeit abgelaufen"
    CAP = "cap", "Höchstwert ausgeschöpft"
    DECISION = "decision", "Entscheidung der Beschaffungsstelle"


class FrameworkAgreement(models.Model):
    """Terms under which call-offs are placed until the term or a maximum ends.

    Estimate and maximum (net EUR) must both be published (CJEU C-23/20); once the
    maximum is reached the agreement has no further effect. The maximum stands on
    the limit account.
    """

    number = models.CharField("Nummer", max_length=40, unique=True)
    title = models.CharField("Titel", max_length=200)
    purchasing_body = models.ForeignKey(
        Organisation, models.PROTECT, related_name="agreements", verbose_name="Beschaffungsstelle"
    )
    responsible = models.ForeignKey(
        Membership,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="verantwortlich",
    )
    notice_number = models.CharField("Bekanntmachungsnummer", max_length=60, blank=True)
    starts_on = models.DateField("Beginn")
    ends_on = models.DateField("Ende")
    estimated_value = models.DecimalField(
        "Schätzwert (netto, EUR)", max_digits=16, decimal_places=2, null=True, blank=True
    )
    account = models.OneToOneField(
        LimitAccount, models.PROTECT, null=True, blank=True, related_name="agreement"
    )
    state = models.CharField(
        "Stand", max_length=12, choices=AgreementState, default=AgreementState.DRAFT
    )

    term_justification = models.TextField(
        "Begründung der längeren Laufzeit",
        blank=True,
        help_text="Nötig über der Höchstlaufzeit (§ 21 Abs. 6 VgV, § 15 Abs. 4 UVgO).",
    )
    state_reason = models.CharField("Begründung des Standes", max_length=250, blank=True)
    end_reason = models.CharField("beendet durch", max_length=10, choices=EndReason, blank=True)
    ended_on = models.DateField("beendet am", null=True, blank=True)

    class Meta:
        verbose_name = "Rahmenvereinbarung"
        verbose_name_plural = "Rahmenvereinbarungen"
        ordering = ("number",)
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="agreements_term_in_order"
            ),
            models.CheckConstraint(
                condition=Q(state=AgreementState.DRAFT)
                | Q(account__isnull=False, estimated_value__isnull=False) & ~Q(notice_number=""),
                name="agreements_listed_is_complete",
            ),
            models.CheckConstraint(
                condition=Q(state=AgreementState.ENDED, ended_on__isnull=False) & ~Q(end_reason="")
                | ~Q(state=AgreementState.ENDED) & Q(end_reason="", ended_on__isnull=True),
                name="agreements_end_has_reason",
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.title}"
