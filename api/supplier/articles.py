"""The supplier's articles as they are on the shelf."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from api import pagination
from api.auth import actor
from api.etags import tagged
from api.schema.operations import CURSOR, LIMIT, UPDATED_SINCE
from api.scopes import Scope
from api.serializers import Moment, page_of
from api.views import SupplierView

from . import queries


class ListingShape(serializers.Serializer):
    """Where an article is listed."""

    agreement = serializers.CharField(source="item.award.lot.agreement.number")
    lot = serializers.IntegerField(source="item.award.lot.number")
    item = serializers.CharField(source="item.number")
    is_listed = serializers.BooleanField()


class ArticleShape(serializers.Serializer):
    """An article; `revision` counts its published changes."""

    id = serializers.IntegerField()
    supplier_aid = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField()
    manufacturer = serializers.CharField()
    mpn = serializers.CharField()
    gtin = serializers.CharField()
    product_group = serializers.CharField()
    unit = serializers.CharField(help_text="UN/ECE Rec. 20")
    features = serializers.DictField()
    delivery_days = serializers.IntegerField(allow_null=True)
    is_active = serializers.BooleanField()
    revision = serializers.IntegerField()
    updated_at = Moment()
    listings = ListingShape(many=True)


def _shape(rows: list[Any]) -> list[Any]:
    return ArticleShape(rows, many=True).data


class ArticleList(SupplierView):
    required_scopes: ClassVar = {"GET": Scope.CATALOGUE_READ}

    @extend_schema(
        operation_id="supplier_articles_list",
        summary="Eigene Artikel auflisten",
        description="Sortiert nach der letzten Änderung, älteste zuerst.",
        tags=["Lieferant: Artikel"],
        parameters=[CURSOR, LIMIT, UPDATED_SINCE],
        responses={200: page_of(ArticleShape, "ArticlePage")},
    )
    def get(self, request: Request) -> Response:
        rows = pagination.updated_since(request, queries.articles(actor(request)), "updated_at")
        page = pagination.page_of(request, rows, order=("updated_at", "id"))
        return Response(page.body(_shape))


class ArticleDetail(SupplierView):
    required_scopes: ClassVar = {"GET": Scope.CATALOGUE_READ}

    @extend_schema(
        operation_id="supplier_articles_get",
        summary="Einen eigenen Artikel lesen",
        description="Trägt ein starkes ETag; mit If-None-Match antwortet er 304.",
        tags=["Lieferant: Artikel"],
        responses={200: ArticleShape},
    )
    def get(self, request: Request, article_id: int) -> Response:
        article = get_object_or_404(queries.articles(actor(request)), pk=article_id)
        return tagged(request, ArticleShape(article).data)
