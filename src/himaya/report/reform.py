"""The page of a reform: one HTML file, in French, Arabic or English."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from himaya import language
from himaya.language import Language
from himaya.law.phrases import cited
from himaya.reform.wording import amounts, arrow, group_name, measured, premises, reasons, uncosted
from himaya.report.charts import Bar, Frame, bars
from himaya.report.figures import Figure, Legend, Table
from himaya.report.page import page
from himaya.report.pen import Pen

INDENT = language.NO_BREAK_SPACE * 4

if TYPE_CHECKING:
    from pathlib import Path

    from himaya.reform import Example, Group, Impact


def write_reform(impact: Impact, changes: Sequence[Mapping[str, Any]], path: Path, lang: Language) -> Path:
    """Write the page to ``path`` (its folder is made), whole or not at all; returns ``path``.

    Parameters
    ----------
    impact
        What a run of the reform says.
    changes
        What the reform changes: mappings with ``labels``, ``from``, ``before``, ``after``, ``brackets``, ``article``.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(render_reform(impact, changes, lang), encoding="utf-8")
    return draft.replace(path)


def render_reform(impact: Impact, changes: Sequence[Mapping[str, Any]], lang: Language) -> str:
    """Render the page; it needs no script and no outside address."""
    pen = Pen(lang, impact.currency)

    def say(key: str, **values: Any) -> str:
        # The pieces that all pages share speak by the report's words.
        known = f"reform.{key}"
        return language.text(known if language.has_text(known) else f"report.{key}", lang, **values)

    tenths = _tenths(impact, say, pen)
    return page(
        "reform.html.j2",
        pen,
        impact=impact,
        changes=_changes(changes, say, lang),
        say=say,
        premises=premises(impact, lang),
        measured=measured(impact, lang),
        uncosted=uncosted(impact, lang),
        years=_years(impact, say, pen),
        branches=_branches(impact, say, pen),
        tenths=tenths,
        groups=[
            _group_table(by, groups, say, pen)
            for by, groups in impact.groups.items()
            if len(groups) > 1 and not (by == "tenth" and tenths)  # which has a picture
        ],
        examples=[_example(each, lang, pen) for each in impact.examples],
        facts=[(name, str(value)) for name, value in impact.manifest.items() if not isinstance(value, dict)],
        typeset=lambda text: language.typeset(text, lang),
    )


def _changes(changes: Sequence[Mapping[str, Any]], say: Any, lang: Language) -> Table:
    """A row for each change; of a scale one for each bracket below it."""
    rows: list[tuple[str, ...]] = []
    for each in changes:
        label = each["labels"][lang]
        if each["from"]:
            label = say("diff.effect", label=label, since=date.fromisoformat(each["from"]))
        states = ("", "") if each["brackets"] else _states(each, say)
        rows.append((label, *states, cited(each["article"] or "", lang)))
        rows += [(INDENT + of["bracket"], *_states(of, say), "") for of in each["brackets"]]
    return Table(
        tuple(say(f"column.{name}") for name in ("what", "before", "after", "article")), tuple(rows), 4
    )


def _states(change: Mapping[str, Any], say: Any) -> tuple[str, ...]:
    return tuple(change[state] or say("diff.nothing") for state in ("before", "after"))


def _years(impact: Impact, say: Any, pen: Pen) -> Figure:
    """Bars by year: what is paid before, and what the reform adds (or takes away); revenue where nothing is paid."""
    by_day: dict[Any, tuple[int, int]] = {}
    paid = [cost for cost in impact.costs if not cost.revenue]
    for cost in paid or impact.costs:
        before, after = by_day.get(cost.day, (0, 0))
        by_day[cost.day] = before + cost.before, after + cost.after
    rows = [
        Bar(
            pen.year(day.year),
            (min(before, after), abs(after - before)),
            f"{pen.units(before)} {arrow(pen.lang)} {pen.whole_money(after)}",
        )
        for day, (before, after) in by_day.items()
    ]
    title = say("page.years")
    table = Table(
        (say("column.year"), say("column.before"), say("column.after"), say("column.change")),
        tuple(
            (pen.year(day.year), *amounts(before, after, pen.lang, pen.currency))
            for day, (before, after) in by_day.items()
        ),
        numeric=1,
    )
    legend = (Legend("s1", say("column.before")), Legend("s2", say("column.change")))
    return Figure(title, bars(Frame("years", title, title, pen.lang), rows, wide=True), table, legend)


def _branches(impact: Impact, say: Any, pen: Pen) -> Table:
    """Each branch and year."""
    names = ("year", "branch", "before", "after", "change", "more_persons")
    return Table(
        tuple(say(f"column.{name}") for name in names),
        tuple(
            (
                pen.year(cost.day.year),
                language.typeset(impact.branches[cost.branch][pen.lang], pen.lang),
                *amounts(cost.before, cost.after, pen.lang, pen.currency),
                pen.number(cost.persons_after - cost.persons_before),
            )
            for cost in impact.costs
        ),
        numeric=2,
    )


def _tenths(impact: Impact, say: Any, pen: Pen) -> Figure | None:
    """Bars by tenth: what the reform adds to their amounts, or takes away; None where it changes no tenth.

    Those of one law alone are told below: their bars would dwarf these.
    """
    title = say("page.tenths")
    groups = impact.groups["tenth"]
    tenths = [(group, group.after - group.before) for group in groups if group.name.isdigit()]
    if not any(change for _, change in tenths):
        return None
    rows = [
        Bar(
            group_name("tenth", group.name, pen.lang),
            (max(change, 0), max(-change, 0)),
            pen.whole_change(change),
        )
        for group, change in tenths
    ]
    apart = [
        say(
            "page.apart",
            name=group_name("tenth", group.name, pen.lang),
            count=group.persons,
            change=pen.whole_change(group.after - group.before),
        )
        for group in groups
        if not group.name.isdigit()
    ]
    return Figure(
        title,
        bars(Frame("tenths", title, title, pen.lang), rows),
        _group_table("tenth", groups, say, pen),
        (Legend("s1", say("page.more")), Legend("s2", say("page.less"))),
        note=" ".join(apart),
    )


def _group_table(by: str, groups: Sequence[Group], say: Any, pen: Pen) -> Table:
    names = (f"by_{by}", "persons", "winners", "losers", "before", "after", "change")
    return Table(
        tuple(say(f"column.{name}") for name in names),
        tuple(
            (
                group_name(by, group.name, pen.lang),
                *(pen.number(count) for count in (group.persons, group.winners, group.losers)),
                *amounts(group.before, group.after, pen.lang, pen.currency),
            )
            for group in groups
        ),
        numeric=1,
    )


def _example(example: Example, lang: Language, pen: Pen) -> dict[str, Any]:
    before, after, change = amounts(example.before, example.after, lang, pen.currency, whole=False)
    return {
        "person": example.person,
        "age": pen.number(example.age),
        "before": before,
        "after": after,
        "change": change,
        "why": reasons(example, lang),
    }
