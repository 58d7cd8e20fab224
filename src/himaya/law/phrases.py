"""How explanations write values, and their few fixed words, in three languages."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

from himaya.law.parameters import EPOCH, Scale
from himaya.law.units import DATE, MONTH, PERCENT, SCORE, SHARE, YEAR, Cases, Unit
from himaya.months import first_day

_PHRASES: dict[str, dict[str, str]] = {
    "above": {"en": "shown above", "fr": "voir plus haut", "ar": "انظر أعلاه"},
    "unverified": {
        "en": "rests on unverified values",
        "fr": "repose sur des valeurs non vérifiées",
        "ar": "يستند إلى قيم غير متحقق منها",
    },
    "since": {"en": "since", "fr": "depuis le", "ar": "منذ"},
    "no value": {
        "en": "no value on that date",
        "fr": "sans valeur à cette date",
        "ar": "لا قيمة في هذا التاريخ",
    },
    "evidence": {
        "en": "declared months used, by position",
        "fr": "mois déclarés retenus, par position",
        "ar": "الشهور المصرح بها المعتمدة، حسب الترتيب",
    },
    "elements": {"en": "values", "fr": "valeurs", "ar": "قيمة"},
    "not available": {"en": "not available", "fr": "non disponible", "ar": "غير متوفر"},
    "yes": {"en": "yes", "fr": "oui", "ar": "نعم"},
    "no": {"en": "no", "fr": "non", "ar": "لا"},
    "days": {"en": "days", "fr": "jours", "ar": "يوم"},
    "months": {"en": "months", "fr": "mois", "ar": "شهر"},
    "quarters": {"en": "quarters", "fr": "trimestres", "ar": "فصل"},
    "years": {"en": "years", "fr": "ans", "ar": "سنة"},
    "per month": {"en": "a month", "fr": "par mois", "ar": "في الشهر"},
    "per day": {"en": "a day", "fr": "par jour", "ar": "في اليوم"},
    "per hour": {"en": "an hour", "fr": "par heure", "ar": "في الساعة"},
    "per year": {"en": "a year", "fr": "par an", "ar": "في السنة"},
    "from": {"en": "from", "fr": "à partir de", "ar": "ابتداء من"},
}
_NARROW, _ISOLATE, _END = "\u202f", "\u2066", "\u2069"


def phrase(key: str, language: str) -> str:
    """A fixed word or phrase."""
    return _PHRASES[key][language]


def format_value(value: Fraction | bool | Scale | None, unit: Unit, language: str) -> str:
    """A value as people write it: ``1,050.00 MAD a month``, ``54 %``, ``3 240 jours``."""
    if value is None:
        return phrase("not available", language)
    if isinstance(value, bool):
        return phrase("yes" if value else "no", language)
    if isinstance(value, Scale):
        pairs = zip(value.thresholds, value.amounts, strict=True)
        plain = value.by.kind == "quantity" and value.by is not SCORE

        def threshold(at: Fraction) -> str:
            return format_number(at, 0, language) if plain else format_value(at, value.by, language)

        steps = ((threshold(Fraction(at)), format_value(v, unit, language)) for at, v in pairs)
        return "; ".join(f"{phrase('from', language)} {at}: {text}" for at, text in steps)
    if unit is DATE:
        return (EPOCH + timedelta(days=int(value))).isoformat()
    if unit is YEAR:
        return str(int(value))
    if unit is MONTH:
        return first_day(int(value)).isoformat()[:7]
    if isinstance(unit, Cases):
        return list(unit.members.values())[int(value)][language]
    if unit.currency:
        per = "".join(f" {phrase(f'per {name}', language)}" for name, power in unit.dimensions if power == -1)
        return f"{format_number(value / 100, 2, language)} {unit.currency}{per}"
    if unit is SCORE:
        return format_number(value / unit.scale, 7, language)
    if unit in {SHARE, PERCENT}:
        return f"{format_number(value * 100, None, language)} %"
    number = format_number(value, None, language)
    return f"{number} {phrase(unit.name, language)}" if unit.name in _PHRASES else number


def format_number(value: Fraction, decimals: int | None, language: str) -> str:
    """A number with separators; ``decimals`` None: as many as needed, at most four.

    French and Arabic use a narrow space and a comma; in Arabic the number is isolated, to keep its order.
    """
    places = 4 if decimals is None else decimals
    scaled = round(abs(value) * 10**places)
    whole, rest = divmod(scaled, 10**places)
    fraction = f"{rest:0{places}d}" if places else ""
    if decimals is None:
        fraction = fraction.rstrip("0")
    english = f"{'-' if value < 0 else ''}{whole:,}{'.' + fraction if fraction else ''}"
    if language == "en":
        return english
    text = english.replace(",", _NARROW).replace(".", ",")
    return f"{_ISOLATE}{text}{_END}" if language == "ar" else text
