"""Budget entities within reach, with how far their feeds go."""

from __future__ import annotations

from typing import ClassVar

from django.db.models import F
from django.db.models.functions import Coalesce
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api import pagination
from api.schema.operations import CURSOR, LIMIT
from api.scopes import Scope
from api.serializers import page_of
from api.views import FinanceView

from . import scope


class BudgetEntityShape(serializers.Serializer):
    """A holder of a budget (Mandant); last_seq is the last number of its feed."""

    code = serializers.CharField()
    name = serializers.CharField()
    last_seq = serializers.IntegerField()


class BudgetEntityList(FinanceView):
    required_scopes: ClassVar = {"GET": Scope.FINANCE_READ}

    @extend_schema(
        operation_id="finance_budget_entities_list",
        summary="Mandanten auflisten",
        tags=["Finanzen: Mandanten"],
        parameters=[CURSOR, LIMIT],
        responses={200: page_of(BudgetEntityShape, "BudgetEntityPage")},
    )
    def get(self, request: Request) -> Response:
        rows = scope.entities(request).annotate(last_seq=Coalesce(F("feed__last_seq"), 0))
        page = pagination.page_of(request, rows, order=("sort_key", "id"))
        return Response(page.body(lambda found: BudgetEntityShape(found, many=True).data))
