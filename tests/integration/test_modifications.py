"""The register of § 132 GWB: who agrees, what it comes to, and what it allows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from contracts.agreements.errors import AgreementEnded, NotAllowed, NotFound
from contracts.agreements.legal import NoLegalFigure
from contracts.agreements.models import (
    ContractModification,
    FrameworkAgreement,
    LegalFigure,
    ModificationGround,
    ModificationKind,
    ModificationUse,
    PriceVersion,
    UseLevel,
)
from contracts.agreements.prices import errors, modification_effects, modifications
from contracts.agreements.prices.modifications import Entry
from contracts.ledger.errors import LimitBelowUse
from contracts.ledger.models import AccountKind, LimitAccount, Unit
from contracts.ledger.movements import open_account
from contracts.ledger.replay import differences
from contracts.parties.models import Membership, Role
from tests.price_changes import Bargain, bargain, discount_item, entry, longer_term
from tests.refusals import forbidden, refused_by
from tests.world import DAY, NOW, build_world, person

pytestmark = pytest.mark.django_db
CAP = entry(Decimal(150_000), ModificationKind.CAP)


@pytest.fixture
def deal(db: None) -> Bargain:
    return bargain(build_world())


def registered(deal: Bargain, given: Entry = CAP) -> ContractModification:
    return modifications.register(
        agreement_id=deal.world.agreement.pk, entry=given, by=deal.manager, now=NOW
    )


def approved(deal: Bargain, given: Entry = CAP) -> ContractModification:
    return modifications.approve(
        modification_id=registered(deal, given).pk, by=deal.reviewer, now=NOW
    )


class TestMeasure:
    def test_it_is_measured_against_the_estimate(self, deal: Bargain) -> None:
        whole = registered(deal)
        assert whole.original_value == Decimal(12_000_000)
        assert (whole.cumulative, whole.cumulative_percent) == (Decimal(150_000), Decimal("1.25"))
        lot = registered(deal, replace(CAP, lot_id=deal.world.lots[1].pk))
        assert lot.original_value == Decimal(5_000_000)
        award = registered(deal, replace(CAP, award_id=deal.world.awards[1].pk))
        assert (award.lot, award.original_value) == (deal.world.lots[1], Decimal(5_000_000))

    def test_approved_ones_of_the_same_ground_and_scope_add_up(self, deal: Bargain) -> None:
        first = approved(deal)
        second = registered(deal, replace(CAP, value=Decimal(66_000)))
        assert second.cumulative == Decimal(216_000)
        assert first.cumulative == Decimal(150_000)
        other_ground = replace(CAP, ground=ModificationGround.ADDITIONAL)
        assert registered(deal, other_ground).cumulative == Decimal(150_000)
        other_scope = replace(CAP, lot_id=deal.world.lots[1].pk)
        assert registered(deal, other_scope).cumulative == Decimal(150_000)

    def test_beyond_the_threshold_a_new_procedure_is_needed(self, deal: Bargain) -> None:
        approved(deal)
        with pytest.raises(errors.OutsideLimits, match=r"216\.000,00 EUR"):
            registered(deal, replace(CAP, value=Decimal("66000.01")))

    def test_two_that_fit_singly_are_not_both_approved(self, deal: Bargain) -> None:
        one, two = registered(deal), registered(deal)
        modifications.approve(modification_id=one.pk, by=deal.reviewer, now=NOW)
        with pytest.raises(errors.OutsideLimits):
            modifications.approve(modification_id=two.pk, by=deal.reviewer, now=NOW)
        two.refresh_from_db()
        assert two.state == "proposed"

    def test_additional_deliveries_stay_within_half(self, deal: Bargain) -> None:
        half = replace(CAP, ground=ModificationGround.ADDITIONAL, value=Decimal(6_000_000))
        assert approved(deal, half).state == "approved"
        with pytest.raises(errors.OutsideLimits, match="50 %"):
            registered(deal, replace(half, value=Decimal("6000000.01")))

    def test_the_figures_are_those_of_the_day(self, deal: Bargain) -> None:
        LegalFigure.objects.filter(key="eu-threshold-supplies").update(value=100_000)
        with pytest.raises(errors.OutsideLimits, match=r"100\.000,00 EUR"):
            registered(deal)
        LegalFigure.objects.filter(key="eu-threshold-supplies").delete()
        with pytest.raises(NoLegalFigure, match="eu-threshold-supplies"):
            registered(deal)

    @pytest.mark.parametrize(
        ("changed", "refusal"),
        [
            ({"description": " "}, errors.InvalidEntry),
            ({"value": Decimal("1.001")}, errors.InvalidEntry),
            ({"value": Decimal("NaN")}, errors.InvalidEntry),
            ({"kind": ModificationKind.PRICE}, errors.InvalidEntry),
            ({"lot_id": 0}, NotFound),
            ({"award_id": 0}, NotFound),
        ],
    )
    def test_bad_entries_are_refused(
        self, deal: Bargain, changed: dict[str, object], refusal: type[Exception]
    ) -> None:
        with pytest.raises(refusal):
            registered(deal, replace(CAP, **changed))

    def test_without_an_estimate_nothing_is_measured(self, deal: Bargain) -> None:
        lot = deal.world.lots[1]
        lot.estimated_value = None
        lot.save()
        with pytest.raises(errors.NoOriginalValue):
            registered(deal, replace(CAP, lot_id=lot.pk))

    def test_an_ended_agreement_is_not_modified(self, deal: Bargain) -> None:
        row = registered(deal)
        FrameworkAgreement.objects.update(
            state="ended", end_reason="decision", ended_on=date(2026, 6, 1)
        )
        with pytest.raises(AgreementEnded):
            registered(deal)
        with pytest.raises(AgreementEnded):
            modifications.approve(modification_id=row.pk, by=deal.reviewer, now=NOW)


class TestFourEyes:
    def test_whoever_registered_does_not_approve_by_another_role(self, deal: Bargain) -> None:
        row = registered(deal)
        second = Membership.objects.create(
            user=deal.manager.user,
            organisation=deal.world.purchasing,
            role=Role.REVIEWER,
            valid_from=date(2026, 1, 1),
        )
        with pytest.raises(errors.SamePerson):
            modifications.approve(modification_id=row.pk, by=second, now=NOW)
        with pytest.raises(errors.SamePerson):
            modifications.reject(modification_id=row.pk, reason="Nein", by=second, now=NOW)
        with refused_by("agreements_modification_second_person"):
            ContractModification.objects.filter(pk=row.pk).update(decider=deal.manager.user)
        with refused_by("agreements_modification_approved_by_second"):
            ContractModification.objects.filter(pk=row.pk).update(state="approved")

    def test_a_decision_is_made_once(self, deal: Bargain) -> None:
        row = approved(deal)
        with pytest.raises(errors.WrongModificationState):
            modifications.reject(modification_id=row.pk, reason="Doch", by=deal.reviewer, now=NOW)

    def test_a_refusal_has_its_reason(self, deal: Bargain) -> None:
        row = registered(deal)
        with pytest.raises(errors.ReasonMissing):
            modifications.reject(modification_id=row.pk, reason="", by=deal.reviewer, now=NOW)

    def test_roles_and_houses(self, deal: Bargain) -> None:
        row = registered(deal)
        stranger = person("z@anderswo.example", deal.world.other_authority, Role.REVIEWER)
        with pytest.raises(NotFound):
            modifications.approve(modification_id=row.pk, by=stranger, now=NOW)
        for by in (deal.reviewer, deal.keeper, deal.world.officer):
            with pytest.raises(NotAllowed):
                modifications.register(
                    agreement_id=deal.world.agreement.pk, entry=CAP, by=by, now=NOW
                )
        with pytest.raises(NotAllowed):
            modifications.approve(modification_id=row.pk, by=deal.keeper, now=NOW)

    def test_others_see_what_is_approved_and_concerns_them(self, deal: Bargain) -> None:
        row = registered(deal, replace(CAP, award_id=deal.world.awards[0].pk))
        keeper_2 = person("p@l2.example", deal.world.suppliers[1], Role.SUPPLIER_CATALOGUE)

        def sees(by: Membership) -> bool:
            return modifications.visible_modifications(by, DAY).filter(pk=row.pk).exists()

        assert sees(deal.manager)
        assert not sees(deal.keeper)
        modifications.approve(modification_id=row.pk, by=deal.reviewer, now=NOW)
        assert sees(deal.keeper)
        assert sees(deal.world.officer)
        assert not sees(keeper_2)
        assert not sees(deal.world.outsider)


class TestCaps:
    def raised(
        self, deal: Bargain, account: LimitAccount, rise: Decimal, row: ContractModification
    ) -> LimitAccount:
        return modification_effects.raise_cap(
            account_id=account.pk,
            new_limit=account.limit_amount + rise,
            modification_id=row.pk,
            by=deal.manager,
            now=NOW,
        )

    def test_an_approved_entry_raises_lot_and_agreement_once_each(self, deal: Bargain) -> None:
        row = approved(deal, replace(CAP, lot_id=deal.world.lots[0].pk))
        lot, whole = deal.world.lots[0].account, deal.world.agreement.account
        for account in (lot, whole):
            before = account.limit_amount
            done = self.raised(deal, account, Decimal(150_000), row)
            assert done.limit_amount == before + 150_000
            with pytest.raises(errors.AlreadyUsed, match=row.number):
                self.raised(deal, done, Decimal(1), row)
        assert differences() == []

    def test_a_proposed_or_other_entry_raises_nothing(self, deal: Bargain) -> None:
        account = deal.world.agreement.account
        for row in (registered(deal), approved(deal, longer_term())):
            with pytest.raises(errors.NotApproved):
                self.raised(deal, account, Decimal(1), row)

    def test_no_more_than_the_entry_says_and_only_within_its_scope(self, deal: Bargain) -> None:
        row = approved(deal, replace(CAP, lot_id=deal.world.lots[0].pk))
        with pytest.raises(errors.BeyondEntry, match=r"150\.000,00 EUR"):
            self.raised(deal, deal.world.lots[0].account, Decimal("150000.01"), row)
        with pytest.raises(errors.BeyondEntry):
            self.raised(deal, deal.world.lots[0].account, Decimal(0), row)
        with pytest.raises(NotFound):
            self.raised(deal, deal.world.lots[1].account, Decimal(1), row)
        with pytest.raises(NotFound):
            self.raised(deal, deal.world.budget_line.account, Decimal(1), row)

    def test_its_value_is_split_over_the_lots_and_not_given_to_each(self, deal: Bargain) -> None:
        row = approved(deal)
        first, second = (lot.account for lot in deal.world.lots)
        self.raised(deal, first, Decimal(100_000), row)
        with pytest.raises(errors.BeyondEntry, match=r"noch 50\.000,00 EUR frei"):
            self.raised(deal, second, Decimal("50000.01"), row)
        self.raised(deal, second, Decimal(50_000), row)
        whole = deal.world.agreement.account
        self.raised(deal, whole, Decimal(150_000), row)
        assert {use.level: use.amount for use in row.uses.all() if use.account == whole} == {
            "agreement_value": Decimal(150_000)
        }

    def test_pieces_count_by_the_dearest_price_in_force(self, deal: Bargain) -> None:
        row = approved(deal, replace(CAP, value=Decimal(4290)))
        account = deal.world.items[0].account
        assert account is not None
        with pytest.raises(errors.BeyondEntry, match=r"4\.719,00"):
            self.raised(deal, account, Decimal(11), row)
        assert self.raised(deal, account, Decimal(10), row).limit_amount == Decimal(24_010)
        assert row.uses.get().amount == Decimal("4290.00")

    def test_pieces_without_a_price_cannot_be_measured(self, deal: Bargain) -> None:
        PriceVersion.objects.filter(item=deal.world.items[0]).update(
            valid=DateRange(date(2026, 7, 1), None)
        )
        account = deal.world.items[0].account
        assert account is not None
        with pytest.raises(errors.BeyondEntry, match="Heute gilt kein Preis"):
            self.raised(deal, account, Decimal(1), approved(deal))

    def test_pieces_of_a_discount_count_by_the_dearest_article(self, deal: Bargain) -> None:
        item, _ = discount_item(deal.world)
        item.account = open_account(
            kind=AccountKind.ITEM_QUANTITY, unit=Unit.PIECES, title="Zubehör",
            limit=Decimal(5), document="Z", by=None, now=NOW,
        )  # fmt: skip
        item.save()
        row = approved(deal, replace(CAP, value=Decimal(90)))
        with pytest.raises(errors.BeyondEntry, match=r"135,00 EUR"):
            self.raised(deal, item.account, Decimal(3), row)
        self.raised(deal, item.account, Decimal(2), row)

    def test_the_database_adds_up_too(self, deal: Bargain) -> None:
        """Whoever writes past the domain: the trigger knows value and state of the entry."""
        row = approved(deal)

        def use(entry: ContractModification, amount: int) -> ModificationUse:
            return ModificationUse(
                entry=entry, level=UseLevel.LOT, account=deal.world.lots[0].account,
                amount=Decimal(amount), used_by=deal.manager, used_at=NOW,
            )  # fmt: skip

        with refused_by("agreements_entry_not_exceeded"):
            use(row, 150_001).save()
        with refused_by("agreements_entry_not_exceeded"):
            use(registered(deal, replace(CAP, value=Decimal(1))), 1).save()
        made = use(row, 150_000)
        made.save()
        with refused_by("agreements_entry_raises_a_cap_once"):
            use(row, 0).save()
        with forbidden():
            made.delete()

    def test_a_cap_is_not_lowered_below_its_use(self, deal: Bargain) -> None:
        deal.world.submitted({0: 10})
        account = deal.world.agreement.account

        def lowered(limit: Decimal, document: str = "Beschluss vom 1. Juni") -> LimitAccount:
            return modification_effects.lower_cap(
                agreement_id=deal.world.agreement.pk,
                account_id=account.pk,
                new_limit=limit,
                document=document,
                by=deal.manager,
                now=NOW,
            )

        with pytest.raises(LimitBelowUse, match=r"4\.290,00"):
            lowered(Decimal("4289.99"))
        with pytest.raises(errors.BeyondEntry):
            lowered(account.limit_amount)
        with pytest.raises(errors.BeyondEntry):
            lowered(Decimal(4290), document=" ")
        assert lowered(Decimal(4290)).limit_amount == Decimal(4290)


class TestTerm:
    def extended(self, row: ContractModification, by: Membership) -> FrameworkAgreement:
        return modification_effects.extend_term(modification_id=row.pk, by=by, now=NOW)

    def test_it_is_extended_once_to_the_day_the_entry_names(self, deal: Bargain) -> None:
        row = approved(deal, longer_term(date(2030, 6, 30)))
        with pytest.raises(NotAllowed):
            self.extended(row, deal.reviewer)
        assert self.extended(row, deal.manager).ends_on == date(2030, 6, 30)
        with pytest.raises(errors.AlreadyUsed):
            self.extended(row, deal.manager)

    def test_a_later_day_needs_an_entry_of_its_own(self, deal: Bargain) -> None:
        short, long = (approved(deal, longer_term(date(2030, month, 1))) for month in (6, 7))
        self.extended(long, deal.manager)
        with pytest.raises(errors.BeyondEntry, match=r"01\.07\.2030"):
            self.extended(short, deal.manager)

    @pytest.mark.parametrize(
        "given",
        [
            replace(CAP, kind=ModificationKind.TERM),
            longer_term(date(2029, 12, 31)),
            replace(CAP, new_end=date(2030, 6, 30)),
        ],
        ids=["without a day", "no longer", "a day for a cap"],
    )
    def test_a_term_and_nothing_else_names_its_day(self, deal: Bargain, given: Entry) -> None:
        with pytest.raises(errors.InvalidEntry):
            registered(deal, given)

    def test_the_database_knows_the_day_too(self, deal: Bargain) -> None:
        row = approved(deal, longer_term())
        use = ModificationUse(
            entry=row, level="term", new_end=date(2099, 1, 1), amount=0,
            used_by=deal.manager, used_at=NOW,
        )  # fmt: skip
        with refused_by("agreements_entry_not_exceeded"):
            use.save()
        with refused_by("agreements_modification_term_names_its_end"):
            ContractModification.objects.filter(pk=row.pk).update(new_end=None)
