"""A list as a page: narrowed by its address and shown page by page.

The rows, narrowed by a `Filter`, are asked for once; the view answers with them as a file
(`downloads.table_download`) or as a `list_page`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render

from frontend.actor import PageRequest
from frontend.downloads import export_urls
from frontend.paging import page_of

PER_PAGE = 25
Row = TypeVar("Row")


class Filter(forms.Form):
    """What a list is narrowed by; what is no value of a field narrows nothing.

    `title` names the form, `nothing` is what an empty page says where something was chosen.
    """

    title: str
    nothing: str

    def __init__(self, asked: Mapping[str, str]) -> None:
        super().__init__(auto_id="%s")
        self._asked = asked

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        """What was chosen or typed; else what the field begins with."""
        try:
            return field.clean(self._asked[field_name])
        except (KeyError, ValidationError):
            return field.initial

    def value(self, name: str) -> Any:
        """What the list is narrowed by; nothing where the actor has no such field."""
        field = self.fields.get(name)
        return None if field is None else self.get_initial_for_field(field, name)

    @property
    def is_narrow(self) -> bool:
        """Whether something was chosen that the list does not begin with."""
        return any(
            (self.value(bound.name) or "") != (bound.field.initial or "")
            for bound in self.visible_fields()
        )


def choice_field(
    label: str, choices: Iterable[tuple[str, str]], **options: Any
) -> forms.ChoiceField:
    """One of the values of a column, or all of them."""
    return forms.ChoiceField(
        label=label, choices=[("", "alle"), *choices], required=False, initial="", **options
    )


def words_field(label: str) -> forms.CharField:
    """Words that are looked for."""
    return forms.CharField(label=label, required=False)


def list_page(
    request: PageRequest,
    template: str,
    rows: QuerySet[Row] | Sequence[Row],
    *,
    shown: Callable[[list[Row]], Sequence[object]] = list,
    per_page: int = PER_PAGE,
    list_url: str = "",
    **context: object,
) -> HttpResponse:
    """The page of a list that is asked for; `shown` makes of its rows what the template reads.

    `list_url` is the address of a list that is also shown after a refusal: its further pages and
    files are not where the refused form was sent to.
    """
    page = page_of(rows, per_page, request.GET.get("seite"))
    found = {
        "page": page,
        "rows": shown(list(page.object_list)),
        "exports": export_urls(request, list_url),
        "list_url": list_url,
    }
    return render(request, f"frontend/{template}.html", {**found, **context})
