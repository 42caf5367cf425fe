"""Strong entity tags (RFC 9110, section 8.8.3) over the bytes of an answer."""

from __future__ import annotations

import hashlib

from django.utils.http import parse_etags
from rest_framework import status
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response


def tagged(request: Request, data: object) -> Response:
    """The answer with its tag, or 304 when the caller holds the same bytes."""
    digest = hashlib.sha256(JSONRenderer().render(data)).hexdigest()
    tag = f'"{digest[:32]}"'
    if _matches(request.headers.get("If-None-Match", ""), tag):
        return Response(status=status.HTTP_304_NOT_MODIFIED, headers={"ETag": tag})
    return Response(data, headers={"ETag": tag})


def _matches(header: str, tag: str) -> bool:
    """If-None-Match compares weakly, and `*` matches whatever exists."""
    held = {candidate.removeprefix("W/") for candidate in parse_etags(header)}
    return tag in held or "*" in held
