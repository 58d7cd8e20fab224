"""Compiled loops over ragged arrays: a person's elements are ``[starts[i], ends[i])`` of one long array."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from himaya.kernel import kernel

Ints = NDArray[np.int64]


@kernel
def as_of(keys: Ints, since: Ints) -> Ints:
    """Index of the last of the ascending dates ``since`` at or before each key, -1 before the first.

    Keys mostly ascend, so the search starts from the previous answer.
    """
    found = np.empty(keys.size, np.int64)
    steps = since.size
    at = -1
    for i in range(keys.size):
        key = keys[i]
        while at >= 0 and since[at] > key:
            at -= 1
        while at + 1 < steps and since[at + 1] <= key:
            at += 1
        found[i] = at
    return found


@kernel
def window_total(values: Ints, starts: Ints, ends: Ints) -> Ints:
    """Sum of each window."""
    sums = np.empty(starts.size, np.int64)
    for i in range(starts.size):
        running = 0
        for j in range(starts[i], ends[i]):
            running += values[j]
        sums[i] = running
    return sums


@kernel
def window_extreme(values: Ints, starts: Ints, ends: Ints, highest: bool) -> tuple[Ints, NDArray[np.bool_]]:
    """Highest or lowest value of each window, and whether the window is empty."""
    found = np.zeros(starts.size, np.int64)
    empty = np.zeros(starts.size, np.bool_)
    for i in range(starts.size):
        if ends[i] <= starts[i]:
            empty[i] = True
            continue
        best = values[starts[i]]
        for j in range(starts[i] + 1, ends[i]):
            if (values[j] > best) == highest:
                best = values[j]
        found[i] = best
    return found, empty


@kernel
def window_any(bits: NDArray[np.uint64], starts: Ints, ends: Ints) -> NDArray[np.uint64]:
    """Union of the bits of each window."""
    unions = np.empty(starts.size, np.uint64)
    for i in range(starts.size):
        running = np.uint64(0)
        for j in range(starts[i], ends[i]):
            running |= bits[j]
        unions[i] = running
    return unions


@kernel
def lower_bound(months: Ints, starts: Ints, ends: Ints, bounds: Ints) -> Ints:
    """Position of the first month of each window at or after the person's bound, or the window's end."""
    positions = np.empty(starts.size, np.int64)
    for i in range(starts.size):
        low, high, bound = starts[i], ends[i], bounds[i]
        if high > low and months[high - 1] < bound:  # the usual case: nothing is left out
            low = high
        while low < high:
            middle = (low + high) // 2
            if months[middle] < bound:
                low = middle + 1
            else:
                high = middle
        positions[i] = low
    return positions


@kernel
def unsorted_person(months: Ints, starts: Ints, ends: Ints) -> int:
    """Index of the first person whose months do not strictly ascend, or -1."""
    for i in range(starts.size):
        for j in range(starts[i] + 1, ends[i]):
            if months[j] <= months[j - 1]:
                return i
    return -1


@kernel
def best_years(values: Ints, months: Ints, starts: Ints, ends: Ints, most: Ints) -> tuple[Ints, Ints]:
    """Sum of the ``most[i]`` highest calendar-year totals of each window, and how many years were summed."""
    sums = np.empty(starts.size, np.int64)
    years = np.empty(starts.size, np.int64)
    totals = np.empty(128, np.int64)
    for i in range(starts.size):
        if ends[i] - starts[i] > totals.size:
            totals = np.empty(ends[i] - starts[i], np.int64)
        n = 0
        year = -1
        for j in range(starts[i], ends[i]):
            if n == 0 or months[j] // 12 != year:
                year = months[j] // 12
                totals[n] = 0
                n += 1
            totals[n - 1] += values[j]
        ranked = np.sort(totals[:n])
        taken = min(n, most[i])
        running = 0
        for k in range(taken):
            running += ranked[n - 1 - k]
        sums[i] = running
        years[i] = taken
    return sums, years


@kernel
def best_elements(
    values: Ints, counted: NDArray[np.bool_], starts: Ints, ends: Ints, most: Ints
) -> tuple[Ints, Ints]:
    """Sum of the ``most[i]`` highest counted elements of each window, and how many were summed.

    The highest so far are kept sorted: careers have some forty years, so that moving a few numbers beats a sort.
    """
    sums = np.zeros(starts.size, np.int64)
    taken = np.zeros(starts.size, np.int64)
    best = np.empty(64, np.int64)
    for i in range(starts.size):
        wanted = most[i]
        if wanted > best.size:
            best = np.empty(wanted, np.int64)
        n = 0
        running = 0
        for j in range(starts[i], ends[i]):
            value = values[j]
            if not counted[j] or (n == wanted and (n == 0 or value <= best[n - 1])):
                continue
            if n == wanted:
                n -= 1
                running -= best[n]
            k = n
            while k > 0 and best[k - 1] < value:
                best[k] = best[k - 1]
                k -= 1
            best[k] = value
            n += 1
            running += value
        sums[i] = running
        taken[i] = n
    return sums, taken


@kernel
def ranks(values: Ints, counted: NDArray[np.bool_], starts: Ints, ends: Ints) -> Ints:
    """Place of each element among the counted ones of its window, from 1; equal ones in their order.

    Each element is compared with each: the windows are the children of a family.
    """
    places = np.zeros(values.size, np.int64)
    for i in range(starts.size):
        for j in range(starts[i], ends[i]):
            place = 1
            for k in range(starts[i], ends[i]):
                if counted[k] and (values[k] < values[j] or (values[k] == values[j] and k < j)):
                    place += 1
            places[j] = place
    return places


@kernel
def by_bracket(
    index: Ints, keys: Ints, thresholds: Ints, amounts: Ints, bounds: Ints
) -> tuple[Ints, NDArray[np.bool_]]:
    """Amount of the bracket of each key in the scale ``index[i]``, and whether there is one.

    Scale ``s`` owns ``thresholds[bounds[s]:bounds[s + 1]]``, ascending. Keys mostly ascend, so that the search
    starts from the previous answer.
    """
    found = np.zeros(keys.size, np.int64)
    below = np.zeros(keys.size, np.bool_)
    scale = -1
    at = 0
    for i in range(keys.size):
        if index[i] != scale:
            scale = index[i]
            at = bounds[scale] - 1
        key = keys[i]
        while at >= bounds[scale] and thresholds[at] > key:
            at -= 1
        while at + 1 < bounds[scale + 1] and thresholds[at + 1] <= key:
            at += 1
        if at < bounds[scale]:
            below[i] = True
        else:
            found[i] = amounts[at]
    return found, below


@kernel
def validated_quarters(
    values: Ints, months: Ints, thresholds: Ints, starts: Ints, ends: Ints, most: int
) -> Ints:
    """Quarters of each window: a year's pay over the threshold of its first month, at most ``most``."""
    quarters = np.zeros(starts.size, np.int64)
    for i in range(starts.size):
        j = starts[i]
        while j < ends[i]:
            year = months[j] // 12
            threshold = thresholds[j]
            earned = 0
            while j < ends[i] and months[j] // 12 == year:
                earned += values[j]
                j += 1
            quarters[i] += min(most, earned // threshold) if threshold > 0 else 0
    return quarters


def contiguous(array: NDArray[Any], dtype: type) -> NDArray[Any]:
    """The array as the kernels take it (one signature each): contiguous and of this type."""
    return np.ascontiguousarray(array, dtype=dtype)
