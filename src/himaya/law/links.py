"""Links between entities: who belongs to which household, who is whose spouse, who is whose child.

A rule names a link as an argument and crosses it in one of three ways::

    total(household.each(income))              # a household's: the sum over its members
    household.of(household_income)             # a person's: the quantity of the household it belongs to
    parent.back(rank(parent.each(born), …))    # a child's: its place among its parent's children

``each`` gives a ragged array, so that sums, counts and ranks over a group are the reducers that careers have too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from himaya.law import trace
from himaya.law.errors import InputError
from himaya.law.lazy import Frame
from himaya.law.parameters import day_number
from himaya.law.ragged import RaggedVector
from himaya.law.vector import Bools, Ints, Vector, _whole
from himaya.sentence import said

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from himaya.law.rules import Link


@dataclass(frozen=True, eq=False)
class Members:
    """Which members belong to which groups, as given to an evaluation.

    Parameters
    ----------
    members, groups
        Positions among the members' entity and among the groups' entity, one pair a row. Shape ``(rows,)``.
    since, until
        First and last day of each row, as days since 1970-01-01; None: always.
    """

    members: NDArray[Any]
    groups: NDArray[Any]
    since: NDArray[Any] | None = None
    until: NDArray[Any] | None = None

    def __post_init__(self) -> None:
        sizes = {np.shape(column) for column in vars(self).values() if column is not None}
        if len(sizes) != 1 or len(next(iter(sizes))) != 1:
            raise InputError("the columns of a link have different lengths", mend="Give one value a row.")


@dataclass(frozen=True, eq=False)
class ArrayLink:
    """A link as rules see it, on one date for all or one a member."""

    declared: Link
    rows: Members
    sizes: tuple[int, int]
    """Number of members' and of groups' entities."""
    day: Vector
    keys: NDArray[Any] | None = None
    """What an error calls the members by."""

    @classmethod
    def take(
        cls, declared: Link, rows: Any, sizes: tuple[int, int], on: date, keys: NDArray[Any] | None
    ) -> Self:
        """Check the rows given; raises :class:`InputError`."""
        if rows is None and declared.optional:
            nobody: NDArray[Any] = np.zeros(0, np.int64)
            rows = Members(nobody, nobody)
        if not isinstance(rows, Members):
            raise InputError(
                said("link {name} is not given", name=declared.name),
                mend=said(
                    "Give Members: which {members} belongs to which {groups}.",
                    members=declared.members,
                    groups=declared.groups,
                ),
            )
        for what, column, size in zip(
            (said("members"), said("groups")), (rows.members, rows.groups), sizes, strict=True
        ):
            if column.size and (int(column.min()) < 0 or int(column.max()) >= size):
                raise InputError(
                    said(
                        "the {what} of link {name} are not positions below {size}",
                        what=what,
                        name=declared.name,
                        size=size,
                    )
                )
        return cls(declared, rows, sizes, Vector(np.array(day_number(on), np.int64)), keys)

    def on(self, day: Any) -> ArrayLink:
        """The link as it stands on another date."""
        return replace(self, day=Vector.of(day))

    def each(self, value: Any) -> RaggedVector:
        """The members' values, an array for each group, in the order of the members."""
        one = Vector.of(value)
        starts, members = self._by_group
        seen = trace.current()
        if seen is not None:
            link = self.declared
            seen.crossings.append(trace.Crossing(link.name, link.groups, link.members, members, starts))
        return RaggedVector.of(one.take(members), Frame(starts.size - 1, starts), declared=False)

    def of(self, value: Any) -> Vector:
        """The group's value for each member; not available for who belongs to none."""
        one, group = Vector.of(value), self._group
        none = group < 0
        seen = trace.current()
        if seen is not None:
            found = np.flatnonzero(~none)
            offsets = np.cumsum(np.concatenate([[0], ~none]))
            link = self.declared
            seen.crossings.append(trace.Crossing(link.name, link.members, link.groups, group[found], offsets))
        return _scattered(one, group, none)

    def back(self, ragged: RaggedVector) -> Vector:
        """An array over the groups as one value for each member; not available for who belongs to none."""
        starts, members = self._by_group
        if not np.array_equal(ragged.offsets, starts):
            raise InputError(
                said("what {link}.back() is given does not come from its each()", link=self.declared.name)
            )
        where = np.full(self.sizes[0], -1, np.int64)
        where[members] = np.arange(members.size)
        group = self._group
        seen = trace.current()
        if seen is not None:
            # What each() looked at group by group is looked at member by member now.
            own = [members[starts[g] : starts[g + 1]] if g >= 0 else members[:0] for g in group]
            offsets = np.cumsum([0, *(each.size for each in own)])
            name, entity = self.declared.name, self.declared.members
            seen.crossings = [
                each for each in seen.crossings if each.link != name or each.offsets is not starts
            ]
            seen.crossings.append(trace.Crossing(name, entity, entity, np.concatenate(own), offsets))
        return _scattered(ragged.elements, where, where < 0)

    @cached_property
    def _standing(self) -> NDArray[Any]:
        """Rows in force, by position."""
        rows = self.rows
        day = np.broadcast_to(_whole(self.day), (self.sizes[0],))[rows.members]
        held = np.ones(rows.members.shape, np.bool_)
        if rows.since is not None:
            held &= np.asarray(rows.since) <= day
        if rows.until is not None:
            held &= np.asarray(rows.until) >= day
        return np.flatnonzero(held)

    @cached_property
    def _by_group(self) -> tuple[Ints, Ints]:
        """Offsets of the groups, and the members group by group."""
        rows = self._standing
        members, groups = self.rows.members[rows], self.rows.groups[rows]
        order = np.lexsort((members, groups))
        starts = np.searchsorted(groups[order], np.arange(self.sizes[1] + 1)).astype(np.int64)
        return starts, members[order].astype(np.int64)

    @cached_property
    def _group(self) -> Ints:
        """The one group of each member, -1 for none."""
        rows = self._standing
        members, groups = self.rows.members[rows], self.rows.groups[rows]
        self._unique(members)
        group = np.full(self.sizes[0], -1, np.int64)
        group[members] = groups
        return group

    def _unique(self, members: NDArray[Any]) -> None:
        times = np.bincount(members, minlength=1)
        if times.max(initial=0) > 1:
            first = int(np.argmax(times > 1))
            who = first if self.keys is None else self.keys[first]
            raise InputError(
                said(
                    "{entity} {who} belongs to several: {link} cannot choose one",
                    entity=self.declared.members,
                    who=str(who),
                    link=self.declared.name,
                ),
                mend="Give one row for each date, or use each().",
            )


def _scattered(values: Vector, positions: Ints, none: Bools) -> Vector:
    if none.all():  # there may be no value at all to take
        nothing: NDArray[Any] = np.zeros(none.shape, values.num.dtype)
        return Vector(nothing, 1, None, none)
    return values.take(np.maximum(positions, 0), none)
