"""Successors (Nachfolgemodelle): proposed by the supplier, released by the contract manager."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from contracts.parties.models import Membership

from .listing import Listing


class SuccessorState(models.TextChoices):
    PROPOSED = "proposed", "vorgeschlagen"
    RELEASED = "released", "freigegeben"
    REJECTED = "rejected", "abgelehnt"
    WITHDRAWN = "withdrawn", "zurückgezogen"


class SuccessorProposal(models.Model):
    """A new article in place of a listed one: equal or better, price not higher.

    `net_unit_price` (EUR, per the price unit of the item's version) may be lower than
    the item's first tier; empty keeps the contract's price.
    """

    listing = models.ForeignKey(Listing, models.PROTECT, related_name="successor_proposals")
    supplier_aid = models.CharField("Artikelnummer des Lieferanten", max_length=60)
    name = models.CharField("Bezeichnung", max_length=250)
    description = models.TextField("Beschreibung", blank=True)
    manufacturer = models.CharField("Hersteller", max_length=100, blank=True)
    mpn = models.CharField("Herstellernummer", max_length=60, blank=True)
    gtin = models.CharField("GTIN", max_length=14, blank=True)
    statement = models.TextField("gleich- oder höherwertig, weil")
    evidence = models.CharField("Nachweis", max_length=250, blank=True)
    net_unit_price = models.DecimalField(
        "Nettopreis", max_digits=14, decimal_places=4, null=True, blank=True
    )
    state = models.CharField(
        "Stand", max_length=10, choices=SuccessorState, default=SuccessorState.PROPOSED
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
    reason = models.TextField("Begründung der Entscheidung", blank=True)

    class Meta:
        verbose_name = "Nachfolgevorschlag"
        verbose_name_plural = "Nachfolgevorschläge"
        ordering = ("-proposed_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("listing",),
                condition=Q(state=SuccessorState.PROPOSED),
                name="agreements_one_open_successor",
            ),
            models.CheckConstraint(
                condition=Q(decider__isnull=True) | ~Q(decider=F("proposer")),
                name="agreements_successor_second_person",
            ),
            models.CheckConstraint(
                condition=~Q(statement=""), name="agreements_successor_has_statement"
            ),
            models.CheckConstraint(
                condition=~Q(state=SuccessorState.REJECTED) | ~Q(reason=""),
                name="agreements_successor_rejection_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(net_unit_price__isnull=True) | Q(net_unit_price__gt=0),
                name="agreements_successor_price_positive",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} statt {self.listing}"
