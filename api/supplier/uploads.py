"""Catalogue uploads: send a file, follow the check, read the result, hand it in."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.generics import get_object_or_404
from rest_framework.parsers import FileUploadParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from api import pagination, params
from api.auth import actor
from api.refusals import InvalidParameter
from api.schema.operations import CURSOR, LIMIT, parameter
from api.scopes import Scope
from api.serializers import page_of
from api.views import IdempotentPost, SupplierView
from contracts.catalogue import diff, uploads
from contracts.catalogue.errors import UploadTooLarge
from contracts.catalogue.models import CatalogueUpload, StagedAction

from .awards import award_id
from .upload_shapes import (
    DiffShape,
    IssueShape,
    PriceJumpShape,
    StagedShape,
    UploadForm,
    UploadShape,
    upload_body,
)

TAGS = ("Lieferant: Kataloglieferungen",)
FORM_OVERHEAD = 2**20


class RawFileParser(FileUploadParser):
    """The body is the file; its name is the parameter `filename`."""

    def get_filename(self, stream: Any, media_type: str, parser_context: Any) -> str:
        given = parser_context["request"].query_params.get("filename")
        name = given or super().get_filename(stream, media_type, parser_context)
        if not name:
            raise InvalidParameter(
                "filename", "Ohne Formular nennt der Parameter „filename“ den Namen der Datei."
            )
        return "".join(character for character in name if character.isprintable())


class UploadList(IdempotentPost, SupplierView):
    required_scopes: ClassVar = {"GET": Scope.CATALOGUE_READ, "POST": Scope.CATALOGUE_WRITE}
    parser_classes: ClassVar = [MultiPartParser, RawFileParser]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        announced = int(request.META.get("CONTENT_LENGTH") or 0)
        if announced > uploads.MAX_BYTES + FORM_OVERHEAD:
            raise UploadTooLarge(announced, uploads.MAX_BYTES)

    @extend_schema(
        operation_id="supplier_uploads_list",
        summary="Eigene Kataloglieferungen auflisten",
        tags=TAGS,
        parameters=[CURSOR, LIMIT],
        responses={200: page_of(UploadShape, "UploadPage")},
    )
    def get(self, request: Request) -> Response:
        rows = uploads.visible_uploads(actor(request))
        page = pagination.page_of(request, rows, order=("uploaded_at", "id"))
        return Response(page.body(lambda found: [upload_body(row, request) for row in found]))

    @extend_schema(
        operation_id="supplier_uploads_create",
        summary="Katalogdatei hochladen",
        description=(
            "Als Formular oder mit der Datei als Inhalt; dann stehen award, agreement, mapping "
            "und filename als Parameter in der Adresse. Die Prüfung läuft danach; ihr Stand "
            "steht unter der Adresse in Location. Höchstens 64 MB. Ein Hochladen ändert nie "
            "einen gültigen Preis."
        ),
        tags=TAGS,
        parameters=[
            parameter("award", str, "Zuschlagsvermerk (nur ohne Formular)"),
            parameter("agreement", str, "Nummer der Rahmenvereinbarung (nur ohne Formular)"),
            parameter("mapping", str, "Zuordnung als JSON (nur ohne Formular)"),
            parameter("filename", str, "Dateiname (nur ohne Formular)"),
        ],
        request={
            "multipart/form-data": UploadForm,
            "application/octet-stream": OpenApiTypes.BINARY,
        },
        responses={202: UploadShape},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        return super().post(request, **kwargs)

    def command(self, request: Request) -> Response:
        form = UploadForm(data={**request.query_params.dict(), **_fields(request)})
        form.is_valid(raise_exception=True)
        given = form.validated_data
        upload = uploads.receive(
            by=actor(request),
            award_id=award_id(actor(request), given["award"], given.get("agreement")),
            filename=given["file"].name,
            content=given["file"].read(),
            mapping=given["mapping"],
            now=timezone.now(),
        )
        location = reverse("api:supplier-upload", args=[upload.pk], request=request)
        return Response(
            upload_body(upload, request),
            status=status.HTTP_202_ACCEPTED,
            headers={"Location": location},
        )


class UploadDetail(SupplierView):
    required_scopes: ClassVar = {"GET": Scope.CATALOGUE_READ}

    @extend_schema(
        operation_id="supplier_uploads_get",
        summary="Stand einer Kataloglieferung lesen",
        tags=TAGS,
        responses={200: UploadShape},
    )
    def get(self, request: Request, upload_id: int) -> Response:
        return Response(upload_body(_visible(request, upload_id), request))


class UploadErrors(SupplierView):
    required_scopes: ClassVar = {"GET": Scope.CATALOGUE_READ}

    @extend_schema(
        operation_id="supplier_uploads_errors",
        summary="Meldungen zu den Zeilen lesen",
        tags=TAGS,
        parameters=[CURSOR, LIMIT],
        responses={200: page_of(IssueShape, "IssuePage")},
    )
    def get(self, request: Request, upload_id: int) -> Response:
        rows = _visible(request, upload_id).issues.all()
        page = pagination.page_of(request, rows, order=("row", "id"))
        return Response(page.body(lambda found: IssueShape(found, many=True).data))


class UploadErrorsCsv(SupplierView):
    required_scopes: ClassVar = {"GET": Scope.CATALOGUE_READ}

    @extend_schema(
        operation_id="supplier_uploads_errors_csv",
        summary="Meldungen zu den Zeilen als CSV",
        tags=TAGS,
        responses={(200, "text/csv"): OpenApiResponse(str, description="UTF-8, Semikolon, CR LF")},
    )
    def get(self, request: Request, upload_id: int) -> HttpResponseBase:
        return StreamingHttpResponse(
            (line.encode() for line in diff.issues_csv(_visible(request, upload_id))),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="meldungen-{upload_id}.csv"'},
        )


class UploadDiff(SupplierView):
    required_scopes: ClassVar = {"GET": Scope.CATALOGUE_READ}

    @extend_schema(
        operation_id="supplier_uploads_diff",
        summary="Wirkung einer Kataloglieferung lesen",
        tags=TAGS,
        parameters=[
            CURSOR,
            LIMIT,
            parameter("action", str, "Nur Zeilen mit dieser Wirkung", enum=StagedAction.values),
        ],
        responses={200: DiffShape},
    )
    def get(self, request: Request, upload_id: int) -> Response:
        action = params.choice(
            request, "action", default="all", among=["all", *StagedAction.values]
        )
        upload = _visible(request, upload_id)
        rows = upload.staged.all() if action == "all" else upload.staged.filter(action=action)
        page = pagination.page_of(request, rows, order=("row", "id"))
        return Response(
            {
                "counts": _counts(upload),
                "price_jumps": PriceJumpShape(diff.price_jumps(upload), many=True).data,
                **page.body(lambda found: StagedShape(found, many=True).data),
            }
        )


class UploadSubmit(IdempotentPost, SupplierView):
    required_scopes: ClassVar = {"POST": Scope.CATALOGUE_WRITE}

    @extend_schema(
        operation_id="supplier_uploads_submit",
        summary="Geprüfte Kataloglieferung einreichen",
        tags=TAGS,
        request=None,
        responses={200: UploadShape},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        return super().post(request, **kwargs)

    def command(self, request: Request, **kwargs: Any) -> Response:
        upload = uploads.submit(by=actor(request), now=timezone.now(), **kwargs)
        return Response(upload_body(upload, request))


class UploadWithdraw(IdempotentPost, SupplierView):
    required_scopes: ClassVar = {"POST": Scope.CATALOGUE_WRITE}

    @extend_schema(
        operation_id="supplier_uploads_withdraw",
        summary="Kataloglieferung zurückziehen",
        tags=TAGS,
        request=None,
        responses={200: UploadShape},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        return super().post(request, **kwargs)

    def command(self, request: Request, **kwargs: Any) -> Response:
        upload = uploads.withdraw(by=actor(request), now=timezone.now(), **kwargs)
        return Response(upload_body(upload, request))


def _visible(request: Request, upload_id: int) -> CatalogueUpload:
    return get_object_or_404(uploads.visible_uploads(actor(request)), pk=upload_id)


def _fields(request: Request) -> dict[str, Any]:
    """Form fields (the last of each name), or the one file of a raw body."""
    return {name: request.data[name] for name in request.data}


def _counts(upload: CatalogueUpload) -> dict[str, int]:
    counts = diff.diff_counts(upload)
    return {
        "new": counts.new,
        "changed": counts.changed,
        "unchanged": counts.unchanged,
        "held_back": counts.held_back,
        "refused": counts.refused,
    }
