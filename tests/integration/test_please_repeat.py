"""How a collision is answered: on a form, in the API, and where nobody expects one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import pytest
from django.db import OperationalError
from psycopg.errors import DeadlockDetected, LockNotAvailable, SerializationFailure

from api.models import IdempotencyRecord
from contracts.retrying import MovedMeanwhile, PleaseRepeat, collided
from frontend.views import start
from orders import requisitions
from tests.api_client import program
from tests.pages import PageWorld, build_pages

pytestmark = pytest.mark.django_db

SENTENCE = str(PleaseRepeat())


@pytest.fixture
def pages() -> PageWorld:
    return build_pages()


def collision(cause: Exception | None = None) -> OperationalError:
    error = OperationalError("deadlock detected")
    error.__cause__ = cause or DeadlockDetected("deadlock detected")
    return error


def collides(*_args: Any, **_kwargs: Any) -> NoReturn:
    raise collision()


def refuses(*_args: Any, **_kwargs: Any) -> NoReturn:
    raise PleaseRepeat


def test_what_counts_as_a_collision() -> None:
    assert collided(collision())
    assert collided(collision(SerializationFailure()))
    assert not collided(collision(LockNotAvailable()))
    assert not collided(OperationalError("server closed the connection"))


def test_a_form_is_kept_and_says_please_repeat(
    pages: PageWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = pages.submitted()
    monkeypatch.setattr(requisitions, "withdraw", refuses)
    url = f"/anforderungen/{row.pk}/zurueckziehen/"
    answer = pages.client(pages.officer).post(url, {"reason": "Spende bekommen"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert SENTENCE in page
    assert "Spende bekommen" in page


def test_where_nobody_expects_one_the_page_says_please_repeat(
    pages: PageWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start, "tasks", collides)
    client = pages.client(pages.officer)
    answer = client.get("/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "1")
    assert "Bitte wiederholen" in answer.content.decode()
    assert answer["X-Request-Id"]


def moves(*_args: Any, **_kwargs: Any) -> NoReturn:
    raise MovedMeanwhile


@pytest.mark.parametrize("act", [collides, refuses, moves])
def test_a_program_is_told_when_to_repeat(
    pages: PageWorld, monkeypatch: pytest.MonkeyPatch, act: Callable[..., NoReturn]
) -> None:
    row = pages.submitted()
    url = f"/api/v1/buyer/requisitions/{row.number}:withdraw"
    buyer = program(pages.officer)
    with monkeypatch.context() as patch:
        patch.setattr(requisitions, "withdraw", act)
        answer = buyer.post(url, {"reason": "Nein"}, key="k-1")
    assert (answer.status_code, answer["Retry-After"]) == (503, "1")
    assert answer.json()["code"] == "please_repeat"
    assert answer.json()["detail"] == SENTENCE
    assert not IdempotencyRecord.objects.exists()
    assert buyer.post(url, {"reason": "Nein"}, key="k-1").status_code == 200
