"""What every refusal carries: a code for programs, words for people, and what kind it is.

A refusal is an answer, not a defect: the act did not happen, nothing was changed, and the
person acting learns why. Pages show title, sentence and advice; the API makes a problem
document of code, title and sentence, with a status of the kind. Neither has words of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum, auto
from typing import ClassVar


class Kind(Enum):
    """What stands against the act; who speaks HTTP makes a status of it."""

    INVALID = auto()
    """The request says something that can't be, whatever the state."""
    FORBIDDEN = auto()
    """Not by this person, or not for this body."""
    NOT_FOUND = auto()
    """Does not exist within reach of the actor."""
    CONFLICT = auto()
    """The state does not allow it, now."""
    TOO_LARGE = auto()
    """More than is taken in."""
    BUSY = auto()
    """Others were in the way; the same may work in a moment."""


class Refusal(Exception):
    """Base of all refusals; the text is a German sentence for the person acting.

    A class that means a problem of its own declares a code, which nobody else has, and with
    it title, advice and kind. One that declares none is a special case of its base.
    """

    code: ClassVar[str] = "refused"
    kind: ClassVar[Kind] = Kind.CONFLICT
    title: ClassVar[str] = "Das ist so nicht möglich"
    advice: ClassVar[str] = ""
    field: str = ""
    """The entry of the request it is about, where it is about one."""

    @property
    def points(self) -> Sequence[str]:
        """The single sentences."""
        return [str(self)]


class Reasons(Refusal):
    """A refusal with several sentences; `reasons` are they."""

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons = list(reasons)
        super().__init__(" ".join(reasons))

    @property
    def points(self) -> Sequence[str]:
        return self.reasons


class NotFound(Refusal):
    """Does not exist within reach of the actor (or at all: the two look the same)."""

    code = "not_found"
    kind = Kind.NOT_FOUND
    title = "Nicht gefunden"


class NotAllowed(Refusal):
    """The role or the validity of the membership does not allow this."""

    code = "not_allowed"
    kind = Kind.FORBIDDEN
    title = "Ihre Mitgliedschaft erlaubt diesen Schritt nicht"
    advice = "Wechseln Sie die Mitgliedschaft, oder geben Sie den Schritt an die zuständige Person."


class WrongState(Refusal):
    """The state does not allow this step (any more)."""

    code = "illegal_transition"
    title = "Dieser Schritt ist nicht mehr möglich"
    advice = "Der Stand hat sich inzwischen geändert. Sehen Sie nach, was daraus geworden ist."


class SentBefore(Refusal):
    """A form or call was sent before with other content, and took effect."""

    code = "sent_before"
    title = "Schon gesendet"
    advice = "Prüfen Sie den Stand, den Sie jetzt sehen, und senden Sie ein neues Formular."


class FourEyes(Refusal):
    """Several people are needed, and this one has taken part already."""

    code = "four_eyes"
    title = "Vier-Augen-Prinzip"
    advice = "Bitte überlassen Sie den Schritt einer Person, die bisher nicht beteiligt war."


class FileRefused(Refusal):
    """A file is not taken in: what it is, or what it holds."""

    code = "file_rejected"
    kind = Kind.INVALID
    title = "Die Datei wird nicht angenommen"


def problems() -> set[type[Refusal]]:
    """The classes that declare a code; those only whose modules were imported."""
    return {kind for kind in _with_heirs(Refusal) if "code" in vars(kind)}


def _with_heirs(base: type[Refusal]) -> Iterator[type[Refusal]]:
    yield base
    for kind in base.__subclasses__():
        yield from _with_heirs(kind)
