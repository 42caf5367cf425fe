"""Organisations, their budget entities and their schools."""

from __future__ import annotations

from typing import Any

from django.db import models

from contracts.parties.sorting import german_sort_key


class OrganisationKind(models.TextChoices):
    PURCHASING_BODY = "purchasing_body", "Zentrale Beschaffungsstelle"
    SCHOOL_AUTHORITY = "school_authority", "Schulträger"
    SUPPLIER = "supplier", "Lieferant"
    OBSERVER = "observer", "Ministerium oder Verband"
    OPERATOR = "operator", "Betreiber"


class AuthorityForm(models.TextChoices):
    """Legal form of a school authority; decides VAT treatment and policies."""

    NONE = "", "–"
    MUNICIPALITY = "municipality", "Stadt oder Gemeinde"
    AMT = "amt", "Amt"
    COUNTY = "county", "Landkreis"
    PRIVATE = "private", "Freier Träger"


class SortedByName(models.Model):
    """Keeps the stored German sort key beside the name."""

    name = models.CharField("Name", max_length=200)
    sort_key = models.CharField(max_length=255, editable=False, db_index=True)

    class Meta:
        abstract = True
        ordering = ("sort_key", "pk")

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.sort_key = german_sort_key(self.name)[:255]
        super().save(*args, **kwargs)


class Organisation(SortedByName):
    """A legal body that buys, sells, runs agreements or observes."""

    code = models.SlugField("Kürzel", max_length=40, unique=True)
    kind = models.CharField("Art", max_length=20, choices=OrganisationKind)
    form = models.CharField(
        "Rechtsform", max_length=20, choices=AuthorityForm, blank=True, default=AuthorityForm.NONE
    )
    is_entrepreneur = models.BooleanField(
        "Unternehmer im Sinne des § 2 UStG",
        default=False,
        help_text="Entscheidet über die Umkehr der Steuerschuld (§ 13b Abs. 2 Nr. 10 UStG).",
    )
    street = models.CharField("Straße", max_length=200, blank=True)
    postcode = models.CharField("Postleitzahl", max_length=10, blank=True)
    city = models.CharField("Ort", max_length=100, blank=True)
    email = models.EmailField("E-Mail-Adresse", blank=True)
    vat_id = models.CharField("USt-IdNr.", max_length=20, blank=True)
    leitweg_id = models.CharField("Leitweg-ID", max_length=46, blank=True)
    creditor_no = models.CharField("Kreditorennummer", max_length=30, blank=True)
    is_active = models.BooleanField("aktiv", default=True)

    class Meta(SortedByName.Meta):
        verbose_name = "Organisation"
        verbose_name_plural = "Organisationen"


class BudgetEntity(SortedByName):
    """Holder of a budget and of a finance feed (Mandant).

     Not the organisation: a Brandenburg Amt keeps the budgets of several Gemeinden
    , each with books and a feed of its own.
    """

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="budget_entities", verbose_name="Organisation"
    )
    code = models.SlugField("Mandant", max_length=40, unique=True)

    class Meta(SortedByName.Meta):
        verbose_name = "Mandant"
        verbose_name_plural = "Mandanten"


class School(SortedByName):
    """A school of a school authority; goods are delivered here."""

    authority = models.ForeignKey(
        Organisation, models.PROTECT, related_name="schools", verbose_name="Schulträger"
    )
    school_no = models.CharField("Schulnummer", max_length=10)
    cost_center = models.CharField("Kostenstelle", max_length=30, blank=True)
    street = models.CharField("Straße", max_length=200, blank=True)
    postcode = models.CharField("Postleitzahl", max_length=10, blank=True)
    city = models.CharField("Ort", max_length=100, blank=True)
    contact = models.CharField("Kontakt", max_length=200, blank=True)
    phone = models.CharField("Telefon", max_length=40, blank=True)
    delivery_from = models.TimeField("Anlieferung von", null=True, blank=True)
    delivery_until = models.TimeField("Anlieferung bis", null=True, blank=True)
    delivery_note = models.CharField("Hinweis zur Anlieferung", max_length=250, blank=True)

    class Meta(SortedByName.Meta):
        verbose_name = "Schule"
        verbose_name_plural = "Schulen"
        constraints = (
            models.UniqueConstraint(
                fields=("authority", "school_no"), name="parties_school_no_unique"
            ),
            models.CheckConstraint(
                condition=models.Q(delivery_from__isnull=True, delivery_until__isnull=True)
                | models.Q(delivery_until__gt=models.F("delivery_from")),
                name="parties_school_delivery_window_in_order",
            ),
        )
