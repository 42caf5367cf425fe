"""Call-offs (Einzelabrufe): the issued orders, one per supplier and lot."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from contracts.agreements.models import Award, AwardTerms, ContractItem, Listing, Lot, PriceVersion
from contracts.agreements.models.article import ListPriceVersion
from contracts.parties.models import BudgetEntity, Membership, Organisation, School
from orders.lifecycle import CallOffState

from .budget import BudgetLine
from .requisition import Assignment, Requisition, RequisitionLine


class CallOff(models.Model):
    """An issued call-off; 1:1 an Oscar order, which is the rounded document.

    Prices and terms never change after issue.
    """

    number = models.CharField("Abrufnummer", max_length=20, unique=True)
    order = models.OneToOneField("order.Order", models.PROTECT, related_name="call_off")
    requisition = models.ForeignKey(Requisition, models.PROTECT, related_name="call_offs")
    authority = models.ForeignKey(Organisation, models.PROTECT, related_name="call_offs")
    school = models.ForeignKey(School, models.PROTECT, null=True, blank=True, related_name="+")
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="received_call_offs")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="call_offs")
    award = models.ForeignKey(Award, models.PROTECT, related_name="call_offs")
    terms = models.ForeignKey(AwardTerms, models.PROTECT, related_name="+")
    allocation_note = models.CharField("Vergaberegel", max_length=250)
    follows = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="followed_by",
        verbose_name="folgt auf",
        help_text="Der abgelehnte oder nicht bestätigte Abruf des vorigen Rangs.",
    )
    confirm_by = models.DateField("zu bestätigen bis", null=True, blank=True)
    state = models.CharField(
        "Stand",
        max_length=20,
        choices=[(state.value, state.label) for state in CallOffState],
        default=CallOffState.ISSUED.value,
    )
    issued_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    issued_at = models.DateTimeField("erteilt am")
    updated_at = models.DateTimeField("geändert am")
    delivery_by = models.DateField("Lieferung bis", null=True, blank=True)
    net = models.DecimalField(max_digits=16, decimal_places=2)
    tax = models.DecimalField(max_digits=16, decimal_places=2)
    gross = models.DecimalField(max_digits=16, decimal_places=2)

    class Meta:
        verbose_name = "Abruf"
        verbose_name_plural = "Abrufe"
        ordering = ("-issued_at", "-pk")
        indexes = (
            models.Index(fields=("supplier", "-issued_at", "-id")),
            models.Index(fields=("authority", "-issued_at", "-id")),
            models.Index(fields=("supplier", "updated_at", "id")),
            # The newest for the purchasing body; of one state; last changed, for programs.
            models.Index(fields=("-issued_at", "-id"), name="orders_call_off_newest"),
            models.Index(
                fields=("supplier", "state", "-issued_at", "-id"), name="orders_call_off_supplied"
            ),
            models.Index(
                fields=("authority", "state", "-issued_at", "-id"), name="orders_call_off_bought"
            ),
            models.Index(
                fields=("authority", "updated_at", "id"), name="orders_call_off_buyer_changed"
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("requisition", "award"), name="orders_call_off_once_per_award"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in CallOffState]),
                name="orders_call_off_state_known",
            ),
        )

    def __str__(self) -> str:
        return self.number


class CallOffLine(models.Model):
    """One line of a call-off with the 4-decimal price and everything behind it."""

    call_off = models.ForeignKey(CallOff, models.PROTECT, related_name="lines")
    order_line = models.OneToOneField("order.Line", models.PROTECT, related_name="call_off_line")
    requisition_line = models.ForeignKey(
        RequisitionLine, models.PROTECT, related_name="call_off_lines"
    )
    line_no = models.PositiveIntegerField("Zeile")
    listing = models.ForeignKey(Listing, models.PROTECT, related_name="+")
    item = models.ForeignKey(ContractItem, models.PROTECT, related_name="call_off_lines")
    price_version = models.ForeignKey(PriceVersion, models.PROTECT, related_name="+")
    list_price = models.ForeignKey(
        ListPriceVersion, models.PROTECT, null=True, blank=True, related_name="+"
    )
    title = models.CharField("Bezeichnung", max_length=250)
    supplier_aid = models.CharField("Artikelnummer", max_length=60)
    quantity = models.PositiveIntegerField("Menge")
    unit = models.CharField("Einheit", max_length=3)
    net_unit_price = models.DecimalField("Nettopreis", max_digits=14, decimal_places=4)
    price_unit = models.PositiveIntegerField("je Einheiten", default=1)
    periods = models.PositiveSmallIntegerField("Zeiträume", default=1)
    tier_base = models.PositiveBigIntegerField("Staffelmenge", default=0)
    service_from = models.DateField("Leistung ab", null=True, blank=True)
    service_to = models.DateField("Leistung bis", null=True, blank=True)
    tax_category = models.CharField("Steuerkategorie", max_length=2)
    tax_rate = models.DecimalField("Steuersatz (%)", max_digits=5, decimal_places=2)
    net = models.DecimalField(max_digits=16, decimal_places=2)
    tax = models.DecimalField(max_digits=16, decimal_places=2)
    gross = models.DecimalField(max_digits=16, decimal_places=2)

    class Meta:
        verbose_name = "Abrufzeile"
        verbose_name_plural = "Abrufzeilen"
        ordering = ("call_off", "line_no")
        constraints = (
            models.UniqueConstraint(
                fields=("call_off", "line_no"), name="orders_call_off_line_no_unique"
            ),
            models.UniqueConstraint(
                fields=("call_off", "requisition_line"),
                name="orders_requisition_line_once_per_call_off",
            ),
            models.CheckConstraint(
                condition=Q(service_from__isnull=True, service_to__isnull=True)
                | Q(service_to__gte=models.F("service_from")),
                name="orders_service_dates_in_order",
            ),
        )

    def __str__(self) -> str:
        return f"{self.line_no}: {self.quantity} × {self.title}"


class CallOffAssignment(models.Model):
    """The account assignment of a call-off line: what finance commits."""

    line = models.ForeignKey(CallOffLine, models.PROTECT, related_name="assignments")
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="call_off_assignments")
    number = models.PositiveSmallIntegerField("Nr.", default=1)
    budget_entity = models.ForeignKey(BudgetEntity, models.PROTECT, related_name="+")
    budget_line = models.ForeignKey(BudgetLine, models.PROTECT, related_name="+")
    net = models.DecimalField(max_digits=16, decimal_places=2)
    tax = models.DecimalField(max_digits=16, decimal_places=2)
    gross = models.DecimalField(max_digits=16, decimal_places=2)
    bound = models.DecimalField("im Haushalt gebunden", max_digits=16, decimal_places=2, default=0)

    class Meta:
        verbose_name = "Abrufkontierung"
        verbose_name_plural = "Abrufkontierungen"
        ordering = ("line", "number")
        constraints = (
            models.UniqueConstraint(
                fields=("line", "assignment"), name="orders_call_off_assignment_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.line_id}/{self.number}"
