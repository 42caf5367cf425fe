"""Who must approve what: bands, tiers, co-signatures with every reason."""

from __future__ import annotations

from decimal import Decimal

from orders.signing.rules import CoSignature, Rule, required_steps

RULES = (Rule(1, Decimal(0), "approver", 1), Rule(2, Decimal(5000), "treasurer", 1))


def test_a_rule_applies_from_its_amount_on() -> None:
    assert [step.role for step in required_steps(Decimal("4999.99"), RULES)] == ["approver"]
    assert [step.role for step in required_steps(Decimal(5000), RULES)] == [
        "approver",
        "treasurer",
    ]


def test_a_co_signature_names_every_reason_once() -> None:
    requisitions = (
        CoSignature("it_officer", "Display außerhalb des Standards."),
        CoSignature("it_officer", "Access Point außerhalb des Standards."),
        CoSignature("it_officer", "Display außerhalb des Standards."),
    )
    (_, step) = required_steps(Decimal(10), RULES, requisitions)
    assert (step.role, step.signers) == ("it_officer", 1)
    assert step.reason == "Display außerhalb des Standards. Access Point außerhalb des Standards."


def test_a_rule_for_grants_and_one_for_all_are_both_named() -> None:
    rules = (
        *RULES,
        Rule(2, Decimal(1000), "treasurer", 2, when_funded=True, committee="Hauptausschuss"),
    )

    def reason(gross: int, *, is_funded: bool) -> str:
        steps = required_steps(Decimal(gross), rules, is_funded=is_funded)
        return next(step.reason for step in steps if step.role == "treasurer")

    grants = "Betrag ab 1.000,00 EUR brutto, wenn aus einer Zuwendung bezahlt wird"
    alone = f"{grants}; Beschluss: Hauptausschuss"
    assert reason(1000, is_funded=True) == alone
    assert reason(5000, is_funded=True) == f"{alone}; außerdem: Betrag ab 5.000,00 EUR brutto"
    assert reason(5000, is_funded=False) == "Betrag ab 5.000,00 EUR brutto"


def test_the_weightier_rule_is_named_first_whichever_it_is() -> None:
    rules = (*RULES, Rule(1, Decimal(0), "approver", 1, when_funded=True))
    (step,) = required_steps(Decimal(10), rules, is_funded=True)
    assert step.reason == (
        "gilt für jeden Betrag; außerdem: gilt für jeden Betrag, wenn aus einer Zuwendung "
        "bezahlt wird"
    )


def test_who_signs_anyway_is_not_asked_twice() -> None:
    steps = required_steps(Decimal(10), RULES, [CoSignature("approver", "Ohne Siegel.")])
    assert [(step.tier, step.role) for step in steps] == [(1, "approver")]


def test_a_co_signature_alone_releases_nothing() -> None:
    rules = (Rule(1, Decimal(500), "approver", 1),)
    assert required_steps(Decimal(499), rules, [CoSignature("it_officer", "Kein Standard.")]) == []


def test_more_signers_do_not_lose_the_committee() -> None:
    rules = (
        Rule(1, Decimal(25_000), "approver", 2, days=7),
        Rule(1, Decimal(100_000), "approver", 1, days=30, committee="Stadtverordnetenversammlung"),
    )
    (step,) = required_steps(Decimal(150_000), rules)
    assert (step.signers, step.days, step.committee) == (2, 30, "Stadtverordnetenversammlung")
    assert "Beschluss: Stadtverordnetenversammlung" in step.reason
    (below,) = required_steps(Decimal(50_000), rules)
    assert (below.signers, below.committee) == (2, "")
