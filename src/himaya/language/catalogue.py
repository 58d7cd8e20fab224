"""What Himaya says, in three languages, from the YAML files of ``texts/``.

The name of the file is the first part of each key::

    # texts/cli.yaml
    intake:
      done:                                  # text("cli.intake.done", "fr", count=3, name="DS_1.txt")
        en: {one: "{count} line of {name}", other: "{count} lines of {name}"}
        fr: {one: "{count} ligne de {name}", other: "{count} lignes de {name}"}
        ar: {one: …, two: …, few: …, many: …, other: …}
      title: {en: Intake, fr: Réception, ar: الاستقبال}

A text in several plural forms (CLDR's names) is chosen by the value called ``count``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from numbers import Integral
from pathlib import Path
from string import Formatter
from typing import Any, Self

from babel import Locale

from himaya.errors import HimayaError, nearest
from himaya.language.choice import LANGUAGES, Language
from himaya.language.format import day, number
from himaya.language.isolate import FSI, LRI, RLI, first_strong, typeset
from himaya.sentence import Sentence, said
from himaya.yamlfile import lines, load

Value = str | int | date
Forms = Mapping[str, str]
"""Plural category (``other`` always) to pattern."""


class TextError(HimayaError):
    """A text is missing, incomplete, or asked for without one of its values."""

    code = "text"


@dataclass(frozen=True)
class Text:
    """One label in the three languages, as data carry it (contracts, rules, codes)."""

    en: str
    fr: str
    ar: str

    @classmethod
    def of(cls, labels: Mapping[str, str] | Mapping[Language, str]) -> Self:
        """From ``{"en": …, "fr": …, "ar": …}``; a missing language raises :class:`TextError`."""
        words: dict[str, str] = dict(labels.items())
        if missing := [lang for lang in LANGUAGES if not words.get(lang)]:
            raise TextError(
                said("the label {label} lacks {missing}", label=repr(words), missing=missing),
                mend="Add the language.",
            )
        return cls(*(words[lang] for lang in LANGUAGES))

    @classmethod
    def same(cls, word: str) -> Self:
        """Make a label of a word that no language translates: a name, a number, a code."""
        return cls(word, word, word)

    def pick(self, lang: Language) -> str:
        """Give the label in one language, typeset."""
        words: str = getattr(self, lang)
        return typeset(words, lang)

    def as_dict(self) -> dict[str, str]:
        """Give the label as one JSON object."""
        return {lang: getattr(self, lang) for lang in LANGUAGES}


def text(key: str, lang: Language, **values: Value) -> str:
    """Give the text called ``key`` with its values filled in.

    Whole numbers and dates are written as ``lang`` writes them; other numbers are formatted by the caller
    (:mod:`himaya.language.format`). In Arabic, words and numbers filled in are isolated.

    Raises
    ------
    TextError
        If there is no such text, or a value is missing.
    """
    entry = catalogue().get(key)
    if entry is None:
        raise TextError(
            said("there is no text '{key}'", key=key),
            mend=nearest(key, catalogue()) or "Add it to language/texts/.",
        )
    forms = entry[lang]
    pattern = forms["other"]
    if len(forms) > 1:
        count = values.get("count")
        if not isinstance(count, int | Integral):
            raise TextError(
                said("the text '{key}' is chosen by a whole number called 'count'", key=key),
                mend="Pass count=….",
            )
        pattern = forms.get(plural_category(int(count), lang), pattern)
    try:
        filled = pattern.format_map({name: written(value, lang) for name, value in values.items()})
    except KeyError as error:
        raise TextError(
            said("the text '{key}' needs a value called '{name}'", key=key, name=str(error.args[0])),
            mend=said("Pass {name}=….", name=error.args[0]),
        ) from None
    return typeset(filled, lang)


def has_text(key: str) -> bool:
    """Whether the catalogue has this key; for words that data bring, like the name of a stage."""
    return key in catalogue()


def texts(file: str) -> dict[str, dict[str, Forms]]:
    """All texts of one file of the catalogue, by key and language."""
    return {key: forms for key, forms in catalogue().items() if key.startswith(f"{file}.")}


@cache
def catalogue() -> dict[str, dict[str, Forms]]:
    """All texts by key and language; checked, so that a broken catalogue never runs."""
    folder = Path(str(resources.files("himaya.language"))) / "texts"
    return {key: forms for path in sorted(folder.glob("*.yaml")) for key, forms in read(path).items()}


def read(path: Path) -> dict[str, dict[str, Forms]]:
    """Read the texts of one file; raises :class:`TextError` with file and line if one is not whole."""
    found = {}
    for at, entry in _leaves(load(path) or {}, ()):
        forms = {lang: {"other": words} if isinstance(words, str) else words for lang, words in entry.items()}
        if fault := _fault(forms):
            line = lines(path).get(at, 1)
            raise TextError(
                said("the text '{key}' {fault}", key=".".join(at), fault=fault),
                where=f"{path}:{line}",
                mend="Complete it here.",
            )
        found[".".join((path.stem, *at))] = forms
    return found


@cache
def plural_category(count: int, lang: Language) -> str:
    """CLDR plural category of a count: ``one``, ``two``, ``few``, ``many``, ``other``, ``zero``."""
    return str(Locale.parse(lang).plural_form(abs(count)))


def placeholders(pattern: str) -> set[str]:
    """Names of the values that a pattern takes."""
    return {name for _, name, _, _ in Formatter().parse(pattern) if name}


def _leaves(node: Mapping[str, Any], at: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    for name, value in node.items():
        here = (*at, str(name))
        if not isinstance(value, dict) or set(value) & set(LANGUAGES):
            yield here, value if isinstance(value, dict) else {}
        else:
            yield from _leaves(value, here)


def _fault(entry: Mapping[str, Any]) -> Sentence | None:
    """Say what is wrong with one text, or None."""
    if set(entry) != set(LANGUAGES):
        found = [str(lang) for lang in entry] or [said("no language")]
        return said("stands in {found} instead of {wanted}", found=found, wanted=LANGUAGES)
    wanted: dict[str, set[str]] = {}
    for lang, forms in entry.items():
        known = {str(tag) for tag in Locale.parse(lang).plural_form.tags} | {"other"}
        if (
            not isinstance(forms, dict)
            or "other" not in forms
            or not all(isinstance(f, str) for f in forms.values())
        ):
            return said("has no words for {lang}", lang=lang)
        if unknown := set(forms) - known:
            return said(
                "has plural forms that {lang} does not know: {forms}", lang=lang, forms=sorted(unknown)
            )
        wanted[lang] = placeholders(forms["other"])
        # "one" and "two" may say the number in words; every other value must be in each form.
        for category, pattern in forms.items():
            if wanted[lang] - placeholders(pattern) - {"count"} or placeholders(pattern) - wanted[lang]:
                return said("takes other values in its form '{form}' ({lang})", form=category, lang=lang)
    if len({frozenset(names) for names in wanted.values()}) > 1:
        return said("takes other values in one language than in another")
    return None


def written(value: Value, lang: Language) -> str:
    """Write a value as a language does; in Arabic a word is isolated."""
    if isinstance(value, date):
        return day(value, lang)
    if isinstance(value, int | Integral):  # NumPy's whole numbers too
        return number(int(value), lang)
    if lang == "ar" and not value.startswith((LRI, RLI, FSI)):
        return first_strong(value)
    return value
