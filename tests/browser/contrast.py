"""How well text can be read: contrast as WCAG 2 defines it, from the colours that are shown.

axe measures it on the report's pages. In JupyterLab it finds nothing to measure, so here is the
formula.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from playwright.sync_api import Page

ENOUGH = 4.5

_MEASURE = """([selector, without]) => {
  const parts = colour => {
    const [r, g, b, a = 1] = colour.match(/^rgba?\\(([^)]*)\\)$/)[1].split(",").map(Number);
    return [r, g, b, a];
  };
  const over = ([r, g, b, a], below) =>
    [r, g, b].map((value, i) => a * value + (1 - a) * below[i]);
  const behind = element => {
    if (!element) return [255, 255, 255];
    const colour = parts(getComputedStyle(element).backgroundColor);
    return over(colour, colour[3] === 1 ? colour : behind(element.parentElement));
  };
  const luminance = colour => {
    const [r, g, b] = colour.map(value => value / 255)
      .map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const measured = [];
  for (const root of document.querySelectorAll(selector)) {
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const text = texts.currentNode.textContent.trim(), element = texts.currentNode.parentElement;
      if (!text || !element.checkVisibility({opacityProperty: true})) continue;
      if (element.closest(without)) continue;
      const ground = behind(element);
      const ink = over(parts(getComputedStyle(element).color), ground);
      const [low, high] = [luminance(ink), luminance(ground)].sort((a, b) => a - b);
      measured.push([text, (high + 0.05) / (low + 0.05)]);
    }
  }
  return measured;
}"""


class Measured(NamedTuple):
    """One piece of text and its contrast to what is behind it, from 1 to 21."""

    text: str
    contrast: float


def contrasts(page: Page, selector: str, without: str) -> list[Measured]:
    """Measure each piece of text that is shown inside of `selector` and not inside of `without`."""
    return [Measured(*pair) for pair in page.evaluate(_MEASURE, [selector, without])]
