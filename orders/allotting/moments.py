"""Which rule is asked at which moment, and how firmly: the one table. Pure.

Most faults of the first release were a rule asked at one moment and forgotten at another.
Whoever needs an answer names the moment; what is asked then stands here and nowhere else
(docs/moments.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto


class Moment(Enum):
    """When an order is judged."""

    ESTIMATE = auto()
    """Basket, quick order, a look at a draft: nothing is refused but what has no price."""
    DRAFT = auto()
    SUBMIT = auto()
    EDIT = auto()
    """Another revision in approval, by the asking side."""
    CUT = auto()
    """Another revision in approval, by the deciding side."""
    SIGNATURE = auto()
    ISSUE = auto()
    FOLLOW_UP = auto()
    """The next rank, for what a call-off gave back."""


class Rule(Enum):
    """What is asked."""

    REACH = auto()
    """Agreement, lot and award open and in term; the buyer entitled."""
    GATES = auto()
    TURN = auto()
    PRICE = auto()
    """A total above what was approved goes back."""
    LIMITS = auto()
    """Caps, quotas, budgets."""
    OVERDRAWN = auto()
    """A freeze has left a budget with less than is bound."""
    USABLE = auto()
    """The budget line may still be used (§ 24 KomHKV, the end of a grant)."""
    EXPIRY = auto()
    MINIMUM = auto()
    TIES = auto()


class How(Enum):
    """How firmly a rule is asked."""

    NO = auto()
    """Must not be asked."""
    SAY = auto()
    """Shown, never decides."""
    ASK = auto()
    """Decides on what was just read."""
    LOCK = auto()
    """Decides on locked rows: nothing committed before can be missed."""


_NO, _SAY, _ASK, _LOCK = How.NO, How.SAY, How.ASK, How.LOCK

TABLE: Mapping[Rule, Mapping[Moment, How]] = {
    rule: dict(zip(Moment, row, strict=True))
    for rule, row in {
        #               estim. draft submit edit   cut    sign   issue  follow-up
        Rule.REACH:     (_SAY, _SAY, _LOCK, _LOCK, _LOCK, _ASK, _LOCK, _LOCK),
        Rule.GATES:     (_SAY, _SAY, _ASK, _ASK, _ASK, _ASK, _LOCK, _LOCK),
        Rule.TURN:      (_SAY, _SAY, _LOCK, _LOCK, _LOCK, _ASK, _LOCK, _LOCK),
        Rule.PRICE:     (_NO, _NO, _NO, _NO, _ASK, _ASK, _ASK, _ASK),
        Rule.LIMITS:    (_SAY, _SAY, _LOCK, _LOCK, _LOCK, _NO, _LOCK, _LOCK),
        Rule.OVERDRAWN: (_NO, _NO, _NO, _NO, _NO, _ASK, _LOCK, _NO),
        Rule.USABLE:    (_SAY, _SAY, _ASK, _ASK, _ASK, _ASK, _ASK, _ASK),
        Rule.EXPIRY:    (_NO, _NO, _NO, _ASK, _ASK, _ASK, _ASK, _NO),
        Rule.MINIMUM:   (_SAY, _SAY, _ASK, _ASK, _ASK, _ASK, _ASK, _ASK),
        Rule.TIES:      (_SAY, _SAY, _ASK, _ASK, _ASK, _ASK, _LOCK, _LOCK),
    }.items()
}  # fmt: skip

HELD = frozenset({Moment.EDIT, Moment.CUT, Moment.SIGNATURE, Moment.ISSUE, Moment.FOLLOW_UP})
"""What is asked about has its limits held, so a full lot does not stand in its way."""

MAY_SPLIT = frozenset({Moment.ESTIMATE, Moment.DRAFT, Moment.SUBMIT, Moment.EDIT, Moment.FOLLOW_UP})
"""A line may be divided over ranks; while it is decided about it goes on as a whole."""


def decides(rule: Rule, moment: Moment) -> bool:
    """Whether the rule can refuse at the moment."""
    return TABLE[rule][moment] in {How.ASK, How.LOCK}


if set(TABLE) != set(Rule):
    raise TypeError("Every rule needs its row.")
