"""Rules and inputs: what a country's law is written with."""

from __future__ import annotations

import ast
import inspect
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from himaya.law.errors import InputError, RuleError, ValidityError
from himaya.sentence import said

if TYPE_CHECKING:
    from collections.abc import Callable

    from himaya.law.units import Languages, Unit


PERSON = "person"
"""The entity that most quantities belong to."""


@dataclass(frozen=True)
class Rule:
    """One rule of the law: a pure function whose argument names are rules, inputs or groups of parameters.

    Made by :func:`rule`. Calling it calls the function.
    """

    name: str
    function: Callable[..., Any] = field(repr=False)
    unit: Unit
    article: str
    valid_from: date | None
    valid_to: date | None
    verified: bool
    note: str | None
    labels: Languages | None

    def __call__(self, *arguments: Any) -> Any:
        """Evaluate the function itself."""
        return self.function(*arguments)

    @cached_property
    def arguments(self) -> tuple[str, ...]:
        """Names that the rule depends on."""
        return tuple(inspect.signature(self.function).parameters)

    @property
    def text(self) -> str:
        """First paragraph of the docstring: the formula in words."""
        return " ".join((inspect.getdoc(self.function) or "").split("\n\n")[0].split())

    @cached_property
    def path(self) -> Path:
        """File of the function."""
        return Path(self.function.__code__.co_filename)

    @cached_property
    def place(self) -> str:
        """File and line of the function."""
        return f"{self.path}:{self.function.__code__.co_firstlineno}"

    def in_force(self, on: date) -> bool:
        """Whether this version is the law on a date; both ends are included."""
        after = self.valid_from is None or self.valid_from <= on
        return after and (self.valid_to is None or on <= self.valid_to)


def rule(
    *,
    article: str,
    unit: Unit,
    name: str | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
    verified: bool = True,
    note: str | None = None,
    labels: Languages | None = None,
) -> Callable[[Callable[..., Any]], Rule]:
    """Make a function a rule.

    Parameters
    ----------
    article
        The text of law (or, until that was read, the source) that the rule follows.
    unit
        Unit of the result; checked against the function.
    name
        Name of the quantity, where it is not that of the function: for a second version with other dates.
    valid_from, valid_to
        First and last day of this version. None: open.
    verified
        False if the rule was not found in the law; every result that rests on it then says so.
    note
        Why it is not verified, or what a reader must know; in French and Arabic in ``<module>.labels.yaml``.
    labels
        Short label by language; usually in ``<module>.labels.yaml`` beside the module instead.
    """

    def make(function: Callable[..., Any]) -> Rule:
        place = f"{function.__code__.co_filename}:{function.__code__.co_firstlineno}"
        _refuse_second(function, place)
        if valid_from is not None and valid_to is not None and valid_from > valid_to:
            raise ValidityError(
                said(
                    "rule {name} is valid from {first} to {last}, which is no day",
                    name=name or function.__name__,
                    first=valid_from,
                    last=valid_to,
                ),
                where=place,
                mend="valid_from comes before valid_to, or is the same day.",
            )
        for parameter in inspect.signature(function).parameters.values():
            if (
                parameter.kind is not parameter.POSITIONAL_OR_KEYWORD
                or parameter.default is not parameter.empty
            ):
                raise RuleError(
                    said(
                        "argument '{argument}' of rule {name} must be a plain name",
                        argument=parameter.name,
                        name=name or function.__name__,
                    ),
                    where=place,
                    mend="Arguments are dependencies: no defaults, no * and no **.",
                )
        return Rule(
            name or function.__name__, function, unit, article, valid_from, valid_to, verified, note, labels
        )

    return make


def _refuse_second(function: Callable[..., Any], place: str) -> None:
    """Refuse a second rule of one function name in a module, which would silently take the place of the first."""
    first = function.__globals__.get(function.__name__)
    if not isinstance(first, Rule) or first.function.__module__ != function.__module__:
        return
    try:
        text = Path(function.__code__.co_filename).read_text(encoding="utf-8")
    except OSError:  # written at a prompt, where a second definition is a correction
        return
    # A module that is loaded again meets its own earlier rules: what counts is what its file says.
    same = [
        each
        for each in ast.parse(text).body
        if isinstance(each, ast.FunctionDef) and each.name == function.__name__ and each.decorator_list
    ]
    if len(same) > 1:
        raise RuleError(
            said("two rules of one module are called {name}", name=function.__name__),
            where=place,
            why=said(
                "the other stands in {place}",
                place=f"{function.__code__.co_filename}:{same[0].decorator_list[0].lineno}",
            ),
            mend="Rename one; a second version has another function name, 'name=' and dates.",
        )


@dataclass(frozen=True)
class Input:
    """A quantity that the caller gives.

    Parameters
    ----------
    unit
        Its unit; money in centimes, dates as days since 1970-01-01, months as year x 12 + month - 1.
    axis
        What each person has an array of, one element for each: ``month``, ``year``, ``child`` …; None for one
        value a person. Inputs of one axis have the same elements in the same order; elements of a unit ``month``
        or ``year`` ascend.
    optional
        Whether it may be missing, for some persons or for all.
    default
        Value where it is not given, instead of missing; along an axis, for each element that another input has.
    entity
        Whose it is: a person's, a household's …
    at_least, at_most
        What it may be, or each element of it, as stored (money in centimes); None: anything. What is outside is
        refused with the person.
    """

    name: str
    unit: Unit
    axis: str | None = None
    optional: bool = False
    default: int | bool | None = None
    labels: Languages | None = None
    entity: str = PERSON
    at_least: int | None = None
    at_most: int | None = None

    @property
    def needed(self) -> bool:
        """Whether every person must have it."""
        return not self.optional and self.default is None


@dataclass(frozen=True)
class Link:
    """A relation that the caller gives as :class:`~himaya.law.Members`: each member belongs to a group.

    Parameters
    ----------
    name
        How rules call it: ``household``, ``spouse``, ``parent``.
    members, groups
        The two entities: a person belongs to a household; a person to a spouse or a parent, who is a person too.
    optional
        Whether it may be left out: then nobody belongs to anybody, and what only the link reaches is not asked for.
    """

    name: str
    members: str = PERSON
    groups: str = PERSON
    labels: Languages | None = None
    optional: bool = False


LAW_DATE = "law_date"
"""The date of law of the evaluation, an input that every system has."""


def plain_day(day: Any, what: str) -> None:
    """Refuse what is no date: a text, or a time of a day, which cannot be compared with one."""
    if type(day) is not date:
        raise InputError(
            said("{what} is {value}, not a date", what=what, value=repr(day)), mend="Give a datetime.date."
        )
