"""How a fund signs its letters: ``letters.toml`` in its folder, one table a language, every line optional.

::

    [fr]
    name = "Caisse …"
    address = "…"
    phone = "…"
    contest_to = "…"        # where a person contests
    contest_within = "…"    # the time that the law gives for it
    signed_by = "…"

What is missing stays in the letters as a place to be filled in: no address and no time limit is ever made up.
"""

from __future__ import annotations

import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

from himaya.errors import HimayaError, nearest
from himaya.language import LANGUAGES, Language
from himaya.letters.model import Sender
from himaya.sentence import said, verbatim

FILE = "letters.toml"
_LINES = tuple(each.name for each in fields(Sender))


class LetterSettingsError(HimayaError):
    """The settings of the letters cannot be read, or name what letters do not have."""

    code = "letter-settings"


def sender(folder: Path, lang: Language, fund: str) -> Sender:
    """The sender of a fund's letters in one language; ``fund`` is its name where the settings give none.

    Raises
    ------
    LetterSettingsError
        With the file and the setting.
    """
    file = folder / FILE
    try:
        document: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        document = {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise LetterSettingsError(
            "the settings of the letters cannot be read",
            where=str(file),
            why=verbatim(str(error)),
            mend="Mend the file.",
        ) from error
    for table, lines in document.items():
        _check(file, table, lines)
    return Sender(**{"name": fund, **document.get(lang, {})})


def _check(file: Path, table: str, lines: Any) -> None:
    if table not in LANGUAGES or not isinstance(lines, dict):
        raise LetterSettingsError(
            said("[{table}] is no language", table=table),
            where=str(file),
            mend=nearest(table, LANGUAGES) or said("Choose one of: {known}.", known=LANGUAGES),
        )
    for name, value in lines.items():
        if name not in _LINES:
            raise LetterSettingsError(
                said("unknown setting {table}.{name}", table=table, name=name),
                where=str(file),
                mend=nearest(name, _LINES) or said("Known: {known}.", known=tuple(_LINES)),
            )
        if not isinstance(value, str):
            raise LetterSettingsError(
                said("setting {table}.{name} is no text", table=table, name=name),
                where=str(file),
                mend='Write it as "…".',
            )
