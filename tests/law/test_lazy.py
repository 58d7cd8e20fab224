"""Steps on elements, some persons at a time: each gives what NumPy gives of whole arrays."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from himaya.law import kernels, lazy, machine, program
from himaya.law.lazy import Frame, Lazy
from himaya.law.lazy import given as given_
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
    monkeypatch.setattr(program, "TILE", 7)
    monkeypatch.setattr(program, "ROWS", 3)
    monkeypatch.setattr(lazy, "MANY_PERSONS", 1)


@st.composite
def careers(draw):
    """Lengths of the careers, and two columns of whole numbers."""
    lengths = draw(st.lists(st.integers(0, 9), min_size=1, max_size=12).filter(any))
    size = sum(lengths)
    columns = [draw(st.lists(st.integers(-300, 300), min_size=size, max_size=size)) for _ in range(2)]
    return np.cumsum([0, *lengths]), *(np.array(column, np.int64) for column in columns)


def check(found, expected):
    """The array, and that it keeps within what was foreseen; what can have one value only is that value."""
    low, high = lazy.extent(found)
    assert np.array_equal(np.broadcast_to(np.asarray(found), expected.shape), expected)
    assert found.dtype == expected.dtype
    if found.dtype == np.int64:
        assert low <= expected.min()
        assert expected.max() <= high


@given(careers(), st.integers(-5, 5))
@settings(deadline=None)
def test_each_step(career, number):
    offsets, a, b = career
    persons = offsets.size - 1
    for frame in (Frame(persons, offsets), Frame(a.size)):
        each_step(frame, a, b, number)
    frame = Frame(persons, offsets)
    for values in (np.arange(persons), np.arange(persons) % 2 == 0):
        for person in (values, given_(values, Frame(persons))):
            check(lazy.spread(person, frame), np.repeat(values, np.diff(offsets)))


def each_step(frame, a, b, number):
    for step in STEPS:
        x, y = (given_(each, frame) for each in (a, b))
        check(step(x, y), step(a, b))
        check(step(x, np.array(number)), step(a, number))
        check(step(number, y), step(number, b))
        check(step(x, b), step(a, b))
    x, y = (given_(each, frame) for each in (a, b))
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
    since = np.array([-250, -3, 0, 7])
    check(lazy.as_of(x, since), np.searchsorted(since, a, side="right") - 1)
    bits = np.uint64(1) << np.uint64(63)
    doubts = np.where(a > 0, bits, np.uint64(0))
    check(lazy.where(x > 0, bits, np.uint64(0)) | given_(doubts, frame), doubts)


@given(careers(), st.integers(-1, 4), st.integers(-300, 300))
@settings(deadline=None)
def test_each_reduction(career, most, bound):
    offsets, a, b = career
    frame = Frame(offsets.size - 1, offsets)
    starts, ends = np.minimum(offsets[:-1] + 1, offsets[1:]), offsets[1:].copy()
    windows = list(zip(starts, ends, strict=True))
    x, y = (given_(each, frame) for each in (a, b))
    bounds = [given_(each, frame.owners) for each in (starts, ends)]
    wide = -(10**9), 10**9
    products = [(a[s:e] * b[s:e]).sum() for s, e in windows]
    assert lazy.total(x * y, bounds, wide, frame).tolist() == products
    bits = lazy.where(x > 0, np.uint64(5), np.uint64(2))
    expected = [5 * (a[s:e] > 0).any() | 2 * (a[s:e] <= 0).any() for s, e in windows]
    assert lazy.window(Op.ANY, [bits], bounds, (0, 7), frame).tolist() == expected
    best = lazy.window(Op.BEST, [x + y, x < y], [*bounds, np.full(starts.size, most)], wide, frame)
    held = [sorted((a + b)[s:e][(a < b)[s:e]], reverse=True)[: max(most, 0)] for s, e in windows]
    assert best.tolist() == [sum(each) for each in held]
    lowest, highest = (lazy.window(op, [x], bounds, wide, frame) for op in (Op.LOWEST, Op.HIGHEST))
    assert lowest.tolist() == [min(a[s:e], default=0) for s, e in windows]
    assert highest.tolist() == [max(a[s:e], default=0) for s, e in windows]
    ascending = np.concatenate([np.unique(a[s:e]) for s, e in itertools.pairwise(offsets)])
    sizes = [np.unique(a[s:e]).size for s, e in itertools.pairwise(offsets)]
    own = Frame(len(sizes), np.cumsum([0, *sizes]))
    asked = [own.offsets[:-1], own.offsets[1:], np.full(len(sizes), bound)]
    place = lazy.window(Op.LOWER_BOUND, [given_(ascending, own)], asked, (0, own.size), own)
    spans = itertools.pairwise(own.offsets)
    assert place.tolist() == [s + np.searchsorted(ascending[s:e], bound) for s, e in spans]


def test_sums_that_wrap_have_right_differences():
    frame = Frame(2, np.array([0, 3, 5]))
    values = given_(np.array([2**61, 2**61, 2**61, 2**61, 5]), frame)
    bounds = [np.array([1, 3]), np.array([2, 5])]
    assert lazy.total(values, bounds, (0, 2**62), frame).tolist() == [2**61, 2**61 + 5]


def test_persons_and_elements_of_several_kinds_meet_in_one_run(monkeypatch):
    runs = []
    run = machine.run
    monkeypatch.setattr(machine, "run", lambda *given: runs.append(len(given[0])) or run(*given))
    years, months = Frame(3, np.array([0, 2, 2, 5])), Frame(3, np.array([0, 1, 4, 4]))
    pay, days = given_(np.array([1, 2, 3, 4, 5]), years), given_(np.array([7, 8, 9, 10]), months)
    sums = [
        lazy.total(each, [each.frame.offsets[:-1], each.frame.offsets[1:]], (0, 99), each.frame)
        for each in (pay, days)
    ]
    above = lazy.total(
        lazy.spread(sums[1], years) * pay, [years.offsets[:-1], years.offsets[1:]], (0, 999), years
    )
    wanted = [sums[0] + sums[1], above]
    program.compute(wanted)
    assert [each.tolist() for each in wanted] == [[10, 27, 12], [21, 0, 0]]
    assert len(runs) == 1


def test_what_is_computed_in_the_same_way_is_computed_once(monkeypatch):
    steps = []
    run = machine.run
    monkeypatch.setattr(machine, "run", lambda *given: steps.extend(given[0][:, 0].tolist()) or run(*given))
    x = given_(np.arange(9), Frame(9))
    wanted = [(x + 4) * (x + 4), (x + 4) - 1]
    program.compute(wanted)
    assert [each.tolist()[:2] for each in wanted] == [[16, 25], [3, 4]]
    assert steps.count(Op.ADD) == 1


def test_what_is_kept_is_whole_afterwards_and_as_narrow_as_it_can_be():
    x = given_(np.arange(25), Frame(25))
    shared = x * 5
    shared.kept = True
    assert (shared + 1).tolist() == (np.arange(25) * 5 + 1).tolist()
    assert not shared.pending
    assert shared.stored().dtype == np.int8
    assert shared.whole().dtype == np.int64
    assert shared.whole().tolist() == (np.arange(25) * 5).tolist()
    assert shared.operands == ()
    for factor, narrow in ((60, np.int16), (6000, np.int32), (2**40, np.int64)):
        wider = x * factor
        assert wider.stored().dtype == narrow
        assert wider.tolist() == (np.arange(25) * factor).tolist()


def test_steps_that_can_have_one_result_only_are_left_out():
    x, y = given_(np.array([3, 4, 5]), Frame(3)), given_(np.array([10, 11, 12]), Frame(3))
    assert (x < y).shape == ()
    assert (x < y) & (x == y) == np.False_
    assert lazy.where(x < y, x, y) is x
    assert np.minimum(x, y) is x
    assert np.maximum(x, y) is y
    assert x + 0 is x
    assert x * np.array(1) is x
    assert isinstance(x < np.array(4), Lazy)


def test_what_is_no_step_is_done_with_whole_arrays():
    x = given_(np.array([3, 4, 5]), Frame(3))
    assert (x % 2).tolist() == [1, 0, 1]
    assert np.add.reduce(x) == 12
    assert np.append(x, 1).tolist() == [3, 4, 5, 1]
