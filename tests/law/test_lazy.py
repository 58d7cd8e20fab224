"""Steps on elements, some persons at a time: each gives what NumPy gives of whole arrays."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from himaya.law import kernels, lazy
from himaya.law.lazy import Frame, Lazy
from himaya.law.machine import Op

STEPS = [
    np.add,
    np.subtract,
    np.multiply,
    np.minimum,
    np.maximum,
    np.less,
    np.less_equal,
    np.greater,
    np.greater_equal,
    np.equal,
    np.not_equal,
]


@pytest.fixture(autouse=True)
def tiles_of_a_few(monkeypatch):
    monkeypatch.setattr(lazy, "TILE", 7)


@st.composite
def careers(draw):
    """Lengths of the careers, and two columns of whole numbers."""
    lengths = draw(st.lists(st.integers(0, 9), min_size=1, max_size=12).filter(any))
    size = sum(lengths)
    columns = [draw(st.lists(st.integers(-300, 300), min_size=size, max_size=size)) for _ in range(2)]
    return np.cumsum([0, *lengths]), *(np.array(column, np.int64) for column in columns)


def check(found, expected):
    """The array, and that it keeps within what was foreseen."""
    assert isinstance(found, Lazy)
    low, high = found.extent
    assert np.array_equal(found.whole(), expected)
    assert found.whole().dtype == expected.dtype
    if found.dtype == np.int64:
        assert low <= expected.min()
        assert expected.max() <= high


@given(careers(), st.integers(-5, 5))
@settings(deadline=None)
def test_each_step(career, number):
    offsets, a, b = career
    frame = Frame.of(offsets)
    for step in STEPS:
        x, y = (Lazy.given(each, frame) for each in (a, b))
        check(step(x, y), step(a, b))
        check(step(x, np.array(number)), step(a, number))
        check(step(number, y), step(number, b))
        check(step(x, b), step(a, b))
    x, y = (Lazy.given(each, frame) for each in (a, b))
    check(-x, -a)
    check(lazy.where(x < y, x, 3), np.where(a < b, a, 3))
    check(lazy.invert(x < y), ~(a < b))
    check((x < y) & (y < 9) | (x == 0), (a < b) & (b < 9) | (a == 0))
    divisor = np.where(b == 0, 1, b)
    check(x // divisor, a // divisor)
    check(lazy.floor(x, np.abs(divisor), 300), a // np.abs(divisor))
    check(lazy.take(np.arange(700) ** 2, x + 300), np.arange(700)[a + 300] ** 2)
    check(lazy.calendar(Op.MONTH_OF, x), kernels.months_of(a))
    check(lazy.calendar(Op.FIRST_DAY, x), kernels.first_days(a))
    person = np.arange(offsets.size - 1)
    check(lazy.spread(person, frame), np.repeat(person, np.diff(offsets)))
    check(lazy.spread(person % 2 == 0, frame), np.repeat(person % 2 == 0, np.diff(offsets)))
    bits = np.uint64(1) << np.uint64(63)
    doubts = np.where(a > 0, bits, np.uint64(0))
    check(lazy.where(x > 0, bits, np.uint64(0)) | Lazy.given(doubts, frame), doubts)


@given(careers(), st.integers(0, 4))
@settings(deadline=None)
def test_each_reduction(career, most):
    offsets, a, b = career
    frame = Frame.of(offsets)
    starts, ends = np.minimum(offsets[:-1] + 1, offsets[1:]), offsets[1:].copy()
    windows = list(zip(starts, ends, strict=True))
    x, y = (Lazy.given(each, frame) for each in (a, b))
    assert lazy.total(x * y, starts, ends).tolist() == [(a[s:e] * b[s:e]).sum() for s, e in windows]
    bits = lazy.where(x > 0, np.uint64(5), np.uint64(2))
    expected = [5 * (a[s:e] > 0).any() | 2 * (a[s:e] <= 0).any() for s, e in windows]
    assert lazy.union(bits, starts, ends).tolist() == expected
    sums, taken = lazy.best(x + y, x < y, np.full(starts.size, most), starts, ends)
    held = [sorted((a + b)[s:e][(a < b)[s:e]], reverse=True)[:most] for s, e in windows]
    assert sums.tolist() == [sum(each) for each in held]
    assert taken.tolist() == [len(each) for each in held]
    sums = x.sums()
    assert (sums[ends] - sums[starts]).tolist() == [a[s:e].sum() for s, e in windows]


def test_what_is_used_again_is_computed_once_and_small_numbers_take_a_byte():
    frame = Frame.of(np.array([0, 10, 25]))
    a = np.arange(25)
    shared = Lazy.given(a, frame) * 5
    shared.keep()
    lazy.total(shared + 1, frame.offsets[:-1], frame.offsets[1:])
    assert not shared.pending
    assert shared.stored().dtype == np.int8
    assert shared.whole().dtype == np.int64
    assert shared.whole().tolist() == (a * 5).tolist()
    assert shared.operands == ()


def test_what_is_no_step_is_done_with_whole_arrays():
    frame = Frame.of(np.array([0, 3]))
    x = Lazy.given(np.array([3, 4, 5]), frame)
    assert (x % 2).tolist() == [1, 0, 1]
    assert np.add.reduce(x) == 12
    assert np.append(x, 1).tolist() == [3, 4, 5, 1]
