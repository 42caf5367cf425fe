"""Numbers, words and escaping of what the template tags render."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from frontend.formatting import format_money, format_short_amount
from frontend.gauges import CapPlot, Meter, PlotPoint
from frontend.templatetags.kaufhaus import STATE_VARIANTS
from orders.lifecycle import CallOffState, RequisitionState

NBSP = "\u00a0"
ATTACK = "<script>alert('x')</script>"


@pytest.fixture(autouse=True)
def _german() -> Any:
    with translation.override("de"):
        yield


def render(source: str, **context: Any) -> str:
    return Template("{% load kaufhaus %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("1234.56"), f"1.234,56{NBSP}€"),
        (Decimal(24000000), f"24.000.000,00{NBSP}€"),
        (Decimal("0.005"), f"0,01{NBSP}€"),
        (Decimal("0.0049"), f"0,00{NBSP}€"),
        (Decimal("-1234.5"), f"−1.234,50{NBSP}€"),
        (Decimal("-0.001"), f"0,00{NBSP}€"),
        (Decimal("1E+3"), f"1.000,00{NBSP}€"),
        (0, f"0,00{NBSP}€"),
        (None, "–"),
    ],
)
def test_money(value: Decimal | int | None, expected: str) -> None:
    assert render("{{ value|money }}", value=value) == expected


@pytest.mark.parametrize("value", [1.5, "12", True])
def test_money_refuses_what_is_no_exact_number(value: Any) -> None:
    with pytest.raises(TypeError, match="Decimal or int expected"):
        format_money(value)


@pytest.mark.parametrize(
    ("value", "price_unit", "expected"),
    [
        (Decimal("0.0450"), 1, f"0,0450{NBSP}€"),
        (Decimal("365.0000"), 1, f"365,00{NBSP}€"),
        (Decimal("4.5"), Decimal(100), f"4,50{NBSP}€ je{NBSP}100"),
        (Decimal("1234.5678"), 1000, f"1.234,5678{NBSP}€ je{NBSP}1.000"),
    ],
)
def test_unit_price(value: Decimal, price_unit: Decimal | int, expected: str) -> None:
    assert render("{{ v|unit_price:unit }}", v=value, unit=price_unit) == expected
    if price_unit == 1:
        assert render("{{ v|unit_price }}", v=value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (30000, "30.000"),
        (Decimal("10.000"), "10"),
        (Decimal("2.500"), "2,5"),
        (Decimal("0.125"), "0,125"),
        (100, "100"),
    ],
)
def test_quantity(value: Decimal | int, expected: str) -> None:
    assert render("{{ v|quantity }}", v=value) == expected
    assert render("{{ v|quantity:'Stück' }}", v=value) == f"{expected}{NBSP}Stück"


@pytest.mark.parametrize(
    ("value", "expected"),
    [(Decimal("19.00"), "19"), (Decimal("87.25"), "87,3"), (Decimal(100), "100"), (7, "7")],
)
def test_percent(value: Decimal | int, expected: str) -> None:
    assert render("{{ v|percent }}", v=value) == f"{expected}{NBSP}%"


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (24_000_000, "EUR", f"24{NBSP}Mio.{NBSP}€"),
        (Decimal(1250000), "EUR", f"1,3{NBSP}Mio.{NBSP}€"),
        (450_000, "PCE", f"450{NBSP}Tsd.{NBSP}Stück"),
        (9_999, "EUR", f"9.999{NBSP}€"),
    ],
)
def test_short_amounts_of_an_axis(value: Decimal | int, unit: str, expected: str) -> None:
    assert format_short_amount(value, unit) == expected


def test_dates_are_those_of_berlin() -> None:
    late = datetime(2026, 6, 30, 22, 30, tzinfo=UTC)
    assert render("{{ v|day }}", v=late) == "01.07.2026"
    assert render("{{ v|moment }}", v=late) == f"01.07.2026, 00:30{NBSP}Uhr"
    assert render("{{ v|day }}", v=date(2026, 3, 5)) == "05.03.2026"
    assert render("{{ v|day }}", v=None) == "–"


@pytest.mark.parametrize(
    ("limit", "held", "posted", "level"),
    [
        ("100", "0", "69.99", "ok"),
        ("100", "10", "60", "notice"),
        ("100", "0", "85", "warning"),
        ("100", "5", "90", "critical"),
        ("100", "0", "100", "critical"),
        ("100", "0.01", "100", "over"),
        ("0", "0", "0", "critical"),
        (None, "5", "5", "none"),
    ],
)
def test_levels_of_a_meter(limit: str | None, held: str, posted: str, level: str) -> None:
    found = Meter("x", Decimal(limit) if limit else None, Decimal(held), Decimal(posted))
    assert found.level == level


def test_meter_tells_in_words_what_its_bar_shows() -> None:
    html = render(
        "{% meter label='Ausstattung' limit=limit held=held posted=posted %}",
        limit=Decimal(1000),
        held=Decimal(250),
        posted=Decimal(500),
    )
    assert f"Noch 250,00{NBSP}€ von 1.000,00{NBSP}€ frei." in html
    assert f"500,00{NBSP}€ gebucht, 250,00{NBSP}€ vorgemerkt, 250,00{NBSP}€ frei" in html
    assert "über 70 % gebunden" in html
    assert 'class="kh-meter__posted" x="0.0" y="0" width="500.0"' in html
    assert 'class="kh-meter__held" x="500.0" y="0" width="250.0"' in html
    assert "<title>Ausstattung:" in html
    assert "style=" not in html


def test_overdrawn_meter_shows_the_limit_inside_the_bar() -> None:
    found = Meter("x", Decimal(80), Decimal(0), Decimal(100))
    assert found.sentence == f"Um 20,00{NBSP}€ überzogen: 100,00{NBSP}€ von 80,00{NBSP}€."
    assert found.limit_mark == "800.0"
    assert [bar["width"] for bar in found.bars] == ["1000.0"]


def test_bars_never_leave_their_frame() -> None:
    found = Meter("x", Decimal(10000), Decimal("0.01"), Decimal("9999.99"))
    right = [Decimal(bar["x"]) + Decimal(bar["width"]) for bar in found.bars]
    assert max(right) <= 1000


def test_meter_of_a_pooled_line_names_the_pool() -> None:
    assert "Deckungskreis" in Meter("x", None, Decimal(1), Decimal(2)).sentence


def test_names_are_escaped_everywhere() -> None:
    one = Decimal(1)
    facts = [{"label": "Name", "value": ATTACK}]
    parts = [
        render("{% badge text 'info' %}", text=ATTACK),
        render("{% meter label=t limit=one held=one posted=one %}", t=ATTACK, one=one),
        render("{% cap_plot t points one %}", t=ATTACK, points=[(date(2026, 1, 1), 1, 1)], one=one),
        render("{% timeline events %}", events=[{"text": ATTACK, "actor": ATTACK, "note": ATTACK}]),
        render_to_string("frontend/partials/facts.html", {"items": facts}),
        render_to_string("frontend/partials/empty.html", {"title": ATTACK, "why": ATTACK}),
        render_to_string("frontend/partials/messages.html", {"messages": [ATTACK]}),
    ]
    for html in parts:
        assert "<script" not in html
        assert "&lt;script&gt;" in html


def test_plot_comes_with_all_its_values_as_a_table() -> None:
    points = [(date(2026, month, 1), Decimal(100 * month), Decimal(50)) for month in (1, 2, 3)]
    html = render(
        "{% cap_plot 'Los 1' points limit exhausted_on=day %}",
        points=points,
        limit=Decimal(1000),
        day=date(2026, 9, 1),
    )
    assert html.count('<th scope="row">') == 3
    assert f"350,00{NBSP}€" in html
    assert "kh-plot__forecast" in html
    assert "<strong>01.09.2026</strong>" in html
    assert "style=" not in html


def test_plot_without_movements_says_so() -> None:
    html = render("{% cap_plot 'Los 1' points limit %}", points=[], limit=Decimal(1))
    assert "Noch keine Bewegung" in html
    assert "<svg" not in html


def test_plot_geometry() -> None:
    points = [
        PlotPoint(date(2026, 1, 1), Decimal(0)),
        PlotPoint(date(2026, 1, 11), Decimal(50), Decimal(25)),
    ]
    plot = CapPlot(points, Decimal(100), exhausted_on=date(2026, 1, 21))
    assert plot.bound_line == "0.0,200.0 300.0,50.0"
    assert plot.posted_area == "0.0,200.0 0.0,200.0 300.0,100.0 300.0,200.0"
    assert plot.forecast_line == "300.0,50.0 600.0,0.0"
    assert [line["y"] for line in plot.level_lines] == ["0.0", "60.0", "30.0", "10.0"]


def test_every_state_has_a_badge_with_its_german_name() -> None:
    for state in (*RequisitionState, *CallOffState):
        assert state in STATE_VARIANTS
        assert state.label in render("{% status_badge state %}", state=state.value)


def test_an_unknown_state_is_an_error_not_an_empty_badge() -> None:
    with pytest.raises(KeyError):
        render("{% status_badge 'lost' %}")


def test_pagination_keeps_the_filter() -> None:
    page = Paginator(range(1283), 25).page(4)
    request = RequestFactory().get("/katalog/", {"q": "Tablet & Stift", "los": ["1", "2"]})
    html = render("{% pagination page %}", page=page, request=request)
    assert "76–100 von 1.283" in html
    assert 'href="?q=Tablet+%26+Stift&amp;los=1&amp;los=2&amp;seite=5"' in html
    assert html.count('aria-current="page"') == 1
    assert 'rel="prev"' in html


def test_pagination_of_one_page_has_no_links() -> None:
    page = Paginator(range(3), 25).page(1)
    html = render("{% pagination page %}", page=page, request=RequestFactory().get("/"))
    assert "1–3 von 3" in html
    assert "<a " not in html


class SampleForm(forms.Form):
    email = forms.EmailField(label="E-Mail-Adresse", help_text="dienstlich")
    note = forms.CharField(label="Notiz", required=False, widget=forms.Textarea)
    way = forms.ChoiceField(
        label="Lieferung", choices=[("a", "Schule"), ("b", "Lager")], widget=forms.RadioSelect
    )
    groups = forms.MultipleChoiceField(
        label="Gruppen",
        choices=[("x", "Tablets")],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    lot = forms.ChoiceField(label="Los", choices=[("1", ATTACK)])
    token = forms.CharField(widget=forms.HiddenInput, required=False)


def test_field_ties_label_hint_and_error_to_the_control() -> None:
    html = render("{% field form.email %}", form=SampleForm({"email": "falsch"}))
    assert '<label class="kern-label" for="id_email">E-Mail-Adresse</label>' in html
    assert 'aria-describedby="id_email_hint id_email_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_email_hint"' in html
    assert 'id="id_email_error"' in html
    assert 'value="falsch"' in html


def test_field_marks_what_is_optional() -> None:
    form = SampleForm()
    assert "freiwillig" in render("{% field form.note %}", form=form)
    assert "freiwillig" not in render("{% field form.email %}", form=form)


def test_choices_become_radios_or_checkboxes() -> None:
    form = SampleForm({"way": "b", "groups": ["x"]})
    radios = render("{% field form.way %}", form=form)
    assert radios.count('type="radio"') == 2
    assert radios.count(" checked") == 1
    assert '<legend class="kern-label">Lieferung' in radios
    boxes = render("{% field form.groups %}", form=form)
    assert boxes.count('type="checkbox"') == 1
    assert "radio" not in boxes


def test_select_and_hidden_fields() -> None:
    form = SampleForm()
    select = render("{% field form.lot %}", form=form)
    assert "kern-form-input__select-wrapper" in select
    assert "&lt;script&gt;" in select
    assert render("{% field form.token %}", form=form).strip().startswith('<input type="hidden"')


def test_error_summary_links_to_the_controls() -> None:
    html = render("{% error_summary form %}", form=SampleForm({"lot": "1"}))
    assert 'href="#id_email"' in html
    assert 'href="#id_way_0"' in html
    assert "2 Angaben fehlen oder passen nicht" in html
    assert 'role="alert"' in html


def test_error_summary_covers_form_sets_and_stays_silent_without_errors() -> None:
    lines = forms.formset_factory(SampleForm)(
        {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-lot": "1"}
    )
    assert 'href="#id_form-0-email"' in render("{% error_summary lines %}", lines=lines)
    assert render("{% error_summary form %}", form=SampleForm()).strip() == ""


def test_timeline_names_actor_substitute_time_and_next_owner() -> None:
    events = [
        {
            "at": datetime(2026, 3, 5, 13, 7, tzinfo=UTC),
            "actor": "Kerstin Wolff",
            "on_behalf_of": "Dr. Ute Brandt",
            "text": "freigegeben",
            "next_owner": "Kämmerei",
        },
        {"text": "Freigabe der Kämmerei", "pending": True},
    ]
    html = render("{% timeline events %}", events=events)
    assert "Kerstin Wolff für Dr. Ute Brandt" in html
    assert f"05.03.2026, 14:07{NBSP}Uhr" in html
    assert "Als Nächstes: Kämmerei" in html
    assert "steht noch aus" in html
