"""From what is raised to problem documents (RFC 9457).

A refusal brings its code and its title along; here stands only which status a kind has, and
what the frameworks raise. `code` is stable and for programs, `title` is the German name of
the kind of problem.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404
from rest_framework import exceptions as drf

from contracts.refusals import Kind, NotAllowed, NotFound, Refusal, problems

from .refusals import HttpRefusal


@dataclass(frozen=True, slots=True)
class Problem:
    """A kind of problem: HTTP status, code for programs, German title."""

    status: int
    code: str
    title: str


STATUS: Mapping[Kind, int] = {
    Kind.INVALID: 422,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.TOO_LARGE: 413,
    Kind.BUSY: 503,
}


def problem_of(refusal: type[Refusal]) -> Problem:
    """The kind of problem that a class of refusals is."""
    is_of_http = issubclass(refusal, HttpRefusal)
    status = refusal.status if is_of_http else STATUS[refusal.kind]
    return Problem(status, refusal.code, refusal.title)


INTERNAL = Problem(500, "internal_error", "Interner Fehler")
_MALFORMED = Problem(400, "malformed", "Anfrage nicht lesbar")
_FRAMEWORKS: Mapping[type[Exception], Problem] = {
    drf.ParseError: _MALFORMED,
    SuspiciousOperation: _MALFORMED,
    drf.NotAuthenticated: Problem(401, "not_authenticated", "Anmeldung nötig"),
    drf.AuthenticationFailed: Problem(401, "invalid_token", "Anmeldung fehlgeschlagen"),
    drf.PermissionDenied: problem_of(NotAllowed),
    PermissionDenied: problem_of(NotAllowed),
    drf.NotFound: problem_of(NotFound),
    Http404: problem_of(NotFound),
    drf.MethodNotAllowed: Problem(405, "method_not_allowed", "Methode nicht erlaubt"),
    drf.NotAcceptable: Problem(406, "not_acceptable", "Format nicht lieferbar"),
    drf.UnsupportedMediaType: Problem(415, "unsupported_media_type", "Inhaltstyp unbekannt"),
    drf.ValidationError: Problem(422, "validation_failed", "Angaben unvollständig oder falsch"),
    drf.Throttled: Problem(429, "rate_limited", "Zu viele Anfragen"),
}
EXPECTED = (Refusal, *_FRAMEWORKS)
"""What has an answer; whatever else is raised is a defect."""


def problem(error: Exception) -> Problem:
    """The kind of problem of what was raised; of what nobody named, INTERNAL."""
    if isinstance(error, Refusal):
        return problem_of(type(error))
    named = (_FRAMEWORKS[cls] for cls in type(error).__mro__ if cls in _FRAMEWORKS)
    return next(named, INTERNAL)


def all_problems() -> list[Problem]:
    """Every kind of problem once, by status and code."""
    refusals = (problem_of(refusal) for refusal in problems())
    kinds = {INTERNAL, *_FRAMEWORKS.values(), *refusals}
    return sorted(kinds, key=lambda kind: (kind.status, kind.code))
