"""How what is said of a reform is written, on a terminal and on a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from himaya import language
from himaya.law.elements import Elements
from himaya.law.phrases import format_value, phrase
from himaya.reform.measures import GAINED, LOST
from himaya.reform.model import MONTHS

STATES = ("before", "after")

if TYPE_CHECKING:
    from himaya.law.compare import Change
    from himaya.reform.model import Example, Impact


def group_name(by: str, name: str, lang: language.Language) -> str:
    """Say which persons a group is of: men, those of 60 to 64, a place, a tenth."""
    words = {"sex": {"M", "F"}, "tenth": {GAINED, LOST}}.get(by, set())
    if name in {"unknown", "other"} | words:
        return language.text(f"reform.group.{name}", lang)
    return language.typeset(str(int(name)) if by == "tenth" else name, lang)


def amounts(
    before: int, after: int, lang: language.Language, currency: str, *, whole: bool = True
) -> tuple[str, str, str]:
    """Write an amount before, the one after, and the change with its sign; ``whole``: to the unit, for sums."""
    was, becomes = (language.money(centimes, lang, currency, whole=whole) for centimes in (before, after))
    return was, becomes, language.money(after - before, lang, currency, whole=whole, signed=True)


def premises(impact: Impact, lang: language.Language) -> list[str]:
    """What a reader must know before the numbers: what is assumed, and from when the reform holds."""
    told = [language.text("reform.impact.static", lang)]
    if impact.unchanged_until is not None:
        told.append(language.text("reform.impact.unchanged", lang, until=impact.unchanged_until))
    if impact.invented:
        told.append(language.text("reform.impact.invented", lang))
    partly = {cost.day.year: cost.months for cost in impact.costs if 0 < cost.months < MONTHS}
    for year, months in partly.items():
        told.append(
            language.text("reform.impact.begins", lang, year=str(year), count=months, since=impact.since)
        )
    if not partly and any(cost.months == 0 for cost in impact.costs):
        told.append(language.text("reform.impact.later", lang, since=impact.since))
    if any(cost.once for cost in impact.costs):
        told.append(language.text("reform.impact.once", lang))
    return told


def uncosted(impact: Impact, lang: language.Language) -> list[str]:
    """What the reform touches and has no cost here, with the reason; a line each."""
    key = "reform.impact.uncosted_one"
    return [
        language.text(key, lang, branch=each.labels[lang], reason=language.tell(each.reason, lang))
        for each in impact.uncosted
    ]


def measured(impact: Impact, lang: language.Language) -> list[str]:
    """Gini, low amounts and poverty gap, and whose they are; nothing where nobody has an amount by both laws."""
    if not impact.both:
        return []
    gini, low = impact.inequality, impact.poverty
    ginis = {state: language.number(getattr(gini, state), lang, 4) for state in STATES}
    heads = {state: language.percent(getattr(low, f"head_count_{state}"), lang) for state in STATES}
    gaps = {state: language.percent(getattr(low, f"gap_{state}"), lang) for state in STATES}
    share, line = language.percent(low.share, lang, 0), language.money(low.line, lang, impact.currency)
    return [
        language.text("reform.impact.both", lang, count=impact.both),
        language.text("reform.impact.gini", lang, **ginis),
        language.text("reform.impact.poverty", lang, share=share, line=line, **heads),
        language.text("reform.impact.gap", lang, **gaps),
    ]


def reasons(example: Example, lang: language.Language) -> list[str]:
    """Why a person's amount changes: the values that were in force for this person by both laws."""
    return [_cause(each, lang) for each in example.changes if each.cause != "result"]


def _cause(change: Change, lang: language.Language) -> str:
    before, after = (
        format_value(value, change.unit, lang) if not isinstance(value, Elements) else ""
        for value in (change.before, change.after)
    )
    label = change.labels[lang]
    told = f"{label}{phrase('colon', lang)}{before} {arrow(lang)} {after}" if before or after else label
    return language.typeset(told, lang)


def arrow(lang: language.Language) -> str:
    """From before to after, in the direction of reading."""
    return "←" if language.direction(lang) == "rtl" else "→"
