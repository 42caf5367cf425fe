"""Whoever sets or lifts what an issue asks waits for an issue that is under way.

The row that the issue holds is held by another session here; each setter runs into it. The
setters that stop an account themselves are held up by that; the negative control is for the
others (docs/adr/0010-what-an-issue-asks-is-serialised.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from types import ModuleType

import psycopg
import pytest
from django.db import OperationalError, connection

from contracts.agreements.gates import register, standards
from contracts.agreements.gates.register import GateScope, GateSpec, declare_opt_out
from contracts.agreements.gates.standards import StandardSpec
from contracts.agreements.life import lifecycle
from contracts.agreements.models import (
    AgreementState,
    BuyerEntitlement,
    EquipmentStandard,
    Gate,
    GateEffect,
    GateReason,
    ItemRelation,
    RelationKind,
    StandardLevel,
)
from contracts.agreements.prices import modification_effects, modifications
from contracts.agreements.writing import buyers, relations, setup
from contracts.agreements.writing.relations import Tie
from contracts.catalogue import publication, successors, uploads
from contracts.ledger import statements
from contracts.parties.models import Role
from tests.price_changes import bargain, longer_term
from tests.successors import propose_successor
from tests.world import DAY, NOW, World, build_world, person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]

Act = Callable[[], object]


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture
def impatient() -> Iterator[None]:
    """Whoever waits for a lock gives up soon, so that waiting can be seen."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '150ms'")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET lock_timeout")


def gate(
    reason: GateReason,
    *,
    effect: GateEffect = GateEffect.BLOCK,
    cosign_role: str = "",
    **scope: int | str,
) -> GateSpec:
    return GateSpec(
        scope=GateScope(**scope),  # type: ignore[arg-type]
        reason=reason,
        explanation="Prüfung",
        evidence="Vermerk 7",
        valid_from=DAY,
        effect=effect,
        cosign_role=cosign_role,
    )


def gates_of_the_body(world: World) -> Mapping[str, Act]:
    """One per scope; none of them covers the lot whole, so that no account is stopped."""
    lot, item, listing = world.lots[0], world.items[0], world.listings[0]
    scopes: Mapping[str, dict[str, int | str]] = {
        "item": {"item_id": item.pk},
        "article": {"article_id": listing.article_id},
        "supplier and item": {"supplier_id": world.suppliers[0].pk, "item_id": item.pk},
        "lot and group": {"lot_id": lot.pk, "product_group": "Notebooks"},
        "supplier and group": {"supplier_id": world.suppliers[0].pk, "product_group": "Notebooks"},
    }
    standing = register.set_gate(
        gate(GateReason.SUSPENSION, item_id=item.pk), by=world.manager, now=NOW
    )
    acts: dict[str, Act] = {
        f"a block before {name}": lambda scope=scope: register.set_gate(  # type: ignore[misc]
            gate(GateReason.SAFETY, **scope), by=world.manager, now=NOW
        )
        for name, scope in scopes.items()
    }
    cosign = gate(
        GateReason.PRIVACY,
        effect=GateEffect.COSIGN,
        cosign_role=Role.DATA_PROTECTION,
        lot_id=lot.pk,
    )
    acts["a co-signature before the lot"] = lambda: register.set_gate(
        cosign, by=world.manager, now=NOW
    )
    acts["lifting a gate"] = lambda: register.lift_gate(
        gate_id=standing.pk, reason="geprüft", by=world.manager, now=NOW
    )
    return acts


def of_the_buyer(world: World) -> Mapping[str, Act]:
    officer = person("it@stadt-a.example", world.authority, Role.IT_OFFICER)
    item = world.items[0]
    own = register.set_gate(gate(GateReason.STANDARD, item_id=item.pk), by=officer, now=NOW)
    spec = StandardSpec(
        "Notebooks", StandardLevel.MANDATORY, "Geräte", "einheitlich", (item.pk,), DAY
    )
    other = StandardSpec("Tablets", StandardLevel.MANDATORY, "Tablets", "gleich", (item.pk,), DAY)
    first = standards.create_standard(other, by=officer, now=NOW)

    def replace() -> EquipmentStandard:
        known = EquipmentStandard.objects.get(product_group="Tablets", lifted_at=None)
        return standards.replace_standard(known.pk, other, by=officer, now=NOW)

    def lift() -> None:
        known = EquipmentStandard.objects.filter(product_group="Tablets", lifted_at=None).first()
        standards.lift_standard(
            standard_id=(known or first).pk, reason="überholt", by=officer, now=NOW
        )

    return {
        "an own gate": lambda: register.set_gate(
            gate(GateReason.SAFETY, item_id=item.pk), by=officer, now=NOW
        ),
        "lifting an own gate": lambda: register.lift_gate(
            gate_id=own.pk, reason="geprüft", by=officer, now=NOW
        ),
        "an opt-out": lambda: declare_opt_out(
            lot_id=world.lots[1].pk,
            product_group="",
            contract="Rahmenvertrag 7",
            explanation="läuft noch",
            valid_to=DAY + timedelta(days=90),
            by=world.officer,
            now=NOW,
        ),
        "a standard": lambda: standards.create_standard(spec, by=officer, now=NOW),
        "a standard's next version": replace,
        "lifting a standard": lift,
    }


def of_the_contract(world: World) -> Mapping[str, Act]:
    """Entitlements, ties, shelf and term: held up by the account of lot or agreement."""
    made = bargain(world)
    manager, agreement, lot = world.manager, world.agreement, world.lots[0]
    named = BuyerEntitlement.objects.get(buyer=world.authority)
    other = setup.entitle(
        agreement, world.other_authority, lot=lot, valid_from=DAY, by=manager, now=NOW
    )
    other_lot = world.items[1]
    tie = relations.relate(
        Tie(other_lot.pk, world.items[0].pk, RelationKind.REQUIRES), by=manager, now=NOW
    )
    proposal = propose_successor(world, made.keeper, now=NOW)
    longer = modifications.register(
        agreement_id=agreement.pk, entry=longer_term(), by=manager, now=NOW
    )
    modifications.approve(modification_id=longer.pk, by=made.reviewer, now=NOW)
    upload = uploads.receive(
        by=made.keeper,
        award_id=world.awards[0].pk,
        filename="katalog.csv",
        content=b"Artikelnummer;Bezeichnung;Preis\nA-1;Notebook neu benannt;429,00\n",
        mapping={},
        now=NOW,
    )
    uploads.check(upload.pk, now=NOW)
    uploads.submit(upload_id=upload.pk, by=made.keeper, now=NOW)
    return {
        "a first quota": lambda: buyers.set_quota(
            entitlement_id=named.pk, quota=Decimal(1000), document="B 1", by=manager, now=NOW
        ),
        "the end of an entitlement to a lot": lambda: buyers.end_entitlement(
            entitlement_id=other.pk, last_day=DAY, reason="R", by=manager, now=NOW
        ),
        "the end of an entitlement": lambda: buyers.end_entitlement(
            entitlement_id=named.pk, last_day=DAY, reason="R", by=manager, now=NOW
        ),
        "a further entitlement": lambda: setup.entitle(
            agreement,
            world.authority,
            lot=world.lots[1],
            valid_from=DAY,
            quota=Decimal(5),
            by=manager,
            now=NOW,
        ),
        "a tie": lambda: relations.relate(
            Tie(world.items[0].pk, other_lot.pk, RelationKind.ACCESSORY), by=manager, now=NOW
        ),
        "the end of a tie": lambda: relations.unrelate(
            ItemRelation.objects.get(pk=tie.pk).pk, by=manager, now=NOW
        ),
        "a publication": lambda: publication.publish(upload_id=upload.pk, by=manager, now=NOW),
        "a successor": lambda: successors.release(proposal_id=proposal.pk, by=manager, now=NOW),
        "a longer term": lambda: modification_effects.extend_term(
            modification_id=longer.pk, by=manager, now=NOW
        ),
    }


HELD_UP_BY_A_HELPER = {
    "gates of the purchasing body": gates_of_the_body,
    "what a buyer sets": of_the_buyer,
    "entitlements, ties, shelf, term": of_the_contract,
}
USERS_OF_THE_HELPERS: tuple[ModuleType, ...] = (
    register, standards, buyers, relations, setup, modification_effects, publication, successors,
)  # fmt: skip


def held_by_an_issue(owner: psycopg.Connection, world: World) -> None:
    """What an issue of the authority holds: its buyer's row, then all accounts."""
    owner.execute(
        "SELECT 1 FROM parties_organisation WHERE id = %s FOR SHARE", [world.authority.pk]
    )
    owner.execute("SELECT 1 FROM ledger_limitaccount ORDER BY id FOR NO KEY UPDATE")


def waits(act: Act) -> bool:
    try:
        act()
    except OperationalError as error:
        if isinstance(error.__cause__, psycopg.errors.LockNotAvailable):
            return True
        raise
    return False


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("setters", HELD_UP_BY_A_HELPER.values(), ids=HELD_UP_BY_A_HELPER)
def test_a_setter_waits_for_the_issue(
    setters: Callable[[World], Mapping[str, Act]], world: World, owner: psycopg.Connection
) -> None:
    acts = setters(world)
    with owner.transaction():
        held_by_an_issue(owner, world)
        passed = [name for name, act in acts.items() if not waits(act)]
    assert passed == []
    for act in acts.values():  # each of them is possible, once the issue is through
        act()


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("setters", HELD_UP_BY_A_HELPER.values(), ids=HELD_UP_BY_A_HELPER)
def test_without_the_lock_it_slips_past_the_issue(
    setters: Callable[[World], Mapping[str, Act]],
    world: World,
    owner: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Negative control: nothing else holds these setters up."""
    acts = setters(world)
    for module in USERS_OF_THE_HELPERS:
        for name in ("lock_lots", "lock_agreement", "lock_buyer"):
            monkeypatch.setattr(module, name, lambda *_: None, raising=False)
    monkeypatch.setattr(register, "lock_accounts", lambda *_: {})
    with owner.transaction():
        held_by_an_issue(owner, world)
        held_up = [name for name, act in acts.items() if waits(act)]
    assert held_up == []


@pytest.mark.usefixtures("impatient")
def test_states_and_moved_quotas_wait_on_the_account_itself(
    world: World, owner: psycopg.Connection
) -> None:
    manager, agreement = world.manager, world.agreement
    (named,) = BuyerEntitlement.objects.filter(buyer=world.authority)
    buyers.set_quota(
        entitlement_id=named.pk, quota=Decimal(1000), document="B 1", by=manager, now=NOW
    )
    other = setup.entitle(
        agreement, world.other_authority, valid_from=DAY, quota=Decimal(10), by=manager, now=NOW
    )
    acts: Mapping[str, Act] = {
        "suspension": lambda: lifecycle.suspend_agreement(
            agreement.pk, reason="Prüfung", by=manager, now=NOW
        ),
        "end": lambda: lifecycle.end_by_decision(agreement.pk, reason="R", by=manager, now=NOW),
        "a gate before the whole lot": lambda: register.set_gate(
            gate(GateReason.SUSPENSION, lot_id=world.lots[0].pk), by=manager, now=NOW
        ),
        "a quota changed": lambda: buyers.set_quota(
            entitlement_id=named.pk, quota=Decimal(900), document="B 2", by=manager, now=NOW
        ),
        "a quota moved": lambda: buyers.transfer_quota(
            from_id=named.pk, to_id=other.pk, amount=Decimal(5), document="B 3", by=manager, now=NOW
        ),
        "a quota returned": lambda: buyers.return_quota(
            entitlement_id=named.pk, document="B 4", by=world.officer, now=NOW
        ),
    }
    with owner.transaction():
        held_by_an_issue(owner, world)
        assert [name for name, act in acts.items() if not waits(act)] == []
    lifecycle.suspend_agreement(agreement.pk, reason="Prüfung", by=manager, now=NOW)
    with owner.transaction():
        held_by_an_issue(owner, world)
        assert waits(lambda: lifecycle.list_agreement(agreement.pk, by=manager, now=NOW, on=DAY))
    agreement.refresh_from_db()
    assert agreement.state == AgreementState.SUSPENDED


def test_a_gate_locks_all_accounts_in_one_statement(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second statement would take rows out of order, beside whoever locks them in order."""
    taken: list[set[int]] = []
    lock = statements.lock

    def note(account_ids: set[int]) -> object:
        taken.append(set(account_ids))
        return lock(account_ids)

    monkeypatch.setattr(statements, "lock", note)
    register.set_gate(
        gate(GateReason.SUSPENSION, lot_id=world.lots[0].pk), by=world.manager, now=NOW
    )
    first, *later = taken
    assert later, "the account is stopped"
    assert all(rows <= first for rows in later)
    assert Gate.objects.count() == 1
