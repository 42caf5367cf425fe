"""Writing an agreement: head, lots with CPV codes, awards with terms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, cast

from django import forms

from contracts.agreements.models import (
    AgreementState,
    AllocationRule,
    Award,
    AwardTerms,
    FrameworkAgreement,
    Lot,
)
from contracts.agreements.writing import cpv
from contracts.agreements.writing.edit import AgreementHead, AwardHead, LotHead
from contracts.agreements.writing.terms import Terms
from contracts.parties.models import Membership, Organisation, Role
from contracts.parties.models.organisation import OrganisationKind
from frontend.forms.fields import day_field, money_field, percent_field, text_area

SEARCH = "suchen"
_SEPARATORS = re.compile(r"[,;\s]+")


class ResponsibleChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A person of the body with the role they have there."""

    def label_from_instance(self, obj: Membership) -> str:
        return f"{obj.user} ({obj.get_role_display()})"


class AgreementForm(forms.Form):
    """The head of an agreement; what is still missing can follow before the listing."""

    number = forms.CharField(label="Nummer", max_length=40)
    title = forms.CharField(label="Titel", max_length=200)
    notice_number = forms.CharField(
        label="Bekanntmachungsnummer", max_length=60, required=False, help_text="2026/S 001-000001"
    )
    starts_on = day_field("Beginn der Laufzeit")
    ends_on = day_field("Letzter Tag der Laufzeit")
    estimate = money_field("Schätzwert (netto, EUR)", required=False)
    maximum = money_field(
        "Höchstwert (netto, EUR)",
        required=False,
        help_text="Schätzwert und Höchstwert sind vor der Listung nötig (EuGH C-23/20).",
    )
    responsible = ResponsibleChoice(Membership.objects.none(), label="Verantwortlich")
    term_justification = text_area(
        "Begründung einer längeren Laufzeit",
        required=False,
        max_length=2000,
        help_text="Nötig über der Höchstlaufzeit (§ 21 Abs. 6 VgV, § 15 Abs. 4 UVgO).",
    )

    def __init__(self, *args: Any, by: Membership, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[Membership]", self.fields["responsible"])
        field.queryset = (
            Membership.objects.valid_on(on)
            .filter(
                organisation_id=by.organisation_id,
                role__in=(Role.CONTRACT_MANAGER, Role.REVIEWER),
            )
            .select_related("user")
        )

    @property
    def head(self) -> AgreementHead:
        """The head as the domain takes it."""
        return _head(self.cleaned_data)


class ListedAgreementForm(AgreementForm):
    """What stays open once the agreement is listed; everything else as it stands."""

    OPEN = ("title", "responsible")

    def __init__(self, *args: Any, agreement: FrameworkAgreement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fixed = initial_agreement(agreement)
        for name in set(self.fields) - set(self.OPEN):
            del self.fields[name]

    @property
    def head(self) -> AgreementHead:
        return _head(self.fixed | {name: self.cleaned_data[name] for name in self.OPEN})


def _head(values: Mapping[str, Any]) -> AgreementHead:
    data = dict(values)
    responsible: Membership = data.pop("responsible")
    return AgreementHead(**data, responsible_id=responsible.pk)


def agreement_form(
    agreement: FrameworkAgreement, data: Any, *, by: Membership, on: date
) -> AgreementForm:
    """The form that fits the agreement's state, filled with what is known."""
    initial = initial_agreement(agreement)
    if agreement.state == AgreementState.DRAFT:
        return AgreementForm(data, initial=initial, by=by, on=on)
    return ListedAgreementForm(data, initial=initial, agreement=agreement, by=by, on=on)


def initial_agreement(agreement: FrameworkAgreement) -> dict[str, Any]:
    """The head as it stands, by the names of the form."""
    return {
        "number": agreement.number,
        "title": agreement.title,
        "notice_number": agreement.notice_number,
        "starts_on": agreement.starts_on,
        "ends_on": agreement.ends_on,
        "estimate": agreement.estimated_value,
        "maximum": agreement.account.limit_amount if agreement.account is not None else None,
        "responsible": agreement.responsible_id,
        "term_justification": agreement.term_justification,
    }


class LotForm(forms.Form):
    """A lot; CPV codes are typed, or searched in the vocabulary and ticked."""

    number = forms.IntegerField(label="Losnummer", min_value=1, max_value=999)
    title = forms.CharField(label="Titel", max_length=200)
    allocation = forms.ChoiceField(
        label="Vergaberegel",
        choices=AllocationRule.choices,
        help_text="Wer von mehreren Lieferanten den Abruf erhält.",
    )
    estimate = money_field("Schätzwert (netto, EUR)", required=False)
    maximum = money_field("Höchstwert (netto, EUR)")
    cpv = forms.CharField(
        label="CPV-Codes",
        required=False,
        max_length=400,
        help_text="Mehrere durch Komma getrennt, zum Beispiel 30213100-6.",
    )
    cpv_search = forms.CharField(
        label="Im CPV-Verzeichnis suchen",
        required=False,
        max_length=80,
        help_text="Wörter auf Deutsch oder Englisch, oder die ersten Ziffern eines Codes.",
    )
    cpv_found = forms.MultipleChoiceField(
        label="Treffer übernehmen", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any = None, *, search: str = "", **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        found = list(cpv.search(search))
        self.found_nothing = bool(search.strip()) and not found
        field = cast("forms.MultipleChoiceField", self.fields["cpv_found"])
        field.choices = [(row.code, str(row)) for row in found]
        if not found:
            del self.fields["cpv_found"]

    @property
    def codes(self) -> list[str]:
        """The codes typed and ticked, each once."""
        typed = [code for code in _SEPARATORS.split(self.cleaned_data["cpv"]) if code]
        return list(dict.fromkeys([*typed, *self.cleaned_data.get("cpv_found", [])]))

    @property
    def head(self) -> LotHead:
        """The lot as the domain takes it."""
        data = self.cleaned_data
        return LotHead(
            number=data["number"],
            title=data["title"],
            allocation=AllocationRule(data["allocation"]),
            estimate=data["estimate"],
            maximum=data["maximum"],
            cpv=self.codes,
        )


def lot_form(data: Any, initial: Mapping[str, Any]) -> LotForm:
    """The form as posted, or as it was left when somebody searched for a code."""
    if data is None:
        return LotForm(initial=dict(initial))
    text = str(data.get("cpv_search", ""))
    if SEARCH not in data:
        return LotForm(data, search=text)
    left = {name: data.get(name) for name in LotForm.base_fields if name != "cpv_found"}
    typed = _SEPARATORS.split(str(left["cpv"] or ""))
    codes = [code for code in (*typed, *data.getlist("cpv_found")) if code]
    left["cpv"] = ", ".join(dict.fromkeys(codes))
    return LotForm(initial=left, search=text)


def initial_lot(lot: Lot) -> dict[str, Any]:
    """The lot as it stands, by the names of the form."""
    codes = lot.cpv_codes.order_by("code").values_list("code", flat=True)
    return {
        "number": lot.number,
        "title": lot.title,
        "allocation": lot.allocation,
        "estimate": lot.estimated_value,
        "maximum": lot.account.limit_amount,
        "cpv": ", ".join(codes),
    }


class AwardForm(forms.Form):
    """An award without its terms."""

    reference = forms.CharField(label="Zuschlagsvermerk", max_length=80)
    awarded_on = day_field("Zuschlag erteilt am")
    rank = forms.IntegerField(label="Rang", min_value=1, max_value=99, initial=1)
    maximum = money_field(
        "Eigener Höchstwert (netto, EUR)",
        required=False,
        help_text="Leer: Es gilt der Höchstwert des Loses.",
    )

    @property
    def head(self) -> AwardHead:
        """The award as the domain takes it."""
        names = ("reference", "awarded_on", "rank", "maximum")
        return AwardHead(**{name: self.cleaned_data[name] for name in names})


class NewAwardForm(AwardForm):
    """An award of a supplier that has none in the lot yet."""

    supplier = forms.ModelChoiceField(
        Organisation.objects.none(), label="Lieferant", empty_label="Bitte wählen"
    )
    field_order = ("supplier", "reference", "awarded_on", "rank", "maximum")

    def __init__(self, *args: Any, lot: Lot, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[Organisation]", self.fields["supplier"])
        field.queryset = Organisation.objects.filter(
            kind=OrganisationKind.SUPPLIER, is_active=True
        ).exclude(awards__lot=lot)


def initial_award(award: Award) -> dict[str, Any]:
    """The award as it stands, by the names of the form."""
    return {
        "reference": award.reference,
        "awarded_on": award.awarded_on,
        "rank": award.rank,
        "maximum": award.account.limit_amount if award.account is not None else None,
    }


class TermsForm(forms.Form):
    """Payment, delivery and price clause of an award."""

    payment_days = forms.IntegerField(label="Zahlungsziel (Tage)", min_value=0, max_value=365)
    discount_percent = percent_field("Skonto (%)")
    discount_days = forms.IntegerField(label="Skontofrist (Tage)", min_value=0, max_value=365)
    delivery_days = forms.IntegerField(label="Lieferzeit (Werktage)", min_value=0, max_value=365)
    confirmation_days = forms.IntegerField(
        label="Frist zur Bestätigung (Werktage)",
        min_value=0,
        max_value=365,
        help_text="Ohne Bestätigung gilt ein Abruf danach als nicht angenommen (Kaskade).",
    )
    minimum_order = money_field("Mindestbestellwert (netto, EUR)")
    penalty_percent_per_week = percent_field("Vertragsstrafe je Woche (%)")
    delivery_clause = forms.CharField(label="Lieferbedingung", max_length=200, required=False)
    split_over_ranks = forms.BooleanField(
        label="Eine Menge darf über mehrere Ränge geteilt werden", required=False
    )
    rise_percent_per_year = percent_field(
        "Preiserhöhung je Jahr höchstens (%)",
        required=False,
        help_text="Leer: Die Konditionen sehen keine Preiserhöhung vor.",
    )
    rise_earliest_on = day_field("Preiserhöhung frühestens ab", required=False)
    price_notice_days = forms.IntegerField(
        label="Ankündigungsfrist für Preise (Tage)", min_value=0, max_value=730
    )
    automatic_fall = forms.BooleanField(label="Preissenkungen gelten ohne Prüfung", required=False)

    @property
    def terms(self) -> Terms:
        """The terms as the domain takes them."""
        return Terms(**{name: self.cleaned_data[name] for name in TermsForm.base_fields})


class NewTermsForm(TermsForm):
    """The next version of an award's terms, with its first day and the document behind it."""

    valid_from = day_field("Gültig ab")
    document = forms.CharField(
        label="Grundlage", max_length=250, help_text="Nachtrag oder Schreiben, auf dem es beruht."
    )
    field_order = ("valid_from", "document")


def initial_terms(latest: AwardTerms | None = None) -> dict[str, Any]:
    """The latest terms, or the usual ones."""
    source = latest if latest is not None else Terms()
    return {name: getattr(source, name) for name in TermsForm.base_fields}


def parts(form: forms.Form, names: Iterable[str]) -> Sequence[forms.BoundField]:
    """Fields of the form in the order of the names, as far as it has them."""
    return [form[name] for name in names if name in form.fields]
