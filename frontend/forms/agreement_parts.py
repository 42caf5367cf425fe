"""Buyers, quotas, documents and the life of an agreement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms

from contracts.agreements.models import (
    Award,
    BuyerEntitlement,
    DocumentAudience,
    DocumentKind,
    EndReason,
    FrameworkAgreement,
    Lot,
)
from contracts.agreements.writing.documents import NewDocument
from contracts.files import MAX_BYTES
from contracts.parties.models import Organisation
from contracts.parties.models.organisation import OrganisationKind
from frontend.formatting import format_money
from frontend.forms.fields import day_field, money_field, text_area
from frontend.forms.ids import OwnIds


class SuspendForm(OwnIds, forms.Form):
    """Why the agreement is suspended."""

    ids = "aussetzen"
    reason = text_area(
        "Grund der Aussetzung",
        rows=2,
        max_length=250,
        help_text="Abrufberechtigte und Lieferanten lesen ihn.",
    )


class EndForm(OwnIds, forms.Form):
    """How the agreement ends."""

    ids = "beenden"
    because = forms.ChoiceField(label="Beendet durch", choices=EndReason.choices)
    reason = text_area(
        "Grund der Entscheidung",
        rows=2,
        max_length=250,
        required=False,
        help_text="Bei einer Entscheidung nötig; Abrufberechtigte und Lieferanten lesen ihn.",
    )


class LotChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A lot by number and title."""

    def label_from_instance(self, obj: Lot) -> str:
        return f"Los {obj.number}: {obj.title}"


class AwardChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """An award by its lot, reference and supplier."""

    def label_from_instance(self, obj: Award) -> str:
        return f"Los {obj.lot.number}: {obj.reference} ({obj.supplier.name})"


class BuyerForm(OwnIds, forms.Form):
    """Name a buyer (CJEU C-216/17)."""

    ids = "benennen"
    buyer = forms.ModelChoiceField(
        Organisation.objects.none(), label="Organisation", empty_label="Bitte wählen"
    )
    lot = LotChoice(Lot.objects.none(), label="Umfang", required=False, empty_label="alle Lose")
    valid_from = day_field("Berechtigt ab")
    valid_to = day_field("Berechtigt bis", required=False)
    quota = money_field(
        "Kontingent (netto, EUR)", required=False, help_text="Leer: ohne eigenes Kontingent."
    )

    def __init__(self, *args: Any, agreement: FrameworkAgreement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        buyer = cast("forms.ModelChoiceField[Organisation]", self.fields["buyer"])
        buyer.queryset = Organisation.objects.filter(
            kind=OrganisationKind.SCHOOL_AUTHORITY, is_active=True
        )
        lot = cast("forms.ModelChoiceField[Lot]", self.fields["lot"])
        lot.queryset = agreement.lots.order_by("number")


class EndEntitlementForm(OwnIds, forms.Form):
    """The last day of an entitlement."""

    ids = "ende"
    last_day = day_field("Letzter Tag der Berechtigung")
    reason = forms.CharField(label="Grund oder Beleg", max_length=250)


class QuotaForm(OwnIds, forms.Form):
    """A quota, and the document that allows it."""

    ids = "kontingent"
    quota = money_field("Kontingent (netto, EUR)")
    document = forms.CharField(label="Beleg", max_length=250)


class ReturnForm(OwnIds, forms.Form):
    """Give back what is unused."""

    ids = "rueckgabe"
    document = forms.CharField(
        label="Beleg", max_length=250, help_text="Beschluss oder Schreiben, auf dem es beruht."
    )


class TransferForm(OwnIds, forms.Form):
    """Move a part of a quota from one buyer to another."""

    ids = "uebertragen"
    from_id = forms.TypedChoiceField(label="Von", coerce=int)
    to_id = forms.TypedChoiceField(label="An", coerce=int)
    amount = money_field("Betrag (netto, EUR)")
    document = forms.CharField(label="Beleg", max_length=250)

    def __init__(self, *args: Any, rows: Sequence[BuyerEntitlement], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "Bitte wählen"), *((row.pk, _quota_label(row)) for row in rows)]
        for name in ("from_id", "to_id"):
            cast("forms.TypedChoiceField", self.fields[name]).choices = choices


def _quota_label(row: BuyerEntitlement) -> str:
    scope = f", Los {row.lot.number}" if row.lot is not None else ""
    free = row.quota.available if row.quota is not None else None
    return f"{row.buyer.name}{scope} – frei {format_money(free)}"


class DocumentForm(OwnIds, forms.Form):
    """A file with what it is and who may read it."""

    ids = "dokument"
    file = forms.FileField(
        label="Datei",
        help_text=f"PDF, PNG, JPEG, XLSX, DOCX, XML oder CSV, höchstens {MAX_BYTES // 2**20} MB.",
    )
    title = forms.CharField(label="Titel", max_length=200)
    kind = forms.ChoiceField(label="Art", choices=DocumentKind.choices)
    audience = forms.ChoiceField(
        label="Sichtbar für",
        choices=DocumentAudience.choices,
        initial=DocumentAudience.INTERNAL,
    )
    lot = LotChoice(
        Lot.objects.none(), label="Los", required=False, empty_label="ganze Vereinbarung"
    )
    award = AwardChoice(
        Award.objects.none(), label="Zuschlag", required=False, empty_label="kein einzelner"
    )

    def __init__(self, *args: Any, agreement: FrameworkAgreement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lot = cast("forms.ModelChoiceField[Lot]", self.fields["lot"])
        lot.queryset = agreement.lots.order_by("number")
        award = cast("forms.ModelChoiceField[Award]", self.fields["award"])
        award.queryset = (
            Award.objects.filter(lot__agreement=agreement)
            .select_related("lot", "supplier")
            .order_by("lot__number", "rank")
        )

    @property
    def new(self) -> NewDocument:
        """The document as the domain takes it."""
        data = self.cleaned_data
        return NewDocument(
            kind=DocumentKind(data["kind"]),
            audience=DocumentAudience(data["audience"]),
            title=data["title"],
            filename=data["file"].name,
            content=data["file"].read(),
            lot_id=data["lot"].pk if data["lot"] is not None else None,
            award_id=data["award"].pk if data["award"] is not None else None,
        )


class WithdrawForm(OwnIds, forms.Form):
    """Why a document is withdrawn."""

    ids = "ruecknahme"
    reason = forms.CharField(label="Grund der Rücknahme", max_length=250)
