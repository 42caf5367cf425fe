"""Who may set and lift which gate, for whom; and how it reaches the account rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from contracts.agreements.caps.stops import review_stops
from contracts.agreements.entitlement import entitled_listings
from contracts.agreements.errors import NotAllowed, NotFound
from contracts.agreements.gates.register import (
    GateRefused,
    GateScope,
    GateSpec,
    declare_opt_out,
    in_force,
    lift_gate,
    past,
    set_gate,
    visible_gates,
)
from contracts.agreements.models import Gate, GateEffect, GateReason
from contracts.agreements.writing.setup import create_award
from contracts.audit.models import AuditEntry
from contracts.ledger.models import LimitAccount
from contracts.parties.models import Membership, Organisation, Role
from contracts.parties.models.organisation import OrganisationKind
from tests.world import DAY, NOW, World, build_world, drafting, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build_world()


def spec(world: World, **changes: object) -> GateSpec:
    base = GateSpec(
        scope=GateScope(lot_id=world.lots[0].pk),
        reason=GateReason.SUSPENSION,
        explanation="Lieferverzug seit Mai",
        evidence="Schreiben vom 1.6.2026",
        valid_from=DAY,
    )
    return replace(base, **changes)


def lot_account(world: World) -> LimitAccount:
    return LimitAccount.objects.get(pk=world.lots[0].account_id)


def official(world: World, role: Role) -> Membership:
    return person(f"{role.value}@stadt-a.example", world.authority, role)


def test_suspending_a_lot_closes_its_account_and_lifting_opens_it(world: World) -> None:
    gate = set_gate(spec(world), by=world.manager, now=NOW)
    assert gate.buyer_id is None
    assert (lot_account(world).is_open, lot_account(world).closed_reason) == (False, "suspended")
    assert not entitled_listings(world.authority.pk, DAY).filter(pk=world.listings[0].pk).exists()

    lift_gate(gate_id=gate.pk, reason="Rückstand geliefert", by=world.manager, now=NOW)
    assert lot_account(world).is_open
    actions = AuditEntry.objects.filter(object_id=gate.pk, action__startswith="gate.")
    assert [(row.action, row.reason) for row in actions] == [
        ("gate.set", "Lieferverzug seit Mai"),
        ("gate.lifted", "Rückstand geliefert"),
    ]


def test_a_lot_stays_closed_while_a_second_suspension_stands(world: World) -> None:
    first = set_gate(spec(world), by=world.manager, now=NOW)
    set_gate(spec(world), by=world.manager, now=NOW)
    lift_gate(gate_id=first.pk, reason="erledigt", by=world.manager, now=NOW)
    assert lot_account(world).closed_reason == "suspended"


def test_suspending_the_only_supplier_closes_lot_and_own_cap(world: World) -> None:
    scope = GateScope(supplier_id=world.suppliers[0].pk)
    set_gate(spec(world, scope=scope), by=world.manager, now=NOW)
    assert lot_account(world).closed_reason == "suspended"


def test_suspending_one_of_two_suppliers_closes_only_the_own_cap(world: World) -> None:
    with drafting(world.agreement):
        second = create_award(
            world.lots[0],
            supplier=world.suppliers[1],
            reference="Z-1b",
            awarded_on=date(2026, 1, 1),
            rank=2,
            maximum=Decimal(1000),
            by=world.manager,
            now=NOW,
        )
    scope = GateScope(lot_id=world.lots[0].pk, supplier_id=world.suppliers[1].pk)
    set_gate(spec(world, scope=scope), by=world.manager, now=NOW)
    assert lot_account(world).is_open
    assert LimitAccount.objects.get(pk=second.account_id).closed_reason == "suspended"


def test_a_gate_before_a_product_group_or_a_warning_leaves_the_lot_open(world: World) -> None:
    scope = GateScope(lot_id=world.lots[0].pk, product_group="Displays")
    set_gate(spec(world, scope=scope), by=world.manager, now=NOW)
    set_gate(spec(world, effect=GateEffect.WARN), by=world.manager, now=NOW)
    assert lot_account(world).is_open


def test_a_suspension_begins_and_ends_by_itself(world: World) -> None:
    dates = {"valid_from": DAY + timedelta(days=2), "valid_to": DAY + timedelta(days=3)}
    set_gate(spec(world, **dates), by=world.manager, now=NOW)
    states = []
    for days in range(1, 5):
        review_stops(now=NOW + timedelta(days=days))
        states.append(lot_account(world).closed_reason)
    assert states == ["", "suspended", "suspended", ""]


@pytest.mark.parametrize(
    ("role", "reason"),
    [
        (Role.DATA_PROTECTION, GateReason.PRIVACY),
        (Role.IT_OFFICER, GateReason.STANDARD),
        (Role.TREASURER, GateReason.FREEZE),
    ],
)
def test_an_officer_speaks_for_the_own_house_only(
    world: World, role: Role, reason: GateReason
) -> None:
    gate = set_gate(spec(world, reason=reason), by=official(world, role), now=NOW)
    assert gate.buyer_id == world.authority.pk
    assert lot_account(world).is_open
    wrong = GateReason.SUSPENSION
    with pytest.raises(NotAllowed, match="kann Ihre Rolle nicht setzen"):
        set_gate(spec(world, reason=wrong), by=official(world, role), now=NOW)


@pytest.mark.parametrize("role", [Role.APPROVER, Role.AUDITOR, Role.SCHOOL_REQUESTER])
def test_other_roles_set_nothing(world: World, role: Role) -> None:
    with pytest.raises(NotAllowed):
        set_gate(spec(world), by=official(world, role), now=NOW)
    assert not Gate.objects.exists()


def test_nobody_sets_a_gate_before_foreign_agreements(world: World) -> None:
    body = Organisation.objects.create(
        code="zbs-2", kind=OrganisationKind.PURCHASING_BODY, name="Andere Stelle"
    )
    stranger = person("fremd@zbs-2.example", body, Role.CONTRACT_MANAGER)
    scopes = (
        GateScope(lot_id=world.lots[0].pk),
        GateScope(item_id=world.items[0].pk),
        GateScope(article_id=world.listings[0].article_id),
        GateScope(supplier_id=world.suppliers[0].pk),
    )
    for scope in scopes:
        with pytest.raises(NotFound):
            set_gate(spec(world, scope=scope), by=stranger, now=NOW)
    foreign_officer = person("it@stadt-b.example", world.other_authority, Role.IT_OFFICER)
    with pytest.raises(NotFound):
        set_gate(spec(world, reason=GateReason.SAFETY), by=foreign_officer, now=NOW)


def test_a_gate_of_one_body_does_not_reach_the_agreements_of_another(world: World) -> None:
    gate = set_gate(
        spec(world, scope=GateScope(supplier_id=world.suppliers[0].pk)), by=world.manager, now=NOW
    )
    body = Organisation.objects.create(
        code="zbs-2", kind=OrganisationKind.PURCHASING_BODY, name="Andere Stelle"
    )
    world.agreement.purchasing_body = body
    world.agreement.save(update_fields=["purchasing_body"])
    review_stops(now=NOW)
    assert lot_account(world).is_open
    basket = world.draft({0: 1})
    assert basket.current_revision == 1
    assert gate.set_by.organisation_id == world.purchasing.pk


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"explanation": " "}, "explanation", "Bitte erläutern Sie"),
        ({"evidence": ""}, "evidence", "Bitte nennen Sie den Beleg."),
        ({"valid_from": DAY - timedelta(days=1)}, "valid_from", "frühestens ab heute"),
        ({"valid_to": DAY - timedelta(days=1)}, "valid_to", "Das Ende liegt vor dem Beginn"),
        ({"effect": GateEffect.COSIGN}, "cosign_role", "wer mitzeichnet"),
        ({"cosign_role": Role.TREASURER}, "cosign_role", "wer mitzeichnet"),
        (
            {"effect": GateEffect.COSIGN, "cosign_role": Role.AUDITOR},
            "cosign_role",
            "kann nicht mitzeichnen",
        ),
        ({"scope": GateScope()}, "scope", "wofür das Hindernis gilt"),
        ({"scope": GateScope(product_group="Displays")}, "scope", "ein Los oder einen Lieferanten"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(
    world: World, changes: dict[str, object], field: str, sentence: str
) -> None:
    with pytest.raises(GateRefused, match=sentence) as refusal:
        set_gate(spec(world, **changes), by=world.manager, now=NOW)
    assert refusal.value.field == field
    assert not Gate.objects.exists()


def test_an_opt_out_names_contract_and_date_and_greys_the_articles(world: World) -> None:
    gate = declare_opt_out(
        lot_id=world.lots[0].pk,
        product_group="",
        contract="Vertrag 17/2025",
        explanation="Eigener Notebookvertrag",
        valid_to=date(2026, 12, 31),
        by=world.officer,
        now=NOW,
    )
    assert (gate.buyer_id, gate.effect, gate.reason) == (world.authority.pk, "block", "opt_out")
    assert lot_account(world).is_open
    with pytest.raises(NotAllowed):
        declare_opt_out(
            lot_id=world.lots[0].pk,
            product_group="",
            contract="Vertrag",
            explanation="weil",
            valid_to=date(2026, 12, 31),
            by=world.approver,
            now=NOW,
        )


def test_lifting_needs_a_reason_and_the_own_gate(world: World) -> None:
    gate = set_gate(spec(world), by=world.manager, now=NOW)
    with pytest.raises(GateRefused, match="Grund der Aufhebung"):
        lift_gate(gate_id=gate.pk, reason=" ", by=world.manager, now=NOW)
    with pytest.raises(NotFound):
        lift_gate(gate_id=gate.pk, reason="weg", by=world.officer, now=NOW)
    lift_gate(gate_id=gate.pk, reason="weg", by=world.manager, now=NOW)
    with pytest.raises(GateRefused, match="bereits aufgehoben"):
        lift_gate(gate_id=gate.pk, reason="noch einmal", by=world.manager, now=NOW)


def test_the_register_shows_what_concerns_an_organisation(world: World) -> None:
    suspension = set_gate(spec(world), by=world.manager, now=NOW)
    opt_out = declare_opt_out(
        lot_id=None,
        product_group="Notebooks",
        contract="Vertrag 17/2025",
        explanation="Eigener Vertrag",
        valid_to=date(2026, 12, 31),
        by=world.officer,
        now=NOW,
    )
    freeze = set_gate(
        spec(world, reason=GateReason.FREEZE), by=official(world, Role.TREASURER), now=NOW
    )
    assert set(visible_gates(world.manager, DAY)) == {suspension, opt_out}
    assert set(visible_gates(world.officer, DAY)) == {suspension, opt_out, freeze}
    assert set(visible_gates(world.outsider, DAY)) == set()
    lift_gate(gate_id=suspension.pk, reason="vorbei", by=world.manager, now=NOW)
    rows = visible_gates(world.officer, DAY)
    assert set(in_force(rows, DAY)) == {opt_out, freeze}
    assert set(past(rows, DAY)) == {suspension}
    assert opt_out in past(rows, date(2027, 1, 1))
