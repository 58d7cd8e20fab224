"""What is said of a reform: costs, winners and losers, distributions, examples. Money in centimes a month."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from himaya.errors import HimayaError
from himaya.language import LANGUAGES, tell
from himaya.sentence import Sentence, said

if TYPE_CHECKING:
    from himaya.law.compare import Change
    from himaya.law.units import Languages

MONTHS = 12


class ReformError(HimayaError):
    """A reform cannot be run on these persons."""

    code = "reform"


@dataclass(frozen=True)
class YearCost:
    """What one branch pays, or takes in, in a year.

    Parameters
    ----------
    day
        On which both laws were evaluated. What is paid by the month is twelve times the amounts of that day, after the
        reform for the months in which it holds and by the baseline for those before.
    branch
        Which one.
    before, after
        In centimes. What is paid once counts in the year of its event, contributions in the year of their month.
    persons_before, persons_after
        With an amount: households, where the branch pays these.
    months
        Of the year, in which the reform holds.
    once
        Whether it is paid once, for an event.
    revenue
        Whether it is taken in.
    """

    day: date
    branch: str
    before: int
    after: int
    persons_before: int
    persons_after: int
    months: int = MONTHS
    once: bool = False
    revenue: bool = False

    @property
    def change(self) -> int:
        """What the reform adds."""
        return self.after - self.before


def in_all_languages(words: str) -> Languages:
    """A sentence in each language."""
    return {lang: tell(words, lang) for lang in LANGUAGES}


@dataclass(frozen=True)
class Uncosted:
    """Something that the reform touches and the run cannot cost, or not in each year.

    Parameters
    ----------
    name
        Of the branch; of a result of the law that no branch pays.
    called, labels
        What it is called: in an error, and by language.
    missing
        Inputs of the law that the data lack.
    years
        Years of which the data have nothing: no event, no declared pay. Empty: all.
    """

    name: str
    called: Sentence
    labels: Languages
    missing: tuple[str, ...] = ()
    years: tuple[int, ...] = ()

    @property
    def reason(self) -> Sentence:
        """Why there is no cost."""
        if self.missing:
            return said("the data lack {inputs}", inputs=self.missing)
        if self.years:
            return said("the data have nothing of {years}", years=[str(year) for year in self.years])
        return said("no branch that is costed pays it")

    def as_dict(self) -> dict[str, Any]:
        """As JSON."""
        own = {"branch": self.name, "labels": self.labels, "missing": list(self.missing)}
        return {**own, "years": list(self.years), "reason": self.reason}


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
    """Gini coefficients of the monthly amounts of those with an amount by both laws; 0 is equal."""

    before: float
    after: float


@dataclass(frozen=True)
class Poverty:
    """Persons with less than a line, among those with an amount by both laws (Foster, Greer and Thorbecke 1984).

    Parameters
    ----------
    line
        Centimes a month: a share of the median amount by the baseline.
    share
        Which share.
    head_count_before, head_count_after
        Share of persons below the line.
    gap_before, gap_after
        Poverty gap: mean over all of what is missing to the line, as a share of it.
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
    """Of the amounts by person, and on which the first year in which the reform holds is evaluated."""
    since: date
    """From when the reform holds."""
    costs: tuple[YearCost, ...]
    branches: dict[str, Languages]
    """What the branches of the costs are called."""
    uncosted: tuple[Uncosted, ...]
    """What the reform touches and these data cannot cost."""
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
    """By ``sex``, ``age``, ``place``, ``tenth``: those of one law alone are apart from the tenths."""
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
    def both(self) -> int:
        """Persons with an amount by both laws."""
        return self.affected - self.gained - self.lost

    @property
    def whole_year(self) -> int:
        """The first year in which the reform holds for all months that it holds in any."""
        most = max(cost.months for cost in self.costs)
        return next(cost.day.year for cost in self.costs if cost.months == most)

    @property
    def yearly_change(self) -> int:
        """What the reform adds in that year, over all branches, less what it takes in more."""
        of_year = [cost for cost in self.costs if cost.day.year == self.whole_year]
        return sum(-cost.change if cost.revenue else cost.change for cost in of_year)

    def as_dict(self) -> dict[str, Any]:
        """As one JSON document; money in centimes."""
        return {
            "run": self.run,
            "manifest": self.manifest,
            "name": self.name,
            "day": self.day.isoformat(),
            "money": {"currency": self.currency, "unit": "centime"},
            "since": self.since.isoformat() if self.since > date.min else None,
            "costs": [{**asdict(cost), "day": cost.day.isoformat()} for cost in self.costs],
            "branches": self.branches,
            "uncosted": [each.as_dict() for each in self.uncosted],
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
