"""Price proposals: propose a new price, follow what becomes of it, take it back."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from api import pagination
from api.auth import actor
from api.etags import tagged
from api.schema.operations import CURSOR, LIMIT
from api.scopes import Scope
from api.serializers import page_of
from api.views import IdempotentPost, SupplierView
from contracts.agreements.models import PriceChange
from contracts.agreements.prices import changes as price_changes
from contracts.agreements.prices.changes import Proposal
from contracts.clock import berlin_day
from contracts.parties.models import Membership

from .awards import article_id, award_id, item_id
from .price_proposal_shapes import ProposalForm, ProposalShape

TAGS = ("Lieferant: Preisvorschläge",)


class ProposalList(IdempotentPost, SupplierView):
    required_scopes: ClassVar = {"GET": Scope.CATALOGUE_READ, "POST": Scope.CATALOGUE_WRITE}

    @extend_schema(
        operation_id="supplier_price_proposals_list",
        summary="Eigene Preisvorschläge auflisten",
        description="Sortiert nach dem Zeitpunkt des Vorschlags, älteste zuerst.",
        tags=TAGS,
        parameters=[CURSOR, LIMIT],
        responses={200: page_of(ProposalShape, "PriceProposalPage")},
    )
    def get(self, request: Request) -> Response:
        page = pagination.page_of(request, _visible(request), order=("proposed_at", "id"))
        return Response(page.body(lambda found: ProposalShape(found, many=True).data))

    @extend_schema(
        operation_id="supplier_price_proposals_create",
        summary="Preisänderung vorschlagen",
        description=(
            "Entweder tiers (Nettopreise oder, bei Nachlass auf Listenpreise, Nachlässe) oder "
            "article und list_price. Eine Senkung kann nach der Preisklausel sofort gelten "
            "(state accepted); alles andere prüft die Beschaffungsstelle. Erteilte Abrufe "
            "behalten ihren Preis."
        ),
        tags=TAGS,
        request=ProposalForm,
        responses={201: ProposalShape},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        return super().post(request, **kwargs)

    def command(self, request: Request) -> Response:
        form = ProposalForm(data=request.data)
        form.is_valid(raise_exception=True)
        by = actor(request)
        change = price_changes.propose(
            _proposal(by, form.validated_data), by=by, now=timezone.now()
        )
        location = reverse("api:supplier-price-proposal", args=[change.number], request=request)
        return Response(
            ProposalShape(_visible(request).get(pk=change.pk)).data,
            status=status.HTTP_201_CREATED,
            headers={"Location": location},
        )


class ProposalDetail(SupplierView):
    required_scopes: ClassVar = {"GET": Scope.CATALOGUE_READ}

    @extend_schema(
        operation_id="supplier_price_proposals_get",
        summary="Einen eigenen Preisvorschlag lesen",
        description="Trägt ein starkes ETag; mit If-None-Match antwortet er 304.",
        tags=TAGS,
        responses={200: ProposalShape},
    )
    def get(self, request: Request, number: str) -> Response:
        change = get_object_or_404(_visible(request), number=number)
        return tagged(request, ProposalShape(change).data)


class ProposalWithdraw(IdempotentPost, SupplierView):
    required_scopes: ClassVar = {"POST": Scope.CATALOGUE_WRITE}

    @extend_schema(
        operation_id="supplier_price_proposals_withdraw",
        summary="Preisvorschlag zurückziehen",
        description="Möglich, solange er nicht angenommen oder abgelehnt ist.",
        tags=TAGS,
        request=None,
        responses={200: ProposalShape},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        return super().post(request, **kwargs)

    def command(self, request: Request, number: str) -> Response:
        change = get_object_or_404(_visible(request), number=number)
        price_changes.withdraw(change_id=change.pk, by=actor(request), now=timezone.now())
        return Response(ProposalShape(_visible(request).get(pk=change.pk)).data)


def _visible(request: Request) -> QuerySet[PriceChange]:
    """The supplier's proposals with what their shape shows: two queries for any number."""
    return (
        price_changes.visible_changes(actor(request), berlin_day(timezone.now()))
        .select_related("item__award__lot__agreement", "article")
        .prefetch_related("tiers")
    )


def _proposal(by: Membership, given: dict[str, Any]) -> Proposal:
    award = award_id(by, given["award"], given.get("agreement"))
    article = given.get("article")
    return Proposal(
        item_id=item_id(award, given["item"]),
        effective_from=given["effective_from"],
        evidence=given["evidence"],
        tiers=given["tiers"],
        price_unit=given["price_unit"],
        article_id=article_id(by, article) if article else None,
        list_amount=given.get("list_price"),
    )
