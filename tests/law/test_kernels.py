"""Each compiled loop against a few lines of plain Python, and the arithmetic of exact arrays."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from himaya.law import Ragged, kernels
from himaya.law.errors import CalculationError, InputError
from himaya.law.lazy import Frame
from himaya.law.ragged import RaggedVector
from himaya.law.vector import Vector

LISTS = st.lists(st.lists(st.integers(0, 1000), max_size=30), min_size=1, max_size=6)


def windows(lists):
    offsets = np.cumsum([0, *map(len, lists)])
    return np.array([v for one in lists for v in one], np.int64), offsets[:-1].copy(), offsets[1:].copy()


@given(LISTS)
@settings(deadline=None)
def test_totals_and_unions(lists):
    values, starts, ends = windows(lists)
    assert kernels.window_total(values, starts, ends).tolist() == [sum(one) for one in lists]
    unions = [0] * len(lists)
    for i, one in enumerate(lists):
        for v in one:
            unions[i] |= v
    assert kernels.window_any(values.astype(np.uint64), starts, ends).tolist() == unions


@given(LISTS, st.integers(-5, 1005))
@settings(deadline=None)
def test_lower_bound(lists, bound):
    """Of months with gaps, and of months without."""
    gaps = [sorted(set(one)) for one in lists]
    for own in (gaps, [list(range(one[0], one[0] + len(one))) if one else [] for one in gaps]):
        months, starts, ends = windows(own)
        bounds = np.full(len(own), bound)
        found = kernels.lower_bound(months, starts, ends, bounds)
        assert (found - starts).tolist() == [sum(v < bound for v in one) for one in own]


@given(
    st.lists(st.integers(-50, 50)), st.lists(st.integers(-40, 40), max_size=6).map(lambda x: sorted(set(x)))
)
@settings(deadline=None)
def test_as_of(keys, since):
    found = kernels.as_of(np.array(keys, np.int64), np.array(since, np.int64))
    assert found.tolist() == [sum(s <= key for s in since) - 1 for key in keys]


@given(LISTS, st.integers(1, 5))
@settings(deadline=None)
def test_best_years_and_quarters(lists, most):
    months = [[24_000 + 5 * i for i in range(len(one))] for one in lists]
    values, starts, ends = windows(lists)
    all_months = windows(months)[0]
    sums, taken = kernels.best_years(values, all_months, starts, ends, np.full(len(lists), most))
    quarters = kernels.validated_quarters(values, all_months, np.full(values.size, 700), starts, ends, 4)
    for i, one in enumerate(lists):
        by_year = {}
        for month, value in zip(months[i], one, strict=True):
            by_year[month // 12] = by_year.get(month // 12, 0) + value
        best = sorted(by_year.values(), reverse=True)[:most]
        assert (sums[i], taken[i]) == (sum(best), len(best))
        assert quarters[i] == sum(min(4, total // 700) for total in by_year.values())


@given(LISTS)
@settings(deadline=None)
def test_unsorted_person(lists):
    months, starts, _ = windows(lists)
    offsets = np.append(starts, months.size).astype(np.int64)
    wrong = [i for i, one in enumerate(lists) if any(b <= a for a, b in itertools.pairwise(one))]
    assert kernels.unsorted_person(months, offsets) == (wrong[0] if wrong else -1)


FRACTIONS = st.fractions(min_value=-1000, max_value=1000, max_denominator=96)


@given(st.lists(st.tuples(FRACTIONS, FRACTIONS), min_size=1, max_size=8))
@settings(deadline=None)
def test_exact_arrays_are_fractions(pairs):
    def vector(values):
        return Vector(np.array([v.numerator for v in values]), np.array([v.denominator for v in values]))

    a, b = vector([p[0] for p in pairs]), vector([p[1] for p in pairs])
    for i, (x, y) in enumerate(pairs):
        assert (a + b).fraction(i) == x + y
        assert (a - b).fraction(i) == x - y
        assert (a * b).fraction(i) == x * y
        assert (a / b).fraction(i) == (x / y if y else None)
        assert (a // b).fraction(i) == (x // y if y else None)
        assert (a < b).fraction(i) == (x < y)
        assert (a == b).fraction(i) == (x == y)
        assert Vector.unary("round", a).fraction(i) == (x + Fraction(1, 2)).__floor__()
        assert Vector.unary("ceil", a).fraction(i) == x.__ceil__()


def test_a_number_too_large_is_an_error_not_a_wrong_number():
    big = Vector(np.array([2**40]))
    with pytest.raises(CalculationError, match="62 bits"):
        _ = big * big
    with pytest.raises(CalculationError, match="62 bits"):
        _ = Vector(np.array([2**61])) + Vector(np.array([2**61]))


def test_and_or_take_the_side_that_settles():
    def flag(value, doubt, there=True):
        return Vector(np.array([value]), 1, np.array([doubt], np.uint64), np.array([not there]))

    sure_no, doubtful_yes, unknown = flag(False, 0), flag(True, 1), flag(False, 0, there=False)
    assert ((sure_no & doubtful_yes).doubts[0], (doubtful_yes | sure_no).doubts[0]) == (0, 1)
    assert (sure_no & unknown).fraction(0) is False
    assert (unknown | doubtful_yes).fraction(0) is True
    assert (unknown & doubtful_yes).fraction(0) is None


def test_offsets_must_fit():
    with pytest.raises(InputError, match="end at 3"):
        Ragged(np.arange(2), np.array([0, 3]))
    with pytest.raises(InputError, match="never descend"):
        Ragged(np.arange(2), np.array([0, 2, 1]))


def test_elements_over_denominators_of_their_own_are_summed_and_compared():
    """A half, a third and a quarter; then two fifths."""
    elements = Vector(np.array([1, 1, 1, 2]), np.array([2, 3, 4, 5]))
    offsets = np.array([0, 3, 4])
    ragged = RaggedVector.of(elements, Frame(2, offsets))
    assert [ragged.total().fraction(i) for i in range(2)] == [Fraction(13, 12), Fraction(2, 5)]
    assert ragged.extreme("minimum").fraction(0) == Fraction(1, 4)
    assert ragged.mean_of_best(2, None).fraction(0) == Fraction(5, 12)
    assert ragged.rank(None).elements.num.tolist() == [3, 2, 1, 1]
    many = Vector(np.ones(4, np.int64), np.array([10**15 + 37, 10**15 + 91, 7, 11]))
    with pytest.raises(CalculationError, match="62 bits"):
        replace(ragged, elements=many).total()
