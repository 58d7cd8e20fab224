"""Compiled loops over the elements of careers; the slow oracles that check them stand in the tests.

Every kernel walks arrays once, in order. An input that breaks the order a kernel rests on is never
computed with: the kernel returns ``-1 - i``, where ``i`` is the first offending element, and the caller
turns that into an error that names person and month.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from himaya.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]
    Row = int | np.int64

FULL_MONTH = 26
"""Days of a whole month, the most that count (CNSS, *Cahier des charges* of the e-BDS, v2: jours <= 26)."""
FIRST_COMPLEMENT = 3
"""Record codes from here on come from complementary declarations (see ``model.RECORDS``)."""


@kernel
def person_offsets(keys: NDArray[np.int64], offsets: NDArray[np.int64]) -> int:
    """Fill ``offsets`` with the first element of each person; return the number of persons.

    Parameters
    ----------
    keys
        Person key of each element, ascending, shape (n,).
    offsets
        Room for n + 1 offsets; the first persons + 1 are written.
    """
    n = keys.size
    persons = 0
    for i in range(n):
        if i > 0 and keys[i] <= keys[i - 1]:
            if keys[i] < keys[i - 1]:
                return -1 - i
        else:
            offsets[persons] = i
            persons += 1
    offsets[persons] = n
    return persons


@kernel
def months_of_dates(
    dates: NDArray[np.int32], first: int, table: NDArray[np.int32], months: NDArray[np.int32]
) -> int:
    """Fill ``months`` with ``table[date - first]`` for each date; return 0.

    A look-up is several times faster than calendar arithmetic, and the dates of a career touch a few
    hundred entries only. A date outside the table is an error (``-1 - i``).
    """
    for i in range(dates.size):
        day = dates[i] - first
        if day < 0 or day >= table.size:
            return -1 - i
        months[i] = table[day]
    return 0


@kernel
def aggregate(
    offsets: NDArray[np.int64],
    month: NDArray[np.int32],
    days: NDArray[np.int8],
    wage: NDArray[np.int64],
    out_offsets: NDArray[np.int64],
    out_month: NDArray[np.int64],
    out_days: NDArray[np.int64],
    out_wage: NDArray[np.int64],
    first: NDArray[np.int64],
) -> int:
    """Add up the elements of each person and month; return the number of months M.

    The outputs have room for one month an element; ``first`` has one more and receives, for each
    month, its first element (``first[M]`` = n), so that a month's elements are a slice.
    """
    m = 0
    for p in range(offsets.size - 1):
        out_offsets[p] = m
        i = offsets[p]
        end = offsets[p + 1]
        while i < end:
            current = month[i]
            first[m] = i
            sum_days = 0
            sum_wage = 0
            while i < end and month[i] == current:
                sum_days += days[i]
                sum_wage += wage[i]
                i += 1
            if i < end and month[i] < current:
                return int(-1 - i)
            out_month[m] = current
            out_days[m] = min(sum_days, FULL_MONTH)
            out_wage[m] = sum_wage
            m += 1
    out_offsets[offsets.size - 1] = m
    first[m] = month.size
    return m


@kernel
def add_up(
    rows: tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int8], NDArray[np.int64]],
    calendar: tuple[int, NDArray[np.int32]],
    out: tuple[Array, Array, Array, Array, Array, Array],
    done: NDArray[np.int64],
) -> None:
    """Add up one more batch of rows by person and month, straight from the columns of the table.

    The same sums as :func:`person_offsets`, :func:`months_of_dates` and :func:`aggregate` in one pass, so
    that nothing but the sums is written.

    Parameters
    ----------
    rows
        person_key, month (as a date), days and wage of the batch.
    calendar
        Day number of the first day, and the month number of each day from there.
    out
        person_keys, offsets, month, days, wage and elements of the sums, with room for all batches.
    done
        Rows, persons and months so far; updated. Rows become -1 when a row is out of order or out of the
        calendar.
    """
    person_key, date, days, wage = rows
    first, months = calendar
    keys, offsets, out_month, out_days, out_wage, elements = out
    n, persons, m = done
    for i in range(person_key.size):
        day = date[i] - first
        if day < 0 or day >= months.size:
            done[0] = -1
            return
        month = months[day]
        same_person = persons > 0 and person_key[i] == keys[persons - 1]
        if same_person and month == out_month[m - 1]:
            out_days[m - 1] = min(out_days[m - 1] + days[i], FULL_MONTH)
            out_wage[m - 1] += wage[i]
            continue
        if same_person:
            if month < out_month[m - 1]:
                done[0] = -1
                return
        else:
            if persons > 0 and person_key[i] < keys[persons - 1]:
                done[0] = -1
                return
            keys[persons] = person_key[i]
            offsets[persons] = m
            persons += 1
        out_month[m] = month
        out_days[m] = min(days[i], FULL_MONTH)
        out_wage[m] = wage[i]
        elements[m] = n + i
        m += 1
    done[0] = n + person_key.size
    done[1] = persons
    done[2] = m


@kernel
def cap(
    month: NDArray[np.int64],
    wage: NDArray[np.int64],
    first: int,
    ceilings: NDArray[np.int64],
    capped: NDArray[np.int64],
) -> int:
    """Fill ``capped`` with ``min(wage, ceilings[month - first])``; return 0 (``-1 - i``: no ceiling)."""
    for i in range(month.size):
        at = month[i] - first
        if at < 0 or at >= ceilings.size:
            return -1 - i
        capped[i] = min(wage[i], ceilings[at])
    return 0


@kernel
def chronological(
    person: NDArray[np.int64], slot: NDArray[np.int64], known: NDArray[np.int32], source: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Order of rows by (person, slot, known, source): a natural merge sort.

    Each file of a table is sorted already, so a bucket read from k files is k ascending runs: linear for
    one run, n log k for k, and never worse than n log n. An empty array says that the rows stand in
    order as they are.
    """
    n = person.size
    starts = np.empty(n + 1, np.int64)
    runs = 0
    for i in range(n):
        if i == 0 or _before(person, slot, known, source, i, i - 1):
            starts[runs] = i
            runs += 1
    if runs <= 1:
        return np.empty(0, np.int64)
    starts[runs] = n
    order = np.arange(n)
    spare = np.empty(n, np.int64)
    while runs > 1:
        merged = 0
        for r in range(0, runs, 2):
            low, middle = starts[r], starts[r + 1]
            high = starts[min(r + 2, runs)]
            _merge(person, slot, known, source, order, spare, low, middle, high)
            starts[merged] = low
            merged += 1
        starts[merged] = n
        runs = merged
        order, spare = spare, order
    return order


@kernel
def _before(person: Array, slot: Array, known: Array, source: Array, a: Row, b: Row) -> bool:
    if person[a] != person[b]:
        return bool(person[a] < person[b])
    if slot[a] != slot[b]:
        return bool(slot[a] < slot[b])
    if known[a] != known[b]:
        return bool(known[a] < known[b])
    return bool(source[a] < source[b])


@kernel
def _merge(
    person: Array,
    slot: Array,
    known: Array,
    source: Array,
    order: Array,
    spare: Array,
    low: Row,
    middle: Row,
    high: Row,
) -> None:
    left, right = low, middle
    for out in range(low, high):
        if left < middle and (
            right >= high or not _before(person, slot, known, source, order[right], order[left])
        ):
            spare[out] = order[left]
            left += 1
        else:
            spare[out] = order[right]
            right += 1


@kernel
def known_until(
    person: NDArray[np.int64],
    slot: NDArray[np.int64],
    known: NDArray[np.int32],
    delivery: NDArray[np.int32],
    withdrawn: NDArray[np.int32],
    until: NDArray[np.int32],
) -> None:
    """Fill ``until`` with the day each row, in chronological order, ceased to stand.

    It is the earlier of the day the next row of the same person and slot was known and the day its
    delivery was withdrawn (``withdrawn``, by delivery number; shorter than the largest number = never),
    and never before the row itself was known. ``int32`` maximum = it still stands.
    """
    n = person.size
    for i in range(n):
        end = np.int32(2147483647)
        if i + 1 < n and person[i + 1] == person[i] and slot[i + 1] == slot[i]:
            end = known[i + 1]
        if delivery[i] < withdrawn.size:
            end = min(end, withdrawn[delivery[i]])
        until[i] = max(end, known[i])


@kernel
def contradict(
    offsets: NDArray[np.int64],
    rows: tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int8], NDArray[np.uint8], NDArray[np.int32]],
    stands: NDArray[np.bool_],
    death_month: NDArray[np.int32],
    found: NDArray[np.int64],
) -> int:
    """Find the contradictions in the known rows of one bucket; return how many there are.

    Parameters
    ----------
    offsets
        First row of each person, int64 (P + 1,).
    rows
        month, employer, days, record and delivery of each row, sorted by person, month, employer and age.
    stands
        Whether the row stands; the others are known, but superseded.
    death_month
        Month of each person's death, a large number for the living, int32 (P,).
    found
        Room for (capacity, 4): kind, row, other row (-1: none), number (see the module that calls).
        What does not fit is counted and not written.
    """
    month, employer, days, record, delivery = rows
    count = 0
    for p in range(offsets.size - 1):
        low = offsets[p]
        while low < offsets[p + 1]:
            high = low + 1
            while high < offsets[p + 1] and month[high] == month[low]:
                high += 1
            plain = high == low + 1 and record[low] < FIRST_COMPLEMENT and days[low] <= FULL_MONTH
            if plain and month[low] <= death_month[p]:  # nearly every month: one declaration, in time
                low = high
                continue
            count = _within_month(low, high, days, stands, found, count)
            count = _within_employer(low, high, employer, record, delivery, stands, found, count)
            if month[low] > death_month[p]:
                for i in range(low, high):
                    if stands[i]:
                        count = _note(found, count, 2, i, -1, death_month[p])
            low = high
    return count


@kernel
def _note(found: Array, count: int, kind: int, row: Row, other: Row, number: int) -> int:
    if count < found.shape[0]:
        found[count, 0] = kind
        found[count, 1] = row
        found[count, 2] = other
        found[count, 3] = number
    return count + 1


@kernel
def _within_month(low: Row, high: Row, days: Array, stands: Array, found: Array, count: int) -> int:
    """One month of one person: full-time declarations that overlap, or days beyond 26."""
    total = 0
    full = 0
    most = -1
    second = -1
    for i in range(low, high):
        if not stands[i]:
            continue
        total += days[i]
        if days[i] >= FULL_MONTH:
            full += 1
        if most < 0 or days[i] > days[most]:
            most, second = i, most
        elif second < 0 or days[i] > days[second]:
            second = i
    if full >= 2:
        for i in range(low, high):
            if stands[i] and days[i] >= FULL_MONTH and i != most:
                count = _note(found, count, 0, i, most, total)
    elif total > FULL_MONTH:
        count = _note(found, count, 1, most, second, total)
    return count


@kernel
def _within_employer(
    low: Row,
    high: Row,
    employer: Array,
    record: Array,
    delivery: Array,
    stands: Array,
    found: Array,
    count: int,
) -> int:
    """One month of one person, employer by employer: lines declared twice, months only an E file brought."""
    first = low
    while first < high:
        last = first
        while last + 1 < high and employer[last + 1] == employer[first]:
            last += 1
        if stands[last]:
            by_complement = record[last] >= FIRST_COMPLEMENT
            for i in range(first, last):
                if delivery[i] == delivery[last]:
                    count = _note(found, count, 3, i, last, 0)
                if record[i] < FIRST_COMPLEMENT:
                    by_complement = False
            if by_complement:
                count = _note(found, count, 4, last, -1, 0)
        first = last + 1
    return count
