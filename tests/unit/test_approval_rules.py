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
    wishes = (
        CoSignature("it_officer", "Display außerhalb des Standards."),
        CoSignature("it_officer", "Access Point außerhalb des Standards."),
        CoSignature("it_officer", "Display außerhalb des Standards."),
    )
    (_, step) = required_steps(Decimal(10), RULES, wishes)
    assert (step.role, step.signers) == ("it_officer", 1)
    assert step.reason == "Display außerhalb des Standards. Access Point außerhalb des Standards."


def test_who_signs_anyway_is_not_asked_twice() -> None:
    steps = required_steps(Decimal(10), RULES, [CoSignature("approver", "Ohne Siegel.")])
    assert [(step.tier, step.role) for step in steps] == [(1, "approver")]


def test_a_co_signature_alone_releases_nothing() -> None:
    rules = (Rule(1, Decimal(500), "approver", 1),)
    assert required_steps(Decimal(499), rules, [CoSignature("it_officer", "Kein Standard.")]) == []
