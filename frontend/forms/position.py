"""A position of the price sheet with its tiers."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils import timezone

from contracts.agreements.models import ContractItem, ItemRole, PriceBasis, VatRule
from contracts.agreements.writing.positions import Prices
from contracts.agreements.writing.setup import ItemSpec
from contracts.agreements.writing.tiers import TierRow
from contracts.clock import berlin_day
from frontend.formatting import format_percent
from frontend.forms.fields import day_field
from frontend.units import UNIT_NAMES

TIER_ROWS = 4


class PositionForm(forms.Form):
    """The position; more than one period makes it a charge per period."""

    number = forms.CharField(label="Position", max_length=30)
    title = forms.CharField(label="Bezeichnung", max_length=250)
    basis = forms.ChoiceField(label="Preisbasis", choices=PriceBasis.choices)
    role = forms.ChoiceField(label="Art", choices=ItemRole.choices)
    unit = forms.ChoiceField(
        label="Einheit", choices=[(code, f"{name} ({code})") for code, name in UNIT_NAMES.items()]
    )
    product_group = forms.CharField(
        label="Warengruppe",
        max_length=80,
        required=False,
        help_text="Nötig beim Nachlass auf Listenpreise; „*“ steht für alle Gruppen.",
    )
    vat_class = forms.ChoiceField(label="Steuerklasse", initial="standard")
    max_quantity = forms.IntegerField(
        label="Höchstmenge", min_value=1, max_value=2_000_000_000, required=False
    )
    cumulative_tiers = forms.BooleanField(
        label="Die Staffel zählt über alle Abrufe", required=False
    )
    delivery_days = forms.IntegerField(
        label="Lieferzeit (Werktage)", min_value=0, max_value=365, required=False
    )
    periods = forms.IntegerField(label="Anzahl Zeiträume", min_value=1, max_value=120, initial=1)
    period_months = forms.IntegerField(
        label="Monate je Zeitraum", min_value=1, max_value=120, initial=12
    )
    valid_from = day_field("Preis gültig ab")
    price_unit = forms.IntegerField(
        label="Preis je (Einheiten)", min_value=1, max_value=1_000_000, initial=1
    )
    source = forms.CharField(label="Grundlage des Preises", max_length=250)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ChoiceField", self.fields["vat_class"])
        field.choices = _vat_classes()

    @property
    def spec(self) -> ItemSpec:
        """The position as the domain takes it."""
        data = self.cleaned_data
        names = (
            "number", "title", "product_group", "unit", "periods", "period_months", "vat_class",
            "cumulative_tiers", "max_quantity", "delivery_days",
        )  # fmt: skip
        return ItemSpec(
            **{name: data[name] for name in names},
            basis=PriceBasis(data["basis"]),
            role=ItemRole(data["role"]),
        )

    def prices(self, tiers: list[TierRow]) -> Prices:
        """The price as the domain takes it."""
        data = self.cleaned_data
        return Prices(tiers, data["valid_from"], data["price_unit"], data["source"])


def _vat_classes() -> list[tuple[str, str]]:
    """Every class by its rate of today and the name price sheets use: „19 % (standard)“."""
    today = berlin_day(timezone.now())
    rates = dict(
        VatRule.objects.filter(valid__contains=today, category="S").values_list("vat_class", "rate")
    )
    names = VatRule.objects.order_by("vat_class").values_list("vat_class", flat=True).distinct()
    return [
        (name, f"{format_percent(rates[name])} ({name})" if name in rates else name)
        for name in names
    ]


class TierForm(forms.Form):
    """From this quantity on: a net price, or a discount off the list price."""

    from_quantity = forms.IntegerField(
        label="ab Menge", min_value=1, max_value=2_000_000_000, required=False
    )
    net_unit_price = forms.DecimalField(
        label="Nettopreis (EUR)",
        max_digits=14,
        decimal_places=4,
        required=False,
        widget=forms.NumberInput(attrs={"step": "0.0001", "min": "0"}),
    )
    discount_percent = forms.DecimalField(
        label="Nachlass (%)",
        max_digits=7,
        decimal_places=4,
        required=False,
        widget=forms.NumberInput(attrs={"step": "0.0001", "min": "0", "max": "100"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        price, discount = data.get("net_unit_price"), data.get("discount_percent")
        has_value = price is not None or discount is not None
        if has_value and data.get("from_quantity") is None and "from_quantity" not in self.errors:
            self.add_error("from_quantity", "Bitte angeben, ab welcher Menge das gilt.")
        if data.get("from_quantity") is not None and not has_value and not self.errors:
            self.add_error("net_unit_price", "Bitte den Preis oder den Nachlass angeben.")
        if price is not None and price <= 0:
            self.add_error("net_unit_price", "Ein Preis ist größer als null.")
        if discount is not None and not 0 <= discount < 100:
            self.add_error("discount_percent", "Ein Nachlass liegt zwischen 0 und unter 100 %.")
        return data


class BaseTiers(BaseFormSet):  # type: ignore[type-arg]
    """All tiers together."""

    def clean(self) -> None:
        if not any(self.errors) and not self.rows:
            raise forms.ValidationError("Bitte mindestens eine Staffel ab Menge 1 angeben.")

    @property
    def rows(self) -> list[TierRow]:
        """The filled rows; only to be read from a formset without field errors."""
        return [
            TierRow(row["from_quantity"], row["net_unit_price"], row["discount_percent"])
            for row in (form.cleaned_data for form in self.forms)
            if row.get("from_quantity")
        ]


_TierFormSet = formset_factory(TierForm, formset=BaseTiers, extra=0)


def tier_formset(data: Any = None, rows: list[dict[str, Any]] | None = None) -> BaseTiers:
    """The tiers with some empty rows to fill."""
    known = list(rows or [{"from_quantity": 1}])
    known += [{} for _ in range(max(1, TIER_ROWS - len(known)))]
    return cast("BaseTiers", _TierFormSet(data, prefix="staffel", initial=known))


def initial_position(item: ContractItem) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The position and the tiers of its newest price, by the names of the forms."""
    version = item.price_versions.order_by("-valid").prefetch_related("tiers").first()
    known = {
        name: getattr(item, name)
        for name in PositionForm.base_fields
        if name not in ("max_quantity", "valid_from", "price_unit", "source")
    }
    known["max_quantity"] = int(item.account.limit_amount) if item.account is not None else None
    known["period_months"] = item.period_months or 12
    if version is None:
        return known, []
    known |= {
        "valid_from": version.valid.lower,
        "price_unit": version.price_unit,
        "source": version.source,
    }
    names = ("from_quantity", "net_unit_price", "discount_percent")
    return known, [{name: getattr(tier, name) for name in names} for tier in version.tiers.all()]
