"""Named mutants: each spoils one rule of asking and approving, and the machine must see it.

A mutant runs spoilt copies of the product's functions in the product's own modules. It
walks a written road through the machine, so that it dies every time and soon; what kills
it is the machine's prediction or invariant, never a check of the road. Rules that several
guards defend have a mutant that takes out all of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.db import IntegrityError

from contracts.parties import acting
from orders import approvals
from orders.allotting import asking, line_rules
from orders.approvals import cuts, decisions, signatures
from orders.requisitions import editing, exchanges, handover, submission
from orders.signing import steps, voices
from tests.database_state import spoil

from . import approval_roads as roads
from .approval_machine import Road, walk
from .approval_world import build_stage
from .mutation import Mutant, mutant

TOTAL = "cut.new.order.quote.gross if cut is not None else case.revision.gross"
EXCHANGING = (decisions, editing)
UNFROZEN = "    holds.require_unfrozen(_budgets(revision, standing))\n"
PAID_FROM = "paid_from=paid_from(revision.lines)"
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
        signatures,
        (
            "person, 'approve' FROM unnest(%(people)s::bigint[])",
            "person, 'approve' FROM unnest(ARRAY[%(person_id)s::bigint])",
        ),
        "write_decision",
        places=(decisions,),
    ),
    mutant(
        "a decision without signatures of its people",
        roads.signed_for_another,
        "orders_decider_has_signature|orders_substituted_has_signature|signatures",
        signatures,
        ("FROM decision, unnest(%(people)s::bigint[])", "FROM decision, unnest(ARRAY[]::bigint[])"),
        "write_decision",
        places=(decisions,),
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
        (TOTAL, "sum(line.net for line in case.revision.lines)"),
        "_approve",
    ),
    mutant(
        "the limit is compared with what was asked before the cut",
        roads.cut_into_the_limit,
        "refused without reason: SigningLimitExceeded",
        decisions,
        (TOTAL, "case.revision.gross"),
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
        signatures,
        (" AND step.revision_no = %(round)s", ""),
        "read_round",
        places=(decisions,),
    ),
    mutant(
        "one signature completes a step for two",
        roads.signed_for_another,
        "the steps differ|without enough people",
        decisions,
        ("+ 1 >= self.step.signers", "+ 1 >= 1"),
        "Case",
    ),
    mutant(
        "issued while a step waits",
        roads.signed_in_two_tiers,
        "without enough people",
        decisions,
        ("all(row.completed_at is not None for row in others)", "True"),
        "Case",
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
        ("if order.quote.gross > revision.gross:", "if False:"),
        "priced_cut",
        places=(decisions,),
    ),
    mutant(
        "a cut frees nothing",
        roads.cut_into_the_limit,
        "holds something else than the open revisions",
        exchanges,
        (
            "holds.hold_instead(standing.held, fresh.lines, shelf,",
            "holds.hold_all(fresh.lines, shelf,",
        ),
        "exchange",
        places=EXCHANGING,
    ),
    mutant(
        "what an exchange frees is not held anew",
        roads.lowered_after_a_signature,
        "holds something else than the open revisions",
        exchanges,
        (
            "holds.hold_instead(standing.held, fresh.lines, shelf,",
            "holds.void(standing.held, shelf,",
        ),
        "exchange",
        places=EXCHANGING,
    ),
    mutant(
        "finance does not hear of an exchange",
        roads.lowered_after_a_signature,
        "finance heard something else",
        exchanges,
        ("[*freed, *reservations(requisition, fresh.lines, shelf)]", "[]"),
        "exchange",
        places=EXCHANGING,
    ),
    mutant(
        "an increase keeps the signatures",
        roads.raised_after_a_signature,
        "cover more than was signed for",
        editing,
        ("if not _is_decrease(requisition, revision, ask, answer.order):", "if False:"),
        "_revise_submitted",
    ),
    mutant(
        "less keeps the signatures though each piece costs more",
        roads.lowered_below_a_tier,
        "made a piece dearer",
        editing,
        (
            "and row.tier.net_unit_price * of.price_unit <= of.net_unit_price * row.offer",
            "and 0 <= row.offer",
        ),
        "_is_part",
    ),
    mutant(
        "another day of delivery keeps the signatures",
        roads.moved_after_a_signature,
        "cover more than was signed for",
        editing,
        ("        place.earliest,\n", ""),
        "_when_and_where",
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
        ("(member.valid_to IS NULL OR member.valid_to >= %(on)s)", "true"),
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
        ("AND confirmed_at IS NOT NULL", ""),
        "read_rules",
        places=(submission,),
    ),
    mutant(
        "a later deadline does not move the expiry",
        roads.longer_by_a_co_signature,
        "another state",
        steps,
        ("if requisition.expires_at is None or requisition.expires_at < until:", "if False:"),
        "extend_expiry",
        places=(steps, decisions),
    ),
    mutant(
        "whoever hands over does not ask",
        roads.handed_over_by_a_colleague,
        "another side|accepted in spite of .*OwnRequest",
        handover,
        (
            "    involve(requisition, by.user_id, Side.ASK)\n    _lay(",
            "    _lay(",
        ),
        "_hand_over",
    ),
    mutant(
        "an overdrawn budget releases all the same",
        roads.overdrawn_by_a_freeze,
        "accepted in spite of .*BudgetOverdrawn",
        decisions,
        (UNFROZEN, ""),
        "_approve",
    ),
    mutant(
        "OVERDRAWN is not asked at issue",
        roads.frozen_between_the_signatures,
        "accepted in spite of .*BudgetOverdrawn",
        decisions,
        (UNFROZEN, f"    if not case.is_last:\n    {UNFROZEN}"),
        "_approve",
    ),
    mutant(
        "OVERDRAWN is not asked at a signature",
        roads.frozen_between_the_signatures,
        "accepted in spite of .*BudgetOverdrawn",
        decisions,
        (UNFROZEN, f"    if case.is_last:\n    {UNFROZEN}"),
        "_approve",
    ),
    mutant(
        "EXPIRY is not asked of who decides",
        roads.decided_after_it_is_over,
        "accepted in spite of .*RequisitionOver",
        decisions,
        ("        require_running(requisition, now)\n", ""),
        "decide",
        places=(approvals,),
    ),
    mutant(
        "EXPIRY is not asked of who edits",
        roads.decided_after_it_is_over,
        "accepted in spite of .*RequisitionOver",
        editing,
        ("    require_running(requisition, now)\n", ""),
        "_require_editable",
    ),
    mutant(
        "USABLE is not asked at issue",
        roads.issued_after_new_year,
        "posted differs from what was released",
        decisions,
        (PAID_FROM, f"{PAID_FROM} if not case.is_last else ()"),
        "_judge",
    ),
    mutant(
        "USABLE is not asked at a signature",
        roads.signed_after_new_year,
        "held differs from the open revisions",
        decisions,
        (PAID_FROM, f"{PAID_FROM} if case.is_last else ()"),
        "_judge",
    ),
    mutant(
        "USABLE is not asked of an edit",
        roads.edited_after_new_year,
        "accepted in spite of .*BudgetNotUsable",
        editing,
        ("    require_usable(paid_from(fresh.lines), standing.facts.on)\n", ""),
        "_revise_submitted",
    ),
    mutant(
        "a cut of a budget that is over is refused, not sent back",
        roads.cut_after_new_year,
        "refused without reason: BudgetNotUsable",
        decisions,
        (
            "except (PriceRisen, BudgetNotUsable) as over:\n        _require",
            "except PriceRisen as over:\n        _require",
        ),
        "_approve",
    ),
    mutant(
        "whoever sends it back signs for all of the step",
        roads.signed_after_new_year,
        "the steps differ",
        decisions,
        (
            "_sign(case, plan, cut, completes=case.completes)\n        release(",
            "_sign(case, plan, cut, completes=True)\n        release(",
        ),
        "_approve",
    ),
    mutant(
        "nothing is asked at issue",
        roads.minimum_between_the_signatures,
        "accepted in spite of .*BelowMinimum",
        decisions,
        ("moment, facts = Moment.ISSUE,", "moment, facts = Moment.DRAFT,"),
        "_judge",
    ),
    mutant(
        "nothing is asked at a signature",
        roads.minimum_between_the_signatures,
        "accepted in spite of .*BelowMinimum",
        decisions,
        ("moment = Moment.SIGNATURE", "moment = Moment.DRAFT"),
        "_judge",
    ),
    mutant(
        "a block that came since stops nothing",
        roads.blocked_between_the_signatures,
        "accepted in spite of .*Blocked",
        asking,
        ("    if stops:\n", "    if False:\n"),
        "_require_open",
    ),
    mutant(
        "nothing is too little",
        roads.minimum_between_the_signatures,
        "accepted in spite of .*BelowMinimum",
        line_rules,
        ("if nets[award_id] < terms.minimum_order and", "if False and"),
        "minimum_gaps",
        places=(asking,),
    ),
    mutant(
        "nothing hangs on a device",
        roads.tied_after_the_submission,
        "accepted in spite of .*DeviceMissing",
        line_rules,
        ("if asked > allowed:", "if False:"),
        "unmet_ties",
        places=(asking,),
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
            "whoever asked is substituted: neither question nor constraint",
            roads.signed_for_one_who_asked,
            "accepted in spite of .*OwnRequest",
            decisions,
            ("if voice.on_behalf_of_id in round_.asking:", "if False:"),
            "_require_own_hands",
        ),
        "ALTER TABLE orders_decision DROP CONSTRAINT orders_substituted_is_on_approving_side",
    ),
    WithoutConstraint(
        mutant(
            "whoever asked decides: neither question nor constraint",
            roads.signed_for_one_who_asked,
            "accepted in spite of .*OwnRequest",
            decisions,
            ("if voice.by.user_id in round_.asking:", "if False:"),
            "_require_own_hands",
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


@pytest.mark.django_db
@pytest.mark.parametrize("rule", WITHOUT_CONSTRAINT, ids=str)
def test_a_mutant_without_its_constraint_dies(
    rule: WithoutConstraint, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(rule.statement)
    _must_die(rule.spoilt, monkeypatch)


def _must_die(spoilt: Mutant[Road], monkeypatch: pytest.MonkeyPatch) -> None:
    stage = build_stage()
    for patch in spoilt.patches:
        patch.apply(monkeypatch)
    with pytest.raises((AssertionError, IntegrityError), match=spoilt.dies_by):
        walk(stage, spoilt.road)
