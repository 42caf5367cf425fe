"""Dated legal figures: thresholds and longest terms are configuration, not constants."""

from __future__ import annotations

from django.contrib.postgres.fields import DateRangeField
from django.db import models


class LegalFigure(models.Model):
    """A figure of law over a range of days, with its source."""

    key = models.SlugField("Schlüssel", max_length=60)
    value = models.DecimalField("Wert", max_digits=16, decimal_places=4)
    valid = DateRangeField("gültig")
    source = models.CharField("Fundstelle", max_length=250)

    class Meta:
        verbose_name = "Rechtliche Größe"
        verbose_name_plural = "Rechtliche Größen"

    def __str__(self) -> str:
        return f"{self.key} = {self.value}"
