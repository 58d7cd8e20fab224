"""Arrays of persons' values, and of elements, that are computed where they are needed, tile by tile.

A pension is some hundred steps on each person, and some dozen on each element of a career. One step after the other
over all persons, each goes to main memory and back. A :class:`Lazy` array notes its step instead; where a result is
wanted, all steps run on a few persons at a time (:mod:`himaya.law.program`), and most intermediate arrays are never
whole anywhere. Results are the same to the last bit. The extent of each array, its lowest and highest value possible,
is known without computing it: that is how exact arithmetic proves that nothing overflows, and how steps that can have
one result only are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from himaya.law import kernels, trace
from himaya.law.machine import Op
from himaya.law.program import compute
from himaya.law.steps import EITHER, STEPS, either, hull, opposite, quotients

if TYPE_CHECKING:
    from himaya.law.steps import Extent, Step

Ints = NDArray[np.int64]

MANY_PERSONS, MANY_ELEMENTS = 1024, 4096
"""Arrays of fewer are computed at once: noting a step costs some microseconds."""

_WIDTHS = (np.int8, np.int16, np.int32, np.int64)

_NUMBERS = {Op.TOTAL, Op.BEST, Op.LOWER_BOUND}
"""Of flags as well."""

FLOAT = 2**53
"""Below it every whole number is a floating-point number."""


@dataclass(frozen=True, eq=False)
class Frame:
    """What the places of an array stand for: persons, or their elements.

    Parameters
    ----------
    rows
        Number of persons.
    offsets
        Person ``i`` owns the elements ``[offsets[i], offsets[i + 1])``; None for the frame of the persons themselves.
    """

    rows: int
    offsets: Ints | None = None

    @property
    def key(self) -> int:
        """Equal for frames that are the same."""
        return 0 if self.offsets is None else id(self.offsets)

    @cached_property
    def size(self) -> int:
        """Number of places."""
        return self.rows if self.offsets is None else int(self.offsets[-1])

    @cached_property
    def owners(self) -> Frame:
        """The frame of the persons."""
        return self if self.offsets is None else Frame(self.rows)

    @cached_property
    def longest(self) -> int:
        """Most elements of a person."""
        return 1 if self.offsets is None else int(np.diff(self.offsets).max(initial=0))

    @property
    def tiled(self) -> bool:
        """Whether steps on elements are to be done tile by tile: they are many, or those who own them are."""
        return self.size >= MANY_ELEMENTS or self.waits

    @property
    def waits(self) -> bool:
        """Whether persons' values are to be computed with those that rest on them: they are many."""
        return self.rows >= MANY_PERSONS and trace.current() is None


class Lazy(np.lib.mixins.NDArrayOperatorsMixin):
    """An array: computed, or the step and the operands it is computed from.

    Parameters
    ----------
    frame
        What its places stand for.
    dtype
        ``int64``, ``bool``, or ``uint64`` for bits.
    extent
        Lowest and highest value possible; of bits, 0 and all that can be set.
    op, operands
        The step: operands are lazy arrays, arrays of the same frames, arrays that are read as a whole, or scalars.
    over
        The elements that a reduction looks at.

    Attributes
    ----------
    kept
        Whether it is to be whole once it is computed for something else: more is to come that uses it.
    """

    __slots__ = ("_stored", "dtype", "extent", "frame", "kept", "op", "operands", "over")

    def __init__(
        self,
        frame: Frame,
        dtype: Any,
        extent: Extent,
        op: Op = Op.LOAD,
        operands: Sequence[Any] = (),
        over: Frame | None = None,
    ) -> None:
        self.frame, self.dtype, self.extent = frame, np.dtype(dtype), extent
        self.op, self.operands, self.over = op, tuple(operands), over
        self.kept = False
        self._stored: NDArray[Any] | None = None

    @property
    def size(self) -> int:
        """Number of places."""
        return self.frame.size

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of places."""
        return (self.frame.size,)

    ndim = 1

    @property
    def pending(self) -> bool:
        """Whether it is still to be computed."""
        return self._stored is None

    def stored(self) -> NDArray[Any]:
        """The array, perhaps of narrower numbers."""
        if self._stored is None:
            compute([self])
        return self._stored  # type: ignore[return-value]

    def whole(self) -> NDArray[Any]:
        """The array."""
        if self.stored().dtype != self.dtype:
            self._stored = self.stored().astype(self.dtype)
        return self.stored()

    def room(self) -> NDArray[Any]:
        """Where it can be stored, numbers as narrow as they can be."""
        low, high = self.extent
        fitting = (each for each in _WIDTHS if low >= np.iinfo(each).min and high <= np.iinfo(each).max)
        return np.empty(self.size, next(fitting) if self.dtype == np.int64 else self.dtype)

    def found(self, array: NDArray[Any]) -> None:
        """Have the array, computed by a run."""
        self._stored, self.op, self.operands, self.over = array, Op.LOAD, (), None

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
        extents = [extent(o) for o in operands]
        dtypes = [o.dtype for o in operands if hasattr(o, "dtype")]
        dtype = np.dtype(np.bool_) if step.compares else np.result_type(*dtypes)
        same = _unchanged(step, operands, extents, dtype)
        if same is not None:
            return same
        return _noted(
            self.frame, dtype, step.extent(*extents), step.op, operands[:: -1 if step.swapped else 1]
        )


def given(part: Any, frame: Frame, told: Extent | None = None, dtype: Any = None) -> Any:
    """A part of a value that is there, as an array of the frame.

    Whole numbers are as narrow as they were given; ``told`` is their extent, and ``dtype`` what they are, if known.
    """
    if np.ndim(part) == 0 or isinstance(part, Lazy):
        return part
    dtype = dtype or (np.int64 if part.dtype.kind == "i" else part.dtype)
    found = Lazy(frame, dtype, extent(part) if told is None else told)
    found.found(np.ascontiguousarray(part))
    return found


def _noted(frame: Frame, dtype: Any, told: Extent, op: Op, operands: Sequence[Any]) -> Any:
    """A step; or the value of all, where only one is possible."""
    if told[0] == told[1]:
        return np.array(told[0], dtype)
    return Lazy(frame, dtype, told, op, operands)


def _unchanged(step: Step, operands: Sequence[Any], extents: Sequence[Extent], dtype: Any) -> Lazy | None:
    """The operand that a step leaves as it is: a sum with 0, the lower of two that is always lower."""
    for own, other, each in zip(extents, extents[::-1], operands, strict=True):
        if not isinstance(each, Lazy) or each.dtype != dtype or len(operands) == 1:
            continue
        if (
            (step.neutral is not None and other == (step.neutral, step.neutral))
            or (step.op is Op.MINIMUM and own[1] <= other[0])
            or (step.op is Op.MAXIMUM and own[0] >= other[1])
            or (step.op is Op.AND and dtype == np.bool_ and other == (1, 1))
        ):
            return each
    return None


def _meet(frame: Frame, operands: Sequence[Any]) -> bool:
    """Whether these can be operands of one step: of one frame, or scalars."""
    return all(
        (o.frame.key, o.frame.rows) == (frame.key, frame.rows)
        if isinstance(o, Lazy)
        else np.ndim(o) == 0 or np.shape(o) == (frame.size,)
        for o in operands
    )


def extent(values: Any) -> Extent:
    """Lowest and highest value, found or foreseen; (0, 0) of none. Of bits, 0 and all that are set."""
    if isinstance(values, Lazy):
        return values.extent
    if isinstance(values, int):
        return int(values), int(values)
    array = np.asarray(values)
    if array.ndim == 0:
        return (0, int(array)) if array.dtype == np.uint64 else (int(array), int(array))
    if array.dtype == np.bool_:
        return EITHER
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
    if np.ndim(condition) == 0:
        chosen = then if condition else otherwise
        return chosen if np.ndim(chosen) and chosen.dtype == dtype else np.asarray(chosen, dtype)
    told = (either if dtype == np.uint64 else hull)(extent(then), extent(otherwise))
    return _noted(lazy.frame, dtype, told, Op.WHERE, operands)


def invert(flags: Any) -> Any:
    """``~flags``."""
    if not isinstance(flags, Lazy):
        return ~flags
    return _noted(flags.frame, np.bool_, opposite(flags.extent), Op.NOT, (flags,))


def floor(dividends: Any, divisors: Any, largest: int | None) -> Any:
    """``dividends // divisors``, many times faster where they are moderate numbers.

    ``largest`` is the highest magnitude possible where all divisors are positive.
    """
    quick = largest is not None and largest < FLOAT
    for each in (dividends, divisors):
        if isinstance(each, Lazy) and _meet(each.frame, (dividends, divisors)):
            told = quotients(extent(dividends), extent(divisors))
            op = Op.FLOOR_QUICK if quick else Op.FLOOR
            return _noted(each.frame, np.int64, told, op, (dividends, divisors))
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
    low, high = positions.extent
    told = extent(table[low : high + 1])
    return _noted(positions.frame, table.dtype, told, Op.TAKE, (positions, _words(table)))


def as_of(keys: Any, since: Ints) -> Any:
    """Place of the last of the ascending numbers ``since`` at or before each key, -1 before the first."""
    if not isinstance(keys, Lazy):
        return kernels.as_of(kernels.contiguous(keys.reshape(-1), np.int64), since).reshape(keys.shape)
    low, high = kernels.as_of(np.array(keys.extent, np.int64), since).tolist()
    return _noted(keys.frame, np.int64, (low, high), Op.AS_OF, (keys, since, since.size))


def compound(amounts: Any, begins: Any, ends: Any, factors: Ints, den: int, told: Extent) -> Any:
    """Each amount times ``factors[begins[i]:ends[i]]`` over ``den``, every product rounded down.

    ``told`` is the extent of the result.
    """
    operands = amounts, begins, ends
    lazy = next((o for o in operands if isinstance(o, Lazy)), None)
    if lazy is not None and _meet(lazy.frame, operands):
        return _noted(lazy.frame, np.int64, told, Op.COMPOUND, (*operands, factors, den))
    shape = np.broadcast_shapes(*(o.shape for o in operands))
    value, first, after = (
        kernels.contiguous(np.broadcast_to(o, shape).reshape(-1), np.int64) for o in operands
    )
    return kernels.compounded(value, first, after, factors, den).reshape(shape)


def spread(values: Any, frame: Frame) -> Any:
    """Each person's value once for each of the person's elements."""
    return _noted(frame, values.dtype, extent(values), Op.SPREAD, (values,))


def calendar(op: Op, values: Lazy) -> Any:
    """Month or first day of each place."""
    kernel = kernels.months_of if op is Op.MONTH_OF else kernels.first_days
    low, high = kernel(np.array(values.extent, np.int64)).tolist()
    return _noted(values.frame, np.int64, (low, high), op, (values,))


def window(op: Op, elements: Sequence[Any], bounds: Sequence[Any], told: Extent, frame: Frame) -> Any:
    """One number a person from elements of a frame.

    Parameters
    ----------
    op
        What is done with them.
    elements
        What the operation looks at.
    bounds
        Position of the first that counts, one after the last, and what else the operation asks for; one a person.
    told
        Extent of the result.
    """
    dtype = np.result_type(*(each.dtype for each in elements))
    if op in _NUMBERS:
        dtype = np.dtype(np.int64)
    found = Lazy(frame.owners, dtype, told, op, (*elements, *bounds), frame)
    return found if found.frame.waits else found.whole()


def total(values: Any, bounds: Sequence[Any], told: Extent, frame: Frame) -> Any:
    """Sum of each window, whose ``bounds`` are as for :func:`window`: of all windows from the same running sums."""
    sums = Lazy(frame, np.int64, told, Op.RUNNING, [values])
    return window(Op.TOTAL, [sums], bounds, told, frame)


def _words(array: NDArray[Any]) -> Ints:
    """The array as the machine reads it."""
    if array.dtype == np.uint64:
        return np.ascontiguousarray(array).view(np.int64)
    return kernels.contiguous(array, np.int64)
