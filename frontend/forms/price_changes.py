"""Proposing a price, deciding about one, and the register of modifications."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.db.models import QuerySet

from contracts.agreements.models import (
    Article,
    Award,
    ContractItem,
    ContractModification,
    FrameworkAgreement,
    Lot,
    ModificationGround,
    ModificationKind,
    PriceBasis,
)
from contracts.agreements.prices.changes import MAX_COUNT, Proposal
from contracts.agreements.prices.modification_effects import raisable_accounts
from contracts.agreements.prices.modifications import Entry
from contracts.agreements.writing.tiers import TierRow
from contracts.ledger.models import LimitAccount
from frontend.formatting import format_amount
from frontend.forms.fields import day_field, money_field, text_area
from frontend.forms.ids import OwnIds

VALUE_HINT = "Netto in EUR; negativ, wenn der Auftragswert sinkt."


def value_field(**options: Any) -> forms.DecimalField:
    """The net value of a modification, which may be negative."""
    widget = forms.NumberInput(attrs={"step": "0.01", "inputmode": "decimal"})
    return forms.DecimalField(
        label="Wert der Änderung",
        max_digits=16,
        decimal_places=2,
        widget=widget,
        help_text=VALUE_HINT,
        **options,
    )


class ProposalForm(forms.Form):
    """When, why and per how many; the prices stand in the tiers beside it."""

    effective_from = day_field("gilt ab")
    evidence = text_area(
        "Begründung und Nachweis", help_text="Zum Beispiel ein Schreiben des Herstellers."
    )
    price_unit = forms.IntegerField(
        label="Preis je (Einheiten)", min_value=1, max_value=MAX_COUNT, initial=1
    )
    article = forms.CharField(
        label="Artikelnummer",
        max_length=60,
        required=False,
        help_text="Nur wenn sich der Listenpreis dieses Artikels ändern soll.",
    )
    list_amount = forms.DecimalField(
        label="neuer Listenpreis (netto, EUR)",
        max_digits=14,
        decimal_places=4,
        required=False,
        widget=forms.NumberInput(attrs={"step": "0.0001", "min": "0"}),
    )

    def __init__(self, *args: Any, item: ContractItem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.item = item
        self._article: Article | None = None
        if item.basis != PriceBasis.LIST_DISCOUNT:
            del self.fields["article"], self.fields["list_amount"]

    def clean_article(self) -> str:
        number: str = self.cleaned_data["article"].strip()
        if number:
            rows = Article.objects.filter(listings__item=self.item, supplier_aid=number)
            self._article = rows.first()
            if self._article is None:
                raise forms.ValidationError("Unter dieser Position steht kein solcher Artikel.")
        return number

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        has_article, amount = bool(data.get("article")), data.get("list_amount")
        if has_article and amount is None and "list_amount" not in self.errors:
            self.add_error("list_amount", "Bitte den neuen Listenpreis angeben.")
        if amount is not None and not has_article and "article" not in self.errors:
            self.add_error("article", "Bitte angeben, zu welchem Artikel der Listenpreis gehört.")
        return data

    @property
    def is_list_price(self) -> bool:
        """Whether the list price of an article is meant, and the tiers stay as they are."""
        return bool(self.data.get("article", "").strip()) and "article" in self.fields

    def proposal(self, tiers: list[TierRow]) -> Proposal:
        """What the domain takes."""
        data = self.cleaned_data
        return Proposal(
            item_id=self.item.pk,
            effective_from=data["effective_from"],
            evidence=data["evidence"],
            tiers=() if self._article is not None else tuple(tiers),
            price_unit=data["price_unit"],
            article_id=None if self._article is None else self._article.pk,
            list_amount=data.get("list_amount"),
        )


class VerdictForm(OwnIds, forms.Form):
    """Accept or reject; a refusal needs its reason."""

    ids = "entscheidung"
    reason = text_area(
        "Bemerkung",
        required=False,
        max_length=2000,
        help_text="Bei Ablehnung erforderlich; der Lieferant liest sie.",
    )
    verdict = forms.ChoiceField(choices=(("accept", "annehmen"), ("reject", "ablehnen")))

    @property
    def accepts(self) -> bool:
        return bool(self.cleaned_data["verdict"] == "accept")

    @property
    def shown(self) -> list[forms.BoundField]:
        """The fields to fill in; the verdict is a button."""
        return [bound for bound in self if bound.name != "verdict"]


class RegisterVerdictForm(VerdictForm):
    """The manager's decision outside the price clause, with the entry for the register."""

    ground = forms.ChoiceField(
        label="Rechtsgrund", choices=ModificationGround.choices, required=False
    )
    value = value_field(required=False)
    description = text_area(
        "Begründung für das Register",
        required=False,
        max_length=4000,
        help_text="Rechtsgrund, Wert und Begründung sind für die Annahme erforderlich.",
    )
    notice_number = forms.CharField(
        label="Bekanntmachung der Änderung",
        max_length=60,
        required=False,
        help_text="Soweit sie nötig ist (§ 132 Abs. 5 GWB).",
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("verdict") == "accept":
            for name in ("ground", "value", "description"):
                if data.get(name) in (None, "") and name not in self.errors:
                    self.add_error(name, "Das Änderungsregister braucht diese Angabe.")
        return data

    @property
    def entry(self) -> Entry | None:
        data = self.cleaned_data
        if not self.accepts:
            return None
        return Entry(
            kind=ModificationKind.PRICE,
            ground=ModificationGround(data["ground"]),
            description=data["description"],
            value=data["value"],
            notice_number=data["notice_number"],
        )


class ModificationForm(OwnIds, forms.Form):
    """An entry of the register; price changes come in by the supplier's proposal."""

    ids = "aenderung"
    kind = forms.ChoiceField(
        label="Gegenstand",
        choices=[row for row in ModificationKind.choices if row[0] != ModificationKind.PRICE],
    )
    ground = forms.ChoiceField(label="Rechtsgrund", choices=ModificationGround.choices)
    scope = forms.ChoiceField(label="gehört zu", required=False)
    value = value_field()
    description = text_area("Beschreibung und Begründung", max_length=4000)
    new_end = day_field(
        "neuer letzter Tag", required=False, help_text="Nur bei einer Änderung der Laufzeit."
    )
    notice_number = forms.CharField(
        label="Bekanntmachung der Änderung", max_length=60, required=False
    )

    def __init__(self, *args: Any, agreement: FrameworkAgreement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lots = Lot.objects.filter(agreement=agreement).order_by("number")
        awards = Award.objects.filter(lot__agreement=agreement).select_related("lot", "supplier")
        choices = [("", "ganze Vereinbarung")]
        choices += [(f"lot:{row.pk}", f"Los {row.number}: {row.title}") for row in lots]
        choices += [
            (f"award:{row.pk}", f"Los {row.lot.number}, Zuschlag {row.reference} ({row.supplier})")
            for row in awards.order_by("lot__number", "rank")
        ]
        cast("forms.ChoiceField", self.fields["scope"]).choices = choices

    @property
    def entry(self) -> Entry:
        data = self.cleaned_data
        part, _, key = data["scope"].partition(":")
        return Entry(
            kind=ModificationKind(data["kind"]),
            ground=ModificationGround(data["ground"]),
            description=data["description"],
            value=data["value"],
            lot_id=int(key) if part == "lot" else None,
            award_id=int(key) if part == "award" else None,
            notice_number=data["notice_number"],
            new_end=data["new_end"],
        )


class RegisterFields(forms.Form):
    """What the register of § 132 GWB needs beside a change of the contract."""

    ground = forms.ChoiceField(label="Rechtsgrund", choices=ModificationGround.choices)
    value = value_field()
    description = text_area("Begründung für das Register", max_length=4000)
    notice_number = forms.CharField(
        label="Bekanntmachung der Änderung", max_length=60, required=False
    )

    @property
    def entry(self) -> Entry:
        data = self.cleaned_data
        return Entry(
            kind=ModificationKind.SCOPE,
            ground=ModificationGround(data["ground"]),
            description=data["description"],
            value=data["value"],
            notice_number=data["notice_number"],
        )


class AccountChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Caps with their limit."""

    def label_from_instance(self, obj: LimitAccount) -> str:  # type: ignore[override]
        return f"{obj.title}: {format_amount(obj.limit_amount, obj.unit)}"


class _CapForm(OwnIds, forms.Form):
    account = AccountChoice(LimitAccount.objects.none(), label="Grenze", empty_label=None)
    new_limit = money_field("neue Grenze", help_text="Netto in EUR, bei Höchstmengen in Stück.")

    def __init__(self, *args: Any, accounts: QuerySet[LimitAccount], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["account"]
        field.queryset = accounts.order_by("pk")


class RaiseCapForm(_CapForm):
    """Raise a cap as the approved entry allows."""

    ids = "erhoehen"

    def __init__(self, *args: Any, entry: ContractModification, **kwargs: Any) -> None:
        super().__init__(*args, accounts=raisable_accounts(entry), **kwargs)


class LowerCapForm(_CapForm):
    """Lower a cap, with the document behind it."""

    ids = "senken"
    document = forms.CharField(label="beruht auf", max_length=200, help_text="Das Schriftstück.")


class ExtendTermForm(OwnIds, forms.Form):
    """Extend the term to the day that the approved entry names: only a button."""

    ids = "verlaengern"
