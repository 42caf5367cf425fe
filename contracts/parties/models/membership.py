"""A membership: who acts, for whom, in which role, up to which amount, until when."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q

from .organisation import Organisation, School


class Role(models.TextChoices):
    SCHOOL_REQUESTER = "school_requester", "Schule (Bedarf)"
    PROCUREMENT_OFFICER = "procurement_officer", "Beschaffung"
    APPROVER = "approver", "Freigabe"
    IT_OFFICER = "it_officer", "IT-Verantwortung"
    DATA_PROTECTION = "data_protection", "Datenschutz"
    TREASURER = "treasurer", "Kämmerei"
    AUDITOR = "auditor", "Rechnungsprüfung"
    SUPPLIER_CATALOGUE = "supplier_catalogue", "Lieferant (Katalog)"
    SUPPLIER_ORDERS = "supplier_orders", "Lieferant (Aufträge)"
    CONTRACT_MANAGER = "contract_manager", "Vertragsmanagement"
    REVIEWER = "reviewer", "Zweitprüfung Vertrag"
    OPERATOR = "operator", "Betrieb"


class MembershipQuerySet(models.QuerySet["Membership"]):
    def valid_on(self, day: date) -> MembershipQuerySet:
        """Memberships in force on *day* (Europe/Berlin) of active people and bodies."""
        return self.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=day),
            valid_from__lte=day,
            user__is_active=True,
            organisation__is_active=True,
        )

    def for_school(self, school_id: int | None) -> MembershipQuerySet:
        """Memberships of the whole organisation, and those of this school; None: of no school."""
        return self.filter(Q(school__isnull=True) | Q(school_id=school_id))


class Membership(models.Model):
    """One role of one person in one organisation; the `by` of every domain call."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships", verbose_name="Person"
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="memberships", verbose_name="Organisation"
    )
    school = models.ForeignKey(
        School,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name="Schule",
    )
    role = models.CharField("Rolle", max_length=30, choices=Role)
    signing_limit = models.DecimalField(
        "Zeichnungsgrenze (brutto, EUR)", max_digits=14, decimal_places=2, null=True, blank=True
    )
    valid_from = models.DateField("gültig ab")
    valid_to = models.DateField("gültig bis", null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "Mitgliedschaft"
        verbose_name_plural = "Mitgliedschaften"
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=models.F("valid_from")),
                name="parties_membership_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(signing_limit__isnull=True) | Q(signing_limit__gte=0),
                name="parties_membership_signing_limit_not_negative",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()}, {self.organisation}"
