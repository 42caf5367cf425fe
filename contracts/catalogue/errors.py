"""What the catalogue of suppliers refuses, by name; the texts are for people."""

from __future__ import annotations

from contracts import refusals
from contracts.refusals import FileRefused, Kind, Refusal, WrongState

NotFound = refusals.NotFound
NotAllowed = refusals.NotAllowed


class CatalogueError(Refusal):
    """Base of every refusal about uploads and their publication."""

    code = "catalogue_refused"
    title = "Die Kataloglieferung wurde nicht angenommen"
    advice = "Prüfen Sie die Datei und den Stand der Lieferung."


class AwardClosed(CatalogueError):
    """The agreement behind the award has ended; nothing can be delivered for it."""

    code = "award_closed"


class EmptyUpload(FileRefused, CatalogueError):
    """The file holds no byte."""


class UploadTooLarge(CatalogueError):
    """The file is larger than allowed; both figures are bytes."""

    code = "upload_too_large"
    kind = Kind.TOO_LARGE

    def __init__(self, size: int, limit: int) -> None:
        self.size = size
        self.limit = limit
        super().__init__(
            f"Die Datei ist größer als {limit // 2**20} MB. Bitte in mehrere Dateien aufteilen."
        )


class InvalidMapping(CatalogueError):
    """The mapping of columns is wrong; `field` names the entry (`columns.price`)."""

    code = "invalid_mapping"
    kind = Kind.INVALID
    title = "Die Spaltenzuordnung passt nicht"
    advice = (
        "Geben Sie mindestens die Spalten der Bezeichnung und des Preises an, oder lassen Sie "
        "alle Felder leer: Dann wird nach den Überschriften zugeordnet."
    )

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


class WrongUploadState(WrongState, CatalogueError):
    """The upload is in a state that does not allow the step (a second publication, too)."""

    def __init__(self, state: str, message: str) -> None:
        self.state = state
        super().__init__(message)


class NothingToSubmit(CatalogueError):
    """No row of the file became an article; there is nothing to submit."""

    code = "nothing_to_submit"
