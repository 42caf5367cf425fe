"""Price changes: notice, effective day, evidence, and who agreed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from contracts.parties.models import Membership

from .article import Article
from .item import ContractItem


class PriceChangeState(models.TextChoices):
    PROPOSED = "proposed", "vorgeschlagen"
    AWAITING_SECOND = "awaiting_second", "wartet auf die zweite Person"
    ACCEPTED = "accepted", "angenommen"
    REJECTED = "rejected", "abgelehnt"
    WITHDRAWN = "withdrawn", "zurückgezogen"


class PriceChangeRoute(models.TextChoices):
    """Who has to agree, as the price clause of the award's terms says."""

    AUTOMATIC = "automatic", "gilt nach der Preisklausel ohne Prüfung"
    TWO_PEOPLE = "two_people", "Vertragsmanagement und eine zweite Person"
    MODIFICATION = "modification", "Vertragsänderung (§ 132 GWB)"


class PriceChange(models.Model):
    """A proposed change of an item's price, or of an article's list price, and its decision.

    Outside the price clause it belongs to the change register of § 132 GWB. Four eyes
    count people: proposer, decider and second person are three different ones.
    """

    item = models.ForeignKey(ContractItem, models.PROTECT, related_name="price_changes")
    article = models.ForeignKey(
        Article,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="price_changes",
        help_text="Nur bei einem Listenpreis: der Artikel, dessen Listenpreis sich ändert.",
    )
    list_amount = models.DecimalField(
        "Listenpreis (netto)", max_digits=14, decimal_places=4, null=True, blank=True
    )
    price_unit = models.PositiveIntegerField("je Einheiten", default=1)
    number = models.CharField("Änderungsnummer", max_length=40, unique=True)
    proposed_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    proposer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField("vorgeschlagen am")
    effective_from = models.DateField("wirksam ab")
    evidence = models.TextField("Begründung und Nachweis")
    route = models.CharField("Weg", max_length=12, choices=PriceChangeRoute)
    percent = models.DecimalField("größte Änderung (%)", max_digits=9, decimal_places=2, default=0)
    findings = models.JSONField("Feststellungen", default=list, blank=True)
    state = models.CharField(
        "Stand", max_length=15, choices=PriceChangeState, default=PriceChangeState.PROPOSED
    )
    decided_by = models.ForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decider = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField("entschieden am", null=True, blank=True)
    second_by = models.ForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="+"
    )
    second = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    second_at = models.DateTimeField("bestätigt am", null=True, blank=True)
    rejection = models.TextField("Grund der Ablehnung", blank=True)

    class Meta:
        verbose_name = "Preisänderung"
        verbose_name_plural = "Preisänderungen"
        ordering = ("-proposed_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=(Q(decider__isnull=True) | ~Q(decider=F("proposer")))
                & (Q(second__isnull=True) | ~Q(second=F("proposer")) & ~Q(second=F("decider"))),
                name="agreements_change_second_person",
            ),
            models.CheckConstraint(
                condition=~Q(state=PriceChangeState.ACCEPTED)
                | Q(route=PriceChangeRoute.AUTOMATIC)
                | Q(decider__isnull=False, second__isnull=False),
                name="agreements_change_accepted_by_two",
            ),
            models.CheckConstraint(
                condition=~Q(state=PriceChangeState.REJECTED) | ~Q(rejection=""),
                name="agreements_change_rejection_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(article__isnull=True, list_amount__isnull=True)
                | Q(article__isnull=False, list_amount__gt=0),
                name="agreements_change_list_price_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(price_unit__gte=1), name="agreements_change_price_unit_positive"
            ),
        )

    def __str__(self) -> str:
        return self.number


class PriceChangeTier(models.Model):
    """From this quantity on: the proposed net unit price, or discount off the list price."""

    change = models.ForeignKey(PriceChange, models.CASCADE, related_name="tiers")
    from_quantity = models.PositiveIntegerField("ab Menge", default=1)
    net_unit_price = models.DecimalField(
        "Nettopreis", max_digits=14, decimal_places=4, null=True, blank=True
    )
    discount_percent = models.DecimalField(
        "Nachlass (%)", max_digits=7, decimal_places=4, null=True, blank=True
    )

    class Meta:
        verbose_name = "vorgeschlagener Staffelpreis"
        verbose_name_plural = "vorgeschlagene Staffelpreise"
        ordering = ("change", "from_quantity")
        constraints = (
            models.UniqueConstraint(
                fields=("change", "from_quantity"), name="agreements_change_tier_unique"
            ),
            models.CheckConstraint(
                condition=(
                    Q(net_unit_price__gt=0, discount_percent__isnull=True)
                    | Q(
                        net_unit_price__isnull=True,
                        discount_percent__gte=0,
                        discount_percent__lt=100,
                    )
                ),
                name="agreements_change_tier_price_or_discount",
            ),
        )

    def __str__(self) -> str:
        return f"{self.change} ab {self.from_quantity}"
