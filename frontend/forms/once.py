"""A form that fills the basket once, however often it is sent: it carries a name of its own."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

FIELD = "formular"
ALREADY = (
    "Diese Auswahl liegt schon im Bedarfskorb; ein zweites Senden hat nichts hinzugefügt. Soll sie "
    "noch einmal hinein, laden Sie die Seite neu."
)


def form_of(data: Mapping[str, str]) -> UUID | None:
    """The name of the form that was sent; None where it has none."""
    try:
        return UUID(data.get(FIELD, ""))
    except ValueError:
        return None
