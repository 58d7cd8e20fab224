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
def spread(values: Ints, offsets: Ints) -> Ints:
    """Each person's value once for each of the person's elements."""
    found = np.empty(offsets[-1], np.int64)
    for i in range(values.size):
        value = values[i]
        for j in range(offsets[i], offsets[i + 1]):
            found[j] = value
    return found


@kernel
def floors(dividends: Ints, divisors: Ints) -> Ints:
    """Whole quotients, rounded down, of numbers below 2**53 by positive ones.

    Floating point is exact here: a quotient that is not whole is further from the next whole number than the error
    of the division.
    """
    found = np.empty(dividends.size, np.int64)
    for i in range(dividends.size):
        found[i] = np.int64(np.floor(dividends[i] / divisors[i]))
    return found


@kernel
def largest(values: Ints) -> int:
    """Highest magnitude; 0 of none."""
    low = 0
    high = 0
    for i in range(values.size):
        low = min(low, values[i])
        high = max(high, values[i])
    return max(high, -low)


@kernel
def months_of(days: Ints) -> Ints:
    """Month numbers (year x 12 + month - 1) of days since 1970-01-01, in the Gregorian calendar.

    Years are counted from March, so that the leap day is the last of its year.
    """
    months = np.empty(days.size, np.int64)
    for i in range(days.size):
        shifted = days[i] + 719468
        era = shifted // 146097
        day = shifted - era * 146097
        year = (day - day // 1460 + day // 36524 - day // 146096) // 365
        month = (5 * (day - (365 * year + year // 4 - year // 100)) + 2) // 153
        months[i] = (era * 400 + year) * 12 + month + 2
    return months


@kernel
def first_days(months: Ints) -> Ints:
    """First days (since 1970-01-01) of month numbers: the inverse of :func:`months_of`."""
    days = np.empty(months.size, np.int64)
    for i in range(months.size):
        shifted = months[i] - 2
        year = shifted // 12
        month = shifted - year * 12
        era = year // 400
        of_era = year - era * 400
        days[i] = era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + (153 * month + 2) // 5 - 719468
    return days


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

    The lowest of them is the lowest value that fewer than ``most[i]`` exceed. For a career of some forty years,
    counting these for each value has no branch and beats a sort.
    """
    sums = np.zeros(starts.size, np.int64)
    taken = np.zeros(starts.size, np.int64)
    own = np.empty(128, np.int64)
    for i in range(starts.size):
        if ends[i] - starts[i] > own.size:
            own = np.empty(ends[i] - starts[i], np.int64)
        n = 0
        for j in range(starts[i], ends[i]):
            own[n] = values[j]
            n += counted[j]
        wanted = min(n, most[i])
        taken[i] = max(wanted, 0)
        if wanted <= 0:
            continue
        lowest = own[0]
        if wanted == n:
            for j in range(n):
                lowest = min(lowest, own[j])
        elif n > 128:
            lowest = np.sort(own[:n])[n - wanted]
        else:
            lowest = np.int64(2**62)
            for j in range(n):
                value = own[j]
                higher = 0
                for k in range(n):
                    higher += own[k] > value
                lowest = min(lowest, value if higher < wanted else np.int64(2**62))
        higher = 0
        running = 0
        for j in range(n):
            above = own[j] > lowest
            higher += above
            running += own[j] * above
        sums[i] = running + lowest * (wanted - higher)
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
def rolling_totals(values: Ints, months: Ints, starts: Ints, ends: Ints, length: Ints) -> Ints:
    """Total, for each element of each window, of the ``length[i]`` months that end with its own; months ascend."""
    sums = np.zeros(values.size, np.int64)
    for i in range(starts.size):
        first, running = starts[i], 0
        for j in range(starts[i], ends[i]):
            running += values[j]
            while first <= j and months[first] <= months[j] - length[i]:
                running -= values[first]
                first += 1
            sums[j] = running
    return sums


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


@kernel
def compounded(amounts: Ints, begins: Ints, ends: Ints, factors: Ints, den: int) -> Ints:
    """Each amount times ``factors[begins[i]:ends[i]]`` over ``den``, every product rounded down to a whole number."""
    found = np.empty(amounts.size, np.int64)
    for i in range(amounts.size):
        amount = amounts[i]
        for place in range(begins[i], ends[i]):
            amount = amount * factors[place] // den
        found[i] = amount
    return found
