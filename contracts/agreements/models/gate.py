"""Gates: the one kind of record that says no, warns, or asks for a co-signature."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from contracts.agreements.kinds import GateEffect, GateReason
from contracts.parties.models import Membership, Organisation, Role

from .article import Article
from .item import ContractItem
from .lot import Lot


class Gate(models.Model):
    """An obstacle over a range of days, until it is lifted; an empty scope field matches
    everything.

    A gate without any scope would stop the whole house and is refused by constraint. `token`
    tells a form that is sent again; what was set before forms had names has none.
    """

    article = models.ForeignKey(Article, models.PROTECT, null=True, blank=True)
    item = models.ForeignKey(ContractItem, models.PROTECT, null=True, blank=True)
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, blank=True, related_name="gates")
    supplier = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="supplier_gates"
    )
    buyer = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="buyer_gates"
    )
    product_group = models.CharField("Warengruppe", max_length=80, blank=True)
    reason = models.CharField("Grund", max_length=12, choices=GateReason.choices)
    explanation = models.CharField("Erläuterung", max_length=250)
    evidence = models.CharField("Beleg", max_length=250, blank=True)
    effect = models.CharField("Wirkung", max_length=8, choices=GateEffect.choices)
    cosign_role = models.CharField("Mitzeichnung durch", max_length=30, choices=Role, blank=True)
    valid_from = models.DateField("ab")
    valid_to = models.DateField("bis", null=True, blank=True)
    set_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    set_at = models.DateTimeField("gesetzt am", null=True, blank=True)
    token = models.UUIDField("Formular", null=True, blank=True, editable=False)
    lifted_by = models.ForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="+"
    )
    lifted_at = models.DateTimeField("aufgehoben am", null=True, blank=True)
    lift_reason = models.CharField("Grund der Aufhebung", max_length=250, blank=True)

    class Meta:
        verbose_name = "Hindernis"
        verbose_name_plural = "Hindernisse"
        constraints = (
            models.UniqueConstraint(
                fields=("set_by", "token"), name="agreements_gate_once_per_token"
            ),
            models.CheckConstraint(
                condition=Q(article__isnull=False)
                | Q(item__isnull=False)
                | Q(lot__isnull=False)
                | Q(supplier__isnull=False)
                | Q(buyer__isnull=False),
                name="agreements_gate_has_scope",
            ),
            models.CheckConstraint(
                condition=Q(effect=GateEffect.COSIGN) ^ Q(cosign_role=""),
                name="agreements_gate_cosign_names_role",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="agreements_gate_dates",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True, lift_reason="")
                | Q(lifted_at__isnull=False, lifted_by__isnull=False) & ~Q(lift_reason=""),
                name="agreements_gate_lift_is_whole",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_reason_display()}: {self.explanation}"
