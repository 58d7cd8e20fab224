"""A sentence that remembers what it was made of, so that it can be said again in another language.

Sentences are written in English where they are raised, as a template and its values::

    said("there is no publication {number}", number=9)

The result is a string, the English sentence, and keeps both: :func:`himaya.language.tell` says it in French, Arabic
or English, from the ``sentences.yaml`` beside the code. A sentence without values needs no :func:`said` where an error
takes it: the literal is its own template.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from numbers import Integral
from pathlib import PurePath
from typing import Any, Self, cast

Value = str | int | date | PurePath | Sequence[str]
"""What a template takes: a word, a whole number (a number that is a name, such as an insured number, is a word), a
date, a path, or a list of words. A word may be a sentence, and is then said in the same language."""

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")


class Sentence(str):
    """An English sentence, with the template and the values it was made of; crosses to other processes."""

    __slots__ = ("template", "values")
    template: str
    values: Mapping[str, Any]

    def __new__(cls, template: str, values: Mapping[str, Value]) -> Self:
        """Fill the template; plain for logs and programs: dates as ISO 8601, numbers without separators."""
        kept = {name: _kept(value) for name, value in values.items()}
        made = super().__new__(cls, template.format_map({name: _plain(v) for name, v in kept.items()}))
        made.template = template
        made.values = kept
        return made

    def __reduce__(self) -> tuple[object, ...]:
        return (Sentence, (self.template, self.values))


def said(template: str, /, **values: Value) -> Sentence:
    """Make the sentence of a template with its values: ``said("row {row}", row=3) == "row 3"``."""
    return Sentence(template, values)


def verbatim(words: str) -> Sentence:
    """Take over the words of another program, told as they are; a sentence stays what it is."""
    return words if isinstance(words, Sentence) else said("{words}", words=words)


def shown(word: str) -> str:
    """Make a word safe to show: control characters, which a terminal would obey, are written as escapes."""
    if word.isprintable():  # nearly always, and much faster
        return word
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), word)


def packed(value: Any) -> Any:
    """Give a sentence (or one of its values) as it is stored in JSON; :func:`unpacked` gives it back."""
    if isinstance(value, Sentence):
        return {"said": value.template, "with": {name: packed(each) for name, each in value.values.items()}}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    return [packed(each) for each in value] if isinstance(value, list) else value


def unpacked(stored: Any) -> Any:
    """Give back what :func:`packed` made."""
    if isinstance(stored, list):
        return [unpacked(each) for each in stored]
    if isinstance(stored, dict):
        if "date" in stored:
            return date.fromisoformat(stored["date"])
        return Sentence(stored["said"], {name: unpacked(value) for name, value in stored["with"].items()})
    return stored


def _kept(value: Value) -> Any:
    """Make a value plain, so that it can be stored and does not change."""
    if isinstance(value, str):
        return value
    if isinstance(value, date):
        return value
    if isinstance(value, Integral):  # NumPy's whole numbers too
        return int(value)
    if isinstance(value, PurePath):
        return str(value)
    return list(cast("Sequence[str]", value))


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_plain(each) for each in value)
    return str(value) if isinstance(value, Sentence) else shown(str(value))
