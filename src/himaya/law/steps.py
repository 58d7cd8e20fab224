"""What is known of an array before it is computed: the lowest and highest value it can have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from himaya.law.machine import Op

Extent = tuple[int, int]
"""Lowest and highest value possible; of bits, 0 and all that can be set."""


def hull(a: Extent, b: Extent) -> Extent:
    """The extent of both."""
    return min(a[0], b[0]), max(a[1], b[1])


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


def flags(*_: Extent) -> Extent:
    """Of true and false."""
    return 0, 1


def bits(a: Extent, b: Extent) -> Extent:
    """Of sets of bits: what one of both can have."""
    return 0, a[1] | b[1]


@dataclass(frozen=True)
class Step:
    """How the machine does what NumPy calls a ufunc, on swapped operands perhaps, and what is known of the result."""

    op: Op
    extent: Callable[..., Extent]
    swapped: bool = False


STEPS = {
    np.add: Step(Op.ADD, lambda a, b: (a[0] + b[0], a[1] + b[1])),
    np.subtract: Step(Op.SUBTRACT, lambda a, b: (a[0] - b[1], a[1] - b[0])),
    np.multiply: Step(Op.MULTIPLY, _corners(lambda x, y: x * y)),
    np.floor_divide: Step(Op.FLOOR, quotients),
    np.negative: Step(Op.NEGATIVE, lambda a: (-a[1], -a[0])),
    np.minimum: Step(Op.MINIMUM, lambda a, b: (min(a[0], b[0]), min(a[1], b[1]))),
    np.maximum: Step(Op.MAXIMUM, lambda a, b: (max(a[0], b[0]), max(a[1], b[1]))),
    np.bitwise_and: Step(Op.AND, bits),
    np.bitwise_or: Step(Op.OR, bits),
    np.less: Step(Op.LESS, flags),
    np.less_equal: Step(Op.LESS_EQUAL, flags),
    np.greater: Step(Op.LESS, flags, swapped=True),
    np.greater_equal: Step(Op.LESS_EQUAL, flags, swapped=True),
    np.equal: Step(Op.EQUAL, flags),
    np.not_equal: Step(Op.NOT_EQUAL, flags),
}
EXTENTS = {ufunc: step.extent for ufunc, step in STEPS.items()}
"""What is known of a result before it is computed."""
