"""What people added to a requisition that waits for its signatures: a file, two comments."""

from __future__ import annotations

from collections.abc import Mapping

from orders.models import Requisition
from orders.requisitions import papers

from .days import Days
from .paper import pdf
from .people import People

STORY = "neubau"


def remark(lived: Mapping[str, Requisition], people: People, days: Days) -> None:
    """The treasurer asks, the procurement answers, and the survey lies there since the start."""
    requisition = lived[STORY]
    officer, treasurer = people["beschaffung"], people["kaemmerei"]
    survey = papers.NewAttachment(
        filename="funkmessung-erweiterungsbau.pdf",
        title="Funkmessung Erweiterungsbau",
        content=pdf(
            "Funkmessung im Erweiterungsbau",
            [
                "Räume 201 bis 204 und Flur, gemessen im Rohbau.",
                "Je Klassenraum zwei Access Points, im Flur zwei.",
                "Bestehender Switch ohne freie Anschlüsse mit Stromversorgung.",
            ],
        ),
    )
    papers.attach(requisition_id=requisition.pk, new=survey, by=officer, now=days.ago(2, 10, 45))
    papers.comment(
        requisition_id=requisition.pk,
        text="Ist die Verkabelung der vier Räume schon beauftragt, oder kommt sie noch dazu?",
        by=treasurer,
        now=days.ago(1, 13, 5),
    )
    papers.comment(
        requisition_id=requisition.pk,
        text="Die Verkabelung gehört zum Bau und ist dort veranschlagt.\n"
        "Was die Access Points brauchen, steht in der Funkmessung (Anlage).",
        by=officer,
        now=days.ago(1, 14, 20),
    )
