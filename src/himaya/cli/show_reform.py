"""How a reform reads on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from himaya import language
from himaya.law.parameters import Parameter, Scale
from himaya.law.phrases import format_value

if TYPE_CHECKING:
    from pathlib import Path

    from himaya.cli.console import Console
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


def diff_document(baseline: System, reform: System, lang: language.Language) -> dict[str, Any]:
    """What a reform changes: parameters and rules, and what rests on them."""
    overlay = reform.overlay or baseline.overlay
    assert overlay is not None
    changes = [*_parameter_changes(baseline, reform, lang), *_rule_changes(baseline, reform)]
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


def _parameter_changes(baseline: System, reform: System, lang: language.Language) -> list[dict[str, Any]]:
    found = []
    for group in reform.groups.values():
        for parameter in group.parameters.values():
            old = baseline.parameter(parameter.name)
            if old.values == parameter.values:
                continue
            dates = sorted({d.since for p in (old, parameter) for d in p.values})
            for since in dates:
                before, after = old.dated(since), parameter.dated(since)
                values = before and before.value, after and after.value
                if values[0] != values[1]:
                    old_text, new_text = (_written(parameter, each, lang) for each in _differing(*values))
                    found.append(
                        {
                            "name": parameter.name,
                            "labels": parameter.labels,
                            "from": since.isoformat(),
                            "before": old_text,
                            "after": new_text,
                            "article": after.article if after else None,
                        }
                    )
                    break
    return found


def _differing(before: Any, after: Any) -> tuple[Any, Any]:
    """Two values; of two scales the brackets that differ, and the first after them, where they meet again."""
    if not (isinstance(before, Scale) and isinstance(after, Scale)):
        return before, after
    cuts = sorted({*before.thresholds, *after.thresholds})
    differs = [before.amount(at) != after.amount(at) for at in cuts]
    shown = [at for i, at in enumerate(cuts) if differs[i] or (i > 0 and differs[i - 1])]
    return _part(before, shown), _part(after, shown)


def _part(scale: Scale, cuts: Sequence[int]) -> Scale:
    known = [(at, amount) for at in cuts if (amount := scale.amount(at)) is not None]
    return replace(scale, thresholds=tuple(at for at, _ in known), amounts=tuple(each for _, each in known))


def _written(parameter: Parameter, value: Any, lang: language.Language) -> str | None:
    return None if value is None else format_value(value, parameter.unit, lang)


def _ends_last(system: System, names: list[str]) -> list[str]:
    """Results that other rules rest on first, then those that people are paid by: what nothing else rests on."""
    used = {argument for rules in system.versions.values() for each in rules for argument in each.arguments}
    return sorted(names, key=lambda name: name not in used)


def _rule_changes(baseline: System, reform: System) -> list[dict[str, Any]]:
    found = []
    for name, rules in reform.versions.items():
        old = baseline.versions.get(name, ())
        if {each.function for each in rules} == {each.function for each in old}:
            continue
        new = rules[-1]
        found.append(
            {
                "name": name,
                "labels": reform.labels[name],
                "from": new.valid_from.isoformat() if new.valid_from else None,
                "before": old[-1].text if old else None,
                "after": new.text,
                "article": new.article,
            }
        )
    return found


def diff(console: Console, document: Mapping[str, Any]) -> None:
    """In plain words: what becomes what, from when, by what, and which results follow."""
    lang = console.lang
    console.print(document["name"][lang])
    for change in document["changes"]:
        console.print(
            "  "
            + _say(
                console,
                "diff.change" if change["from"] else "diff.always",
                label=change["labels"][lang],
                before=change["before"] or _say(console, "diff.nothing"),
                after=change["after"] or _say(console, "diff.nothing"),
                **({"since": _day(change["from"])} if change["from"] else {}),
            )
        )
        if change["article"]:
            console.print(f"    [{change['article']}]")
    names = [each["labels"][lang] for each in document["rests"]]
    if names:
        shown = names[-SHOWN:]
        console.print("  " + _say(console, "diff.rests", names=language.listing(shown, lang)))
    console.print()


def _day(text: str) -> Any:
    from datetime import date

    return date.fromisoformat(text)


# -------------------------------------------------------------------------------------------------- impact


def impact(console: Console, found: Impact, report: Path) -> None:
    """Costs by year, who gains and loses, distributions."""
    lang = console.lang
    console.print(_say(console, "impact.basis", day=found.day, count=found.persons, run=found.run))
    console.print(_say(console, "impact.static"))
    if found.unchanged_until is not None:
        console.print(_say(console, "impact.unchanged", until=found.unchanged_until))
    if found.invented:
        console.print(_say(console, "impact.invented"))
    console.print()
    rows = [
        (
            str(cost.day.year),
            _say(console, f"branch.{cost.branch}"),
            _money(cost.before, lang),
            _money(cost.after, lang),
            _money(cost.change, lang),
            language.number(cost.persons_after - cost.persons_before, lang),
        )
        for cost in found.costs
    ]
    _table(console, ("year", "branch", "before", "after", "change", "more_persons"), rows, first_number=2)
    console.print()
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
    for by, groups in found.groups.items():
        if len(groups) > 1:
            console.print()
            _groups(console, by, groups)
    console.print()
    console.print(
        _say(
            console,
            "impact.gini",
            before=language.number(found.inequality.before, lang, 4),
            after=language.number(found.inequality.after, lang, 4),
        )
    )
    poverty = found.poverty
    console.print(
        _say(
            console,
            "impact.poverty",
            share=language.percent(poverty.share, lang, 0),
            line=_money(poverty.line, lang, 2),
            before=language.percent(poverty.head_count_before, lang, 1),
            after=language.percent(poverty.head_count_after, lang, 1),
        )
    )
    if found.examples:
        console.print()
        _table(
            console,
            ("person", "age", "before", "after"),
            [
                (each.person, str(each.age), _money(each.before, lang, 2), _money(each.after, lang, 2))
                for each in found.examples
            ],
            first_number=1,
        )
    if found.unverified:
        console.print()
        console.print(_say(console, "impact.unverified"))
        for name, count in found.unverified.items():
            console.print(f"  {name}: {language.number(count, lang)}")
    console.print()
    console.print(_say(console, "impact.report", file=str(report)))


def _groups(console: Console, by: str, groups: Sequence[Group]) -> None:
    lang = console.lang
    _table(
        console,
        (f"by_{by}", "persons", "winners", "losers", "before", "after", "change"),
        [
            (
                group_name(by, group.name, lang),
                language.number(group.persons, lang),
                language.number(group.winners, lang),
                language.number(group.losers, lang),
                _money(group.before, lang),
                _money(group.after, lang),
                _money(group.after - group.before, lang),
            )
            for group in groups
        ],
        first_number=1,
    )


def group_name(by: str, name: str, lang: language.Language) -> str:
    """What a group is called."""
    if name in {"unknown", "other"} or (by == "sex" and name in {"M", "F"}):
        return language.text(f"reform.group.{name}", lang)
    return str(int(name)) if by == "tenth" else name


def _money(centimes: int, lang: language.Language, decimals: int = 0) -> str:
    return language.number(centimes / 100, lang, decimals)


def _table(
    console: Console, columns: Sequence[str], rows: Sequence[Sequence[str]], *, first_number: int
) -> None:
    console.table(
        [_say(console, f"column.{name}") for name in columns],
        rows,
        numbers=range(first_number, len(columns)),
        named=True,
    )
