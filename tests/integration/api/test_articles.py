"""A supplier's articles: own ones only, in stable pages, with entity tags."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

import pytest

from contracts.agreements.models import Article
from tests.api_client import Program
from tests.world import NOW, World

pytestmark = pytest.mark.django_db
ARTICLES = "/api/v1/supplier/articles"
QUERIES_OF_A_LIST = 4  # token, client, articles, their listings


@pytest.fixture
def many(world: World) -> list[str]:
    """Seven more articles; five of them changed in the same moment."""
    rows = [
        Article(
            supplier=world.suppliers[0],
            supplier_aid=f"B-{number}",
            name=f"Artikel {number}",
            updated_at=NOW + timedelta(hours=max(0, number - 4)),
        )
        for number in range(7)
    ]
    Article.objects.bulk_create(rows)
    return ["A-1", *(row.supplier_aid for row in rows)]


def _walk(program: Program, url: str | None, direction: str = "next") -> list[list[str]]:
    pages = []
    while url:
        body = program.get(url).json()
        pages.append([row["supplier_aid"] for row in body["items"]])
        url = body[direction]
    return pages


def test_a_supplier_sees_its_own_articles(world: World, catalogue: Program) -> None:
    (row,) = catalogue.get(ARTICLES).json()["items"]
    assert row["supplier_aid"] == "A-1"
    assert row["updated_at"] == "2026-06-15T09:00:00Z"
    assert row["listings"] == [{"agreement": "RV-TEST", "lot": 1, "item": "1.1", "is_listed": True}]


def test_a_foreign_article_does_not_exist(world: World, other_catalogue: Program) -> None:
    foreign = Article.objects.get(supplier=world.suppliers[0])
    assert other_catalogue.get(f"{ARTICLES}/{foreign.pk}").status_code == 404
    assert other_catalogue.get(f"{ARTICLES}/{foreign.pk + 10_000}").status_code == 404


@pytest.mark.parametrize("limit", [1, 2, 3, 8, 200])
def test_pages_hold_every_article_once(many: list[str], catalogue: Program, limit: int) -> None:
    pages = _walk(catalogue, f"{ARTICLES}?limit={limit}")
    assert [aid for page in pages for aid in page] == many
    assert all(len(page) <= limit for page in pages)


def test_the_way_back_is_the_way_there(many: list[str], catalogue: Program) -> None:
    there = _walk(catalogue, f"{ARTICLES}?limit=3")
    last = f"{ARTICLES}?limit=3"
    while (following := catalogue.get(last).json()["next"]) is not None:
        last = following
    back = _walk(catalogue, last, "prev")
    assert back == there[::-1]


def test_a_row_that_comes_in_between_shifts_nothing(
    many: list[str], world: World, catalogue: Program
) -> None:
    first = catalogue.get(f"{ARTICLES}?limit=4").json()
    Article.objects.create(
        supplier=world.suppliers[0],
        supplier_aid="FRÜH",
        name="Früh",
        updated_at=NOW - timedelta(days=1),
    )
    rest = _walk(catalogue, first["next"])
    assert [aid for page in rest for aid in page] == many[4:]


def test_updated_since_repeats_rather_than_skips(many: list[str], catalogue: Program) -> None:
    def since(moment: object) -> list[str]:
        query = urlencode({"updated_since": moment.isoformat()})
        return [aid for page in _walk(catalogue, f"{ARTICLES}?{query}") for aid in page]

    assert since(NOW + timedelta(hours=2)) == ["B-6"]
    assert since(NOW + timedelta(hours=1, minutes=16)) == ["B-6"]
    assert since(NOW + timedelta(hours=1, minutes=14)) == ["B-5", "B-6"]


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=201",
        "limit=zehn",
        "limit=-1",
        "cursor=Unsinn",
        "cursor=WyJuIl0",
        "cursor=WyJ4IiwiMjAyNi0wNi0xNVQwOTowMDowMCswMDowMCIsIjEiXQ",
        "updated_since=gestern",
        "updated_since=2026-06-15T09:00:00",
        "updated_since=2026-13-45T09:00:00Z",
    ],
)
def test_parameters_are_read_strictly(catalogue: Program, query: str) -> None:
    answer = catalogue.get(f"{ARTICLES}?{query}")
    assert answer.status_code == 400
    (entry,) = answer.json()["errors"]
    assert entry["pointer"] == "#/" + query.partition("=")[0]


def test_an_unchanged_article_is_not_sent_again(world: World, catalogue: Program) -> None:
    article = Article.objects.get(supplier=world.suppliers[0])
    url = f"{ARTICLES}/{article.pk}"
    first = catalogue.get(url)
    tag = first["ETag"]
    assert first.status_code == 200
    assert tag.startswith('"')
    for header in (tag, f'"anders", {tag}', f"W/{tag}", "*"):
        again = catalogue.get(url, If_None_Match=header)
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    Article.objects.filter(pk=article.pk).update(name="Neuer Name", revision=2)
    changed = catalogue.get(url, If_None_Match=tag)
    assert changed.status_code == 200
    assert changed["ETag"] != tag


@pytest.mark.parametrize("rows", [0, 30])
def test_a_list_costs_the_same_for_any_number_of_rows(
    world: World, catalogue: Program, rows: int, django_assert_num_queries
) -> None:
    Article.objects.bulk_create(
        Article(supplier=world.suppliers[0], supplier_aid=f"C-{n}", name="x", updated_at=NOW)
        for n in range(rows)
    )
    with django_assert_num_queries(QUERIES_OF_A_LIST):
        assert len(catalogue.get(f"{ARTICLES}?limit=200").json()["items"]) == rows + 1
