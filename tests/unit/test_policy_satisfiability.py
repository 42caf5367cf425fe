"""Which policies these people can satisfy; what is said where they can't."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import pytest

from orders.signing.policy_structure import structural_faults
from orders.signing.policy_words import differences, rule_words
from orders.signing.rules import Rule
from orders.signing.satisfiability import Report, Signer, Staff, examine

NAMES = {
    "approver": "Freigabe",
    "treasurer": "Kämmerei",
    "it_officer": "IT-Verantwortung",
    "procurement_officer": "Beschaffung",
}
HIGH = Decimal("99999999.99")
ANNA, BERT, CEM, DORA = 1, 2, 3, 4
CALLED = {ANNA: "Anna Amsel", BERT: "Bert Buche", CEM: "Cem Celik", DORA: "Dora Dohle"}


def rule(tier: int, start: int, role: str, signers: int = 1, **more: object) -> Rule:
    return Rule(tier, Decimal(start), role, signers, **more)  # type: ignore[arg-type]


def signer(person: int, role: str, limit: Decimal | int | None = HIGH) -> Signer:
    return Signer(person, CALLED[person], role, None if limit is None else Decimal(limit))


def staff(signers: Iterable[Signer], submitters: Iterable[int] = (DORA,)) -> Staff:
    return Staff(list(signers), {key: CALLED[key] for key in submitters}, NAMES)


def faults(report: Report) -> list[str]:
    return [found.sentence for found in report.faults]


def warnings(report: Report) -> list[str]:
    return [found.sentence for found in report.warnings]


TWO_TIERS = (rule(1, 0, "approver"), rule(2, 5000, "treasurer", 2))


def test_a_missing_signer_is_named_with_rule_band_and_who_there_is() -> None:
    there = staff([signer(ANNA, "approver"), signer(BERT, "treasurer")])
    report = examine(TWO_TIERS, there)
    assert faults(report) == [
        (
            "Stufe 2 ab 5.000,00 EUR verlangt 2 × Kämmerei mit Zeichnungsgrenze ab 5.000,00 EUR; "
            "es gibt 1: Bert Buche."
        )
    ]
    assert report.faults[0].rule == 1


def test_every_rule_without_signers_is_named_at_once() -> None:
    rules = (rule(1, 0, "approver", 2), rule(2, 0, "treasurer"), rule(2, 0, "it_officer"))
    report = examine(rules, staff([signer(ANNA, "approver"), signer(BERT, "it_officer")]))
    assert [found.rule for found in report.faults] == [0, 1]


def test_whose_limit_is_too_low_is_named() -> None:
    low = signer(CEM, "treasurer", 1000)
    report = examine(TWO_TIERS, staff([signer(ANNA, "approver"), signer(BERT, "treasurer"), low]))
    assert faults(report)[0].endswith(
        "es gibt 1: Bert Buche (Zeichnungsgrenze zu niedrig: Cem Celik, 1.000,00 EUR)."
    )


def test_somebody_without_a_limit_signs_nothing() -> None:
    report = examine((rule(1, 0, "approver"),), staff([signer(ANNA, "approver", None)]))
    assert faults(report) == [
        "Stufe 1 für jeden Betrag verlangt 1 × Freigabe mit Zeichnungsgrenze; es gibt niemanden."
    ]


def test_one_human_in_two_roles_is_one_signature() -> None:
    rules = (rule(1, 0, "approver"), rule(2, 0, "treasurer"))
    both = [signer(ANNA, "approver"), signer(ANNA, "treasurer")]
    assert faults(examine(rules, staff(both))) == [
        (
            "Stufe 1 (1 × Freigabe) und Stufe 2 (1 × Kämmerei) verlangen für jeden Betrag zusammen "
            "2 verschiedene Personen mit Zeichnungsgrenze; es gibt 1: Anna Amsel."
        )
    ]
    assert not faults(examine(rules, staff([*both, signer(BERT, "approver")])))


def test_the_only_submitter_is_missing_among_the_signers() -> None:
    rules = (rule(1, 0, "approver", 2),)
    there = [signer(ANNA, "approver"), signer(BERT, "approver")]
    (sentence,) = faults(examine(rules, staff(there, [ANNA])))
    assert sentence.endswith(
        "es gibt 1: Bert Buche. Wer einreicht, unterschreibt nicht; einreichen kann nur Anna Amsel."
    )


def test_what_some_submitter_cannot_is_a_warning() -> None:
    rules = (rule(1, 0, "approver", 2),)
    there = [signer(ANNA, "approver"), signer(BERT, "approver")]
    report = examine(rules, staff(there, [ANNA, DORA]))
    assert not faults(report)
    (sentence,) = warnings(report)
    assert sentence.startswith("Reicht Anna Amsel ein, fehlt jemand: Stufe 1 für jeden Betrag")


def test_amounts_above_everybodys_limit_are_a_hole_or_the_ceiling() -> None:
    rules = (rule(1, 0, "approver"), rule(1, 25_000, "treasurer"))
    there = [signer(ANNA, "approver", 20_000), signer(BERT, "approver", 30_000)]
    report = examine((*rules[:1],), staff(there))
    assert report.ceiling == 30_000
    assert "Über 30.000,00 EUR kann niemand freigeben." in warnings(report)[0]
    there = [signer(ANNA, "approver", 20_000), signer(BERT, "treasurer")]
    report = examine((rule(1, 0, "approver"), rule(1, 15_000, "treasurer")), staff(there))
    assert "Über 20.000,00 EUR kann niemand freigeben." in warnings(report)[0]


def test_a_hole_inside_a_band_ends_where_the_next_begins() -> None:
    rules = (rule(1, 0, "approver"), rule(2, 25_000, "treasurer"))
    there = [signer(ANNA, "approver", 20_000), signer(BERT, "treasurer")]
    report = examine(rules, staff(there))
    assert "Über 20.000,00 EUR bis unter 25.000,00 EUR kann niemand" in warnings(report)[0]
    assert faults(report)  # from 25,000 on the approver's limit is too low


def test_the_band_for_grants_is_asked_by_itself() -> None:
    rules = (rule(1, 0, "approver"), rule(2, 0, "treasurer", when_funded=True))
    (sentence,) = faults(examine(rules, staff([signer(ANNA, "approver")])))
    assert sentence.startswith("Stufe 2 für jeden Betrag mit Zuwendung verlangt 1 × Kämmerei")


def test_a_role_that_hangs_on_one_person_is_a_warning() -> None:
    report = examine((rule(1, 0, "approver"),), staff([signer(ANNA, "approver")]))
    assert warnings(report)[0].startswith("Freigabe hängt an einer Person: Anna Amsel.")


def test_nobody_for_gates_for_escalation_for_submitting_is_a_warning() -> None:
    rules = (rule(1, 0, "approver", escalation_role="treasurer"),)
    there = staff([signer(ANNA, "approver"), signer(BERT, "approver")], [])
    said = warnings(examine(rules, there, {"it_officer": "Ein Hindernis"}))
    assert said == [
        "Niemand hat eine Rolle, die Anforderungen einreicht.",
        (
            "Ein Hindernis verlangt die Mitzeichnung durch IT-Verantwortung; niemand in dieser "
            "Rolle darf unterschreiben."
        ),
        "Nach Fristablauf soll Kämmerei einspringen; niemand in dieser Rolle darf unterschreiben.",
    ]


def test_a_rule_that_never_decides_is_a_warning_beside_it() -> None:
    rules = (rule(1, 0, "approver", 2), rule(1, 5000, "approver", 1))
    there = [signer(ANNA, "approver"), signer(BERT, "approver"), signer(CEM, "approver")]
    (found,) = examine(rules, staff(there)).warnings
    assert found.rule == 1
    assert found.sentence.startswith(
        "„Stufe 1 ab 5.000,00 EUR: 1 × Freigabe, Frist 7 Tage“ wirkt nie:"
    )


BROKEN = {
    "Es fehlt eine Regel ab 0,00 EUR": (rule(1, 1, "approver"),),
    "Es fehlt eine Regel ab 0,00 EUR, die immer": (rule(1, 0, "approver", when_funded=True),),
    "es fehlt Stufe 1": (rule(2, 0, "approver"),),
    "es fehlt Stufe 2": (rule(1, 0, "approver"), rule(3, 0, "treasurer")),
    "1 bis 9 Unterschriften, nicht 0": (rule(1, 0, "approver", 0),),
    "1 bis 9 Unterschriften, nicht 10": (rule(1, 0, "approver", 10),),
    "Diese Rolle unterschreibt nicht.": (rule(1, 0, "auditor"),),
    "eine andere Rolle ein, nicht dieselbe": (rule(1, 0, "approver", escalation_role="approver"),),
    "einspringen soll, unterschreibt nicht": (rule(1, 0, "approver", escalation_role="auditor"),),
    "gibt es schon (Regel 1)": (rule(1, 0, "approver"), rule(1, 0, "approver", 2)),
    "1 bis 365 Tage, nicht 0": (rule(1, 0, "approver", days=0),),
    "-1,00 EUR ist negativ": (rule(1, 0, "approver"), rule(1, -1, "treasurer")),
    "ist höchstens 1.000.000.000,00 EUR": (rule(1, 0, "approver"), rule(1, 10**10, "treasurer")),
    "höchstens 120 Zeichen": (rule(1, 0, "approver", committee="x" * 121),),
    "höchstens 40 Regeln": tuple(rule(1, start, "approver") for start in range(41)),
    "Stufen zählen ab 1.": (rule(1, 0, "approver"), rule(0, 0, "treasurer")),
}


@pytest.mark.parametrize("words", BROKEN)
def test_rules_that_make_no_sense_are_refused(words: str) -> None:
    assert any(words in found.sentence for found in structural_faults(BROKEN[words], NAMES))


def test_sound_rules_have_no_structural_fault() -> None:
    assert structural_faults(TWO_TIERS, NAMES) == []


def test_a_rule_reads_as_a_sentence() -> None:
    full = rule(2, 100_000, "treasurer", 2, days=1, escalation_role="approver", committee="Rat")
    assert rule_words(full, NAMES) == (
        "Stufe 2 ab 100.000,00 EUR: 2 × Kämmerei, Frist 1 Tag, danach auch Freigabe, "
        "mit Beschluss: Rat"
    )


def test_two_versions_differ_in_words() -> None:
    old = (rule(1, 0, "approver"), rule(2, 5000, "treasurer"))
    new = (rule(1, 0, "approver", 2), rule(2, 8000, "treasurer", when_funded=True))
    assert differences(old, new, NAMES) == [
        "Geändert: Stufe 1 ab 0,00 EUR: 1 × Freigabe → 2 × Freigabe",
        "Entfällt: Stufe 2 ab 5.000,00 EUR: 1 × Kämmerei, Frist 7 Tage",
        (
            "Neu: Stufe 2 ab 8.000,00 EUR, wenn aus einer Zuwendung bezahlt wird: 1 × Kämmerei, "
            "Frist 7 Tage"
        ),
    ]
    changed = (rule(1, 0, "approver", days=3, committee="Rat"), old[1])
    assert differences(old, changed, NAMES) == [
        (
            "Geändert: Stufe 1 ab 0,00 EUR: 1 × Freigabe, nichts → mit Beschluss: Rat, "
            "Frist 7 Tage → Frist 3 Tage"
        )
    ]
    assert differences(old, old, NAMES) == []
