"""Call-offs as rows of a file."""

from __future__ import annotations

from frontend.downloads import Cell
from orders.models import CallOff

HEAD = ("Abruf", "Schulträger", "Schule", "Lieferant", "Vereinbarung", "Los", "erteilt am",
        "Lieferung bis", "Stand", "netto", "Umsatzsteuer", "brutto")  # fmt: skip


def call_off_row(row: CallOff) -> tuple[Cell, ...]:
    """One call-off in the order of HEAD; join authority, school, supplier and agreement."""
    return (
        row.number,
        row.authority.name,
        row.school.name if row.school is not None else "",
        row.supplier.name,
        row.lot.agreement.number,
        row.lot.number,
        row.issued_at,
        row.delivery_by,
        str(row.get_state_display()),
        row.net,
        row.tax,
        row.gross,
    )
