"""Attachments and comments of a requisition."""

from __future__ import annotations

from django import forms

from frontend.formatting import format_quantity
from frontend.forms.fields import text_area
from frontend.forms.ids import OwnIds
from orders.requisitions.papers import (
    MAX_ATTACHMENTS,
    MAX_BYTES,
    MAX_COMMENT,
    MAX_TITLE,
    NewAttachment,
)


class AttachmentForm(OwnIds, forms.Form):
    """A file to add; whether it may be kept is said by the domain."""

    ids = "anlage"
    file = forms.FileField(
        label="Datei",
        allow_empty_file=True,
        help_text=f"PDF, PNG, JPEG, XLSX, DOCX, XML oder CSV, höchstens {MAX_BYTES // 2**20} MB; "
        f"bis zu {MAX_ATTACHMENTS} Anlagen.",
    )
    title = forms.CharField(
        label="Titel", required=False, max_length=MAX_TITLE, help_text="Leer: der Dateiname."
    )

    @property
    def new(self) -> NewAttachment:
        """The attachment as the domain takes it; of what is too large just enough is read."""
        sent = self.cleaned_data["file"]
        return NewAttachment(sent.name, sent.read(MAX_BYTES + 1), self.cleaned_data["title"])


class CommentForm(OwnIds, forms.Form):
    """A remark; whether it may be kept is said by the domain."""

    ids = "kommentar"
    text = text_area(
        "Kommentar",
        rows=3,
        help_text=f"Bis {format_quantity(MAX_COMMENT)} Zeichen. Er bleibt stehen; Beteiligte "
        "erhalten eine Mail.",
    )
