"""Quantities as they leave an evaluation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from himaya.errors import nearest
from himaya.law.errors import InputError
from himaya.law.lazy import Lazy
from himaya.law.lookup import Gap
from himaya.law.ragged import RaggedVector
from himaya.law.rules import Rule
from himaya.law.units import Cases, Unit
from himaya.law.vector import Bits, Bools, Ints, Vector, _rounded
from himaya.sentence import said

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from himaya.law.system import System


@dataclass(frozen=True)
class Result:
    """One quantity for all persons.

    Parameters
    ----------
    name, unit
        What it is.
    values
        ``int64`` (money in centimes), ``bool``, or ``float64`` where exact values are not whole; 0 where not
        available. Shape ``(persons,)``, or ``(elements,)`` for a ragged quantity.
    available
        False where the law or the inputs give no value. Same shape.
    doubts
        Bit ``i`` is set where the value rests on ``sources[i]``. Same shape.
    sources
        The unverified parameters and rules.
    offsets
        Of a ragged quantity, else None.
    """

    name: str
    unit: Unit
    values: NDArray[Any]
    available: Bools
    doubts: Bits
    sources: tuple[str, ...]
    exact: Vector
    offsets: Ints | None = None

    @property
    def unverified(self) -> Bools:
        """Where the value rests on something nobody has verified."""
        doubtful: Bools = self.doubts != 0
        return doubtful

    def unverified_because(self, index: int) -> tuple[str, ...]:
        """Names of the unverified parameters and rules that set one person's value."""
        bits = int(self.doubts[index])
        return tuple(name for i, name in enumerate(self.sources) if bits >> i & 1)

    def rounded(self) -> Ints:
        """Whole numbers, the nearest (half upwards), from the exact values: money in whole centimes."""
        whole: Ints = np.broadcast_to(
            np.asarray(_rounded("round", self.exact).num, np.int64), self.values.shape
        )
        return np.where(self.available, whole, 0)

    def names(self) -> NDArray[np.str_]:
        """Names of the cases of a status or reason."""
        if not isinstance(self.unit, Cases):
            raise InputError(
                said("{name} is not one of a list of cases, but {unit}", name=self.name, unit=self.unit.name)
            )
        names: NDArray[np.str_] = np.array([*self.unit.members], np.str_)[self.values]
        return names


@dataclass(frozen=True)
class Evaluation(Mapping[str, Result]):
    """Results by name of target; ``gaps`` lists the parameters without a value on a date that was needed."""

    results: Mapping[str, Result]
    gaps: tuple[Gap, ...]
    on: date
    known: date | None

    def __getitem__(self, name: str) -> Result:
        if name not in self.results:
            raise InputError(said("'{name}' was not evaluated", name=name), mend=nearest(name, self.results))
        return self.results[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)


def result_of(each: Rule, value: Any, persons: int, sources: tuple[str, ...]) -> Result:
    """A quantity as it leaves an evaluation."""
    offsets = None
    vector, shape = value, (persons,)
    if isinstance(value, RaggedVector):
        offsets, vector, shape = value.offsets, value.elements, (value.frame.size,)
    vector = computed(vector)
    missing = np.zeros(shape, np.bool_) if vector.missing is None else np.broadcast_to(vector.missing, shape)
    doubts = np.zeros(shape, np.uint64) if vector.doubts is None else np.broadcast_to(vector.doubts, shape)
    doubts = np.where(missing, np.uint64(0), doubts)  # what is not there rests on nothing
    num: NDArray[Any] = np.broadcast_to(vector.num, shape)
    if vector.num.dtype != np.bool_ and not (isinstance(vector.den, int) and vector.den == 1):
        num = num / vector.den
    values = np.where(missing, num.dtype.type(0), num)
    return Result(each.name, each.unit, values, ~missing, doubts, sources, vector, offsets)


def results_of(
    system: System,
    rules: Iterable[Rule],
    found: Mapping[str, Any],
    sizes: Mapping[str, int],
    sources: tuple[str, ...],
) -> dict[str, Result]:
    """The quantities found, as they leave an evaluation."""
    own = {each.name: each for each in rules}
    return {
        name: result_of(own[name], value, sizes[system.shapes[name].entity], sources)
        for name, value in found.items()
    }


def computed(value: Vector) -> Vector:
    """The same, all arrays computed."""
    own: tuple[Any, ...] = (value.num, value.den, value.doubts, value.missing)
    num, den, doubts, missing = (part.whole() if isinstance(part, Lazy) else part for part in own)
    return Vector(num, den, doubts, missing)
