"""What the domain refuses, as pages show it: what happened, what is missing, what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from contracts.ledger.errors import LimitExceeded, Shortfall
from contracts.ledger.models import AccountKind
from contracts.refusals import Refusal
from frontend.formatting import format_amount

REFUSALS = (Refusal,)

_BUDGET_ADVICE = (
    "Wählen Sie eine andere Haushaltsposition, teilen Sie die Kontierung auf, verringern Sie "
    "die Menge, oder klären Sie mit der Kämmerei, ob Mittel nachgegeben werden."
)
_CAP_ADVICE = (
    "Verringern Sie die Menge, oder fragen Sie bei der Beschaffungsstelle nach, "
    "ob die Vereinbarung noch Mengen hergibt."
)


@dataclass(frozen=True, slots=True)
class Alert:
    """A refusal as people read it: `points` are the single reasons."""

    title: str
    points: Sequence[str]
    advice: Sequence[str]


def explain(error: Refusal) -> Alert:
    """Turn a refusal into words; nothing was changed by it."""
    if isinstance(error, LimitExceeded) and error.shortfalls:
        return _limits(error.shortfalls)
    return Alert(error.title, error.points, [error.advice] if error.advice else [])


def _limits(gaps: Sequence[Shortfall]) -> Alert:
    budgets = [gap for gap in gaps if gap.kind == AccountKind.BUDGET]
    advice = [_BUDGET_ADVICE] if budgets else []
    if len(budgets) < len(gaps):
        advice.append(_CAP_ADVICE)
    one = "Eine Grenze reicht nicht aus" if len(gaps) == 1 else "Mehrere Grenzen reichen nicht aus"
    return Alert(one, [_gap(gap) for gap in gaps], advice)


def _gap(gap: Shortfall) -> str:
    free = max(gap.available, Decimal(0))
    return (
        f"{gap.title}: Es fehlen {format_amount(gap.missing, gap.unit)} "
        f"(gebraucht {format_amount(gap.requested, gap.unit)}, "
        f"frei {format_amount(free, gap.unit)})."
    )
