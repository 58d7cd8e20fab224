"""The commands. Each one reads its arguments, calls :class:`himaya.fund.Fund`, and shows the result."""

from __future__ import annotations

import os
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from himaya import language
from himaya.cli import show
from himaya.cli.console import FAILED, INCOMPLETE, INTERRUPTED, Console
from himaya.errors import HimayaError, UsageError


class FileProblemError(HimayaError):
    """A file or folder that the command names cannot be read or written."""

    code = "file"


def _spoken() -> language.Language:
    """Language of the help texts: they are made before the arguments are parsed."""
    words = sys.argv[1:]
    option = next((w.split("=", 1)[1] for w in words if w.startswith("--lang=")), None)
    if option is None and "--lang" in words[:-1]:
        option = words[words.index("--lang") + 1]
    try:
        return language.choose(option)
    except UsageError:
        return language.choose(environ={})  # the command itself will say what is wrong


_LANG = _spoken()


def _help(key: str) -> str:
    return language.for_terminal(language.text(f"cli.help.{key}", _LANG), _LANG)


def _day(word: str) -> date:
    try:
        return date.fromisoformat(word)
    except ValueError as error:
        raise typer.BadParameter(f"{word!r} is not a date; write it as 2026-10-01") from error


def _people(incomplete: str) -> list[str]:
    return [
        name
        for name in ("take-up", "unsupported", "differences", "contradictions")
        if name.startswith(incomplete)
    ]


def _codes(incomplete: str) -> list[str]:
    from himaya.codes import catalogue

    return [name for name in catalogue() if name.startswith(incomplete)]


FundFolder = Annotated[Path, typer.Option("--fund", metavar="DIR", help=_help("fund"), envvar="HIMAYA_FUND")]
Json = Annotated[bool, typer.Option("--json", help=_help("json"))]
Lang = Annotated[str | None, typer.Option("--lang", metavar="fr|ar|en", help=_help("lang"))]
Workers = Annotated[int | None, typer.Option("--workers", min=1, help=_help("workers"))]
Dask = Annotated[str | None, typer.Option("--dask", metavar="ADDRESS", help=_help("dask"))]
LawDate = Annotated[
    date | None, typer.Option("--law-date", parser=_day, metavar="DATE", help=_help("law_date"))
]
KnownDate = Annotated[
    date | None, typer.Option("--known-date", parser=_day, metavar="DATE", help=_help("known_date"))
]
Overlay = Annotated[Path | None, typer.Option("--overlay", metavar="FILE", help=_help("overlay"))]
HERE = Path()

app = typer.Typer(
    name="himaya",
    help=_help("himaya"),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        from himaya import __version__

        typer.echo(f"himaya {__version__}")
        raise typer.Exit


@app.callback()
def _himaya(
    version: Annotated[  # noqa: ARG001 - answered by its callback
        bool, typer.Option("--version", callback=_version, is_eager=True, help=_help("version"))
    ] = False,
    lang: Lang = None,
) -> None:
    """See ``cli.help.himaya`` in the catalogue."""
    if lang is not None:
        os.environ["HIMAYA_LANG"] = lang


@app.command("init", help=_help("init"))
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=_help("folder"))],
    name: Annotated[str | None, typer.Option("--name", help=_help("name"))] = None,
    buckets: Annotated[int, typer.Option("--buckets", min=1, help=_help("buckets"))] = 16,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Make a fund."""
    from himaya.fund import Fund

    console = _console(as_json, lang)
    fund = Fund.create(folder, name=name or folder.resolve().name, buckets=buckets)
    document = {"fund": str(fund.folder), "name": fund.name, "buckets": buckets}
    console.emit(document, lambda: show.created(console, document))


@app.command("intake", help=_help("intake"))
def intake(
    files: Annotated[list[str], typer.Argument(metavar="FILES…", help=_help("files"))],
    kind: Annotated[str | None, typer.Option("--kind", help=_help("kind"))] = None,
    received_on: Annotated[
        date | None, typer.Option("--received-on", parser=_day, metavar="DATE", help=_help("received_on"))
    ] = None,
    workers: Workers = None,
    dask: Dask = None,
    fund: FundFolder = HERE,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Take files in."""
    console = _console(as_json, lang)
    if received_on is not None and received_on > datetime.now().astimezone().date():
        raise UsageError(
            f"{received_on} has not come yet", where="--received-on", mend="Name the day of receipt."
        )
    opened = _open(fund, workers, dask)
    with console.progress() as progress:
        report = opened.intake(files, kind=kind, received_on=received_on, progress=progress)
    console.emit(report.as_dict(), lambda: show.intake(console, report))
    if any(delivery.status in {"held", "refused"} for delivery in report.deliveries):
        raise typer.Exit(INCOMPLETE)


@app.command("replay", help=_help("replay"))
def replay(
    deliveries: Annotated[list[int], typer.Argument(metavar="DELIVERY…", help=_help("deliveries"))],
    release: Annotated[bool, typer.Option("--release", help=_help("release"))] = False,
    workers: Workers = None,
    dask: Dask = None,
    fund: FundFolder = HERE,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Read quarantined lines again, after a fix."""
    console = _console(as_json, lang)
    opened = _open(fund, workers, dask)
    with console.progress() as progress:
        report = opened.replay(deliveries, release=release, progress=progress)
    console.emit(report.as_dict(), lambda: show.intake(console, report))


@app.command("quarantine", help=_help("quarantine"))
def quarantine(
    delivery: Annotated[int, typer.Argument(metavar="DELIVERY", help=_help("delivery"))],
    limit: Annotated[int, typer.Option("--limit", min=1, help=_help("limit"))] = 20,
    unmasked: Annotated[bool, typer.Option("--unmasked", help=_help("unmasked"))] = False,
    fund: FundFolder = HERE,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Show the quarantined lines of a delivery."""
    console = _console(as_json, lang)
    document = _open(fund).quarantine(delivery, limit=limit, masked=not unmasked)
    console.emit(document, lambda: show.quarantine(console, document))


@app.command("status", help=_help("status"))
def status(fund: FundFolder = HERE, as_json: Json = False, lang: Lang = None) -> None:
    """Say what the fund holds."""
    console = _console(as_json, lang)
    document = _open(fund).status()
    console.emit(document, lambda: show.status(console, document))


@app.command("run", help=_help("run"))
def run(
    law_date: LawDate = None,
    known_date: KnownDate = None,
    overlay: Overlay = None,
    workers: Workers = None,
    dask: Dask = None,
    fund: FundFolder = HERE,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Rebuild careers and apply the law."""
    console = _console(as_json, lang)
    opened = _open(fund, workers, dask)
    with console.progress() as progress:
        result = opened.run(law_date=law_date, known_date=known_date, overlay=overlay, progress=progress)
    document = result.as_dict()
    console.emit(document, lambda: show.run(console, document))


@app.command("list", help=_help("list"))
def list_(
    name: Annotated[
        str,
        typer.Argument(
            metavar="take-up|unsupported|differences|contradictions",
            help=_help("list_name"),
            autocompletion=_people,
        ),
    ],
    limit: Annotated[int | None, typer.Option("--limit", min=1, help=_help("limit"))] = None,
    csv: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help=_help("csv"))] = None,
    fund: FundFolder = HERE,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Show a list of the last run."""
    console = _console(as_json, lang)
    found = _open(fund).list(name)
    if csv is not None:
        found.write_csv(csv)
        console.say("list.written", rows=len(found), file=str(csv))
    rows = limit if limit is not None or as_json else 20
    console.emit(found.as_dict(limit), lambda: show.rows(console, found, rows))


@app.command("explain", help=_help("explain"))
def explain(
    person: Annotated[str, typer.Argument(metavar="PERSON", help=_help("person"))],
    fund: FundFolder = HERE,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Explain a person's right, from amount to declared lines."""
    console = _console(as_json, lang)
    explanation = _open(fund).explain(person)
    console.emit(explanation.as_dict(), lambda: show.explanation(console, explanation))


@app.command("report", help=_help("report"))
def report(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help=_help("output"))
    ] = None,
    fund: FundFolder = HERE,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Write the report of the last run."""
    console = _console(as_json, lang)
    path = _open(fund).report(lang=console.lang, output=output)
    console.emit({"report": str(path)}, lambda: console.print(console.text("report.written", file=str(path))))


@app.command("letter", help=_help("letter"))
def letter(
    person: Annotated[str, typer.Argument(metavar="PERSON", help=_help("person"))],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help=_help("letter_output"))
    ] = None,
    fund: FundFolder = HERE,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Write the letter to one person."""
    console = _console(as_json, lang)
    path = _open(fund).letter(person, lang=console.lang, output=output)
    console.emit({"letter": str(path)}, lambda: console.print(console.text("letter.written", file=str(path))))


@app.command("letters", help=_help("letters"))
def letters(
    name: Annotated[
        str,
        typer.Argument(
            metavar="take-up|differences|unsupported", help=_help("list_name"), autocompletion=_people
        ),
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="DIR", help=_help("letters_output"))
    ] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help=_help("letters_limit"))] = None,
    workers: Workers = None,
    dask: Dask = None,
    fund: FundFolder = HERE,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Write the letters to the persons of a list."""
    console = _console(as_json, lang)
    opened = _open(fund, workers, dask)
    with console.progress() as progress:
        batch = opened.letters(name, lang=console.lang, output=output, limit=limit, progress=progress)
    console.emit(batch.as_dict(), lambda: show.letters(console, batch))


@app.command("help", help=_help("help"))
def help_(
    context: typer.Context,
    code: Annotated[
        str | None, typer.Argument(metavar="CODE", help=_help("code"), autocompletion=_codes)
    ] = None,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Explain a code, or list them all."""
    from himaya import codes

    console = _console(as_json, lang)
    if code is None:
        if not as_json and context.parent is not None:
            console.print(context.parent.get_help())
        every = codes.catalogue()
        document: dict[str, Any] = {
            "codes": {name: known.title[console.lang] for name, known in every.items()}
        }
        console.emit(document, lambda: show.codes(console, list(every.values())))
        return
    one = codes.code(code)
    console.emit(vars(one), lambda: show.code(console, one))


@app.command("demo", help=_help("demo"))
def demo(
    folder: Annotated[Path, typer.Option("--dir", metavar="DIR", help=_help("demo_dir"))] = Path("demo"),
    persons: Annotated[int, typer.Option("--persons", min=1000, help=_help("persons"))] = 100_000,
    seed: Annotated[int, typer.Option("--seed", min=0, help=_help("seed"))] = 1,
    workers: Workers = None,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Build a synthetic fund, take its files in, apply the law, measure what was found."""
    from himaya import demo as demonstration

    console = _console(as_json, lang)
    with console.progress() as progress:
        result = demonstration.run(
            folder, persons=persons, seed=seed, workers=workers, lang=console.lang, progress=progress
        )
    console.emit(result.as_dict(), lambda: show.demo(console, result))
    if not result.sound:
        raise typer.Exit(FAILED)


def _console(as_json: bool, lang: str | None) -> Console:
    return Console(language.choose(lang), as_json)


def _open(folder: Path, workers: int | None = None, dask: str | None = None) -> Any:
    from himaya.fund import Fund

    return Fund.open(folder, workers=workers, dask=dask)


def main() -> None:
    """Entry point of the ``himaya`` command: errors become sentences and exit codes."""
    console = Console(_spoken(), "--json" in sys.argv[1:])
    try:
        app()
    except HimayaError as error:
        console.failed(error)
        sys.exit(error.exit_status)
    except OSError as error:
        console.failed(
            FileProblemError(error.strerror or str(error), where=error.filename, mend="Check the path.")
        )
        sys.exit(FAILED)
    except SystemExit as ending:
        if ending.code == INTERRUPTED:
            console.say("interrupted")
        raise
