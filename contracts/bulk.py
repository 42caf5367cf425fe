"""Writing many rows of a table in one statement of constant text, bound by the server.

`bulk_create` builds its text anew for every number of rows; here the values travel in
arrays, so the server parses the statement once per session.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from enum import Enum
from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import AutoField, Field, JSONField, Model
from django.db.models.fields import CharField, TextField

from .sql import fetch

Row = TypeVar("Row", bound=Model)


def insert(rows: Iterable[Row], *, also: str = "") -> list[Row]:
    """Insert unsaved instances of one model, in their order, and give them their keys.

    `also` is a further INSERT of the same statement, which reads what was `written`: rows of
    another table that come with each of these. Fields without a value of their own take
    Django's default. Models with array columns are not meant for it.
    """
    found = list(rows)
    if found:
        statement, fields = _statement(type(found[0]), also)
        values = {str(field.column): _column(field, found) for field in fields}
        for row, (pk,) in zip(found, fetch(statement, values), strict=True):
            row.pk = pk
            row._state.adding = False  # noqa: SLF001 - as Django's own bulk_create does
    return found


@cache
def _statement(model: type[Model], also: str) -> tuple[str, tuple[Field[Any, Any], ...]]:
    meta = model._meta  # noqa: SLF001 - Django documents _meta
    fields = tuple(
        field
        for field in meta.concrete_fields
        if not isinstance(field, AutoField) and not field.generated
    )
    names = ", ".join(f'"{field.column}"' for field in fields)
    arrays = ", ".join(
        f"%({field.column})s::{_array(field.db_type(connection) or '')}" for field in fields
    )
    key = f'"{meta.pk.column}"'
    insertion = (
        f'INSERT INTO "{meta.db_table}" ({names})'  # noqa: S608 - the model's own columns
        f" SELECT {names} FROM unnest({arrays}) WITH ORDINALITY AS rows ({names}, ordinality)"
        " ORDER BY ordinality"
    )
    if not also:
        return f"{insertion} RETURNING {key}", fields
    chained = f"WITH written AS ({insertion} RETURNING *), more AS ({also})"
    return f"{chained} SELECT {key} FROM written ORDER BY {key}", fields  # noqa: S608 - the same


def _array(db_type: str) -> str:
    """The array of a column's type; lengths and JSON are checked by the column itself."""
    plain = db_type.partition("(")[0]
    return "text[]::jsonb[]" if plain == "jsonb" else f"{plain}[]"


def _column(field: Field[Any, Any], rows: Sequence[Model]) -> object:
    values = [getattr(row, field.attname) for row in rows]
    if isinstance(field, JSONField):
        return [json.dumps(value) for value in values]
    if isinstance(field, CharField | TextField):
        return [value.value if isinstance(value, Enum) else value for value in values]
    # one literal, whatever the values: the server sees the same types every time
    return "{" + ",".join(map(_literal, values)) + "}"


def _literal(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "t" if value else "f"
    isoformat = getattr(value, "isoformat", None)
    return f'"{isoformat()}"' if isoformat is not None else str(value)
