"""One person's elements of an explanation, as arrays until somebody asks for one, and those that were chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from himaya.law.units import Languages, Unit
    from himaya.law.vector import Vector


@dataclass(frozen=True, eq=False, repr=False)
class Elements(Sequence["Fraction | bool | None"]):
    """The exact values of one person's elements; equal to any sequence of the same values.

    A career has hundreds, in some dozen quantities of a tree, and hardly one of them is looked at: a fraction is made
    only for the one that is.

    Parameters
    ----------
    values
        Elements of all persons.
    first, after
        The person's own are ``[first, after)``.
    """

    values: Vector
    first: int
    after: int

    def __len__(self) -> int:
        return self.after - self.first

    @overload
    def __getitem__(self, at: int) -> Fraction | bool | None: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Fraction | bool | None, ...]: ...
    def __getitem__(self, at: int | slice) -> Fraction | bool | tuple[Fraction | bool | None, ...] | None:
        found = range(self.first, self.after)[at]
        if isinstance(found, range):
            return tuple(self.values.fraction(each) for each in found)
        return self.values.fraction(found)

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, Sequence) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))


@dataclass(frozen=True)
class Chosen:
    """The elements that a mean of the best took.

    Parameters
    ----------
    labels, unit
        Of the quantity whose elements they are.
    values
        By position, from 0, of the person's elements.
    """

    labels: Languages
    unit: Unit
    values: Mapping[int, Fraction]
