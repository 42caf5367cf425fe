"""Named mutants of the price rules: each spoils one rule, and a law must see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

from contracts.pricing import (
    calculator,
    giveback,
    modification,
    periods,
    pieces,
    price_change,
    tiers,
)

from .basket_law import check_basket, mixed_baskets
from .giveback_law import check_course, courses
from .mutation import Edits, spoilt_copy
from .pieces_law import check_pieces, splits
from .pricing_laws import (
    check_end,
    check_register,
    check_verdict,
    check_years,
    proposals,
    registers,
    services,
)

BASKETS = 200
EXAMPLES = 600
Run = Callable[[ModuleType], None]


@dataclass(frozen=True)
class Mutant:
    """`run` is the law the mutant dies of, and `dies_by` what that law says."""

    name: str
    module: ModuleType
    run: Run
    dies_by: str
    code: Edits

    def __str__(self) -> str:
        return self.name


def _steadily(values: SearchStrategy[Any], check: Callable[[Any], None]) -> None:
    """The same examples in every run, and no shrinking: that it dies is all that counts."""

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(values)
    def run(value: Any) -> None:
        check(value)

    run()


def verdicts(module: ModuleType) -> None:
    _steadily(proposals(), partial(check_verdict, module))


def register(module: ModuleType) -> None:
    _steadily(registers, partial(check_register, module))


def years(module: ModuleType) -> None:
    _steadily(services, lambda service: check_years(module, *service))


def ends(module: ModuleType) -> None:
    _steadily(services, lambda service: check_end(module, service[1], service[2]))


def courses_of_call_offs(module: ModuleType) -> None:
    _steadily(courses, partial(check_course, module))


def split_lines(module: ModuleType) -> None:
    _steadily(splits, partial(check_pieces, module))


def baskets_by_calculator(module: ModuleType) -> None:
    for basket in mixed_baskets(BASKETS):
        check_basket(basket, calculator=module)


def baskets_by_tiers(module: ModuleType) -> None:
    for basket in mixed_baskets(BASKETS):
        check_basket(basket, tiers=module)


def _calculator(name: str, *code: tuple[str, str]) -> Mutant:
    return Mutant(name, calculator, baskets_by_calculator, "VAT group differ", code)


def _tiers(name: str, *code: tuple[str, str]) -> Mutant:
    return Mutant(name, tiers, baskets_by_tiers, "VAT group differ", code)


def _change(name: str, dies_by: str, *code: tuple[str, str]) -> Mutant:
    return Mutant(name, price_change, verdicts, dies_by, code)


def _register(name: str, dies_by: str, *code: tuple[str, str]) -> Mutant:
    return Mutant(name, modification, register, dies_by, code)


def _giveback(name: str, dies_by: str, *code: tuple[str, str]) -> Mutant:
    return Mutant(name, giveback, courses_of_call_offs, dies_by, code)


def _pieces(name: str, dies_by: str, *code: tuple[str, str]) -> Mutant:
    return Mutant(name, pieces, split_lines, dies_by, code)


GROUP = "VatGroupKey(self.call_off_key, self.vat.category, self.vat.rate)"

MUTANTS = (
    _calculator(
        "the tax is computed per line, not per VAT group",
        ("_cut(tax, nets)", "[rates[group_key].tax_on(net) for net in nets]"),
    ),
    _calculator(
        "every line is a VAT group of its own",
        (GROUP, 'VatGroupKey(f"{self.call_off_key}{self.key}", self.vat.category, self.vat.rate)'),
    ),
    _calculator(
        "a VAT group spans call-offs",
        (GROUP, 'VatGroupKey("", self.vat.category, self.vat.rate)'),
    ),
    _calculator(
        "categories at the same rate are one VAT group",
        (GROUP, 'VatGroupKey(self.call_off_key, "S", self.vat.rate)'),
    ),
    _calculator(
        "the periods are forgotten",
        ("line.price_unit, line.periods)", "line.price_unit)"),
    ),
    _calculator(
        "the tax of a line is not cut like its net",
        ("largest_remainder(line.tax, shares_percent)", "[line.tax for _ in shares_percent]"),
    ),
    _tiers(
        "the tier is taken from the line, not from the item's sum",
        ("bases[item] += quantity", "bases[item] = quantity"),
    ),
    _tiers(
        "a tier begins one piece late",
        ("if upper.from_quantity <= quantity", "if upper.from_quantity < quantity"),
    ),
    _tiers(
        "the order itself counts for a cumulative tier",
        ("bases[item] = max(before, 1)", "bases[item] += before"),
    ),
    _change(
        "a rise exactly at the limit is outside",
        "wrong route",
        ("within_year > Fraction(limit)", "within_year >= Fraction(limit)"),
    ),
    _change(
        "a notice that just suffices is too short",
        "wrong route",
        ("clause.notice_days > days", "clause.notice_days >= days"),
    ),
    _change(
        "a rise on the earliest day is too early",
        "wrong route",
        (
            "clause.earliest_on > change.effective_from",
            "clause.earliest_on >= change.effective_from",
        ),
    ),
    _change(
        "the yearly limit counts from the price of today",
        "wrong route",
        (
            "within_year = _percent(change.year_ago,",
            "within_year = _percent(change.before,",
        ),
    ),
    _change(
        "only the tiers proposed are compared",
        "wrong",
        ("for start in _starts(before, after)]", "for start in _starts(after)]"),
    ),
    _change(
        "the price unit is forgotten",
        "wrong",
        (".net_unit_price) / self.price_unit", ".net_unit_price)"),
    ),
    _change(
        "a fall of one tier covers the rise of another",
        "wrong",
        ("rises = any(", "rises = all("),
    ),
    _change(
        "a fall takes effect by itself without notice",
        "wrong route",
        ("if not clause.automatic_fall or short:", "if not clause.automatic_fall:"),
    ),
    _change(
        "a clause without a percentage allows every rise",
        "wrong route",
        (
            'reasons.append("Die Preisklausel sieht keine Preiserhöhung vor.")\n',
            "",
        ),
    ),
    _register(
        "a modification of exactly half the value is too large",
        "wrong side",
        ("if new.value > limit", "if new.value >= limit"),
    ),
    _register(
        "a total of exactly a tenth is too large",
        "wrong side",
        ("if cumulative > limit:", "if cumulative >= limit:"),
    ),
    _register(
        "a total exactly at the threshold is too large",
        "wrong side",
        ("if cumulative > limits.eu_threshold", "if cumulative >= limits.eu_threshold"),
    ),
    _register(
        "small modifications count one by one",
        "wrong side",
        (
            "_above_de_minimis(cumulative, original_value",
            "_above_de_minimis(new.value, original_value",
        ),
    ),
    _register(
        "modifications on other grounds count as well",
        "wrong cumulative",
        ("if past.ground is new.ground", "if True"),
    ),
    _register(
        "a decrease makes room",
        "wrong cumulative",
        ("abs(row.value)", "row.value"),
    ),
    Mutant(
        "each fiscal year is rounded by itself",
        periods,
        years,
        "do not sum",
        (
            (
                "largest_remainder(net, list(in_year.values()))",
                "[round(net * count / months, 2) for count in in_year.values()]",
            ),
        ),
    ),
    Mutant(
        "fiscal years share alike",
        periods,
        years,
        "not in proportion",
        (("list(in_year.values())", "[1 for _ in in_year]"),),
    ),
    Mutant(
        "a service ends on the day that bears the same number",
        periods,
        ends,
        "left out or counted twice",
        (("service_from.day) - timedelta(days=1)", "service_from.day)"),),
    ),
    _giveback(
        "a partial cancellation returns the full quantity",
        "more than is booked|not that of the quantity kept",
        (
            "return part_net(after, quantity, line",
            "return part_net(0, line.kept, line",
        ),
    ),
    _giveback(
        "a part is worth its own quantity times the price",
        "not that of the quantity kept|contradicts|gebucht",
        ("return part_net(after, quantity, line", "return part_net(0, quantity, line"),
    ),
    _giveback(
        "what was delivered can be cancelled",
        "more was cancelled than is open|gebucht",
        ("left = line.kept - line.delivered", "left = line.kept"),
    ),
    _giveback(
        "what was cancelled before is forgotten",
        "more was cancelled than is open|not that of the quantity kept|gebucht",
        ("return self.quantity - self.cancelled", "return self.quantity"),
    ),
    _giveback(
        "the tax is that of the cancelled lines alone",
        "not that of the group",
        (
            "before = sum((line.net_of(line.kept) for line in group), ZERO)",
            "before = sum(nets.values(), ZERO)",
        ),
    ),
    _giveback(
        "the tax is cut by what is booked, not by what is given back",
        "far from",
        ("total, [nets[line.key] for line in rest],", "total, [line.booked_tax for line in rest],"),
    ),
    _giveback(
        "a line may give back more tax than is booked on it",
        "more than is booked|Es fehlt ein Gewicht",
        ("min(part, limit)\n", "part\n"),
    ),
    _giveback(
        "a line that is gone keeps its odd cent",
        "keeps something|not all was given back",
        ("if line.kept == cancel[line.key]}", "if False}"),
    ),
    _giveback(
        "the deductible share is freed as well",
        "bound differs|more than is booked|gebunden",
        ("round_half_up(deductible)", "ZERO"),
    ),
    _giveback(
        "the deductible part is rounded by itself",
        "bound differs",
        (
            "freed = share.bound - (share.net - net + kept_tax - round_half_up(deductible))",
            "freed = net + tax - round_half_up(tax * share.deductible_percent / 100)",
        ),
    ),
    _pieces(
        "each assignment carries the whole line",
        "do not sum to the line",
        ("Decimal(quantity), share_percent)", "Decimal(quantity), _HUNDRED)"),
    ),
    _pieces(
        "only whole pieces are told",
        "do not sum|a part is nothing",
        (".normalize(EXACT)", ".quantize(Decimal(1))"),
    ),
    _pieces(
        "pieces are told with four decimals",
        "do not sum|a part is nothing",
        (".normalize(EXACT)", ".quantize(Decimal(1).scaleb(-4))"),
    ),
)


@pytest.mark.parametrize(
    ("run", "module"),
    [
        (baskets_by_calculator, calculator),
        (baskets_by_tiers, tiers),
        (verdicts, price_change),
        (register, modification),
        (years, periods),
        (ends, periods),
        (courses_of_call_offs, giveback),
        (split_lines, pieces),
    ],
)
def test_the_unchanged_rules_survive_what_kills_the_mutants(run: Run, module: ModuleType) -> None:
    run(spoilt_copy(module, ()))


@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_a_mutant_of_the_price_rules_dies(mutant: Mutant) -> None:
    spoilt = spoilt_copy(mutant.module, mutant.code)
    with pytest.raises((AssertionError, ValueError), match=mutant.dies_by):
        mutant.run(spoilt)
