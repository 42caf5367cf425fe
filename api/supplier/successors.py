"""Successor proposals: a new article in place of a listed one."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from api import pagination
from api.auth import actor
from api.refusals import UnknownArticle
from api.schema.operations import CURSOR, LIMIT
from api.scopes import Scope
from api.serializers import Moment, Money, page_of
from api.views import IdempotentPost, SupplierView
from contracts.agreements.models import Listing
from contracts.catalogue import successors

from .awards import award_id, item_id
from .price_proposal_shapes import PriceField

TAGS = ("Lieferant: Nachfolger",)


class SuccessorForm(serializers.Serializer):
    """The listed article by award, item and number, and what is to take its place."""

    award = serializers.CharField(help_text="Zuschlagsvermerk")
    agreement = serializers.CharField(
        required=False, help_text="Nummer der Rahmenvereinbarung, wo der Vermerk mehrdeutig ist"
    )
    item = serializers.CharField(help_text="Vertragsposition")
    replaces = serializers.CharField(help_text="Artikelnummer des bisherigen Artikels")
    supplier_aid = serializers.CharField(max_length=60)
    name = serializers.CharField(max_length=250)
    statement = serializers.CharField(
        max_length=5000, help_text="warum er gleich- oder höherwertig ist"
    )
    description = serializers.CharField(max_length=5000, required=False, allow_blank=True)
    manufacturer = serializers.CharField(max_length=100, required=False, allow_blank=True)
    mpn = serializers.CharField(max_length=60, required=False, allow_blank=True)
    gtin = serializers.CharField(max_length=14, required=False, allow_blank=True)
    evidence = serializers.CharField(max_length=250, required=False, allow_blank=True)
    net_unit_price = PriceField(
        required=False, allow_null=True, help_text="nur, wenn niedriger als der Vertragspreis"
    )


class SuccessorShape(serializers.Serializer):
    """A proposal and what became of it."""

    id = serializers.IntegerField()
    agreement = serializers.CharField(source="listing.item.award.lot.agreement.number")
    award = serializers.CharField(source="listing.item.award.reference")
    item = serializers.CharField(source="listing.item.number")
    replaces = serializers.CharField(source="listing.article.supplier_aid")
    supplier_aid = serializers.CharField()
    name = serializers.CharField()
    statement = serializers.CharField()
    net_unit_price = Money(decimal_places=4, allow_null=True)
    state = serializers.CharField(help_text="proposed, released, rejected oder withdrawn")
    reason = serializers.CharField(help_text="Begründung der Ablehnung")
    proposed_at = Moment()
    decided_at = Moment(allow_null=True)


class SuccessorList(IdempotentPost, SupplierView):
    required_scopes: ClassVar = {"GET": Scope.CATALOGUE_READ, "POST": Scope.CATALOGUE_WRITE}

    @extend_schema(
        operation_id="supplier_successor_proposals_list",
        summary="Eigene Nachfolgevorschläge auflisten",
        description="Sortiert nach dem Zeitpunkt des Vorschlags, älteste zuerst.",
        tags=TAGS,
        parameters=[CURSOR, LIMIT],
        responses={200: page_of(SuccessorShape, "SuccessorProposalPage")},
    )
    def get(self, request: Request) -> Response:
        rows = successors.visible_proposals(actor(request))
        page = pagination.page_of(request, rows, order=("proposed_at", "id"))
        return Response(page.body(lambda found: SuccessorShape(found, many=True).data))

    @extend_schema(
        operation_id="supplier_successor_proposals_create",
        summary="Nachfolger vorschlagen",
        description=(
            "Für einen gelisteten Artikel mit Festpreis: gleich- oder höherwertig und nicht "
            "teurer. Er tritt an die Stelle des bisherigen, sobald das Vertragsmanagement ihn "
            "freigibt."
        ),
        tags=TAGS,
        request=SuccessorForm,
        responses={201: SuccessorShape},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        return super().post(request, **kwargs)

    def command(self, request: Request) -> Response:
        form = SuccessorForm(data=request.data)
        form.is_valid(raise_exception=True)
        given = dict(form.validated_data)
        by = actor(request)
        award = award_id(by, given.pop("award"), given.pop("agreement", None))
        listing = _listing_id(item_id(award, given.pop("item")), given.pop("replaces"))
        made = successors.propose(
            successors.NewArticle(listing_id=listing, **given), by=by, now=timezone.now()
        )
        row = successors.visible_proposals(by).get(pk=made.pk)
        return Response(SuccessorShape(row).data, status=status.HTTP_201_CREATED)


def _listing_id(item: int, supplier_aid: str) -> int:
    """The article as it is listed under the item. Raises UnknownArticle."""
    rows = Listing.objects.filter(item_id=item, article__supplier_aid=supplier_aid)
    found = rows.values_list("pk", flat=True).first()
    if found is None:
        raise UnknownArticle(f"Unter dieser Position ist kein Artikel „{supplier_aid}“ gelistet.")
    return int(found)
