"""Named mutants: each spoils one rule of asking and approving, and the machine must see it.

A mutant runs spoilt copies of the product's functions in the product's own modules. It
walks a written road through the machine, so that it dies every time and soon; what kills
it is the machine's prediction or invariant, never a check of the road. Rules that several
guards defend have a mutant that takes out all of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
import pytest
from django.db import IntegrityError

from contracts.parties import acting
from orders import approvals
from orders.approvals import cuts, decisions
from orders.requisitions import editing, exchanges, handover
from orders.signing import steps, voices

from . import approval_roads as roads
from .approval_machine import Road, walk
from .approval_world import build_stage
from .mutation import Mutant, mutant

SPEAKERS = "for person_id in voice.people:\n            involve("
ONLY_THE_DEPUTY = (SPEAKERS, "for person_id in (by.user_id,):\n            involve(")
NOBODY = (SPEAKERS, "for person_id in ():\n            involve(")
TOTAL = "cut.order.quote.gross if cut is not None else lines[0].revision.gross"
USED_BY = (cuts, editing)
ANY_DEPUTY = (
    """            deputy_id=by.user_id,
            delegator__organisation_id=by.organisation_id,
            delegator__in""",
    """            delegator__organisation_id=by.organisation_id,
            delegator__in""",
)

MUTANTS = (
    mutant(
        "whoever is substituted does not join the approving side",
        roads.signed_for_another,
        "refused without reason: OwnRequest|another side",
        decisions,
        ONLY_THE_DEPUTY,
        "decide",
        places=(approvals,),
    ),
    mutant(
        "a decision without signatures of its people",
        roads.signed_for_another,
        "orders_decider_has_signature|orders_substituted_has_signature|signatures",
        decisions,
        ("for person_id in voice.people\n    )", "for person_id in ()\n    )"),
        "_write",
    ),
    mutant(
        "the limit of the deputy instead of the delegator's",
        roads.within_the_limit_of_the_delegator,
        "accepted in spite of .*SigningLimitExceeded",
        decisions,
        ("limit = voice.membership.signing_limit", "limit = voice.by.signing_limit"),
        "_require_signing_limit",
    ),
    mutant(
        "the limit is compared with the net amount",
        roads.limit_with_tax,
        "accepted in spite of .*SigningLimitExceeded",
        decisions,
        (TOTAL, TOTAL.replace("gross", "net")),
        "_approve",
    ),
    mutant(
        "the limit is compared with what was asked before the cut",
        roads.cut_into_the_limit,
        "refused without reason: SigningLimitExceeded",
        decisions,
        (TOTAL, "lines[0].revision.gross"),
        "_approve",
    ),
    mutant(
        "no signing limit at all",
        roads.limit_with_tax,
        "accepted in spite of .*SigningLimitExceeded",
        decisions,
        ("if limit is not None and gross <= limit:", "if True:"),
        "_require_signing_limit",
    ),
    mutant(
        "the revision that was read is not compared",
        roads.read_too_long_ago,
        "accepted in spite of .*StaleRevision",
        decisions,
        ("        require_read(requisition, revision_no)\n", ""),
        "decide",
        places=(approvals,),
    ),
    mutant(
        "steps of an older round count",
        roads.raised_after_a_signature,
        "another state|the steps differ|the signatures are not those",
        steps,
        (".filter(revision_no=requisition.submitted_revision)", ".all()"),
        "steps_of_round",
        places=(steps, decisions),
    ),
    mutant(
        "one signature completes a step for two",
        roads.signed_for_another,
        "the steps differ|without enough people",
        decisions,
        ("if signed >= step.signers:", "if signed:"),
        "_complete",
    ),
    mutant(
        "issued while a step waits",
        roads.signed_in_two_tiers,
        "without enough people",
        decisions,
        (
            "not steps_of_round(requisition).filter(completed_at__isnull=True).exists()",
            "True",
        ),
        "_complete",
    ),
    mutant(
        "a cut may raise a quantity",
        roads.cut_to_more,
        "accepted in spite of .*InvalidCut",
        cuts,
        ("if not 0 <= grant.quantity < line.quantity:", "if grant.quantity < 0:"),
        "_refused",
    ),
    mutant(
        "a cut that costs more is granted",
        roads.cut_that_costs_more,
        "held differs from the open revisions",
        cuts,
        (
            "    if after > before:\n        raise PriceRisen(",
            "    if False:\n        raise PriceRisen(",
        ),
        "priced_cut",
        places=(decisions,),
    ),
    mutant(
        "a cut frees nothing",
        roads.cut_into_the_limit,
        "holds something else than the open revisions",
        exchanges,
        (
            "    holds.hold_instead(requisition, lines, fresh, by=by, now=now)\n",
            "    holds.hold_all(requisition, fresh, by=by, now=now)\n",
        ),
        "exchange",
        places=USED_BY,
    ),
    mutant(
        "what an exchange frees is not held anew",
        roads.lowered_after_a_signature,
        "holds something else than the open revisions",
        exchanges,
        (
            "    holds.hold_instead(requisition, lines, fresh, by=by, now=now)\n",
            "    holds.void_all(lines, by=by, now=now)\n",
        ),
        "exchange",
        places=USED_BY,
    ),
    mutant(
        "finance does not hear of an exchange",
        roads.lowered_after_a_signature,
        "finance heard something else",
        exchanges,
        ("    events.append([*releases", "    (lambda facts, now: None)([*releases"),
        "exchange",
        places=USED_BY,
    ),
    mutant(
        "an increase keeps the signatures",
        roads.raised_after_a_signature,
        "cover more than was signed for",
        editing,
        ("if not _is_decrease(requisition, lines, ask, allotted.order):", "if False:"),
        "_revise_submitted",
    ),
    mutant(
        "the last day of a substitution is ignored",
        roads.deputy_too_late,
        "accepted in spite of .*InvalidDelegation",
        voices,
        ("            valid_to__gte=on,\n", ""),
        "deputyships",
    ),
    mutant(
        "a revoked substitution is used",
        roads.deputy_revoked,
        "accepted in spite of .*InvalidDelegation",
        voices,
        ("            revoked_at__isnull=True,\n", ""),
        "deputyships",
    ),
    mutant(
        "a deputy of a deputy signs: the database refuses it alone",
        roads.deputy_of_a_deputy,
        "orders_substitute_as_delegated",
        voices,
        ANY_DEPUTY,
        "deputyships",
    ),
    mutant(
        "the end of a membership is ignored",
        roads.membership_over,
        "accepted in spite of .*NotAllowed",
        acting,
        (
            "rows = Membership.objects.valid_on(berlin_day(now)).filter(",
            "rows = Membership.objects.filter(",
        ),
        "valid_while_deciding",
        places=(voices,),
    ),
    mutant(
        "the escalation role signs before the deadline",
        roads.treasurer_before_the_deadline,
        "accepted in spite of .*NotAllowed",
        decisions,
        (
            "step.escalation_role == role and step.escalated_at is not None",
            "step.escalation_role == role",
        ),
        "_step_for",
    ),
    mutant(
        "the tiers sign in any order",
        roads.signed_in_two_tiers,
        "accepted in spite of .*NotAllowed",
        decisions,
        ("if row.tier == tier and row.completed_at is None", "if row.completed_at is None"),
        "_step_for",
    ),
    mutant(
        "a proposal of one person is in force",
        roads.proposed_only,
        "the steps differ|a policy that was not confirmed",
        steps,
        (", confirmed_at__isnull=False", ""),
        "policy_in_force",
    ),
    mutant(
        "a later deadline does not move the expiry",
        roads.longer_by_a_co_signature,
        "another state",
        steps,
        ("if requisition.expires_at is None or requisition.expires_at < until:", "if False:"),
        "extend_expiry",
    ),
    mutant(
        "whoever hands over does not ask",
        roads.handed_over_by_a_colleague,
        "another side|accepted in spite of .*OwnRequest",
        handover,
        (
            "Side.ASK)\n    requisition.handed_over_at = now\n",
            "Side.ASK) if False else None\n    requisition.handed_over_at = now\n",
        ),
        "_hand_over",
    ),
    mutant(
        "an overdrawn budget releases all the same",
        roads.overdrawn_by_a_freeze,
        "accepted in spite of .*BudgetOverdrawn",
        decisions,
        ("    require_unfrozen(lines)\n", ""),
        "_approve",
    ),
)


@dataclass(frozen=True)
class WithoutConstraint:
    """A rule of which the database's guard is taken out too."""

    spoilt: Mutant[Road]
    statement: str

    def __str__(self) -> str:
        return self.spoilt.name


WITHOUT_CONSTRAINT = (
    WithoutConstraint(
        mutant(
            "whoever asked is substituted: neither involvement nor constraint",
            roads.signed_for_one_who_asked,
            "accepted in spite of .*OwnRequest",
            decisions,
            ONLY_THE_DEPUTY,
            "decide",
            places=(approvals,),
        ),
        "ALTER TABLE orders_decision DROP CONSTRAINT orders_substituted_is_on_approving_side",
    ),
    WithoutConstraint(
        mutant(
            "whoever asked decides: neither involvement nor constraint",
            roads.signed_for_one_who_asked,
            "accepted in spite of .*OwnRequest",
            decisions,
            NOBODY,
            "decide",
            places=(approvals,),
        ),
        "ALTER TABLE orders_decision DROP CONSTRAINT orders_decider_is_on_approving_side",
    ),
    WithoutConstraint(
        Mutant(
            "somebody speaks twice in a round: no constraint",
            roads.signed_for_another,
            "accepted in spite of .*AlreadyDecided",
            (),
        ),
        "ALTER TABLE orders_signature DROP CONSTRAINT orders_one_signature_per_round",
    ),
    WithoutConstraint(
        mutant(
            "a deputy of a deputy signs: neither query nor constraint",
            roads.deputy_of_a_deputy,
            "accepted in spite of .*InvalidDelegation",
            voices,
            ANY_DEPUTY,
            "deputyships",
        ),
        "ALTER TABLE orders_decision DROP CONSTRAINT orders_substitute_as_delegated",
    ),
)


@pytest.mark.django_db
@pytest.mark.parametrize("road", roads.ROADS, ids=lambda road: road.__name__)
def test_the_unchanged_product_walks_every_road(road: Road) -> None:
    walk(build_stage(), road)


@pytest.mark.django_db
@pytest.mark.parametrize("spoilt", MUTANTS, ids=str)
def test_a_mutant_dies(spoilt: Mutant[Road], monkeypatch: pytest.MonkeyPatch) -> None:
    _must_die(spoilt, monkeypatch)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rule", WITHOUT_CONSTRAINT, ids=str)
def test_a_mutant_without_its_constraint_dies(
    rule: WithoutConstraint, owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner.execute(rule.statement)
    _must_die(rule.spoilt, monkeypatch)


def _must_die(spoilt: Mutant[Road], monkeypatch: pytest.MonkeyPatch) -> None:
    stage = build_stage()
    for patch in spoilt.patches:
        patch.apply(monkeypatch)
    with pytest.raises((AssertionError, IntegrityError), match=spoilt.dies_by):
        walk(stage, spoilt.road)
