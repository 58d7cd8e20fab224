"""``himaya law``: the law as it is written here, for who reads, checks or cites it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from himaya.cli import changes
from himaya.cli import show_law as show
from himaya.cli.console import FAILED
from himaya.cli.options import Day, Html, Json, Lang, Picture, console_of, help_of, written
from himaya.errors import UsageError, nearest
from himaya.sentence import said, verbatim

if TYPE_CHECKING:
    from himaya.law import System

app = typer.Typer(name="law", help=help_of("law.help.law"), no_args_is_help=True)


def _rules(incomplete: str) -> list[str]:
    return [name for system in _systems(None) for name in system.versions if name.startswith(incomplete)]


def _names(incomplete: str) -> list[str]:
    parameters = [name for system in _systems(None) for name in _parameters(system)]
    return _rules(incomplete) + [name for name in parameters if name.startswith(incomplete)]


def _countries(incomplete: str) -> list[str]:
    from himaya.legislation import countries

    return [name for name in countries() if name.startswith(incomplete)]


Country = Annotated[
    str | None,
    typer.Option("--country", metavar="NAME", help=help_of("law.help.country"), autocompletion=_countries),
]
On = Annotated[date | None, Day("--on", help_of("law.help.day"))]
RuleName = Annotated[
    str, typer.Argument(metavar="RULE", help=help_of("law.help.rule"), autocompletion=_rules)
]


@app.command("show", help=help_of("law.help.show"))
def show_rule(
    rule: Annotated[
        str, typer.Argument(metavar="NAME", help=help_of("law.help.name"), autocompletion=_names)
    ],
    country: Country = None,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Show a rule or a parameter."""
    from himaya.law.catalogue import card, parameter_card

    console = console_of(as_json, lang)
    system = _system_with(rule, country, parameters=True)
    if rule not in system.versions:
        parameter = parameter_card(system, rule)
        console.emit(
            show.parameter_document(system, parameter), lambda: show.parameter(console, system, parameter)
        )
        return
    found = card(system, rule)
    console.emit(show.card_document(system, found), lambda: show.card(console, system, found))


@app.command("graph", help=help_of("law.help.graph"))
def graph(
    target: RuleName,
    country: Country = None,
    on: On = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help=help_of("law.help.picture"))
    ] = None,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Show what a result rests on."""
    from himaya.report.lawgraph import law_picture

    console = console_of(as_json, lang)
    system = _system_with(target, country)
    day = on or _today()
    document = show.graph_document(system, target, day)
    if output is not None:
        output.write_text(law_picture(system, target, day, console.lang), encoding="utf-8")
        document["picture"] = str(output)
    console.emit(document, lambda: show.graph(console, system, target, day, output))


@app.command("explain", help=help_of("law.help.explain"))
def explain(
    result: Annotated[
        str, typer.Argument(metavar="RESULT", help=help_of("law.help.result"), autocompletion=_rules)
    ],
    person: Annotated[Path, typer.Argument(metavar="FILE", help=help_of("law.help.person"))],
    country: Country = None,
    on: On = None,
    html: Html = None,
    picture: Picture = None,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Explain a result of a person written by hand."""
    from himaya.cli.show import explanation
    from himaya.law import explain as explained
    from himaya.legislation import person_of
    from himaya.yamlfile import load

    console = console_of(as_json, lang)
    system, day = _system_with(result, country), on or _today()
    described = load(person)
    if not isinstance(described, dict) or "members" in described:
        raise UsageError(
            "the file describes no single person",
            where=str(person),
            mend="Write one person, as a hand-worked case does: born, career and what else there is.",
        )
    try:
        inputs = person_of(system.name, described)
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(
            said("the person cannot be read as one of {country}", country=system.name),
            where=str(person),
            why=verbatim(str(error)),
            mend=said(
                "See the cases under tests/spec/{country}, or name another --country.", country=system.name
            ),
        ) from error
    node = explained(system, result, inputs, on=day)
    files = written(node, html, picture, console.lang, on=day)
    document = {"country": system.name, "on": day.isoformat(), "explanation": node.to_dict(), **files}
    console.emit(document, lambda: explanation(console, node.render(console.lang), files))


@app.command("check", help=help_of("law.help.check"))
def check(
    country: Country = None,
    unverified: Annotated[bool, typer.Option("--unverified", help=help_of("law.help.unverified"))] = False,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Check the law."""
    console = console_of(as_json, lang)
    documents = [show.check_document(system, _today(), console.lang) for system in _systems(country)]
    clean = all(not document["findings"] for document in documents)
    console.emit(
        {"clean": clean, "systems": documents},
        lambda: show.check(console, documents, _today(), unverified=unverified),
    )
    if not clean:
        raise typer.Exit(FAILED)


@app.command("diff", help=help_of("law.help.diff"))
def diff(
    before: Annotated[date, Day(help=help_of("law.help.before"))],
    after: Annotated[date, Day(help=help_of("law.help.after"))],
    country: Country = None,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Show what changes between two dates."""
    console = console_of(as_json, lang)
    if before > after:
        raise UsageError(
            said("{before} comes after {after}", before=before, after=after),
            mend="Name the earlier date first.",
        )
    found = [changes.diff_document(system, before, after, console.lang) for system in _systems(country)]
    console.emit(
        {"before": before.isoformat(), "after": after.isoformat(), "systems": found},
        lambda: changes.diff(console, found),
    )


@app.command("cite", help=help_of("law.help.cite"))
def cite(
    article: Annotated[str, typer.Argument(metavar="ARTICLE", help=help_of("law.help.article"))],
    country: Country = None,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """List what stands on an article."""
    console = console_of(as_json, lang)
    if not any(letter.isalnum() for letter in article):
        raise UsageError("no article is named", mend="Name a part of one: himaya law cite 1-72-184.")
    found = [row for system in _systems(country) for row in show.cite_rows(system, article)]
    console.emit({"article": article, "rows": found}, lambda: show.cite(console, article, found))


@app.command("coverage", help=help_of("law.help.coverage"))
def coverage(
    country: Country = None,
    cases: Annotated[
        Path | None, typer.Option("--cases", metavar="DIR", help=help_of("law.help.cases"))
    ] = None,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Show which articles the hand-worked cases cover."""
    console = console_of(as_json, lang)
    if cases is not None and country is None:
        raise UsageError("a folder of cases is of one country", mend="Name it: --country.")
    found = [
        show.coverage_document(system, cases or Path("tests/spec") / system.name)
        for system in _systems(country)
    ]
    console.emit({"systems": found}, lambda: show.coverage(console, found))
    if any(article["untested_wholly"] for document in found for article in document["articles"]):
        raise typer.Exit(FAILED)


def _today() -> date:
    from datetime import datetime

    return datetime.now().astimezone().date()


def _systems(country: str | None) -> list[System]:
    from himaya.legislation import countries, system_of

    return [system_of(name) for name in ([country] if country else countries())]


def _parameters(system: System) -> list[str]:
    return [each.name for group in system.groups.values() for each in group.parameters.values()]


def _system_with(rule: str, country: str | None, *, parameters: bool = False) -> System:
    """The law that has a rule (or parameter) of this name; raises :class:`UsageError` if none has, or several."""
    systems = _systems(country)
    having = [
        system
        for system in systems
        if rule in system.versions or (parameters and rule in _parameters(system))
    ]
    if len(having) == 1:
        return having[0]
    if having:
        names = [system.name for system in having]
        raise UsageError(
            said("several countries have a rule '{rule}': {names}", rule=rule, names=names),
            mend="Name one: --country.",
        )
    every = [name for system in systems for name in system.versions]
    if parameters:
        every += [name for system in systems for name in _parameters(system)]
    raise UsageError(
        said("there is no rule '{rule}'", rule=rule),
        mend=nearest(rule, every) or "List them: himaya law check --json.",
    )
