"""Options that commands share, and the language that their help texts are made in."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from himaya import language
from himaya.cli.console import Console
from himaya.errors import UsageError
from himaya.sentence import said

if TYPE_CHECKING:
    from himaya.law import Node
    from himaya.rights import Explanation


def spoken() -> language.Language:
    """Language of the help texts: they are made before the arguments are parsed."""
    words = sys.argv[1:]
    option = next((w.split("=", 1)[1] for w in words if w.startswith("--lang=")), None)
    if option is None and "--lang" in words[:-1]:
        option = words[words.index("--lang") + 1]
    try:
        return language.choose(option)
    except UsageError:
        return language.choose(environ={})  # the command itself will say what is wrong


_LANG = spoken()


def help_of(key: str) -> str:
    """A help text of the catalogue, ready for a terminal."""
    return language.for_terminal(language.text(key, _LANG), _LANG)


def day(word: str) -> date:
    """A date as it is written on the command line."""
    try:
        return date.fromisoformat(word)
    except ValueError as error:
        # Like the help texts it is said before the command knows its language.
        lang = spoken()
        sentence = language.tell(said("'{word}' is not a date; write it as 2026-10-01", word=word), lang)
        raise typer.BadParameter(language.for_terminal(sentence, lang)) from error


def Day(option: str | None = None, help: str = "") -> Any:  # noqa: A002, N802 - typer's word; used as a type is
    """An option, or an argument, that is a date."""
    if option is None:
        return typer.Argument(parser=day, metavar="DATE", help=help)
    return typer.Option(option, parser=day, metavar="DATE", help=help)


def console_of(as_json: bool, lang: str | None) -> Console:
    """How this command speaks."""
    return Console(language.choose(lang), as_json)


def written(
    found: Node | Explanation,
    html: Path | None,
    picture: Path | None,
    lang: language.Language,
    *,
    on: date | None = None,
) -> dict[str, str]:
    """Write an explanation to the files asked for; their paths by kind."""
    if html is None and picture is None:
        return {}
    from himaya.report.page import write_whole
    from himaya.report.person import explanation_page, explanation_picture

    files = {}
    if picture is not None:
        files["picture"] = str(write_whole(picture, explanation_picture(found, lang)))
    if html is not None:
        files["html"] = str(write_whole(html, explanation_page(found, lang, on=on)))
    return files


Html = Annotated[Path | None, typer.Option("--html", metavar="FILE", help=help_of("cli.help.html"))]
Picture = Annotated[Path | None, typer.Option("--picture", metavar="FILE", help=help_of("cli.help.picture"))]
Json = Annotated[bool, typer.Option("--json", help=help_of("cli.help.json"))]
Lang = Annotated[str | None, typer.Option("--lang", metavar="fr|ar|en", help=help_of("cli.help.lang"))]
