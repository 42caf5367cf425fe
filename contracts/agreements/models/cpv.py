"""The Common Procurement Vocabulary, as far as the operator has loaded it."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models


class CpvCode(models.Model):
    """A code of Regulation (EC) 213/2008 with its German and English name."""

    code = models.CharField("Code", max_length=10, primary_key=True)
    name_de = models.CharField("Bezeichnung", max_length=300)
    name_en = models.CharField("englische Bezeichnung", max_length=300)
    document = SearchVectorField()

    class Meta:
        verbose_name = "CPV-Code"
        verbose_name_plural = "CPV-Verzeichnis"
        ordering = ("code",)
        indexes = (GinIndex(fields=("document",), name="agreements_cpv_document"),)

    def __str__(self) -> str:
        return f"{self.code} {self.name_de}"
