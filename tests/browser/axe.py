"""Checks of a rendered page: accessibility, width, console.

axe-core comes from the axe-playwright-python package and is handed to the page by the
debugger, so that the content security policy stays as strict as for people.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

from playwright.sync_api import ConsoleMessage, Error, Page

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
# The only rules among these that read colours.
OF_COLOURS = ("color-contrast", "link-in-text-block")
RUN = """
async ([without, only]) => {
  const result = await axe.run({include: [["html"]], exclude: without}, {
    runOnly: only,
    resultTypes: ["violations", "incomplete"],
  });
  const contrast = result.incomplete.filter((rule) => rule.id === "color-contrast");
  return [result.violations, contrast];
}
"""
# Elements that reach past the right edge, without those inside a scrolling region.
OVERFLOWING = """
() => {
  const edge = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= edge) return [];
  return [...document.body.querySelectorAll("*")]
    .filter((element) => element.getBoundingClientRect().right > edge + 1)
    .map((element) => element.outerHTML.slice(0, 120));
}
"""


@cache
def _axe_source() -> str:
    return resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")


def _lines(rule: dict[str, Any]) -> list[str]:
    """Return one line per element that breaks *rule*."""
    return [
        f"{rule['id']} ({rule['impact']}): {node['target']} {node['html'][:160]}\n"
        f"    {node.get('failureSummary', '')}"
        for node in rule["nodes"]
    ]


def _is_invisible(node: dict[str, Any]) -> bool:
    """Say whether axe measured text in the very colour of its ground (ratio 1)."""
    checks = [*node["any"], *node["all"], *node["none"]]
    return any((check.get("data") or {}).get("contrastRatio") == 1 for check in checks)


def accessibility_problems(
    page: Page, *, without: Sequence[str] = (), rules: Sequence[str] = ()
) -> list[str]:
    """Return all violations, and all undecided contrasts of ratio 1, of the page as it is.

    `without` are selectors of parts to pass over; `rules` are looked at instead of all.
    """
    if page.evaluate("() => typeof axe === 'undefined'"):
        page.evaluate(_axe_source())
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS}
    violations, contrasts = page.evaluate(RUN, [[[part] for part in without], only])
    problems = [line for rule in violations for line in _lines(rule)]
    for rule in contrasts:
        hidden = [node for node in rule["nodes"] if _is_invisible(node)]
        problems += _lines({**rule, "nodes": hidden})
    return problems


def assert_accessible(
    page: Page, *, without: Sequence[str] = (), rules: Sequence[str] = ()
) -> None:
    """Fail with every axe violation of the page (WCAG 2.2 A and AA, best practice)."""
    problems = accessibility_problems(page, without=without, rules=rules)
    assert not problems, f"{page.url}\n" + "\n".join(problems)


def assert_no_horizontal_scroll(page: Page) -> None:
    """Fail when the page is wider than its window, naming what sticks out (WCAG 1.4.10)."""
    width, room = page.evaluate(
        "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    culprits = "\n".join(page.evaluate(OVERFLOWING))
    assert width <= room, f"{page.url} is {width} px wide in a window of {room} px\n{culprits}"


class ConsoleErrors:
    """Collects what a page complains about; made before the first `goto`.

    `ignored_status`: answers that a test provokes (404, 422), which Chromium also logs.
    """

    def __init__(self, page: Page, ignored_status: tuple[int, ...] = ()) -> None:
        self.messages: list[str] = []
        self._ignored = tuple(f"status of {status}" for status in ignored_status)
        page.on("console", self._on_console)
        page.on("pageerror", self._on_page_error)

    def _on_console(self, message: ConsoleMessage) -> None:
        expected = any(words in message.text for words in self._ignored)
        if message.type == "error" and not expected:
            self.messages.append(f"{message.text} ({message.location.get('url', '')})")

    def _on_page_error(self, error: Error) -> None:
        self.messages.append(str(error))
