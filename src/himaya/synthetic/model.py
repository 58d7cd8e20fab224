"""The nouns of a synthetic fund: its calendar, its population, people, careers, and what was written."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from himaya.errors import HimayaError
from himaya.months import first_day, month_of

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bytes = NDArray[np.uint8]

SITUATIONS = ("", "SO", "DE", "IT", "IL", "AT", "CS", "MS", "MP")
"""The situations of an e-BDS line; the place is the rank that enters the control sum."""


class SyntheticError(HimayaError):
    """A synthetic fund cannot be made as asked."""

    code = "synthetic"


@dataclass(frozen=True)
class Calendar:
    """The reference dates of a fund.

    Parameters
    ----------
    first_month
        First month of which the fund holds declarations. February 1993: from then on the ceiling is known.
    last_month
        Last declared month.
    """

    first_month: int = month_of(date(1993, 2, 1))
    last_month: int = month_of(date(2026, 9, 1))

    ebds_months: ClassVar[int] = 3
    """The last so many months come as e-BDS, the earlier ones as the career extract."""

    @property
    def law_month(self) -> int:
        """The month on whose first day the law is asked."""
        return self.last_month + 1

    @property
    def law_date(self) -> date:
        """The day on which the law is asked: the first after the last declared month."""
        return first_day(self.law_month)

    @property
    def window(self) -> int:
        """First month declared by e-BDS."""
        return self.last_month - self.ebds_months + 1

    @property
    def history_received(self) -> date:
        """The day on which registers and the career extract came."""
        return first_day(self.window) + timedelta(days=4)

    def declared_on(self, month: int) -> date:
        """The day on which the principal declarations of a month came: the 10th of the next month."""
        return first_day(month + 1).replace(day=10)

    def completed_on(self, month: int) -> date:
        """The day on which the complementary declarations of a month came: the 20th of the next month."""
        return first_day(month + 1).replace(day=20)

    def expected_on(self, month: int) -> date:
        """The day on which the fund sent its préétablis of a month: the first of the next month."""
        return first_day(month + 1)


@dataclass(frozen=True)
class People:
    """Insured persons ``first … first + n - 1``; every array has shape (n,)."""

    first: int
    number: Ints
    """Insured number, nine digits, the last one a check digit."""
    sex: Ints
    """0 man, 1 woman."""
    birth_month: Ints
    birth_day: Ints
    death_month: Ints
    """-1 for the living."""
    death_day: Ints
    urban: Ints
    household: Ints
    """Persons in the household."""
    married: Ints

    def __len__(self) -> int:
        return len(self.number)


@dataclass(frozen=True)
class Careers:
    """Declared rows of people as ragged arrays: person ``i`` owns rows ``offsets[i] … offsets[i + 1] - 1``.

    Rows of a person are in the order of months. A row with no days (a leave, a departure told late) exists
    only from the month before the first e-BDS on.
    """

    offsets: Ints
    """Shape (n + 1,)."""
    month: NDArray[np.int32]
    employer: NDArray[np.int32]
    """Affiliation number, seven digits."""
    days: NDArray[np.int8]
    wage: NDArray[np.int32]
    """Centimes."""
    situation: NDArray[np.int8]
    """Place in :data:`SITUATIONS`."""

    def __len__(self) -> int:
        return len(self.month)

    @property
    def owner(self) -> Ints:
        """For each row, the position of its person."""
        return np.repeat(np.arange(len(self.offsets) - 1), np.diff(self.offsets))


@dataclass(frozen=True)
class Manifest:
    """What :func:`himaya.synthetic.fund.write_fund` wrote."""

    folder: str
    persons: int
    seed: int
    employers: int
    law_date: str
    files: int
    bytes: int
    extract_lines: int
    ebds_lines: int
    pensions: int
    planted: dict[str, int]
    """How many of each kind were planted."""
    seconds: float = field(compare=False)

    def as_dict(self) -> dict[str, Any]:
        """The manifest as one JSON object."""
        return dict(vars(self))
