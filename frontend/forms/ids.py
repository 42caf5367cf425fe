"""Several forms on one page: each keeps its ids apart by a word of its own."""

from __future__ import annotations

from typing import Any


class OwnIds:
    """Mixin: `ids` begins the id of every control."""

    ids = "feld"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"{self.ids}_%s")
        super().__init__(*args, **kwargs)
