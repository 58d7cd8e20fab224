"""The steps that are noted in lazy arrays as one program of :mod:`himaya.law.machine`.

Each step is done once, however many arrays rest on it; a register is free after its last use. Nothing but what was
asked for, and what is kept because more is to come, is whole anywhere.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from himaya.law import machine
from himaya.law.machine import Op

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    from himaya.law.lazy import Lazy

Ints = NDArray[np.int64]

TILE = 6144
"""Elements of a tile, about: a dozen registers of it stay in the second-level cache."""

ROWS = 256
"""Persons of a tile at most: some hundred registers of it stay there, too."""

_LOADS = {1: Op.LOAD_BYTE, 2: Op.LOAD_SHORT, 4: Op.LOAD_WORD, 8: Op.LOAD}
_STORES = {1: Op.STORE_BYTE, 2: Op.STORE_SHORT, 4: Op.STORE_WORD, 8: Op.STORE}
"""By the bytes of a number."""

_KINDS = {
    Op.SPREAD: "p",
    Op.TAKE: ".a",
    Op.AS_OF: ".an",
    Op.COMPOUND: "...a.",
    Op.TOTAL: "epp",
    Op.ANY: "epp",
    Op.LOWEST: "epp",
    Op.HIGHEST: "epp",
    Op.LOWER_BOUND: "eppp",
    Op.BEST: "eeppp",
}
"""What the operands of a step are: like its result (``.``, as all of those that are not here), a person's, an
element's, an array read as a whole, or a plain number."""

_HELD = frozenset(".pe")
"""Those that are in registers."""

_NOTHING = (0,) * 6


def compute(wanted: Iterable[Lazy]) -> None:
    """Have these arrays whole; those of the same persons in one run."""
    found: dict[int, list[Lazy]] = defaultdict(list)
    for each in wanted:
        if each.pending:
            each.kept = True
            found[each.frame.rows].append(each)
    for arrays in found.values():
        _Program(arrays).run()


class _Step(NamedTuple):
    """A step to do: whose it is, its operands and what they are, and the arrays to store, all computed in this way."""

    array: Lazy
    operands: list[tuple[str, Any]]
    kept: list[Lazy]


class _Program:
    """The steps of one run over all persons."""

    def __init__(self, wanted: Sequence[Lazy]) -> None:
        order = _order(wanted)
        self._frames, self._offsets, self._tiles, self._widths = _tiled([each.array for each in order])
        self._steps: list[tuple[int, ...]] = []
        self._arrays: list[NDArray[Any]] = []
        self._stored: list[tuple[Lazy, NDArray[Any]]] = []
        self._constants: dict[tuple[int, int], int] = {}
        self._places: dict[int, int] = {}
        self._free: dict[int, list[int]] = defaultdict(list)
        self._end = 0
        self._uses = Counter(
            id(operand) for each in order for kind, operand in each.operands if kind in _HELD
        )
        for each in order:
            self._compute(*each)

    def _compute(self, array: Lazy, operands: list[tuple[str, Any]], kept: list[Lazy]) -> None:
        frame = self._frames[array.frame.key]
        over = frame if array.over is None else self._frames[array.over.key]
        frames = {".": frame, "p": 0, "e": over}
        told = [self._operand(kind, operand, frames) for kind, operand in operands]
        out = self._places[id(array)] = self._new(frame)
        self._step(array.op, over, out, *told)
        for kind, operand in operands:
            if kind in _HELD:
                self._uses[id(operand)] -= 1
                if self._uses[id(operand)] == 0 and not isinstance(operand, int):
                    self._free[frames[kind]].append(self._places[id(operand)])
        for each in kept:
            room = each.room()
            self._stored.append((each, room))
            self._step(_STORES[room.itemsize], frame, self._array(room), out)

    def _operand(self, kind: str, operand: Any, frames: Mapping[str, int]) -> int:
        """What the step says of an operand: its register, its array, or itself."""
        if kind == "n":
            return int(operand)
        return self._array(operand) if kind == "a" else self._register(operand, frames[kind])

    def _step(self, op: Op, frame: int, *operands: int) -> None:
        self._steps.append((op, frame, *operands, *_NOTHING[len(operands) :]))

    def _array(self, array: NDArray[Any]) -> int:
        self._arrays.append(array)
        return len(self._arrays) - 1

    def _register(self, operand: Any, frame: int) -> int:
        """Where an operand is."""
        if isinstance(operand, int):
            if (operand, frame) not in self._constants:
                self._constants[operand, frame] = self._fresh(frame)
            return self._constants[operand, frame]
        if id(operand) not in self._places:
            array = np.ascontiguousarray(operand) if isinstance(operand, np.ndarray) else operand.stored()
            self._places[id(operand)] = self._new(frame)
            self._step(_LOADS[array.itemsize], frame, self._places[id(operand)], self._array(array))
        return self._places[id(operand)]

    def _new(self, frame: int) -> int:
        free = self._free[frame]
        return free.pop() if free else self._fresh(frame)

    def _fresh(self, frame: int) -> int:
        """A register that nothing was in: a constant must stay there from the first tile to the last."""
        self._end += self._widths[frame]
        return self._end - self._widths[frame]

    def run(self) -> None:
        """Run the steps; arrays that are kept are whole then."""
        registers = np.empty(self._end + 8, np.int64)
        registers = registers[-registers.ctypes.data // 8 % 8 :]  # a register begins with a line of the cache
        for (value, frame), at in self._constants.items():
            registers[at : at + self._widths[frame]] = value
        machine.run(
            np.array(self._steps, np.int64),
            np.array([each.ctypes.data for each in self._arrays], np.int64),
            self._tiles,
            np.array([0, *(each.ctypes.data for each in self._offsets)], np.int64),
            registers,
            max(self._widths),
        )
        for each, array in self._stored:
            each.found(array)


def _word(scalar: Any) -> int:
    """A scalar as a register holds it."""
    value = int(scalar)
    return value - 2**64 if value >= 2**63 else value


def _order(wanted: Sequence[Lazy]) -> list[_Step]:
    """What is to be computed for these arrays, operands first; what is computed in the same way, once."""
    steps: list[_Step] = []
    first: dict[int, Lazy] = {}
    known: dict[Hashable, _Step] = {}
    stack = [(each, False) for each in reversed(wanted)]
    seen: set[int] = set()
    while stack:
        each, ready = stack.pop()
        if ready:
            step = _Step(each, _operands(each, first), [])
            own = known.setdefault(_identity(step), step)
            first[id(each)] = own.array
            if own is step:
                steps.append(step)
            if each.kept:
                own.kept.append(each)
        elif id(each) not in seen:
            seen.add(id(each))
            stack.append((each, True))
            stack += [(o, False) for o in each.operands[::-1] if getattr(o, "pending", False)]
    return steps


def _operands(each: Lazy, first: Mapping[int, Lazy]) -> list[tuple[str, Any]]:
    """What each operand is, and the operand: scalars as numbers, of arrays computed in the same way the first."""
    kinds = _KINDS.get(each.op) or "." * len(each.operands)
    return [
        (
            kind,
            operand
            if kind in "an"
            else first.get(id(operand), operand)
            if np.ndim(operand)
            else _word(operand),
        )
        for kind, operand in zip(kinds, each.operands, strict=True)
    ]


def _identity(step: _Step) -> Hashable:
    """What two arrays share that are computed in the same way from the same."""
    array = step.array
    operands = [each if isinstance(each, int) else (id(each),) for _, each in step.operands]
    return array.op, array.frame.key, array.over and array.over.key, *operands


def _tiled(order: Sequence[Lazy]) -> tuple[dict[int, int], list[Ints], Ints, list[int]]:
    """Numbers of the frames, 0 that of the persons; offsets of the others; the tiles; room for each one's registers."""
    frames = {
        frame.key: frame.offsets
        for each in order
        for frame in (each.frame, each.over)
        if frame is not None and frame.offsets is not None
    }
    rows = order[0].frame.rows
    cuts = [np.arange(0, rows, ROWS), np.array([rows])]
    cuts += [
        np.searchsorted(each, np.arange(TILE, int(each[-1]), TILE), side="right") - 1
        for each in frames.values()
    ]
    tiles = np.unique(np.concatenate(cuts)).astype(np.int64)
    longest = [int(np.diff(at).max(initial=0)) for at in (tiles, *(each[tiles] for each in frames.values()))]
    # An odd number of cache lines: registers that begin at the same place of a page would get in each other's way.
    widths = [(most // 8 | 1) * 8 + 8 for most in longest]
    return {0: 0} | {key: place for place, key in enumerate(frames, 1)}, [*frames.values()], tiles, widths
