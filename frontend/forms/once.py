"""A form that counts once, however often it is sent: it carries a name of its own."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

FIELD = "formular"
ALREADY = (
    "Diese Auswahl liegt schon im Bedarfskorb; ein zweites Senden hat nichts hinzugefügt. Soll sie "
    "noch einmal hinein, laden Sie die Seite neu."
)
ALREADY_LISTED = (
    "Der Artikel steht schon auf der Merkliste; ein zweites Senden hat nichts hinzugefügt. Soll er "
    "noch einmal darauf, laden Sie die Seite neu."
)


def form_of(data: Mapping[str, str]) -> UUID | None:
    """The name of the form that was sent; None where it has none."""
    try:
        return UUID(data.get(FIELD, ""))
    except ValueError:
        return None
