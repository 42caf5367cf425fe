"""Requisitions: ask, revise, submit, hand over, withdraw; read what became of them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from api import etags, pagination, params
from api.auth import actor
from api.refusals import PreconditionFailed
from api.schema.operations import CURSOR, LIMIT, UPDATED_SINCE, parameter
from api.scopes import Scope
from api.serializers import page_of
from api.views import BuyerView, IdempotentPost
from contracts.parties.models import Role
from orders import requisitions
from orders.errors import StaleRevision
from orders.lifecycle import RequisitionState
from orders.models import Requisition

from . import queries
from .references import content_of
from .requisition_form import RequisitionForm, RevisionForm
from .requisition_shapes import RequisitionHead, RequisitionShape

TAGS = ("Schulträger: Anforderungen",)
_ANY = "all"
_STATES = tuple(row.value for row in RequisitionState)


def _shape(rows: list[Any]) -> list[Any]:
    return RequisitionHead([queries.opened(row) for row in rows], many=True).data


class RequisitionList(IdempotentPost, BuyerView):
    required_scopes: ClassVar = {"GET": Scope.ORDERS_READ, "POST": Scope.ORDERS_WRITE}

    @extend_schema(
        operation_id="buyer_requisitions_list",
        summary="Anforderungen auflisten",
        description=(
            "Sortiert nach der letzten Änderung, älteste zuerst. Eine Schule sieht ihre eigenen."
        ),
        tags=TAGS,
        parameters=[
            CURSOR,
            LIMIT,
            UPDATED_SINCE,
            parameter(
                "state", str, "Nur dieser Stand", enum=[row.value for row in RequisitionState]
            ),
        ],
        responses={200: page_of(RequisitionHead, "RequisitionPage")},
    )
    def get(self, request: Request) -> Response:
        state = params.choice(request, "state", default=_ANY, among=(_ANY, *_STATES))
        rows = pagination.updated_since(request, queries.heads(actor(request)), "updated_at")
        if state != _ANY:
            rows = rows.filter(state=state)
        page = pagination.page_of(request, rows, order=("updated_at", "id"))
        return Response(page.body(_shape))

    @extend_schema(
        operation_id="buyer_requisitions_create",
        summary="Anforderung anlegen",
        description=(
            "Als Entwurf, mit bis zu 1.000 Zeilen. assignments und delivery des Kopfes gelten für "
            "jede Zeile ohne eigene. Ist eine Angabe falsch, wird nichts angelegt; errors nennt "
            "jede betroffene Stelle."
        ),
        tags=TAGS,
        request=RequisitionForm,
        responses={201: RequisitionShape},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        return super().post(request, **kwargs)

    def command(self, request: Request) -> Response:
        form = RequisitionForm(data=request.data)
        form.is_valid(raise_exception=True)
        by, now = actor(request), timezone.now()
        content = content_of(form.validated_data, by=by, now=now)
        made = requisitions.create(
            by=by, ask=content.ask, wanted=content.wanted, school_id=content.school_id, now=now
        )
        location = reverse("api:buyer-requisition", args=[made.number], request=request)
        return etags.created(body(request, made.number), location)


class RequisitionDetail(BuyerView):
    required_scopes: ClassVar = {"GET": Scope.ORDERS_READ, "PUT": Scope.ORDERS_WRITE}
    http_method_names: ClassVar[list[str]] = ["get", "head", "put"]

    @extend_schema(
        operation_id="buyer_requisitions_get",
        summary="Eine Anforderung lesen",
        description=(
            "Mit Zeilen, Kontierung, Lieferorten, Freigabeschritten, Entscheidungen und Abrufen. "
            "Trägt ein starkes ETag; mit If-None-Match antwortet sie 304."
        ),
        tags=TAGS,
        responses={200: RequisitionShape},
    )
    def get(self, request: Request, number: str) -> Response:
        return etags.tagged(request, body(request, number))

    @extend_schema(
        operation_id="buyer_requisitions_revise",
        summary="Anforderung ändern",
        description=(
            "Der ganze neue Inhalt als nächste Fassung. Eine Zeile, die bleibt, nennt ihre "
            "line_no; ohne ist sie neu. In der Freigabe lässt eine bloße Verringerung die "
            "Unterschriften stehen, alles andere braucht neue. Die Schule, für die angefordert "
            "wird, steht seit dem Anlegen fest."
        ),
        tags=TAGS,
        request=RevisionForm,
        responses={200: RequisitionShape},
    )
    def put(self, request: Request, number: str) -> Response:
        read = body(request, number)
        etags.require_match(request, read)
        form = RevisionForm(data=request.data)
        form.is_valid(raise_exception=True)
        by, now = actor(request), timezone.now()
        requisition = own(request, number)
        content = content_of(form.validated_data, by=by, now=now, requisition=requisition)
        try:
            requisitions.revise(
                requisition_id=requisition.pk,
                base_revision=read["revision"],
                ask=content.ask,
                wanted=content.wanted,
                by=by,
                now=now,
            )
        except StaleRevision as stale:
            raise PreconditionFailed(str(stale)) from None
        return etags.done(body(request, number))


class RequisitionSubmit(IdempotentPost, BuyerView):
    required_scopes: ClassVar = {"POST": Scope.ORDERS_WRITE}
    required_roles: ClassVar = requisitions.SUBMITTING_ROLES

    @extend_schema(
        operation_id="buyer_requisitions_submit",
        summary="Anforderung einreichen",
        description=(
            "Alles wird noch einmal geprüft, jede Grenze und jeder Haushalt gebunden; geht eines "
            "nicht, geschieht nichts. Hat sich ein Preis bewegt, entsteht eine neue Fassung. "
            "Einreichen kann die Beschaffung, nicht die Schule."
        ),
        tags=TAGS,
        request=None,
        responses={200: RequisitionShape},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        return super().post(request, **kwargs)

    def command(self, request: Request, number: str) -> Response:
        requisitions.submit(
            requisition_id=own(request, number).pk, by=actor(request), now=timezone.now()
        )
        return etags.done(body(request, number))


class RequisitionHandOver(IdempotentPost, BuyerView):
    required_scopes: ClassVar = {"POST": Scope.ORDERS_WRITE}
    required_roles: ClassVar = (Role.SCHOOL_REQUESTER,)

    @extend_schema(
        operation_id="buyer_requisitions_hand_over",
        summary="Entwurf einer Schule an die Beschaffung geben",
        description="Danach ergänzt und reicht die Beschaffung sie ein.",
        tags=TAGS,
        request=None,
        responses={200: RequisitionShape},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        return super().post(request, **kwargs)

    def command(self, request: Request, number: str) -> Response:
        requisitions.hand_over(
            requisition_id=own(request, number).pk, by=actor(request), now=timezone.now()
        )
        return etags.done(body(request, number))


class WithdrawalForm(serializers.Serializer):
    """Why it is withdrawn."""

    reason = serializers.CharField(max_length=250, allow_blank=True, default="")


class RequisitionWithdraw(IdempotentPost, BuyerView):
    required_scopes: ClassVar = {"POST": Scope.ORDERS_WRITE}

    @extend_schema(
        operation_id="buyer_requisitions_withdraw",
        summary="Anforderung zurückziehen",
        description="Was sie gebunden hat, wird frei.",
        tags=TAGS,
        request=WithdrawalForm,
        responses={200: RequisitionShape},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        return super().post(request, **kwargs)

    def command(self, request: Request, number: str) -> Response:
        form = WithdrawalForm(data=request.data)
        form.is_valid(raise_exception=True)
        requisitions.withdraw(
            requisition_id=own(request, number).pk,
            reason=form.validated_data["reason"],
            by=actor(request),
            now=timezone.now(),
        )
        return etags.done(body(request, number))


def own(request: Request, number: str) -> Requisition:
    """The requisition of this number within reach, or 404."""
    rows = requisitions.visible_requisitions(actor(request))
    return get_object_or_404(rows, number=number)


def body(request: Request, number: str) -> dict[str, Any]:
    """The requisition as it is now."""
    row = get_object_or_404(queries.whole(actor(request)), number=number)
    return RequisitionShape(queries.opened(row)).data
