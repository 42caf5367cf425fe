"""What a requisition can name: schools, budget lines, articles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api import pagination, params
from api.auth import actor
from api.refusals import InvalidParameter
from api.schema.operations import CURSOR, LIMIT, parameter
from api.scopes import Scope
from api.serializers import Money, page_of
from api.views import BuyerView
from contracts.clock import berlin_day
from orders.binding.budgets import usable_lines
from orders.quick_order.resolve import Resolution, resolve
from orders.quick_order.rows import MAX_NUMBER_LENGTH, Row
from orders.requisitions.deliveries import deliverable

from .requisition_shapes import SourceShape

MAX_NUMBERS = 100
TAGS = ("Schulträger: Verzeichnisse",)


class SchoolShape(serializers.Serializer):
    """A school, with what is taken for a delivery that says nothing else."""

    school_no = serializers.CharField()
    name = serializers.CharField()
    street = serializers.CharField()
    postcode = serializers.CharField()
    city = serializers.CharField()
    contact = serializers.CharField()
    phone = serializers.CharField()
    delivery_from = serializers.TimeField(format="%H:%M", allow_null=True)
    delivery_until = serializers.TimeField(format="%H:%M", allow_null=True)
    delivery_note = serializers.CharField()


class BudgetLineShape(serializers.Serializer):
    """A budget line that may be assigned to; amounts in EUR."""

    id = serializers.IntegerField(help_text="Kennung für assignments")
    budget_entity = serializers.CharField(source="budget_entity.code", help_text="Mandant")
    fiscal_year = serializers.IntegerField()
    title = serializers.CharField()
    budget_product = serializers.CharField(help_text="Produkt")
    gl_account = serializers.CharField(help_text="Sachkonto")
    cost_center = serializers.CharField()
    cost_object = serializers.CharField()
    measure_no = serializers.CharField(help_text="Investitionsmaßnahme")
    grant_no = serializers.CharField(help_text="Zuwendung")
    pool = serializers.CharField(
        source="pool.title",
        default=None,
        allow_null=True,
        help_text="Deckungskreis; die Beträge sind dann die seinen",
    )
    limit = Money(source="account.limit_amount")
    available = Money(source="account.available", help_text="frei; nach einer Sperre auch negativ")


class ChoiceShape(serializers.Serializer):
    """An article that can be asked for."""

    article = serializers.IntegerField(source="listing.pk", help_text="Kennung der Listung")
    supplier = SourceShape(source="listing.article.supplier")
    supplier_aid = serializers.CharField(source="listing.article.supplier_aid")
    title = serializers.CharField(source="listing.article.name")
    agreement = serializers.CharField(source="listing.item.award.lot.agreement.number")
    lot = serializers.IntegerField(source="listing.item.award.lot.number")
    item = serializers.CharField(source="listing.item.number")
    unit = serializers.CharField(source="listing.item.unit")
    delivery_days = serializers.IntegerField(
        source="listing.article.delivery_days", allow_null=True
    )


class ResolutionShape(serializers.Serializer):
    """What a number stands for today."""

    number = serializers.CharField()
    state = serializers.CharField(help_text="resolved, ambiguous, blocked oder unknown")
    reasons = serializers.ListField(child=serializers.CharField())
    article = ChoiceShape(allow_null=True)
    choices = ChoiceShape(
        many=True, help_text="bei mehreren die Auswahl, bei gesperrten der Nachfolger"
    )


class ResolutionList(serializers.Serializer):
    """One entry per number, in the order asked."""

    items = ResolutionShape(many=True)


class SchoolList(BuyerView):
    required_scopes: ClassVar = {"GET": Scope.ORDERS_READ}

    @extend_schema(
        operation_id="buyer_schools_list",
        summary="Schulen auflisten, an die geliefert wird",
        tags=TAGS,
        parameters=[CURSOR, LIMIT],
        responses={200: page_of(SchoolShape, "SchoolPage")},
    )
    def get(self, request: Request) -> Response:
        rows = deliverable(actor(request))
        page = pagination.page_of(request, rows, order=("sort_key", "id"))
        return Response(page.body(lambda found: SchoolShape(found, many=True).data))


class BudgetLineList(BuyerView):
    required_scopes: ClassVar = {"GET": Scope.ORDERS_READ}

    @extend_schema(
        operation_id="buyer_budget_lines_list",
        summary="Haushaltspositionen mit dem, was frei ist",
        description="Was frei ist, ist Auskunft; gebunden wird beim Einreichen.",
        tags=TAGS,
        parameters=[
            CURSOR,
            LIMIT,
            parameter("fiscal_year", int, "Haushaltsjahr; ohne Angabe das laufende"),
        ],
        responses={200: page_of(BudgetLineShape, "BudgetLinePage")},
    )
    def get(self, request: Request) -> Response:
        this_year = berlin_day(timezone.now()).year
        year = params.integer(request, "fiscal_year", default=this_year, minimum=2000, maximum=9999)
        page = pagination.page_of(request, usable_lines(actor(request), year), order=("id",))
        return Response(page.body(lambda found: BudgetLineShape(found, many=True).data))


class ArticleResolve(BuyerView):
    required_scopes: ClassVar = {"GET": Scope.ORDERS_READ}

    @extend_schema(
        operation_id="buyer_articles_resolve",
        summary="Nummern zu Artikeln auflösen",
        description=(
            "Je Nummer der Reihe nach: Artikelnummer des Lieferanten, GTIN, Herstellernummer, "
            "Vertragsposition. Gesperrtes nennt den Grund und, wo es einen gibt, den Nachfolger."
        ),
        tags=TAGS,
        parameters=[
            OpenApiParameter(
                "number",
                OpenApiTypes.STR,
                required=True,
                many=True,
                description=f"Nummer; bis zu {MAX_NUMBERS}-mal",
            )
        ],
        responses={200: ResolutionList},
    )
    def get(self, request: Request) -> Response:
        numbers = [number.strip() for number in request.query_params.getlist("number")]
        _require_numbers(numbers)
        by, day = actor(request), berlin_day(timezone.now())
        rows = [Row(place, number, 1) for place, number in enumerate(numbers)]
        found = resolve(rows, buyer_id=by.organisation_id, on=day)
        by_row = {place: resolution for resolution in found for place in resolution.rows}
        items = [_item(number, by_row[place]) for place, number in enumerate(numbers)]
        return Response(ResolutionList({"items": items}).data)


def _require_numbers(numbers: Sequence[str]) -> None:
    if not 1 <= len(numbers) <= MAX_NUMBERS:
        raise InvalidParameter("number", f"Bitte 1 bis {MAX_NUMBERS} Nummern nennen.")
    if not all(0 < len(row) <= MAX_NUMBER_LENGTH and row.isprintable() for row in numbers):
        raise InvalidParameter(
            "number", f"Eine Nummer hat 1 bis {MAX_NUMBER_LENGTH} druckbare Zeichen."
        )


def _item(number: str, found: Resolution) -> Mapping[str, Any]:
    return {
        "number": number,
        "state": found.state.value,
        "reasons": found.reasons,
        "article": found.standing,
        "choices": found.choices,
    }
