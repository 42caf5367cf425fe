"""Which membership an Oscar basket belongs to."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from contracts.parties.models import Membership


class FilledOnce(models.Model):
    """What forms fill; the latest of them are remembered, so that a second click fills nothing."""

    filled_by = ArrayField(
        models.UUIDField(),
        default=list,
        editable=False,
        verbose_name="zuletzt übernommene Formulare",
        help_text="Ein Formular, das zweimal gesendet wird, zählt einmal.",
    )

    class Meta:
        abstract = True


class BasketOwner(FilledOnce):
    """Ties an Oscar basket to a membership; at most one is open per membership."""

    basket = models.OneToOneField(
        "basket.Basket", models.CASCADE, primary_key=True, related_name="membership_tie"
    )
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="baskets")
    is_open = models.BooleanField(default=True)

    class Meta:
        verbose_name = "Bedarfskorb"
        verbose_name_plural = "Bedarfskörbe"
        constraints = (
            models.UniqueConstraint(
                fields=("membership",),
                condition=Q(is_open=True),
                name="orders_one_open_basket_per_membership",
            ),
        )

    def __str__(self) -> str:
        return f"Bedarfskorb {self.pk}"
