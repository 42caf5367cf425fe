"""Awards: which supplier won a lot, at which rank, under which terms."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from contracts.ledger.models import LimitAccount
from contracts.parties.models import Organisation

from .lot import Lot


class Award(models.Model):
    """The award (Zuschlag) of a lot to one supplier."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="awards")
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="awards")
    rank = models.PositiveSmallIntegerField("Rang", default=1)
    reference = models.CharField("Zuschlagsvermerk", max_length=80)
    awarded_on = models.DateField("Zuschlag am")
    account = models.OneToOneField(
        LimitAccount, models.PROTECT, null=True, blank=True, related_name="award"
    )

    class Meta:
        verbose_name = "Zuschlag"
        verbose_name_plural = "Zuschläge"
        ordering = ("lot", "rank")
        constraints = (
            models.UniqueConstraint(fields=("lot", "supplier"), name="agreements_award_unique"),
            models.UniqueConstraint(fields=("lot", "rank"), name="agreements_award_rank_unique"),
        )

    def __str__(self) -> str:
        return f"{self.reference} ({self.supplier})"


class AwardTerms(models.Model):
    """One version of an award's terms; call-offs keep the version they were made under."""

    award = models.ForeignKey(Award, models.PROTECT, related_name="terms")
    version = models.PositiveSmallIntegerField("Fassung", default=1)
    valid_from = models.DateField("gültig ab")
    payment_days = models.PositiveSmallIntegerField("Zahlungsziel (Tage)", default=30)
    discount_percent = models.DecimalField("Skonto (%)", max_digits=5, decimal_places=2, default=0)
    discount_days = models.PositiveSmallIntegerField("Skontofrist (Tage)", default=0)
    delivery_days = models.PositiveSmallIntegerField("Lieferzeit (Werktage)", default=10)
    minimum_order = models.DecimalField(
        "Mindestbestellwert (netto, EUR)", max_digits=12, decimal_places=2, default=0
    )
    penalty_percent_per_week = models.DecimalField(
        "Vertragsstrafe je Woche (%)", max_digits=5, decimal_places=2, default=0
    )
    delivery_clause = models.CharField("Lieferbedingung", max_length=200, blank=True)
    split_over_ranks = models.BooleanField("Menge über Ränge teilbar", default=False)
    confirmation_days = models.PositiveSmallIntegerField(
        "Frist zur Bestätigung (Werktage)",
        default=5,
        help_text="Ohne Bestätigung gilt der Abruf danach als nicht angenommen (Kaskade).",
    )
    rise_percent_per_year = models.DecimalField(
        "Erhöhung je Jahr höchstens (%)",
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="Leer: die Konditionen sehen keine Preiserhöhung vor.",
    )
    rise_earliest_on = models.DateField("Erhöhung frühestens ab", null=True, blank=True)
    price_notice_days = models.PositiveSmallIntegerField(
        "Ankündigungsfrist für Preise (Tage)", default=0
    )
    automatic_fall = models.BooleanField("Preissenkungen gelten ohne Prüfung", default=False)

    class Meta:
        verbose_name = "Konditionen"
        verbose_name_plural = "Konditionen"
        ordering = ("award", "-valid_from")
        constraints = (
            models.UniqueConstraint(
                fields=("award", "version"), name="agreements_terms_version_unique"
            ),
            models.UniqueConstraint(
                fields=("award", "valid_from"), name="agreements_terms_day_unique"
            ),
            models.CheckConstraint(
                condition=Q(discount_percent__gte=0, discount_percent__lt=100),
                name="agreements_terms_discount_range",
            ),
            models.CheckConstraint(
                condition=Q(rise_percent_per_year__isnull=True) | Q(rise_percent_per_year__gte=0),
                name="agreements_terms_rise_not_negative",
            ),
        )

    def __str__(self) -> str:
        return f"{self.award} Fassung {self.version}"
