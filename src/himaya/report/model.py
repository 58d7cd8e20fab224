"""What a report says, as plain data: filled from a fund by the caller, drawn by :mod:`himaya.report`.

Money is centimes, months are month numbers (:mod:`himaya.months`), labels are :class:`~himaya.language.Text`.
Persons appear as the caller masked them. Words that data bring (kinds of file, codes) are shown by their
title in :mod:`himaya.codes` or the catalogue of texts, or as they are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from himaya.language import Text

DeliveryStatus = Literal["accepted", "partial", "held", "duplicate", "refused"]


@dataclass(frozen=True)
class DeliveryCount:
    """Deliveries of one kind and status: ``lines = accepted + quarantined + structural``."""

    kind: str
    label: Text
    status: DeliveryStatus
    files: int
    lines: int
    accepted: int
    quarantined: int
    structural: int


@dataclass(frozen=True)
class Disagreement:
    """A total that a file declares and its lines do not reach; money in centimes."""

    file: str
    total: str
    declared: int
    found: int
    unit: Literal["money", "count"] = "count"


@dataclass(frozen=True)
class Intake:
    """What came in."""

    deliveries: tuple[DeliveryCount, ...]
    codes: Mapping[str, int]
    """Count by code, over lines and deliveries."""
    disagreements: tuple[Disagreement, ...] = ()
    """The first of them; their number is ``disagreeing``."""
    disagreeing: int = 0

    @property
    def lines(self) -> int:
        """Lines of all deliveries."""
        return sum(each.lines for each in self.deliveries)

    @property
    def accepted(self) -> int:
        """Accepted lines."""
        return sum(each.accepted for each in self.deliveries)

    @property
    def quarantined(self) -> int:
        """Lines in quarantine."""
        return sum(each.quarantined for each in self.deliveries)

    @property
    def structural(self) -> int:
        """Headers, totals, blank lines."""
        return sum(each.structural for each in self.deliveries)

    @property
    def lost(self) -> int:
        """Lines that are nothing of the three: must be 0."""
        return self.lines - self.accepted - self.quarantined - self.structural


@dataclass(frozen=True)
class AgeGroup:
    """Insured persons alive of one age group, ``until`` included; None for the open last group."""

    age: int
    until: int | None
    men: int
    women: int


@dataclass(frozen=True)
class Histogram:
    """Counts between equally spaced edges: ``counts[i]`` in ``[edges[i], edges[i + 1])``."""

    edges: tuple[int, ...]
    counts: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(self.edges) != len(self.counts) + 1 or len({b - a for a, b in pairwise(self.edges)}) != 1:
            raise ValueError("a histogram takes one edge more than counts, equally spaced")


@dataclass(frozen=True)
class YearCoverage:
    """Careers of one year: persons with a declared month, and their declared months."""

    year: int
    persons: int
    months: int


@dataclass(frozen=True)
class Calibration:
    """One category of a margin of the synthetic population against its target; ``error`` is relative.

    A word that ``report.margin`` of the catalogue knows is translated; another one is shown as it is.
    """

    margin: str
    category: str
    target: float
    reached: float
    error: float


@dataclass(frozen=True)
class Population:
    """Who is insured, and for how long they were declared."""

    persons: int
    ages: tuple[AgeGroup, ...]
    declared_months: Histogram
    """Persons by declared months of their whole career."""
    declared_days: Histogram
    """Person-months by declared days, 0 to 26."""
    coverage: tuple[YearCoverage, ...]
    calibration: tuple[Calibration, ...] = ()

    @property
    def men(self) -> int:
        """Men alive."""
        return sum(group.men for group in self.ages)

    @property
    def women(self) -> int:
        """Women alive."""
        return sum(group.women for group in self.ages)

    @property
    def worst_cell(self) -> Calibration:
        """The one category of the calibration that is farthest from its target."""
        return max(self.calibration, key=lambda each: abs(each.error))

    @property
    def worst_margin(self) -> Calibration:
        """The margin that is farthest from its target with all its categories taken together."""
        together = []
        for name in dict.fromkeys(each.margin for each in self.calibration):
            own = [each for each in self.calibration if each.margin == name]
            target, reached = sum(each.target for each in own), sum(each.reached for each in own)
            together.append(Calibration(name, "", target, reached, reached / target - 1))
        return max(together, key=lambda each: abs(each.error))


@dataclass(frozen=True)
class StatusCount:
    """Persons of one status of entitlement, with what they are due a month (centimes)."""

    status: str
    label: Text
    persons: int
    monthly_amount: int = 0


@dataclass(frozen=True)
class Contribution:
    """Contributions to one branch in one month, centimes."""

    branch: Text
    employer: int
    employee: int


@dataclass(frozen=True)
class Unverified:
    """A value or rule of the law that nobody has checked against its text, and whom it concerns."""

    name: str
    label: Text
    article: str
    note: Text
    persons: int


@dataclass(frozen=True)
class Pensions:
    """Pensions due by the law on its date."""

    amounts: Histogram
    """Entitled persons by monthly amount; edges in centimes."""
    minimum: int | None
    maximum: int | None
    """Lowest and highest amount of an entitled person, marked in the histogram."""
    by_status: tuple[StatusCount, ...]
    entitled: int
    unverified: int
    """Of the entitled, those whose amount rests on an unverified value."""
    paid: int = 0
    """Pensions in payment in the last paid month, and what they cost (centimes)."""
    paid_amount: int = 0
    contributions_month: int | None = None
    contributions: tuple[Contribution, ...] = ()
    unverified_values: tuple[Unverified, ...] = ()

    @property
    def due(self) -> int:
        """What the law gives a month, all persons together (centimes)."""
        return sum(status.monthly_amount for status in self.by_status)


@dataclass(frozen=True)
class Reason:
    """Rows of a list that share a reason, with their amount a month (centimes)."""

    code: str
    rows: int
    amount: int | None = None
    label: Text | None = None
    """What to call it, where the code is in no catalogue."""


@dataclass(frozen=True)
class ListRow:
    """One row of a list; a column that is None in all rows is left out."""

    person: str
    reason: str
    due: int | None = None
    paid: int | None = None
    month: int | None = None
    detail: Text | None = None
    source: str | None = None
    """File and line, ``DS_1234567_202609.txt:12``."""


@dataclass(frozen=True)
class PersonList:
    """One of the lists of a run; ``rows`` are the first of ``count``."""

    name: Literal["take-up", "unsupported", "differences", "contradictions"]
    count: int
    amount: int | None
    reasons: tuple[Reason, ...]
    rows: tuple[ListRow, ...]


@dataclass(frozen=True)
class DeclaredMonth:
    """One employer's declaration of a person for one month."""

    month: int
    employer: str
    days: int
    wage: int


@dataclass(frozen=True)
class Event:
    """Something that happened to a person: a birthday that opens a right, a start of pension, a death."""

    day: date
    label: Text


@dataclass(frozen=True)
class Case:
    """One person explained end to end.

    ``explanation`` is the tree of the law as a plain dict (``himaya.law``, ``Node.to_dict``): labels, value,
    unit, article, formula, parameters, children, evidence; evidence as the declared lines themselves, each
    with file, line, month, employer, days and wage. Empty for a person to whom the law could not be applied.
    """

    person: str
    title: Text
    why: Text
    career: tuple[DeclaredMonth, ...]
    events: tuple[Event, ...]
    explanation: Mapping[str, Any]


@dataclass(frozen=True)
class Score:
    """Found against planted, for one kind; None where there is nothing to divide by."""

    kind: str
    planted: int
    found: int
    precision: float | None
    recall: float | None
    note: Text | None = None
    label: Text | None = None


@dataclass(frozen=True)
class Provenance:
    """What the numbers stand on: enough to make them again."""

    fund: str
    publication: int
    """The publication that the run read."""
    published_as: int
    """The publication that shows its result."""
    run: str
    law_date: date
    known_date: date
    made_at: datetime
    code_version: str
    law_version: str
    country: Text
    tables: Mapping[str, int] = field(default_factory=dict)
    """Version of each table."""
    overlay: str | None = None
    synthetic: bool = False
    """The persons are invented."""
    warnings: tuple[str, ...] = ()
    """Codes of what the fund had not received, so that a list cannot say what it otherwise says."""


@dataclass(frozen=True)
class ReportData:
    """All that one report says."""

    provenance: Provenance
    intake: Intake
    population: Population
    pensions: Pensions
    lists: tuple[PersonList, ...]
    cases: tuple[Case, ...] = ()
    scorecard: tuple[Score, ...] = ()
    stages: Mapping[str, float] = field(default_factory=dict)
    """Seconds by stage, in order."""
