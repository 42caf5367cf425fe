"""Spoilt copies of the product's modules, for tests that must notice them.

An edit must match exactly once, so that a refactoring breaks it loudly.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Generic, TypeVar

import pytest

Edits = tuple[tuple[str, str], ...]
Road = TypeVar("Road")


@dataclass(frozen=True)
class Patch:
    """`names` of the spoilt copy of a module, put into these modules in place of theirs."""

    module: ModuleType
    code: Edits
    names: tuple[str, ...]
    places: tuple[ModuleType, ...]

    def apply(self, monkeypatch: pytest.MonkeyPatch) -> None:
        spoilt = spoilt_copy(self.module, self.code)
        for place in self.places:
            for name in self.names:
                monkeypatch.setattr(place, name, getattr(spoilt, name))


@dataclass(frozen=True)
class Mutant(Generic[Road]):
    """`dies_by` is what the machine says on the road."""

    name: str
    road: Road
    dies_by: str
    patches: tuple[Patch, ...]

    def __str__(self) -> str:
        return self.name


def mutant(
    name: str,
    road: Road,
    dies_by: str,
    module: ModuleType,
    edit: tuple[str, str],
    *names: str,
    places: tuple[ModuleType, ...] = (),
) -> Mutant[Road]:
    """One edit of one module; without `places` the copy's names replace the module's own."""
    return Mutant(name, road, dies_by, (Patch(module, (edit,), names, places or (module,)),))


def spoilt_copy(module: ModuleType, edits: Edits) -> ModuleType:
    """A copy of the module with the edits; the product's own module stays as it is."""
    path = Path(str(module.__file__))
    copy = ModuleType(module.__name__)
    copy.__package__ = module.__package__
    source = compile(edited(path.read_text(), edits), str(path), "exec")
    exec(source, copy.__dict__)  # noqa: S102 - a spoilt copy of our own source
    return copy


def edited(source: str, edits: Edits) -> str:
    """The source with each edit made; AssertionError when one does not match once."""
    for old, new in edits:
        assert source.count(old) == 1, f"the edit must match once: {old!r}"
        source = source.replace(old, new)
    return source
