"""Steps of a requisition that take a reason."""

from __future__ import annotations

from django import forms

from .fields import text_area


class WithdrawForm(forms.Form):
    """Taking a requisition back."""

    title = "Zurückziehen"
    lead = (
        "Was für die Anforderung vorgemerkt ist, wird frei. Wieder öffnen lässt sie sich nicht; "
        "über „Nachbestellen“ kommen ihre Artikel erneut in den Bedarfskorb."
    )
    button = "Anforderung zurückziehen"
    reason = text_area("Grund", required=False, max_length=1000)


class HandBackForm(forms.Form):
    """Giving a draft back to the school that asked."""

    title = "An die Schule zurückgeben"
    lead = "Die Schule bekommt eine Nachricht und kann den Entwurf wieder selbst bearbeiten."
    button = "An die Schule zurückgeben"
    reason = text_area(
        "Was fehlt?",
        max_length=1000,
        error_messages={"required": "Bitte schreiben Sie der Schule, was fehlt."},
    )
