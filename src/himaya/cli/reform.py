"""``himaya reform``: what a change of the law costs, and who gains and loses."""

from __future__ import annotations

import json
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from himaya.cli import show_reform as show
from himaya.cli.options import Day, Json, Lang, console_of, help_of
from himaya.errors import UsageError, nearest
from himaya.sentence import said

if TYPE_CHECKING:
    from himaya.law import System

app = typer.Typer(name="reform", help=help_of("reform.help.reform"), no_args_is_help=True)


def _names(incomplete: str) -> list[str]:
    from himaya.reform import shipped

    return [name for name in shipped() if name.startswith(incomplete)]


File = Annotated[str, typer.Argument(metavar="FILE", help=help_of("reform.help.file"), autocompletion=_names)]
Years = Annotated[int, typer.Option("--years", min=1, max=50, help=help_of("reform.help.years"))]


@app.command("list", help=help_of("reform.help.list"))
def list_(as_json: Json = False, lang: Lang = None) -> None:
    """List the worked reforms."""
    from himaya.law.overlay import read_overlay
    from himaya.reform import shipped

    console = console_of(as_json, lang)
    found = {name: read_overlay(path)[0] for name, path in shipped().items()}
    rows = [
        {"reform": name, "country": overlay.country, "name": overlay.name, "file": str(overlay.path)}
        for name, overlay in found.items()
    ]
    console.emit({"reforms": rows}, lambda: show.reforms(console, rows))


@app.command("diff", help=help_of("reform.help.diff"))
def diff(file: File, as_json: Json = False, lang: Lang = None) -> None:
    """Say in words and numbers what a reform changes."""
    console = console_of(as_json, lang)
    baseline, reform = _laws(_overlay(file))
    document = show.diff_document(baseline, reform, console.lang)
    console.emit(document, lambda: show.diff(console, document))


@app.command("run", help=help_of("reform.help.run"))
def run(
    file: File,
    persons: Annotated[
        Path | None, typer.Option("--persons", metavar="PARQUET", help=help_of("reform.help.persons"))
    ] = None,
    sample: Annotated[
        int | None, typer.Option("--sample", metavar="N", min=1, help=help_of("reform.help.sample"))
    ] = None,
    law_date: Annotated[date | None, Day("--law-date", help_of("cli.help.law_date"))] = None,
    years: Years = 5,
    workers: Annotated[int | None, typer.Option("--workers", min=1, help=help_of("cli.help.workers"))] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help=help_of("reform.help.output"))
    ] = None,
    fund: Annotated[
        Path, typer.Option("--fund", metavar="DIR", help=help_of("cli.help.fund"), envvar="HIMAYA_FUND")
    ] = Path(),
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Run a reform over a fund, or over a file of persons."""
    console = console_of(as_json, lang)
    overlay = _overlay(file)
    baseline, reform = _laws(overlay)
    _check_source(baseline, persons, sample)
    changed = show.diff_document(baseline, reform, console.lang)
    if not as_json:
        show.diff(console, changed)
    folder = Path()
    with console.progress() as progress:
        if persons is None and sample is None:
            from himaya.fund import Fund

            opened = Fund.open(fund, workers=workers)
            impact = opened.reform(overlay, law_date=law_date, years=years, progress=progress)
            folder = opened.workspace.reports
        else:
            from himaya import reform as domain

            over = partial(domain.of_table, persons) if persons else partial(domain.of_sample, sample or 0)
            day = law_date or datetime.now().astimezone().date()
            impact = over(overlay, country=baseline.name, law_date=day, years=years, progress=progress)
    path = output or folder / f"reform-{impact.run}-{console.lang}.html"
    from himaya.report.reform import write_reform

    write_reform(impact, changed["changes"], path, console.lang)
    document = {**impact.as_dict(), "changes": changed["changes"], "report": str(path)}
    kept = path.with_suffix(".json")
    kept.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    console.emit(document, lambda: show.impact(console, impact, path))


def _check_source(law: System, persons: Path | None, sample: int | None) -> None:
    """Raise unless there is one place that the persons come from."""
    from himaya.reform import SAMPLED

    if persons is not None and sample is not None:
        raise UsageError("--persons and --sample exclude each other", mend="Give one of the two.")
    if persons is not None:
        persons.stat()  # a file that is not there is an error before anything is shown
    if persons is None and sample is None and law.name in SAMPLED:
        raise UsageError(
            said("no fund keeps persons under the law {of_country}", of_country=law.of_country),
            mend="Name a file of persons (--persons FILE), or try invented ones: --sample 20000.",
        )


def _overlay(file: str) -> Path:
    """The overlay file, or the worked reform of that name."""
    from himaya.reform import shipped

    path = Path(file)
    if path.is_file():
        return path
    known = shipped()
    if file in known:
        return known[file]
    raise UsageError(
        said("there is no reform file '{file}'", file=file),
        mend=nearest(file, known) or "List the worked reforms: himaya reform list.",
    )


def _laws(overlay: Path) -> tuple[System, System]:
    from himaya.law.overlay import read_overlay
    from himaya.legislation import system_of

    country = read_overlay(overlay)[0].country
    if country is None:
        raise UsageError(
            "the reform does not say of which country it is",
            where=str(overlay),
            mend="Write 'country: morocco'.",
        )
    return system_of(country).reformed(overlay)
