"""Sentences of errors and of deliveries in French and Arabic, from the ``sentences.yaml`` beside the code.

The key is the English template as the code has it::

    # lake/sentences.yaml
    "there is no publication {number}":
      fr: "il n'y a pas de publication {number}"
      ar: "لا يوجد منشور بالرقم {number}"

A sentence may stand in plural forms (CLDR's names), chosen by the value called ``count``. What has no entry, the words
of another program for example, is told as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from himaya.errors import HimayaError
from himaya.language.catalogue import Forms, TextError, plural_category, written
from himaya.language.choice import LANGUAGES, Language
from himaya.language.format import listing
from himaya.language.isolate import first_strong, typeset
from himaya.sentence import Sentence, said, shown
from himaya.yamlfile import lines, load

_PLACEHOLDER = re.compile(r"\{\w+\}")

TRANSLATED: tuple[Language, ...] = tuple(lang for lang in LANGUAGES if lang != "en")


def tell(words: str, lang: Language) -> str:
    """Give a sentence, or a literal that an error takes, in a language.

    Dates, numbers and lists are written as ``lang`` writes them; in Arabic, words filled in are isolated.
    """
    forms = _forms(words, lang)
    if not isinstance(words, Sentence):
        return typeset(forms["other"], lang) if forms else _foreign(shown(words), lang)
    if forms is None and lang != "en" and _has_letters(words.template):
        return _foreign(tell(words, "en"), lang)
    pattern = _chosen(forms, words.values, lang) if forms else words.template
    return typeset(pattern.format_map({name: _told(each, lang) for name, each in words.values.items()}), lang)


def tell_error(error: HimayaError, lang: Language) -> dict[str, str]:
    """Give what an error says in a language: ``what``, and ``where``, ``why`` and ``mend`` where it says them."""
    parts = {"what": error.what, "where": error.where, "why": error.why, "mend": error.mend}
    return {part: tell(words, lang) for part, words in parts.items() if words}


def sentences() -> Mapping[str, Mapping[Language, Forms]]:
    """All sentences by English template and language."""
    return _sentences(Path(str(resources.files("himaya"))))


@cache
def _sentences(folder: Path) -> dict[str, dict[Language, Forms]]:
    found: dict[str, dict[Language, Forms]] = {}
    for path in sorted(folder.glob("**/sentences.yaml")):
        for template, entry in read_sentences(path).items():
            if template in found:
                raise TextError(
                    said("the sentence '{template}' stands in two files", template=template),
                    where=str(path),
                    mend="Keep one of the two.",
                )
            found[template] = entry
    return found


def read_sentences(path: Path) -> dict[str, dict[Language, Forms]]:
    """Read the sentences of one file; raises :class:`TextError` with file and line if one is not whole."""
    found: dict[str, dict[Language, Forms]] = {}
    for template, entry in (load(path) or {}).items():
        told = entry if isinstance(entry, dict) else {}
        if set(told) != set(TRANSLATED):
            raise TextError(
                said("the sentence '{template}' must stand in fr and ar", template=template),
                where=f"{path}:{lines(path)[template,]}",
                mend="Complete it here.",
            )
        found[template] = {lang: _as_forms(told[lang]) for lang in TRANSLATED}
    return found


def _as_forms(words: Any) -> Forms:
    return {"other": words} if isinstance(words, str) else words


def _forms(words: str, lang: Language) -> Forms | None:
    if lang == "en":
        return None
    template = words.template if isinstance(words, Sentence) else words
    return sentences().get(template, {}).get(lang)


def _chosen(forms: Forms, values: Mapping[str, Any], lang: Language) -> str:
    if len(forms) == 1:
        return forms["other"]
    return forms.get(plural_category(values["count"], lang), forms["other"])


def _told(value: Any, lang: Language) -> str:
    if isinstance(value, list):
        return listing([_told(each, lang) for each in value], lang)
    if isinstance(value, Sentence):
        return tell(value, lang)
    return written(shown(value) if isinstance(value, str) else value, lang)


def _foreign(words: str, lang: Language) -> str:
    """Words that are not of this language; in Arabic text they run their own way, as one piece."""
    return first_strong(words) if lang == "ar" else words


def _has_letters(template: str) -> bool:
    """Whether there are words outside the placeholders: without any, a template is of every language."""
    return any(letter.isalpha() for letter in _PLACEHOLDER.sub("", template))
