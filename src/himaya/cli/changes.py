"""What the law was and becomes, in words: `himaya law diff`, and the values of `himaya reform diff`."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from himaya import language
from himaya.law import catalogue
from himaya.law.explain import plain
from himaya.law.parameters import Dated, Parameter, Scale, brackets_changed
from himaya.law.phrases import bracket, format_value
from himaya.law.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from himaya.cli.console import Console
    from himaya.language import Language
    from himaya.law import System

Value = Fraction | bool | Scale | None


def states(parameter: Parameter, before: Value, after: Value, lang: Language) -> dict[str, Any]:
    """What was and what becomes; of two scales by bracket, those that differ and the first after them."""

    def told(value: Value) -> str | None:
        return None if value is None else format_value(value, parameter.unit, lang)

    if not (isinstance(before, Scale) and isinstance(after, Scale)):
        return {"before": told(before), "after": told(after), "brackets": []}
    return {
        "before": None,
        "after": None,
        "brackets": [
            {
                "at": plain(Fraction(at), after.by),
                "bracket": bracket(at, after.by, lang),
                "before": told(old),
                "after": told(new),
            }
            for at, old, new in brackets_changed(before, after)
        ],
    }


def diff_document(system: System, before: date, after: date, lang: Language) -> dict[str, Any]:
    """What is another law on the second date."""
    return {
        "country": system.name,
        "changes": [
            {
                "name": each.name,
                "labels": each.labels,
                **_states(each, lang),
                "article": each.after.article if each.after else None,
            }
            for each in catalogue.amendments(system, before, after)
        ],
    }


def _states(each: catalogue.Amendment, lang: Language) -> dict[str, Any]:
    if each.parameter is None:
        before, after = (
            state.function.__name__ if isinstance(state, Rule) else None
            for state in (each.before, each.after)
        )
        return {"before": before, "after": after, "brackets": []}
    was, becomes = (state.value if isinstance(state, Dated) else None for state in (each.before, each.after))
    return states(each.parameter, was, becomes, lang)


def diff(console: Console, found: Sequence[Mapping[str, Any]]) -> None:
    """Changes by country."""
    lang = console.lang
    for document in found:
        console.print(language.text(f"law.country.{document['country']}", lang))
        if not document["changes"]:
            console.print(f"  {language.text('law.diff.none', lang)}")
            continue
        absent = language.text("law.show.no_value", lang)
        console.table(
            [language.text(f"law.column.{name}", lang) for name in ("label", "before", "after", "article")],
            [row for each in document["changes"] for row in _diff_rows(each, lang, absent)],
            named=True,
        )


def _diff_rows(change: Mapping[str, Any], lang: Language, absent: str) -> Iterator[tuple[str, str, str, str]]:
    """A row for what changes; of a scale below it one for each bracket."""
    brackets = change["brackets"]
    first = ("", "") if brackets else (change["before"] or absent, change["after"] or absent)
    yield f"{change['labels'][lang]} ({change['name']})", *first, change["article"] or ""
    for each in brackets:
        yield f"  {each['bracket']}", each["before"] or absent, each["after"] or absent, ""
