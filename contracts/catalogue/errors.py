"""What the catalogue of suppliers refuses, by name; the texts are for people."""

from __future__ import annotations


class CatalogueError(Exception):
    """Base of every refusal about uploads and their publication."""


class NotFound(CatalogueError):
    """Does not exist within reach of the actor (or at all: the two look the same)."""


class NotAllowed(CatalogueError):
    """The role, the person or the validity of the membership does not allow this."""


class AwardClosed(CatalogueError):
    """The agreement behind the award has ended; nothing can be delivered for it."""


class EmptyUpload(CatalogueError):
    """The file holds no byte."""


class UploadTooLarge(CatalogueError):
    """The file is larger than allowed; both figures are bytes."""

    def __init__(self, size: int, limit: int) -> None:
        self.size = size
        self.limit = limit
        super().__init__(
            f"Die Datei ist größer als {limit // 2**20} MB. Bitte in mehrere Dateien aufteilen."
        )


class InvalidMapping(CatalogueError):
    """The mapping of columns is wrong; `field` names the entry (`columns.price`)."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


class WrongState(CatalogueError):
    """The upload is in a state that does not allow the step (a second publication, too)."""

    def __init__(self, state: str, message: str) -> None:
        self.state = state
        super().__init__(message)


class NothingToSubmit(CatalogueError):
    """No row of the file became an article; there is nothing to submit."""
