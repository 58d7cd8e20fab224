"""Numbers, money, dates and lists as each language writes them.

Conventions, where languages and locales leave a choice:

* Arabic is the Arabic of Morocco: Western digits, month names as in Morocco (``شتنبر``). Thousands are set
  apart by a narrow no-break space and decimals by a comma, as in French: the point that CLDR gives for
  ``ar-MA`` reads as a decimal point to staff who work in both languages.
* In Arabic every number comes inside a left-to-right isolate (:mod:`himaya.language.isolate`).
* The unit follows the amount in all three languages, after a no-break space.
* Minus is U+2212.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.numbers import get_decimal_symbol, get_group_symbol

from himaya.language.isolate import NARROW_SPACE, NO_BREAK_SPACE, left_to_right
from himaya.months import first_day

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from himaya.language.choice import Language

Number = int | float | Decimal | Fraction

_NUMBER_LOCALES = {"en": "en", "fr": "fr", "ar": "fr"}
_DATE_LOCALES = {"en": "en_GB", "fr": "fr", "ar": "ar_MA"}
_CURRENCIES = {
    "MAD": {"en": "MAD", "fr": "MAD", "ar": "درهم"},
    "EUR": {"en": "EUR", "fr": "€", "ar": "أورو"},
}


_DATES = 4096
"""Dates that are remembered as written: those of letters and reports are few, and each costs a pattern to parse."""


def number(value: Number, lang: Language, decimals: int = 0) -> str:
    """``value`` with grouped thousands, rounded half up to ``decimals`` places."""
    return _isolated(_digits(value, lang, decimals), lang)


def money(
    centimes: int, lang: Language, currency: str = "MAD", *, whole: bool = False, signed: bool = False
) -> str:
    """Write an amount in centimes with its currency: ``money(321050, "fr") == "3 210,50 MAD"``.

    Parameters
    ----------
    centimes
        Hundredths of the currency.
    currency
        ISO 4217 code.
    whole
        Leave the centimes out, rounded half up: for totals and axes.
    signed
        Write a plus before what is above zero: for changes.
    """
    digits = _digits(Decimal(int(centimes)) / 100, lang, 0 if whole else 2)
    plus = "+" if signed and centimes > 0 else ""
    return _isolated(plus + digits, lang) + NO_BREAK_SPACE + currency_name(lang, currency)


def currency_name(lang: Language, currency: str = "MAD") -> str:
    """Say what stands after an amount: a name where we have one, else the ISO code."""
    return _CURRENCIES.get(currency, {}).get(lang, currency)


def percent(share: Number, lang: Language, decimals: int = 1) -> str:
    """Write a share as a percentage: ``percent(0.123, "fr") == "12,3 %"``."""
    space = NARROW_SPACE if lang == "fr" else ""
    return _isolated(_digits(_decimal(share) * 100, lang, decimals) + space + "%", lang)


def seconds(value: float, lang: Language) -> str:
    """Write a duration in seconds, three figures or so: ``0.42 s``, ``41.0 s``."""
    return _isolated(_digits(value, lang, 2 if value < 10 else 1) + NO_BREAK_SPACE + "s", lang)


@lru_cache(_DATES)
def day(value: date, lang: Language) -> str:
    """Write a date in words: ``1 September 2026``, ``1er septembre 2026``; Arabic months as in Morocco."""
    written = format_date(value, "d MMMM y", locale=_DATE_LOCALES[lang])
    if lang == "fr" and value.day == 1:
        written = f"1er{written[1:]}"
    return _isolated_parts(written, lang)


def moment(value: datetime, lang: Language) -> str:
    """Write a date in words and the time to the minute, in the zone that ``value`` carries."""
    comma = "،" if lang == "ar" else ","
    return f"{day(value.date(), lang)}{comma} {_isolated(value.strftime('%H:%M'), lang)}"


@lru_cache(_DATES)
def month(value: int, lang: Language) -> str:
    """Write a month number (year x 12 + month - 1) in words: ``September 2026``."""
    return _isolated_parts(format_skeleton("yMMMM", first_day(value), locale=_DATE_LOCALES[lang]), lang)


def short_month(value: int, lang: Language) -> str:
    """Write a month number as ``09/2026``, the same in the three languages: for tables."""
    return _isolated(f"{value % 12 + 1:02d}/{value // 12}", lang)


def listing(items: Sequence[str], lang: Language) -> str:
    """Join words as each language does: ``a, b and c``."""
    return str(format_list(list(items), locale=_DATE_LOCALES[lang]))


def _decimal(value: Number) -> Decimal:
    if isinstance(value, Fraction):
        return Decimal(value.numerator) / Decimal(value.denominator)
    # The shortest text of a float is what its writer meant: 0.145 and not 0.14499999999999999.
    return Decimal(str(value))


def _digits(value: Number, lang: Language, decimals: int) -> str:
    rounded = _decimal(value).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    rounded = rounded or abs(rounded)  # no minus zero
    return f"{rounded:,f}".translate(_separators(lang))


@cache
def _separators(lang: Language) -> dict[int, str]:
    """From Python's signs to those of the language, all of which group by three."""
    locale = _NUMBER_LOCALES[lang]
    return str.maketrans({",": get_group_symbol(locale), ".": get_decimal_symbol(locale), "-": "\u2212"})


def _isolated(text: str, lang: Language) -> str:
    return left_to_right(text) if lang == "ar" else text


def _isolated_parts(text: str, lang: Language) -> str:
    """Day and year isolated, month name left in the Arabic run; joined so that a line never breaks inside."""
    if lang != "ar":
        return text.replace(" ", NO_BREAK_SPACE)
    return NO_BREAK_SPACE.join(left_to_right(part) if part.isdecimal() else part for part in text.split())
