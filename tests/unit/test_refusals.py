"""Every refusal says by itself what it is: its code once, with title, advice and kind."""

from __future__ import annotations

import pkgutil
import re
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.core.exceptions import MultipleObjectsReturned, ObjectDoesNotExist

import api
import contracts
import orders
from api.problems import all_problems, problem_of
from contracts.refusals import Refusal, problems

DOCS = Path(__file__).resolve().parent.parent.parent / "docs" / "bad-input.md"
ROW = re.compile(r"^\| `(?P<code>\w+)` \| (?P<status>\d+) \| (?P<title>[^|]+) \|$", re.MULTILINE)
HOUSES = (contracts, orders, api)
NO_ANSWER = {
    "AmbiguousNumber",
    "BadQuantity",
    "ForeignBudgetEntity",
    "Gone",
    "MappingError",
    "NotANumber",
    "ScopeNotForRole",
    "Unanswered",
    "UnforeseenConsequence",
    "UnreadableSecret",
    "_Stopped",
}
"""Exceptions that never leave the room they are raised in, or a command at the terminal."""


def below(base: type) -> Iterator[type]:
    for kind in base.__subclasses__():
        yield kind
        yield from below(kind)


@pytest.fixture(scope="module", autouse=True)
def _everything_is_imported() -> None:
    for house in HOUSES:
        for module in pkgutil.walk_packages(house.__path__, f"{house.__name__}."):
            if ".migrations" not in module.name:
                import_module(module.name)


def test_a_code_is_declared_once() -> None:
    codes = Counter(kind.code for kind in problems())
    assert not {code for code, times in codes.items() if times > 1}
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", code) for code in codes)


def test_what_has_no_code_of_its_own_has_neither_title_nor_kind() -> None:
    for kind in below(Refusal):
        assert "code" in vars(kind) or not {"title", "kind", "status"} & set(vars(kind)), kind


def test_nothing_is_refused_without_saying_what_is_wrong() -> None:
    bases = {kind for kind in below(Refusal) if kind.__subclasses__()}
    vague = {kind for kind in set(below(Refusal)) - bases if kind.code == Refusal.code}
    assert vague == set()


def test_what_the_houses_raise_is_a_refusal() -> None:
    names = tuple(f"{house.__name__}." for house in HOUSES)
    answered = (Refusal, ObjectDoesNotExist, MultipleObjectsReturned)
    others = {
        kind.__name__
        for kind in below(Exception)
        if kind.__module__.startswith(names) and not issubclass(kind, answered)
    }
    assert others == NO_ANSWER


def test_titles_and_advice_are_words_for_people() -> None:
    for kind in problems():
        assert kind.title[0].isupper(), kind
        assert not kind.title.endswith("."), kind
        assert not kind.advice or kind.advice.endswith("."), kind


def test_the_docs_name_every_code() -> None:
    rows = {(code, int(status), title) for code, status, title in ROW.findall(DOCS.read_text())}
    assert {(row.code, row.status, row.title) for row in all_problems()} == rows
    assert {(row.code, row.status, row.title) for row in map(problem_of, problems())} <= rows
