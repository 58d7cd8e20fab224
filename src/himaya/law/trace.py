"""What a rule looked at while it ran: parameters in force, brackets of scales, and which elements of the careers."""

from __future__ import annotations

from bisect import bisect_right
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from himaya.law.parameters import EPOCH
from himaya.months import first_day

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from himaya.law.parameters import Dated, Parameter

Step = Literal["day", "month", "year"]
"""What a parameter is asked by: a month has the value in force on its first day, a year likewise."""


def first_of(key: int, step: Step) -> date:
    """The day on which a day, month or year of a look-up begins."""
    if step == "year":
        return date(key, 1, 1)
    return first_day(key) if step == "month" else EPOCH + timedelta(days=key)


@dataclass(frozen=True)
class Look:
    """One look-up: the dates asked for, one for all, one a person, or one an element (then with ``offsets``)."""

    parameter: Parameter
    keys: NDArray[Any]
    offsets: NDArray[Any] | None
    step: Step
    known: date | None
    missing: NDArray[Any] | None = None
    """Where there was no date to ask for; the shape of ``keys``."""

    def of(self, index: int) -> Iterator[tuple[date, Dated | None]]:
        """Each value in force that one person's result asked for, and each date on which there is none."""
        own = self.keys.reshape(-1)
        there = np.ones(own.shape, np.bool_) if self.missing is None else ~self.missing.reshape(-1)
        span = slice(None)
        if self.offsets is not None and self.keys.ndim:
            span = slice(self.offsets[index], self.offsets[index + 1])
        elif own.size > 1:
            span = slice(index, index + 1)
        values = self.parameter.visible(self.known)
        since = [dated.since for dated in values]
        told = -1
        for key in np.unique(own[span][there[span]]).tolist():
            on = first_of(key, self.step)
            at = bisect_right(since, on) - 1
            dated = values[at] if at >= 0 and values[at].value is not None else None
            if dated is None:
                yield on, None
            elif at != told:
                told = at
                yield on, dated


@dataclass(frozen=True)
class Crossing:
    """A link that was crossed, from one entity to another: the positions there, and offsets by position here."""

    link: str
    of: str
    to: str
    positions: NDArray[Any]
    offsets: NDArray[Any]

    def positions_of(self, index: int) -> NDArray[Any]:
        """Where the link led from one position."""
        return self.positions[self.offsets[index] : self.offsets[index + 1]]


@dataclass(frozen=True)
class Bracket:
    """A look-up in a scale: which scale was in force, what was asked for, what was found."""

    scale: Any
    at: Any
    found: Any

    def of(self, index: int, known: date | None) -> Iterator[tuple[Dated, Bound]]:
        """For one person each value in force, with what was asked for and the amount of its bracket."""
        values = self.scale.series.parameter.visible(known)
        long = hasattr(self.found, "elements")
        places = range(self.found.starts[index], self.found.ends[index]) if long else [index]
        for place in places:
            chosen = self.scale.chosen.fraction(place if self.scale.frame is not None else index)
            at = _one(self.at, index, place)
            amount = _one(self.found, index, place)
            if chosen is not None and at is not None and amount is not None:
                yield values[int(chosen)], (at, amount)


Bound = tuple[Fraction, Fraction]
"""What was asked of a scale, and the amount found."""


@dataclass(frozen=True)
class Choice:
    """A mean of the best: of which elements, how many, among which, and of whole calendar years of which months."""

    elements: Any
    number: Any
    among: Any = None
    months: Any = None

    def of(self, index: int) -> Iterator[tuple[int, Fraction]]:
        """Positions, from 0, of one person's elements that were taken, in order, and the value of each."""
        own = self.elements
        values, years = {}, {}
        for place in range(own.starts[index], own.ends[index]):
            if self.among is None or _one(self.among, index, place) is True:
                values[place] = _one(own, index, place)
                years[place] = place if self.months is None else int(_one(self.months, index, place)) // 12
        number = _one(self.number, index, index)
        if number is None or None in values.values():
            return
        totals: dict[int, Fraction] = {}
        for place, year in years.items():
            totals[year] = totals.get(year, Fraction(0)) + values[place]
        best = set(sorted(totals, key=lambda year: (-totals[year], year))[: int(number)])
        first = int(own.offsets[index])
        yield from ((place - first, value) for place, value in values.items() if years[place] in best)


def _one(value: Any, index: int, place: int) -> Any:
    """One person's value, or that of one of the person's elements; a literal is everybody's."""
    if hasattr(value, "elements"):
        return value.elements.fraction(place)
    return value.fraction(index) if hasattr(value, "fraction") else Fraction(value)


@dataclass
class Trace:
    """Collected for one rule, of all persons at once."""

    looks: list[Look] = field(default_factory=list)
    windows: list[tuple[NDArray[Any], NDArray[Any], NDArray[Any]]] = field(default_factory=list)
    """Windows that were reduced: starts, ends, offsets."""
    crossings: list[Crossing] = field(default_factory=list)
    brackets: list[Bracket] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)

    def parameters(self, index: int) -> list[tuple[Parameter, Dated | None]]:
        """Parameters that one person's result looked at, each value in force once."""
        found: dict[tuple[str, date], tuple[Parameter, Dated | None]] = {}
        for look in self.looks:
            for on, dated in look.of(index):
                key = (look.parameter.name, dated.since if dated else on)
                found.setdefault(key, (look.parameter, dated))
        return list(found.values())

    def evidence(self, index: int) -> tuple[int, ...]:
        """Positions, from 0, of the person's elements that were used."""
        used: set[int] = set()
        for starts, ends, offsets in self.windows:
            first = int(offsets[index])
            used.update(range(int(starts[index]) - first, int(ends[index]) - first))
        for choice in self.choices:
            used.update(at for at, _ in choice.of(index))
        return tuple(sorted(used))

    def applied(self, index: int) -> dict[tuple[str, date], dict[Bound, None]]:
        """Of each scale in force, by name and date, what one person's result asked of it and found, each once."""
        found: dict[tuple[str, date], dict[Bound, None]] = {}
        known = {look.parameter.name: look.known for look in self.looks}
        for each in self.brackets:
            name = each.scale.series.parameter.name
            for dated, bound in each.of(index, known[name]):
                found.setdefault((name, dated.since), {})[bound] = None
        return found

    def crossed(self, link: str, of: str, to: str, index: int) -> list[int]:
        """Positions of an entity ``to`` that the result of one person (household …), ``of``, was taken from."""
        found: set[int] = set()
        for each in self.crossings:
            if (each.link, each.to) == (link, to):
                # A rule may cross twice: from a person to its household, and on to the others in it.
                starts = [index] if each.of == of else self.crossed(link, of, each.of, index)
                found.update(int(at) for start in starts for at in each.positions_of(start))
        return sorted(found)


_current: ContextVar[Trace | None] = ContextVar("himaya_law_trace", default=None)


@contextmanager
def tracing() -> Iterator[Trace]:
    """Collect what the rule evaluated inside the block looks at."""
    trace = Trace()
    token = _current.set(trace)
    try:
        yield trace
    finally:
        _current.reset(token)


def bracket(scale: Any, at: Any, found: Any) -> None:
    """Note a look-up in a scale, when a result is being explained."""
    seen = _current.get()
    if seen is not None:
        seen.brackets.append(Bracket(scale, at, found))


@contextmanager
def choosing(choice: Choice) -> Iterator[None]:
    """Note which elements a mean of the best takes, and not the window that it looks for them in."""
    seen = _current.get()
    if seen is None:
        yield
        return
    if choice.elements.declared:
        seen.choices.append(choice)
    token = _current.set(None)
    try:
        yield
    finally:
        _current.reset(token)


def current() -> Trace | None:
    """The trace being collected, or None: the usual case, in which nothing is recorded."""
    return _current.get()
