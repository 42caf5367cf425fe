"""Figures of law and VAT rules from the operator's file: all or nothing, never rewritten."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from contracts.agreements import law
from contracts.agreements.legal import EU_THRESHOLD, TERM_ABOVE, NoLegalFigure, figure
from contracts.agreements.models import LegalFigure, VatRule

pytestmark = pytest.mark.django_db

SHIPPED = settings.BASE_DIR / "deploy" / "law.json"


def write(folder: Path, **changed: Any) -> Path:
    data = {**json.loads(SHIPPED.read_text(encoding="utf-8")), **changed}
    path = folder / "law.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def entry(**changed: Any) -> dict[str, Any]:
    row = {"key": "grenze", "value": "100", "from": "2026-01-01", "before": None, "source": "§ 1"}
    return {**row, **changed}


def test_the_shipped_file_answers_by_day() -> None:
    assert law.load(SHIPPED) > 0
    assert figure(EU_THRESHOLD, date(2026, 6, 1)) == Decimal(216000)
    assert figure(EU_THRESHOLD, date(2025, 12, 31)) == Decimal(221000)
    assert figure(TERM_ABOVE, date(2026, 6, 1)) == Decimal(48)
    with pytest.raises(NoLegalFigure):
        figure(EU_THRESHOLD, date(2028, 1, 1))
    assert VatRule.objects.filter(vat_class="tablet").count() == 2


def test_a_second_run_changes_nothing() -> None:
    law.load(SHIPPED)
    assert law.load(SHIPPED) == 0


def test_a_figure_gets_an_end_and_a_successor(tmp_path: Path) -> None:
    law.load(write(tmp_path, figures=[entry()], vat_rules=[]))
    ended = [entry(before="2027-01-01"), entry(value="120", **{"from": "2027-01-01"})]
    assert law.load(write(tmp_path, figures=ended, vat_rules=[])) == 2
    assert figure("grenze", date(2026, 12, 31)) == Decimal(100)
    assert figure("grenze", date(2027, 1, 1)) == Decimal(120)


@pytest.mark.parametrize(
    "figures",
    [
        [entry(value="200")],
        [entry(), entry(value="120", **{"from": "2027-01-01"})],
    ],
    ids=["rewritten", "overlapping"],
)
def test_what_was_in_force_is_not_rewritten(tmp_path: Path, figures: list[Any]) -> None:
    law.load(write(tmp_path, figures=[entry()], vat_rules=[]))
    with pytest.raises(law.LawContradicts):
        law.load(write(tmp_path, figures=[entry(key="neu"), *figures], vat_rules=[]))
    assert list(LegalFigure.objects.values_list("key", "value")) == [("grenze", Decimal(100))]


@pytest.mark.parametrize(
    "changed", [{"figures": [entry(value="viel")]}, {"figures": [{"key": "x"}]}, {"figures": None}]
)
def test_an_unreadable_file_is_said_and_loads_nothing(
    tmp_path: Path, changed: dict[str, Any]
) -> None:
    with pytest.raises(CommandError, match="nicht lesbar"):
        call_command("load_law", write(tmp_path, **changed))
    assert not LegalFigure.objects.exists()
    assert not VatRule.objects.exists()
