"""Approval policies, the steps of a requisition and the decisions taken."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q, Value

from contracts.parties.models import Membership, Organisation, Role

from .requisition import Requisition, Side


class ApprovalPolicy(models.Model):
    """One version of an authority's approval policy; the open one has no end."""

    authority = models.ForeignKey(Organisation, models.PROTECT, related_name="policies")
    version = models.PositiveIntegerField("Fassung")
    valid_from = models.DateField("gültig ab")
    created_by = models.ForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "Freigaberegelung"
        verbose_name_plural = "Freigaberegelungen"
        constraints = (
            models.UniqueConstraint(
                fields=("authority", "version"), name="orders_policy_version_unique"
            ),
        )

    def __str__(self) -> str:
        return f"{self.authority} Fassung {self.version}"


class ApprovalRule(models.Model):
    """From a gross amount (EUR) on, this many people of this role must sign, in this tier."""

    policy = models.ForeignKey(ApprovalPolicy, models.CASCADE, related_name="rules")
    tier = models.PositiveSmallIntegerField("Stufe")
    from_gross = models.DecimalField("ab brutto (EUR)", max_digits=14, decimal_places=2, default=0)
    role = models.CharField("Rolle", max_length=30, choices=Role)
    signers = models.PositiveSmallIntegerField("Anzahl", default=1)

    class Meta:
        verbose_name = "Freigaberegel"
        verbose_name_plural = "Freigaberegeln"
        ordering = ("policy", "tier", "from_gross")
        constraints = (
            models.CheckConstraint(
                condition=Q(signers__gte=1, from_gross__gte=0), name="orders_rule_sensible"
            ),
        )

    def __str__(self) -> str:
        return f"Stufe {self.tier}: ab {self.from_gross} {self.role}"


class ApprovalStep(models.Model):
    """A signature group asked for on one revision, and why."""

    requisition = models.ForeignKey(Requisition, models.CASCADE, related_name="steps")
    revision_no = models.PositiveIntegerField("Fassung")
    tier = models.PositiveSmallIntegerField("Stufe")
    role = models.CharField("Rolle", max_length=30, choices=Role)
    signers = models.PositiveSmallIntegerField("Anzahl", default=1)
    reason = models.CharField("Begründung", max_length=250)
    policy = models.ForeignKey(ApprovalPolicy, models.PROTECT, related_name="+")
    deadline = models.DateTimeField("Frist")
    completed_at = models.DateTimeField("erledigt am", null=True, blank=True)

    class Meta:
        verbose_name = "Freigabeschritt"
        verbose_name_plural = "Freigabeschritte"
        ordering = ("requisition", "revision_no", "tier", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("requisition", "revision_no", "tier", "role"),
                name="orders_step_unique",
            ),
        )

    def __str__(self) -> str:
        return f"{self.requisition_id} Stufe {self.tier}: {self.role}"


class Verdict(models.TextChoices):
    APPROVE = "approve", "freigegeben"
    REJECT = "reject", "abgelehnt"
    RETURN = "return", "zurückgegeben"


class Decision(models.Model):
    """What one person decided on one step, possibly for somebody else."""

    step = models.ForeignKey(ApprovalStep, models.PROTECT, related_name="decisions")
    requisition = models.ForeignKey(Requisition, models.PROTECT, related_name="decisions")
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    side = models.GeneratedField(
        expression=Value(Side.APPROVE.value),
        output_field=models.CharField(max_length=8),
        db_persist=True,
    )
    verdict = models.CharField("Entscheidung", max_length=8, choices=Verdict)
    comment = models.TextField("Bemerkung", blank=True)
    decided_at = models.DateTimeField("entschieden am")

    class Meta:
        verbose_name = "Entscheidung"
        verbose_name_plural = "Entscheidungen"
        ordering = ("step", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("step", "person"), name="orders_decision_once_per_person"
            ),
            models.CheckConstraint(
                condition=Q(verdict=Verdict.APPROVE) | ~Q(comment=""),
                name="orders_refusal_has_comment",
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.verdict}"
