"""The parts of a page: what each renders, and that nothing slips through unescaped."""

from __future__ import annotations

import pytest
from django.template import Context, Template, TemplateSyntaxError


def _shown(source: str, **context: object) -> str:
    return Template("{% load components %}" + source).render(Context(context))


def test_a_button_submits_unless_told_otherwise() -> None:
    assert _shown('{% button "primary" %}Filtern{% endbutton %}') == (
        '<button class="kern-btn kern-btn--primary" type="submit">'
        '<span class="kern-label">Filtern</span></button>'
    )


def test_the_words_and_attributes_of_a_button_are_escaped() -> None:
    found = _shown(
        '{% button "tertiary" size="block small" data_confirm=ask hidden=True disabled=False %}'
        "{{ name }}{% endbutton %}",
        ask='"><script>',
        name="<b>",
    )
    assert found == (
        '<button class="kern-btn kern-btn--tertiary kern-btn--block kh-btn--small" type="submit"'
        ' data-confirm="&quot;&gt;&lt;script&gt;" hidden>'
        '<span class="kern-label">&lt;b&gt;</span></button>'
    )


def test_a_link_button_goes_to_a_page_or_an_address() -> None:
    page = _shown('{% link_button "secondary" "frontend:requisition" key %}Weg{% endlink_button %}',
                  key=7)  # fmt: skip
    address = _shown('{% link_button "secondary" href=to icon="download" %}CSV{% endlink_button %}',
                     to="?a=1&b=2")  # fmt: skip
    assert 'href="/anforderungen/7/"' in page
    assert 'href="?a=1&amp;b=2"' in address
    assert '<span class="kern-icon kern-icon--download" aria-hidden="true"></span>' in address


def test_a_fact_escapes_its_title() -> None:
    found = _shown('{% fact title css="kh-wrap" %}<b>7</b>{% endfact %}', title="A & B")
    assert found == (
        '<div class="kh-facts__row"><dt>A &amp; B</dt><dd class="kh-wrap"><b>7</b></dd></div>'
    )


def test_a_card_is_named_by_its_heading() -> None:
    found = _shown('{% card id="summe" css="kh-section" level=3 %}Summe{% body %}7{% endcard %}')
    assert found == (
        '<section class="kh-card kh-section" aria-labelledby="summe">'
        '<h3 class="kh-card__title" id="summe">Summe</h3>7</section>'
    )


@pytest.mark.parametrize(
    "source",
    ["{% card %}A{% body %}B{% endcard %}", '{% card id="a" %}A{% endcard %}',
     '{% card id="a" colour="red" %}A{% body %}B{% endcard %}'],
)  # fmt: skip
def test_a_card_without_id_or_body_is_a_fault_of_the_template(source: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        _shown(source)


def test_a_page_head_leaves_out_what_it_is_not_given() -> None:
    source = (
        "{% page_head %}{{ t }}{% lead %}L{% actions %}{% if x %}A{% endif %}{% endpage_head %}"
    )
    assert _shown(source, t="<T>") == (
        '<div class="kh-page-head"><div><h1 class="kh-title">&lt;T&gt;</h1>'
        '<p class="kh-lead">L</p></div></div>'
    )
    assert '<div class="kh-actions">A</div>' in _shown(source, x=True)
