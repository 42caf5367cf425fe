"""Whether every signature asked for can come from a human of its own. Pure.

A matching of signatures and humans, found by augmenting paths; where it fails, Hall's
theorem names the signatures that have too few humans between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet


def too_few(wanted: Sequence[AbstractSet[int]]) -> frozenset[int]:
    """Indexes of signatures that together have fewer humans than they are; empty: all is well.

    *wanted* names, for each signature, the people (keys) who could give it.
    """
    given: dict[int, int] = {}
    for index in range(len(wanted)):
        tried: set[int] = set()
        if not _augment(index, wanted, given, tried):
            return frozenset({index, *(given[person] for person in tried)})
    return frozenset()


def _augment(
    index: int, wanted: Sequence[AbstractSet[int]], given: dict[int, int], tried: set[int]
) -> bool:
    """Give the signature to somebody free, or to somebody whose own can go elsewhere."""
    for person in sorted(wanted[index]):
        if person in tried:
            continue
        tried.add(person)
        if person not in given or _augment(given[person], wanted, given, tried):
            given[person] = index
            return True
    return False
