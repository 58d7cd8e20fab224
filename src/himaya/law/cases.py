"""Hand-worked cases: a person, a date of law, what is expected, by which article and why.

A file is a list of cases that a lawyer can read::

    - case: 3,240 days open the full right
      article: dahir 1-72-184 (3,240 insured days)
      because: 124 months of 26 days and 16 = 3,240 days; 50 % of 5,000 = 2,500
      person: {born: 1960-06-10, career: [[2010-01, 2020-04, 26, 5000], [2020-05, 2020-05, 16, 5000]]}
      law: 2026-10-31
      expect: {insured_days: 3240, entitled: true, replacement_rate: 50 %, monthly_amount: 2500}

``known`` is the date of knowledge; ``unverified`` names, by quantity, the unverified rules and parameters that it
must rest on. In the place of ``person`` may stand ``household``, several persons that links connect: what is expected
of persons is then a list, one value for each, and ``unverified`` names the doubts of any of them. How persons and
households are written is the country's own (``person_of`` of its package).
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from himaya.law.errors import LawError
from himaya.law.exact import Exact, ExactColumn, exact, exact_population
from himaya.law.explain import Node, explain
from himaya.law.links import Members
from himaya.law.parameters import day_number
from himaya.law.ragged import Ragged
from himaya.law.rules import PERSON, Input
from himaya.law.units import DATE, MONTH, SCORE, YEAR, Cases, Unit
from himaya.months import month_of
from himaya.sentence import said
from himaya.yamlfile import lines, load

if TYPE_CHECKING:
    from himaya.law.system import System

IDLE = "idle.yaml"
"""File of a folder of cases that holds none: see :func:`himaya.law.alterations.read_idle`."""
_REQUIRED = ("case", "article", "because", "law", "expect")
_OPTIONAL = ("known", "unverified", "person", "household")


class CaseError(LawError):
    """A case file says something that is no case."""

    code = "law-case"


@dataclass(frozen=True)
class Case:
    """One case, as written; ``person`` may be a household, ``place`` is its file and line."""

    name: str
    article: str
    because: str
    person: Mapping[str, Any]
    law: date
    known: date | None
    expect: Mapping[str, Any]
    unverified: Mapping[str, list[str]]
    place: str


def read_cases(folder: Path) -> list[Case]:
    """The cases of all YAML files of a folder, in order; raises :class:`CaseError` with file and line."""
    return [case for path in sorted(folder.glob("*.yaml")) if path.name != IDLE for case in _read(path)]


def _read(path: Path) -> Iterator[Case]:
    at = lines(path)
    for index, entry in enumerate(load(path) or ()):
        place = f"{path}:{at[(index,)]}"
        if not isinstance(entry, dict):
            raise CaseError("this is no case", where=place, mend=said("A case has: {keys}.", keys=_REQUIRED))
        missing: list[str] = [key for key in _REQUIRED if not entry.get(key)]
        if bool(entry.get("person")) == bool(entry.get("household")):
            missing.append(said("one of person and household"))
        unknown = [str(key) for key in entry if key not in (*_REQUIRED, *_OPTIONAL)]
        if missing or unknown:
            raise _error(repr(entry.get("case")), missing, unknown, place)
        yield Case(
            f"{path.stem}: {entry['case']}",
            str(entry["article"]),
            str(entry["because"]),
            entry.get("person") or entry["household"],
            entry["law"],
            entry.get("known"),
            entry["expect"],
            entry.get("unverified") or {},
            place,
        )


def _error(case: str, missing: list[str], unknown: list[str], place: str) -> CaseError:
    if not unknown:
        what = said("the case {case} lacks {missing}", case=case, missing=missing)
    elif not missing:
        what = said("the case {case} has the unknown {unknown}", case=case, unknown=unknown)
    else:
        what = said(
            "the case {case} lacks {missing} and has the unknown {unknown}",
            case=case,
            missing=missing,
            unknown=unknown,
        )
    return CaseError(what, where=place)


@dataclass
class Outcome:
    """What came of one case: what differs from what is expected, and what of the law it used."""

    case: Case
    failures: list[str] = field(default_factory=list)
    used: set[tuple[str, date | None]] = field(default_factory=set)
    """Rules and parameters used, each with the date since when that version or value holds."""


def run_case(system: System, case: Case, person: Mapping[str, Any]) -> Outcome:
    """Hold a case's expectations against the evaluation with its explanation, and against the exact oracle.

    Parameters
    ----------
    person
        Inputs of one person, as for :func:`~himaya.law.explain`; with links among them those of several, as for
        :func:`~himaya.law.evaluate`.
    """
    outcome = Outcome(case)
    if any(isinstance(given, Members) for given in person.values()):
        _run_household(system, case, person, outcome)
        return outcome
    judged = exact(system, case.expect, person, on=case.law, known=case.known)
    for target, expected in case.expect.items():
        node = explain(system, target, person, on=case.law, known=case.known)
        outcome.used |= set(_used(system, node, case.law))
        wanted = stored(expected, node.unit)
        for who, value in (("the evaluation", node.value), ("the oracle", kept(judged[target]))):
            if value != wanted:
                outcome.failures.append(f"{target}: {who} gives {value}, expected is {wanted}")
        doubts = case.unverified.get(target, [] if node.value is not None else None)
        if doubts is not None and sorted(node.unverified_because) != sorted(doubts):
            outcome.failures.append(
                f"{target} rests on unverified {list(node.unverified_because)}, not {doubts}"
            )
    return outcome


def _run_household(system: System, case: Case, inputs: Mapping[str, Any], outcome: Outcome) -> None:
    links, columns, sizes = several(system, inputs)
    judged = exact_population(system, case.expect, columns, links, sizes, on=case.law, known=case.known)
    for target, expected in case.expect.items():
        shape, judges = system.shapes[target], judged[target].values
        each_wanted = expected if shape.entity == PERSON else [expected]
        if len(each_wanted) != len(judges):
            outcome.failures.append(
                f"{target}: {len(judges)} {shape.entity}s, but {len(each_wanted)} values are expected"
            )
            continue
        doubts: set[str] = set()
        for index, (each, judge) in enumerate(zip(each_wanted, judges, strict=True)):
            node = explain(system, target, inputs, on=case.law, known=case.known, index=index)
            outcome.used |= set(_used(system, node, case.law))
            doubts |= set(node.unverified_because)
            wanted = stored(each, node.unit)
            for who, value in (("the evaluation", node.value), ("the oracle", kept(judge))):
                if value != wanted:
                    outcome.failures.append(
                        f"{target} of {shape.entity} {index}: {who} gives {value}, expected is {wanted}"
                    )
        named = sorted(case.unverified.get(target, ()))
        if sorted(doubts) != named:
            outcome.failures.append(f"{target} rests on unverified {sorted(doubts)}, not {named}")


def several(system: System, inputs: Mapping[str, Any]) -> tuple[dict[str, Any], Any, Mapping[str, int]]:
    """Links, columns of inputs and numbers of persons and groups of a case; one person is a population of one."""
    links = {name: _rows(given) for name, given in inputs.items() if isinstance(given, Members)}
    if not links:
        return links, {name: [given] for name, given in inputs.items()}, defaultdict(lambda: 1)
    columns = {name: _column(given) for name, given in inputs.items() if name not in links}
    return links, columns, {system.shapes[name].entity: len(column) for name, column in columns.items()}


def _rows(link: Members) -> list[tuple[int, int, int | None, int | None]]:
    always = [None] * len(link.members)
    since, until = (always if days is None else days.tolist() for days in (link.since, link.until))
    return list(zip(link.members.tolist(), link.groups.tolist(), since, until, strict=True))


def _column(given: Any) -> list[Any]:
    """An array as a list, None where it is masked; a ragged one as a list of lists."""
    if isinstance(given, Ragged):
        flat = _column(given.values)
        return [flat[a:b] for a, b in itertools.pairwise(given.offsets.tolist())]
    values = np.ma.asarray(given).tolist()
    return list(values)


def kept(judge: Any) -> Any:
    """A result of the exact interpreter as it is kept: of an axis its elements, of several persons one each."""
    if isinstance(judge, Exact):
        return judge.value
    if isinstance(judge, ExactColumn):
        return tuple(kept(each) for each in judge.values)
    return tuple(each.value for each in judge.elements.values())


def _used(system: System, node: Node, on: date) -> Iterator[tuple[str, date | None]]:
    if node.article is not None and node.formula is not None:
        yield node.name, system.rule(node.name, on).valid_from
    for parameter in node.parameters:
        yield parameter.name, parameter.since
    for child in node.children:
        yield from _used(system, child, on)


def stored(expected: Any, unit: Unit) -> Any:
    """An expected value as it is kept: money in centimes, months as numbers, ``"50 %"`` as a share."""
    if isinstance(expected, list):
        return tuple(stored(each, unit) for each in expected)
    if expected is None or isinstance(expected, bool):
        return expected
    if isinstance(unit, Cases):
        return unit[expected]
    if unit is MONTH:
        return month_number(expected)
    if unit is DATE:
        return day_number(expected)
    if unit is YEAR:
        return expected
    scale = 100 if unit.currency else unit.scale if unit is SCORE else 1
    if isinstance(expected, str):  # "50 %" or "1/3"
        text = expected.removesuffix(" %")
        return Fraction(text) / (100 if expected.endswith("%") else 1) * scale
    return Fraction(str(expected)) * scale


def as_column(declared: Input, column: Sequence[Any]) -> Any:
    """An input of several written persons as an evaluation takes it: masked where None; ragged along an axis."""
    kind = np.bool_ if declared.unit.kind == "flag" else np.int64
    if declared.axis is None:
        return _masked(column, kind)
    lists = [each or [] for each in column]
    values = _masked([value for each in lists for value in each], kind)
    return Ragged(values, np.cumsum([0, *(len(each) for each in lists)]))


def as_link(rows: Sequence[tuple[int, int]]) -> Members:
    """Which of several written persons belongs to which, or to which group, as an evaluation takes it."""
    pairs = np.array(rows, np.int64).reshape(-1, 2)
    return Members(pairs[:, 0], pairs[:, 1])


def _masked(values: Sequence[Any], kind: Any) -> Any:
    return np.ma.MaskedArray([v or 0 for v in values], [v is None for v in values], kind)


def month_number(text: str) -> int:
    """Month number of ``"2026-10"``."""
    year, number = text.split("-")
    return month_of(date(int(year), int(number), 1))
