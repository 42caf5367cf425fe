"""Listing: a contract item put on the shelf as an Oscar stockrecord."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from .article import Article
from .item import ContractItem


class Listing(models.Model):
    """One article orderable under one contract item.

    1:1 an Oscar stockrecord (partner = supplier); the stockrecord's own price stays
    empty, the price comes from the contract. A listing that was replaced leads to its
    `successor` and is no longer listed.
    """

    item = models.ForeignKey(ContractItem, models.PROTECT, related_name="listings")
    article = models.ForeignKey(Article, models.PROTECT, related_name="listings")
    stockrecord = models.OneToOneField(
        "partner.StockRecord", models.PROTECT, related_name="listing"
    )
    is_listed = models.BooleanField("gelistet", default=True)
    listed_at = models.DateTimeField("gelistet am")
    successor = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name="Nachfolgemodell",
    )

    class Meta:
        verbose_name = "Listung"
        verbose_name_plural = "Listungen"
        constraints = (
            models.UniqueConstraint(fields=("item", "article"), name="agreements_listing_unique"),
            models.CheckConstraint(
                condition=Q(successor__isnull=True) | ~Q(successor=F("pk")) & Q(is_listed=False),
                name="agreements_succeeded_is_not_listed",
            ),
        )

    def __str__(self) -> str:
        return f"{self.article} ({self.item.number})"
