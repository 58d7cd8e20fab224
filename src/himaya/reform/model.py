"""What is said of a reform: costs, winners and losers, distributions, examples. Money in centimes a month."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from himaya.law.compare import Change
    from himaya.law.units import Languages

MONTHS = 12


@dataclass(frozen=True)
class YearCost:
    """What one branch pays a year at the amounts due on a day: twelve times those of the day, in centimes."""

    day: date
    branch: str
    before: int
    after: int
    persons_before: int
    persons_after: int

    @property
    def change(self) -> int:
        """What the reform adds."""
        return self.after - self.before


@dataclass(frozen=True)
class Group:
    """Some of the population: how many have an amount by either law, and how it changes.

    Parameters
    ----------
    name
        Which: a sex, an age, a city, a tenth of the population by amount.
    persons
        With an amount by either law.
    winners, losers
        Whose amount is higher, lower by the reform.
    before, after
        Sums of the monthly amounts, in centimes.
    """

    name: str
    persons: int
    winners: int
    losers: int
    before: int
    after: int


@dataclass(frozen=True)
class Inequality:
    """Gini coefficients of the monthly amounts of those with an amount by the respective law; 0 is equal."""

    before: float
    after: float


@dataclass(frozen=True)
class Poverty:
    """Persons with less than a line, among those with an amount by either law (Foster, Greer and Thorbecke 1984).

    Parameters
    ----------
    line
        Centimes a month: a share of the median amount by the baseline.
    share
        Which share.
    head_count_before, head_count_after
        Share of persons below the line.
    gap_before, gap_after
        Mean of what is missing to the line, as a share of it.
    """

    line: int
    share: float
    head_count_before: float
    head_count_after: float
    gap_before: float
    gap_after: float


@dataclass(frozen=True)
class Example:
    """One person: what changes, and why (see :func:`himaya.law.compare.changes`)."""

    person: str
    sex: str
    age: int
    before: int
    after: int
    changes: tuple[Change, ...]

    def as_dict(self) -> dict[str, Any]:
        """As JSON."""
        from himaya.law.elements import Elements
        from himaya.law.explain import plain

        causes = [
            {
                "name": each.name,
                "labels": each.labels,
                "cause": each.cause,
                "unit": each.unit.name,
                "before": None if isinstance(each.before, Elements) else plain(each.before, each.unit),
                "after": None if isinstance(each.after, Elements) else plain(each.after, each.unit),
                "article": each.article,
            }
            for each in self.changes
        ]
        own = {name: getattr(self, name) for name in ("person", "sex", "age", "before", "after")}
        return {**own, "changes": causes}


@dataclass(frozen=True)
class Impact:
    """All that a run of a reform says; ``manifest`` is what decides it, and its hash the run id."""

    run: str
    manifest: dict[str, Any]
    name: Languages
    day: date
    costs: tuple[YearCost, ...]
    persons: int
    """Persons looked at."""
    affected: int
    """Persons with an amount by either law on ``day``."""
    winners: int
    losers: int
    gained: int
    """Persons with an amount by the reform alone."""
    lost: int
    """Persons with an amount by the baseline alone."""
    groups: dict[str, tuple[Group, ...]]
    """By ``sex``, ``age``, ``place``, ``tenth``."""
    inequality: Inequality
    poverty: Poverty
    examples: tuple[Example, ...]
    unverified: dict[str, int]
    """Unverified rules and parameters that amounts of either law rest on, and how many persons' do."""
    labels: dict[str, Languages]
    """What these are called."""
    currency: str
    """Of all amounts, by ISO 4217."""
    seconds: float
    invented: bool = False
    """Whether the persons are made up, so that the sums are of nobody's budget."""

    @property
    def unchanged_until(self) -> date | None:
        """Until when values not yet enacted are assumed to stay as they were last; None where nothing is assumed."""
        told = self.manifest.get("unchanged_until")
        return date.fromisoformat(told) if told else None

    @property
    def yearly_change(self) -> int:
        """What the reform adds a year, over all branches, at the amounts of ``day``."""
        return sum(cost.change for cost in self.costs if cost.day == self.day)

    def as_dict(self) -> dict[str, Any]:
        """As one JSON document; money in centimes."""
        return {
            "run": self.run,
            "manifest": self.manifest,
            "name": self.name,
            "day": self.day.isoformat(),
            "money": {"currency": self.currency, "unit": "centime"},
            "costs": [{**asdict(cost), "day": cost.day.isoformat()} for cost in self.costs],
            "persons": self.persons,
            "invented": self.invented,
            "affected": self.affected,
            "winners": self.winners,
            "losers": self.losers,
            "gained": self.gained,
            "lost": self.lost,
            "groups": {by: [asdict(group) for group in groups] for by, groups in self.groups.items()},
            "inequality": asdict(self.inequality),
            "poverty": asdict(self.poverty),
            "examples": [example.as_dict() for example in self.examples],
            "unverified": self.unverified,
            "labels": self.labels,
            "seconds": self.seconds,
        }
