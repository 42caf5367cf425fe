"""What each list can be narrowed by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, partial
from typing import cast

from django import forms

from contracts.agreements.models import (
    AgreementState,
    GateReason,
    Lot,
    PriceChangeState,
    SuccessorState,
)
from contracts.catalogue.models import UploadState
from contracts.parties.models import Membership, Role, School
from frontend.lists import Filter, choice_field, words_field
from orders.lifecycle import CallOffState, RequisitionState

IN_FORCE, PAST, ALL = "kraft", "vergangen", "alle"
DELEGATION_VIEWS = (
    ("alle", "Alle"),
    ("meine", "Wer mich vertritt"),
    ("fuer-andere", "Wen ich vertrete"),
)


def _in_force_field() -> forms.ChoiceField:
    """What stands or will; what is over only where it is asked for."""
    choices = (
        (IN_FORCE, "in Kraft und künftig"),
        (PAST, "aufgehoben oder abgelaufen"),
        (ALL, "alle"),
    )
    return forms.ChoiceField(label="Stand", choices=choices, initial=IN_FORCE)


def _tick_field(label: str, value: str) -> forms.BooleanField:
    return forms.BooleanField(
        label=label, required=False, widget=forms.CheckboxInput(attrs={"value": value})
    )


class AgreementFilter(Filter):
    title = "Vereinbarungen filtern"
    nothing = "Keine Vereinbarung passt zu diesem Filter"
    stand = choice_field("Stand", AgreementState.choices)
    text = words_field("Nummer oder Titel")


class ItemFilter(Filter):
    title = "Positionen filtern"
    nothing = "Keine Position passt zu diesem Filter"
    text = words_field("Position oder Bezeichnung")


class AgreementCallOffFilter(Filter):
    title = "Abrufe filtern"
    nothing = "Kein Abruf passt zu diesem Filter"
    stand = choice_field("Stand", ((state.value, state.label) for state in CallOffState))


class CallOffFilter(AgreementCallOffFilter):
    text = words_field("Nummer oder Name")


class RequisitionFilter(Filter):
    """Whoever belongs to a school has none to choose."""

    title = "Anforderungen filtern"
    nothing = "Keine Anforderung passt zu diesem Filter"
    stand = choice_field("Stand", ((state.value, state.label) for state in RequisitionState))
    schule = forms.IntegerField(
        label="Schule", required=False, min_value=1, max_value=10**18, widget=forms.Select
    )
    nummer = words_field("Nummer oder Betreff")
    bei = _tick_field("bei der Beschaffung", "beschaffung")
    eigene = _tick_field("von mir angelegt", "1")

    def __init__(self, asked: Mapping[str, str], *, by: Membership) -> None:
        super().__init__(asked)
        self.fields["schule"].widget = forms.Select(choices=cache(partial(_schools, by)))
        if by.school_id is not None:
            del self.fields["schule"]


def _schools(by: Membership) -> list[tuple[object, str]]:
    """Asked for where the filter is shown: a file needs none of them."""
    rows = School.objects.filter(authority_id=by.organisation_id)
    return [("", "alle"), *rows.values_list("pk", "name")]


class StepFilter(Filter):
    title = "Vergabeschritte filtern"
    nothing = "Keine Schritte in diesem Los"
    los = choice_field("Los", ())

    def __init__(self, asked: Mapping[str, str], *, lots: Sequence[Lot]) -> None:
        super().__init__(asked)
        choices = [(str(lot.number), f"Los {lot.number}: {lot.title}") for lot in lots]
        cast("forms.ChoiceField", self.fields["los"]).choices = [("", "alle"), *choices]


class ChangeFilter(Filter):
    title = "Preisänderungen filtern"
    nothing = "Keine Änderung mit diesem Stand"
    stand = choice_field("Stand", PriceChangeState.choices)


class SuccessorFilter(Filter):
    title = "Vorschläge filtern"
    nothing = "Kein Vorschlag mit diesem Stand"
    stand = choice_field("Stand", SuccessorState.choices)


class UploadFilter(Filter):
    title = "Lieferungen filtern"
    nothing = "Keine Lieferung mit diesem Stand"
    stand = choice_field("Stand", UploadState.choices)


class OptOutFilter(Filter):
    title = "Opt-outs filtern"
    nothing = "Kein Opt-out passt zu diesem Filter"
    stand = _in_force_field()


class GateFilter(Filter):
    title = "Hindernisse filtern"
    nothing = "Kein Hindernis passt zu diesem Filter"
    stand = _in_force_field()
    grund = choice_field("Grund", GateReason.choices)


class StandardFilter(Filter):
    title = "Standards filtern"
    nothing = "Kein Standard passt zu diesem Filter"
    stand = _in_force_field()


class DelegationFilter(Filter):
    title = "Vertretungen filtern"
    nothing = "Keine Vertretung passt zu diesem Filter"
    sicht = forms.ChoiceField(choices=DELEGATION_VIEWS, initial=ALL, widget=forms.HiddenInput)
    stand = forms.ChoiceField(
        label="Stand",
        choices=(
            ("offen", "laufende und künftige"),
            (PAST, "vergangene"),
            (ALL, "alle"),
        ),
        initial="offen",
    )


class PeopleFilter(Filter):
    title = "Personen filtern"
    nothing = "Niemand passt zu diesem Filter"
    rolle = choice_field("Rolle", Role.choices)
    stand = forms.ChoiceField(
        label="Stand",
        choices=(("", "in Kraft und künftig"), ("beendet", "beendet"), (ALL, "alle")),
        required=False,
    )
