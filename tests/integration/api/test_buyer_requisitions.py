"""How a municipality's own software orders: the same rules and refusals as in the browser."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from api.models import IdempotencyRecord
from contracts.parties.models import Role, School
from orders import approvals
from orders.models import CallOff, Requisition
from orders.models.approval import Verdict
from tests.api_client import Program, program
from tests.buyer_requests import REQUISITIONS, block, line, requisition
from tests.world import World, person

pytestmark = pytest.mark.django_db


def create(buyer: Program, body: dict[str, Any]) -> dict[str, Any]:
    answer = buyer.post(REQUISITIONS, body)
    assert answer.status_code == 201, answer.content
    return answer.json()


def submitted(buyer: Program, world: World, *quantities: int) -> dict[str, Any]:
    made = create(buyer, requisition(world, *quantities))
    answer = buyer.post(f"{REQUISITIONS}/{made['number']}:submit")
    assert answer.status_code == 200, answer.content
    return answer.json()


def approve(world: World, number: str) -> Requisition:
    row = Requisition.objects.get(number=number)
    return approvals.decide(
        requisition_id=row.pk,
        revision_no=row.current_revision,
        verdict=Verdict.APPROVE,
        by=world.approver,
        now=timezone.now(),
    )


class TestRoad:
    def test_from_draft_to_call_off(self, world: World, buyer: Program) -> None:
        answer = buyer.post(REQUISITIONS, requisition(world, 30, 100))
        made = answer.json()
        assert (answer.status_code, made["state"], made["revision"]) == (201, "draft", 1)
        assert answer["Location"].endswith(f"{REQUISITIONS}/{made['number']}")
        assert [row["gross"] for row in made["lines"]] == ["15315.30", "952.30"]
        assert made["lines"][0]["assignments"][0]["bound"] == "15315.30"
        assert made["lines"][0]["delivery"]["school_no"] == "100001"
        read = buyer.get(answer["Location"])
        assert (read.json(), read["ETag"]) == (made, answer["ETag"])
        assert buyer.get(answer["Location"], If_None_Match=read["ETag"]).status_code == 304

        sent = buyer.post(f"{REQUISITIONS}/{made['number']}:submit").json()
        (step,) = sent["steps"]
        assert (sent["state"], step["role"], step["decisions"]) == ("submitted", "approver", [])
        world.budget_line.own_account.refresh_from_db()
        assert str(world.budget_line.own_account.held) == sent["gross"] == "16267.60"

        approve(world, made["number"])
        done = buyer.get(f"{REQUISITIONS}/{made['number']}").json()
        assert done["state"] == "approved"
        assert done["steps"][0]["decisions"][0]["person"] == "freigabe@stadt-a.example"
        numbers = [row["number"] for row in done["call_offs"]]
        assert numbers == list(CallOff.objects.order_by("pk").values_list("number", flat=True))
        call_off = buyer.get(f"/api/v1/buyer/call-offs/{numbers[0]}").json()
        assert (call_off["requisition"], call_off["supplier"]["code"]) == (
            made["number"], "lieferant-1",
        )  # fmt: skip
        listed = buyer.get("/api/v1/buyer/call-offs").json()["items"]
        assert [row["number"] for row in listed] == numbers

    def test_a_cut_is_told_with_its_reason(self, world: World, buyer: Program) -> None:
        made = submitted(buyer, world, 30, 100)
        row = Requisition.objects.get(number=made["number"])
        approvals.decide(
            requisition_id=row.pk,
            revision_no=1,
            verdict=Verdict.APPROVE,
            grants={1: approvals.Grant(20, "Nur zwei Klassen")},
            by=world.approver,
            now=timezone.now(),
        )
        body = buyer.get(f"{REQUISITIONS}/{made['number']}").json()
        assert body["state"] == "partly_approved"
        assert body["steps"][0]["decisions"][0]["cuts"] == [
            {"line_no": 1, "asked": 30, "granted": 20, "reason": "Nur zwei Klassen"}
        ]
        url = f"{REQUISITIONS}/{made['number']}"
        kinds = [row["kind"] for row in buyer.get(f"{url}/revisions").json()["items"]]
        assert kinds == ["edit", "cut"]
        difference = buyer.get(f"{url}/difference").json()
        assert (difference["before"], difference["after"]) == (1, 2)
        assert difference["changed"] == [
            {
                "line_no": 1,
                "title": "Notebooks",
                "changes": [{"field": "quantity", "before": "30", "after": "20"}],
            }
        ]

    def test_a_school_asks_and_hands_over(
        self, world: World, buyer: Program, school_program: Program
    ) -> None:
        made = create(school_program, requisition(world, assignments=None, school_no=None))
        url = f"{REQUISITIONS}/{made['number']}"
        assert (made["school_no"], made["lines"][0]["assignments"]) == ("100001", [])
        assert school_program.post(f"{url}:submit").status_code == 403
        handed = school_program.post(f"{url}:hand-over").json()
        assert handed["handed_over_at"] is not None
        refused = buyer.post(f"{url}:submit").json()
        assert (refused["status"], refused["code"]) == (422, "invalid_assignment")
        read = buyer.get(url)
        body = requisition(world)
        body["lines"][0]["line_no"] = 1
        del body["school_no"]
        assert buyer.change("PUT", url, body, tag=read["ETag"]).status_code == 200
        assert buyer.post(f"{url}:submit").json()["state"] == "submitted"

    def test_a_school_sees_its_own_only(
        self, world: World, buyer: Program, school_program: Program
    ) -> None:
        made = create(buyer, requisition(world, school_no=None))
        assert buyer.get(f"{REQUISITIONS}/{made['number']}").status_code == 200
        assert school_program.get(f"{REQUISITIONS}/{made['number']}").status_code == 404
        assert school_program.get(REQUISITIONS).json()["items"] == []

    def test_withdrawing_frees_what_was_held(self, world: World, buyer: Program) -> None:
        made = submitted(buyer, world)
        url = f"{REQUISITIONS}/{made['number']}:withdraw"
        assert buyer.post(url, {"reason": "Doch nicht"}).json()["state"] == "withdrawn"
        world.budget_line.own_account.refresh_from_db()
        assert world.budget_line.own_account.held == 0
        again = buyer.post(url)
        assert (again.status_code, again.json()["code"]) == (409, "illegal_transition")

    def test_an_article_by_the_number_of_its_supplier(self, world: World, buyer: Program) -> None:
        article = {"supplier": "lieferant-1", "number": "A-1"}
        made = create(buyer, requisition(world, lines=[{"article": article, "quantity": 3}]))
        assert made["lines"][0]["article"] == world.listings[0].pk
        assert made["lines"][0]["supplier_aid"] == "A-1"

    def test_shares_and_places_of_a_line_go_before_the_default(
        self, world: World, buyer: Program
    ) -> None:
        own = {
            "assignments": [
                {"budget_line": world.budget_line.pk, "percent": "33.3333"},
                {"budget_line": world.budget_line.pk, "percent": "66.6667"},
            ],
            "delivery": {
                "school_no": None,
                "contact": "Frau Beck",
                "earliest": "2026-12-01",
                "latest": "2026-12-05",
                "time_from": "08:00",
                "time_until": "12:00",
            },
        }
        lines = [line(world, 0, 1, **own), line(world, 1, 1)]
        first, second = create(buyer, requisition(world, lines=lines))["lines"]
        assert [row["gross"] for row in first["assignments"]] == ["170.17", "340.34"]
        place = first["delivery"]
        assert (place["school_no"], place["name"]) == (None, "Stadt-A")
        assert (place["contact"], place["time_from"]) == ("Frau Beck", "08:00")
        assert [row["percent"] for row in second["assignments"]] == ["100.0000"]
        assert second["delivery"]["school_no"] == "100001"


class TestRevising:
    def test_lines_keep_their_numbers(self, world: World, buyer: Program) -> None:
        made = create(buyer, requisition(world, 30, 100))
        url = f"{REQUISITIONS}/{made['number']}"
        lines = [line(world, 1, 90, line_no=2), line(world, 0, 5)]
        answer = buyer.change(
            "PUT", url, requisition(world, lines=lines), tag=buyer.get(url)["ETag"]
        )
        body = answer.json()
        assert (answer.status_code, body["revision"]) == (200, 2)
        assert [(row["line_no"], row["quantity"]) for row in body["lines"]] == [(2, 90), (3, 5)]
        assert answer["ETag"] == buyer.get(url)["ETag"]

    def test_without_a_tag_or_with_an_old_one_nothing_changes(
        self, world: World, buyer: Program
    ) -> None:
        made = create(buyer, requisition(world))
        url = f"{REQUISITIONS}/{made['number']}"
        old = buyer.get(url)["ETag"]
        assert buyer.change("PUT", url, requisition(world, 1), tag=old).status_code == 200
        stale = buyer.change("PUT", url, requisition(world, 2), tag=old)
        missing = buyer.change("PUT", url, requisition(world, 2))
        weak = buyer.change("PUT", url, requisition(world, 2), tag=f"W/{buyer.get(url)['ETag']}")
        assert (stale.status_code, stale.json()["code"]) == (412, "precondition_failed")
        assert (missing.status_code, missing.json()["code"]) == (428, "precondition_missing")
        assert weak.status_code == 412
        assert buyer.get(url).json()["revision"] == 2

    def test_an_increase_in_approval_opens_a_new_round(self, world: World, buyer: Program) -> None:
        made = submitted(buyer, world, 30)
        url = f"{REQUISITIONS}/{made['number']}"
        body = requisition(world, lines=[line(world, 0, 40, line_no=1)])
        revised = buyer.change("PUT", url, body, tag=buyer.get(url)["ETag"]).json()
        assert (revised["state"], revised["revision"]) == ("submitted", 2)
        world.budget_line.own_account.refresh_from_db()
        assert str(world.budget_line.own_account.held) == revised["gross"]

    @pytest.mark.parametrize(
        ("numbers", "code"), [((9,), "unknown_line"), ((1, 1), "duplicate_line")]
    )
    def test_line_numbers_must_be_those_of_the_revision(
        self, world: World, buyer: Program, numbers: tuple[int, ...], code: str
    ) -> None:
        made = create(buyer, requisition(world))
        url = f"{REQUISITIONS}/{made['number']}"
        lines = [line(world, 0, 1, line_no=number) for number in numbers]
        answer = buyer.change("PUT", url, requisition(world, lines=lines), tag="*")
        (entry,) = answer.json()["errors"]
        assert (answer.status_code, entry["code"]) == (422, code)
        assert entry["pointer"] == f"#/lines/{len(numbers) - 1}/line_no"

    def test_a_finished_one_cannot_be_revised(self, world: World, buyer: Program) -> None:
        made = submitted(buyer, world)
        approve(world, made["number"])
        url = f"{REQUISITIONS}/{made['number']}"
        answer = buyer.change("PUT", url, requisition(world), tag="*")
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


class TestOnce:
    def test_the_same_key_makes_one(self, world: World, buyer: Program) -> None:
        first = buyer.post(REQUISITIONS, requisition(world), key="k-1")
        again = buyer.post(REQUISITIONS, requisition(world), key="k-1")
        assert (again.status_code, again.content) == (201, first.content)
        for name in ("Location", "ETag"):
            assert again[name] == first[name]
        assert again["Idempotency-Replayed"] == "true"
        assert Requisition.objects.count() == 1
        other = buyer.post(REQUISITIONS, requisition(world, 1), key="k-1")
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")

    def test_submitting_twice_is_one_submission(self, world: World, buyer: Program) -> None:
        made = create(buyer, requisition(world))
        url = f"{REQUISITIONS}/{made['number']}:submit"
        first, again = (buyer.post(url, key="s-1") for _ in range(2))
        assert first.content == again.content
        refused = buyer.post(url, key="s-2")
        assert (refused.status_code, refused.json()["code"]) == (409, "illegal_transition")

    def test_what_was_refused_left_nothing(self, world: World, buyer: Program) -> None:
        body = requisition(world, lines=[line(world, 0, 1), line(world, 1, 0)])
        assert buyer.post(REQUISITIONS, body, key="k-1").status_code == 422
        assert not Requisition.objects.exists()
        assert IdempotencyRecord.objects.get(key="k-1").status == 422


class TestLists:
    def test_by_state_and_since(self, world: World, buyer: Program) -> None:
        draft = create(buyer, requisition(world, 1))
        sent = submitted(buyer, world, 2)
        heads = buyer.get(REQUISITIONS).json()["items"]
        assert [row["number"] for row in heads] == [draft["number"], sent["number"]]
        assert {name: sent[name] for name in heads[1]} == heads[1]
        (one,) = buyer.get(f"{REQUISITIONS}?state=submitted").json()["items"]
        assert one["number"] == sent["number"]
        Requisition.objects.filter(number=draft["number"]).update(
            updated_at=timezone.now() - timedelta(days=2)
        )
        since = (timezone.now() - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        (recent,) = buyer.get(f"{REQUISITIONS}?updated_since={since}").json()["items"]
        assert recent["number"] == sent["number"]
        unknown = buyer.get(f"{REQUISITIONS}?state=kaputt")
        assert (unknown.status_code, unknown.json()["code"]) == (400, "invalid_parameter")

    def test_pages(self, world: World, buyer: Program) -> None:
        made = [create(buyer, requisition(world, 1))["number"] for _ in range(3)]
        first = buyer.get(f"{REQUISITIONS}?limit=2").json()
        second = buyer.get(first["next"]).json()
        assert [row["number"] for row in first["items"] + second["items"]] == made

    def test_schools_and_budget_lines(
        self, world: World, buyer: Program, school_program: Program
    ) -> None:
        School.objects.create(authority=world.authority, name="Ältere Schule", school_no="7")
        numbers = [r["school_no"] for r in buyer.get("/api/v1/buyer/schools").json()["items"]]
        assert numbers == ["7", "100001"]
        own = school_program.get("/api/v1/buyer/schools").json()["items"]
        assert [row["school_no"] for row in own] == ["100001"]
        submitted(buyer, world, 30)
        url = "/api/v1/buyer/budget-lines?fiscal_year=2026"
        (row,) = buyer.get(url).json()["items"]
        assert (row["id"], row["limit"], row["available"]) == (
            world.budget_line.pk, "500000.00", "484684.70",
        )  # fmt: skip

    def test_numbers_are_resolved_in_their_order(self, world: World, buyer: Program) -> None:
        block(world)
        url = "/api/v1/buyer/articles?number=A-2&number=nix&number=A-1&number=A-2"
        items = buyer.get(url).json()["items"]
        assert [row["state"] for row in items] == ["resolved", "unknown", "blocked", "resolved"]
        assert items[0]["article"]["article"] == world.listings[1].pk
        for bad in ("", "number=", "number=%00", "&".join(["number=1"] * 101)):
            answer = buyer.get(f"/api/v1/buyer/articles?{bad}")
            assert (answer.status_code, answer.json()["code"]) == (400, "invalid_parameter")


class TestWhoMay:
    def test_a_role_that_ended_is_out_at_once(self, world: World) -> None:
        member = person("neu@stadt-a.example", world.authority, Role.PROCUREMENT_OFFICER)
        caller = program(member)
        assert caller.get(REQUISITIONS).status_code == 200
        member.role = Role.APPROVER
        member.save()
        assert caller.get(REQUISITIONS).status_code == 403

    def test_reading_does_not_let_one_write(self, world: World) -> None:
        caller = program(world.officer, ["orders:read"])
        assert caller.get(REQUISITIONS).status_code == 200
        answer = caller.post(REQUISITIONS, requisition(world))
        assert (answer.status_code, answer.json()["code"]) == (403, "insufficient_scope")
