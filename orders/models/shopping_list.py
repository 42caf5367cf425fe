"""Named lists of articles that are needed again and again."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from contracts.agreements.models import Listing
from contracts.parties.models import Membership, Organisation, School

from .basket import FilledOnce


class ListAudience(models.TextChoices):
    """Who sees a list and works on it besides its owner."""

    OWN = "own", "nur für mich"
    SCHOOL = "school", "für meine Schule"
    AUTHORITY = "authority", "für den ganzen Schulträger"


class ShoppingList(FilledOnce):
    """A named list (Merkliste); the articles may have left the shelf since."""

    authority = models.ForeignKey(Organisation, models.PROTECT, related_name="shopping_lists")
    school = models.ForeignKey(School, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField("Name", max_length=120)
    audience = models.CharField(
        "sichtbar", max_length=10, choices=ListAudience, default=ListAudience.OWN
    )
    created_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    created_at = models.DateTimeField("angelegt am")
    updated_at = models.DateTimeField("geändert am")
    retired_at = models.DateTimeField("gelöscht am", null=True, blank=True)

    class Meta:
        verbose_name = "Merkliste"
        verbose_name_plural = "Merklisten"
        ordering = ("name", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("authority", "name", "created_by"),
                condition=Q(retired_at__isnull=True),
                name="orders_shopping_list_name_unique",
            ),
            models.CheckConstraint(
                condition=~Q(audience=ListAudience.SCHOOL) | Q(school__isnull=False),
                name="orders_shopping_list_school_named",
            ),
        )

    def __str__(self) -> str:
        return self.name


class ShoppingListLine(models.Model):
    """How many of an article the list holds."""

    shopping_list = models.ForeignKey(ShoppingList, models.CASCADE, related_name="lines")
    listing = models.ForeignKey(Listing, models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField("Menge")

    class Meta:
        verbose_name = "Zeile der Merkliste"
        verbose_name_plural = "Zeilen der Merkliste"
        ordering = ("shopping_list", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("shopping_list", "listing"), name="orders_shopping_list_line_unique"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=1), name="orders_shopping_list_quantity_positive"
            ),
        )

    def __str__(self) -> str:
        return f"{self.quantity} × {self.listing_id}"
