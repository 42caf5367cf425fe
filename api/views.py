"""What all views of the API share."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from django.http import HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_cache_control, patch_vary_headers
from rest_framework.exceptions import NotFound
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from contracts.parties.models import Role

from . import idempotency
from .throttling import Rate


class OwnFormat(BaseContentNegotiation):
    """Each address has one format: Accept neither changes nor refuses it."""

    def select_parser(self, request: Request, parsers: list[Any]) -> Any:
        kind = request.content_type or ""
        return next(
            (p for p in parsers if p.media_type in {kind.partition(";")[0].strip(), "*/*"}), None
        )

    def select_renderer(
        self, _request: Request, renderers: list[Any], _suffix: str | None = None
    ) -> tuple[Any, str]:
        return renderers[0], renderers[0].media_type


class ApiView(APIView):
    """Closed unless `required_scopes` names a scope for the method, and `required_roles` the
    roles it is for; speaks German.
    """

    required_scopes: ClassVar[Mapping[str, str]] = {}
    required_roles: ClassVar[Collection[str]] = ()
    http_method_names: ClassVar[list[str]] = ["get", "head", "post"]
    content_negotiation_class = OwnFormat

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with translation.override("de"):
            response = super().dispatch(request, *args, **kwargs)
            if isinstance(response, Response):
                response.render()
            return response

    def finalize_response(
        self, request: Request, response: HttpResponseBase, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        final = super().finalize_response(request, response, *args, **kwargs)
        rate: Rate | None = getattr(request, "rate", None)
        if rate is not None:
            for name, value in rate.headers.items():
                final[name] = value
        patch_cache_control(final, private=True, no_cache=True)
        patch_vary_headers(final, ["Authorization"])
        return final


class SupplierView(ApiView):
    """For programs of suppliers."""

    required_roles: ClassVar[Collection[str]] = (Role.SUPPLIER_CATALOGUE, Role.SUPPLIER_ORDERS)


class BuyerView(ApiView):
    """For programs of school authorities and their schools."""

    required_roles: ClassVar[Collection[str]] = (Role.PROCUREMENT_OFFICER, Role.SCHOOL_REQUESTER)


class FinanceView(ApiView):
    """For programs of the treasury."""

    required_roles: ClassVar[Collection[str]] = (Role.TREASURER, Role.AUDITOR)


class IdempotentPost:
    """POST runs `command` once per Idempotency-Key."""

    def post(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        return idempotency.once(
            request, lambda: self.command(request, **kwargs), on_refusal=self.handle_exception
        )

    def command(self, request: Request, **kwargs: Any) -> Response:
        """One domain call and its answer."""
        raise NotImplementedError


class UnknownAddress(ApiView):
    """Whatever below /api/ is no address of ours, as a problem document."""

    authentication_classes: ClassVar[list[Any]] = []
    permission_classes: ClassVar[list[Any]] = []
    throttle_classes: ClassVar[list[Any]] = []
    http_method_names: ClassVar[list[str]] = ["get", "head", "post", "put", "patch", "delete"]
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise NotFound("Diese Adresse gibt es nicht.")
