"""Measures of distributions against their definitions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from himaya.reform import measures

AMOUNTS = st.lists(st.integers(1, 10_000), min_size=2, max_size=30).map(lambda each: np.array(each, np.int64))


def gini_by_definition(amounts):
    """Half the mean absolute difference of all pairs, over the mean."""
    n, total = len(amounts), int(sum(amounts))
    pairs = sum(abs(int(a) - int(b)) for a in amounts for b in amounts)
    return Fraction(pairs, 2 * n * total)


@given(AMOUNTS)
def test_gini_is_its_definition(amounts):
    assert measures.gini(amounts) == pytest.approx(float(gini_by_definition(amounts)), abs=1e-12)


def test_gini_of_equals_is_none_and_of_one_owner_nearly_one():
    assert measures.gini(np.full(10, 700)) == pytest.approx(0)
    assert measures.gini(np.array([1] * 999 + [10**12])) == pytest.approx(0.999, abs=1e-3)
    assert measures.gini(np.array([5])) == 0


def test_poverty_by_hand():
    # Median of 100, 200, 300, 400, 500 is 300; the line is 180. One of five is below it, by 80 of 180.
    before = np.array([100, 200, 300, 400, 500])
    found = measures.poverty(before, np.array([180, 200, 300, 400, 500]))
    assert found.line == 180
    assert found.head_count_before == pytest.approx(1 / 5)
    assert found.gap_before == pytest.approx(80 / 180 / 5)
    assert (found.head_count_after, found.gap_after) == (0, 0)


def test_poverty_of_nobody_is_none():
    nobody = np.zeros(0, np.int64)
    assert measures.poverty(nobody, nobody).line == 0


def test_whose_right_begins_or_ends_is_in_no_measure_and_told_of_apart():
    before, after = np.array([100, 200, 300, 0, 50]), np.array([150, 200, 300, 10, 0])
    stay = before[:3], after[:3]
    assert measures.poverty(before, after) == measures.poverty(*stay)
    assert measures.poverty(before, after).line == 120, "60 % of 200"
    assert measures.poverty(before, after).head_count_before == pytest.approx(1 / 3)
    assert measures.inequality(before, after) == measures.inequality(*stay)
    *tenths, gained, lost = measures.by_tenth(before, after)
    assert tuple(tenths) == measures.by_tenth(*stay)
    assert (gained.name, gained.persons, gained.before, gained.after) == ("gained", 1, 0, 10)
    assert [group.name for group in measures.by_tenth(before[3:], after[3:])] == ["gained", "lost"]
    assert (lost.name, lost.persons, lost.before, lost.after) == ("lost", 1, 50, 0)


@given(st.lists(st.tuples(st.integers(1, 900), st.integers(1, 900)), min_size=1, max_size=40))
def test_tenths_hold_everybody_once_in_order(pairs):
    before, after = (np.array(side, np.int64) for side in zip(*pairs, strict=True))
    groups = measures.by_tenth(before, after)
    assert sum(group.persons for group in groups) == len(pairs)
    assert sum(group.before for group in groups) == before.sum()
    assert sum(group.after for group in groups) == after.sum()
    assert sum(group.winners for group in groups) == (after > before).sum()
    sizes = [group.persons for group in groups]
    assert max(sizes) - min(sizes) <= 1
    means = [Fraction(group.before, group.persons) for group in groups]
    assert means == sorted(means)


def test_ages_and_places_are_grouped():
    amounts = np.array([1, 2, 3, 4])
    ages = measures.by_age(np.array([54, 55, 64, 99]), amounts, amounts * 2)
    assert [(group.name, group.before) for group in ages] == [
        ("0-54", 1),
        ("55-59", 2),
        ("60-64", 3),
        ("85+", 4),
    ]
    places = measures.by_place(np.array(["FES", "", "FES", "RABAT"]), amounts, amounts)
    assert [(group.name, group.persons) for group in places] == [("FES", 2), ("RABAT", 1), ("unknown", 1)]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=60))
def test_examples_run_from_the_greatest_loss_to_the_greatest_gain(pairs):
    before, after = (np.array([p[i] for p in pairs], np.int64) for i in (0, 1))
    chosen = measures.spread_of_changes(before, after, 10)
    change = (after - before)[chosen]
    assert list(change) == sorted(change)
    assert 0 not in change
    moved = (after != before).sum()
    assert len(chosen) == min(10, moved)
    if moved:
        assert (change[0], change[-1]) == (
            (after - before)[before != after].min(),
            (after - before)[before != after].max(),
        )
