"""From the report's data to one HTML file that needs nothing else."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from himaya.report import figures
from himaya.report.explanation import Branch, branch, levels
from himaya.report.figures import Figure, Table
from himaya.report.page import page, write_whole
from himaya.report.pen import Pen

if TYPE_CHECKING:
    from pathlib import Path

    from himaya.language import Language
    from himaya.report.model import Case, ListRow, PersonList, Provenance, ReportData


@dataclass(frozen=True)
class Tile:
    """One headline number."""

    value: str
    label: str
    note: str = ""


@dataclass(frozen=True)
class WrittenCase:
    """One person, ready for the page."""

    case: Case
    career: Figure | None
    steps: Figure | None
    tree: Branch | None


def render(data: ReportData, lang: Language) -> str:
    """Render the report as one HTML document.

    Parameters
    ----------
    data
        What it says.
    lang
        The language it is written in; Arabic runs right to left, charts included.

    Returns
    -------
    str
        HTML without scripts and without any outside address: it opens from a file, prints, and is readable
        with styles switched off.
    """
    pen = Pen(lang)
    return page(
        "report.html.j2",
        pen,
        data=data,
        figures=figures,
        tiles=headline(data, pen),
        cases=[written(case, index, pen) for index, case in enumerate(data.cases, 1)],
        rows_of=rows_of,
        facts=facts(data.provenance, pen),
        figure=itertools.count(1).__next__,
    )


def write(data: ReportData, path: Path, lang: Language) -> Path:
    """Write the report to ``path`` (its folder is made), whole or not at all; returns ``path``."""
    return write_whole(path, render(data, lang))


def headline(data: ReportData, pen: Pen) -> list[Tile]:
    """Give the numbers to know first, worked out from the rest so that they cannot disagree with it."""
    intake, pensions = data.intake, data.pensions
    tiles = [
        Tile(pen.number(data.population.persons), pen.say("headline.persons")),
        Tile(pen.number(sum(y.months for y in data.population.coverage)), pen.say("headline.months")),
        Tile(
            pen.number(intake.lines), pen.say("headline.lines"), pen.say("headline.lost", count=intake.lost)
        ),
        Tile(
            pen.number(intake.quarantined),
            pen.say("headline.quarantined"),
            pen.say("headline.of_lines", share=pen.percent(intake.quarantined / max(intake.lines, 1), 3)),
        ),
        Tile(pen.number(pensions.entitled), pen.say("headline.entitled"), _a_month(pensions.due, pen)),
        Tile(pen.number(pensions.paid), pen.say("headline.paid"), _a_month(pensions.paid_amount, pen)),
    ]
    for found, name in ((found, _HEADLINES.get(found.name)) for found in data.lists):
        if name:
            tiles.append(Tile(pen.number(found.count), pen.say(name), _a_month(found.amount or 0, pen)))
    return tiles


_HEADLINES = {"take-up": "headline.take_up", "unsupported": "headline.unsupported"}


def _a_month(centimes: int, pen: Pen) -> str:
    return pen.say("a_month", amount=pen.whole_money(centimes))


def written(case: Case, index: int, pen: Pen) -> WrittenCase:
    """One person's pictures and tree."""
    steps = levels(case.explanation, pen)
    tree = branch(case.explanation, pen) if case.explanation else None
    return WrittenCase(
        case,
        figures.career(case, f"career-{index}", pen) if case.career else None,
        figures.amount_steps(steps, tree.label, f"steps-{index}", pen) if tree and len(steps) > 1 else None,
        tree,
    )


def rows_of(found: PersonList, pen: Pen) -> Table:
    """Write the first rows of a list; columns that no row fills are left out."""

    def cells(row: ListRow) -> dict[str, str]:
        return {
            "person": pen.word(row.person),
            "reason": pen.code(
                row.reason, next((r.label for r in found.reasons if r.code == row.reason), None)
            ),
            "month": pen.month(row.month) if row.month is not None else "",
            "detail": pen.label(row.detail) if row.detail else "",
            "source": pen.word(row.source or ""),
            "due": pen.money(row.due) if row.due is not None else "",
            "paid": pen.money(row.paid) if row.paid is not None else "",
        }

    written_rows = [cells(row) for row in found.rows]
    columns = (
        [name for name in written_rows[0] if any(row[name] for row in written_rows)] if written_rows else []
    )
    return Table(
        tuple(pen.say(f"lists.{name}") for name in columns),
        tuple(tuple(row[name] for name in columns) for row in written_rows),
        numeric=len([name for name in columns if name not in {"due", "paid"}]),
    )


def facts(provenance: Provenance, pen: Pen) -> list[tuple[str, str]]:
    """Say what the numbers stand on, as terms and values."""
    p = provenance
    found: dict[str, Any] = {
        "fund": p.fund,
        "publication": pen.number(p.publication),
        "published_as": pen.number(p.published_as),
        "run": p.run,
        "law_date": pen.day(p.law_date),
        "known_date": pen.day(p.known_date),
        "overlay": p.overlay,
        "code": p.code_version,
        "law": p.law_version,
        "made": pen.moment(p.made_at),
    }
    return [(pen.say(f"provenance.{name}"), value) for name, value in found.items() if value]
