"""What is known of an array before it is computed: the lowest and highest value it can have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from himaya.law.machine import Op

Extent = tuple[int, int]
"""Lowest and highest value possible; of bits, 0 and all that can be set."""

EITHER: Extent = 0, 1
"""Of a flag of which nothing is known."""


def hull(a: Extent, b: Extent) -> Extent:
    """The extent of both."""
    return min(a[0], b[0]), max(a[1], b[1])


def either(a: Extent, b: Extent) -> Extent:
    """Of flags, or of sets of bits, of which one or the other is set."""
    return a[0] | b[0], a[1] | b[1]


def both(a: Extent, b: Extent) -> Extent:
    """Of flags, or of sets of bits: what both have."""
    return a[0] & b[0], a[1] & b[1]


def opposite(a: Extent) -> Extent:
    """Of a flag that is not set."""
    return 1 - a[1], 1 - a[0]


def _corners(combine: Callable[[int, int], int]) -> Callable[[Extent, Extent], Extent]:
    def found(a: Extent, b: Extent) -> Extent:
        values = [combine(x, y) for x in a for y in b]
        return min(values), max(values)

    return found


def quotients(a: Extent, b: Extent) -> Extent:
    """Of whole quotients, rounded down."""
    if b[0] > 0:
        return _corners(lambda x, y: x // y)(a, b)
    most = max(-a[0], a[1])
    return -most, most


def _less(a: Extent, b: Extent) -> Extent:
    return int(a[1] < b[0]), int(a[0] < b[1])


def _less_equal(a: Extent, b: Extent) -> Extent:
    return int(a[1] <= b[0]), int(a[0] <= b[1])


def _equal(a: Extent, b: Extent) -> Extent:
    return int(a[0] == a[1] == b[0] == b[1]), int(a[0] <= b[1] and b[0] <= a[1])


@dataclass(frozen=True)
class Step:
    """How the machine does what NumPy calls a ufunc, and what is known of the result.

    Parameters
    ----------
    op, extent
        The operation, and the extent of its result from those of its operands.
    swapped
        Whether it is done on swapped operands.
    neutral
        The number that, as an operand, leaves the other one as it is.
    """

    op: Op
    extent: Callable[..., Extent]
    swapped: bool = False
    neutral: int | None = None

    @property
    def compares(self) -> bool:
        """Whether flags come of it, whatever the operands are."""
        return Op.LESS <= self.op <= Op.NOT_EQUAL


STEPS = {
    np.add: Step(Op.ADD, lambda a, b: (a[0] + b[0], a[1] + b[1]), neutral=0),
    np.subtract: Step(Op.SUBTRACT, lambda a, b: (a[0] - b[1], a[1] - b[0])),
    np.multiply: Step(Op.MULTIPLY, _corners(lambda x, y: x * y), neutral=1),
    np.floor_divide: Step(Op.FLOOR, quotients),
    np.negative: Step(Op.NEGATIVE, lambda a: (-a[1], -a[0])),
    np.minimum: Step(Op.MINIMUM, lambda a, b: (min(a[0], b[0]), min(a[1], b[1]))),
    np.maximum: Step(Op.MAXIMUM, lambda a, b: (max(a[0], b[0]), max(a[1], b[1]))),
    np.bitwise_and: Step(Op.AND, both),
    np.bitwise_or: Step(Op.OR, either, neutral=0),
    np.less: Step(Op.LESS, _less),
    np.less_equal: Step(Op.LESS_EQUAL, _less_equal),
    np.greater: Step(Op.LESS, lambda a, b: _less(b, a), swapped=True),
    np.greater_equal: Step(Op.LESS_EQUAL, lambda a, b: _less_equal(b, a), swapped=True),
    np.equal: Step(Op.EQUAL, _equal),
    np.not_equal: Step(Op.NOT_EQUAL, lambda a, b: opposite(_equal(a, b))),
}
EXTENTS = {ufunc: step.extent for ufunc, step in STEPS.items()}
"""What is known of a result before it is computed."""
