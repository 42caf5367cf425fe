"""Where a refusal is shown: at the field it is about, above the form, or above the page."""

from __future__ import annotations

import pytest
from django import forms

from contracts.agreements.refused import AlreadyExists
from contracts.refusals import NotAllowed, NotFound
from frontend.saving import placed


class Head(forms.Form):
    number = forms.CharField()


class Terms(forms.Form):
    discount = forms.CharField()


@pytest.fixture
def parts() -> list[forms.Form]:
    sent: list[forms.Form] = [Head({"number": "1"}), Terms({"discount": "2"})]
    assert all(part.is_valid() for part in sent)
    return sent


@pytest.mark.parametrize(
    ("field", "errors"),
    [
        ("number", [{"number": ["Schon da."]}, {}]),
        ("discount", [{}, {"discount": ["Schon da."]}]),
        ("elsewhere", [{"__all__": ["Schon da."]}, {}]),
    ],
)
def test_it_stands_at_the_field_of_whichever_form(
    parts: list[forms.Form], field: str, errors: list[object]
) -> None:
    assert placed(AlreadyExists(field, "Schon da."), parts) is None
    assert [part.errors for part in parts] == errors


def test_without_a_form_it_is_said_above_the_page() -> None:
    alert = placed(AlreadyExists("number", "Schon da."), [])
    assert alert is not None
    assert list(alert.points) == ["Schon da."]


def test_what_does_not_exist_stays_a_404(parts: list[forms.Form]) -> None:
    with pytest.raises(NotFound):
        placed(NotFound("Gibt es nicht."), parts)
    assert placed(NotAllowed("Nicht von Ihnen."), parts) is not None
    assert [part.errors for part in parts] == [{}, {}]
