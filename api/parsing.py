"""Reading JSON that anybody may send: whatever can't be kept is refused here, once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, BinaryIO

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class TextParser(JSONParser):  # type: ignore[misc]
    """JSON of a sensible depth whose texts are Unicode text.

    Neither does Python's reader refuse by itself: it ends in a RecursionError, and lets halves
    of characters through that no answer and no table can hold.
    """

    def parse(
        self,
        stream: BinaryIO,
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            data = super().parse(stream, media_type, parser_context)
            json.dumps(data, ensure_ascii=False).encode()
        except RecursionError:
            raise ParseError("Das JSON ist zu tief geschachtelt.") from None
        except UnicodeEncodeError:
            raise ParseError(
                "Ein Text enthält halbe Zeichen (einzelne Surrogate). Bitte als UTF-8 senden."
            ) from None
        return data
