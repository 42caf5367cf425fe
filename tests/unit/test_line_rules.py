"""What hangs on devices: how many they carry, and the sentence when they don't."""

from __future__ import annotations

import pytest

from orders.allotting.line_rules import Tie, Unmet, unmet_ties

WARRANTY, NOTEBOOK, TABLET = (5, "5.1"), (1, "1.1"), (1, "1.2")
TO_NOTEBOOK = Tie(WARRANTY, "Garantie", NOTEBOOK, "Notebook")
TO_TABLET = Tie(WARRANTY, "Garantie", TABLET, "Tablet")
TWO_EACH = Tie(WARRANTY, "Lizenz", NOTEBOOK, "Notebook", factor=2)


@pytest.mark.parametrize(
    ("ordered", "before", "allowed"),
    [
        ({WARRANTY: 3, NOTEBOOK: 3}, {}, None),
        ({WARRANTY: 3, NOTEBOOK: 2}, {}, 2),
        ({WARRANTY: 3}, {}, 0),
        ({WARRANTY: 3}, {NOTEBOOK: 3}, None),
        ({WARRANTY: 3}, {NOTEBOOK: 5, WARRANTY: 3}, 2),
        ({WARRANTY: 3, NOTEBOOK: 1}, {NOTEBOOK: 5, WARRANTY: 3}, None),
        # more hangs than devices are left: the debt is not carried into the sentence
        ({WARRANTY: 1}, {WARRANTY: 4}, 0),
    ],
)
def test_devices_of_now_and_before_carry_what_hangs(
    ordered: dict[tuple[int, str], int], before: dict[tuple[int, str], int], allowed: int | None
) -> None:
    found = unmet_ties(ordered, before, [TO_NOTEBOOK])
    assert [row.allowed for row in found] == ([] if allowed is None else [allowed])


def test_several_devices_carry_together() -> None:
    ties = [TO_NOTEBOOK, TO_TABLET]
    assert not unmet_ties({WARRANTY: 5, NOTEBOOK: 2, TABLET: 3}, {}, ties)
    (found,) = unmet_ties({WARRANTY: 6, NOTEBOOK: 2, TABLET: 3}, {}, ties)
    assert (found.allowed, found.devices) == (5, ("Notebook", "Tablet"))


def test_the_factor_of_the_relation_counts_per_device() -> None:
    assert not unmet_ties({WARRANTY: 4, NOTEBOOK: 2}, {}, [TWO_EACH])
    (found,) = unmet_ties({WARRANTY: 5, NOTEBOOK: 2}, {}, [TWO_EACH])
    assert found.allowed == 4


def test_a_relation_repeated_at_the_next_rank_counts_once() -> None:
    (found,) = unmet_ties({WARRANTY: 3, NOTEBOOK: 2}, {}, [TO_NOTEBOOK, TO_NOTEBOOK])
    assert found.allowed == 2


def test_the_sentence_says_what_is_missing_and_what_to_do() -> None:
    none = Unmet(WARRANTY, "Garantie", 3, 0, ("Notebook", "Tablet"))
    assert none.sentence == (
        "„Garantie“ (3 Stück) gibt es nur zusammen mit „Notebook“ oder „Tablet“: Die Geräte dazu "
        "fehlen. Legen Sie die fehlenden Geräte in den Bedarfskorb, oder verringern Sie die "
        "Menge um 3."
    )
    some = Unmet(WARRANTY, "Garantie", 3, 2, ("Notebook",))
    assert "Die Geräte dazu reichen für 2." in some.sentence
    assert some.sentence.endswith("verringern Sie die Menge um 1.")
