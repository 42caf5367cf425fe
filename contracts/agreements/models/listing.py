"""Listing: a contract item put on the shelf as an Oscar stockrecord."""

from __future__ import annotations

from django.db import models

from .article import Article
from .item import ContractItem


class Listing(models.Model):
    """One article orderable under one contract item.

    1:1 an Oscar stockrecord (partner = supplier); the stockrecord's own price stays
    empty, the price comes from the contract. `search` is the full-text read model.
    """

    item = models.ForeignKey(ContractItem, models.PROTECT, related_name="listings")
    article = models.ForeignKey(Article, models.PROTECT, related_name="listings")
    stockrecord = models.OneToOneField(
        "partner.StockRecord", models.PROTECT, related_name="listing"
    )
    is_listed = models.BooleanField("gelistet", default=True)
    listed_at = models.DateTimeField("gelistet am")

    class Meta:
        verbose_name = "Listung"
        verbose_name_plural = "Listungen"
        constraints = (
            models.UniqueConstraint(fields=("item", "article"), name="agreements_listing_unique"),
        )

    def __str__(self) -> str:
        return f"{self.article} ({self.item.number})"
