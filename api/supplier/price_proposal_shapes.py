"""Shapes of price proposals: what is sent and what is told."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from api.refusals import UnsupportedCurrency
from api.serializers import Moment, Money
from contracts.agreements.models import PriceChangeRoute, PriceChangeState
from contracts.agreements.prices.changes import MAX_COUNT
from contracts.agreements.writing.tiers import TierRow
from contracts.pricing import PricingError, Tier, discounted

_HUNDRED = Decimal(100)


class PriceField(serializers.DecimalField):
    """A net price in EUR; the calculator says what is one."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=None, decimal_places=None, **kwargs)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        value = super().run_validation(data)
        if isinstance(value, Decimal):
            try:
                Tier(1, value)
            except PricingError as error:
                raise serializers.ValidationError(str(error), code="invalid_price") from error
        return value


class DiscountField(serializers.DecimalField):
    """Percent off the list price, from 0 to below 100."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=7, decimal_places=4, **kwargs)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        value = super().run_validation(data)
        if isinstance(value, Decimal):
            try:
                discounted(_HUNDRED, value)
            except PricingError as error:
                raise serializers.ValidationError(str(error), code="invalid_price") from error
        return value


class TierForm(serializers.Serializer):
    """From this quantity on: a net price, or a discount off the list price."""

    from_quantity = serializers.IntegerField(min_value=1, max_value=MAX_COUNT)
    net_unit_price = PriceField(required=False, allow_null=True, help_text="bis vier Stellen")
    discount_percent = DiscountField(required=False, allow_null=True)

    def to_internal_value(self, data: Any) -> TierRow:
        given = super().to_internal_value(data)
        return TierRow(
            from_quantity=given["from_quantity"],
            net_unit_price=given.get("net_unit_price"),
            discount_percent=given.get("discount_percent"),
        )


class ProposalForm(serializers.Serializer):
    """A proposal for one position, or for the list price of one article under it."""

    award = serializers.CharField(help_text="Zuschlagsvermerk")
    agreement = serializers.CharField(
        required=False, help_text="Nummer der Rahmenvereinbarung, falls der Vermerk mehrfach ist"
    )
    item = serializers.CharField(help_text="Nummer der Vertragsposition")
    article = serializers.CharField(
        required=False, help_text="Artikelnummer, wenn sich dessen Listenpreis ändern soll"
    )
    list_price = PriceField(required=False, help_text="neuer Listenpreis, netto")
    currency = serializers.CharField(default="EUR", help_text="EUR")
    price_unit = serializers.IntegerField(
        default=1, min_value=1, max_value=MAX_COUNT, help_text="Preis je so viele Einheiten"
    )
    tiers = TierForm(many=True, default=(), help_text="aufsteigend, die erste ab Menge 1")
    effective_from = serializers.DateField(help_text="erster Tag des neuen Preises")
    evidence = serializers.CharField(help_text="Begründung und Nachweis")

    def validate_currency(self, value: str) -> str:
        if value != "EUR":
            raise UnsupportedCurrency(
                f"Preise sind in EUR vereinbart, nicht in „{value}“. Bitte den Preis in EUR nennen."
            )
        return value

    def validate_tiers(self, value: list[TierRow]) -> tuple[TierRow, ...]:
        return tuple(value)


class ProposedTierShape(serializers.Serializer):
    from_quantity = serializers.IntegerField()
    net_unit_price = Money(decimal_places=4, allow_null=True)
    discount_percent = Money(decimal_places=4, allow_null=True)


class ProposalShape(serializers.Serializer):
    """A proposal and what became of it."""

    number = serializers.CharField()
    state = serializers.ChoiceField(choices=PriceChangeState.choices)
    route = serializers.ChoiceField(choices=PriceChangeRoute.choices, help_text="wer zustimmt")
    percent = Money(help_text="größte Änderung einer Staffel in Prozent")
    findings = serializers.ListField(child=serializers.CharField(), help_text="Begründung des Wegs")
    agreement = serializers.CharField(source="item.award.lot.agreement.number")
    lot = serializers.IntegerField(source="item.award.lot.number")
    award = serializers.CharField(source="item.award.reference")
    item = serializers.CharField(source="item.number")
    article = serializers.CharField(source="article.supplier_aid", allow_null=True, default=None)
    list_price = Money(source="list_amount", decimal_places=4, allow_null=True)
    currency = serializers.SerializerMethodField()
    price_unit = serializers.IntegerField()
    tiers = ProposedTierShape(many=True)
    effective_from = serializers.DateField()
    evidence = serializers.CharField()
    proposed_at = Moment()
    decided_at = Moment(allow_null=True)
    confirmed_at = Moment(source="second_at", allow_null=True)
    rejection = serializers.CharField(help_text="Grund, falls abgelehnt")

    def get_currency(self, _row: Any) -> str:
        return "EUR"
