"""Options that commands share, and the language that their help texts are made in."""

from __future__ import annotations

import sys
from datetime import date
from typing import Annotated, Any

import typer

from himaya import language
from himaya.cli.console import Console
from himaya.errors import UsageError
from himaya.sentence import said


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


Json = Annotated[bool, typer.Option("--json", help=help_of("cli.help.json"))]
Lang = Annotated[str | None, typer.Option("--lang", metavar="fr|ar|en", help=help_of("cli.help.lang"))]
