"""Units of quantities: what may be added to what.

A unit is a product of dimensions (``MAD``, ``month``, ``day`` …) with whole exponents, or a *point* on a
calendar (a date, a month), or a flag, or one of a list of named cases. Units are checked once, when a system
is assembled; they cost nothing during an evaluation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

Languages = dict[str, str]
"""One text in several languages: ``{"en": …, "fr": …, "ar": …}``."""

LANGUAGES = ("en", "fr", "ar")

Kind = Literal["quantity", "point", "flag", "case"]


@dataclass(frozen=True)
class Unit:
    """A unit of measure.

    Parameters
    ----------
    name
        How it is written in parameter files and explanations.
    dimensions
        Dimension and exponent, sorted, without zeros: ``(("MAD", 1), ("month", -1))``.
    kind
        ``quantity`` (can be added and scaled), ``point`` (a date or month: only differences make sense),
        ``flag`` (true or false), ``case`` (one of a list).
    scale
        What a written value is multiplied by to be stored: 100 for money (centimes), 1/100 for per cent,
        10,000,000 for a score.
    """

    name: str
    dimensions: tuple[tuple[str, int], ...] = ()
    kind: Kind = "quantity"
    scale: Fraction = Fraction(1)

    @property
    def currency(self) -> str | None:
        """The currency, if the unit is an amount of money."""
        return next((name for name, _ in self.dimensions if name.isupper()), None)

    @property
    def is_share(self) -> bool:
        """Whether it is a part of something: computed with as 0.5, whatever it is written as in files of the law."""
        return self in {SHARE, PERCENT}

    def alike(self, other: Unit) -> bool:
        """Whether values of both can be added or compared."""
        if "case" in {self.kind, other.kind}:
            return self == other
        return self.kind == other.kind and self.dimensions == other.dimensions

    def combined(self, other: Unit, sign: int) -> Unit:
        """The unit of a product (``sign`` 1) or of a quotient (``sign`` -1)."""
        powers = dict(self.dimensions)
        for dimension, power in other.dimensions:
            powers[dimension] = powers.get(dimension, 0) + sign * power
        return _quantity(tuple(sorted((d, p) for d, p in powers.items() if p)))


@dataclass(frozen=True)
class Cases(Unit):
    """A closed list of named cases, stored as their position: a status, a reason.

    ``Cases("outcome", members={"entitled": {"en": …}})["entitled"]`` is the stored number.
    """

    kind: Kind = "case"
    members: dict[str, Languages] = field(default_factory=dict, hash=False)

    def __getitem__(self, member: str) -> int:
        """Stored number of a case."""
        return list(self.members).index(member)


def _quantity(dimensions: tuple[tuple[str, int], ...]) -> Unit:
    over = "·".join(_power(d, p) for d, p in dimensions if p > 0) or "1"
    under = "/".join(_power(d, -p) for d, p in dimensions if p < 0)
    return Unit(f"{over}/{under}" if under else over, dimensions)


def _power(dimension: str, power: int) -> str:
    return dimension if power == 1 else f"{dimension}^{power}"


NUMBER = Unit("number")
SHARE = Unit("share")
PERCENT = Unit("percent", scale=Fraction(1, 100))
HIGHEST_SHARE = 10
"""1000 %: a share above it is taken for one that was written in per cent by mistake."""
DAYS = Unit("days", (("day", 1),))
MONTHS = Unit("months", (("month", 1),))
QUARTERS = Unit("quarters", (("quarter", 1),))
YEARS = Unit("years", (("year", 1),))
AGE = Unit("months of age", (("month", 1),))
"""An age counted in months: adds to and compares with months, and is read in years and months."""
DATE = Unit("date", (("day", 1),), "point")
MONTH = Unit("month", (("month", 1),), "point")
YEAR = Unit("year", (("year", 1),), "point")
FLAG = Unit("flag", kind="flag")
SCORE = Unit("score", (("score", 1),), scale=Fraction(10**7))
"""An index of need, as registers of households print it: stored in ten-millionths, so that bounds are exact."""
HOURS_A_MONTH = Unit("hours/month", (("hour", 1), ("month", -1)))
DAYS_A_MONTH = Unit("days/month", (("day", 1), ("month", -1)))

_NAMED = {
    unit.name: unit
    for unit in (
        *(NUMBER, SHARE, PERCENT, DAYS, MONTHS, QUARTERS, YEARS, AGE, DATE, MONTH, YEAR, FLAG, SCORE),
        *(HOURS_A_MONTH, DAYS_A_MONTH),
    )
}
_MONEY = re.compile(r"([A-Z]{3})(?:/(hour|day|month|quarter|year))?")


def money(currency: str, *, per: Literal["hour", "day", "month", "quarter", "year"] | None = None) -> Unit:
    """An amount of money, stored in hundredths; ``per`` for a rate of pay (``MAD/month``)."""
    dimensions: tuple[tuple[str, int], ...] = ((currency, 1), (per, -1)) if per else ((currency, 1),)
    return Unit(f"{currency}/{per}" if per else currency, dimensions, scale=Fraction(100))


def conversion(of: Unit, to: Unit) -> Fraction | None:
    """What a value in one unit is multiplied by to be in another; None where they measure other things.

    Twelve months are a year, three months a quarter; everything else must be the same in both.
    """
    factor = Fraction(1)
    rest: dict[str, int] = {}
    for unit, sign in ((of, 1), (to, -1)):
        if unit.kind != "quantity":
            return None
        for dimension, power in unit.dimensions:
            if dimension in _MONTHS_IN:
                factor *= Fraction(_MONTHS_IN[dimension]) ** (sign * power)
                dimension = "month"  # noqa: PLW2901 - all of them are counted as months
            rest[dimension] = rest.get(dimension, 0) + sign * power
    return None if any(rest.values()) else factor


_MONTHS_IN = {"year": 12, "quarter": 3, "month": 1}


def parse(name: str) -> Unit | None:
    """The unit written ``name`` in a parameter file, or None."""
    matched = _MONEY.fullmatch(name)
    if matched:
        currency, per = matched.groups()
        return money(currency, per=per)  # type: ignore[arg-type]
    return _NAMED.get(name)


def known_names() -> list[str]:
    """Names of the units that :func:`parse` knows, money by example."""
    return [*_NAMED, "MAD", "MAD/month", "EUR", "EUR/month"]
