"""How a reform reads on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from himaya import language
from himaya.cli.changes import states

if TYPE_CHECKING:
    from pathlib import Path

    from himaya.cli.console import Console
    from himaya.language import Language
    from himaya.law import System
    from himaya.reform import Group, Impact

SHOWN = 12
"""Results that rest on a change and are named."""


def _say(console: Console, key: str, **values: Any) -> str:
    return language.text(f"reform.{key}", console.lang, **values)


def reforms(console: Console, rows: Sequence[Mapping[str, Any]]) -> None:
    """The worked reforms."""
    console.table(
        [_say(console, f"column.{name}") for name in ("reform", "country", "name")],
        [
            (
                row["reform"],
                language.text(f"law.country.{row['country']}", console.lang),
                row["name"][console.lang],
            )
            for row in rows
        ],
        named=True,
    )


# ---------------------------------------------------------------------------------------------------- diff


def diff_document(baseline: System, reform: System, lang: Language) -> dict[str, Any]:
    """What a reform changes: parameters and rules, and what rests on them."""
    overlay = reform.overlay or baseline.overlay
    assert overlay is not None
    changes = [*_parameter_changes(baseline, reform, lang), *_rule_changes(baseline, reform, lang)]
    names = {change["name"] for change in changes}
    rests = []
    for name in reform.order:
        if any(
            names & (reform.reads[each.place] | {*each.arguments, name}) for each in reform.versions[name]
        ):
            names.add(name)  # what rests on it rests on the change as well
            rests.append(name)
    return {
        "name": overlay.name,
        "country": reform.name,
        "changes": changes,
        "rests": [{"name": name, "labels": reform.labels[name]} for name in _ends_last(reform, rests)],
    }


def _parameter_changes(baseline: System, reform: System, lang: Language) -> Iterator[dict[str, Any]]:
    """Parameters that are another law from a date on: the first date is told."""
    for group in reform.groups.values():
        for parameter in group.parameters.values():
            old = baseline.parameter(parameter.name)
            for since in sorted({each.since for both in (old, parameter) for each in both.values}):
                was, becomes = old.dated(since), parameter.dated(since)
                before, after = was.value if was else None, becomes.value if becomes else None
                if before != after:
                    yield {
                        "name": parameter.name,
                        "labels": parameter.labels,
                        "from": since.isoformat(),
                        **states(parameter, before, after, lang),
                        "article": becomes.article if becomes else None,
                    }
                    break


def _ends_last(system: System, names: list[str]) -> list[str]:
    """Results that other rules rest on first, then those that people are paid by: what nothing else rests on."""
    used = {argument for rules in system.versions.values() for each in rules for argument in each.arguments}
    return sorted(names, key=lambda name: name not in used)


def _rule_changes(baseline: System, reform: System, lang: Language) -> Iterator[dict[str, Any]]:
    """Rules that are written otherwise."""
    for name, rules in reform.versions.items():
        old = baseline.versions.get(name, ())
        if {each.function for each in rules} != {each.function for each in old}:
            new = rules[-1]
            yield {
                "name": name,
                "labels": reform.labels[name],
                "from": new.valid_from.isoformat() if new.valid_from else None,
                "before": baseline.texts[old[-1].place][lang] if old else None,
                "after": reform.texts[new.place][lang],
                "brackets": [],
                "article": new.article,
            }


def diff(console: Console, document: Mapping[str, Any]) -> None:
    """In plain words: what becomes what, from when, by what, and which results follow."""
    lang = console.lang
    console.print(language.typeset(document["name"][lang], lang))
    if not document["changes"]:
        console.print(f"  {_say(console, 'diff.none')}")
    for change in document["changes"]:
        for line in _change(console, change):
            console.print(f"  {line}")
        if change["article"]:
            console.print(f"    [{change['article']}]")
    names = [each["labels"][lang] for each in document["rests"]]
    if names:
        console.print()
        key = "diff.rests" if len(names) <= SHOWN else "diff.rests_some"
        told = language.listing(names[-SHOWN:], lang)
        console.print(f"  {_say(console, key, names=told, count=len(names))}")
    console.print()


def _change(console: Console, change: Mapping[str, Any]) -> Iterator[str]:
    """One change: a line, or of a scale a line for each bracket that differs."""
    label = change["labels"][console.lang]
    since = {"since": date.fromisoformat(change["from"])} if change["from"] else {}
    if change["brackets"]:
        yield _say(console, "diff.scale", label=label, **since)
        for each in change["brackets"]:
            key = "diff.same" if each["before"] == each["after"] else "diff.always"
            yield f"  {_say(console, key, label=each['bracket'], **_both(console, each))}"
    else:
        key = "diff.change" if since else "diff.always"
        yield _say(console, key, label=label, **_both(console, change), **since)


def _both(console: Console, change: Mapping[str, Any]) -> dict[str, str]:
    return {state: change[state] or _say(console, "diff.nothing") for state in ("before", "after")}


# -------------------------------------------------------------------------------------------------- impact


def impact(console: Console, found: Impact, report: Path) -> None:
    """Costs by year, who gains and loses, distributions."""
    _basis(console, found)
    _costs(console, found)
    _people(console, found)
    _measures(console, found)
    _examples(console, found)
    _unverified(console, found)
    console.print(_say(console, "impact.report", file=str(report)))


def _basis(console: Console, found: Impact) -> None:
    from himaya.reform.wording import premises

    console.print(_say(console, "impact.basis", day=found.day, count=found.persons, run=found.run))
    for line in premises(found, console.lang):
        console.print(line)
    console.print()


def _costs(console: Console, found: Impact) -> None:
    from himaya.reform.wording import amounts, uncosted

    lang = console.lang
    rows = [
        (
            str(cost.day.year),
            language.typeset(found.branches[cost.branch][lang], lang),
            *amounts(cost.before, cost.after, lang, found.currency),
            language.number(cost.persons_after - cost.persons_before, lang),
        )
        for cost in found.costs
    ]
    _table(console, ("year", "branch", "before", "after", "change", "more_persons"), rows, first_number=2)
    lines = uncosted(found, lang)
    if lines:
        console.print(_say(console, "impact.uncosted"))
        for line in lines:
            console.print(f"  {line}")
        console.print()


def _people(console: Console, found: Impact) -> None:
    console.print(
        _say(
            console,
            "impact.winners",
            winners=found.winners,
            losers=found.losers,
            gained=found.gained,
            lost=found.lost,
            count=found.affected,
        )
    )
    several = {by: groups for by, groups in found.groups.items() if len(groups) > 1}
    if several:
        console.print(_say(console, "impact.monthly"))
    console.print()
    for by, groups in several.items():
        _groups(console, by, groups, found.currency)


def _groups(console: Console, by: str, groups: Sequence[Group], currency: str) -> None:
    from himaya.reform.wording import amounts, group_name

    lang = console.lang
    _table(
        console,
        (f"by_{by}", "persons", "winners", "losers", "before", "after", "change"),
        [
            (
                group_name(by, group.name, lang),
                *(language.number(each, lang) for each in (group.persons, group.winners, group.losers)),
                *amounts(group.before, group.after, lang, currency),
            )
            for group in groups
        ],
        first_number=1,
    )


def _measures(console: Console, found: Impact) -> None:
    from himaya.reform.wording import measured

    lines = measured(found, console.lang)
    for line in lines:
        console.print(line)
    if lines:
        console.print()


def _examples(console: Console, found: Impact) -> None:
    if not found.examples:
        return
    from himaya.reform.wording import amounts, reasons

    lang = console.lang
    console.print(_say(console, "page.examples_note"))
    _table(
        console,
        ("person", "age", "before", "after", "change"),
        [
            (
                each.person,
                language.number(each.age, lang),
                *amounts(each.before, each.after, lang, found.currency, whole=False),
            )
            for each in found.examples
        ],
        first_number=1,
    )
    told: dict[tuple[str, ...], list[str]] = {}
    for each in found.examples:
        told.setdefault(tuple(reasons(each, lang)), []).append(each.person)
    for why, who in told.items():
        if why:
            console.print(_say(console, "impact.why", names=language.listing(who, lang)))
            for line in why:
                console.print(f"  {line}")
    console.print()


def _unverified(console: Console, found: Impact) -> None:
    if not found.unverified:
        return
    lang = console.lang
    console.print(_say(console, "impact.unverified"))
    for name, count in found.unverified.items():
        told = _say(console, "impact.doubt", label=found.labels[name][lang], name=name, count=count)
        console.print(f"  {told}")
    console.print()


def _table(
    console: Console, columns: Sequence[str], rows: Sequence[Sequence[str]], *, first_number: int
) -> None:
    console.table(
        [_say(console, f"column.{name}") for name in columns],
        rows,
        numbers=range(first_number, len(columns)),
        named=True,
    )
    console.print()
