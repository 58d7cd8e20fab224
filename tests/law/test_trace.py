"""What an explanation notes of a rule agrees with what the kernels computed."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from himaya.law import mean_of_best, mean_of_best_years
from himaya.law.lazy import Frame
from himaya.law.phrases import listed, spans
from himaya.law.ragged import RaggedVector
from himaya.law.trace import tracing
from himaya.law.units import DAYS, MONTH, YEAR
from himaya.law.vector import Vector

people = st.lists(st.lists(st.tuples(st.integers(-5, 5), st.booleans()), max_size=30), min_size=1, max_size=4)


def ragged(rows, of, kind=np.int64):
    offsets = np.cumsum([0, *map(len, rows)])
    values = np.array([of(at, each) for row in rows for at, each in enumerate(row)], kind)
    return RaggedVector.of(Vector(values), Frame(offsets.size - 1, offsets))


def of_one(choices, index):
    return dict(choices[0].of(index))


@given(people, st.integers(1, 6))
def test_the_best_that_are_named_are_those_whose_mean_was_taken(rows, number):
    values, counts = ragged(rows, lambda _, each: each[0]), ragged(rows, lambda _, each: each[1], np.bool_)
    with tracing() as seen:
        mean = mean_of_best(values, number, among=counts)
    for index, row in enumerate(rows):
        taken = of_one(seen.choices, index)
        assert seen.evidence(index) == tuple(taken), "and not the window that they were looked for in"
        assert len(taken) == min(number, sum(counted for _, counted in row))
        assert all(row[at] == (value, True) for at, value in taken.items())
        assert mean.fraction(index) == (Fraction(sum(taken.values())) / len(taken) if taken else None)


@given(people, st.integers(1, 3))
def test_of_the_best_years_each_month_is_named(rows, number):
    values, months = ragged(rows, lambda _, each: each[0]), ragged(rows, lambda at, _: 2000 * 12 + 5 + at)
    with tracing() as seen:
        mean = mean_of_best_years(values, months, number)
    for index, row in enumerate(rows):
        taken = of_one(seen.choices, index)
        years = {(5 + at) // 12 for at in taken}
        assert set(taken) == {at for at in range(len(row)) if (5 + at) // 12 in years}
        assert mean.fraction(index) == (Fraction(sum(taken.values())) / len(years) if taken else None)


def test_without_an_explanation_nothing_is_noted():
    with tracing() as seen:
        pass
    mean_of_best(ragged([[(1, True)]], lambda _, each: each[0]), 1)
    assert not seen.choices


def test_years_and_months_without_a_gap_are_one_stretch():
    assert spans([1984, 1985, 1986, 1990], YEAR, "en") == "1984\u20131986, 1990"
    assert spans([1984, 1985], YEAR, "ar") == "\u20661984\u20131985\u2069"
    assert spans([24000, 24001, 24003], MONTH, "fr") == (
        "janvier\u00a02000 \u2013 février\u00a02000, avril\u00a02000"
    )
    assert listed([1984, 1985, 1987], [Fraction(1), Fraction(1), Fraction(1)], YEAR, DAYS, "en") == [
        "1984\u20131985: 1 day",
        "1987: 1 day",
    ]
