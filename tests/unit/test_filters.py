"""What a list is narrowed by: what is no value narrows nothing, and the field shows what holds."""

from __future__ import annotations

import pytest

from contracts.agreements.models import Lot
from contracts.parties.models import Membership
from frontend.forms.filters import AgreementFilter, GateFilter, RequisitionFilter, StepFilter


@pytest.mark.parametrize(
    ("asked", "stand", "is_narrow"),
    [
        ({}, "kraft", False),
        ({"stand": "kraft"}, "kraft", False),
        ({"stand": "vergangen"}, "vergangen", True),
        ({"stand": "alle"}, "alle", True),
        ({"stand": "unbekannt"}, "kraft", False),
        ({"grund": "safety"}, "kraft", True),
    ],
)
def test_a_list_begins_with_what_is_in_force(
    asked: dict[str, str], stand: str, *, is_narrow: bool
) -> None:
    found = GateFilter(asked)
    assert (found.value("stand"), found.is_narrow) == (stand, is_narrow)
    assert f'value="{stand}" selected' in str(found["stand"])


def test_words_come_without_their_edges() -> None:
    found = AgreementFilter({"text": "  Notebooks ", "stand": ""})
    assert (found.value("text"), found.value("stand")) == ("Notebooks", "")
    assert found.is_narrow
    assert not AgreementFilter({"text": "  ", "stand": ""}).is_narrow


def test_lots_are_those_of_the_agreement() -> None:
    lots = [Lot(number=1, title="Notebooks"), Lot(number=2, title="Tablets")]
    assert StepFilter({"los": "2"}, lots=lots).value("los") == "2"
    assert not StepFilter({"los": "3"}, lots=lots).is_narrow


def test_who_belongs_to_a_school_chooses_none() -> None:
    by = Membership(school_id=3)
    found = RequisitionFilter({"schule": "7", "eigene": "1", "bei": ""}, by=by)
    assert (found.value("schule"), found.value("eigene"), found.value("bei")) == (None, True, False)
    assert RequisitionFilter({"schule": "7"}, by=Membership()).value("schule") == 7
