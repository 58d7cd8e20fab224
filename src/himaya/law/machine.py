"""One compiled loop that runs the steps of :mod:`himaya.law.lazy` on tiles of persons and their elements.

A program is a table of steps: operation, where its result goes, and up to five operands. Results are registers, one
person or one element a column; a tile is short enough that all registers stay in the caches. Flags are 0 and 1, doubts
their bits. Arrays are given by address: however many they are, one compilation does for all laws.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from himaya.kernel import kernel
from himaya.law.kernels import best_of_window, first_day, last_before, month_of, quotient

Ints = NDArray[np.int64]


class Op(IntEnum):
    """What a step ``(operation, frame, out, a, b, c, d, e)`` does; the operands are registers where not said else.

    ``frame`` is the frame of the result; of reductions, that of the elements, whose result is one a person.
    """

    LOAD = 0
    """``a`` is an array."""
    LOAD_BYTE = 1
    """``a`` is an array of numbers of one byte."""
    LOAD_SHORT = 2
    LOAD_WORD = 3
    STORE = 4
    """``a`` to the array ``out``."""
    STORE_BYTE = 5
    STORE_SHORT = 6
    STORE_WORD = 7
    SPREAD = 8
    """A person's ``a`` to each of the person's elements."""
    TAKE = 9
    """``a`` of the array ``b``."""
    AS_OF = 10
    """Place in the array ``b``, ascending, ``c`` long, of the last number at or before ``a``, -1 before the first."""
    ADD = 11
    SUBTRACT = 12
    MULTIPLY = 13
    MINIMUM = 14
    MAXIMUM = 15
    LESS = 16
    LESS_EQUAL = 17
    EQUAL = 18
    NOT_EQUAL = 19
    AND = 20
    OR = 21
    NOT = 22
    """Of a flag."""
    NEGATIVE = 23
    FLOOR = 24
    """``a // b``, ``b`` not 0."""
    FLOOR_QUICK = 25
    """The same of numbers below 2**53 by positive ones (:func:`~himaya.law.kernels.quotient`)."""
    WHERE = 26
    """``b`` where ``a``, else ``c``."""
    MONTH_OF = 27
    FIRST_DAY = 28
    COMPOUND = 29
    """``a`` times the numbers of the array ``d`` from ``b`` to before ``c``, over ``e``, each product rounded down."""
    RUNNING = 30
    """Sum of the elements of ``a`` before each, from the first of the tile on, and of all."""
    TOTAL = 31
    """Sum of the elements from ``b`` to before ``c``, of running sums ``a``: a difference is right though sums wrap."""
    ANY = 32
    """Union of the bits of ``a`` from ``b`` to before ``c``."""
    LOWEST = 33
    """The lowest of them, 0 of none."""
    HIGHEST = 34
    LOWER_BOUND = 35
    """Position of the first element of ``a``, ascending, from ``b`` to before ``c``, that is ``d`` or higher; ``c``."""
    BEST = 36
    """Sum of the ``e`` highest elements of ``a`` that count by ``b``, from ``c`` to before ``d``."""


def _pointer(kind: Any) -> Any:
    """A compiled function from an address to the array of this kind that begins there."""

    def pointer(_: Any, address: Any) -> Any:  # noqa: ARG001 - the signature that Numba asks for
        def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))

        return types.CPointer(kind)(types.int64), code  # type: ignore[no-untyped-call]

    return intrinsic(pointer)


_words = _pointer(types.int64)
_bytes = _pointer(types.int8)
_shorts = _pointer(types.int16)
_halves = _pointer(types.int32)


@kernel
def run(program: Ints, arrays: Ints, tiles: Ints, frames: Ints, registers: Ints, longest: int) -> None:
    """Run a program.

    Parameters
    ----------
    program
        Steps ``(operation, frame, out, a, b, c, d, e)``. Shape ``(steps, 8)``.
    arrays
        Addresses of the arrays that steps name.
    tiles
        First person of each tile, and the number of persons. Shape ``(tiles + 1,)``.
    frames
        Address of the offsets of each frame of elements: person ``i`` owns ``[offsets[i], offsets[i + 1])``. 0 for the
        frame of the persons.
    registers
        Room for the results of steps, named by where they begin; those that hold a constant are filled.
    longest
        Most elements of a tile.
    """
    room = np.empty(longest, np.int64)
    firsts = np.empty(frames.size, np.int64)
    sizes = np.empty(frames.size, np.int64)
    # Plain addresses: a part of an array costs more to take than a step on some dozen persons to do.
    steps, r = _words(program.ctypes.data), _words(registers.ctypes.data)
    for tile in range(tiles.size - 1):
        low, high = tiles[tile], tiles[tile + 1]
        persons = high - low
        for frame in range(frames.size):
            firsts[frame], sizes[frame] = low, persons
            if frames[frame] != 0:
                offsets = _words(frames[frame])
                firsts[frame], sizes[frame] = offsets[low], offsets[high] - offsets[low]
        for step in range(0, program.size, 8):
            op, frame, out, a = steps[step], steps[step + 1], steps[step + 2], steps[step + 3]
            b, c, d, e = steps[step + 4], steps[step + 5], steps[step + 6], steps[step + 7]
            first, n = firsts[frame], sizes[frame]
            if op == Op.LOAD:
                _load(_words(arrays[a]), first, r, out, n)
            elif op == Op.LOAD_BYTE:
                _load(_bytes(arrays[a]), first, r, out, n)
            elif op == Op.LOAD_SHORT:
                _load(_shorts(arrays[a]), first, r, out, n)
            elif op == Op.LOAD_WORD:
                _load(_halves(arrays[a]), first, r, out, n)
            elif op == Op.STORE:
                _store(r, a, first, _words(arrays[out]), n)
            elif op == Op.STORE_BYTE:
                _store(r, a, first, _bytes(arrays[out]), n)
            elif op == Op.STORE_SHORT:
                _store(r, a, first, _shorts(arrays[out]), n)
            elif op == Op.STORE_WORD:
                _store(r, a, first, _halves(arrays[out]), n)
            elif op == Op.SPREAD:
                _spread(r, a, _words(frames[frame]), low, high, out)
            elif op == Op.TAKE:
                table = _words(arrays[b])
                for i in range(n):
                    r[out + i] = table[r[a + i]]
            elif op == Op.AS_OF:
                since = _words(arrays[b])
                for i in range(n):
                    r[out + i] = last_before(since, c, r[a + i])
            elif op == Op.COMPOUND:
                _compound(r, a, b, c, _words(arrays[d]), e, out, n)
            elif op == Op.RUNNING:
                _running(r, a, out, n)
            elif op == Op.TOTAL:
                _totals(r, a - first, b, c, out, persons)
            elif op == Op.LOWER_BOUND:
                _places(r, a - first, b, c, d, out, persons)
            elif op == Op.BEST:
                for i in range(persons):
                    start, end = r[c + i] - first, r[d + i] - first
                    values, counted = registers[a + start : a + end], registers[b + start : b + end]
                    r[out + i] = best_of_window(values, counted, r[e + i], room)
            elif op in (Op.ANY, Op.LOWEST, Op.HIGHEST):
                _window(op, r, a - first, b, c, out, persons)
            else:
                _compute(op, r, out, a, b, c, n)


@kernel
def _load(array: Any, first: int, r: Any, out: int, n: int) -> None:
    for i in range(n):
        r[out + i] = array[first + i]


@kernel
def _store(r: Any, values: int, first: int, out: Any, n: int) -> None:
    for i in range(n):
        out[first + i] = r[values + i]


@kernel
def _spread(r: Any, values: int, offsets: Any, low: int, high: int, out: int) -> None:
    """A person's value to each of the person's elements."""
    here = out - offsets[low]
    for person in range(low, high):
        value = r[values + person - low]
        for at in range(here + offsets[person], here + offsets[person + 1]):
            r[at] = value


@kernel
def _compound(
    r: Any, amounts: int, begins: int, ends: int, factors: Any, dens: int, out: int, n: int
) -> None:
    for i in range(n):
        amount = r[amounts + i]
        for place in range(r[begins + i], r[ends + i]):
            amount = amount * factors[place] // r[dens + i]
        r[out + i] = amount


@kernel
def _running(r: Any, values: int, out: int, n: int) -> None:
    running = np.int64(0)
    for i in range(n):
        r[out + i] = running
        running += r[values + i]
    r[out + n] = running


@kernel
def _totals(r: Any, sums: int, starts: int, ends: int, out: int, persons: int) -> None:
    """Totals of windows, from running sums."""
    for i in range(persons):
        start = r[starts + i]
        r[out + i] = r[sums + max(r[ends + i], start)] - r[sums + start]


@kernel
def _places(r: Any, months: int, starts: int, ends: int, bounds: int, out: int, persons: int) -> None:
    """Positions of bounds in windows of ascending months; where none is missing, they are as many elements on."""
    for i in range(persons):
        low, high, bound = r[starts + i], r[ends + i], r[bounds + i]
        if low < high and r[months + high - 1] - r[months + low] == high - 1 - low:
            low = max(low, min(high, low + bound - r[months + low]))
            high = low
        while low < high:
            middle = (low + high) // 2
            if r[months + middle] < bound:
                low = middle + 1
            else:
                high = middle
        r[out + i] = low


@kernel
def _window(op: int, r: Any, values: int, starts: int, ends: int, out: int, persons: int) -> None:
    """The union, the lowest or the highest of each window."""
    for i in range(persons):
        first = values + r[starts + i]
        after = values + r[ends + i]
        found = r[first] if first < after else np.int64(0)
        for at in range(first, after):
            value = r[at]
            if op == Op.ANY:
                found |= value
            elif op == Op.LOWEST:
                found = min(found, value)
            else:
                found = max(found, value)
        r[out + i] = found


@kernel
def _compute(op: int, r: Any, out: int, a: int, b: int, c: int, n: int) -> None:
    """One step on one tile; each loop is one that the compiler makes into vector instructions."""
    if op == Op.ADD:
        for i in range(n):
            r[out + i] = r[a + i] + r[b + i]
    elif op == Op.SUBTRACT:
        for i in range(n):
            r[out + i] = r[a + i] - r[b + i]
    elif op == Op.MULTIPLY:
        for i in range(n):
            r[out + i] = r[a + i] * r[b + i]
    elif op == Op.MINIMUM:
        for i in range(n):
            r[out + i] = min(r[a + i], r[b + i])
    elif op == Op.MAXIMUM:
        for i in range(n):
            r[out + i] = max(r[a + i], r[b + i])
    elif op == Op.LESS:
        for i in range(n):
            r[out + i] = r[a + i] < r[b + i]
    elif op == Op.LESS_EQUAL:
        for i in range(n):
            r[out + i] = r[a + i] <= r[b + i]
    elif op == Op.EQUAL:
        for i in range(n):
            r[out + i] = r[a + i] == r[b + i]
    elif op == Op.NOT_EQUAL:
        for i in range(n):
            r[out + i] = r[a + i] != r[b + i]
    elif op == Op.AND:
        for i in range(n):
            r[out + i] = r[a + i] & r[b + i]
    elif op == Op.OR:
        for i in range(n):
            r[out + i] = r[a + i] | r[b + i]
    elif op == Op.NOT:
        for i in range(n):
            r[out + i] = 1 - r[a + i]
    elif op == Op.NEGATIVE:
        for i in range(n):
            r[out + i] = -r[a + i]
    elif op == Op.FLOOR:
        for i in range(n):
            r[out + i] = r[a + i] // r[b + i]
    elif op == Op.FLOOR_QUICK:
        for i in range(n):
            r[out + i] = quotient(r[a + i], r[b + i])
    elif op == Op.WHERE:
        for i in range(n):
            chosen = -r[a + i]
            r[out + i] = (r[b + i] & chosen) | (r[c + i] & ~chosen)
    elif op == Op.MONTH_OF:
        for i in range(n):
            r[out + i] = month_of(r[a + i])
    elif op == Op.FIRST_DAY:
        for i in range(n):
            r[out + i] = first_day(r[a + i])
