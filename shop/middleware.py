"""Around every request: its id, the content security policy, no deadlock as an error page."""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from contracts.audit.request_ids import serving
from contracts.retrying import PleaseRepeat, collided

GetResponse = Callable[[HttpRequest], HttpResponse]

REQUEST_ID_HEADER = "X-Request-Id"
_log = logging.getLogger(__name__)
_ACCEPTED_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")


class RequestIdMiddleware:
    """Gives each request an id and echoes the caller's when it is well-formed.

    `request.request_id` is what log lines, problem documents and the audit trail name.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(REQUEST_ID_HEADER, "")
        request_id = given if _ACCEPTED_ID.fullmatch(given) else str(uuid.uuid4())
        request.request_id = request_id  # type: ignore[attr-defined]
        with serving(request_id):
            response = self.get_response(request)
        response[REQUEST_ID_HEADER] = request_id
        return response


class CollisionMiddleware:
    """Answers a deadlock that no act has repeated by "please repeat", never by an error page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page for it; None for whatever is something else."""
        if not isinstance(exception, PleaseRepeat) and not collided(exception):
            return None
        _log.warning("Collided: %s %s", request.method, request.path, exc_info=exception)
        response = render(request, "503.html", status=503)
        response["Retry-After"] = "1"
        return response


class ContentSecurityPolicyMiddleware:
    """Sets the policy of `settings.CONTENT_SECURITY_POLICY`; a view may set its own first."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.policy = "; ".join(
            f"{directive} {sources}"
            for directive, sources in settings.CONTENT_SECURITY_POLICY.items()
        )

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.policy)
        return response
