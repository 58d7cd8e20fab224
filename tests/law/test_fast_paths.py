"""What is done another way for many values: calendars, division, look-ups through a table, best elements."""

from __future__ import annotations

from datetime import date

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from toyland import family, pension

from himaya.law import Ragged, System, evaluate
from himaya.law.kernels import best_elements, extent, first_days, floors, months_of
from himaya.law.parameters import EPOCH

TOYLAND = System("toyland", [pension], pension.INPUTS)
FAMILY = System("toyland", [family], family.INPUTS, family.LINKS)
MANY = 5_000


def test_months_of_every_day_of_four_centuries():
    days = np.arange(-170_000, 30_000)
    expected = [(EPOCH.toordinal() + day) for day in days.tolist()]
    dates = [date.fromordinal(day) for day in expected]
    assert months_of(days).tolist() == [day.year * 12 + day.month - 1 for day in dates]


def test_first_days_are_the_inverse():
    months = np.arange(1500 * 12, 2500 * 12)
    days = first_days(months)
    assert np.array_equal(months_of(days), months)
    assert np.array_equal(months_of(days - 1), months - 1)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(-(2**53) + 1, 2**53 - 1), st.integers(1, 2**53 - 1)), min_size=1, max_size=20
    ),
    st.integers(1, 2**53 - 1),
)
def test_floors_are_whole_division(pairs, divisor):
    pairs += [(divisor * (2**53 // divisor - 1) + step, divisor) for step in (-1, 0, 1)]
    pairs = [pair for pair in pairs if abs(pair[0]) < 2**53]
    above, below = (np.array(each, np.int64) for each in zip(*pairs, strict=True))
    found = np.empty(above.size, np.int64)
    floors(above, below, found)
    assert found.tolist() == [a // b for a, b in pairs]


@settings(deadline=None)
@given(
    st.lists(st.lists(st.tuples(st.integers(-4, 9), st.booleans()), max_size=12), min_size=1, max_size=8),
    st.integers(0, 8),
    st.sampled_from([1, 20]),
)
def test_best_elements_are_those_of_a_sort(windows, most, times):
    """Few distinct values, so that many are equal."""
    windows = [each * times for each in windows]
    offsets = np.cumsum([0, *map(len, windows)])
    values = np.array([value for each in windows for value, _ in each], np.int64)
    counted = np.array([held for each in windows for _, held in each], np.bool_)
    wanted = np.full(len(windows), most * times)
    sums = best_elements(values, counted, offsets[:-1].copy(), offsets[1:].copy(), wanted)
    best = [sorted((v for v, held in each if held), reverse=True)[: most * times] for each in windows]
    assert sums.tolist() == [sum(each) for each in best]


@settings(deadline=None)
@given(st.lists(st.integers(-(2**62), 2**62), min_size=1, max_size=6))
def test_the_extent_is_from_the_lowest_to_the_highest(values):
    assert extent(np.array(values, np.int64)) == (min(values), max(values))


def test_many_look_ups_are_those_of_few():
    """The same persons at once, through tables, and in small groups, one by one: values, doubts, availability."""
    rng = np.random.default_rng(3)
    born = rng.integers(-16_000, 0, MANY)
    asked = rng.integers(1985 * 12, 2014 * 12, MANY)
    worked = np.sort(rng.integers(1970 * 12, 2000 * 12, (MANY, 4)), axis=1) + np.arange(4)
    months = Ragged(worked.reshape(-1), np.arange(MANY + 1) * 4)
    pay = Ragged(rng.integers(0, 60_000, MANY * 4), months.offsets)
    together = {"born": born, "asked_in": asked, "worked_in": months, "days": pay, "pay": pay}
    targets = ["capped", "amount", "best_pay", "rate"]
    result = evaluate(TOYLAND, targets, together, on=date(2011, 1, 1))
    for first in range(0, MANY, 200):
        few = {name: part(each, first) for name, each in together.items()}
        alone = evaluate(TOYLAND, targets, few, on=date(2011, 1, 1))
        for name in targets:
            own = slice(first * 4, first * 4 + 800) if name == "capped" else slice(first, first + 200)
            for column in ("values", "available", "doubts"):
                assert np.array_equal(getattr(alone[name], column), getattr(result[name], column)[own]), name


def test_many_look_ups_by_two_axes():
    rng = np.random.default_rng(4)
    born = np.sort(rng.integers(-14_000, 14_000, MANY))
    years = Ragged(np.tile(np.arange(1955, 1965), MANY), np.arange(MANY + 1) * 10)
    earned = Ragged(rng.integers(0, 20_000, MANY * 10), years.offsets)
    together = {"born": born, "years": years, "earned": earned}
    result = evaluate(FAMILY, ["best"], together, on=date(2005, 1, 1))["best"]
    for first in range(0, MANY, 500):
        few = {
            name: Ragged(each.values[first * 10 : first * 10 + 1000], np.arange(101) * 10)
            if isinstance(each, Ragged)
            else each[first : first + 100]
            for name, each in together.items()
        }
        alone = evaluate(FAMILY, ["best"], few, on=date(2005, 1, 1))["best"]
        assert np.array_equal(alone.values, result.values[first : first + 100])
        assert np.array_equal(alone.doubts, result.doubts[first : first + 100])


def part(given_, first):
    if isinstance(given_, Ragged):
        return Ragged(given_.values[first * 4 : first * 4 + 800], np.arange(201) * 4)
    return given_[first : first + 200]


def test_narrow_numbers_are_read_as_they_are():
    """Years of two bytes, pay of four, days of one: the same results, nothing made longer first."""
    rng = np.random.default_rng(5)
    offsets = np.arange(MANY + 1) * 4
    worked = np.sort(rng.integers(1970 * 12, 2000 * 12, (MANY, 4)), axis=1) + np.arange(4)
    wide = {
        "born": rng.integers(-16_000, 0, MANY),
        "asked_in": rng.integers(1985 * 12, 2014 * 12, MANY),
        "worked_in": Ragged(worked.reshape(-1), offsets),
        "days": Ragged(rng.integers(0, 31, MANY * 4), offsets),
        "pay": Ragged(rng.integers(0, 60_000, MANY * 4), offsets),
    }
    kinds = {"worked_in": np.int16, "days": np.int8, "pay": np.int32}
    narrow = wide | {name: Ragged(wide[name].values.astype(kind), offsets) for name, kind in kinds.items()}
    assert np.array_equal(narrow["worked_in"].values, wide["worked_in"].values)
    targets = list(TOYLAND.versions)
    one, other = (evaluate(TOYLAND, targets, inputs, on=date(2011, 1, 1)) for inputs in (wide, narrow))
    for name in targets:
        for column in ("values", "available", "doubts"):
            assert np.array_equal(getattr(one[name], column), getattr(other[name], column)), name
