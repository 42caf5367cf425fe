"""Shapes of catalogue uploads: what is sent, how far it is, what it would do."""

from __future__ import annotations

import json
from typing import Any

from rest_framework import serializers
from rest_framework.reverse import reverse

from api.serializers import Moment, Money, page_of
from contracts.catalogue.models import CatalogueUpload, UploadState

_UNFINISHED = frozenset({UploadState.RECEIVED, UploadState.READING})


class UploadForm(serializers.Serializer):
    """The file of one award; `mapping` assigns columns where headings do not tell."""

    file = serializers.FileField(help_text="BMEcat 1.2 oder 2005 (XML), CSV oder XLSX")
    award = serializers.CharField(help_text="Zuschlagsvermerk")
    agreement = serializers.CharField(
        required=False, help_text="Nummer der Rahmenvereinbarung, falls der Vermerk mehrfach ist"
    )
    mapping = serializers.CharField(
        required=False, default="{}", help_text="Zuordnung der Spalten als JSON-Objekt"
    )

    def validate_mapping(self, value: str) -> dict[str, object]:
        try:
            mapping = json.loads(value)
        except ValueError as error:
            raise serializers.ValidationError("Die Zuordnung ist kein JSON.") from error
        if not isinstance(mapping, dict):
            raise serializers.ValidationError("Die Zuordnung ist kein JSON-Objekt.")
        if not _storable(mapping):
            raise serializers.ValidationError("Die Zuordnung enthält unzulässige Zeichen.")
        return mapping


def _storable(mapping: dict[str, object]) -> bool:
    """PostgreSQL keeps neither NUL nor half of a surrogate pair in jsonb."""
    text = json.dumps(mapping, ensure_ascii=False)
    return "\\u0000" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)


class UploadShape(serializers.Serializer):
    """An upload as a job: how far it is and where its results are."""

    id = serializers.IntegerField()
    state = serializers.ChoiceField(choices=UploadState.choices)
    progress = serializers.SerializerMethodField(
        help_text="Prozent; null, solange die Zahl der Zeilen nicht bekannt ist"
    )
    processed = serializers.IntegerField(source="rows_read")
    staged = serializers.IntegerField(source="rows_staged")
    failed = serializers.IntegerField(source="rows_refused")
    refusal = serializers.CharField(help_text="Grund, falls die ganze Datei abgelehnt ist")
    filename = serializers.CharField()
    format = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()
    award = serializers.CharField(source="award.reference")
    agreement = serializers.CharField(source="award.lot.agreement.number")
    uploaded_at = Moment()
    checked_at = Moment(allow_null=True)
    submitted_at = Moment(allow_null=True)
    published_at = Moment(allow_null=True)
    result_url = serializers.SerializerMethodField()
    errors_url = serializers.SerializerMethodField()

    def get_progress(self, upload: CatalogueUpload) -> int | None:
        if upload.state == UploadState.READING:
            return None
        return 0 if upload.state == UploadState.RECEIVED else 100

    def get_result_url(self, upload: CatalogueUpload) -> str | None:
        return None if upload.state in _UNFINISHED else self._url("diff", upload)

    def get_errors_url(self, upload: CatalogueUpload) -> str | None:
        return None if upload.state in _UNFINISHED else self._url("errors", upload)

    def _url(self, part: str, upload: CatalogueUpload) -> str:
        name = f"api:supplier-upload-{part}"
        return reverse(name, args=[upload.pk], request=self.context["request"])


class IssueShape(serializers.Serializer):
    """A message on one row; is_error tells a refused row from a remark."""

    row = serializers.IntegerField()
    column = serializers.CharField()
    code = serializers.CharField()
    value = serializers.CharField()
    message = serializers.CharField()
    is_error = serializers.BooleanField()


class StagedShape(serializers.Serializer):
    """What publishing would do with one row; prices net EUR per price unit."""

    row = serializers.IntegerField()
    supplier_aid = serializers.CharField()
    name = serializers.CharField()
    action = serializers.CharField(help_text="new, changed, unchanged oder held_back")
    reason = serializers.CharField()
    price = Money(decimal_places=4)
    previous_price = Money(decimal_places=4, allow_null=True)
    price_unit = serializers.IntegerField()
    changed_fields = serializers.ListField(child=serializers.CharField())


class CountsShape(serializers.Serializer):
    new = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    held_back = serializers.IntegerField()
    refused = serializers.IntegerField()


class PriceJumpShape(serializers.Serializer):
    """One of the twenty largest price moves."""

    row = serializers.IntegerField(source="row.row")
    supplier_aid = serializers.CharField(source="row.supplier_aid")
    before = Money(decimal_places=4)
    after = Money(decimal_places=4)
    percent = Money(decimal_places=1)


class DiffShape(page_of(StagedShape, "StagedPage")):
    """Counts over all rows, the largest price moves, and a page of the rows."""

    counts = CountsShape()
    price_jumps = PriceJumpShape(many=True)


def upload_body(upload: CatalogueUpload, request: Any) -> dict[str, Any]:
    """The job's representation with absolute addresses."""
    return UploadShape(upload, context={"request": request}).data
