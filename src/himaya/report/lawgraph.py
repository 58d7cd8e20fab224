"""The picture of what a result rests on: rules as boxes, from the inputs to the target in the order of reading."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from himaya import language
from himaya.report.svg import Drawing, alone

if TYPE_CHECKING:
    from himaya.language import Language
    from himaya.law import System

BOX, GAP, ROW, LINE, SMALL, MARGIN = 200.0, 48.0, 14.0, 15.0, 13.0, 8.0
"""Width of a box, room between columns and between boxes, height of a line and of a small one, and the edge."""
HEAD = 40.0
"""Height of the words above what is used in many places."""
LETTERS: dict[Language, int] = {"en": 30, "fr": 30, "ar": 27}
"""Letters in a line of a box."""
OFTEN = 3
"""What more rules use is named in their boxes, and drawn once below: arrows from it would hide all others."""
ACROSS = 1500.0
"""Width that the boxes without arrows are laid out in."""
STYLE = (
    "text{font:12.5px 'Noto Sans','Noto Sans Arabic','Segoe UI',Arial,sans-serif;fill:#1c2833}"
    ".head{font-weight:600}.small{font-size:10.5px;fill:#566573}"
    ".rule{fill:#eaf1f6;stroke:#1f5f8b}.target{fill:#1f5f8b22;stroke:#1f5f8b;stroke-width:2}"
    ".input{fill:#fbf1ea;stroke:#d1702b}.doubt{fill:#f9eaf0;stroke:#8a1c4a;stroke-dasharray:4 3}"
    ".flow{fill:#97a3ad;opacity:.6}"
)

Point = tuple[float, float]


@dataclass(frozen=True)
class _Box:
    name: str
    lines: tuple[str, ...]
    small: tuple[str, ...]
    style: str

    @property
    def height(self) -> float:
        return LINE * len(self.lines) + SMALL * len(self.small) + 12.0


@dataclass(frozen=True)
class _Tree:
    """A quantity and what it rests on, but for what is used in many places: a corner for each box."""

    places: Mapping[str, Point]
    width: float
    height: float

    def moved(self, x: float, y: float) -> _Tree:
        places = {name: (x + left, y + top) for name, (left, top) in self.places.items()}
        return _Tree(places, self.width, self.height)


def law_picture(system: System, target: str, on: date, lang: Language) -> str:
    """The picture as SVG that stands alone; raises :class:`~himaya.law.errors.UnknownNameError`."""
    rules = {each.name: each for each in system.needed([target], on)}
    needs = {
        name: [a for a in each.arguments if a in rules or a in system.inputs] for name, each in rules.items()
    }
    users = Counter(source for sources in needs.values() for source in sources)
    often = [name for name, count in users.items() if count > OFTEN]
    arrows = {name: [s for s in sources if s not in often] for name, sources in needs.items()}
    boxes = {
        name: _box(system, name, on, lang, [s for s in needs.get(name, ()) if s in often])
        for name in (*rules, *users)
    }
    boxes[target] = _Box(target, boxes[target].lines, boxes[target].small, "target")
    trees = [_tree(root, boxes, arrows) for root in (target, *often)]
    placed, width, height = _laid_out(trees, bool(often))
    drawing = Drawing(width, height, lang)
    if often:
        heading = language.text("law.graph.often", lang)
        drawing.text((MARGIN, trees[0].height + ROW + HEAD / 2), heading, "head")
    for tree in placed:
        _draw(drawing, tree, boxes, arrows, (target, *often))
    title = language.text("law.graph.title", lang, target=system.labels[target][lang])
    described = language.text("law.graph.description", lang, day=on)
    svg = drawing.svg("law", language.plain(title), language.plain(described), wide=True)
    return alone(svg, lang, STYLE)


def _box(system: System, name: str, on: date, lang: Language, named: Iterable[str]) -> _Box:
    each = system.rule(name, on) if name in system.versions else None
    style = "input" if each is None else "rule" if each.verified else "doubt"
    lines = tuple(textwrap.wrap(system.labels[name][lang], LETTERS[lang])) or (name,)
    small: list[str] = []
    if each:
        article = textwrap.shorten(each.article, LETTERS["en"] + 6, placeholder="…")
        small.append(language.left_to_right(article) if lang == "ar" else article)
    if names := [system.labels[other][lang] for other in named]:
        words = language.text("law.graph.with", lang, names=language.listing(names, lang))
        small += textwrap.wrap(language.plain(words), LETTERS[lang] + 6)
    return _Box(name, lines, tuple(small), style)


def _draw(
    drawing: Drawing,
    tree: _Tree,
    boxes: Mapping[str, _Box],
    arrows: Mapping[str, list[str]],
    heads: Iterable[str],
) -> None:
    for name, (x, y) in tree.places.items():
        middle = y + boxes[name].height / 2
        for source in arrows.get(name, ()):
            left, top = tree.places[source]
            start = top + boxes[source].height / 2
            drawing.ribbon(
                (left + BOX, start - 1, start + 1), (x, middle - 1, middle + 1), "flow", f"{source} → {name}"
            )
    for name, (x, y) in tree.places.items():
        box = boxes[name]
        drawing.rect((x, y), BOX, box.height, box.style, name)
        for i, words in enumerate(box.lines):
            drawing.text((x + 8, y + 17 + LINE * i), words, "head" if name in heads else "")
        for i, words in enumerate(box.small):
            drawing.text((x + 8, y + 16 + LINE * len(box.lines) + SMALL * i), words, "small")


def _laid_out(trees: list[_Tree], often: bool) -> tuple[list[_Tree], float, float]:
    """The target's tree above; below it those of what is used in many places, side by side as far as they fit."""
    width = max(ACROSS, *(tree.width for tree in trees))
    placed = [trees[0].moved(MARGIN, ROW / 2)]
    x, y, row = MARGIN, trees[0].height + ROW + (HEAD if often else 0.0), 0.0
    for tree in sorted(trees[1:], key=lambda tree: (tree.height, tree.width)):
        if x > MARGIN and x + tree.width > width:
            x, y, row = MARGIN, y + row + ROW, 0.0
        placed.append(tree.moved(x, y))
        x, row = x + tree.width + GAP, max(row, tree.height)
    right = max(tree_x + BOX for tree in placed for tree_x, _ in tree.places.values())
    return placed, right + MARGIN, y + row + ROW


def _tree(root: str, boxes: Mapping[str, _Box], arrows: Mapping[str, list[str]]) -> _Tree:
    """Columns by the longest way to the root, which is last; in a column near to what it is used by."""
    depths = _depths(root, arrows)
    last = max(depths.values())
    columns: dict[int, list[str]] = {}
    for name, depth in depths.items():
        columns.setdefault(depth, []).append(name)
    order: dict[str, float] = {}
    for depth in range(last + 1):
        users = {
            name: [order[user] for user in order if name in arrows.get(user, ())] for name in columns[depth]
        }
        columns[depth].sort(
            key=lambda name: (sum(users[name]) / len(users[name]) if users[name] else 0.0, name)
        )
        order |= {name: float(i) / max(1, len(columns[depth]) - 1) for i, name in enumerate(columns[depth])}
    heights = {d: sum(boxes[name].height + ROW for name in names) for d, names in columns.items()}
    height = max(heights.values())
    places: dict[str, Point] = {}
    for depth, names in columns.items():
        y = (height - heights[depth]) / 2
        for name in names:
            places[name] = (last - depth) * (BOX + GAP), y
            y += boxes[name].height + ROW
    return _Tree(places, last * (BOX + GAP) + BOX, height)


def _depths(root: str, arrows: Mapping[str, list[str]]) -> dict[str, int]:
    """Longest way from each rule and input to the root."""
    depths: dict[str, int] = {}

    def visit(name: str, depth: int) -> None:
        if depths.get(name, -1) < depth:
            depths[name] = depth
            for source in arrows.get(name, ()):
                visit(source, depth + 1)

    visit(root, 0)
    return depths
