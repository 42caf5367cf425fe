"""Strong entity tags (RFC 9110, section 8.8.3) over the bytes of an answer."""

from __future__ import annotations

import hashlib

from django.utils.http import parse_etags
from rest_framework import status
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from .refusals import PreconditionFailed, PreconditionMissing


def tag_of(data: object) -> str:
    """The tag of the bytes that *data* is sent as."""
    digest = hashlib.sha256(JSONRenderer().render(data)).hexdigest()
    return f'"{digest[:32]}"'


def tagged(request: Request, data: object) -> Response:
    """The answer with its tag, or 304 when the caller holds the same bytes."""
    tag = tag_of(data)
    if _matches(request.headers.get("If-None-Match", ""), tag):
        return Response(status=status.HTTP_304_NOT_MODIFIED, headers={"ETag": tag})
    return Response(data, headers={"ETag": tag})


def done(data: object) -> Response:
    """What a change made of a resource, with its new tag."""
    return Response(data, headers={"ETag": tag_of(data)})


def created(data: object, location: str) -> Response:
    """A resource that is new, with its address and tag."""
    headers = {"Location": location, "ETag": tag_of(data)}
    return Response(data, status=status.HTTP_201_CREATED, headers=headers)


def require_match(request: Request, data: object) -> None:
    """Let a change through only if its sender has read what *data* is now.

    Raises PreconditionMissing without If-Match, PreconditionFailed when it is stale.
    """
    header = request.headers.get("If-Match")
    if header is None:
        raise PreconditionMissing(
            "Bitte senden Sie in If-Match das ETag der Fassung, die Sie ändern."
        )
    held = parse_etags(header)
    if tag_of(data) not in held and "*" not in held:
        raise PreconditionFailed(
            "Inzwischen hat sich etwas geändert; nichts ist gespeichert. Bitte lesen Sie den "
            "neuen Stand."
        )


def _matches(header: str, tag: str) -> bool:
    """If-None-Match compares weakly, and `*` matches whatever exists."""
    held = {candidate.removeprefix("W/") for candidate in parse_etags(header)}
    return tag in held or "*" in held
