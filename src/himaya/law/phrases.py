"""How explanations write values, and their few fixed words, in three languages."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from himaya.language import (
    NO_BREAK_SPACE,
    Language,
    currency_name,
    day,
    first_strong,
    has_text,
    left_to_right,
    month,
    text,
    typeset,
)
from himaya.language.catalogue import plural_category
from himaya.language.isolate import NARROW_SPACE
from himaya.law.parameters import EPOCH, Scale
from himaya.law.units import AGE, DATE, MONTH, PERCENT, SCORE, SHARE, YEAR, Cases, Languages, Unit

MONTHS_A_YEAR = 12

if TYPE_CHECKING:
    from collections.abc import Iterable

EN_DASH = "\u2013"
_PHRASES: dict[str, dict[str, str]] = {
    "above": {"en": "shown above", "fr": "voir plus haut", "ar": "انظر أعلاه"},
    "unverified": {
        "en": "rests on unverified values",
        "fr": "repose sur des valeurs non vérifiées",
        "ar": "يستند إلى قيم غير متحقق منها",
    },
    "not verified": {"en": "not verified", "fr": "non vérifié", "ar": "لم يتم التحقق منه"},
    "given": {"en": "given", "fr": "donné", "ar": "معطى"},
    "since": {"en": "since", "fr": "depuis le", "ar": "منذ"},
    "no value": {
        "en": "no value on that date",
        "fr": "sans valeur à cette date",
        "ar": "لا قيمة في هذا التاريخ",
    },
    "used": {"en": "used, by position", "fr": "retenus, par position", "ar": "المعتمد، حسب الترتيب"},
    "months used": {
        "en": "declared months used",
        "fr": "mois déclarés retenus",
        "ar": "الشهور المصرح بها المعتمدة",
    },
    "years used": {"en": "years used", "fr": "années retenues", "ar": "السنوات المعتمدة"},
    "for": {"en": "for", "fr": "pour", "ar": "بالنسبة إلى"},
    "for day": {"en": "for", "fr": "pour le", "ar": "بالنسبة إلى"},
    "not available": {"en": "not available", "fr": "non disponible", "ar": "غير متوفر"},
    "yes": {"en": "yes", "fr": "oui", "ar": "نعم"},
    "no": {"en": "no", "fr": "non", "ar": "لا"},
    "per month": {"en": "a month", "fr": "par mois", "ar": "في الشهر"},
    "per day": {"en": "a day", "fr": "par jour", "ar": "في اليوم"},
    "per hour": {"en": "an hour", "fr": "par heure", "ar": "في الساعة"},
    "per quarter": {"en": "a quarter", "fr": "par trimestre", "ar": "في ثلاثة أشهر"},
    "per year": {"en": "a year", "fr": "par an", "ar": "في السنة"},
    "from": {"en": "from", "fr": "à partir de", "ar": "ابتداء من"},
    "born from": {"en": "born from", "fr": "nés à partir du", "ar": "المزدادون ابتداء من"},
    "colon": {"en": ": ", "fr": f"{NO_BREAK_SPACE}: ", "ar": ": "},
    "comma": {"en": ", ", "fr": ", ", "ar": "، "},
    "and months": {"en": "{years} {months}", "fr": "{years} et {months}", "ar": "{years} و{months}"},
    "semicolon": {"en": "; ", "fr": f"{NARROW_SPACE}; ", "ar": "؛ "},
}
_COUNTED: dict[str, dict[str, dict[str, str]]] = {
    "days": {
        "en": {"one": "{count} day", "other": "{count} days"},
        "fr": {"one": "{count} jour", "other": "{count} jours"},
        "ar": {
            "one": "يوم واحد",
            "two": "يومان",
            "few": "{count} أيام",
            "many": "{count} يوما",
            "other": "{count} يوم",
        },
    },
    "months": {
        "en": {"one": "{count} month", "other": "{count} months"},
        "fr": {"other": "{count} mois"},
        "ar": {
            "one": "شهر واحد",
            "two": "شهران",
            "few": "{count} أشهر",
            "many": "{count} شهرا",
            "other": "{count} شهر",
        },
    },
    "quarters": {
        "en": {"one": "{count} quarter", "other": "{count} quarters"},
        "fr": {"one": "{count} trimestre", "other": "{count} trimestres"},
        "ar": {
            "one": "فصل واحد",
            "two": "فصلان",
            "few": "{count} فصول",
            "many": "{count} فصلا",
            "other": "{count} فصل",
        },
    },
    "years": {
        "en": {"one": "{count} year", "other": "{count} years"},
        "fr": {"one": "{count} an", "other": "{count} ans"},
        "ar": {
            "one": "سنة واحدة",
            "two": "سنتان",
            "few": "{count} سنوات",
            "other": "{count} سنة",
        },
    },
    "calendar years": {
        "en": {"one": "{count} year", "other": "{count} years"},
        "fr": {"one": "{count} année", "other": "{count} années"},
        "ar": {
            "one": "سنة واحدة",
            "two": "سنتان",
            "few": "{count} سنوات",
            "other": "{count} سنة",
        },
    },
    "values": {
        "en": {"one": "{count} value", "other": "{count} values"},
        "fr": {"one": "{count} valeur", "other": "{count} valeurs"},
        "ar": {
            "one": "قيمة واحدة",
            "two": "قيمتان",
            "few": "{count} قيم",
            "other": "{count} قيمة",
        },
    },
}
"""What is counted, by CLDR's plural categories; ``other`` where a category has no form of its own."""


def phrase(key: str, language: Language) -> str:
    """A fixed word or phrase, or a mark with its spaces."""
    return _PHRASES[key][language]


def phrase_in_all(key: str) -> Languages:
    """A fixed word or phrase in every language."""
    return dict(_PHRASES[key])


def counted(value: Fraction | int, what: str, language: Language) -> str:
    """A number of days, months, quarters, years or values: ``3 240 jours``, ``5 أيام``."""
    forms = _COUNTED[what][language]
    # French counts what lies between two whole numbers like the lower one; elsewhere it has the general form, and so
    # has what is below zero: one and two in Arabic are said without a number.
    plain = language == "fr" or (value.denominator == 1 and value >= 0)
    category = plural_category(int(value), language) if plain else "other"
    number = format_number(Fraction(value), None, language)
    return forms.get(category, forms["other"]).format(count=number)


def aged(months: Fraction | int, language: Language) -> str:
    """An age given in months as people say it: ``62 ans et 9 mois``, ``63 years``."""
    if months.denominator != 1 or months < MONTHS_A_YEAR:
        return counted(months, "months", language)
    years, rest = divmod(int(months), MONTHS_A_YEAR)
    told = counted(years, "years", language)
    if not rest:
        return told
    return phrase("and months", language).format(years=told, months=counted(rest, "months", language))


def cited(article: str, language: Language) -> str:
    """An article as written in its own language, which runs its own way among Arabic words."""
    return first_strong(article) if language == "ar" else article


def spans(points: Iterable[int], unit: Unit, language: Language) -> str:
    """Years or months, those without a gap as one stretch: ``1984-2008, 2010``."""
    runs = _runs((point, True) for point in points)
    return phrase("comma", language).join(_span(first, last, unit, language) for first, last, _ in runs)


def listed(
    points: Iterable[int], values: Iterable[Any], by: Unit, unit: Unit, language: Language
) -> list[str]:
    """What there is for each year or month, the same without a gap as one: ``1984-1986: 4 quarters``."""
    colon = phrase("colon", language)
    return [
        f"{_span(first, last, by, language)}{colon}{format_value(value, unit, language)}"
        for first, last, value in _runs(zip(points, values, strict=True))
    ]


def _runs(found: Iterable[tuple[int, Any]]) -> list[tuple[int, int, Any]]:
    """First point, last point and value of each run of points that follow each other and have the same value."""
    runs: list[tuple[int, int, Any]] = []
    for point, value in found:
        if runs and runs[-1][1:] == (point - 1, value):
            runs[-1] = (runs[-1][0], point, value)
        else:
            runs.append((point, point, value))
    return runs


def _span(first: int, last: int, unit: Unit, language: Language) -> str:
    if unit is YEAR:
        years = f"{first}{EN_DASH}{last}" if last > first else str(first)
        return left_to_right(years) if language == "ar" else years
    if last == first:
        return month(first, language)
    return f"{month(first, language)} {EN_DASH} {month(last, language)}"


def unit_name(unit: Unit, language: Language) -> str:
    """A unit in words: ``MAD par mois``, ``jours``."""
    if unit.currency:
        per = (phrase(f"per {name}", language) for name, power in unit.dimensions if power == -1)
        return " ".join((currency_name(language, unit.currency), *per))
    key = f"law.unit.{'case' if unit.kind == 'case' else unit.name}"
    return text(key, language) if has_text(key) else unit.name


def noted(note: Languages, language: Language) -> str:
    """A note in a language; in English, running its own way, where nobody has translated it."""
    return typeset(note[language], language) if language in note else cited(note["en"], language)


def doubted(since: date | None, note: Languages, language: Language) -> str:
    """Why something is not verified, a value with the date that it holds from."""
    told = noted(note, language)
    return (
        f"{phrase('since', language)} {day(since, language)}{phrase('colon', language)}{told}"
        if since
        else told
    )


def bracket(threshold: int, by: Unit, language: Language) -> str:
    """Where a bracket of a scale begins: ``from 1,320``, ``born from 1 January 1964``."""
    at = Fraction(threshold)
    plain = by.kind == "quantity" and by is not SCORE and not by.currency
    written = format_number(at, 0, language) if plain else format_value(at, by, language)
    return f"{phrase('born from' if by is DATE else 'from', language)} {written}"


def brackets(scale: Scale, unit: Unit, language: Language) -> list[str]:
    """A scale by bracket: ``born from 1 January 1964: 63 years``."""
    colon = phrase("colon", language)
    return [
        f"{bracket(at, scale.by, language)}{colon}{format_value(amount, unit, language)}"
        for at, amount in zip(scale.thresholds, scale.amounts, strict=True)
    ]


def format_value(value: Fraction | bool | Scale | None, unit: Unit, language: Language) -> str:
    """A value as people write it: ``1,050.00 MAD a month``, ``54 %``, ``3 240 jours``."""
    if value is None:
        return phrase("not available", language)
    if isinstance(value, bool):
        return phrase("yes" if value else "no", language)
    if isinstance(value, Scale):
        return phrase("semicolon", language).join(brackets(value, unit, language))
    if unit is DATE:
        return day(EPOCH + timedelta(days=int(value)), language)
    if unit is YEAR:
        return str(int(value))
    if unit is MONTH:
        return month(int(value), language)
    if isinstance(unit, Cases):
        return list(unit.members.values())[int(value)][language]
    if unit.currency:
        per = "".join(f" {phrase(f'per {name}', language)}" for name, power in unit.dimensions if power == -1)
        return f"{format_number(value / 100, 2, language)} {currency_name(language, unit.currency)}{per}"
    if unit is SCORE:
        return format_number(value / unit.scale, 7, language)
    if unit in {SHARE, PERCENT}:
        share = f"{_digits(value * 100, None, language)} %"
        return left_to_right(share) if language == "ar" else share
    if unit is AGE:
        return aged(value, language)
    if unit.name in _COUNTED:
        return counted(value, unit.name, language)
    return format_number(value, None, language)


def format_number(value: Fraction, decimals: int | None, language: Language) -> str:
    """A number with separators; ``decimals`` None: as many as needed, at most four.

    French and Arabic use a narrow space and a comma; in Arabic the number is isolated, to keep its order.
    """
    digits = _digits(value, decimals, language)
    return left_to_right(digits) if language == "ar" else digits


def _digits(value: Fraction, decimals: int | None, language: Language) -> str:
    places = 4 if decimals is None else decimals
    scaled = round(abs(value) * 10**places)
    whole, rest = divmod(scaled, 10**places)
    fraction = f"{rest:0{places}d}" if places else ""
    if decimals is None:
        fraction = fraction.rstrip("0")
    english = f"{'-' if value < 0 else ''}{whole:,}{'.' + fraction if fraction else ''}"
    if language == "en":
        return english
    return english.replace(",", NARROW_SPACE).replace(".", ",")
