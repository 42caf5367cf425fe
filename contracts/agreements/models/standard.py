"""Equipment standards of a school authority, and its bundles."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from contracts.parties.models import Membership, Organisation

from .item import ContractItem


class StandardLevel(models.TextChoices):
    """How binding the standard is for articles of its product group outside of it."""

    MANDATORY = "mandatory", "verbindlich"
    RECOMMENDED = "recommended", "empfohlen"
    FREE = "free", "frei"


class EquipmentStandard(models.Model):
    """Which items an authority wants bought in a product group.

    Read by the gates: outside of a mandatory standard an article is blocked, outside of
    a recommended one it needs the IT officer's co-signature.
    """

    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="standards")
    product_group = models.CharField("Warengruppe", max_length=80)
    level = models.CharField("Verbindlichkeit", max_length=12, choices=StandardLevel)
    title = models.CharField("Bezeichnung", max_length=120)
    explanation = models.CharField("Erläuterung", max_length=250)
    valid_from = models.DateField("gültig ab")
    valid_to = models.DateField("gültig bis", null=True, blank=True)
    set_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    set_at = models.DateTimeField("gesetzt am")
    lifted_at = models.DateTimeField("aufgehoben am", null=True, blank=True)
    items: models.ManyToManyField[ContractItem, StandardItem] = models.ManyToManyField(
        ContractItem, through="StandardItem", related_name="standards"
    )

    class Meta:
        verbose_name = "Ausstattungsstandard"
        verbose_name_plural = "Ausstattungsstandards"
        ordering = ("owner", "product_group", "valid_from")
        constraints = (
            models.UniqueConstraint(
                fields=("owner", "product_group"),
                condition=Q(lifted_at__isnull=True),
                name="agreements_one_standard_per_group",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="agreements_standard_dates",
            ),
            models.CheckConstraint(
                condition=~Q(product_group=""), name="agreements_standard_names_group"
            ),
        )

    def __str__(self) -> str:
        return self.title


class StandardItem(models.Model):
    """An item that meets the standard."""

    standard = models.ForeignKey(EquipmentStandard, models.CASCADE, related_name="entries")
    item = models.ForeignKey(ContractItem, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "Position des Standards"
        verbose_name_plural = "Positionen des Standards"
        constraints = (
            models.UniqueConstraint(
                fields=("standard", "item"), name="agreements_standard_item_unique"
            ),
        )

    def __str__(self) -> str:
        return f"{self.standard}: {self.item}"


class BundleAudience(models.TextChoices):
    TEACHER = "teacher", "Lehrkraft"
    PUPIL = "pupil", "Schülerin oder Schüler"
    CLASSROOM = "classroom", "Unterrichtsraum"


class EquipmentBundle(models.Model):
    """What one teacher, pupil or classroom gets, put into the basket in one go."""

    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="bundles")
    audience = models.CharField("für", max_length=10, choices=BundleAudience)
    title = models.CharField("Bezeichnung", max_length=120)
    description = models.CharField("Beschreibung", max_length=250, blank=True)
    is_active = models.BooleanField("aktiv", default=True)
    set_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    set_at = models.DateTimeField("angelegt am")

    class Meta:
        verbose_name = "Ausstattungspaket"
        verbose_name_plural = "Ausstattungspakete"
        ordering = ("owner", "audience", "title")
        constraints = (
            models.UniqueConstraint(
                fields=("owner", "title"),
                condition=Q(is_active=True),
                name="agreements_bundle_title_unique",
            ),
        )

    def __str__(self) -> str:
        return self.title


class BundleLine(models.Model):
    """An item of a bundle with its quantity per teacher, pupil or classroom."""

    bundle = models.ForeignKey(EquipmentBundle, models.CASCADE, related_name="lines")
    item = models.ForeignKey(ContractItem, models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField("Menge", default=1)

    class Meta:
        verbose_name = "Position des Pakets"
        verbose_name_plural = "Positionen des Pakets"
        ordering = ("bundle", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("bundle", "item"), name="agreements_bundle_item_unique"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=1), name="agreements_bundle_quantity_positive"
            ),
        )

    def __str__(self) -> str:
        return f"{self.quantity} × {self.item}"
