"""The pictures of the report: pure functions from numbers and finished labels to SVG.

No chart tells its story by colour alone: sides, hatching, heights or words say it too, and each has a table
beside it in the page. Lengths are proportional to the data from a zero baseline; where a shape would be too
thin to see it gets :data:`HAIR` instead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from himaya.language import plain
from himaya.report.svg import Drawing, ticks

if TYPE_CHECKING:
    from markupsafe import Markup

    from himaya.language import Language

HAIR = 1.5
"""Least visible thickness."""

LETTER = 7.5
"""Width kept for a letter of what is written after a bar."""

Write = Callable[[float], str]
"""How a value is written on an axis or a bar."""


@dataclass(frozen=True)
class Frame:
    """What every picture needs besides its data."""

    name: str
    title: str
    description: str
    lang: Language


@dataclass(frozen=True)
class Mirror:
    """One row of a pyramid: what lies on the side of the start, and on the other."""

    label: str
    first: int
    second: int


def pyramid(frame: Frame, rows: Sequence[Mirror], heads: tuple[str, str], write: Write) -> Markup:
    """Two sets of bars back to back, the first row lowest."""
    width, top, row, gutter, edge = 520.0, 26.0, 15.0, 80.0, 28.0
    half = (width - gutter) / 2 - edge
    marks = ticks(max(max(r.first, r.second) for r in rows), 3)
    scale = half / marks[-1]
    foot = top + row * len(rows)
    drawing = Drawing(width, foot + 22, frame.lang)
    inner, outer = edge + half, edge + half + gutter
    for mark in marks:
        for x in (inner - mark * scale, outer + mark * scale):
            drawing.line((x, top), (x, foot), "grid")
            drawing.text((x, foot + 15), write(mark), "tick", "middle")
    for i, r in enumerate(reversed(rows)):
        y = top + row * i
        drawing.rect(
            (inner - r.first * scale, y + 1), r.first * scale, row - 2, "s1", f"{r.label}: {write(r.first)}"
        )
        drawing.rect((outer, y + 1), r.second * scale, row - 2, "s2", f"{r.label}: {write(r.second)}")
        drawing.text((width / 2, y + row - 3.5), r.label, "tick", "middle")
    drawing.text((inner, top - 9), heads[0], "head", "end")
    drawing.text((outer, top - 9), heads[1], "head")
    return drawing.svg(frame.name, frame.title, frame.description)


@dataclass(frozen=True)
class Mark:
    """A value marked on an axis."""

    value: float
    label: str


def histogram(
    frame: Frame,
    edges: Sequence[int],
    counts: Sequence[int],
    axes: tuple[Write, Write],
    marks: Sequence[Mark] = (),
) -> Markup:
    """Columns over an axis of values, equally wide; ``axes`` write a value and a count."""
    write_value, write_count = axes
    width, height, side, edge, top = 520.0, 250.0, 58.0, 26.0, 18.0 + 15 * len(marks)
    foot = height - 24
    lowest, highest = edges[0], edges[-1]
    across = (width - side - edge) / (highest - lowest)
    levels = ticks(max(counts), 5)
    up = (foot - top) / levels[-1]
    drawing = Drawing(width, height, frame.lang)
    for level in levels:
        y = foot - level * up
        drawing.line((side, y), (width - edge, y), "axis" if level == 0 else "grid")
        drawing.text((side - 6, y + 4), write_count(level), "tick", "end")
    bar = (edges[1] - edges[0]) * across
    gap = min(1.0, bar / 6)
    for start, n in zip(edges, counts, strict=False):
        x = side + (start - lowest) * across
        drawing.rect(
            (x + gap, foot - n * up), bar - 2 * gap, n * up, "s1", f"{write_value(start)}: {write_count(n)}"
        )
    for value in _axis_values(lowest, highest):
        drawing.text((side + (value - lowest) * across, foot + 16), write_value(value), "tick", "middle")
    for i, mark in enumerate(marks):
        x, y = side + (mark.value - lowest) * across, 13.0 + 15 * i
        drawing.line((x, y + 4), (x, foot), "mark")
        late = mark.value - lowest > (highest - lowest) / 2
        drawing.text((x - 4 if late else x + 4, y + 2), mark.label, "note", "end" if late else "start")
    return drawing.svg(frame.name, frame.title, frame.description)


def _axis_values(lowest: int, highest: int) -> list[float]:
    """Round values inside an axis that need not start at zero."""
    step = ticks(highest - lowest, 6)[1]
    first = -(-lowest // step) * step
    return [first + i * step for i in range(int((highest - first) // step) + 1)]


@dataclass(frozen=True)
class Bar:
    """One row of a bar chart: lengths laid end to end, and what is written after them."""

    label: str
    values: tuple[int, ...]
    note: str


def bars(frame: Frame, rows: Sequence[Bar], *, wide: bool = False) -> Markup:
    """Horizontal bars under their labels, so that long labels have room."""
    width, row = (1000.0 if wide else 520.0), 38.0
    notes = max((len(plain(r.note)) for r in rows), default=0)
    room = width - max(190.0 if wide else 150.0, notes * LETTER + 12)
    scale = room / max([1, *(sum(r.values) for r in rows)])
    drawing = Drawing(width, row * len(rows) + 4, frame.lang)
    for i, r in enumerate(rows):
        y, x = row * i, 0.0
        drawing.text((0, y + 13), r.label, "label")
        for style, value in zip(("s1", "s2", "s3"), r.values, strict=False):
            length = max(value * scale, HAIR if value else 0.0)
            drawing.rect((x, y + 20), length, 11, style, f"{r.label}: {r.note}")
            x += length
        drawing.text((x + 6, y + 30), r.note, "value")
    return drawing.svg(frame.name, frame.title, frame.description, wide=wide)


@dataclass(frozen=True)
class Source:
    """A source of a flow, and how much of it goes to each sink."""

    label: str
    values: tuple[int, ...]


@dataclass(frozen=True)
class Sink:
    """Where a flow ends."""

    label: str
    style: str


def flow(frame: Frame, sources: Sequence[Source], sinks: Sequence[Sink], write: Write) -> Markup:
    """Bands from sources to sinks, as thick as what flows; both sides add up to the same."""
    width, gap, node = 1000.0, 26.0, 12.0
    start, end = 290.0, 760.0
    height = max(300.0, gap * len(sources) + 130)
    total = sum(sum(s.values) for s in sources)
    scale = (height - max(gap * len(sources), 2 * gap * len(sinks))) / max(total, 1)
    drawing = Drawing(width, height, frame.lang)
    reached = [sum(s.values[k] for s in sources) for k in range(len(sinks))]
    tops = _stacked([n * scale for n in reached], 2 * gap, height)
    for k, sink in enumerate(sinks):
        thick = max(reached[k] * scale, HAIR)
        drawing.rect((end, tops[k]), node, thick, sink.style)
        drawing.text((end + node + 8, tops[k] + thick / 2 - 1), sink.label, "head")
        drawing.text((end + node + 8, tops[k] + thick / 2 + 14), write(reached[k]), "value")
    filled = list(tops)
    for source, top in zip(
        sources, _stacked([sum(s.values) * scale for s in sources], gap, height), strict=True
    ):
        size = sum(source.values)
        drawing.rect((start - node, top), node, max(size * scale, HAIR), "ink")
        drawing.text((start - node - 8, top + max(size * scale, HAIR) / 2 + 4), source.label, "label", "end")
        leave = top
        for k, value in enumerate(source.values):
            if value:
                thick = value * scale
                drawn = max(thick, HAIR)
                ends = (start, leave, leave + drawn), (end, filled[k], filled[k] + drawn)
                tip = f"{source.label} → {sinks[k].label}: {write(value)}"
                drawing.ribbon(*ends, f"band {sinks[k].style}", tip)
                leave, filled[k] = leave + thick, filled[k] + thick
    return drawing.svg(frame.name, frame.title, frame.description, wide=True)


def _stacked(sizes: Sequence[float], gap: float, height: float) -> list[float]:
    """Tops of blocks laid below each other, the whole centred in ``height``."""
    y = (height - sum(sizes) - gap * (len(sizes) - 1)) / 2
    tops = []
    for size in sizes:
        tops.append(y)
        y += size + gap
    return tops


@dataclass(frozen=True)
class Level:
    """One step of a waterfall: where the amount stands after it."""

    label: str
    value: int


def waterfall(frame: Frame, levels: Sequence[Level], result: str, write: tuple[Write, Write]) -> Markup:
    """How an amount comes about: first level, each change, and the last level whole, called ``result``.

    ``write`` writes an amount, and a change with its sign.
    """
    write_amount, write_change = write
    width, row = 380.0, 38.0
    rows = [*levels, Level(result, levels[-1].value)] if len(levels) > 1 else list(levels)
    scale = (width - 125) / max([1, *(level.value for level in levels)])
    drawing = Drawing(width, row * len(rows) + 4, frame.lang)
    before = 0
    for i, level in enumerate(rows):
        y, whole = row * i, i in {0, len(rows) - 1}
        low, high = (0, level.value) if whole else sorted((before, level.value))
        change = level.value - before
        style = "s1" if whole else ("s3" if change >= 0 else "s2")
        length = max((high - low) * scale, HAIR)
        note = write_amount(level.value) if whole else write_change(change)
        drawing.text((0, y + 13), level.label, "head" if whole else "label")
        drawing.rect((low * scale, y + 19), length, 12, style, f"{level.label}: {note}")
        drawing.text((high * scale + 6, y + 29), note, "value")
        if i + 1 < len(rows):
            drawing.line((level.value * scale, y + 31), (level.value * scale, y + row + 19), "tie")
        before = level.value
    return drawing.svg(frame.name, frame.title, frame.description)
