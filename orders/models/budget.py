"""Budget lines and pools (doppisch, KomHKV Brandenburg)."""

from __future__ import annotations

from django.db import models

from contracts.ledger.models import LimitAccount
from contracts.parties.models import BudgetEntity, Membership, School


class BudgetPool(models.Model):
    """A pool (Deckungskreis): its account binds, its lines have no limit of their own."""

    budget_entity = models.ForeignKey(BudgetEntity, models.PROTECT, related_name="pools")
    fiscal_year = models.PositiveSmallIntegerField("Haushaltsjahr")
    title = models.CharField("Bezeichnung", max_length=200)
    account = models.OneToOneField(LimitAccount, models.PROTECT, related_name="budget_pool")

    class Meta:
        verbose_name = "Deckungskreis"
        verbose_name_plural = "Deckungskreise"

    def __str__(self) -> str:
        return self.title


class BudgetLine(models.Model):
    """An appropriation with its dimensions; bound gross less deductible input tax.

    It pays for what is issued until `usable_until`: 31 December of its year, unless a grant
    ends before or the treasurer carried it over (§ 24 KomHKV).

    Either an account of its own or a pool's, never both and never neither: a missing
    account would let spending pass unchecked.
    """

    budget_entity = models.ForeignKey(BudgetEntity, models.PROTECT, related_name="budget_lines")
    fiscal_year = models.PositiveSmallIntegerField("Haushaltsjahr")
    title = models.CharField("Bezeichnung", max_length=200)
    budget_product = models.CharField("Produkt", max_length=20)
    gl_account = models.CharField("Sachkonto", max_length=20)
    cost_center = models.CharField("Kostenstelle", max_length=30, blank=True)
    cost_object = models.CharField("Kostenträger", max_length=30, blank=True)
    measure_no = models.CharField("Investitionsmaßnahme", max_length=30, blank=True)
    grant_no = models.CharField("Zuwendung", max_length=30, blank=True)
    usable_until = models.DateField("verwendbar bis")
    school = models.ForeignKey(
        School, models.PROTECT, null=True, blank=True, related_name="budget_lines"
    )
    own_account = models.OneToOneField(
        LimitAccount, models.PROTECT, null=True, blank=True, related_name="budget_line"
    )
    pool = models.ForeignKey(
        BudgetPool, models.PROTECT, null=True, blank=True, related_name="lines"
    )

    class Meta:
        verbose_name = "Haushaltsposition"
        verbose_name_plural = "Haushaltspositionen"
        ordering = ("fiscal_year", "budget_product", "gl_account", "cost_center", "pk")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(own_account__isnull=True) ^ models.Q(pool__isnull=True),
                name="orders_budget_line_has_one_account",
            ),
            models.CheckConstraint(
                condition=models.Q(usable_until__year__gte=models.F("fiscal_year")),
                name="orders_budget_line_usable_in_its_year",
            ),
            models.UniqueConstraint(
                fields=(
                    "budget_entity",
                    "fiscal_year",
                    "budget_product",
                    "gl_account",
                    "cost_center",
                    "cost_object",
                    "measure_no",
                    "grant_no",
                ),
                name="orders_budget_line_dimensions_unique",
            ),
        )

    def __str__(self) -> str:
        return f"{self.budget_product}.{self.gl_account} {self.title} ({self.fiscal_year})"

    @property
    def account(self) -> LimitAccount:
        """The account that binds: the pool's for pooled lines, else the line's own."""
        return self.pool.account if self.pool is not None else self._own()

    def _own(self) -> LimitAccount:
        if self.own_account is None:
            raise ValueError(f"Budget line {self.pk} has no account.")
        return self.own_account

    @property
    def binding_account_id(self) -> int:
        """Primary key of the binding account."""
        return self.account.pk


class BudgetLineDeductible(models.Model):
    """Which part of the input tax is deductible, from a day on; 0 before the first row.

    Decided by the treasurer, never by who asks: it lowers what the budget binds. Each row
    holds until the next begins, so two can't overlap, and none is changed afterwards. Mind
    31 December 2026: the transition of § 27 (22a) UStG ends, § 2b UStG applies to every
    public body, and what is taxable then may be deductible; that is a row from 1 January 2027.
    """

    budget_line = models.ForeignKey(BudgetLine, models.PROTECT, related_name="deductibles")
    percent = models.DecimalField("Vorsteuer abziehbar (%)", max_digits=7, decimal_places=4)
    valid_from = models.DateField("gültig ab")
    reason = models.CharField("Begründung", max_length=250)
    by = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField("am")

    class Meta:
        verbose_name = "abziehbare Vorsteuer"
        verbose_name_plural = "abziehbare Vorsteuern"
        ordering = ("budget_line", "valid_from")
        constraints = (
            models.UniqueConstraint(
                fields=("budget_line", "valid_from"), name="orders_deductible_once_per_day"
            ),
            models.CheckConstraint(
                condition=models.Q(percent__gte=0, percent__lte=100),
                name="orders_deductible_range",
            ),
            models.CheckConstraint(
                condition=~models.Q(reason=""), name="orders_deductible_has_reason"
            ),
        )

    def __str__(self) -> str:
        return f"{self.budget_line_id}: {self.percent} % ab {self.valid_from}"
