"""Random laws: valid rule graphs, built backwards from a wanted unit, evaluated by all three kinds alike.

Each example writes a module of rules with its parameters, assembles it (so that the static check has to accept it),
and evaluates it on random persons: on arrays, one by one with an explanation, and by the exact oracle. Values,
availability and doubts must agree, to the last digit.
"""

from __future__ import annotations

import importlib.util
import itertools
import sys
import tempfile
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from himaya.law import DATE, DAYS, FLAG, MONTH, Input, Ragged, System, evaluate, explain, lazy, money, program
from himaya.law.errors import CalculationError
from himaya.law.exact import exact

LABELS = {"en": "x", "fr": "x", "ar": "x"}
TOY = money("TOY")
INPUTS = (
    Input("born", DATE, labels=LABELS),
    Input("asked", DATE, optional=True, labels=LABELS),
    Input("ill", FLAG, default=False, labels=LABELS),
    Input("income", TOY, optional=True, labels=LABELS),
    Input("months", MONTH, axis="month", labels=LABELS),
    Input("days", DAYS, axis="month", labels=LABELS),
    Input("pay", TOY, axis="month", labels=LABELS),
)
HEAD = """
from himaya.law import *
from himaya.law.values import minimum, maximum
TOY = money("TOY")
L = {"en": "x", "fr": "x", "ar": "x"}
"""
UNITS = {
    "money": "TOY",
    "days": "DAYS",
    "share": "SHARE",
    "date": "DATE",
    "month": "MONTH",
    "flag": "FLAG",
    "months": "MONTHS",
}
ALONG = {"money": "pay", "days": "days", "month": "months"}
PARAMETERS = {
    "money": ("floor", "TOY", [0, 100.5, 2500]),
    "days": ("needed", "days", [10, 100, 216]),
    "share": ("rate", "percent", [50, 33.25, 3]),
    "months": ("last", "months", [1, 3, 96]),
}
numbers = itertools.count()


class Law:
    """A law that grows rule by rule; ``known`` are quantities by (unit, along the months)."""

    def __init__(self, draw):
        self.draw = draw
        self.known = {
            ("date", False): ["born", "asked", "law_date"],
            ("flag", False): ["ill"],
            ("money", False): ["income"],
            ("money", True): ["pay"],
            ("days", True): ["days"],
            ("month", True): ["months"],
        }
        self.rules = []

    def pick(self, *choices):
        return self.draw(st.sampled_from(choices))

    def term(self, unit, along, depth):
        """An expression of a unit, and the names that it uses."""
        if depth <= 0 or self.draw(st.integers(0, 3)) == 0:
            return self.leaf(unit, along)
        makers = self.along if along else self.single
        return self.pick(*makers(unit))(depth - 1)

    def leaf(self, unit, along):
        names = self.known.get((unit, along), [])
        parameter = unit in PARAMETERS and (not names or self.draw(st.booleans()))
        if along and unit in PARAMETERS:
            # A parameter by month of the career.
            return f"law.in_month(months).{PARAMETERS[unit][0]}" if parameter else self.pick(*names)
        if parameter:
            when = self.pick("law", "law.at(born)")
            return f"{when}.{PARAMETERS[unit][0]}"
        if names:
            return self.pick(*names)
        if along:
            return {"flag": "(days > 10)", "share": "law.in_month(months).rate", "date": "first_day(months)"}[
                unit
            ]
        return {"month": "month_of(born)", "flag": "available(asked)", "months": "count(months)"}[unit]

    def single(self, unit):
        t = self.term
        same = [
            lambda d: f"where({t('flag', False, d)}, {t(unit, False, d)}, {t(unit, False, d)})",
            lambda d: (
                f"otherwise(only_where({t(unit, False, d)}, {t('flag', False, d)}), {t(unit, False, d)})"
            ),
        ]
        if unit == "flag":
            return [
                lambda d: f"({t('flag', False, d)} {self.pick('&', '|')} {t('flag', False, d)})",
                lambda d: f"~{t('flag', False, d)}",
                lambda d: (
                    f"({t('money', False, d)} {self.pick('<', '<=', '>=', '==')} {t('money', False, d)})"
                ),
                lambda d: f"({t('date', False, d)} {self.pick('<', '>')} {t('date', False, d)})",
                lambda d: f"available({t(self.pick('money', 'date'), False, d)})",
            ]
        if unit == "date":
            return [
                *same,
                lambda d: f"add_months({t('date', False, d)}, {t('months', False, 0)})",
                lambda d: f"first_day({t('month', False, d)})",
            ]
        if unit == "month":
            return [
                *same,
                lambda d: f"month_of({t('date', False, d)})",
                lambda d: f"({t('month', False, d)} + {t('months', False, 0)})",
                lambda d: f"{self.pick('last', 'first', 'highest')}({self.window('months', d)})",
            ]
        if unit == "months":
            return [
                *same,
                lambda d: f"count({self.window('months', d)})",
                lambda d: f"({t('month', False, d)} - {t('month', False, d)})",
            ]
        if unit == "share":
            return [
                *same,
                lambda d: f"minimum({t('share', False, d)}, {t('share', False, d)})",
                lambda d: f"({t('share', False, d)} + {t('share', False, d)})",
            ]
        reduced = [
            lambda d: f"total({self.window(self.long(unit, d), d)})",
            lambda d: (
                f"{self.pick('highest', 'lowest', 'first', 'last')}({self.window(self.long(unit, d), d)})"
            ),
        ]
        made = [
            *same,
            *reduced,
            lambda d: f"({t(unit, False, d)} {self.pick('+', '-')} {t(unit, False, d)})",
            lambda d: f"{self.pick('minimum', 'maximum')}({t(unit, False, d)}, {t(unit, False, d)})",
        ]
        if unit == "money":
            made += [
                lambda d: f"round_to_centime({t('money', False, d)} * {t('share', False, 0)})",
                lambda d: f"round_down({t('money', False, d)}, law.floor)",
                lambda d: (
                    f"mean_of_best({self.window(self.long('money', d), d)}, law.last, among={t('flag', True, 0)})"
                ),
            ]
        return made

    def along(self, unit):
        t = self.term
        same = [
            lambda d: f"where({t('flag', True, d)}, {t(unit, True, d)}, {t(unit, self.pick(True, False), d)})"
        ]
        if unit == "money":
            same.append(lambda d: f"rolling_total({self.long('money', d)}, months, law.last)")
        if unit == "flag":
            return [
                lambda d: f"({t('money', True, d)} >= {t('money', self.pick(True, False), d)})",
                lambda d: f"({t('days', True, d)} > {t('days', self.pick(True, False), d)})",
                lambda d: f"({t('flag', True, d)} & {t('flag', False, d)})",
            ]
        if unit == "money":
            return [
                *same,
                lambda d: f"minimum({t('money', True, d)}, {t('money', self.pick(True, False), d)})",
                lambda d: f"({t('money', True, d)} + {t('money', True, d)})",
                lambda d: f"round_to_centime({t('money', True, d)} * {t('share', True, 0)})",
            ]
        if unit == "days":
            return [*same, lambda d: f"maximum({t('days', True, d)}, {t('days', True, d)})"]
        return [lambda _: self.leaf(unit, True)]

    def long(self, unit, depth):
        # Where an operand is the same for all months the whole must still have one value a month.
        term = self.term(unit, True, depth)
        return f"({term} + 0 * {ALONG[unit]})" if unit == "money" else f"({term} + 0 * days)"

    def window(self, term, depth):
        shape = self.draw(st.integers(0, 3))
        if shape == 0:
            return f"between({term}, months, before={self.term('month', False, depth)})"
        if shape == 1:
            return f"between({term}, months, since={self.term('month', False, depth)})"
        return f"latest({term}, law.last)" if shape == 2 else term

    def add(self):
        unit = self.pick("money", "money", "days", "flag", "date", "months", "share")
        along = unit in {"money", "days"} and self.draw(st.integers(0, 3)) == 0
        body = self.long(unit, 2) if along else self.term(unit, False, 3)
        name = f"rule_{len(self.rules)}"
        every = [n for names in self.known.values() for n in names] + ["law", "months", "days", "pay"]
        words = set(
            body.replace("(", " ")
            .replace(")", " ")
            .replace(".", " ")
            .replace(",", " ")
            .replace("~", " ")
            .replace("=", " ")
            .split()
        )
        arguments = [n for n in dict.fromkeys(every) if n in words]
        verified = self.draw(st.integers(0, 5)) > 0
        extra = "" if verified else ', verified=False, note="n"'
        self.rules.append(
            f'@rule(article="s. {len(self.rules)}", unit={UNITS[unit]}, labels=L{extra})\n'
            f"def {name}({', '.join(arguments)}):\n    return {body}\n"
        )
        self.known.setdefault((unit, along), []).append(name)


@st.composite
def laws(draw):
    """A system of a few rules, each made of the ones before it."""
    law = Law(draw)
    for _ in range(draw(st.integers(1, 6))):
        law.add()
    lines = []
    for name, unit, values in PARAMETERS.values():
        start = draw(st.sampled_from(["1900-01-01", "1995-06-15"]))
        doubt = draw(st.booleans())
        lines.append(f"{name}:\n  unit: {unit}\n  label: {{en: x, fr: x, ar: x}}\n  values:")
        lines.append(
            f"    - {{from: {start}, value: {values[0] or values[1]}, article: a, verified: {str(not doubt).lower()}, note: n}}"
        )
        lines.append(f"    - {{from: 2001-01-01, value: {values[1]}, article: b}}")
    return "\n".join(law.rules), "\n".join(lines)


@st.composite
def persons(draw):
    def person():
        months = sorted(draw(st.sets(st.integers(1994 * 12, 2003 * 12), max_size=8)))
        size = len(months)
        return {
            "born": draw(st.integers(-7000, 12_000)),
            "asked": draw(st.none() | st.integers(9_000, 13_000)),
            "ill": draw(st.none() | st.booleans()),
            "income": draw(st.none() | st.integers(0, 300_000)),
            "months": months,
            "days": draw(st.lists(st.integers(0, 31), min_size=size, max_size=size)),
            "pay": draw(st.lists(st.integers(0, 600_000), min_size=size, max_size=size)),
        }

    return [person() for _ in range(draw(st.integers(1, 3)))]


def assembled(rules, parameters, folder):
    name = f"random_law_{next(numbers)}"
    path = Path(folder) / "law.py"
    path.write_text(HEAD + rules, encoding="utf-8")
    path.with_suffix(".yaml").write_text(parameters, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return System("random", [module], INPUTS)


def arrays(people):
    offsets = np.cumsum([0, *(len(p["months"]) for p in people)])
    given_ = {
        n: Ragged(np.array([v for p in people for v in p[n]], np.int64), offsets)
        for n in ("months", "days", "pay")
    }
    given_["born"] = np.array([p["born"] for p in people])
    for name, kind in (("asked", np.int64), ("income", np.int64), ("ill", np.bool_)):
        column = [p[name] for p in people]
        given_[name] = np.ma.array(np.array([v or 0 for v in column], kind), mask=[v is None for v in column])
    return given_


@contextmanager
def by_tiles(*, persons):
    """Small arrays as large ones are: elements, or persons too, step by step and some persons at a time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lazy, "MANY_ELEMENTS", 1)
        if persons:
            patch.setattr(lazy, "MANY_PERSONS", 1)
        patch.setattr(program, "TILE", 4)
        patch.setattr(program, "ROWS", 2)
        yield


@given(
    law=laws(), people=persons(), on=st.sampled_from([date(2000, 12, 31), date(2001, 1, 1), date(1994, 1, 1)])
)
@settings(max_examples=200, deadline=None)
def test_random_laws_are_evaluated_alike(law, people, on):
    with tempfile.TemporaryDirectory() as folder:
        system = assembled(*law, folder)
        targets = [name for name in system.versions if system.shapes[name].axis is None]
        try:
            together = evaluate(system, targets, arrays(people), on=on)
        except CalculationError as refused:
            # What does not fit the exact arrays is refused; anything else would be a fault.
            if "62 bits" not in refused.what:
                raise
            for all_of_it in (False, True):
                with by_tiles(persons=all_of_it), pytest.raises(CalculationError, match="62 bits"):
                    evaluate(system, targets, arrays(people), on=on)
            return
        for all_of_it in (False, True):
            with by_tiles(persons=all_of_it):
                tiled = evaluate(system, targets, arrays(people), on=on)
            for target in targets:
                for column in ("values", "available", "doubts"):
                    one, other = getattr(together[target], column), getattr(tiled[target], column)
                    assert np.array_equal(one, other), law[0]
            assert together.gaps == tiled.gaps
        for index, person in enumerate(people):
            judged = exact(system, targets, person, on=on)
            for target in targets:
                judge, result = judged[target], together[target]
                assert result.exact.fraction(index) == judge.value, law[0]
                if judge.value is not None:
                    assert set(result.unverified_because(index)) == judge.doubts, law[0]
            if targets:
                node = explain(system, targets[-1], person, on=on)
                assert node.value == judged[targets[-1]].value
