"""The picture of what a result rests on: rules as boxes, from the inputs to the target in the order of reading."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from himaya import language
from himaya.report.svg import Drawing, alone

if TYPE_CHECKING:
    from himaya.language import Language
    from himaya.law import System

BOX, GAP, ROW, LINE = 176.0, 60.0, 14.0, 15.0
"""Width of a box, room between columns and between boxes, height of a line."""
LETTERS: dict[Language, int] = {"en": 26, "fr": 26, "ar": 23}
"""Letters in a line of a box."""
STYLE = (
    "text{font:12.5px 'Noto Sans','Noto Sans Arabic','Segoe UI',Arial,sans-serif;fill:#1c2833}"
    ".head{font-weight:600}.small{font-size:10.5px;fill:#566573}"
    ".rule{fill:#eaf1f6;stroke:#1f5f8b}.target{fill:#1f5f8b22;stroke:#1f5f8b;stroke-width:2}"
    ".input{fill:#fbf1ea;stroke:#d1702b}.doubt{fill:#f9eaf0;stroke:#8a1c4a;stroke-dasharray:4 3}"
    ".flow{fill:#97a3ad;opacity:.45}"
)


@dataclass(frozen=True)
class _Box:
    name: str
    lines: tuple[str, ...]
    article: str
    style: str

    @property
    def height(self) -> float:
        return LINE * len(self.lines) + (13.0 if self.article else 0.0) + 12.0


def law_picture(system: System, target: str, on: date, lang: Language) -> str:
    """The picture as SVG that stands alone; raises :class:`~himaya.law.errors.UnknownNameError`."""
    rules = {each.name: each for each in system.needed([target], on)}
    needs = {
        name: [a for a in each.arguments if a in rules or a in system.inputs] for name, each in rules.items()
    }
    depths = _depths(target, needs)
    boxes = {}
    for name in depths:
        each = rules.get(name)
        style = (
            "target" if name == target else "input" if each is None else "rule" if each.verified else "doubt"
        )
        lines = tuple(textwrap.wrap(system.labels[name][lang], LETTERS[lang])) or (name,)
        article = textwrap.shorten(each.article, LETTERS["en"] + 6, placeholder="…") if each else ""
        if article and lang == "ar":
            article = language.left_to_right(article)
        boxes[name] = _Box(name, lines, article, style)
    places, height = _places(boxes, depths, needs)
    width = max(x for x, _ in places.values()) + BOX + 8
    drawing = Drawing(width, height, lang)
    for name, sources in needs.items():
        x, y = places[name]
        middle = y + boxes[name].height / 2
        for source in sources:
            left, top = places[source]
            start = top + boxes[source].height / 2
            drawing.ribbon(
                (left + BOX, start - 1, start + 1), (x, middle - 1, middle + 1), "flow", f"{source} → {name}"
            )
    for name, box in boxes.items():
        x, y = places[name]
        drawing.rect((x, y), BOX, box.height, box.style, name)
        for i, words in enumerate(box.lines):
            drawing.text((x + 8, y + 17 + LINE * i), words, "head" if name == target else "")
        if box.article:
            drawing.text((x + 8, y + 16 + LINE * len(box.lines)), box.article, "small")
    title = language.text("law.graph.title", lang, target=system.labels[target][lang])
    described = language.text("law.graph.description", lang, day=on)
    svg = drawing.svg("law", language.plain(title), language.plain(described), wide=True)
    return alone(svg, lang, STYLE)


def _depths(target: str, needs: Mapping[str, list[str]]) -> dict[str, int]:
    """Longest way from each rule and input to the target."""
    depths: dict[str, int] = {}

    def visit(name: str, depth: int) -> None:
        if depths.get(name, -1) < depth:
            depths[name] = depth
            for source in needs.get(name, ()):
                visit(source, depth + 1)

    visit(target, 0)
    return depths


def _places(
    boxes: Mapping[str, _Box], depths: Mapping[str, int], needs: Mapping[str, list[str]]
) -> tuple[dict[str, tuple[float, float]], float]:
    """Corner of each box: columns by depth, the target last; in a column near to what it is used by."""
    last = max(depths.values())
    columns: dict[int, list[str]] = {}
    for name, depth in depths.items():
        columns.setdefault(depth, []).append(name)
    order: dict[str, float] = {}
    for depth in range(last + 1):
        users = {
            name: [order[user] for user, sources in needs.items() if name in sources and user in order]
            for name in columns[depth]
        }
        columns[depth].sort(
            key=lambda name: (sum(users[name]) / len(users[name]) if users[name] else 0.0, name)
        )
        order |= {name: float(i) / max(1, len(columns[depth]) - 1) for i, name in enumerate(columns[depth])}
    heights = {d: sum(boxes[name].height + ROW for name in names) for d, names in columns.items()}
    height = max(heights.values()) + ROW
    places: dict[str, tuple[float, float]] = {}
    for depth, names in columns.items():
        y = (height - heights[depth]) / 2 + ROW / 2
        for name in names:
            places[name] = (8 + (last - depth) * (BOX + GAP), y)
            y += boxes[name].height + ROW
    return places, height
