"""What the law's own lines and the details of contradictions look like among other sentences of a language."""

from __future__ import annotations

import re
from datetime import date

from himaya import language

_DAY = re.compile("\u2066?(?<![\\d-])(\\d{4}-\\d{2}-\\d{2})(?![\\d-])\u2069?")
_COLON = re.compile(r"(?<=\S): ")
_MONTH = re.compile("\u2066?(?<![\\d-])(\\d{4})-(\\d{2})(?![\\d-])\u2069?")


def law_line(line: str, lang: language.Language) -> str:
    """A line of the law's explanation with dates, colon, commas and currency as people write them."""
    written = _DAY.sub(lambda found: language.day(date.fromisoformat(found[1]), lang), line)
    written = _MONTH.sub(lambda found: _month(int(found[1]), int(found[2]), lang), written)
    if lang == "fr":
        written = _COLON.sub(f"{language.NO_BREAK_SPACE}: ", written)
    if lang == "ar":
        written = written.replace(" MAD", f" {language.currency_name(lang)}").replace(", ", "، ")
    return written


def detail(told: str, lang: language.Language) -> str:
    """The detail of a contradiction (``days=52``, ``death=2023-07-20``) as a sentence of the language."""
    given = dict(pair.split("=", 1) for pair in told.split())
    values = {
        name: date.fromisoformat(value) if name == "death" else int(value) for name, value in given.items()
    }
    return language.text(f"rights.detail_{'_'.join(values)}", lang, **values)


def _month(year: int, month: int, lang: language.Language) -> str:
    return language.month(year * 12 + month - 1, lang)
