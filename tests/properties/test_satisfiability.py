"""Satisfiability against brute force: every way of handing the signatures out is tried."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from orders.signing.matching import too_few
from orders.signing.rules import RequiredStep, Rule, required_steps
from orders.signing.satisfiability import CENT, Signer, Staff, bands_of, find_gap

PEOPLE = range(5)
ROLES = ("approver", "treasurer")
AMOUNTS = st.sampled_from([Decimal(0), Decimal(100), Decimal(200), Decimal(300)])
LIMITS = st.none() | st.sampled_from([Decimal(0), Decimal(100), Decimal(150), Decimal(10_000)])

signers = st.lists(
    st.builds(
        lambda person, role, limit: Signer(person, f"P{person}", role, limit),
        st.sampled_from(PEOPLE),
        st.sampled_from(ROLES),
        LIMITS,
    ),
    max_size=6,
)
submitters = st.frozensets(st.sampled_from(PEOPLE), max_size=3)
rules = st.lists(
    st.builds(
        Rule,
        st.integers(1, 2),
        AMOUNTS,
        st.sampled_from(ROLES),
        st.integers(1, 2),
        st.booleans(),
    ),
    min_size=1,
    max_size=4,
)


def staff(people: Sequence[Signer], may_submit: frozenset[int]) -> Staff:
    return Staff(people, {key: f"P{key}" for key in may_submit}, {})


def by_brute_force(
    steps: Sequence[RequiredStep], people: Sequence[Signer], gross: Decimal, without: frozenset[int]
) -> bool:
    """Whether some order of the humans gives every signature one who may."""
    roles = [step.role for step in steps for _ in range(step.signers)]
    left = [key for key in PEOPLE if key not in without]
    able = {
        (row.person_id, row.role)
        for row in people
        if row.limit is not None and not row.limit < gross
    }
    return any(
        all((person, role) in able for person, role in zip(order, roles, strict=True))
        for order in permutations(left, len(roles))
    )


@given(rules, signers, AMOUNTS, submitters)
@settings(max_examples=300)
def test_a_gap_is_found_exactly_when_no_order_of_the_humans_works(
    made: list[Rule], people: list[Signer], gross: Decimal, without: frozenset[int]
) -> None:
    steps = required_steps(gross, made, is_funded=True)
    gap = find_gap(steps, staff(people, frozenset()), gross, without=without)
    assert (gap is None) == by_brute_force(steps, people, gross, without)
    if gap is not None:
        assert len(gap.people) < gap.needed  # the reason given is one (Hall)


@given(st.lists(st.frozensets(st.sampled_from(PEOPLE)), max_size=5))
def test_what_is_named_has_too_few_humans_and_nothing_is_named_without_need(
    wanted: list[frozenset[int]],
) -> None:
    short = too_few(wanted)
    if short:
        assert len(frozenset[int]().union(*(wanted[index] for index in short))) < len(short)
    else:
        orders = permutations(PEOPLE, len(wanted))
        assert any(all(map(_is_in, order, wanted)) for order in orders)


def _is_in(person: int, able: frozenset[int]) -> bool:
    return person in able


@given(rules, signers, submitters)
@settings(max_examples=200)
def test_bands_say_for_every_amount_whether_somebody_gets_it_through(
    made: list[Rule], people: list[Signer], may_submit: frozenset[int]
) -> None:
    """Every cent around every start and limit, with and without a grant."""
    made = [Rule(1, Decimal(0), "approver", 1), *made]  # what `structural_faults` asks for
    marks = {rule.from_gross for rule in made} | {row.limit for row in people if row.limit}
    amounts = {amount for mark in marks for amount in (mark - CENT, mark, mark + CENT)}
    for band in bands_of(made, staff(people, may_submit)):
        for gross in {amount for amount in amounts if amount >= CENT}:
            if gross < band.start or (band.until is not None and gross >= band.until):
                continue
            steps = required_steps(gross, made, is_funded=band.is_funded)
            works = any(
                by_brute_force(steps, people, gross, frozenset(out))
                for out in ([{key} for key in may_submit] or [set()])
            )
            assert works == (band.ceiling is not None and gross <= band.ceiling)
