"""The picture of one career: who declared the person when, at which wage, and what else happened."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from himaya.language import first_strong
from himaya.report.svg import Drawing, ticks

if TYPE_CHECKING:
    from markupsafe import Markup

    from himaya.report.charts import Frame, Write
    from himaya.report.model import DeclaredMonth

FULL_MONTH = 26
"""Days of a month declared in full, the most that the declaration form allows."""
LANES = 6
"""Employers shown by name; the smaller ones share a last lane."""
_WIDTH, _SIDE, _EDGE, _LANE, _WAGES = 1000.0, 178.0, 16.0, 24.0, 84.0
_NAME_LENGTH = 22

Place = Callable[[float], float]
"""From a month number to its place on the axis."""


@dataclass(frozen=True)
class Milestone:
    """An event on the axis: its month and finished label."""

    month: int
    label: str


@dataclass(frozen=True)
class Run:
    """Consecutive months of one employer, all full or all part."""

    start: int
    end: int
    """One past the last month."""
    full: bool


def timeline(
    frame: Frame,
    career: Sequence[DeclaredMonth],
    milestones: Sequence[Milestone],
    others: str,
    write: Write,
) -> Markup:
    """Lanes of declared months by employer, above the wage of each month; full months are taller.

    Parameters
    ----------
    career
        At least one declared month; several employers may declare the same month.
    others
        What to call the employers that share the last lane.
    write
        How an amount in centimes is written on the axis of wages.
    """
    lanes = _lanes(career, others)
    inside = [m.month for m in career] + [m.month for m in milestones]
    first, last = min(inside) // 12 * 12, (max(inside) // 12 + 1) * 12
    scale = (_WIDTH - _SIDE - _EDGE) / (last - first)
    events = sorted(milestones, key=lambda m: m.month)
    head = 10 + 15 * len(events)
    foot = head + _LANE * len(lanes) + 8
    drawing = Drawing(_WIDTH, foot + _WAGES + 26, frame.lang)

    def at(month: float) -> float:
        return _SIDE + (month - first) * scale

    _years(drawing, at, first, last, (head, foot + _WAGES))
    for i, (name, months) in enumerate(lanes.items()):
        y = head + _LANE * i
        drawing.text((_SIDE - 8, y + 15), first_strong(_fitting(name)), "label", "end")
        for run in runs(months):
            top, high = (y + 4, 16.0) if run.full else (y + 11, 9.0)
            style = "s1" if run.full else "part"
            drawing.rect((at(run.start), top), (run.end - run.start) * scale, high, style, name)
    _wages(drawing, at, career, (foot + 6, foot + _WAGES), write)
    for i, event in enumerate(events):
        x, y = at(event.month), 12.0 + 15 * i
        drawing.line((x, y + 3), (x, foot + _WAGES), "mark")
        late = event.month - first > (last - first) * 0.6
        drawing.text((x - 6 if late else x + 6, y), event.label, "note", "end" if late else "start")
    return drawing.svg(frame.name, frame.title, frame.description, wide=True)


def runs(months: Sequence[DeclaredMonth]) -> list[Run]:
    """Months of one lane joined into runs, in order of time; full or part by the sum of the days."""
    days: Counter[int] = Counter()
    for month in months:
        days[month.month] += month.days
    found: list[Run] = []
    for number in sorted(days):
        full = days[number] >= FULL_MONTH
        if found and found[-1].end == number and found[-1].full == full:
            found[-1] = Run(found[-1].start, number + 1, full)
        else:
            found.append(Run(number, number + 1, full))
    return found


def _lanes(career: Sequence[DeclaredMonth], others: str) -> dict[str, list[DeclaredMonth]]:
    """Group declared months by employer in order of arrival, those of fewest months together at the end."""
    longest = [name for name, _ in Counter(m.employer for m in career).most_common()]
    shown = set(longest if len(longest) <= LANES else longest[: LANES - 1])
    lanes: dict[str, list[DeclaredMonth]] = defaultdict(list)
    for month in sorted(career, key=lambda m: (m.employer not in shown, m.month)):
        lanes[month.employer if month.employer in shown else others].append(month)
    return lanes


def _years(drawing: Drawing, at: Place, first: int, last: int, span: tuple[float, float]) -> None:
    years = (last - first) // 12
    step = 1 if years <= 10 else 2 if years <= 20 else 5
    for year in range(-(-(first // 12) // step) * step, last // 12 + 1, step):
        x = at(year * 12)
        drawing.line((x, span[0]), (x, span[1]), "grid")
        drawing.text((x, span[1] + 16), str(year), "tick", "middle")


def _wages(
    drawing: Drawing, at: Place, career: Sequence[DeclaredMonth], span: tuple[float, float], write: Write
) -> None:
    """Wage of each month, all employers together, as steps from a zero line; no step over a gap."""
    wages: Counter[int] = Counter()
    for month in career:
        wages[month.month] += month.wage
    top, foot = span
    levels = ticks(max(wages.values()), 2)
    scale = (foot - top - 8) / levels[-1]
    for level in levels:
        y = foot - level * scale
        drawing.line((_SIDE, y), (_WIDTH - _EDGE, y), "axis" if level == 0 else "grid")
        drawing.text((_SIDE - 8, y + 4), write(level), "tick", "end")
    corners: list[tuple[float, float]] = []
    for number in sorted(wages):
        y = foot - wages[number] * scale
        if corners and corners[-1][0] < at(number) - 0.01:
            _close(drawing, corners, foot)
        corners += [(at(number), y), (at(number + 1), y)]
    _close(drawing, corners, foot)


def _close(drawing: Drawing, corners: list[tuple[float, float]], foot: float) -> None:
    """Fill what has been gathered down to the zero line and begin anew."""
    drawing.area([(corners[0][0], foot), *corners, (corners[-1][0], foot)], "wage")
    corners.clear()


def _fitting(name: str) -> str:
    return name if len(name) <= _NAME_LENGTH else name[: _NAME_LENGTH - 1] + "…"
