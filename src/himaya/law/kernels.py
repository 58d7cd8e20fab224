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
def segments(values: Any, firsts: Ints, offsets: Ints, out: Any) -> None:
    """Elements of some persons, one person after the other: from ``firsts[i]`` on, as many as ``offsets`` say."""
    for i in range(firsts.size):
        n = offsets[i + 1] - offsets[i]
        own, there = values[firsts[i] : firsts[i] + n], out[offsets[i] : offsets[i + 1]]
        for j in range(n):
            there[j] = own[j]


@kernel
def quotient(dividend: int, divisor: int) -> int:
    """Whole quotient, rounded down, of a number below 2**53 by a positive one.

    Floating point is exact here: a quotient that is not whole is further from the next whole number than the error
    of the division.
    """
    return np.int64(np.floor(dividend / divisor))  # type: ignore[return-value]


@kernel
def floors(dividends: Ints, divisors: Ints, out: Ints) -> None:
    """:func:`quotient` of each pair."""
    for i in range(dividends.size):
        out[i] = quotient(dividends[i], divisors[i])


@kernel
def extent(values: Ints) -> tuple[int, int]:
    """Lowest and highest of some values."""
    low = values[0]
    high = values[0]
    for value in values:
        low = min(low, value)
        high = max(high, value)
    return low, high


@kernel
def month_of(day: int) -> int:
    """Month number (year x 12 + month - 1) of a day since 1970-01-01, in the Gregorian calendar.

    Years are counted from March, so that the leap day is the last of its year. Within 400 years: C. Neri and
    L. Schneider, Euclidean affine functions and their application to calendar algorithms, Software: Practice and
    Experience 53 (2023); multiplications of unsigned numbers in the place of most divisions.
    """
    shifted = day + 719468
    era = shifted // 146097
    quadruple = np.uint32(4) * np.uint32(shifted - era * 146097) + np.uint32(3)
    century = quadruple // np.uint32(146097)
    rest = (quadruple % np.uint32(146097)) // np.uint32(4)
    product = np.uint64(2939745) * np.uint64(np.uint32(4) * rest + np.uint32(3))
    year = np.uint32(product >> np.uint64(32))
    of_year = np.uint32(np.uint32(product & np.uint64(0xFFFFFFFF)) // np.uint32(2939745)) // np.uint32(4)
    month = (np.uint32(2141) * of_year + np.uint32(197913)) >> np.uint32(16)
    return int((era * 400 + np.int64(century) * 100 + np.int64(year)) * 12 + np.int64(month) - 1)


@kernel
def first_day(month: int) -> int:
    """First day (since 1970-01-01) of a month number: the inverse of :func:`month_of`."""
    shifted = month - 2
    era = shifted // 4800
    of_era = np.uint32(shifted - era * 4800)
    year = of_era // np.uint32(12)
    of_year = of_era - np.uint32(12) * year
    days = np.uint32(365) * year + year // np.uint32(4) - year // np.uint32(100)
    days += (np.uint32(153) * of_year + np.uint32(2)) // np.uint32(5)
    return int(era * 146097 + np.int64(days) - 719468)


@kernel
def months_of(days: Ints) -> Ints:
    """:func:`month_of` of each day."""
    months = np.empty(days.size, np.int64)
    for i in range(days.size):
        months[i] = month_of(days[i])
    return months


@kernel
def first_days(months: Ints) -> Ints:
    """:func:`first_day` of each month."""
    days = np.empty(months.size, np.int64)
    for i in range(months.size):
        days[i] = first_day(months[i])
    return days


@kernel
def window_total(values: Ints, starts: Ints, ends: Ints) -> Ints:
    """Sum of each window."""
    sums = np.empty(starts.size, np.int64)
    for i in range(starts.size):
        running = np.int64(0)
        for value in values[starts[i] : ends[i]]:
            running += value
        sums[i] = running
    return sums


@kernel
def window_extreme(values: Ints, starts: Ints, ends: Ints, highest: bool) -> Ints:
    """Highest or lowest value of each window, 0 of none."""
    found = np.zeros(starts.size, np.int64)
    for i in range(starts.size):
        for j in range(starts[i], ends[i]):
            better = values[j] > found[i] if highest else values[j] < found[i]
            if better or j == starts[i]:
                found[i] = values[j]
    return found


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
def last_before(since: Any, size: int, key: int) -> int:
    """Place of the last of ``size`` ascending numbers at or before the key, -1 before the first."""
    low, high = 0, size
    while low < high:
        middle = (low + high) // 2
        if since[middle] <= key:
            low = middle + 1
        else:
            high = middle
    return low - 1


@kernel
def lower_bound(months: Ints, starts: Ints, ends: Ints, bounds: Ints) -> Ints:
    """Position of the first month of each window at or after the person's bound, or the window's end."""
    positions = np.empty(starts.size, np.int64)
    for i in range(starts.size):
        low, high = starts[i], ends[i]
        while low < high:
            middle = (low + high) // 2
            if months[middle] < bounds[i]:
                low = middle + 1
            else:
                high = middle
        positions[i] = low
    return positions


@kernel
def unsorted_person(months: Ints, offsets: Ints) -> int:
    """Index of the first person whose months do not strictly ascend, or -1.

    Mostly all do: then all steps downwards are from one person to the next, and counting both takes no branches.
    """
    down = 0
    for j in range(1, months.size):
        down += months[j] <= months[j - 1]
    for i in range(offsets.size - 1):
        start = offsets[i]
        if 0 < start < offsets[i + 1]:
            down -= months[start] <= months[start - 1]
    if down == 0:
        return -1
    for i in range(offsets.size - 1):
        for j in range(offsets[i] + 1, offsets[i + 1]):
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
def best_elements(values: Ints, counted: NDArray[np.bool_], starts: Ints, ends: Ints, most: Ints) -> Ints:
    """Sum of the ``most[i]`` highest counted elements of each window."""
    sums = np.zeros(starts.size, np.int64)
    room = np.empty(max(0, np.max(ends - starts)) if starts.size else 0, np.int64)
    for i in range(starts.size):
        window = slice(starts[i], ends[i])
        sums[i] = best_of_window(values[window], counted[window], most[i], room)
    return sums


@kernel
def best_of_window(values: Ints, counted: Any, most: int, room: Ints) -> Any:
    """Sum of the ``most`` highest counted values, or of all if there are fewer; ``room`` is as long as the values.

    The lowest of them is searched for by narrowing the span of values in which it lies: mostly a few counts, without
    branches, part the wanted ones from the others. Where to part is guessed from the counts; each third time the span
    is halved, so that no distribution of values makes it long.
    """
    n = 0
    for j in range(values.size):
        room[n] = values[j]
        n += counted[j] != 0
    wanted = min(n, most)
    if wanted <= 0:
        return 0
    own = room[:n]
    low = own[0]
    high = own[0]
    for value in own:
        low = min(low, value)
        high = max(high, value)
    reach, above = (
        n,
        0,
    )  # how many values reach ``low``, at least the wanted ones; how many are above ``high``, fewer
    turn = 0
    while reach != wanted and low < high:
        turn += 1
        if turn % 3 == 0:
            middle = low + (high - low + 1) // 2
        else:
            share = (reach - wanted) / (reach - above)
            middle = min(high, low + 1 + np.int64(share * (high - low)))
        reached = 0
        for value in own:
            reached += value >= middle
        if reached >= wanted:
            low, reach = middle, reached
        else:
            high, above = middle - 1, reached
    summed = np.int64(0)
    above = 0
    for value in own:
        if value > low:
            above += 1
            summed += value
    return summed + low * (wanted - above)


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


def filled(values: Any, size: int) -> Ints:
    """As many whole numbers as wanted, as the kernels take them; there may be one for all."""
    array = np.asarray(values)
    return contiguous(array, np.int64) if array.ndim else np.full(size, array, np.int64)


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
