"""Loading figures of law and VAT rules: dated configuration that an operator keeps in a file.

What was in force stays as it was: a row may get an end, and a new one may follow it, but
the value of a day that prices and listings rested on is never rewritten.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import partial
from pathlib import Path

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from contracts.agreements.errors import AgreementError
from contracts.agreements.models import LegalFigure, VatRule
from contracts.agreements.models.vat import BuyerScope
from contracts.constraints import Refusals, translated

Row = Mapping[str, str]


class UnreadableLaw(AgreementError):
    """The file is no JSON of figures and VAT rules, or an entry lacks a value."""

    code = "unreadable_law"


class LawContradicts(AgreementError):
    """An entry says something else about days on which another value was in force."""

    code = "law_contradicts"


_OVERLAP: Refusals = {
    name: partial(
        LawContradicts,
        f"Zwei Zeilen {what} gelten für dieselben Tage. Bitte der früheren ein Ende geben.",
    )
    for name, what in (
        ("agreements_figure_no_overlap", "einer rechtlichen Größe"),
        ("agreements_vat_rule_no_overlap", "einer Steuerklasse"),
    )
}


def load(path: Path) -> int:
    """Load `figures` and `vat_rules` from a JSON file; return how many rows are new or ended.

    All or nothing; a second run changes nothing. Raises UnreadableLaw, LawContradicts,
    OSError.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        figures, rules = list(data["figures"]), list(data["vat_rules"])
        with translated(_OVERLAP), transaction.atomic():
            return sum(map(_figure, figures)) + sum(map(_rule, rules))
    except (ValueError, KeyError, TypeError, InvalidOperation) as error:
        raise UnreadableLaw(f"{path.name} ist nicht lesbar: {error!r}") from error


def _figure(row: Row) -> bool:
    values = {"value": Decimal(row["value"]), "source": row["source"]}
    known = LegalFigure.objects.filter(key=row["key"], valid__startswith=_begin(row)).first()
    if known is None:
        LegalFigure.objects.create(key=row["key"], valid=_range(row), **values)
        return True
    return _ended(known, row, values)


def _rule(row: Row) -> bool:
    identity = {
        "vat_class": row["vat_class"],
        "buyers": row.get("buyers", BuyerScope.ALL),
        "minimum_net": Decimal(row.get("minimum_net", "0")),
    }
    values = {
        "category": row["category"],
        "rate": Decimal(row["rate"]),
        "reason": row.get("reason", ""),
    }
    known = VatRule.objects.filter(**identity, valid__startswith=_begin(row)).first()
    if known is None:
        VatRule.objects.create(valid=_range(row), **identity, **values)
        return True
    return _ended(known, row, values)


def _ended(known: LegalFigure | VatRule, row: Row, values: Mapping[str, object]) -> bool:
    """Give a known row its end; True when it had another one."""
    for name, value in values.items():
        if getattr(known, name) != value:
            raise LawContradicts(
                f"„{known}“ gilt seit dem {_begin(row):%d.%m.%Y} und wird nicht umgeschrieben. "
                "Bitte der Zeile ein Ende geben und eine neue anfügen."
            )
    if known.valid == _range(row):
        return False
    known.valid = _range(row)
    known.save(update_fields=["valid"])
    return True


def _begin(row: Row) -> date:
    return date.fromisoformat(row["from"])


def _range(row: Row) -> DateRange:
    before = row.get("before")
    return DateRange(_begin(row), date.fromisoformat(before) if before else None)
