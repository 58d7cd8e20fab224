"""Back-pay: what is owed for past months because the law, or what is known of a person, became known later.

The same months are asked twice, as seen on an earlier and on a later day: the amounts that were due by what was
known then, and those that are due by what is known now. The difference, month by month, is the back-pay; a
negative one was paid in excess.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from himaya import language
from himaya.law.compare import Change, changes
from himaya.law.elements import Elements
from himaya.law.errors import InputError
from himaya.law.evaluate import evaluate
from himaya.law.explain import Node, explain
from himaya.law.inputs import Inputs
from himaya.law.phrases import cited, counted, format_value, phrase
from himaya.law.units import money
from himaya.months import first_day
from himaya.sentence import said

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from himaya.language import Language
    from himaya.law.system import System
    from himaya.law.units import Languages, Unit


@dataclass(frozen=True)
class State:
    """What is known on one day: of the persons, and of the law (None: all that was ever decided)."""

    inputs: Mapping[str, Any]
    known: date | None


@dataclass(frozen=True)
class Stretch:
    """Consecutive months with the same two amounts.

    Parameters
    ----------
    first, last
        Month numbers, both included.
    before, after
        What was due a month by the earlier and by the later state, in centimes; 0 where nothing was.
    changes
        Why the two differ, in the first of these months.
    """

    first: int
    last: int
    before: int
    after: int
    changes: tuple[Change, ...]

    @property
    def months(self) -> int:
        """How many."""
        return self.last - self.first + 1

    @property
    def owed(self) -> int:
        """Back-pay of these months, in centimes."""
        return self.months * (self.after - self.before)


@dataclass(frozen=True)
class BackPay:
    """The back-pay of one person and how it comes about."""

    target: str
    stretches: tuple[Stretch, ...]
    unverified_because: tuple[str, ...]
    """Unverified rules and parameters that an amount of either side rests on."""
    labels: Languages
    """What the target is called."""
    unit: Unit
    """An amount of money a month."""

    @property
    def total(self) -> int:
        """All of it, in centimes."""
        return sum(each.owed for each in self.stretches)

    def render(self, lang: Language = "en") -> list[str]:
        """All of it as lines of plain text: the sum, then each stretch that differs, with what it comes from."""
        lines = [_say("total", lang, label=self.labels[lang], amount=self._money(self.total, lang))]
        for each in self.stretches:
            if each.owed:
                lines += [f"  {line}" for line in self._stretch(each, lang)]
        if self.unverified_because:
            names = language.listing(self.unverified_because, lang)
            lines.append(f"  ! {phrase('unverified', lang)}{phrase('colon', lang)}{names}")
        return [language.typeset(line, lang) for line in lines]

    def _stretch(self, each: Stretch, lang: Language) -> Iterator[str]:
        yield _say(
            "stretch",
            lang,
            first=language.month(each.first, lang),
            last=language.month(each.last, lang),
            months=counted(each.months, "months", lang),
            before=format_value(Fraction(each.before), self.unit, lang),
            after=format_value(Fraction(each.after), self.unit, lang),
            amount=self._money(each.owed, lang),
        )
        for change in each.changes:
            if change.cause == "result":
                continue
            values = [
                counted(len(value), "values", lang)
                if isinstance(value, Elements)
                else format_value(value, change.unit, lang)
                for value in (change.before, change.after)
            ]
            label = change.labels[lang]
            told = (
                label
                if values[0] == values[1]
                else _say("change", lang, label=label, before=values[0], after=values[1])
            )
            yield f"  · {told} [{cited(change.article, lang)}]" if change.article else f"  · {told}"

    def _money(self, centimes: int, lang: Language) -> str:
        return format_value(Fraction(centimes), money(str(self.unit.currency)), lang)


def _say(key: str, lang: Language, **values: str) -> str:
    return language.text(f"law.back_pay.{key}", lang, **values)


def back_pay(system: System, target: str, before: State, after: State, *, first: int, last: int) -> BackPay:
    """The back-pay of one person for the months from ``first`` to ``last``, with its explanation.

    Parameters
    ----------
    system, target
        The law, and an amount of money a month.
    before, after
        The two states of knowledge; inputs as for :func:`~himaya.law.explain`.
    first, last
        Month numbers (year x 12 + month - 1), both included; each is asked on its first day.
    """
    _check(system, target, first, last)

    def moved(name: str) -> bool:
        parameter = system.parameter(name)
        return parameter.visible(before.known) != parameter.visible(after.known)

    stretches: list[Stretch] = []
    doubts: dict[str, None] = {}
    for month in range(first, last + 1):
        old, new = (_node(system, target, state, month) for state in (before, after))
        doubts |= dict.fromkeys((*old.unverified_because, *new.unverified_because))
        amounts = _centimes(old), _centimes(new)
        if stretches and (stretches[-1].before, stretches[-1].after) == amounts:
            previous = stretches[-1]
            stretches[-1] = Stretch(previous.first, month, *amounts, previous.changes)
        else:
            stretches.append(Stretch(month, month, *amounts, tuple(changes(old, new, moved=moved))))
    unit = system.rule(target, first_day(first)).unit
    return BackPay(target, tuple(stretches), tuple(doubts), system.labels[target], unit)


def back_pay_of_all(
    system: System, target: str, before: State, after: State, *, first: int, last: int
) -> NDArray[np.int64]:
    """The back-pay of many persons, in centimes. Shape ``(persons,)``.

    Parameters are those of :func:`back_pay`, inputs as for :func:`~himaya.law.evaluate`.
    """
    _check(system, target, first, last)
    owed: NDArray[np.int64] | None = None
    for month in range(first, last + 1):
        old, new = (_due(system, target, state, month) for state in (before, after))
        owed = new - old if owed is None else owed + new - old
    assert owed is not None
    return owed


def _check(system: System, target: str, first: int, last: int) -> None:
    if first > last:
        raise InputError(
            said("back-pay from {first} to {last} has no month", first=first_day(first), last=first_day(last))
        )
    unit = system.rule(target, first_day(first)).unit
    if not unit.currency or ("month", -1) not in unit.dimensions:
        raise InputError(
            said("{target} is in {unit}, not in money a month", target=target, unit=unit.name),
            mend="Ask for an amount that is paid by month.",
        )


def _node(system: System, target: str, state: State, month: int) -> Node:
    return explain(system, target, state.inputs, on=first_day(month), known=state.known)


def _centimes(node: Node) -> int:
    value = node.value
    return 0 if value is None or isinstance(value, Elements) else round(value)


def _due(system: System, target: str, state: State, month: int) -> NDArray[np.int64]:
    inputs: Inputs = state.inputs
    return evaluate(system, [target], inputs, on=first_day(month), known=state.known)[target].rounded()
