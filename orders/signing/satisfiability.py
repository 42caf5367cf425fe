"""Whether a policy can be satisfied by the people there are, and if not, why. Pure.

In one round every human signs at most once, whoever submits does not sign, and nobody signs
above their limit. Substitutes are left out on purpose: a signature for somebody uses up
both, so it never makes one more. Escalation is left out too: it helps late, it is no plan.
See docs/approval-policy.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from contracts.pricing import euros

from .matching import too_few
from .policy_structure import Finding
from .policy_words import rule_words
from .rules import RequiredStep, Rule, deciding_rules, required_steps

CENT = Decimal("0.01")
AMPLE = Decimal(10_000_000)
"""A ceiling from here on (EUR) is not worth a warning."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Somebody in a role; `limit` in EUR gross, None signs nothing."""

    person_id: int
    name: str
    role: str
    limit: Decimal | None

    def may_sign(self, role: str, gross: Decimal) -> bool:
        return self.role == role and self.limit is not None and self.limit >= gross


@dataclass(frozen=True, slots=True)
class Staff:
    """Who is there: signers, who may submit (name by person), German names of the roles."""

    signers: Sequence[Signer]
    submitters: Mapping[int, str]
    role_names: Mapping[str, str]

    def name_of(self, role: str) -> str:
        return self.role_names.get(role, role)


@dataclass(frozen=True, slots=True)
class Gap:
    """Steps that ask for more people (`needed`) than could sign them (`people`)."""

    gross: Decimal
    steps: tuple[RequiredStep, ...]
    people: tuple[str, ...]
    too_low: tuple[str, ...]

    @property
    def needed(self) -> int:
        return sum(step.signers for step in self.steps)

    @property
    def kind(self) -> tuple[object, ...]:
        """The same steps and people: the same gap, at whatever amount."""
        return (tuple((step.tier, step.role, step.signers) for step in self.steps), self.people)


@dataclass(frozen=True, slots=True)
class Band:
    """Amounts from `start` to below `until` (EUR gross, None: without end).

    `gap` is there when nobody could get the first amount through whoever submits, `gaps`
    names the submitters (by person) who could not; `ceiling` is the highest amount of the
    band that somebody could get through, None when there is none.
    """

    start: Decimal
    until: Decimal | None
    is_funded: bool
    steps: tuple[RequiredStep, ...]
    gap: Gap | None
    gaps: Mapping[int, Gap]
    ceiling: Decimal | None


@dataclass(frozen=True, slots=True)
class Report:
    """What is wrong with a policy, and how far it reaches."""

    bands: tuple[Band, ...]
    findings: tuple[Finding, ...] = field(default=())

    @property
    def faults(self) -> list[Finding]:
        return [found for found in self.findings if found.is_fault]

    @property
    def warnings(self) -> list[Finding]:
        return [found for found in self.findings if not found.is_fault]

    @property
    def ceiling(self) -> Decimal | None:
        """The highest amount (EUR gross) that can be released without a grant."""
        reached = [band.ceiling for band in self.bands if band.ceiling and not band.is_funded]
        return max(reached, default=None)


def find_gap(
    steps: Sequence[RequiredStep],
    staff: Staff,
    gross: Decimal,
    *,
    without: frozenset[int] = frozenset(),
) -> Gap | None:
    """The steps that cannot all have humans of their own, people *without* left out."""
    able = [
        {row.person_id for row in staff.signers if row.may_sign(step.role, gross)} - without
        for step in steps
    ]
    slots = [place for place, step in enumerate(steps) for _ in range(step.signers)]
    short = {slots[index] for index in too_few([able[place] for place in slots])}
    if not short:
        return None
    missing = tuple(steps[place] for place in sorted(short))
    people = set[int]().union(*(able[place] for place in short))
    roles = {step.role for step in missing}
    names = {row.person_id: row.name for row in staff.signers}
    low = sorted(
        {
            f"{row.name}, {euros(row.limit)}"
            for row in staff.signers
            if row.role in roles and row.limit is not None and row.limit < gross
        }
    )
    return Gap(gross, missing, tuple(sorted(names[key] for key in people)), tuple(low))


def bands_of(rules: Sequence[Rule], staff: Staff) -> list[Band]:
    """Every band of the policy, without a grant and, where a rule asks for it, with one."""
    starts = sorted({Decimal(0), *(rule.from_gross for rule in rules)})
    funded = (False, True) if any(rule.when_funded for rule in rules) else (False,)
    ends: list[Decimal | None] = [*starts[1:], None]
    return [
        _band(rules, staff, start, until, is_funded=is_funded)
        for is_funded in funded
        for start, until in zip(starts, ends, strict=True)
    ]


def examine(
    rules: Sequence[Rule], staff: Staff, cosigners: Mapping[str, str] | None = None
) -> Report:
    """Ask a sound policy (`structural_faults`) whether these people can satisfy it.

    `cosigners` has the roles that gates would ask for, with who asks.
    """
    bands = bands_of(rules, staff)
    found = [
        *_impassable(rules, bands, staff),
        *_for_some(rules, bands, staff),
        *_holes(bands, staff),
        *_alone(rules, staff),
        *_idle(rules, bands, staff),
        *_unmanned(rules, staff, cosigners or {}),
    ]
    return Report(tuple(bands), tuple(found))


def explain(gap: Gap, staff: Staff, *, is_funded: bool = False) -> str:
    """What is asked for, from which amount on, and who there is."""
    grant = " mit Zuwendung" if is_funded else ""
    limit = f"Zeichnungsgrenze ab {euros(gap.gross)}" if gap.gross > CENT else "Zeichnungsgrenze"
    start = "für jeden Betrag" if gap.gross <= CENT else f"ab {euros(gap.gross)}"
    asked = [f"{step.signers} × {staff.name_of(step.role)}" for step in gap.steps]
    if len(gap.steps) == 1:
        words = f"Stufe {gap.steps[0].tier} {start}{grant} verlangt {asked[0]} mit {limit}"
    else:
        tiers = [f"Stufe {step.tier} ({what})" for step, what in zip(gap.steps, asked, strict=True)]
        together = f"{', '.join(tiers[:-1])} und {tiers[-1]}"
        words = (
            f"{together} verlangen {start}{grant} zusammen {gap.needed} verschiedene Personen "
            f"mit {limit}"
        )
    there = f"{len(gap.people)}: {', '.join(gap.people)}" if gap.people else "niemanden"
    low = f" (Zeichnungsgrenze zu niedrig: {'; '.join(gap.too_low)})" if gap.too_low else ""
    return f"{words}; es gibt {there}{low}."


def _band(
    rules: Sequence[Rule], staff: Staff, start: Decimal, until: Decimal | None, *, is_funded: bool
) -> Band:
    steps = tuple(required_steps(start, rules, is_funded=is_funded))
    gross = max(start, CENT)
    gap, gaps = _gaps(steps, staff, gross)
    ceiling = None if gap else _ceiling(steps, staff, gross, until)
    return Band(start, until, is_funded, steps, gap, gaps, ceiling)


def _gaps(
    steps: Sequence[RequiredStep], staff: Staff, gross: Decimal
) -> tuple[Gap | None, dict[int, Gap]]:
    """The gap that is there whoever submits, and those of single submitters."""
    anyway = find_gap(steps, staff, gross)
    if anyway is not None:
        return anyway, {}
    roles = {step.role for step in steps}
    signing = {row.person_id for row in staff.signers if row.role in roles}
    gaps = {
        person: gap
        for person in staff.submitters
        if person in signing and (gap := find_gap(steps, staff, gross, without=frozenset({person})))
    }
    if gaps and len(gaps) == len(staff.submitters):
        return next(iter(gaps.values())), gaps
    return None, gaps


def _ceiling(
    steps: Sequence[RequiredStep], staff: Staff, gross: Decimal, until: Decimal | None
) -> Decimal:
    """The highest amount of a band that somebody gets through; its first amount is one."""
    limits = {row.limit for row in staff.signers if row.limit is not None}
    amounts = {limit for limit in limits if limit > gross and (until is None or limit < until)}
    if until is not None:
        amounts.add(until - CENT)
    for amount in sorted(amounts, reverse=True):
        if _gaps(steps, staff, amount)[0] is None:
            return amount
    return gross


def _impassable(rules: Sequence[Rule], bands: Sequence[Band], staff: Staff) -> Iterator[Finding]:
    """Bands that nobody gets anything through; each gap once, at the lowest amount."""
    told = set()
    for band in bands:
        for gap in _every_gap(band, staff):
            if gap.kind in told:
                continue
            told.add(gap.kind)
            sentence = explain(gap, staff, is_funded=band.is_funded)
            if band.gaps:
                names = ", ".join(sorted(staff.submitters[person] for person in band.gaps))
                sentence += f" Wer einreicht, unterschreibt nicht; einreichen kann nur {names}."
            yield Finding(sentence, rule=_place(rules, band, gap))


def _every_gap(band: Band, staff: Staff) -> Iterator[Gap]:
    """The gap of the band, then those among the steps that it leaves."""
    gap, left = band.gap, band.steps
    while gap is not None:
        yield gap
        left = tuple(step for step in left if step not in gap.steps)
        gap = find_gap(left, staff, gap.gross)


def _for_some(rules: Sequence[Rule], bands: Sequence[Band], staff: Staff) -> Iterator[Finding]:
    told = set()
    for band in bands:
        for person, gap in band.gaps.items() if band.gap is None else ():
            if (person, gap.kind) in told:
                continue
            told.add((person, gap.kind))
            words = explain(gap, staff, is_funded=band.is_funded)
            sentence = f"Reicht {staff.submitters[person]} ein, fehlt jemand: {words}"
            yield Finding(sentence, is_fault=False, rule=_place(rules, band, gap))


def _holes(bands: Sequence[Band], staff: Staff) -> Iterator[Finding]:
    """Amounts within a band that are above everybody's limit, and the end of it all."""
    told = set()
    for band in bands:
        if band.ceiling is None or (band.until and band.ceiling == band.until - CENT):
            continue
        if band.until is None and band.ceiling >= AMPLE:
            continue
        gap = _gaps(band.steps, staff, band.ceiling + CENT)[0]
        if gap is None or (band.ceiling, gap.kind) in told:
            continue
        told.add((band.ceiling, gap.kind))
        end = f" bis unter {euros(band.until)}" if band.until is not None else ""
        words = explain(gap, staff, is_funded=band.is_funded)
        yield Finding(
            f"Über {euros(band.ceiling)}{end} kann niemand freigeben. {words}", is_fault=False
        )


def _alone(rules: Sequence[Rule], staff: Staff) -> Iterator[Finding]:
    """Roles that hang on one person."""
    for role in sorted({rule.role for rule in rules}):
        people = {row.name for row in staff.signers if row.may_sign(role, CENT)}
        if len(people) == 1:
            yield Finding(
                f"{staff.name_of(role)} hängt an einer Person: {people.pop()}. Fällt sie aus, "
                "geht ohne Vertretung nichts weiter.",
                is_fault=False,
            )


def _idle(rules: Sequence[Rule], bands: Sequence[Band], staff: Staff) -> Iterator[Finding]:
    """Rules that never decide because another of the role asks for more."""
    deciding = {
        id(rule)
        for band in bands
        for rule in deciding_rules(band.start, rules, is_funded=band.is_funded).values()
    }
    for place, rule in enumerate(rules):
        if id(rule) not in deciding and not rule.committee:
            yield Finding(
                f"„{rule_words(rule, staff.role_names)}“ wirkt nie: Eine andere Regel derselben "
                "Stufe und Rolle verlangt mindestens so viel.",
                is_fault=False,
                rule=place,
            )


def _unmanned(
    rules: Sequence[Rule], staff: Staff, cosigners: Mapping[str, str]
) -> Iterator[Finding]:
    """Roles that may be asked for besides the rules, with nobody in them."""
    manned = {row.role for row in staff.signers if row.may_sign(row.role, CENT)}
    if not staff.submitters:
        yield Finding("Niemand hat eine Rolle, die Anforderungen einreicht.", is_fault=False)
    for role, who in sorted(cosigners.items()):
        if role not in manned:
            yield Finding(
                f"{who} verlangt die Mitzeichnung durch {staff.name_of(role)}; niemand in "
                "dieser Rolle darf unterschreiben.",
                is_fault=False,
            )
    for place, rule in enumerate(rules):
        if rule.escalation_role and rule.escalation_role not in manned:
            yield Finding(
                f"Nach Fristablauf soll {staff.name_of(rule.escalation_role)} einspringen; "
                "niemand in dieser Rolle darf unterschreiben.",
                is_fault=False,
                rule=place,
            )


def _place(rules: Sequence[Rule], band: Band, gap: Gap) -> int:
    """Where the rule stands that asks for the last of the missing signatures."""
    step = gap.steps[-1]
    rule = deciding_rules(band.start, rules, is_funded=band.is_funded)[step.tier, step.role]
    return next(place for place, row in enumerate(rules) if row is rule)
