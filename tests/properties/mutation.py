"""Spoilt copies of the product's modules, for tests that must notice them.

An edit must match exactly once, so that a refactoring breaks it loudly.
"""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

Edits = tuple[tuple[str, str], ...]


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
