"""How the answers of ``himaya law`` read on a terminal, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from himaya import language
from himaya.law import catalogue
from himaya.law.explain import plain
from himaya.law.parameters import Dated, Parameter, Scale
from himaya.law.phrases import brackets, format_value, noted, unit_name
from himaya.sentence import said

if TYPE_CHECKING:
    from pathlib import Path

    from himaya.cli.console import Console
    from himaya.law import Rule, System
    from himaya.law.alterations import Alteration
    from himaya.law.units import Languages

BARS = "▁▂▃▄▅▆▇█"
CHART = 40
"""Letters of a small chart of a parameter over time."""


def _day(console: Console, written: str | None) -> str:
    """A date of a document as the reader writes it; nothing where there is none."""
    return language.day(date.fromisoformat(written), console.lang) if written else ""


def _say(console: Console, key: str, **values: Any) -> str:
    return language.text(f"law.{key}", console.lang, **values)


# ---------------------------------------------------------------------------------------------------- show


def card_document(system: System, card: catalogue.RuleCard) -> dict[str, Any]:
    """A rule as JSON."""
    return {
        "name": card.name,
        "country": system.name,
        "labels": card.labels,
        "unit": card.versions[0].unit.name,
        "versions": [
            {
                "text": text,
                "article": each.article,
                "from": each.valid_from.isoformat() if each.valid_from else None,
                "to": each.valid_to.isoformat() if each.valid_to else None,
                "verified": each.verified,
                "note": note or None,
                "formula": source,
                "place": each.place,
            }
            for each, text, note, source in zip(
                card.versions, card.texts, card.notes, card.sources, strict=True
            )
        ],
        "needs": list(card.needs),
        "used_by": list(card.used_by),
        "parameters": [_parameter_document(parameter) for parameter in card.reads],
    }


def parameter_document(system: System, card: catalogue.ParameterCard) -> dict[str, Any]:
    """A parameter as JSON."""
    return {
        **_parameter_document(card.parameter),
        "country": system.name,
        "place": card.parameter.place,
        "used_by": list(card.used_by),
    }


def _parameter_document(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "labels": parameter.labels,
        "unit": parameter.unit.name,
        "by": parameter.by.name if parameter.by else None,
        "values": [_dated_document(parameter, dated) for dated in parameter.values],
    }


def _dated_document(parameter: Parameter, dated: Dated) -> dict[str, Any]:
    value: Any = plain(dated.value, parameter.unit)
    if isinstance(dated.value, Scale):
        value = [
            [plain(Fraction(at), parameter.by or parameter.unit), plain(amount, parameter.unit)]
            for at, amount in zip(dated.value.thresholds, dated.value.amounts, strict=True)
        ]
    return {
        "from": dated.since.isoformat(),
        "value": value,
        "article": dated.article or None,
        "verified": dated.verified,
        "decided": dated.decided.isoformat() if dated.decided else None,
        "note": dated.note,
    }


def card(console: Console, system: System, found: catalogue.RuleCard) -> None:
    """All about one rule."""
    lang = console.lang
    console.print(f"{found.labels[lang]} ({found.name}, {_say(console, f'country.{system.name}')})")
    console.print(_say(console, "show.unit", unit=unit_name(found.versions[0].unit, lang)))
    for each, text, note, source in zip(found.versions, found.texts, found.notes, found.sources, strict=True):
        console.print()
        console.print(f"  {language.typeset(text[lang], lang)}")
        console.print(f"  {_say(console, 'show.article', article=each.article)}")
        if each.valid_from or each.valid_to:
            first, last = (day or _say(console, "show.open") for day in (each.valid_from, each.valid_to))
            console.print(f"  {_say(console, 'show.validity', first=first, last=last)}")
        if not each.verified:
            console.print(f"  {_unverified(console, note)}")
        console.print(f"  {_say(console, 'show.formula', place=_short_place(each.place))}")
        for line in source.splitlines():
            console.print(f"      {line}")
    console.print()
    for key, names in (("needs", found.needs), ("used_by", found.used_by)):
        told = language.listing(names, lang) if names else _say(console, "show.none")
        console.print(_say(console, f"show.{key}", names=told))
    if found.reads:
        console.print(_say(console, "show.parameters"))
    for parameter in found.reads:
        for line in _parameter_lines(console, parameter):
            console.print(f"  {line}")


def parameter(console: Console, system: System, card: catalogue.ParameterCard) -> None:
    """All about one parameter: its values over time, and who reads it."""
    lang, found = console.lang, card.parameter
    for line in _parameter_lines(console, found):
        console.print(line)
    console.print(f"{_say(console, f'country.{system.name}')}, {_short_place(found.place)}")
    console.print(_say(console, "show.unit", unit=unit_name(found.unit, lang)))
    used_by = language.listing(card.used_by, lang) if card.used_by else _say(console, "show.none")
    console.print(_say(console, "show.used_by", names=used_by))


def _parameter_lines(console: Console, parameter: Parameter) -> Iterator[str]:
    lang = console.lang
    chart = small_chart(parameter.values)
    yield f"{parameter.labels[lang]} ({parameter.name})" + (f"  {chart}" if chart else "")
    for dated in parameter.values:
        scale = brackets(dated.value, parameter.unit, lang) if isinstance(dated.value, Scale) else []
        line = f"    {language.day(dated.since, lang)}"
        if dated.value is None:
            line += f"  {_say(console, 'show.no_value')}"
        elif not scale:
            line += f"  {format_value(dated.value, parameter.unit, lang)}"
        elif isinstance(dated.value, Scale):
            line = f"{line}  {scale_chart(dated.value)}".rstrip()
        yield f"{line}  [{dated.article}]" if dated.article else line
        yield from (f"      {each}" for each in scale)
        if not dated.verified:
            yield f"      {_unverified(console, dated.note)}"


def _unverified(console: Console, note: Languages | None) -> str:
    return _say(console, "show.unverified", note=noted(note, console.lang) if note else "")


def scale_chart(scale: Scale) -> str:
    """The brackets of a scale as a line of bars, one each from the lowest amount; empty if all are the same."""
    low, high = min(scale.amounts), max(scale.amounts)
    if low == high:
        return ""
    return "".join(
        BARS[round((each - low) / (high - low) * (len(BARS) - 1))] for each in scale.amounts[-CHART:]
    )


def small_chart(values: Sequence[Dated]) -> str:
    """A parameter's steps over time as a line of bars, from its first to its last date; empty if it never moves."""
    steps = [(dated.since.toordinal(), dated.value) for dated in values]
    numbers = [value for _, value in steps if isinstance(value, Fraction)]
    if len(set(numbers)) < 2 or len(numbers) != sum(value is not None for _, value in steps):
        return ""
    first, last = steps[0][0], steps[-1][0]
    low, high = min(Fraction(0), *numbers), max(numbers)
    bars = []
    for column in range(CHART):
        at = first + (last - first) * column / (CHART - 1)
        value = next(value for since, value in reversed(steps) if since <= at)
        if not isinstance(value, Fraction):
            bars.append(" ")
        else:
            bars.append(BARS[round((value - low) / (high - low) * (len(BARS) - 1))])
    return "".join(bars)


def _short_place(place: str) -> str:
    return place.rpartition("himaya/")[2] or place


# --------------------------------------------------------------------------------------------------- graph


def graph_document(system: System, target: str, on: date) -> dict[str, Any]:
    """What a target rests on, as nodes and arrows."""
    rules = system.needed([target], on)
    sources = {a for each in rules for a in each.arguments if a in system.inputs}
    return {
        "target": target,
        "country": system.name,
        "on": on.isoformat(),
        "rules": [{"name": each.name, "article": each.article, "verified": each.verified} for each in rules],
        "inputs": sorted(sources),
        "without_value": without_value(system, rules, on),
        "arrows": [[a, each.name] for each in rules for a in each.arguments if a not in system.groups],
    }


def without_value(system: System, rules: Sequence[Rule], on: date) -> list[str]:
    """Parameters that these rules read and that have no value on a date."""
    read = sorted({name for each in rules for name in system.reads[each.place]})
    return [name for name in read if system.parameter(name).dated(on) is None]


def graph(console: Console, system: System, target: str, on: date, output: Path | None) -> None:
    """What a target rests on, as a tree."""
    needed = system.needed([target], on)
    rules = {each.name: each for each in needed}
    shown: set[str] = set()

    def lines(name: str, depth: int) -> Iterator[str]:
        label = f"{'  ' * depth}{system.labels[name][console.lang]} ({name})"
        each = rules.get(name)
        if each is None:
            yield f"{label} · {_say(console, 'graph.input')}"
        elif name in shown:
            yield f"{label} · {_say(console, 'graph.again')}"
        else:
            shown.add(name)
            yield f"{label} [{each.article}]"
            for argument in each.arguments:
                if argument in rules or argument in system.inputs:
                    yield from lines(argument, depth + 1)

    for line in lines(target, 0):
        console.print(line)
    gaps = without_value(system, needed, on)
    if gaps:
        day = language.day(on, console.lang)
        console.print(_say(console, "graph.gaps", day=day, names=language.listing(gaps, console.lang)))
    if output is not None:
        console.print(_say(console, "graph.written", file=str(output)))


# --------------------------------------------------------------------------------------------------- check


def check_document(system: System, today: date, lang: language.Language) -> dict[str, Any]:
    """What a law consists of, and what should be mended."""
    parameters = [p for group in system.groups.values() for p in group.parameters.values()]
    return {
        "country": system.name,
        "version": system.version,
        "rules": list(system.versions),
        "parameters": len(parameters),
        "values": sum(len(parameter.values) for parameter in parameters),
        "findings": [
            {
                "name": each.name,
                "place": each.place,
                "what": language.tell(each.what, lang),
                "mend": language.tell(each.mend, lang),
            }
            for each in catalogue.findings(system)
        ],
        "ended": [
            {"name": p.name, "labels": p.labels, "since": p.values[-1].since.isoformat()}
            for p in parameters
            if p.dated(today) is None and p.values[-1].since <= today
        ],
        "unverified": [
            {
                "name": each.name,
                "labels": each.labels,
                "since": each.since.isoformat() if each.since else None,
                "article": each.article,
                "note": each.note,
                "place": each.place,
            }
            for each in catalogue.citations(system)
            if not each.verified
        ],
    }


def check(console: Console, documents: Sequence[Mapping[str, Any]], today: date, *, unverified: bool) -> None:
    """Counts, findings, series that end, and what is not verified."""
    for found in documents:
        counts = {key: found[key] for key in ("parameters", "values")}
        console.print(
            _say(
                console,
                "check.counts",
                country=_say(console, f"country.{found['country']}"),
                rules=len(found["rules"]),
                unverified=len({each["name"] for each in found["unverified"]}),
                **counts,
            )
        )
        if found["findings"]:
            console.print(_say(console, "check.findings"))
            for each in found["findings"]:
                console.print(f"  {each['name']}: {each['what']} ({_short_place(each['place'])})")
                console.print(f"    {each['mend']}")
        if found["ended"]:
            console.print(_say(console, "check.ended", day=today))
            for each in found["ended"]:
                console.print(
                    f"  {each['labels'][console.lang]} ({each['name']}): {_day(console, each['since'])}"
                )
        if unverified:
            _table(
                console,
                ("name", "label", "since", "article", "why"),
                [
                    (
                        each["name"],
                        each["labels"][console.lang],
                        _day(console, each["since"]),
                        each["article"],
                        noted(each["note"], console.lang) if each["note"] else "",
                    )
                    for each in found["unverified"]
                ],
            )
    if not any(found["findings"] for found in documents):
        console.print(_say(console, "check.clean"))


# ---------------------------------------------------------------------------------------------------- cite


def cite_rows(system: System, article: str) -> list[dict[str, Any]]:
    """What stands on an article."""
    return [
        {
            "country": system.name,
            "name": each.name,
            "labels": each.labels,
            "article": each.article,
            "since": each.since.isoformat() if each.since else None,
            "verified": each.verified,
            "place": each.place,
        }
        for each in catalogue.citations(system, article)
    ]


def cite(console: Console, article: str, found: Sequence[Mapping[str, Any]]) -> None:
    """Rules and values, each with its article as written."""
    if not found:
        console.print(_say(console, "cite.none", article=article))
        return
    _table(
        console,
        ("label", "since", "article"),
        [
            (
                f"{each['labels'][console.lang]} ({each['name']})",
                _day(console, each["since"]),
                each["article"],
            )
            for each in found
        ],
    )


# ------------------------------------------------------------------------------------------------ coverage


def coverage_document(system: System, folder: Path) -> dict[str, Any]:
    """Articles with what the cases of a folder used of them; raises :class:`~himaya.errors.UsageError`."""
    from himaya.errors import UsageError
    from himaya.law.alterations import read_idle
    from himaya.law.cases import read_cases
    from himaya.law.coverage import coverage
    from himaya.legislation import person_of

    if not folder.is_dir():
        raise UsageError(
            said("there is no folder of cases {folder}", folder=folder),
            why="the hand-worked cases are part of the project's source, not of the installed package",
            mend="Go to the folder of the source, or name the country's cases: --country morocco --cases DIR.",
        )
    cases = read_cases(folder)
    found = coverage(system, cases, lambda written: person_of(system.name, written), read_idle(folder))
    return {
        "country": system.name,
        "cases": len(cases),
        "articles": [
            {
                "article": each.article,
                "standing": len(each.citations),
                "tested": len(each.citations) - len(each.untested),
                "cases": len(each.cases),
                "untested_wholly": not each.cases,
                "untested": [
                    {"name": one.name, "since": one.since.isoformat() if one.since else None}
                    for one in each.untested
                ],
                "unnoticed": [altered_document(system, one) for one in each.unnoticed],
            }
            for each in found
        ],
    }


def altered_document(system: System, altered: Alteration) -> dict[str, Any]:
    """A change of a value, or of a threshold, that no case notices."""
    parameter = system.parameter(altered.name)
    changed = parameter.unit if altered.part == "value" else parameter.by
    limit = altered.threshold
    return {
        "name": altered.name,
        "since": altered.since.isoformat(),
        "threshold": None if limit is None else plain(Fraction(limit), parameter.by or parameter.unit),
        "part": altered.part,
        "old": plain(altered.old, changed or parameter.unit),
        "new": plain(altered.new, changed or parameter.unit),
    }


def coverage(console: Console, found: Sequence[Mapping[str, Any]]) -> None:
    """Articles by country, those without a test marked by a 0."""
    for document in found:
        console.print(_say(console, f"country.{document['country']}"))
        _table(
            console,
            ("article", "standing", "tested", "cases"),
            [
                (each["article"], str(each["standing"]), str(each["tested"]), str(each["cases"]))
                for each in document["articles"]
            ],
            numbers=(1, 2, 3),
        )
        console.print(
            _say(
                console,
                "coverage.summary",
                count=len(document["articles"]),
                untested=sum(each["untested_wholly"] for each in document["articles"]),
                cases=document["cases"],
            )
        )
        untested = sorted(
            {(one["name"], one["since"] or "") for each in document["articles"] for one in each["untested"]}
        )
        if untested:
            console.print(_say(console, "coverage.untested"))
            for name, since in untested:
                console.print(f"  {name} ({_day(console, since)})" if since else f"  {name}")


def _table(
    console: Console, columns: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int] = ()
) -> None:
    console.table([_say(console, f"column.{name}") for name in columns], rows, numbers=numbers, named=True)
