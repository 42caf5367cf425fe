"""Search finds what the buyer may order, and nothing else."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracts.agreements.life.listing import list_articles
from contracts.agreements.models import Article, Listing
from contracts.catalogue.indexing import reindex
from contracts.catalogue.models import SearchEntry
from contracts.catalogue.words import extra_terms
from contracts.search import Filters, exact_listing, search
from tests.world import DAY, NOW, World, build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    built = build_world()
    articles = [
        Article.objects.create(
            supplier=built.suppliers[0],
            supplier_aid=aid,
            name=name,
            manufacturer="Nordlicht",
            product_group=group,
            updated_at=NOW,
        )
        for aid, name, group in (
            ("K-1", "Dokumentenkamera mit Schwanenhals", "Kameras"),
            ("T-75", "Interaktive Tafel 75 Zoll", "Displays"),
            ("L-1", "Ähren-Laptop 14 Zoll", "Notebooks"),
            ("L-2", "Zebra-Laptop 15 Zoll", "Notebooks"),
        )
    ]
    listed = list_articles(
        [(built.items[0], article) for article in articles], supplier=built.suppliers[0], now=NOW
    )
    reindex([row.pk for row in [*built.listings, *listed]])
    return built


def names(world: World, text: str, **chosen: object) -> list[str]:
    found = search(buyer_id=world.authority.pk, on=DAY, filters=Filters(text=text, **chosen))
    return [row.article.name for row in found.listings]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kamera", ["Dokumentenkamera mit Schwanenhals"]),
        ("tafeln", ["Interaktive Tafel 75 Zoll"]),
        ("tafel", ["Interaktive Tafel 75 Zoll"]),
        ("notebook zebra", ["Zebra-Laptop 15 Zoll"]),
        ("T-75", ["Interaktive Tafel 75 Zoll"]),
        ("nichts davon", []),
        ("'; DROP TABLE x; --", []),
    ],
)
def test_words_stems_compounds_and_numbers(world: World, text: str, expected: list[str]) -> None:
    assert names(world, text) == expected


def test_names_sort_the_german_way(world: World) -> None:
    assert names(world, "laptop zoll", sort="name") == [
        "Ähren-Laptop 14 Zoll",
        "Zebra-Laptop 15 Zoll",
    ]


def test_a_whole_word_ranks_above_a_beginning(world: World) -> None:
    for name in ("Laptoptasche Laptoptasche", "Werkstatt-Laptop"):
        article = Article.objects.create(
            supplier=world.suppliers[0], supplier_aid=name, name=name, updated_at=NOW
        )
        (listed,) = list_articles([(world.items[0], article)], supplier=world.suppliers[0], now=NOW)
        reindex([listed.pk])
    assert names(world, "laptop")[-1] == "Laptoptasche Laptoptasche"


def test_facets_count_and_narrow(world: World) -> None:
    found = search(buyer_id=world.authority.pk, on=DAY, filters=Filters(text="laptop"))
    groups = {value.value: value.count for value in found.facets[0].values}
    assert groups == {"Notebooks": 2}
    assert names(world, "", product_groups=("Displays",)) == ["Interaktive Tafel 75 Zoll"]


def test_a_buyer_who_is_not_entitled_finds_nothing(world: World) -> None:
    found = search(buyer_id=world.other_authority.pk, on=DAY, filters=Filters())
    assert (found.count, found.listings, found.facets[0].values) == (0, [], ())
    assert exact_listing(buyer_id=world.other_authority.pk, on=DAY, text="K-1") is None


def test_an_exact_number_opens_the_article(world: World) -> None:
    listing = Listing.objects.get(article__supplier_aid="K-1")
    assert exact_listing(buyer_id=world.authority.pk, on=DAY, text=" k-1 ") == listing.pk


def test_a_delisted_article_leaves_the_index(world: World) -> None:
    listing = Listing.objects.get(article__supplier_aid="K-1")
    Listing.objects.filter(pk=listing.pk).update(is_listed=False)
    reindex([listing.pk])
    assert not SearchEntry.objects.filter(pk=listing.pk).exists()
    assert names(world, "Kamera") == []


def test_the_number_of_queries_does_not_grow_with_the_page(world: World) -> None:
    def queries(per_page: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            search(buyer_id=world.authority.pk, on=DAY, filters=Filters(), per_page=per_page)
        return len(captured)

    # lots with their rule; count, facets and keys; articles; versions, tiers, terms
    assert queries(1) == queries(6) == 6


def test_every_shown_listing_has_a_price(world: World) -> None:
    found = search(buyer_id=world.authority.pk, on=DAY, filters=Filters())
    assert {row.pk for row in found.listings} == set(found.offers)
    assert len(found.listings) == 6


def test_extra_terms_know_compounds_and_synonyms() -> None:
    assert extra_terms(["Ladewagen"]).split() == ["wagen"]
    assert "notebook" in extra_terms(["Laptop"]).split()
