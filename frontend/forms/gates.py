"""Setting and lifting gates; the choices hold only what the actor's organisation decides on."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from contracts.agreements.gates import register as gate_register
from contracts.agreements.gates.register import COSIGNERS, REASONS_BY_ROLE, GateScope, GateSpec
from contracts.agreements.models import Article, ContractItem, GateEffect, GateReason, Lot
from contracts.parties.models import Membership, Organisation, Role

from .fields import day_field, text_area


class LotChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Lots by agreement, number and title."""

    def label_from_instance(self, obj: Lot) -> str:  # type: ignore[override]
        return f"{obj.agreement.number}, Los {obj.number}: {obj.title}"


def _lots(by: Membership, on: date) -> Any:
    rows = gate_register.reachable_lots(by, on).select_related("agreement")
    return rows.order_by("agreement__number", "number")


def _groups(by: Membership, on: date) -> list[tuple[str, str]]:
    return [("", "alle"), *((name, name) for name in gate_register.reachable_groups(by, on))]


class GateForm(forms.Form):
    """What is put in the way, of what, with which effect; empty scope fields mean all."""

    reason = forms.ChoiceField(label="Grund")
    effect = forms.ChoiceField(label="Wirkung", choices=GateEffect.choices)
    cosign_role = forms.ChoiceField(
        label="Mitzeichnung durch",
        required=False,
        help_text="Nur bei der Wirkung „verlangt Mitzeichnung“.",
        choices=[("", "–"), *((role.value, role.label) for role in COSIGNERS)],
    )
    lot = LotChoice(Lot.objects.none(), label="Los", required=False, empty_label="alle")
    supplier = forms.ModelChoiceField(
        Organisation.objects.none(), label="Lieferant", required=False, empty_label="alle"
    )
    product_group = forms.ChoiceField(label="Warengruppe", required=False)
    position = forms.CharField(
        label="Position",
        required=False,
        max_length=30,
        help_text="Nummer der Vertragsposition im gewählten Los.",
    )
    article = forms.CharField(
        label="Artikelnummer",
        required=False,
        max_length=60,
        help_text="Nummer des Lieferanten.",
    )
    explanation = forms.CharField(
        label="Erläuterung",
        max_length=250,
        help_text="Diesen Satz lesen alle, deren Bestellung das Hindernis aufhält.",
    )
    evidence = forms.CharField(
        label="Beleg", max_length=250, help_text="Schreiben, Vermerk oder Beschluss mit Datum."
    )
    valid_from = day_field("gilt ab")
    valid_to = day_field("gilt bis", required=False)

    def __init__(self, *args: Any, by: Membership, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by, self.on = by, on
        fields: dict[str, Any] = self.fields
        reasons = [row for row in REASONS_BY_ROLE[by.role] if row is not GateReason.OPT_OUT]
        fields["reason"].choices = [(row.value, row.label) for row in reasons]
        fields["lot"].queryset = _lots(by, on)
        fields["supplier"].queryset = gate_register.reachable_suppliers(by, on)
        fields["product_group"].choices = _groups(by, on)
        fields["valid_from"].initial = on

    @property
    def scope_fields(self) -> list[forms.BoundField]:
        names = ("lot", "supplier", "product_group", "position", "article")
        return [self[name] for name in names]

    @property
    def head_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("reason", "effect", "cosign_role")]

    @property
    def tail_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("explanation", "evidence", "valid_from", "valid_to")]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["item"] = self._item(data) if data.get("position") else None
        data["found_article"] = self._article(data) if data.get("article") else None
        return data

    def _item(self, data: dict[str, Any]) -> ContractItem | None:
        if data.get("lot") is None:
            self.add_error("position", "Bitte wählen Sie zur Position das Los.")
            return None
        rows = ContractItem.objects.filter(award__lot=data["lot"], number=data["position"].strip())
        if data.get("supplier") is not None:
            rows = rows.filter(award__supplier=data["supplier"])
        return self._only(rows, "position", "Diese Position gibt es im gewählten Los nicht.")

    def _article(self, data: dict[str, Any]) -> Article | None:
        listings = gate_register.reachable_listings(self.by, self.on)
        rows = Article.objects.filter(
            listings__in=listings, supplier_aid=data["article"].strip()
        ).distinct()
        if data.get("supplier") is not None:
            rows = rows.filter(supplier=data["supplier"])
        return self._only(rows, "article", "Einen Artikel mit dieser Nummer gibt es nicht.")

    def _only(self, rows: Any, field: str, missing: str) -> Any:
        found = list(rows[:2])
        if not found:
            self.add_error(field, missing)
        elif len(found) > 1:
            self.add_error(
                field, "Mehrere Lieferanten führen diese Nummer. Bitte wählen Sie einen."
            )
        return found[0] if len(found) == 1 else None

    @property
    def spec(self) -> GateSpec:
        """What the register is asked to set."""
        data = self.cleaned_data
        keys = {name: data[name] for name in ("lot", "supplier", "item")}
        return GateSpec(
            scope=GateScope(
                article_id=_key(data["found_article"]),
                item_id=_key(keys["item"]),
                lot_id=_key(keys["lot"]),
                supplier_id=_key(keys["supplier"]),
                product_group=data["product_group"],
            ),
            reason=GateReason(data["reason"]),
            explanation=data["explanation"],
            evidence=data["evidence"],
            valid_from=data["valid_from"],
            valid_to=data["valid_to"],
            effect=GateEffect(data["effect"]),
            cosign_role=data["cosign_role"] and Role(data["cosign_role"]),
        )


class OptOutForm(forms.Form):
    """The own contract that stands behind an opt-out, what it covers and until when."""

    lot = LotChoice(Lot.objects.none(), label="Los", required=False, empty_label="alle")
    product_group = forms.ChoiceField(label="Warengruppe", required=False)
    contract = forms.CharField(
        label="Eigener Vertrag",
        max_length=250,
        help_text="Nummer oder Aktenzeichen und Vertragspartner.",
    )
    explanation = forms.CharField(
        label="Erläuterung",
        max_length=250,
        help_text="Ihre Leute lesen diesen Satz am ausgegrauten Artikel.",
    )
    valid_to = day_field("gilt bis", help_text="Ende des eigenen Vertrags.")

    def __init__(self, *args: Any, by: Membership, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["lot"].queryset = _lots(by, on)
        fields["product_group"].choices = _groups(by, on)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("lot") and not data.get("product_group"):
            raise forms.ValidationError("Bitte wählen Sie ein Los oder eine Warengruppe.")
        return data


class ReasonForm(forms.Form):
    """Why something is ended."""

    reason = text_area("Grund der Aufhebung", max_length=250)


def _key(row: Any) -> int | None:
    return row.pk if row is not None else None
