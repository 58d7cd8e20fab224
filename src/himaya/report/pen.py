"""How the report writes: one language, its texts, its numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from himaya import language
from himaya.codes import catalogue
from himaya.language import Language, Text
from himaya.law.phrases import format_value, phrase
from himaya.law.units import AGE, DAYS, MONTHS, QUARTERS, YEARS

_MONEY = re.compile(r"([A-Z]{3})(?:/(\w+))?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_LENGTHS = {unit.name: unit for unit in (DAYS, MONTHS, QUARTERS, YEARS, AGE)}


@dataclass(frozen=True)
class Pen:
    """Writes texts of ``report.yaml`` and quantities in one language; amounts in one currency."""

    lang: Language
    currency: str = "MAD"
    """Of the amounts that come without a unit."""

    def say(self, key: str, **values: Any) -> str:
        """Write a text of the report's catalogue."""
        return language.text(f"report.{key}", self.lang, **values)

    def label(self, text: Text) -> str:
        """Write a label that data carry."""
        return text.pick(self.lang)

    def word(self, name: str) -> str:
        """Write a word that data bring, in whatever script: a name, a file, an identifier, an article."""
        return language.first_strong(name) if name and self.lang == "ar" else name

    def year(self, value: float) -> str:
        """Write a year: not grouped."""
        return language.typeset(f"{value:.0f}", self.lang)

    def number(self, value: float, decimals: int = 0) -> str:
        """Write a count or measure."""
        return language.number(value, self.lang, decimals)

    def measure(self, value: float) -> str:
        """Write a figure of the calibration, a share or a mean or a count."""
        return language.number(value, self.lang, 0 if value >= 100 else 4 if value < 0.1 else 3)

    def total(self, name: str) -> str:
        """Write a total that a file declares: ``B03.capped_wage`` is the capped wages of record B03."""
        record, _, own = name.rpartition(".")
        label = self._named("report.total_of.", own.lower().replace("_", "-"), own)
        return f"{label} ({self.word(record)})" if record else label

    def money(self, centimes: float) -> str:
        """Write an amount, to the centime."""
        return language.money(round(centimes), self.lang, self.currency)

    def change(self, centimes: float) -> str:
        """Write a change of an amount, with its sign."""
        return language.money(round(centimes), self.lang, self.currency, signed=True)

    def whole_change(self, centimes: float) -> str:
        """Write a change of a total, to the unit, with its sign."""
        return language.money(round(centimes), self.lang, self.currency, whole=True, signed=True)

    def whole_money(self, centimes: float) -> str:
        """Write an amount, to the unit: for totals and axes."""
        return language.money(round(centimes), self.lang, self.currency, whole=True)

    def units(self, centimes: float) -> str:
        """Write an amount to the unit, without its currency: for axes."""
        return language.number(centimes / 100, self.lang)

    def seconds(self, value: float) -> str:
        """Write a duration."""
        return language.seconds(value, self.lang)

    def percent(self, share: float, decimals: int = 1) -> str:
        """Write a share."""
        return language.percent(share, self.lang, decimals)

    def day(self, value: date) -> str:
        """Write a date in words."""
        return language.day(value, self.lang)

    def moment(self, value: datetime) -> str:
        """Write a date and time."""
        return language.moment(value, self.lang)

    def month(self, value: int) -> str:
        """Write a month number for tables."""
        return language.short_month(value, self.lang)

    def code(self, name: str, fallback: Text | None = None) -> str:
        """Write the title of a code; the fallback, or the code itself, where no catalogue has it."""
        if name in catalogue():
            return self.label(Text.of(catalogue()[name].title))
        return self.label(fallback) if fallback else self.word(name)

    def why(self, name: str) -> str:
        """Write what is behind a code of the catalogue."""
        return self.label(Text.of(catalogue()[name].why))

    def stage(self, name: str) -> str:
        """Write a stage of the work, as the command line calls it."""
        return self._named("cli.stage.", name, name)

    def margin(self, name: str) -> str:
        """Write a margin of the synthetic population, or one of its categories."""
        return self._named("report.margin.", re.sub("[^a-z]+", "-", name.lower()).strip("-"), name)

    def _named(self, family: str, key: str, name: str) -> str:
        """Write a text of a family by its last word; ``name`` itself where the catalogue has none."""
        return language.text(family + key, self.lang) if language.has_text(family + key) else self.word(name)

    def quantity(self, value: Any, unit: str, labels: Mapping[str, str] | None = None) -> str:
        """Write a value of an explanation (``himaya.law``, ``Node.to_dict``) in its unit.

        Parameters
        ----------
        value
            Plain: money in centimes, shares as numbers, dates and months in ISO form, a list for a ragged
            quantity, a mapping from threshold (of a cohort, a day) to value for a scale, None for one that is not
            available.
        unit
            Name of the unit.
        labels
            The value's own label, for one of a list of cases.
        """
        if labels:
            return self.label(Text.of(labels))
        if value is None:
            return self.say("cases.not_applicable")
        if isinstance(value, bool):
            return self.say("cases.yes" if value else "cases.no")
        if isinstance(value, list):
            return self.say("cases.values_count", count=len(value))
        if isinstance(value, Mapping):
            return "\n".join(self._bracket(at, self.quantity(amount, unit)) for at, amount in value.items())
        return self._dated(value) if isinstance(value, str) else self._measured(value, unit)

    def _bracket(self, at: str, told: str) -> str:
        """Write a bracket of a scale; one that begins on a day is of who was born from then on."""
        if _DAY.fullmatch(at):
            born = f"{phrase('born from', self.lang)} {self._dated(at)}"
            return f"{born}{phrase('colon', self.lang)}{told}"
        return self.say("cases.bracket", threshold=self.number(float(at)), value=told)

    def _measured(self, value: float, unit: str) -> str:
        if matched := _MONEY.fullmatch(unit):
            amount = language.money(round(value), self.lang, matched[1])
            return f"{amount} {phrase(f'per {matched[2]}', self.lang)}" if matched[2] else amount
        if unit in {"share", "percent"}:
            return self.percent(value, _places(value * 100))
        if unit == "year":
            return self.year(value)
        if unit in _LENGTHS:
            return format_value(Fraction(str(value)), _LENGTHS[unit], self.lang)
        return self.number(value, _places(value))

    def _dated(self, value: str) -> str:
        """Write an ISO date or month in words; any other word as it is."""
        if _DAY.fullmatch(value):
            return self.day(date.fromisoformat(value))
        if re.fullmatch(r"\d{4}-\d{2}", value):
            year, month = map(int, value.split("-"))
            return language.month(year * 12 + month - 1, self.lang)
        return self.word(value)


def _places(value: float) -> int:
    """Decimals that a value needs, four at most."""
    return next((places for places in range(4) if round(value, places) == round(value, 4)), 4)
