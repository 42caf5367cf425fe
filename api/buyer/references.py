"""What a program's references mean: articles, budget lines, schools; all at once.

Whatever is not found is told at its place in the request, every one of them, before anything
is written. A constant number of queries whatever the number of lines.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from rest_framework.exceptions import ErrorDetail, ValidationError

from contracts.agreements.entitlement import entitled_listings, known_listings
from contracts.agreements.models import Listing
from contracts.agreements.prices.ordering import Wanted
from contracts.clock import berlin_day
from contracts.parties.models import Membership
from orders.models import Requisition, RequisitionLine
from orders.quick_order.standing import for_standing, standings
from orders.requisitions import Ask, Place, Share
from orders.requisitions.deliveries import deliverable
from orders.requisitions.revisions import NOT_ASSIGNABLE, assignable

from .requisition_form import ArticleNumber, place_of

Path = tuple[str | int, ...]

_FOREIGN_SCHOOL = "Geliefert wird nur an Schulen Ihrer Organisation; diese gehört nicht dazu."
_UNKNOWN_ARTICLE = "Diesen Artikel gibt es für Ihre Organisation nicht."


@dataclass(frozen=True, slots=True)
class Content:
    """What the domain is asked for."""

    ask: Ask
    wanted: tuple[Wanted, ...]
    school_id: int | None


def content_of(
    given: Mapping[str, Any],
    *,
    by: Membership,
    now: datetime,
    requisition: Requisition | None = None,
) -> Content:
    """The checked form as an Ask and lines; with *requisition* as its next revision.

    Raises ValidationError that names every reference that means nothing.
    """
    faults = _Faults()
    before = _listing_by_line(requisition) if requisition is not None else {}
    listings = _articles(given["lines"], set(before.values()), by, berlin_day(now), faults)
    keys = _keys(given["lines"], before.keys(), faults)
    schools = _schools(given, by, requisition, faults)
    _budget_lines(given, by, berlin_day(now), requisition, faults)
    faults.raise_if_any()
    parts = [("", given), *zip(keys, given["lines"], strict=True)]
    ask = Ask(
        title=given["title"],
        justification=given["justification"],
        needed_by=given["needed_by"],
        shares={key: _shares(part) for key, part in parts if part.get("assignments")},
        places={key: _place(part, schools) for key, part in parts if part["delivery"]},
    )
    rows = zip(keys, listings, given["lines"], strict=True)
    wanted = tuple(Wanted(key, listing, line["quantity"]) for key, listing, line in rows)
    school_no = given.get("school_no")
    return Content(ask, wanted, schools[school_no] if school_no is not None else None)


class _Faults:
    """Sentences by their place in the request."""

    def __init__(self) -> None:
        self._tree: dict[str | int, Any] = {}

    def add(self, path: Path, code: str, sentence: str) -> None:
        node = self._tree
        for name in path[:-1]:
            node = node.setdefault(name, {})
        node[path[-1]] = [ErrorDetail(sentence, code)]

    def raise_if_any(self) -> None:
        if self._tree:
            raise ValidationError(self._tree)


def _parts(given: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """The head and every line, with their places in the request."""
    yield (), given
    for index, line in enumerate(given["lines"]):
        yield ("lines", index), line


def _shares(part: Mapping[str, Any]) -> list[Share]:
    return [Share(row["budget_line"], row["percent"]) for row in part["assignments"]]


def _place(part: Mapping[str, Any], schools: Mapping[str, int]) -> Place:
    school_no = part["delivery"]["school_no"]
    return place_of(part["delivery"], None if school_no is None else schools[school_no])


def _listing_by_line(requisition: Requisition) -> dict[int, int]:
    """What the current revision asks for."""
    rows = RequisitionLine.objects.filter(
        revision__requisition=requisition, revision__number=requisition.current_revision
    )
    return dict(rows.values_list("line_no", "listing_id"))


def _keys(lines: Sequence[Mapping[str, Any]], known: Collection[int], faults: _Faults) -> list[str]:
    """Line numbers for lines that stay, other texts for new ones."""
    keys: dict[str, None] = {}
    for index, line in enumerate(lines):
        number = line.get("line_no")
        key = f"neu-{index}" if number is None else str(number)
        path = ("lines", index, "line_no")
        if number is not None and number not in known:
            faults.add(path, "unknown_line", f"Eine Zeile {number} hat diese Fassung nicht.")
        elif key in keys:
            faults.add(path, "duplicate_line", f"Die Zeile {number} steht schon weiter oben.")
        keys[key] = None
    return list(keys)


def _schools(
    given: Mapping[str, Any], by: Membership, requisition: Requisition | None, faults: _Faults
) -> dict[str, int]:
    """Keys of the schools that are named, by their numbers."""
    named = [
        ((*path, "delivery", "school_no"), part["delivery"]["school_no"])
        for path, part in _parts(given)
        if part["delivery"]
    ]
    named.append((("school_no",), given.get("school_no")))
    wanted = {number for _, number in named if number is not None}
    rows = deliverable(by, requisition).filter(school_no__in=wanted)
    found = dict(rows.values_list("school_no", "pk"))
    for path, number in named:
        if number is not None and number not in found:
            faults.add(path, "unknown_school", _FOREIGN_SCHOOL)
    return found


def _budget_lines(
    given: Mapping[str, Any],
    by: Membership,
    on: date,
    requisition: Requisition | None,
    faults: _Faults,
) -> None:
    named = [
        ((*path, "assignments", index, "budget_line"), row["budget_line"])
        for path, part in _parts(given)
        for index, row in enumerate(part.get("assignments", ()))
    ]
    rows = assignable(by, on, requisition).filter(pk__in={key for _, key in named})
    known = set(rows.values_list("pk", flat=True))
    for path, key in named:
        if key not in known:
            faults.add(path, "invalid_assignment", NOT_ASSIGNABLE)


def _articles(
    lines: Sequence[Mapping[str, Any]],
    kept: set[int],
    by: Membership,
    on: date,
    faults: _Faults,
) -> list[int]:
    """The listing of each line; 0 for those that are told as faults.

    About what is *kept* of the revision before the domain decides: its limits may be held.
    """
    buyer_id = by.organisation_id
    by_number = _by_number([line["article"] for line in lines], buyer_id, on)
    meant = [_meant(line["article"], by_number) for line in lines]
    ids = {pk for keys in meant for pk in keys}
    entitled = set(entitled_listings(buyer_id, on).filter(pk__in=ids).values_list("pk", flat=True))
    entitled |= ids & kept
    why = _why_not(ids - entitled, buyer_id, on)
    return [
        _chosen(("lines", index, "article"), keys, entitled, why, faults)
        for index, keys in enumerate(meant)
    ]


def _by_number(
    articles: Sequence[int | ArticleNumber], buyer_id: int, on: date
) -> dict[ArticleNumber, list[int]]:
    numbers = {row for row in articles if isinstance(row, ArticleNumber)}
    found: dict[ArticleNumber, list[int]] = defaultdict(list)
    if not numbers:
        return found
    rows = known_listings(buyer_id, on).filter(
        article__supplier_aid__in={row.number for row in numbers},
        article__supplier__code__in={row.supplier for row in numbers},
    )
    fields = ("article__supplier__code", "article__supplier_aid", "pk")
    for supplier, number, pk in rows.order_by("pk").values_list(*fields):
        found[ArticleNumber(supplier, number)].append(pk)
    return found


def _meant(article: int | ArticleNumber, by_number: Mapping[ArticleNumber, list[int]]) -> list[int]:
    return by_number.get(article, []) if isinstance(article, ArticleNumber) else [article]


def _why_not(ids: set[int], buyer_id: int, on: date) -> dict[int, str]:
    """Why listings that the buyer is named for can't be asked for."""
    if not ids:
        return {}
    rows: list[Listing] = list(for_standing(known_listings(buyer_id, on).filter(pk__in=ids)))
    found = standings(rows, buyer_id=buyer_id, on=on)
    return {pk: " ".join(row.reasons) for pk, row in found.items()}


def _chosen(
    path: Path, keys: Sequence[int], entitled: set[int], why: Mapping[int, str], faults: _Faults
) -> int:
    offered = [pk for pk in keys if pk in entitled]
    if len(offered) == 1:
        return offered[0]
    if offered:
        choices = ", ".join(str(pk) for pk in offered)
        sentence = (
            f"Der Artikel steht in mehreren Positionen; bitte eine Kennung nennen: {choices}."
        )
        faults.add(path, "ambiguous_article", sentence)
        return 0
    reasons = [why[pk] for pk in keys if pk in why]
    if reasons:
        faults.add(path, "not_orderable", reasons[0])
    else:
        faults.add(path, "unknown_article", _UNKNOWN_ARTICLE)
    return 0
