"""What a rule looked at while it ran: parameters in force, and which elements of the careers."""

from __future__ import annotations

from bisect import bisect_right
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, timedelta
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


@dataclass
class Trace:
    """Collected for one rule, of all persons at once."""

    looks: list[Look] = field(default_factory=list)
    windows: list[tuple[NDArray[Any], NDArray[Any], NDArray[Any]]] = field(default_factory=list)
    """Windows that were reduced: starts, ends, offsets."""
    crossings: list[Crossing] = field(default_factory=list)
    brackets: list[tuple[str, Any]] = field(default_factory=list)
    """Scales by name of the parameter, and what was looked up in them: a value or an array for each."""

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
        return tuple(sorted(used))

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


def current() -> Trace | None:
    """The trace being collected, or None: the usual case, in which nothing is recorded."""
    return _current.get()
