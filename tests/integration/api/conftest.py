"""A world with two suppliers' programs and a finance program."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import override_settings

from contracts.parties.models import Role
from orders.finance.exports import sequence_all
from tests.api_client import Program, program
from tests.webhook_receiver import Receiver, receiving
from tests.world import NOW, World, build_world, person


@pytest.fixture
def world(db: None) -> World:
    return build_world()


@pytest.fixture
def catalogue(world: World) -> Program:
    """The catalogue program of the first supplier."""
    member = person("katalog@lieferant-1.example", world.suppliers[0], Role.SUPPLIER_CATALOGUE)
    return program(member)


@pytest.fixture
def other_catalogue(world: World) -> Program:
    """The catalogue program of the second supplier."""
    member = person("katalog@lieferant-2.example", world.suppliers[1], Role.SUPPLIER_CATALOGUE)
    return program(member)


@pytest.fixture
def sales(world: World) -> Program:
    """The order program of the first supplier."""
    return program(person("auftrag@lieferant-1.example", world.suppliers[0], Role.SUPPLIER_ORDERS))


@pytest.fixture
def finance(world: World) -> Program:
    """The finance program of the authority."""
    return program(person("kasse@stadt-a.example", world.authority, Role.TREASURER))


@pytest.fixture
def foreign_finance(world: World) -> Program:
    """The finance program of another authority."""
    return program(person("kasse@stadt-b.example", world.other_authority, Role.TREASURER))


@pytest.fixture
def buyer(world: World) -> Program:
    """The program of the authority's procurement."""
    return program(world.officer)


@pytest.fixture
def foreign_buyer(world: World) -> Program:
    """The program of another authority's procurement."""
    return program(world.outsider)


@pytest.fixture
def school_program(world: World) -> Program:
    """The program of the authority's school."""
    member = person(
        "schule@stadt-a.example", world.authority, Role.SCHOOL_REQUESTER, school=world.school
    )
    return program(member)


@pytest.fixture
def issued(world: World) -> World:
    """The world after one approved requisition over both lots, its events numbered."""
    world.approve(world.submitted({0: 30, 1: 100}))
    sequence_all(now=NOW)
    return world


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver of webhooks on this machine, which they may reach."""
    here = override_settings(WEBHOOK_ALLOW_HTTP=True, WEBHOOK_ALLOWED_NETWORKS=["127.0.0.1/32"])
    with here, receiving() as found:
        yield found
