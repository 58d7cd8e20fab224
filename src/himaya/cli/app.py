"""The commands. Each one reads its arguments, calls :class:`himaya.fund.Fund`, and shows the result."""

from __future__ import annotations

import os
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from himaya.cli import law, reform, show
from himaya.cli.console import FAILED, INCOMPLETE, INTERRUPTED, Console
from himaya.cli.options import Html, Json, Lang, Picture, console_of, day, help_of, spoken, written
from himaya.errors import HimayaError, UsageError, system_words
from himaya.sentence import said, verbatim


class FileProblemError(HimayaError):
    """A file or folder that the command names cannot be read or written."""

    code = "file"


def _help(key: str) -> str:
    return help_of(f"cli.help.{key}")


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
Workers = Annotated[int | None, typer.Option("--workers", min=1, help=_help("workers"))]
Dask = Annotated[str | None, typer.Option("--dask", metavar="ADDRESS", help=_help("dask"))]
LawDate = Annotated[
    date | None, typer.Option("--law-date", parser=day, metavar="DATE", help=_help("law_date"))
]
KnownDate = Annotated[
    date | None, typer.Option("--known-date", parser=day, metavar="DATE", help=_help("known_date"))
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
app.add_typer(law.app)
app.add_typer(reform.app)


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

    console = console_of(as_json, lang)
    fund = Fund.create(folder, name=name or folder.resolve().name, buckets=buckets)
    document = {"fund": str(fund.folder), "name": fund.name, "buckets": buckets}
    console.emit(document, lambda: show.created(console, document))


@app.command("intake", help=_help("intake"))
def intake(
    files: Annotated[list[str], typer.Argument(metavar="FILES…", help=_help("files"))],
    kind: Annotated[str | None, typer.Option("--kind", help=_help("kind"))] = None,
    received_on: Annotated[
        date | None, typer.Option("--received-on", parser=day, metavar="DATE", help=_help("received_on"))
    ] = None,
    workers: Workers = None,
    dask: Dask = None,
    fund: FundFolder = HERE,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Take files in."""
    console = console_of(as_json, lang)
    _not_to_come(received_on, "--received-on")
    opened = _open(fund, workers, dask)
    with console.progress() as progress:
        report = opened.intake(files, kind=kind, received_on=received_on, progress=progress)
    console.emit(report.as_dict(console.lang), lambda: show.intake(console, report))
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
    console = console_of(as_json, lang)
    opened = _open(fund, workers, dask)
    with console.progress() as progress:
        report = opened.replay(deliveries, release=release, progress=progress)
    console.emit(report.as_dict(console.lang), lambda: show.intake(console, report))


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
    console = console_of(as_json, lang)
    document = _open(fund).quarantine(delivery, limit=limit, masked=not unmasked)
    console.emit(document, lambda: show.quarantine(console, document))


@app.command("status", help=_help("status"))
def status(fund: FundFolder = HERE, as_json: Json = False, lang: Lang = None) -> None:
    """Say what the fund holds."""
    console = console_of(as_json, lang)
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
    console = console_of(as_json, lang)
    _not_to_come(known_date, "--known-date")
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
    console = console_of(as_json, lang)
    found = _open(fund).list(name)
    if csv is not None:
        found.write_csv(csv)
        console.say("list.written", rows=len(found), file=str(csv))
    rows = limit if limit is not None or as_json else 20
    console.emit(found.as_dict(limit), lambda: show.rows(console, found, rows))


@app.command("explain", help=_help("explain"))
def explain(
    person: Annotated[str, typer.Argument(metavar="PERSON", help=_help("person"))],
    html: Html = None,
    picture: Picture = None,
    fund: FundFolder = HERE,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Explain a person's right, from amount to declared lines."""
    console = console_of(as_json, lang)
    explanation = _open(fund).explain(person)
    files = written(explanation, html, picture, console.lang)
    document = {**explanation.as_dict(), **files}
    console.emit(document, lambda: show.explanation(console, explanation.lines(console.lang), files))


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
    console = console_of(as_json, lang)
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
    console = console_of(as_json, lang)
    written = _open(fund).letter(person, lang=console.lang, output=output)
    console.emit(written.as_dict(), lambda: show.letter(console, written))


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
    console = console_of(as_json, lang)
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

    console = console_of(as_json, lang)
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

    console = console_of(as_json, lang)
    with console.progress() as progress:
        result = demonstration.run(
            folder, persons=persons, seed=seed, workers=workers, lang=console.lang, progress=progress
        )
    console.emit(result.as_dict(console.lang), lambda: show.demo(console, result))
    if not result.sound:
        raise typer.Exit(FAILED)


def _not_to_come(named: date | None, option: str) -> None:
    if named is not None and named > datetime.now().astimezone().date():
        raise UsageError(
            said("{day} has not come yet", day=named), where=option, mend="Name a day that is over or today."
        )


def _open(folder: Path, workers: int | None = None, dask: str | None = None) -> Any:
    from himaya.fund import Fund

    return Fund.open(folder, workers=workers, dask=dask)


_Misunderstood: Any = typer.BadParameter.__base__
"""What the parser raises for a command it does not understand."""


def main() -> None:
    """Entry point of the ``himaya`` command: errors become sentences and exit codes."""
    as_json = "--json" in sys.argv[1:]
    console = Console(spoken(), as_json)
    try:
        # With --json the parser's own errors are ours to say: standard output holds one document, always.
        status = app(standalone_mode=not as_json)
        if status == INTERRUPTED:
            console.say("interrupted")
        sys.exit(status or 0)
    except _Misunderstood as error:
        command = error.ctx.command_path if error.ctx else "himaya"
        told = UsageError(
            verbatim(error.format_message().rstrip(".")),
            where=command,
            mend=said("See: {command} --help", command=command),
        )
        console.failed(told)
        sys.exit(told.exit_status)
    except HimayaError as error:
        console.failed(error)
        sys.exit(error.exit_status)
    except OSError as error:
        console.failed(FileProblemError(system_words(error), where=error.filename, mend="Check the path."))
        sys.exit(FAILED)
    except SystemExit as ending:
        if ending.code == INTERRUPTED and not as_json:
            console.say("interrupted")
        raise
