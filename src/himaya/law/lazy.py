"""Arrays of elements that are computed where they are needed, tile by tile.

A career of forty years passes some fifty steps between pay and pension. One step after the other over all persons, each
goes to main memory and back. A :class:`Lazy` array notes its step instead; a reduction (a total, a mean) then runs all
steps on a few persons at a time (:mod:`himaya.law.machine`), and most intermediate arrays are never whole anywhere.
Results are the same to the last bit. The extent of each array, its lowest and highest value possible, is known without
computing it: that is how exact arithmetic proves that nothing overflows.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from himaya.law import kernels, machine
from himaya.law.machine import Op
from himaya.law.steps import STEPS, bits, flags, hull, quotients

if TYPE_CHECKING:
    from collections.abc import Sequence

    from himaya.law.steps import Extent

Ints = NDArray[np.int64]

SMALL = 4096
"""Arrays of fewer elements are computed at once."""

TILE = 512
"""Elements of a tile, about: a dozen registers of it stay in the first-level cache."""

FLOAT = 2**53
"""Below it every whole number is a floating-point number."""


@dataclass(frozen=True, eq=False)
class Frame:
    """How the elements fall into persons, and these into tiles.

    Parameters
    ----------
    offsets
        Person ``i`` owns the elements ``[offsets[i], offsets[i + 1])``.
    tiles
        First person of each tile, and the number of persons.
    longest
        Most elements of a tile.
    """

    offsets: Ints
    tiles: Ints
    longest: int

    @classmethod
    def of(cls, offsets: Ints) -> Frame:
        """Tiles of whole persons."""
        wanted = np.arange(0, int(offsets[-1]), TILE)
        cuts = np.unique(np.append(np.searchsorted(offsets, wanted, side="right") - 1, offsets.size - 1))
        cuts[0] = 0  # persons without elements may stand before the first
        return cls(offsets, cuts, int(np.diff(offsets[cuts]).max(initial=0)))


class Lazy(np.lib.mixins.NDArrayOperatorsMixin):
    """An array of elements: computed, or the step and the operands it is computed from.

    Parameters
    ----------
    frame
        Of the elements.
    dtype
        ``int64``, ``bool``, or ``uint64`` for bits.
    extent
        Lowest and highest value possible; of bits, 0 and all that can be set.
    op, operands
        The step: operands are lazy arrays of the same frame, arrays that the step reads as a whole, or scalars.
    """

    __slots__ = ("_edges", "_stored", "_sums", "dtype", "extent", "frame", "kept", "op", "operands")

    def __init__(
        self, frame: Frame, dtype: Any, extent: Extent, op: Op = Op.LOAD, operands: Sequence[Any] = ()
    ) -> None:
        self.frame, self.dtype, self.extent = frame, np.dtype(dtype), extent
        self.op, self.operands = op, tuple(operands)
        self.kept = False
        self._stored: NDArray[Any] | None = None
        self._sums: Ints | None = None
        self._edges: tuple[Ints, NDArray[np.bool_]] | None = None

    @classmethod
    def given(cls, array: Any, frame: Frame) -> Lazy:
        """An array that is there, of whole numbers as narrow as they were given."""
        found = cls(frame, np.int64 if array.dtype.kind == "i" else array.dtype, extent(array))
        found._stored = np.ascontiguousarray(array)
        return found

    @property
    def size(self) -> int:
        """Number of elements."""
        return int(self.frame.offsets[-1])

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of elements."""
        return (self.size,)

    ndim = 1

    @property
    def pending(self) -> bool:
        """Whether it is still to be computed."""
        return self._stored is None

    def keep(self) -> None:
        """Have it whole once a tile of it is computed: it is used more than once."""
        self.kept = True

    def stored(self) -> NDArray[Any]:
        """The array, perhaps of narrower numbers."""
        if self._stored is None:
            self.kept = True
            _Program([self]).run(self.frame.offsets[:-1], self.frame.offsets[1:])
        return self._stored  # type: ignore[return-value]

    def whole(self) -> NDArray[Any]:
        """The array."""
        if self.stored().dtype != self.dtype:
            self._stored = self.stored().astype(self.dtype)
        return self.stored()

    def room(self) -> NDArray[Any]:
        """Where it can be stored: small numbers, as most counts are, take a byte."""
        low, high = self.extent
        byte = self.dtype == np.int64 and low >= -128 and high <= 127
        return np.empty(self.size, np.int8 if byte else self.dtype)

    def found(self, array: NDArray[Any]) -> None:
        """Have the array, computed by a run."""
        self._stored, self.op, self.operands = array, Op.LOAD, ()

    def sums(self) -> Ints:
        """Sum of all elements before each, and of all: the total of any window is a difference of two."""
        if self._sums is None:
            low, high = self.extent
            wide = max(-low, high) * self.size >= 2**31
            self._sums = np.empty(self.size + 1, np.int64 if wide else np.int32)
            kernels.running(self.stored(), self._sums)
        return self._sums

    def edges(self) -> tuple[Ints, NDArray[np.bool_]]:
        """Of months or years: see :func:`himaya.law.kernels.edges`."""
        if self._edges is None:
            self._edges = kernels.edges(self.stored(), self.frame.offsets)
        return self._edges

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        """The array, for everything that is not done tile by tile."""
        return np.array(self.whole(), dtype, copy=copy)

    def __getitem__(self, at: Any) -> Any:
        return self.whole()[at]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.whole(), name)

    def __array_ufunc__(self, ufunc: Any, method: str, *operands: Any, **options: Any) -> Any:
        """A step, if there is one; else the arrays are computed."""
        step = STEPS.get(ufunc)
        if method != "__call__" or options or step is None or not _meet(self.frame, operands):
            arrays = [o.whole() if isinstance(o, Lazy) else o for o in operands]
            return getattr(ufunc, method)(*arrays, **options)
        told = step.extent(*map(extent, operands))
        if step.swapped:
            operands = operands[::-1]
        kinds = [o.dtype for o in operands if hasattr(o, "dtype")]
        dtype = np.dtype(np.bool_) if step.extent is flags else np.result_type(*kinds)
        return Lazy(self.frame, dtype, told, step.op, operands)


def _meet(frame: Frame, operands: Sequence[Any]) -> bool:
    """Whether these can be operands of one step: of one frame, or scalars."""
    return all(np.ndim(o) == 0 or np.shape(o) == (int(frame.offsets[-1]),) for o in operands)


def extent(values: Any) -> Extent:
    """Lowest and highest value, found or foreseen; (0, 0) of none. Of bits, 0 and all that are set."""
    if isinstance(values, Lazy):
        return values.extent
    if isinstance(values, int):
        return int(values), int(values)
    array = np.asarray(values)
    if array.dtype == np.bool_:
        return 0, 1
    if array.ndim == 0:
        return int(array), int(array)
    if array.size == 0:
        return 0, 0
    if array.dtype == np.uint64:
        return 0, int(np.bitwise_or.reduce(array))
    low, high = kernels.extent(np.ascontiguousarray(array.reshape(-1)))
    return int(low), int(high)


def where(condition: Any, then: Any, otherwise: Any) -> Any:
    """``np.where``, as a step if an operand is lazy."""
    operands = condition, then, otherwise
    lazy = next((o for o in operands if isinstance(o, Lazy)), None)
    if lazy is None or not _meet(lazy.frame, operands):
        return np.where(*(np.asarray(o) for o in operands))
    dtype = np.result_type(*(o.dtype if hasattr(o, "dtype") else np.asarray(o).dtype for o in operands[1:]))
    told = bits if dtype == np.uint64 else hull
    return Lazy(lazy.frame, dtype, told(extent(then), extent(otherwise)), Op.WHERE, operands)


def invert(flags: Any) -> Any:
    """``~flags``."""
    return Lazy(flags.frame, np.bool_, (0, 1), Op.NOT, (flags,)) if isinstance(flags, Lazy) else ~flags


def floor(dividends: Any, divisors: Any, largest: int | None) -> Any:
    """``dividends // divisors``, many times faster where they are moderate numbers.

    ``largest`` is the highest magnitude possible where all divisors are positive.
    """
    quick = largest is not None and largest < FLOAT
    for each in (dividends, divisors):
        if isinstance(each, Lazy) and _meet(each.frame, (dividends, divisors)):
            told = quotients(extent(dividends), extent(divisors))
            op = Op.FLOOR_QUICK if quick else Op.FLOOR
            return Lazy(each.frame, np.int64, told, op, (dividends, divisors))
    if not quick or np.ndim(divisors) == 0 or np.shape(dividends) != np.shape(divisors):
        return dividends // divisors
    found = np.empty(np.shape(dividends), np.int64)
    above, below = (kernels.contiguous(np.asarray(o), np.int64) for o in (dividends, divisors))
    kernels.floors(above, below, found)
    return found


def take(table: Any, positions: Any) -> Any:
    """``table[positions]``, where all positions are within it; a step if they are lazy."""
    if not isinstance(positions, Lazy) or isinstance(table, Lazy):
        return table[positions]
    return Lazy(positions.frame, table.dtype, extent(table), Op.TAKE, (positions, _words(table)))


def spread(values: NDArray[Any], frame: Frame) -> Lazy:
    """Each person's value once for each of the person's elements."""
    return Lazy(frame, values.dtype, extent(values), Op.SPREAD, (_words(values),))


def calendar(op: Op, values: Lazy) -> Lazy:
    """Month or first day of each element."""
    kernel = kernels.months_of if op is Op.MONTH_OF else kernels.first_days
    low, high = kernel(np.array(values.extent, np.int64)).tolist()
    return Lazy(values.frame, np.int64, (low, high), op, (values,))


def _words(array: NDArray[Any]) -> Ints:
    """The array as the machine reads it."""
    if array.dtype == np.uint64:
        return np.ascontiguousarray(array).view(np.int64)
    return kernels.contiguous(array, np.int64)


_LOADS = {1: Op.LOAD_BYTE, 2: Op.LOAD_SHORT, 4: Op.LOAD_WORD, 8: Op.LOAD}
"""By the bytes of an element."""

_WHOLE_OPERANDS = {Op.SPREAD: 0, Op.TAKE: 1}
"""Operands of steps from this one on are arrays read as a whole, not elements."""


def total(values: Lazy, starts: Ints, ends: Ints) -> Ints:
    """Sum of each window."""
    return _reduced(Op.TOTAL, [values], [np.empty(starts.size, np.int64)], starts, ends)[0]


def union(bits: Lazy, starts: Ints, ends: Ints) -> NDArray[np.uint64]:
    """Union of the bits of each window."""
    return _reduced(Op.ANY, [bits], [np.empty(starts.size, np.int64)], starts, ends)[0].view(np.uint64)


def best(values: Lazy, counted: Any, most: Ints, starts: Ints, ends: Ints) -> tuple[Ints, Ints]:
    """Sum of the ``most`` highest elements of each window that count, and how many were summed."""
    arrays = [np.empty(starts.size, np.int64), np.empty(starts.size, np.int64), most]
    sums, taken, _ = _reduced(Op.BEST, [values, counted], arrays, starts, ends)
    return sums, taken


def _reduced(op: Op, wanted: Sequence[Any], arrays: list[Ints], starts: Ints, ends: Ints) -> list[Ints]:
    program = _Program(wanted)
    at = program.array(*arrays)
    program.step(op, at, *(program.register(each) for each in wanted), *[0] * (2 - len(wanted)), at + 2)
    program.run(starts, ends)
    return arrays


class _Program:
    """The steps of one run over all elements: for a reduction, or to have arrays whole."""

    def __init__(self, wanted: Sequence[Any]) -> None:
        self._frame = next(each.frame for each in wanted if isinstance(each, Lazy))
        self._order = _order(wanted)
        self._steps: list[tuple[int, ...]] = []
        self._arrays: list[NDArray[Any]] = []
        self._kept: list[tuple[Lazy, NDArray[Any]]] = []
        self._constants: dict[int, int] = {}
        self._places: dict[int, int] = {}
        self._free: list[int] = []
        self._registers = 0
        used = [o for each in self._order for o in _elements(each)] + [*wanted]
        self._uses = Counter(map(id, used))
        for each in self._order:
            self._compute(each)

    def _compute(self, each: Lazy) -> None:
        elements = _elements(each)
        operands = [self.register(o) for o in elements]
        operands += [self.array(o) for o in each.operands[len(elements) :]]
        out = self._places[id(each)] = self._new()
        self.step(each.op, out, *operands, *[0] * (3 - len(operands)))
        for operand in elements:  # a register is free after its last use
            self._uses[id(operand)] -= 1
            if self._uses[id(operand)] == 0 and np.ndim(operand):
                self._free.append(self._places[id(operand)])
        if each.kept:
            room = each.room()
            self._kept.append((each, room))
            self.step(Op.STORE_BYTE if room.itemsize == 1 else Op.STORE, self.array(room), out, 0, 0)

    def step(self, *step: int) -> None:
        """One more step."""
        self._steps.append(step)

    def array(self, *arrays: NDArray[Any]) -> int:
        """Position of the first of these arrays."""
        self._arrays += arrays
        return len(self._arrays) - len(arrays)

    def register(self, operand: Any) -> int:
        """Where the elements of an operand are."""
        if np.ndim(operand) == 0:
            value = _word(operand)
            if value not in self._constants:
                self._constants[value] = self._fresh()
            return self._constants[value]
        if id(operand) not in self._places:
            array = operand.stored() if isinstance(operand, Lazy) else np.ascontiguousarray(operand)
            self._places[id(operand)] = self._new()
            self.step(_LOADS[array.itemsize], self._places[id(operand)], self.array(array), 0, 0)
        return self._places[id(operand)]

    def _new(self) -> int:
        return self._free.pop() if self._free else self._fresh()

    def _fresh(self) -> int:
        """A register that nothing was in: a constant must stay there from the first tile to the last."""
        self._registers += 1
        return self._registers - 1

    def run(self, starts: Ints, ends: Ints) -> None:
        """Run the steps; arrays that are kept are whole then."""
        frame = self._frame
        registers = np.empty((self._registers, frame.longest), np.int64)
        for value, at in self._constants.items():
            registers[at] = value
        addresses = np.array([each.ctypes.data for each in self._arrays], np.int64)
        program = np.array(self._steps, np.int64)
        machine.run(program, addresses, frame.tiles, frame.offsets, starts, ends, registers)
        for each, array in self._kept:
            each.found(array)


def _elements(each: Lazy) -> tuple[Any, ...]:
    """The operands of a step that are elements."""
    return each.operands[: _WHOLE_OPERANDS.get(each.op)]


def _word(scalar: Any) -> int:
    """A scalar as a register holds it."""
    value = int(scalar)
    return value - 2**64 if value >= 2**63 else value


def _order(wanted: Sequence[Any]) -> list[Lazy]:
    """What is still to be computed for these arrays, operands first."""
    found: list[Lazy] = []
    seen: set[int] = set()
    stack = [(each, False) for each in wanted]
    while stack:
        each, ready = stack.pop()
        if ready:
            found.append(each)
        elif isinstance(each, Lazy) and each.pending and id(each) not in seen:
            seen.add(id(each))
            stack.append((each, True))
            stack += [(operand, False) for operand in _elements(each)]
    return found
