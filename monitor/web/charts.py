"""Counts over time as pictures: SVG that stands in the page, without script and without style of its own, readable by screen readers."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import pygal
from lxml import etree
from markupsafe import Markup

# pygal hooks into every later import of the process, for plugins of long ago; Python 3.11 warns of it at each module that is missing.
sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, pygal.PluginImportFixer)]

_MOST_BARS = 92
_MOST_LABELS = 8
_LEFT_OUT = ("defs", "style", "script", "desc", "title")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar: the days it stands for, both included, how much there was, and where a click leads."""

    first: date
    last: date
    count: int
    href: str | None = None

    @property
    def label(self) -> str:
        """`24 Nov 2026`, or the first and last day of several."""
        days = f"{self.first:%-d %b %Y}"
        return days if self.first == self.last else f"{self.first:%-d %b} to {self.last:%-d %b %Y}"


def bars(per_day: Mapping[date, int], first: date, last: date) -> tuple[Bar, ...]:
    """Bars of equal width from `first` to `last`: days, or as many days together as keep the chart readable."""
    width = -(-((last - first).days + 1) // _MOST_BARS)
    found = []
    start = first
    while start <= last:
        end = min(start + timedelta(days=width - 1), last)
        days = [start + timedelta(days=step) for step in range((end - start).days + 1)]
        found.append(Bar(first=start, last=end, count=sum(per_day.get(day, 0) for day in days)))
        start = end + timedelta(days=1)
    return tuple(found)


def chart(title: str, given: Sequence[Bar], *, width: int = 640, height: int = 112) -> Markup:
    """A bar chart with a scale."""
    scale = _scale(max((bar.count for bar in given), default=0))
    drawing = pygal.Bar(
        width=width,
        height=height,
        margin=4,
        show_legend=False,
        js=[],
        css=[],
        x_labels_major_count=len(given) if len(given) <= _MOST_LABELS else 6,
        show_minor_x_labels=False,
        truncate_label=-1,
        range=(0, scale[-1]),
    )
    drawing.y_labels = scale
    drawing.x_labels = [f"{bar.first:%-d %b}" for bar in given]
    drawing.add("", [bar.count for bar in given])
    return _placed(drawing.render_tree(), title, given)


@lru_cache(maxsize=1024)
def sparkline(title: str, given: Sequence[Bar], *, width: int = 140, height: int = 28) -> Markup:
    """The same without a scale, to stand in a row of a table."""
    drawing = pygal.Bar(
        width=width,
        height=height,
        margin=0,
        spacing=0,
        show_legend=False,
        show_x_labels=False,
        show_y_labels=False,
        js=[],
        css=[],
        range=(0, max((bar.count for bar in given), default=0) or 1),
    )
    drawing.add("", [bar.count for bar in given])
    return _placed(drawing.render_tree(), title, given)


def _scale(most: int) -> list[int]:
    """Whole numbers from 0 to at least `most` with at most four even steps between them."""
    step = next(base * 10**power for power in range(12) for base in (1, 2, 5) if base * 10**power * 4 >= most)
    return list(range(0, max(1, -(-most // step)) * step + 1, step))


def _placed(root: etree._Element, title: str, given: Sequence[Bar]) -> Markup:
    """What pygal drew, as it may stand in a page whose policy allows no inline style or script: shapes and words alone."""
    for element in list(root.iter()):
        kept = isinstance(element.tag, str) and element.tag not in _LEFT_OUT
        if not kept or element.get("class", "").endswith(("tooltip-overlay", "text-overlay")):
            element.getparent().remove(element)
    rectangles = [each for each in root.iter("rect") if "reactive" in each.get("class", "")]
    for rectangle, bar in zip(rectangles, given, strict=True):
        rectangle.set("class", "bar")
        etree.SubElement(rectangle, "title").text = f"{bar.label}: {bar.count:,}"
        if bar.href is not None:
            parent = rectangle.getparent()
            link = etree.SubElement(parent, "a", {"href": bar.href})
            link.append(rectangle)
    for element in root.iter():
        element.attrib.pop("style", None)
        element.attrib.pop("id", None)
    root.set("class", "chart")
    root.set("role", "img" if not any(bar.href for bar in given) else "group")
    root.set("aria-label", title)
    return Markup(etree.tostring(root, encoding="unicode"))  # noqa: S704  lxml has escaped what it wrote
