"""The schema as JSON and as a page for people; both public."""

from __future__ import annotations

from functools import cache
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer

from api.problems import all_problems

METHODS = ("get", "post", "put", "patch", "delete")


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document; the same for everybody and for the life of the process."""
    with translation.override("de"):
        return SchemaGenerator().get_schema(request=None, public=True)


@require_safe
def openapi_json(_request: HttpRequest) -> HttpResponse:
    """Serve the OpenAPI 3.1 document."""
    return HttpResponse(
        OpenApiJsonRenderer().render(document()), content_type="application/vnd.oai.openapi+json"
    )


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """List every operation and every kind of problem, without script or foreign files."""
    context = {"groups": _groups(), "problems": all_problems(), "info": document()["info"]}
    return render(request, "api/docs.html", context)


def _groups() -> list[tuple[str, list[dict[str, Any]]]]:
    operations = [
        {
            "method": method.upper(),
            "path": path,
            "tag": operation["tags"][0],
            "summary": operation["summary"],
            "description": operation.get("description", ""),
            "id": operation["operationId"],
            "scopes": [
                scope for rule in operation["security"] for name in rule for scope in rule[name]
            ],
            "parameters": operation.get("parameters", []),
            "fields": _body_fields(operation),
            "responses": sorted(operation["responses"].items()),
        }
        for path, item in document()["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    ]
    operations.sort(key=lambda row: row["tag"])
    return [(tag, list(rows)) for tag, rows in groupby(operations, key=lambda row: row["tag"])]


def _body_fields(operation: dict[str, Any]) -> list[dict[str, Any]]:
    """Fields of the JSON or form body, with whether they must be sent."""
    content = operation.get("requestBody", {}).get("content", {})
    media = content.get("application/json") or content.get("multipart/form-data") or {}
    reference = media.get("schema", {}).get("$ref", "")
    shape = document()["components"]["schemas"].get(reference.rpartition("/")[2], {})
    return [
        {
            "name": name,
            "type": field.get("type", ""),
            "description": field.get("description", ""),
            "required": name in shape.get("required", []),
        }
        for name, field in shape.get("properties", {}).items()
    ]
