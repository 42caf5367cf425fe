"""Every refusal leaves as `application/problem+json` (RFC 9457)."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from django.core.signals import got_request_exception
from django.http import Http404
from django.urls import reverse
from rest_framework import exceptions as drf
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.catalogue.errors import InvalidMapping
from contracts.catalogue.readers.errors import FileRejected
from contracts.ledger.errors import LimitExceeded
from contracts.refusals import Reasons, Refusal
from contracts.retrying import PleaseRepeat, collided

from .problems import INTERNAL, Problem, problem
from .refusals import HttpRefusal, InvalidParameter

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"


class ProblemRenderer(JSONRenderer):
    """JSON under the media type of problem documents."""

    media_type = CONTENT_TYPE


def exception_handler(error: Exception, context: dict[str, Any]) -> Response:
    """DRF's hook: the problem document of any exception, a defect included."""
    request = context["request"]
    if collided(error):  # outside of any act that repeats by itself
        error = PleaseRepeat()
    kind = problem(error)
    if kind is INTERNAL:
        logger.error("Unhandled in the API", exc_info=error)
        got_request_exception.send(sender=None, request=request._request)  # noqa: SLF001
    response = Response(
        document(request, kind, error),
        status=kind.status,
        headers=_headers(error),
        content_type=CONTENT_TYPE,
    )
    request.accepted_renderer = ProblemRenderer()
    request.accepted_media_type = CONTENT_TYPE
    return response


def document(request: Request, kind: Problem, error: Exception) -> dict[str, Any]:
    """The members of a problem document; `errors` name single fields or reasons."""
    docs = request.build_absolute_uri(reverse("api:docs"))
    return {
        "type": f"{docs}#problem-{kind.code}",
        "title": kind.title,
        "status": kind.status,
        "detail": _detail(kind, error),
        "instance": request.path,
        "code": kind.code,
        "errors": _errors(error),
        "request_id": getattr(request, "request_id", ""),
        **_extra(error),
    }


def _detail(kind: Problem, error: Exception) -> str:
    if kind is INTERNAL:
        return "Der Vorgang ist fehlgeschlagen. Bitte nennen Sie bei Rückfragen die request_id."
    if isinstance(error, drf.ValidationError):
        return "Bitte prüfen Sie die genannten Angaben."
    if isinstance(error, drf.APIException):
        return str(error.detail)
    if isinstance(error, Http404):
        return "Das gibt es nicht, oder Ihr Zugang darf es nicht sehen."
    return str(error) or kind.title


def _errors(error: Exception) -> list[dict[str, str]]:
    if isinstance(error, drf.ValidationError):
        return list(_fields(error.detail, "#"))
    if isinstance(error, Reasons):
        return [_entry("", error.code, reason) for reason in error.reasons]
    entry = _entry_of_one_field(error)
    return [] if entry is None else [entry]


def _entry_of_one_field(error: Exception) -> dict[str, str] | None:
    if isinstance(error, InvalidParameter):
        return _entry(f"#/{error.name}", "invalid", str(error))
    if isinstance(error, FileRejected):
        return _entry("#/file", error.fault, error.message)
    if isinstance(error, InvalidMapping):
        pointer = f"#/mapping/{error.field.replace('.', '/')}"
        return _entry(pointer, "invalid", str(error))
    if isinstance(error, Refusal) and error.field:
        return _entry(f"#/{error.field}", error.code, str(error))
    return None


def _fields(detail: Any, pointer: str) -> Iterator[dict[str, str]]:
    """DRF's nested details as JSON pointers (RFC 6901) in fragment form."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            here = pointer if name == "non_field_errors" else f"{pointer}/{name}"
            yield from _fields(inner, here)
    elif isinstance(detail, list):
        for number, inner in enumerate(detail):
            nested = isinstance(inner, dict | list)
            yield from _fields(inner, f"{pointer}/{number}" if nested else pointer)
    else:
        yield _entry(pointer, str(detail.code), str(detail))


def _entry(pointer: str, code: str, detail: str) -> dict[str, str]:
    return {"pointer": pointer, "code": code, "detail": detail}


def _extra(error: Exception) -> dict[str, Any]:
    if not isinstance(error, LimitExceeded):
        return {}
    return {
        "shortfalls": [
            {
                "title": gap.title,
                "unit": gap.unit,
                "requested": str(gap.requested),
                "available": str(gap.available),
                "missing": str(gap.missing),
            }
            for gap in error.shortfalls
        ]
    }


def _headers(error: Exception) -> dict[str, str]:
    if isinstance(error, HttpRefusal):
        return error.headers
    headers = {}
    if isinstance(error, PleaseRepeat):
        headers["Retry-After"] = "1"
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return headers
