"""Sentences about agreements that several rooms say. Pure."""

from __future__ import annotations

NOT_AVAILABLE = "Mindestens ein Artikel ist für Sie nicht (mehr) abrufbar."


def why_closed(number: str, state: str, state_reason: str) -> str:
    """The sentence for its buyers about an agreement that is suspended or over."""
    reason = f" Grund: {state_reason}" if state_reason else ""
    if state == "suspended":
        return (
            f"Die Rahmenvereinbarung {number} ist ausgesetzt; bis sie wieder gelistet "
            f"ist, wird aus ihr nichts abgerufen.{reason}"
        )
    return (
        f"Die Rahmenvereinbarung {number} ist beendet; aus ihr wird nichts mehr abgerufen.{reason}"
    )
