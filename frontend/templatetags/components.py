"""The parts every page is built of: page head, card, fact row, button.

Usage: ``{% load components %}``. A part with one piece of content is a block tag; a part with
several has slots, parsed like the branches of ``{% if %}``. What a part renders is put
together from constant strings: a file per part would be opened, filled and joined for each
of a hundred rows (docs/adr/0015-template-components.md has the figures).
"""

from __future__ import annotations

from typing import Any

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token, token_kwargs
from django.urls import reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_WIDTHS = {"small": " kh-btn--small", "block": " kern-btn--block"}


def _attributes(given: dict[str, Any]) -> str:
    """HTML attributes of keyword arguments: `data_confirm` is data-confirm; False is none."""
    words = []
    for name, value in given.items():
        if value is False or value is None:
            continue
        shown = name.replace("_", "-")
        words.append(f" {shown}" if value is True else f' {shown}="{conditional_escape(value)}"')
    return "".join(words)


def _button(
    content: str, element: str, kind: str, size: str, icon: str, given: dict[str, Any]
) -> SafeString:
    css = "".join(_WIDTHS[name] for name in size.split())
    sign = f'<span class="kern-icon kern-icon--{icon}" aria-hidden="true"></span>' if icon else ""
    # Every part is escaped above or was rendered by the template engine.
    return mark_safe(  # noqa: S308
        f'<{element} class="kern-btn kern-btn--{kind}{css}"{_attributes(given)}>'
        f'{sign}<span class="kern-label">{content}</span></{element}>'
    )


@register.simple_block_tag
def button(content: str, kind: str, size: str = "", icon: str = "", **given: Any) -> SafeString:
    """Render a button: ``{% button "primary" name="schritt" value="2" %}Weiter{% endbutton %}``.

    `kind`: primary, secondary, tertiary; `size`: small, block or both; `icon`: a KERN icon.
    """
    return _button(content, "button", kind, size, icon, {"type": "submit", **given})


@register.simple_block_tag
def link_button(
    content: str,
    kind: str,
    view: str = "",
    *of: Any,
    size: str = "",
    icon: str = "",
    href: str = "",
    **given: Any,
) -> SafeString:
    """Render a link that looks like a button, to a page or to any address.

    ``{% link_button "secondary" "frontend:call_off" call_off.pk %}Abbrechen{% endlink_button %}``
    """
    address = reverse(view, args=of) if view else href
    return _button(content, "a", kind, size, icon, {"href": address, **given})


@register.simple_block_tag
def fact(content: str, title: str, css: str = "") -> SafeString:
    """Render a row of a ``<dl class="kh-facts">``: ``{% fact "Los" %}{{ lot }}{% endfact %}``."""
    value = f'<dd class="{css}">' if css else "<dd>"
    return mark_safe(  # noqa: S308 - the title is escaped, the content is rendered
        f'<div class="kh-facts__row"><dt>{conditional_escape(title)}</dt>'
        f"{value}{content}</dd></div>"
    )


def _slots(parser: Parser, names: tuple[str, ...]) -> dict[str, NodeList]:
    """Parse the slots of a tag up to its end: the first of *names*, then whichever follow."""
    end, found, name = f"end{names[0]}", {}, names[0]
    while name != end:
        later = names[names.index(name) + 1 :]
        found[name] = parser.parse((*later, end))
        name = parser.next_token().contents.split()[0]
    return found


class PageHead(template.Node):
    """Heading of a page, its lead and what can be done on the whole page."""

    child_nodelists = ("title", "lead", "actions")

    def __init__(self, slots: dict[str, NodeList]) -> None:
        self.title = slots["page_head"]
        self.lead = slots.get("lead", NodeList())
        self.actions = slots.get("actions", NodeList())

    def render(self, context: template.Context) -> SafeString:
        lead, actions = self.lead.render(context), self.actions.render(context)
        return mark_safe(  # noqa: S308 - three rendered slots
            f'<div class="kh-page-head"><div><h1 class="kh-title">{self.title.render(context)}</h1>'
            + (f'<p class="kh-lead">{lead}</p>' if lead.strip() else "")
            + "</div>"
            + (f'<div class="kh-actions">{actions}</div>' if actions.strip() else "")
            + "</div>"
        )


@register.tag
def page_head(parser: Parser, token: Token) -> PageHead:
    """Render the head of a page; `lead` and `actions` may be left out.

    ``{% page_head %}Abruf {{ number }}{% lead %}…{% actions %}…{% endpage_head %}``
    """
    return PageHead(_slots(parser, ("page_head", "lead", "actions")))


class Card(template.Node):
    """A section with a frame, named by its own heading."""

    child_nodelists = ("title", "body")

    def __init__(self, slots: dict[str, NodeList], options: dict[str, FilterExpression]) -> None:
        self.title, self.body, self.options = slots["card"], slots["body"], options

    def render(self, context: template.Context) -> SafeString:
        told = {name: value.resolve(context) for name, value in self.options.items()}
        key, level = conditional_escape(told["id"]), told.get("level", 2)
        css = "".join(f" {name}" for name in told.get("css", "").split())
        return mark_safe(  # noqa: S308 - the id is escaped, both slots are rendered
            f'<section class="kh-card{css}" aria-labelledby="{key}">'
            f'<h{level} class="kh-card__title" id="{key}">{self.title.render(context)}</h{level}>'
            f"{self.body.render(context)}</section>"
        )


@register.tag
def card(parser: Parser, token: Token) -> Card:
    """Render a card: ``{% card id="summe" css="kh-card--surface" %}Summe{% body %}…{% endcard %}``.

    `level` is that of the heading, 2 unless told.
    """
    name, *bits = token.split_contents()
    options = token_kwargs(bits, parser)
    if bits or "id" not in options or not set(options) <= {"id", "css", "level"}:
        message = f"{name} takes id, css and level, and needs the id."
        raise template.TemplateSyntaxError(message)
    slots = _slots(parser, ("card", "body"))
    if "body" not in slots:
        message = f"{name} needs a title, then {{% body %}}."
        raise template.TemplateSyntaxError(message)
    return Card(slots, options)
