"""The database beside the model: what is read here must be what the model says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from contracts.agreements.models import Listing
from contracts.ledger.models import LimitAccount, Unit
from contracts.ledger.replay import differences
from contracts.parties.models import Membership
from orders.models import (
    ApprovalStep,
    BudgetLine,
    Decision,
    Involvement,
    Requisition,
    RequisitionLine,
    RequisitionRevision,
    Signature,
)

from .approval_model import ApprovalModel, Member, Policy, Signed
from .approval_world import BEGIN, POLICIES, Stage

BOOK_TAX, DEVICE_TAX = 7, 19


def model_of(stage: Stage) -> ApprovalModel:
    """The model as the world begins; every later state it has to work out itself."""
    listings = Listing.objects.select_related("item__award__lot__agreement")
    caps = {}
    for row in listings.filter(pk__in=stage.prices):
        lot = row.item.award.lot
        in_euros = (row.item.award.account_id, lot.account_id, lot.agreement.account_id)
        caps[row.pk] = [(pk, False) for pk in (*in_euros, stage.quota) if pk is not None]
        if row.item.account_id is not None:
            caps[row.pk].append((row.item.account_id, True))
    rows = LimitAccount.objects.all()
    return ApprovalModel(
        prices=stage.prices,
        tax={stage.devices: DEVICE_TAX, stage.books: BOOK_TAX},
        caps=caps,
        limits={row.pk: amount_of(row, row.limit_amount) for row in rows},
        budgets={row.pk: row.binding_account_id for row in BudgetLine.objects.all()},
        years={row.pk: row.fiscal_year for row in BudgetLine.objects.all()},
        awards=dict(listings.filter(pk__in=stage.prices).values_list("pk", "item__award_id")),
        members={row.pk: member_of(row) for row in stage.members.values()},
        policies=[Policy(stage.world.policy.pk, BEGIN, POLICIES[0])],
    )


def member_of(row: Membership) -> Member:
    """A membership as the model knows it; limits in cents."""
    return Member(
        pk=row.pk,
        human=row.user_id,
        town=row.organisation_id,
        role=str(row.role),
        school=row.school_id,
        limit=cents(row.signing_limit) if row.signing_limit is not None else None,
        begins=row.valid_from,
        ends=row.valid_to,
    )


def cents(amount: Decimal) -> int:
    """An amount in EUR as whole cents."""
    found = int(amount * 100)
    assert found == amount * 100, "more than two decimals"
    return found


def amount_of(account: LimitAccount, amount: Decimal) -> int:
    """Pieces, or cents."""
    return int(amount) if account.unit == Unit.PIECES else cents(amount)


def check_accounts(model: ApprovalModel) -> None:
    """Held is what is in approval, posted what was issued; to the cent and to the piece."""
    held, posted = model.held, model.posted
    for row in LimitAccount.objects.order_by("pk"):
        assert amount_of(row, row.limit_amount) == model.limits[row.pk], f"{row.title}: limit"
        assert amount_of(row, row.held) == held[row.pk], (
            f"{row.title}: held differs from the open revisions"
        )
        assert amount_of(row, row.posted) == posted[row.pk], (
            f"{row.title}: posted differs from what was released"
        )
    assert differences() == [], "the replay differs from the rows"


def check_requisitions(model: ApprovalModel) -> None:
    """States, revisions, rounds, deadlines and the lines of the current revision."""
    found = {
        row.pk: (
            row.state,
            row.current_revision,
            row.submitted_revision,
            row.expires_at,
            row.handed_over_at is not None,
        )
        for row in Requisition.objects.all()
    }
    assert found == {
        row.pk: (row.state, row.revision, row.round_no, row.expires, row.is_handed_over)
        for row in model.requisitions.values()
    }, "a requisition is in another state"
    lines = _current_lines(model)
    gross = {
        (row.requisition_id, row.number): row.gross for row in RequisitionRevision.objects.all()
    }
    for pk, row in model.requisitions.items():
        assert lines[pk] == {
            no: (line.listing, line.quantity, line.place, line.earliest, line.shares)
            for no, line in row.lines.items()
        }, "the lines differ"
        assert cents(gross[pk, row.revision]) == model.gross(row.lines), "the sum differs"


def _current_lines(model: ApprovalModel) -> dict[int, dict[int, tuple[object, ...]]]:
    found: dict[int, dict[int, tuple[object, ...]]] = defaultdict(dict)
    numbers = {pk: row.revision for pk, row in model.requisitions.items()}
    for line in (
        RequisitionLine.objects.filter(revision__requisition__in=numbers)
        .select_related("revision", "delivery")
        .prefetch_related("assignments")
    ):
        key = line.revision.requisition_id
        if line.revision.number == numbers[key]:
            shares = tuple(
                (row.budget_line_id, int(row.share_percent)) for row in line.assignments.all()
            )
            place = line.delivery
            found[key][line.line_no] = (
                line.listing_id,
                line.quantity,
                place.school_id if place is not None else None,
                place.earliest if place is not None else None,
                shares,
            )
    return found


def check_steps(model: ApprovalModel) -> None:
    """The signatures of the current rounds: asked for, opened, due, given."""
    rounds = {(pk, row.round_no) for pk, row in model.requisitions.items()}
    found = {
        (
            step.requisition_id,
            step.tier,
            step.role,
            step.signers,
            step.opened_at,
            step.deadline,
            step.completed_at is not None,
            step.escalated_at is not None,
        )
        for step in ApprovalStep.objects.all()
        if (step.requisition_id, step.revision_no) in rounds
    }
    assert found == {
        (
            row.pk,
            step.tier,
            step.role,
            step.signers,
            step.opened,
            step.deadline,
            step.is_complete,
            step.is_escalated,
        )
        for row in model.requisitions.values()
        for step in row.steps
    }, "the steps differ"


def check_people(model: ApprovalModel) -> None:
    """Who stands on which side, and whose voice was given in which round."""
    sides = set(Involvement.objects.values_list("requisition_id", "person_id", "side"))
    asked = {(pk, human, "ask") for pk, row in model.requisitions.items() for human in row.asked}
    decided = {
        (pk, human, "approve") for pk, row in model.requisitions.items() for human in row.decided
    }
    assert sides == asked | decided, "somebody stands on another side"
    found = sorted(Signature.objects.values_list("requisition_id", "round_no", "person_id"))
    assert found == sorted(
        (pk, number, human)
        for pk, row in model.requisitions.items()
        for number, humans in row.speakers.items()
        for human in humans
    ), "the signatures are not those that were given"


def check_signed(signed: Sequence[Signed]) -> None:
    """Every approval was read as it then stood, and was within the limit of that day."""
    rows = Decision.objects.filter(verdict="approve").order_by("pk")
    found = list(rows.values_list("requisition_id", "person_id", "revision_no"))
    assert found == [(row.requisition, row.human, row.read) for row in signed], "others signed"
    for row in signed:
        assert row.gross <= (row.limit or 0), "above the signing limit"
