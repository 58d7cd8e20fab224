"""Every figure of the report: a picture and the same numbers as a table."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from himaya.months import month_of
from himaya.report.charts import (
    Bar,
    Frame,
    Level,
    Mark,
    Mirror,
    Sink,
    Source,
    bars,
    flow,
    histogram,
    pyramid,
    waterfall,
)
from himaya.report.timeline import FULL_MONTH, Milestone, timeline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from himaya.language import Language
    from himaya.report.model import (
        AgeGroup,
        Case,
        Contribution,
        DeclaredMonth,
        Histogram,
        Intake,
        Pensions,
        PersonList,
        Population,
        ReportData,
    )
    from himaya.report.pen import Pen

SHOWN_CODES = 12
"""Codes drawn; the table beside the picture has all."""
DASH = "\u2013"
"""Between the ends of a range."""


@dataclass(frozen=True)
class Table:
    """Head and rows of written cells; columns from ``numeric`` on hold numbers."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: int = 1


@dataclass(frozen=True)
class Legend:
    """What a style of the picture stands for."""

    style: str
    label: str


@dataclass(frozen=True)
class Figure:
    """A picture, its caption, and its twin as a table."""

    title: str
    picture: Markup
    table: Table
    legend: tuple[Legend, ...] = ()
    note: str = ""


def _frame(pen: Pen, name: str, title: str, description: str) -> Frame:
    lang: Language = pen.lang
    return Frame(name, title, description, lang)


def line_flow(intake: Intake, pen: Pen) -> Figure:
    """Kinds of file, to accepted, quarantined and structural lines."""
    kinds: dict[str, list[int]] = {}
    for each in intake.deliveries:
        sums = kinds.setdefault(pen.label(each.label), [0, 0, 0])
        for k, value in enumerate((each.accepted, each.quarantined, each.structural)):
            sums[k] += value
    ordered = sorted((kind for kind in kinds.items() if sum(kind[1])), key=lambda kind: -sum(kind[1]))
    names = tuple(pen.say(f"intake.{sink}") for sink in ("accepted", "quarantined", "structural"))
    title = pen.say("intake.flow")
    return Figure(
        title,
        flow(
            _frame(pen, "flow", title, pen.say("intake.flow_desc")),
            [Source(label, tuple(values)) for label, values in ordered],
            [Sink(name, style) for name, style in zip(names, ("s1", "part", "s4"), strict=True)],
            pen.number,
        ),
        Table(
            (pen.say("intake.kind"), pen.say("intake.lines"), *names),
            tuple((label, pen.number(sum(v)), *map(pen.number, v)) for label, v in ordered),
        ),
    )


def deliveries(intake: Intake, pen: Pen) -> Table:
    """Deliveries and their lines by kind and status."""
    counts = ("files", "lines", "accepted", "quarantined", "structural")
    return Table(
        tuple(pen.say(f"intake.{column}") for column in ("kind", "status", *counts)),
        tuple(
            (
                pen.label(each.label),
                pen.say(f"status.{each.status}"),
                *(pen.number(getattr(each, column)) for column in counts),
            )
            for each in intake.deliveries
        ),
        numeric=2,
    )


def disagreements(intake: Intake, pen: Pen) -> Table:
    """List declared totals that the lines do not reach."""
    return Table(
        tuple(pen.say(f"intake.{column}") for column in ("file", "total", "declared", "found")),
        tuple(
            (
                pen.word(each.file),
                pen.total(each.total),
                *map(pen.money if each.unit == "money" else pen.number, (each.declared, each.found)),
            )
            for each in intake.disagreements
        ),
        numeric=2,
    )


def codes(intake: Intake, pen: Pen) -> Figure:
    """Codes by how often they were given."""
    ordered = sorted(intake.codes.items(), key=lambda item: (-item[1], item[0]))
    title = pen.say("intake.codes")
    rows = [Bar(pen.code(code), (n,), pen.number(n)) for code, n in ordered[:SHOWN_CODES]]
    hidden = len(ordered) > SHOWN_CODES
    return Figure(
        title,
        bars(_frame(pen, "codes", title, pen.say("intake.codes_desc")), rows, wide=True),
        Table(
            (pen.say("intake.code"), pen.say("intake.meaning"), pen.say("intake.count")),
            tuple((pen.word(code), pen.code(code), pen.number(n)) for code, n in ordered),
            numeric=2,
        ),
        note=pen.say("intake.codes_note", shown=SHOWN_CODES, total=len(ordered)) if hidden else "",
    )


def ages(population: Population, pen: Pen) -> Figure:
    """Age pyramid."""
    rows = [Mirror(_ages(group, pen), group.men, group.women) for group in population.ages]
    heads = (pen.say("population.men"), pen.say("population.women"))
    title = pen.say("population.ages")
    return Figure(
        title,
        pyramid(_frame(pen, "ages", title, pen.say("population.ages_desc")), rows, heads, pen.number),
        Table(
            (pen.say("population.age"), *heads),
            tuple((row.label, pen.number(row.first), pen.number(row.second)) for row in rows),
        ),
    )


def _ages(group: AgeGroup, pen: Pen) -> str:
    if group.until is None:
        return pen.say("population.and_over", age=group.age)
    return f"{pen.number(group.age)}{DASH}{pen.number(group.until)}"


def declared_months(population: Population, pen: Pen) -> Figure:
    """Persons by months declared over the career."""
    return _distribution(
        population.declared_months, pen, ("months", "months_desc"), ("declared_months", "persons")
    )


def declared_days(population: Population, pen: Pen) -> Figure:
    """Draw declared months by their days."""
    return _distribution(
        population.declared_days, pen, ("days", "days_desc"), ("declared_days", "declared_months")
    )


def calibration(population: Population, pen: Pen) -> Table:
    """Set the synthetic population against its targets."""
    return Table(
        tuple(
            pen.say(f"population.{column}") for column in ("margin", "category", "target", "reached", "error")
        ),
        tuple(
            (
                pen.margin(each.margin),
                pen.margin(each.category),
                pen.measure(each.target),
                pen.measure(each.reached),
                pen.percent(each.error, 2),
            )
            for each in population.calibration
        ),
        numeric=2,
    )


def _distribution(data: Histogram, pen: Pen, texts: tuple[str, str], columns: tuple[str, str]) -> Figure:
    title, description = (pen.say(f"population.{name}") for name in texts)
    frame = _frame(pen, texts[0], title, description)
    ranges = [
        pen.number(low) if high == low + 1 else f"{pen.number(low)}{DASH}{pen.number(high - 1)}"
        for low, high in pairwise(data.edges)
    ]
    return Figure(
        title,
        histogram(frame, data.edges, data.counts, (pen.number, pen.number)),
        Table(
            (pen.say(f"population.{columns[0]}"), pen.say(f"population.{columns[1]}")),
            tuple((span, pen.number(n)) for span, n in zip(ranges, data.counts, strict=True)),
        ),
    )


def coverage(population: Population, pen: Pen) -> Figure:
    """Persons with declared work by year."""
    by_year = {year.year: year for year in population.coverage}
    years = range(min(by_year), max(by_year) + 1)
    counts = [by_year[year].persons if year in by_year else 0 for year in years]
    title = pen.say("population.coverage")
    return Figure(
        title,
        histogram(
            _frame(pen, "coverage", title, pen.say("population.coverage_desc")),
            [*years, years[-1] + 1],
            counts,
            (pen.year, pen.number),
        ),
        Table(
            tuple(pen.say(f"population.{c}") for c in ("year", "persons", "declared_months", "mean_months")),
            tuple(
                (
                    pen.year(y.year),
                    pen.number(y.persons),
                    pen.number(y.months),
                    pen.number(y.months / max(y.persons, 1), 1),
                )
                for y in population.coverage
            ),
        ),
    )


def amounts(pensions: Pensions, pen: Pen) -> Figure:
    """Entitled persons by amount, with the law's bounds marked."""
    data = pensions.amounts
    bounds = (("minimum", pensions.minimum), ("maximum", pensions.maximum))
    marks = [
        Mark(value, pen.say(f"pensions.{name}", amount=pen.whole_money(value)))
        for name, value in bounds
        if value is not None and data.edges[0] <= value <= data.edges[-1]
    ]
    title = pen.say("pensions.amounts")
    return Figure(
        title,
        histogram(
            _frame(pen, "amounts", title, pen.say("pensions.amounts_desc")),
            data.edges,
            data.counts,
            (pen.units, pen.number),
            marks,
        ),
        Table(
            (
                pen.say("pensions.amount_from"),
                pen.say("pensions.amount_until"),
                pen.say("population.persons"),
            ),
            tuple(
                (pen.whole_money(low), pen.whole_money(high), pen.number(n))
                for low, high, n in zip(data.edges, data.edges[1:], data.counts, strict=False)
            ),
            numeric=0,
        ),
    )


def statuses(pensions: Pensions, pen: Pen) -> Figure:
    """Persons by what the law says of their right."""
    title = pen.say("pensions.statuses")
    rows = [Bar(pen.label(s.label), (s.persons,), pen.number(s.persons)) for s in pensions.by_status]
    return Figure(
        title,
        bars(_frame(pen, "statuses", title, pen.say("pensions.statuses_desc")), rows),
        Table(
            (pen.say("pensions.status"), pen.say("population.persons"), pen.say("pensions.monthly")),
            tuple(
                (pen.label(s.label), pen.number(s.persons), pen.money(s.monthly_amount))
                for s in pensions.by_status
            ),
        ),
    )


def contributions(month: int, branches: Sequence[Contribution], pen: Pen) -> Figure:
    """Contributions of one month by branch, employer's share before employee's."""
    title = pen.say("pensions.contributions", month=pen.month(month))
    employer, employee = pen.say("pensions.employer"), pen.say("pensions.employee")
    rows = [
        Bar(pen.label(b.branch), (b.employer, b.employee), pen.whole_money(b.employer + b.employee))
        for b in branches
    ]
    return Figure(
        title,
        bars(_frame(pen, "contributions", title, pen.say("pensions.contributions_desc")), rows),
        Table(
            (pen.say("pensions.branch"), employer, employee, pen.say("total")),
            tuple(
                (
                    pen.label(b.branch),
                    pen.money(b.employer),
                    pen.money(b.employee),
                    pen.money(b.employer + b.employee),
                )
                for b in branches
            ),
        ),
        (Legend("s1", employer), Legend("s2", employee)),
    )


def unverified(pensions: Pensions, pen: Pen) -> Table:
    """Values and rules of the law that nobody has checked, and why."""
    return Table(
        (
            *(pen.say(f"provenance.{column}") for column in ("value", "why")),
            pen.say("cases.article"),
            pen.say("provenance.concerns"),
        ),
        tuple(
            (pen.label(each.label), pen.label(each.note), pen.word(each.article), pen.number(each.persons))
            for each in pensions.unverified_values
        ),
        numeric=3,
    )


def reasons(found: PersonList, pen: Pen) -> Figure:
    """Rows of a list by reason."""
    title = pen.say("lists.reasons", name=pen.say(f"lists.{found.name}.title"))
    rows = [Bar(pen.code(r.code, r.label), (r.rows,), pen.number(r.rows)) for r in found.reasons]
    money = any(r.amount is not None for r in found.reasons)
    head = (
        pen.say("lists.reason"),
        pen.say("lists.rows"),
        *((pen.say("pensions.monthly"),) if money else ()),
    )
    return Figure(
        title,
        bars(_frame(pen, f"reasons-{found.name}", title, pen.say("lists.reasons_desc")), rows),
        Table(
            head,
            tuple(
                (
                    pen.code(r.code, r.label),
                    pen.number(r.rows),
                    *((pen.money(r.amount) if r.amount is not None else "",) if money else ()),
                )
                for r in found.reasons
            ),
        ),
    )


def career(case: Case, name: str, pen: Pen) -> Figure:
    """Draw the declared career of one person."""
    title = pen.say("cases.career")
    milestones = [
        Milestone(month_of(e.day), pen.say("cases.event", label=pen.label(e.label), day=e.day))
        for e in case.events
    ]
    frame = _frame(pen, name, title, pen.say("cases.career_desc"))
    return Figure(
        title,
        timeline(frame, case.career, milestones, pen.say("cases.others"), pen.units),
        Table(
            tuple(pen.say(f"cases.{c}") for c in ("employer", "from", "until", "months", "days", "wages")),
            tuple(_employments(case.career, pen)),
        ),
        (
            Legend("s1", pen.say("cases.full", days=FULL_MONTH)),
            Legend("part", pen.say("cases.part")),
            Legend("wage", pen.say("cases.wage")),
        ),
    )


def _employments(career: Sequence[DeclaredMonth], pen: Pen) -> list[tuple[str, ...]]:
    by_employer: dict[str, list[DeclaredMonth]] = {}
    for month in sorted(career, key=lambda m: m.month):
        by_employer.setdefault(month.employer, []).append(month)
    return [
        (
            pen.word(employer),
            pen.month(months[0].month),
            pen.month(months[-1].month),
            pen.number(len({m.month for m in months})),
            pen.number(sum(m.days for m in months)),
            pen.money(sum(m.wage for m in months)),
        )
        for employer, months in by_employer.items()
    ]


def amount_steps(levels: Sequence[Level], result: str, name: str, pen: Pen) -> Figure:
    """How an amount comes about; ``result`` is what the last level is called."""
    title = pen.say("cases.steps")
    changes = [levels[0].value, *(b.value - a.value for a, b in pairwise(levels))]
    return Figure(
        title,
        waterfall(
            _frame(pen, name, title, pen.say("cases.steps_desc")), levels, result, (pen.money, pen.change)
        ),
        Table(
            tuple(pen.say(f"cases.{c}") for c in ("step", "change", "reaches")),
            tuple(
                (level.label, pen.change(change), pen.money(level.value))
                for level, change in zip(levels, changes, strict=True)
            ),
        ),
    )


def times(data: ReportData, pen: Pen) -> Figure:
    """Seconds by stage."""
    title = pen.say("scorecard.times")
    rows = [
        Bar(pen.stage(name), (round(seconds * 1000),), pen.seconds(seconds))
        for name, seconds in data.stages.items()
    ]
    return Figure(
        title,
        bars(_frame(pen, "times", title, pen.say("scorecard.times_desc")), rows),
        Table(
            (pen.say("scorecard.stage"), pen.say("scorecard.seconds")),
            tuple((pen.stage(name), pen.number(seconds, 2)) for name, seconds in data.stages.items()),
        ),
    )
