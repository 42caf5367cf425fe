"""BMEcat 1.01, 1.2, 2005, 2005.1, 2005.2 and 2005fd, in any namespace or none.

Two passes over the file: the first takes what stands behind the articles but is needed
with them (the catalogue groups), counts the articles and proves the file well-formed;
the second yields the articles one by one. No article stays in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from .bmecat_article import ArticleContext, read_article
from .bmecat_text import texts
from .errors import FileRejected
from .records import ArticleRecord, FileInfo, Limits, RowIssue
from .xml import LOCAL_NAME, Element, discard, sections

_ARTICLES = ("ARTICLE", "PRODUCT")
_TRANSACTIONS = ("T_NEW_CATALOG", "T_UPDATE_PRODUCTS", "T_UPDATE_PRICES")
_GROUP_MAPS = ("ARTICLE_TO_CATALOGGROUP_MAP", "PRODUCT_TO_CATALOGGROUP_MAP")
# read by nobody, but large in some catalogues: freed as soon as they end
_PASSED_OVER = ("CLASSIFICATION_GROUP", "FEATURE_SYSTEM")
_FREED = ("CATALOG_STRUCTURE", *_ARTICLES, *_GROUP_MAPS, *_PASSED_OVER)
# a namesake deeper down (in a user-defined extension, say) is not meant
_PARENTS = frozenset(
    (
        *_TRANSACTIONS,
        "CATALOG_GROUP_SYSTEM",
        "CLASSIFICATION_SYSTEM",
        "CLASSIFICATION_GROUPS",
    )
)


@dataclass(slots=True)
class _Survey:
    """What the first pass found."""

    version: str = ""
    transaction: str = ""
    prev_version: int | None = None
    catalog: dict[str, str] = field(default_factory=dict)
    group_names: dict[str, str] = field(default_factory=dict)
    group_of_article: dict[str, str] = field(default_factory=dict)
    articles: int = 0


class BmecatReading:
    """An open BMEcat file: `info` is known, `rows()` yields articles and issues.

    Raises `FileRejected` when made; once made, the file is known to be well-formed and
    within its limits.
    """

    def __init__(self, stream: BinaryIO, filename: str, limits: Limits) -> None:
        self._stream = stream
        self._limits = limits
        self._survey = _survey(stream, limits)
        self.info = FileInfo(
            format="bmecat",
            filename=filename,
            version=self._survey.version,
            transaction=self._survey.transaction,
            prev_version=self._survey.prev_version,
            catalog_id=self._survey.catalog.get("CATALOG_ID", ""),
            catalog_version=self._survey.catalog.get("CATALOG_VERSION", ""),
            row_count=self._survey.articles,
        )

    def rows(self) -> Iterator[tuple[list[RowIssue], ArticleRecord | None]]:
        """Yield per article its issues and, unless one of them refuses it, its record."""
        survey = self._survey
        context = ArticleContext(
            transaction=survey.transaction,
            currency=survey.catalog.get("CURRENCY", ""),
            group_names=survey.group_names,
            group_of_article=survey.group_of_article,
        )
        number = 0
        for name, element in sections(self._stream, _FREED, self._limits):
            if not _is_own_section(element):
                continue
            if name in _ARTICLES:
                number += 1
                yield read_article(element, number, context)
            discard(element)


def _is_own_section(element: Element) -> bool:
    parent = element.getparent()
    return parent is not None and LOCAL_NAME[parent.tag] in _PARENTS


def _survey(stream: BinaryIO, limits: Limits) -> _Survey:
    survey = _Survey()
    for name, element in sections(stream, ("HEADER", *_TRANSACTIONS, *_FREED), limits):
        if name == "HEADER":
            catalog = element.find("{*}CATALOG")
            survey.catalog = {} if catalog is None else texts(catalog)
        elif name in _TRANSACTIONS:
            survey.transaction = name
            survey.prev_version = _version_number(element.get("prev_version") or "")
            survey.version = element.getroottree().getroot().get("version") or ""
        elif _is_own_section(element):
            _take(survey, name, element)
            if survey.articles > limits.max_rows:
                raise FileRejected("too_many_rows", limit=limits.max_rows)
            discard(element)
    if not survey.transaction:
        raise FileRejected("bmecat_transaction_missing")
    return survey


def _take(survey: _Survey, name: str, element: Element) -> None:
    if name in _ARTICLES:
        survey.articles += 1
    elif name == "CATALOG_STRUCTURE":
        group = texts(element)
        survey.group_names[group.get("GROUP_ID", "")] = group.get("GROUP_NAME", "")
    elif name in _GROUP_MAPS:
        entry = texts(element)
        article = entry.get("ART_ID") or entry.get("PROD_ID") or ""
        # an article may stand in several groups: the first one counts
        survey.group_of_article.setdefault(article, entry.get("CATALOG_GROUP_ID", ""))


def _version_number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None
