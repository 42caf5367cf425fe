"""The feed as a file: the same range gives the same bytes, whenever it is fetched."""

from __future__ import annotations

from typing import ClassVar

from django.http import HttpResponseBase, StreamingHttpResponse
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request

from api import params
from api.schema.operations import parameter
from api.scopes import Scope
from api.views import FinanceView
from orders.finance import exports
from orders.formats.csv import PROFILES

from . import scope


class CsvExport(FinanceView):
    required_scopes: ClassVar = {"GET": Scope.FINANCE_READ}

    @extend_schema(
        operation_id="finance_exports_csv",
        summary="Ereignisse eines Nummernbereichs als CSV",
        description=(
            "Antwortkopf: X-Export-From, X-Export-To, X-Export-Count, X-Export-Sum-Gross (EUR, "
            "mit Vorzeichen) und X-Export-SHA256 des Inhalts. Ein zweiter Abruf desselben "
            "Bereichs liefert dieselben Bytes. de: Semikolon, Dezimalkomma, deutsche "
            "Überschriften; raw: Komma, Dezimalpunkt, Feldnamen der Ereignisse."
        ),
        tags=["Finanzen: Exporte"],
        parameters=[
            parameter("from", int, "Erste Nummer; ohne Angabe 1"),
            parameter("to", int, "Letzte Nummer; ohne Angabe die zuletzt vergebene"),
            parameter("profile", str, "Schreibweise", enum=list(PROFILES), default="de"),
        ],
        responses={(200, "text/csv"): OpenApiResponse(str, description="UTF-8, CR LF")},
    )
    def get(self, request: Request, budget_entity: str) -> HttpResponseBase:
        profile = params.choice(request, "profile", default="de", among=PROFILES)
        first = params.integer(request, "from", default=1, minimum=1)
        last = params.integer(request, "to", default=0, minimum=first)
        export = exports.export_csv(
            scope.feed(request, budget_entity),
            first=first,
            last=last or None,
            profile=PROFILES[profile],
        )
        name = f"finanzfeed-{budget_entity}-{export.first}-{export.last}-{profile}.csv"
        return StreamingHttpResponse(
            export.chunks,
            content_type="text/csv; charset=utf-8",
            headers={
                "Content-Disposition": f'attachment; filename="{name}"',
                "X-Export-From": str(export.first),
                "X-Export-To": str(export.last),
                "X-Export-Count": str(export.summary.count),
                "X-Export-Sum-Gross": f"{export.summary.gross:.2f}",
                "X-Export-SHA256": export.summary.sha256,
            },
        )
