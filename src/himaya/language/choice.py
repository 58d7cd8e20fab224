"""The three languages: which one to speak, and which way it runs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal, TypeGuard, get_args

from himaya.errors import UsageError, nearest
from himaya.sentence import said

if TYPE_CHECKING:
    from collections.abc import Mapping

Language = Literal["en", "fr", "ar"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


def is_language(word: str) -> TypeGuard[Language]:
    """Whether ``word`` is exactly one of the language codes."""
    return word in LANGUAGES


def direction(lang: Language) -> Literal["ltr", "rtl"]:
    """Direction of writing, as HTML names it."""
    return "rtl" if lang == "ar" else "ltr"


def choose(option: str | None = None, environ: Mapping[str, str] = os.environ) -> Language:
    """Choose the language to speak: the option, else ``HIMAYA_LANG``, else the locale, else English.

    Parameters
    ----------
    option
        What ``--lang`` said. A territory is allowed: ``fr_MA`` is ``fr``.
    environ
        Environment; of the locale, ``LC_ALL``, ``LC_MESSAGES`` and ``LANG`` are read, in POSIX order.

    Raises
    ------
    UsageError
        If the option or ``HIMAYA_LANG`` names another language. A locale that we do not speak is no
        mistake of the reader: it gives English.
    """
    for source, asked in (("--lang", option), ("HIMAYA_LANG", environ.get("HIMAYA_LANG"))):
        if asked:
            return _understood(asked, source)
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environ.get(variable):
            word = _primary(value)
            return word if is_language(word) else "en"
    return "en"


def _understood(asked: str, source: str) -> Language:
    word = _primary(asked)
    if is_language(word):
        return word
    raise UsageError(
        said("'{word}' is not a language that Himaya speaks", word=asked),
        where=source,
        mend=nearest(word, LANGUAGES) or "Choose one of: en, fr, ar.",
    )


def _primary(tag: str) -> str:
    """``fr`` from ``fr_MA.UTF-8``, ``fr-MA`` or ``FR``."""
    return tag.replace("-", "_").split(".")[0].split("_")[0].strip().lower()
