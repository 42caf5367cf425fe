"""Requisitions, their immutable revisions, account assignments and who was involved."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Case, Q, Value, When

from contracts.agreements.models import AwardTerms, ContractItem, Listing, PriceVersion
from contracts.agreements.models.article import ListPriceVersion
from contracts.parties.models import BudgetEntity, Membership, Organisation, School
from orders.lifecycle import RequisitionState

from .budget import BudgetLine


class Requisition(models.Model):
    """A request to buy (Anforderung); the locked row every decision is made on."""

    number = models.CharField("Nummer", max_length=20, unique=True)
    authority = models.ForeignKey(
        Organisation, models.PROTECT, related_name="requisitions", verbose_name="Schulträger"
    )
    school = models.ForeignKey(
        School, models.PROTECT, null=True, blank=True, related_name="requisitions"
    )
    created_by = models.ForeignKey(Membership, models.PROTECT, related_name="requisitions")
    created_at = models.DateTimeField("angelegt am")
    state = models.CharField(
        "Stand",
        max_length=20,
        choices=[(state.value, state.label) for state in RequisitionState],
        default=RequisitionState.DRAFT.value,
    )
    current_revision = models.PositiveIntegerField("Fassung", default=0)
    submitted_revision = models.PositiveIntegerField(
        "eingereichte Fassung",
        default=0,
        help_text="Sie gibt der Freigaberunde ihre Nummer; Kürzungen darin ändern sie nicht.",
    )
    handed_over_at = models.DateTimeField("an die Beschaffung gegeben am", null=True, blank=True)
    handed_over_by = models.ForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="+"
    )
    submitted_at = models.DateTimeField("eingereicht am", null=True, blank=True)
    decided_at = models.DateTimeField("entschieden am", null=True, blank=True)
    expires_at = models.DateTimeField("verfällt am", null=True, blank=True)
    updated_at = models.DateTimeField("geändert am")

    class Meta:
        verbose_name = "Anforderung"
        verbose_name_plural = "Anforderungen"
        ordering = ("-created_at", "-pk")
        indexes = (
            models.Index(fields=("authority", "state", "-created_at")),
            models.Index(fields=("authority", "updated_at", "id")),
            models.Index(
                fields=("authority", "-created_at", "-id"), name="orders_requisition_newest"
            ),
            models.Index(
                fields=("expires_at",),
                condition=Q(state=RequisitionState.SUBMITTED.value),
                name="orders_requisition_expiry",
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in RequisitionState]),
                name="orders_requisition_state_known",
            ),
            models.CheckConstraint(
                condition=Q(submitted_revision__lte=models.F("current_revision")),
                name="orders_requisition_round_is_a_revision",
            ),
            models.CheckConstraint(
                condition=Q(handed_over_at__isnull=True, handed_over_by__isnull=True)
                | Q(handed_over_at__isnull=False, handed_over_by__isnull=False),
                name="orders_requisition_handed_over_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return self.number


class Side(models.TextChoices):
    ASK = "ask", "hat angefordert oder bearbeitet"
    APPROVE = "approve", "entscheidet"


class Involvement(models.Model):
    """On which side a person stands in a requisition: one side, for ever.

    Primary key (requisition, person). Revisions and decisions reference
    (requisition, person, side) by composite foreign keys, so the database itself
    refuses whoever asked or edited as approver (four eyes for humans, not
    memberships). See docs/four-eyes.md.
    """

    pk = models.CompositePrimaryKey("requisition_id", "person_id")
    requisition = models.ForeignKey(Requisition, models.CASCADE, related_name="involvements")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    side = models.CharField(max_length=8, choices=Side)

    class Meta:
        verbose_name = "Beteiligung"
        verbose_name_plural = "Beteiligungen"
        constraints = (
            models.UniqueConstraint(
                fields=("requisition", "person", "side"), name="orders_involvement_side"
            ),
            models.CheckConstraint(
                condition=Q(side__in=["ask", "approve"]), name="orders_involvement_side_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.side} {self.requisition_id}"


class RevisionKind(models.TextChoices):
    EDIT = "edit", "bearbeitet"
    CUT = "cut", "bei der Freigabe gekürzt"


class RequisitionRevision(models.Model):
    """An immutable version of what is asked. An edit is a new revision, and so is a cut.

    Whoever edits stands on the asking side, whoever cuts while deciding on the approving
    side: the generated `side` and its composite foreign key see to both.
    """

    requisition = models.ForeignKey(Requisition, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField("Fassung")
    edited_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    editor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField("Art", max_length=4, choices=RevisionKind, default=RevisionKind.EDIT)
    side = models.GeneratedField(
        expression=Case(
            When(kind=RevisionKind.CUT.value, then=Value(Side.APPROVE.value)),
            default=Value(Side.ASK.value),
        ),
        output_field=models.CharField(max_length=8),
        db_persist=True,
    )
    edited_at = models.DateTimeField("bearbeitet am")
    title = models.CharField("Betreff", max_length=200)
    justification = models.TextField("Begründung", blank=True)
    needed_by = models.DateField("benötigt bis", null=True, blank=True)
    net = models.DecimalField("netto", max_digits=16, decimal_places=2)
    tax = models.DecimalField("Umsatzsteuer (Vorschau)", max_digits=16, decimal_places=2)
    gross = models.DecimalField("brutto", max_digits=16, decimal_places=2)

    class Meta:
        verbose_name = "Fassung"
        verbose_name_plural = "Fassungen"
        ordering = ("requisition", "number")
        constraints = (
            models.UniqueConstraint(
                fields=("requisition", "number"), name="orders_revision_number_unique"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in RevisionKind]),
                name="orders_revision_kind_known",
            ),
        )

    def __str__(self) -> str:
        return f"{self.requisition_id} Fassung {self.number}"


class RequisitionDelivery(models.Model):
    """Where lines of a revision are to be delivered: address and contact as they were then.

    Without a school it is the school authority itself.
    """

    revision = models.ForeignKey(RequisitionRevision, models.CASCADE, related_name="deliveries")
    number = models.PositiveSmallIntegerField("Nr.")
    school = models.ForeignKey(School, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField("Empfänger", max_length=200)
    street = models.CharField("Straße", max_length=200, blank=True)
    postcode = models.CharField("Postleitzahl", max_length=10, blank=True)
    city = models.CharField("Ort", max_length=100, blank=True)
    contact = models.CharField("Kontakt", max_length=200, blank=True)
    phone = models.CharField("Telefon", max_length=40, blank=True)
    earliest = models.DateField("frühestens am", null=True, blank=True)
    latest = models.DateField("spätestens am", null=True, blank=True)
    time_from = models.TimeField("von", null=True, blank=True)
    time_until = models.TimeField("bis", null=True, blank=True)
    note = models.CharField("Hinweis zur Anlieferung", max_length=250, blank=True)

    class Meta:
        verbose_name = "Lieferort"
        verbose_name_plural = "Lieferorte"
        ordering = ("revision", "number")
        constraints = (
            models.UniqueConstraint(
                fields=("revision", "number"), name="orders_delivery_number_unique"
            ),
            models.CheckConstraint(
                condition=Q(earliest__isnull=True)
                | Q(latest__isnull=True)
                | Q(latest__gte=models.F("earliest")),
                name="orders_delivery_days_in_order",
            ),
            models.CheckConstraint(
                condition=Q(time_from__isnull=True, time_until__isnull=True)
                | Q(time_until__gt=models.F("time_from")),
                name="orders_delivery_window_in_order",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name}, {self.postcode} {self.city}"


class RequisitionLine(models.Model):
    """One article asked for, with net price and terms frozen at submit.

    `line_no` stays with the line over all revisions and is never used again, so that two
    revisions can be compared line by line.
    """

    revision = models.ForeignKey(RequisitionRevision, models.CASCADE, related_name="lines")
    line_no = models.PositiveIntegerField("Zeile")
    delivery = models.ForeignKey(
        RequisitionDelivery, models.PROTECT, null=True, blank=True, related_name="lines"
    )
    listing = models.ForeignKey(Listing, models.PROTECT, related_name="+")
    item = models.ForeignKey(ContractItem, models.PROTECT, related_name="+")
    price_version = models.ForeignKey(PriceVersion, models.PROTECT, related_name="+")
    list_price = models.ForeignKey(
        ListPriceVersion, models.PROTECT, null=True, blank=True, related_name="+"
    )
    terms = models.ForeignKey(AwardTerms, models.PROTECT, related_name="+")
    title = models.CharField("Bezeichnung", max_length=250)
    quantity = models.PositiveIntegerField("Menge")
    unit = models.CharField("Einheit", max_length=3)
    net_unit_price = models.DecimalField("Nettopreis", max_digits=14, decimal_places=4)
    price_unit = models.PositiveIntegerField("je Einheiten", default=1)
    periods = models.PositiveSmallIntegerField("Zeiträume", default=1)
    tier_base = models.PositiveBigIntegerField(
        "Staffelmenge",
        default=0,
        help_text="Die Menge, nach der die Staffel gewählt wurde; bei kumulativen Staffeln "
        "die zuvor gebuchte Menge aller Käufer.",
    )
    tax_category = models.CharField("Steuerkategorie", max_length=2)
    tax_rate = models.DecimalField("Steuersatz (%)", max_digits=5, decimal_places=2)
    tax_reason = models.CharField(max_length=200, blank=True)
    net = models.DecimalField(max_digits=16, decimal_places=2)
    tax = models.DecimalField(max_digits=16, decimal_places=2)
    gross = models.DecimalField(max_digits=16, decimal_places=2)

    class Meta:
        verbose_name = "Anforderungszeile"
        verbose_name_plural = "Anforderungszeilen"
        ordering = ("revision", "line_no")
        constraints = (
            models.UniqueConstraint(
                fields=("revision", "line_no"), name="orders_requisition_line_no_unique"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=1), name="orders_requisition_line_quantity_positive"
            ),
            models.CheckConstraint(
                condition=Q(gross=models.F("net") + models.F("tax")),
                name="orders_requisition_line_gross_adds_up",
            ),
        )

    def __str__(self) -> str:
        return f"{self.line_no}: {self.quantity} × {self.title}"


class Assignment(models.Model):
    """Account assignment (Kontierung): who pays which share of a line, from which budget."""

    line = models.ForeignKey(RequisitionLine, models.CASCADE, related_name="assignments")
    number = models.PositiveSmallIntegerField("Nr.", default=1)
    payer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    budget_entity = models.ForeignKey(BudgetEntity, models.PROTECT, related_name="+")
    budget_line = models.ForeignKey(BudgetLine, models.PROTECT, related_name="assignments")
    share_percent = models.DecimalField("Anteil (%)", max_digits=7, decimal_places=4)
    deductible_percent = models.DecimalField(
        "Vorsteuerabzug (%)", max_digits=7, decimal_places=4, default=0
    )
    grant_no = models.CharField("Zuwendung", max_length=30, blank=True)
    net = models.DecimalField(max_digits=16, decimal_places=2)
    tax = models.DecimalField(max_digits=16, decimal_places=2)
    gross = models.DecimalField(max_digits=16, decimal_places=2)
    bound = models.DecimalField(
        "gebunden (brutto ohne abziehbare Vorsteuer)", max_digits=16, decimal_places=2
    )

    class Meta:
        verbose_name = "Kontierung"
        verbose_name_plural = "Kontierungen"
        ordering = ("line", "number")
        constraints = (
            models.UniqueConstraint(
                fields=("line", "number"), name="orders_assignment_number_unique"
            ),
            models.CheckConstraint(
                condition=Q(share_percent__gt=0, share_percent__lte=100),
                name="orders_assignment_share_range",
            ),
            models.CheckConstraint(
                condition=Q(deductible_percent__gte=0, deductible_percent__lte=100),
                name="orders_assignment_deductible_range",
            ),
        )

    def __str__(self) -> str:
        return f"{self.share_percent} % {self.budget_line_id}"
