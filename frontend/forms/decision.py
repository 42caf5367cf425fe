"""Deciding about one requisition, with cuts, or about many."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from orders.approvals import Chosen, Grant
from orders.models.approval import Verdict
from orders.requisitions import AskedLine

_WHOLE = re.compile(r"-?[0-9]{1,10}")
_COMMENT_HINT = "Bei Ablehnung und Rückgabe erforderlich; die anfordernde Stelle liest sie."


def _comment_field() -> forms.CharField:
    return forms.CharField(
        label="Bemerkung",
        required=False,
        max_length=2000,
        help_text=_COMMENT_HINT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class DecisionForm(forms.Form):
    """Verdict and comment on the revision that was read; a refusal needs its reason."""

    revision_no = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    comment = _comment_field()
    resolution = forms.CharField(
        label="Beschluss (Nummer und Datum)", required=False, max_length=120
    )
    verdict = forms.ChoiceField(choices=Verdict.choices)

    def __init__(self, *args: Any, committee: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["resolution"].help_text = f"Die Stufe braucht einen Beschluss: {committee}."
        if not committee:
            del self.fields["resolution"]

    @property
    def chosen(self) -> Verdict:
        return Verdict(self.cleaned_data["verdict"])

    @property
    def read(self) -> int:
        """The revision that was read; 0, which none is, where the page did not say."""
        sent = self.data.get("revision_no", "")
        return int(sent) if _is_number(sent) else 0

    @property
    def typed(self) -> dict[str, str]:
        """What was typed, to be shown again on another revision."""
        return {name: self.data.get(name, "") for name in ("comment", "resolution")}


class Cuts:
    """What is granted per line, as typed: `menge-<Zeile>` and `grund-<Zeile>`.

    Only a quantity that differs from the line's is a cut. `errors` by line number are what
    is no whole number; everything else the domain judges.
    """

    def __init__(self, data: Mapping[str, Any], lines: Sequence[AskedLine]) -> None:
        self._typed: dict[int, tuple[str, str]] = {}
        self.grants: dict[int, Grant] = {}
        self.errors: dict[int, str] = {}
        for line in lines:
            quantity = str(data.get(f"menge-{line.line_no}", line.quantity)).strip()
            reason = str(data.get(f"grund-{line.line_no}", ""))[:250]
            self._typed[line.line_no] = (quantity, reason)
            self._read(line, quantity, reason)

    def _read(self, line: AskedLine, quantity: str, reason: str) -> None:
        if not _WHOLE.fullmatch(quantity):
            self.errors[line.line_no] = (
                f"Zeile {line.line_no} („{line.title}“): Bitte geben Sie eine ganze Zahl an."
            )
        elif int(quantity) != line.quantity:
            self.grants[line.line_no] = Grant(int(quantity), reason)

    def quantity(self, line_no: int) -> str:
        return self._typed[line_no][0]

    def reason(self, line_no: int) -> str:
        return self._typed[line_no][1]

    def touched(self, line_no: int) -> bool:
        """Whether something is to be kept of the line while another page of it is shown."""
        return line_no in self.grants or line_no in self.errors or bool(self.reason(line_no))

    @property
    def mark(self) -> str:
        """What was granted, in short: the page knows by it whether this was quoted."""
        return ",".join(f"{number}:{grant.quantity}" for number, grant in self.grants.items())


class BulkForm(forms.Form):
    """One verdict on everything that was chosen."""

    comment = _comment_field()
    verdict = forms.ChoiceField(choices=Verdict.choices)

    @property
    def chosen(self) -> Verdict:
        return Verdict(self.cleaned_data["verdict"])


def chosen_rows(values: Sequence[str]) -> list[Chosen]:
    """The boxes that were ticked (`<key>:<revision>`); what is no such pair is left out."""
    pairs = (value.partition(":") for value in values)
    return [
        Chosen(int(key), int(revision))
        for key, _, revision in pairs
        if _is_number(key) and _is_number(revision)
    ]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10
