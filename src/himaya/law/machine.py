"""One compiled loop that runs the steps of :mod:`himaya.law.lazy` on tiles of elements.

A program is a table of steps: operation, where its result goes, and up to three operands. Results are rows of
registers, one element a column; a tile is short enough that all registers stay in the first caches. Flags are 0 and 1,
doubts their bits. Arrays are given by address: however many they are, one compilation does for all laws.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from himaya.kernel import kernel
from himaya.law.kernels import best_of_window, first_day, month_of

Ints = NDArray[np.int64]


class Op(IntEnum):
    """What a step ``(operation, out, a, b, c)`` does; the other four are registers where not said else."""

    LOAD = 0
    """``a`` is an array of elements."""
    LOAD_BYTE = 1
    """``a`` is an array of elements of one byte."""
    SPREAD = 2
    """``a`` is an array with one value a person."""
    STORE = 3
    """``a`` to the array ``out``."""
    STORE_BYTE = 4
    ADD = 5
    SUBTRACT = 6
    MULTIPLY = 7
    MINIMUM = 8
    MAXIMUM = 9
    LESS = 10
    LESS_EQUAL = 11
    EQUAL = 12
    NOT_EQUAL = 13
    AND = 14
    OR = 15
    NOT = 16
    """Of a flag."""
    NEGATIVE = 17
    FLOOR = 18
    """``a // b``, ``b`` not 0."""
    FLOOR_QUICK = 19
    """The same of numbers below 2**53 by positive ones. Floating point is exact here: a quotient that is not whole is
    further from the next whole number than the error of the division."""
    WHERE = 20
    """``b`` where ``a``, else ``c``."""
    TAKE = 21
    """``a`` of the array ``b``."""
    MONTH_OF = 22
    FIRST_DAY = 23
    TOTAL = 24
    """Sum of ``a`` over each person's window, to the array ``out``."""
    ANY = 25
    """Union of the bits of ``a``, likewise."""
    BEST = 26
    """Sum of the highest of ``a`` that count by ``b``, to the array ``out``; how many are wanted is in the array ``c``,
    how many were summed goes to the array after ``out``."""
    LOAD_SHORT = 27
    """``a`` is an array of elements of two bytes."""
    LOAD_WORD = 28
    """``a`` is an array of elements of four bytes."""


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
def run(
    program: Ints,
    addresses: Ints,
    tiles: Ints,
    offsets: Ints,
    starts: Ints,
    ends: Ints,
    registers: Ints,
) -> None:
    """Run a program.

    Parameters
    ----------
    program
        Steps ``(operation, out, a, b, c)``. Shape ``(steps, 5)``.
    addresses
        Of the arrays that steps name.
    tiles
        First person of each tile, and the number of persons. Shape ``(tiles + 1,)``.
    offsets
        Person ``i`` owns the elements ``[offsets[i], offsets[i + 1])``.
    starts, ends
        The windows that reductions look at. Shape ``(persons,)``.
    registers
        Room for the results of steps; those that hold a constant are filled. Shape ``(registers, longest tile)``.
    """
    room = np.empty(registers.shape[1], np.int64)
    for tile in range(tiles.size - 1):
        low, high = tiles[tile], tiles[tile + 1]
        first = offsets[low]
        n = offsets[high] - first
        for step in range(program.shape[0]):
            op, at, ra, rb, rc = program[step]
            if op == Op.LOAD:
                _load(_words(addresses[ra]), first, registers[at], n)
            elif op == Op.LOAD_BYTE:
                _load(_bytes(addresses[ra]), first, registers[at], n)
            elif op == Op.LOAD_SHORT:
                _load(_shorts(addresses[ra]), first, registers[at], n)
            elif op == Op.LOAD_WORD:
                _load(_halves(addresses[ra]), first, registers[at], n)
            elif op == Op.SPREAD:
                values = _words(addresses[ra])
                out = registers[at]
                for person in range(low, high):
                    out[offsets[person] - first : offsets[person + 1] - first] = values[person]
            elif op == Op.STORE:
                _store(registers[ra], first, _words(addresses[at]), n)
            elif op == Op.STORE_BYTE:
                _store(registers[ra], first, _bytes(addresses[at]), n)
            elif op == Op.TAKE:
                table = _words(addresses[rb])
                a, out = registers[ra], registers[at]
                for i in range(n):
                    out[i] = table[a[i]]
            elif op in (Op.TOTAL, Op.ANY):
                _reduce(op, registers[ra], first, low, high, starts, ends, _words(addresses[at]))
            elif op == Op.BEST:
                most = _words(addresses[rc])
                sums, taken = _words(addresses[at]), _words(addresses[at + 1])
                values, counted = registers[ra], registers[rb]
                for person in range(low, high):
                    window = slice(starts[person] - first, ends[person] - first)
                    sums[person], taken[person] = best_of_window(
                        values[window], counted[window], most[person], room
                    )
            else:
                _compute(op, registers[at], registers[ra], registers[rb], registers[rc], n)


@kernel
def _load(array: Any, first: int, out: Ints, n: int) -> None:
    for i in range(n):
        out[i] = array[first + i]


@kernel
def _store(values: Ints, first: int, out: Any, n: int) -> None:
    for i in range(n):
        out[first + i] = values[i]


@kernel
def _reduce(
    op: int, values: Ints, first: int, low: int, high: int, starts: Ints, ends: Ints, out: Any
) -> None:
    for person in range(low, high):
        found = np.int64(0)
        window = values[starts[person] - first : max(ends[person] - first, starts[person] - first)]
        if op == Op.TOTAL:
            for value in window:
                found += value
        else:
            for value in window:
                found |= value
        out[person] = found


@kernel
def _compute(op: int, out: Ints, a: Ints, b: Ints, c: Ints, n: int) -> None:
    """One step on one tile; each loop is one that the compiler makes into vector instructions."""
    if op == Op.ADD:
        for i in range(n):
            out[i] = a[i] + b[i]
    elif op == Op.SUBTRACT:
        for i in range(n):
            out[i] = a[i] - b[i]
    elif op == Op.MULTIPLY:
        for i in range(n):
            out[i] = a[i] * b[i]
    elif op == Op.MINIMUM:
        for i in range(n):
            out[i] = min(a[i], b[i])
    elif op == Op.MAXIMUM:
        for i in range(n):
            out[i] = max(a[i], b[i])
    elif op == Op.LESS:
        for i in range(n):
            out[i] = a[i] < b[i]
    elif op == Op.LESS_EQUAL:
        for i in range(n):
            out[i] = a[i] <= b[i]
    elif op == Op.EQUAL:
        for i in range(n):
            out[i] = a[i] == b[i]
    elif op == Op.NOT_EQUAL:
        for i in range(n):
            out[i] = a[i] != b[i]
    elif op == Op.AND:
        for i in range(n):
            out[i] = a[i] & b[i]
    elif op == Op.OR:
        for i in range(n):
            out[i] = a[i] | b[i]
    elif op == Op.NOT:
        for i in range(n):
            out[i] = 1 - a[i]
    elif op == Op.NEGATIVE:
        for i in range(n):
            out[i] = -a[i]
    elif op == Op.FLOOR:
        for i in range(n):
            out[i] = a[i] // b[i]
    elif op == Op.FLOOR_QUICK:
        for i in range(n):
            out[i] = np.int64(np.floor(a[i] / b[i]))
    elif op == Op.WHERE:
        for i in range(n):
            chosen = -a[i]
            out[i] = (b[i] & chosen) | (c[i] & ~chosen)
    elif op == Op.MONTH_OF:
        for i in range(n):
            out[i] = month_of(a[i])
    elif op == Op.FIRST_DAY:
        for i in range(n):
            out[i] = first_day(a[i])
