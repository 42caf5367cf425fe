"""The approval policy as a form: a head and one row per rule, rows added and taken without JS."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, cast

from django import forms
from django.forms import BaseFormSet, formset_factory

from contracts.agreements.gates.register import COSIGNERS
from contracts.digits import whole
from orders.signing.policy_structure import (
    COMMITTEE_LENGTH,
    MAX_DAYS,
    MAX_GROSS,
    MAX_RULES,
    MAX_SIGNERS,
)
from orders.signing.rules import STEP_DAYS, Rule
from orders.signing.staff import ROLE_NAMES

from .fields import day_field, money_field

PREFIX = "regeln"
_ROLES = [("", "– bitte wählen –"), *ROLE_NAMES.items()]
_LATER = [("", "niemand"), *ROLE_NAMES.items()]
_CONDITIONS = [("", "immer"), ("funded", "nur mit Zuwendung")]


def _count(label: str, most: int, **options: Any) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"min": "1", "max": str(most)})
    return forms.IntegerField(label=label, min_value=1, max_value=most, widget=widget, **options)


class PolicyHeadForm(forms.Form):
    """From when on, and why."""

    valid_from = day_field("gilt ab", help_text="Frühestens ab heute.")
    note = forms.CharField(
        label="Anlass",
        max_length=250,
        required=False,
        help_text="Steht im Verlauf, etwa „Dienstanweisung 3/2026“.",
    )


class RuleForm(forms.Form):
    """One rule; a row without amount and role is left out."""

    tier = _count("Stufe", MAX_SIGNERS, initial=1)
    from_gross = money_field("ab brutto (EUR)", max_value=MAX_GROSS)
    role = forms.ChoiceField(label="Rolle", choices=_ROLES)
    signers = _count("Unterschriften", MAX_SIGNERS, initial=1)
    condition = forms.ChoiceField(label="gilt", choices=_CONDITIONS, required=False)
    days = _count("Frist (Tage)", MAX_DAYS, initial=STEP_DAYS)
    escalation_role = forms.ChoiceField(label="danach auch", choices=_LATER, required=False)
    committee = forms.CharField(
        label="Beschluss von (Gremium)", max_length=COMMITTEE_LENGTH, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "empty_permitted": True})

    @property
    def is_blank(self) -> bool:
        """Neither amount nor role was given: the row does not count."""
        return not any(self.data.get(self.add_prefix(name)) for name in ("from_gross", "role"))

    def has_changed(self) -> bool:
        """A blank row is skipped, whatever else stands in it."""
        return not self.is_blank

    @property
    def rule(self) -> Rule:
        """The rule of a valid row."""
        data = self.cleaned_data
        return Rule(
            tier=data["tier"],
            from_gross=data["from_gross"],
            role=data["role"],
            signers=data["signers"],
            when_funded=data["condition"] == "funded",
            days=data["days"],
            escalation_role=data["escalation_role"],
            committee=data["committee"].strip(),
        )


class BaseRules(BaseFormSet):  # type: ignore[type-arg]
    """All rows; those left blank are skipped."""

    @property
    def filled(self) -> list[RuleForm]:
        """The rows that count, in their order."""
        return [form for form in self.forms if not form.is_blank]

    @property
    def rules(self) -> list[Rule]:
        """The rules of a valid form set, in the order of `filled`."""
        return [form.rule for form in self.filled]


# One row too many is refused as a thousand are; without `absolute_max` a thousand would be made.
RuleFormSet = formset_factory(
    RuleForm,
    formset=BaseRules,
    extra=0,
    max_num=MAX_RULES,
    absolute_max=MAX_RULES + 1,
    validate_max=True,
)


def rule_rows(data: Mapping[str, Any] | None, rules: Iterable[Rule] = ()) -> BaseRules:
    """The rows as they were sent, or those of *rules* to begin with."""
    initial = None if data is not None else [_values(rule) for rule in rules] or [{}]
    return cast("BaseRules", RuleFormSet(data, prefix=PREFIX, initial=initial))


def changed_rows(data: Mapping[str, Any]) -> BaseRules | None:
    """The rows with one more, or with one taken, as a button asked; None when none did."""
    rows = _sent_rows(data)
    if "zeile_neu" in data:
        tier = rows[-1]["tier"] if rows else 1
        rows.append({"days": STEP_DAYS, "signers": 1, "tier": tier})
    elif (taken := whole(str(data.get("zeile_weg", "")))) is not None:
        rows = [row for place, row in enumerate(rows) if place != taken]
    else:
        return None
    return cast("BaseRules", RuleFormSet(None, prefix=PREFIX, initial=rows[:MAX_RULES] or [{}]))


def _sent_rows(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    count = min(whole(str(data.get(f"{PREFIX}-TOTAL_FORMS", ""))) or 0, MAX_RULES)
    return [
        {name: data.get(f"{PREFIX}-{place}-{name}", "") for name in RuleForm.base_fields}
        for place in range(count)
    ]


def _values(rule: Rule) -> dict[str, Any]:
    return {
        "tier": rule.tier,
        "from_gross": rule.from_gross,
        "role": rule.role,
        "signers": rule.signers,
        "condition": "funded" if rule.when_funded else "",
        "days": rule.days,
        "escalation_role": rule.escalation_role,
        "committee": rule.committee,
    }


class SimulationForm(forms.Form):
    """What would be asked: an amount, whether a grant pays, who co-signs, who submits."""

    betrag = money_field("Betrag brutto (EUR)", max_value=MAX_GROSS)
    zuwendung = forms.BooleanField(label="aus einer Zuwendung bezahlt", required=False)
    mitzeichnung = forms.MultipleChoiceField(
        label="Mitzeichnung durch ein Hindernis",
        choices=[(role.value, role.label) for role in COSIGNERS],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    einreicher = forms.TypedChoiceField(
        label="eingereicht von", coerce=int, empty_value=None, required=False
    )

    def __init__(self, *args: Any, submitters: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["einreicher"]
        field.choices = [("", "jemand, der nicht selbst unterschreibt"), *submitters]


class LimitForm(forms.Form):
    """Up to which amount somebody signs."""

    limit = money_field(
        "Zeichnungsgrenze (brutto, EUR)",
        max_value=MAX_GROSS,
        required=False,
        help_text="Leer: Die Person unterschreibt nichts.",
    )


class LastDayForm(forms.Form):
    """The last day of a membership."""

    last_day = day_field(
        "letzter Tag", help_text="Mit dem gestrigen Tag endet die Mitgliedschaft sofort."
    )

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["last_day"].initial = on
