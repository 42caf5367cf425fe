"""In whose name a page offers to decide, and what it counts."""

from __future__ import annotations

from decimal import Decimal

import pytest

from contracts.parties.models import Membership, Role
from frontend.actor import SESSION_KEY
from orders import approvals
from orders.approvals import Grant
from orders.models import ApprovalRule, Requisition
from orders.models.approval import Verdict
from tests.integration.pages.test_decisions import deputy_of
from tests.pages import PageWorld


def detail(pages: PageWorld, member: Membership, requisition: Requisition) -> str:
    answer = pages.client(member).get(f"/anforderungen/{requisition.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_deputy_decides_from_the_requisition_in_the_name_of_the_absent(pages: PageWorld) -> None:
    deputy, delegation = deputy_of(pages)
    requisition = pages.submitted()
    page = detail(pages, deputy, requisition)
    assert f'href="/freigaben/{requisition.pk}/?fuer={delegation.pk}"' in page
    assert f"Für {pages.approver.user} prüfen und entscheiden" in page


def test_whom_it_does_not_wait_for_is_not_asked(pages: PageWorld) -> None:
    deputy, _ = deputy_of(pages, days=1)
    requisition = pages.submitted()
    assert "rüfen und entscheiden" not in detail(pages, deputy, requisition)
    assert "rüfen und entscheiden" not in detail(pages, pages.officer, requisition)


def test_above_the_limit_a_cut_may_still_bring_it_within(pages: PageWorld) -> None:
    requisition = pages.submitted()
    Membership.objects.filter(pk=pages.approver.pk).update(signing_limit=Decimal(10_000))
    assert f'href="/freigaben/{requisition.pk}/"' in detail(pages, pages.approver, requisition)
    pages.approver.refresh_from_db()
    approvals.decide(
        requisition_id=requisition.pk,
        revision_no=1,
        verdict=Verdict.APPROVE,
        grants={1: Grant(1, "genügt")},
        by=pages.approver,
        now=pages.now,
    )


def test_who_signs_nothing_is_not_asked(pages: PageWorld) -> None:
    requisition = pages.submitted()
    Membership.objects.filter(pk=pages.approver.pk).update(signing_limit=None)
    assert "rüfen und entscheiden" not in detail(pages, pages.approver, requisition)


@pytest.mark.parametrize("address", ["/", "/freigaben/"])
def test_what_waits_for_two_voices_of_one_person_is_counted_once(
    pages: PageWorld, address: str
) -> None:
    deputy, _ = deputy_of(pages)
    Membership.objects.filter(pk=deputy.pk).update(signing_limit=Decimal(10**6))
    ApprovalRule.objects.create(policy=pages.world.policy, tier=1, role=Role.TREASURER)
    pages.submitted()
    client = pages.client(deputy)
    assert client.session[SESSION_KEY] == deputy.pk
    answer = client.get(address)
    badges = {row["label"]: row["badge"] for row in answer.context["nav"]}
    assert badges["Freigaben"] == 1
