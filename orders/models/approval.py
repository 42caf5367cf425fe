"""Approval policies, the steps of a requisition and the decisions taken."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q, Value

from contracts.parties.models import Membership, Organisation, Role

from .delegation import Delegation
from .requisition import Requisition, RequisitionLine, Side

STEP_DAYS = 7
"""Days that a signature has unless the rule says otherwise."""


class ApprovalPolicy(models.Model):
    """One version of an authority's approval policy (Freigaberegelung).

    Proposed by one person and in force only once another has confirmed it: nobody changes
    alone who has to sign. Of the confirmed versions whose day has come the highest counts.
    """

    authority = models.ForeignKey(Organisation, models.PROTECT, related_name="policies")
    version = models.PositiveIntegerField("Fassung")
    valid_from = models.DateField("gültig ab")
    note = models.CharField("Anlass", max_length=250, blank=True)
    created_by = models.ForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="+"
    )
    proposer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField("vorgeschlagen am", null=True, blank=True)
    confirmed_by = models.ForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField("in Kraft gesetzt am", null=True, blank=True)
    withdrawn_at = models.DateTimeField("verworfen am", null=True, blank=True)

    class Meta:
        verbose_name = "Freigaberegelung"
        verbose_name_plural = "Freigaberegelungen"
        constraints = (
            models.UniqueConstraint(
                fields=("authority", "version"), name="orders_policy_version_unique"
            ),
            models.UniqueConstraint(
                fields=("authority",),
                condition=Q(confirmed_at__isnull=True, withdrawn_at__isnull=True),
                name="orders_policy_one_proposal",
            ),
            models.CheckConstraint(
                condition=Q(confirmer__isnull=True)
                | Q(proposer__isnull=True)
                | ~Q(confirmer=models.F("proposer")),
                name="orders_policy_two_people",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | Q(withdrawn_at__isnull=True),
                name="orders_policy_confirmed_or_withdrawn",
            ),
        )

    def __str__(self) -> str:
        return f"{self.authority} Fassung {self.version}"


class RuleCondition(models.TextChoices):
    """When a rule applies besides its amount."""

    ALWAYS = "", "immer"
    FUNDED = "funded", "wenn eine Zeile aus einer Zuwendung bezahlt wird"


class ApprovalRule(models.Model):
    """From a gross amount (EUR) on, this many people of this role must sign, in this tier.

    `committee` names the body whose resolution the signature needs (Gremium); people of
    `escalation_role` may sign too once the deadline (days) has passed.
    """

    policy = models.ForeignKey(ApprovalPolicy, models.CASCADE, related_name="rules")
    tier = models.PositiveSmallIntegerField("Stufe")
    from_gross = models.DecimalField("ab brutto (EUR)", max_digits=14, decimal_places=2, default=0)
    role = models.CharField("Rolle", max_length=30, choices=Role)
    signers = models.PositiveSmallIntegerField("Anzahl", default=1)
    condition = models.CharField(
        "Bedingung", max_length=10, choices=RuleCondition, blank=True, default=RuleCondition.ALWAYS
    )
    days = models.PositiveSmallIntegerField("Frist (Tage)", default=STEP_DAYS)
    escalation_role = models.CharField(
        "nach Fristablauf auch", max_length=30, choices=Role, blank=True
    )
    committee = models.CharField("Gremium", max_length=120, blank=True)

    class Meta:
        verbose_name = "Freigaberegel"
        verbose_name_plural = "Freigaberegeln"
        ordering = ("policy", "tier", "from_gross", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(signers__gte=1, from_gross__gte=0, tier__gte=1, days__gte=1),
                name="orders_rule_sensible",
            ),
            models.CheckConstraint(
                condition=~Q(escalation_role=models.F("role")),
                name="orders_rule_escalates_elsewhere",
            ),
        )

    def __str__(self) -> str:
        return f"Stufe {self.tier}: ab {self.from_gross} {self.role}"


class ApprovalStep(models.Model):
    """A signature group asked for in one round of approval, and why.

    `revision_no` is the revision as submitted; cuts made during the round leave it.
    `deadline` is a forecast until the step's tier opens (`opened_at`).
    """

    requisition = models.ForeignKey(Requisition, models.CASCADE, related_name="steps")
    revision_no = models.PositiveIntegerField("Runde")
    tier = models.PositiveSmallIntegerField("Stufe")
    role = models.CharField("Rolle", max_length=30, choices=Role)
    signers = models.PositiveSmallIntegerField("Anzahl", default=1)
    reason = models.CharField("Begründung", max_length=250)
    policy = models.ForeignKey(ApprovalPolicy, models.PROTECT, related_name="steps")
    days = models.PositiveSmallIntegerField("Frist (Tage)", default=STEP_DAYS)
    opened_at = models.DateTimeField("an der Reihe seit", null=True, blank=True)
    deadline = models.DateTimeField("Frist")
    reminded_at = models.DateTimeField("erinnert am", null=True, blank=True)
    escalation_role = models.CharField(
        "nach Fristablauf auch", max_length=30, choices=Role, blank=True
    )
    escalated_at = models.DateTimeField("eskaliert am", null=True, blank=True)
    committee = models.CharField("Gremium", max_length=120, blank=True)
    committee_on = models.DateField("Sitzung am", null=True, blank=True)
    completed_at = models.DateTimeField("erledigt am", null=True, blank=True)

    class Meta:
        verbose_name = "Freigabeschritt"
        verbose_name_plural = "Freigabeschritte"
        ordering = ("requisition", "revision_no", "tier", "pk")
        indexes = (
            models.Index(
                fields=("deadline",),
                condition=Q(completed_at__isnull=True),
                name="orders_step_open_deadline",
            ),
            models.Index(
                fields=("role", "requisition"),
                condition=Q(completed_at__isnull=True),
                name="orders_step_open_role",
            ),
        )
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
    """What one person decided on one step, possibly for somebody else.

    `round_no` is that of the step, `revision_no` the revision that was read, and
    `granted_revision` what came of it where lines were cut. Its signatures say whom it
    speaks for.
    """

    step = models.ForeignKey(ApprovalStep, models.PROTECT, related_name="decisions")
    requisition = models.ForeignKey(Requisition, models.PROTECT, related_name="decisions")
    round_no = models.PositiveIntegerField("Runde")
    revision_no = models.PositiveIntegerField("Fassung")
    granted_revision = models.PositiveIntegerField("gekürzte Fassung", null=True, blank=True)
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    delegation = models.ForeignKey(
        Delegation, models.PROTECT, null=True, blank=True, related_name="decisions"
    )
    side = models.GeneratedField(
        expression=Value(Side.APPROVE.value),
        output_field=models.CharField(max_length=8),
        db_persist=True,
    )
    verdict = models.CharField("Entscheidung", max_length=8, choices=Verdict)
    comment = models.TextField("Bemerkung", blank=True)
    resolution = models.CharField("Beschluss", max_length=120, blank=True)
    decided_at = models.DateTimeField("entschieden am")

    class Meta:
        verbose_name = "Entscheidung"
        verbose_name_plural = "Entscheidungen"
        ordering = ("step", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(verdict=Verdict.APPROVE) | ~Q(comment=""),
                name="orders_refusal_has_comment",
            ),
            models.CheckConstraint(
                condition=Q(on_behalf_of__isnull=True, delegation__isnull=True)
                | Q(on_behalf_of__isnull=False, delegation__isnull=False),
                name="orders_substitute_has_delegation",
            ),
            models.CheckConstraint(
                condition=Q(granted_revision__isnull=True)
                | Q(granted_revision__gt=models.F("revision_no"), verdict=Verdict.APPROVE),
                name="orders_cut_is_an_approval",
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.verdict}"


class Signature(models.Model):
    """Whom a decision speaks for: whoever signs, and whoever is substituted.

    Nobody speaks twice in one round of approval, in whatever role, and whoever was
    substituted does not sign as well. Composite foreign keys hold both people of a decision
    to rows of their own here (docs/four-eyes.md).
    """

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="signatures")
    requisition = models.ForeignKey(Requisition, models.PROTECT, related_name="signatures")
    round_no = models.PositiveIntegerField("Runde")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "Unterschrift"
        verbose_name_plural = "Unterschriften"
        ordering = ("decision", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("requisition", "round_no", "person"),
                name="orders_one_signature_per_round",
            ),
            models.UniqueConstraint(
                fields=("decision", "person"), name="orders_signature_of_decision"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} in {self.decision_id}"


class DecisionLine(models.Model):
    """A line of the revision that was read and of which less was granted; 0 refuses it."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="lines")
    line = models.ForeignKey(RequisitionLine, models.PROTECT, related_name="+")
    granted = models.PositiveIntegerField("freigegeben")
    reason = models.CharField("Begründung", max_length=250)

    class Meta:
        verbose_name = "gekürzte Zeile"
        verbose_name_plural = "gekürzte Zeilen"
        ordering = ("decision", "line")
        constraints = (
            models.UniqueConstraint(fields=("decision", "line"), name="orders_cut_once_per_line"),
            models.CheckConstraint(condition=~Q(reason=""), name="orders_cut_has_reason"),
        )

    def __str__(self) -> str:
        return f"{self.line_id}: {self.granted}"
