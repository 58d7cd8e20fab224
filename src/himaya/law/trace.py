"""What a rule looked at while it ran: parameters in force, and which elements of the career."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from himaya.law.parameters import Dated, Parameter


@dataclass
class Trace:
    """Collected for one rule of one person."""

    parameters: dict[tuple[str, date], tuple[Parameter, Dated | None]] = field(default_factory=dict)
    evidence: set[int] = field(default_factory=set)


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
