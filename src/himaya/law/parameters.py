"""Dated parameters, read from YAML files beside the rules.

One file is one group; the group's name is the file's stem::

    qualifying_days:
      unit: days
      label: {en: …, fr: …, ar: …}
      values:
        - {from: 1972-10-01, value: 3240, article: "Act of 1972, s. 10"}
        - {from: 2023-01-01, value: 1320, article: "Act 2 of 2024, s. 1", decided: 2024-05-02}

A value holds from its date until the next one. ``value: null`` says that there is none from then on; ``to``
(last day included) is optional and checked against the next ``from``. ``verified: false`` marks a value that
nobody has read in the law itself, and ``note`` says why: ``{en: …, fr: …, ar: …}``, or English alone.
``unusual: true`` confirms what looks like a slip of the pen: a share below 0 or above 1000 %, an amount below 0.
``decided`` is the day it became known (the second clock). A value may be a scale, ``{1320: 600, 1705: 700}``,
with ``by: days`` or, for parameters by birth cohort, ``by: date``: then it has two axes, the date of effect and
the date of birth, and neither is guessed from the other. ``2262 / 6.55957`` is an exact quotient: an amount of the law
in another currency, at its rate.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from himaya.errors import nearest
from himaya.law import units
from himaya.law.errors import NoValueError, ParameterError, UnknownNameError, ValidityError
from himaya.law.units import LANGUAGES, Languages, Unit
from himaya.sentence import said
from himaya.yamlfile import lines, load

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

EPOCH = date(1970, 1, 1)


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


@dataclass(frozen=True)
class Scale:
    """A value by brackets: that of the last threshold at or below what is looked up."""

    thresholds: tuple[int, ...]
    amounts: tuple[Fraction, ...]
    by: Unit
    """Unit of the thresholds."""

    def amount(self, at: Fraction | int) -> Fraction | None:
        """The amount of the bracket of ``at``; None below the first threshold."""
        index = bisect_right(self.thresholds, at) - 1
        return None if index < 0 else self.amounts[index]


def brackets_changed(before: Scale, after: Scale) -> list[tuple[int, Fraction | None, Fraction | None]]:
    """The brackets in which two scales differ, and the first after them, where they meet again.

    Each with its threshold and the amounts by both; None below the first threshold of a scale.
    """
    cuts = sorted({*before.thresholds, *after.thresholds})
    amounts = [(at, before.amount(at), after.amount(at)) for at in cuts]
    differs = [old != new for _, old, new in amounts]
    return [each for i, each in enumerate(amounts) if differs[i] or (i > 0 and differs[i - 1])]


@dataclass(frozen=True)
class Dated:
    """One value of a parameter, from its date on: money in centimes, per cent as a share, dates as days."""

    since: date
    value: Fraction | bool | Scale | None
    article: str
    verified: bool
    decided: date | None
    note: Languages | None
    """Why nobody has verified it, or what a reader must know: in English at least."""
    place: str


@dataclass(frozen=True)
class Parameter:
    """A parameter of the law with all its values, ascending by date of effect."""

    name: str
    unit: Unit
    by: Unit | None
    labels: Languages
    values: tuple[Dated, ...]
    place: str
    arrays: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)
    """What evaluations made of all values (:mod:`himaya.law.lookup`), kept for the next one."""

    def visible(self, known: date | None) -> tuple[Dated, ...]:
        """The values decided by ``known`` (all, if None); of two from one date the one decided later."""
        seen: dict[date, Dated] = {}
        for dated in self.values:
            if known is None or dated.decided is None or dated.decided <= known:
                seen[dated.since] = dated
        return tuple(seen.values())

    def dated(self, on: date, known: date | None = None) -> Dated | None:
        """The value in force on a date, None where the law as written here has none."""
        values = self.visible(known)
        index = bisect_right([dated.since for dated in values], on) - 1
        return None if index < 0 or values[index].value is None else values[index]

    def at(self, on: date, known: date | None = None) -> Dated:
        """The value in force on a date; :class:`NoValueError` where there is none."""
        dated = self.dated(on, known)
        if dated is None:
            values = self.visible(known)
            series = (
                said("its values begin on {first}", first=values[0].since)
                if values
                else said("no value was decided by then")
            )
            if values and on >= values[0].since:
                series = said("the series says that there is none on that date")
            raise NoValueError(
                said("parameter {name} has no value on {on}", name=self.name, on=on),
                where=self.place,
                why=series,
                mend="Ask for another date, or add the value with its article.",
            )
        return dated


@dataclass(frozen=True)
class Group:
    """The parameters of one file."""

    name: str
    parameters: Mapping[str, Parameter]

    def __getitem__(self, name: str) -> Parameter:
        if name not in self.parameters:
            raise UnknownNameError(
                said("there is no parameter {group}.{name}", group=self.name, name=name),
                mend=nearest(name, self.parameters) or said("Known: {known}.", known=list(self.parameters)),
            )
        return self.parameters[name]


_KEYS = {"unit", "by", "label", "values"}
_VALUE_KEYS = {"from", "to", "value", "article", "verified", "decided", "note", "unusual"}


def read_group(path: Path) -> Group:
    """The parameters of one YAML file; every error names file and line."""
    content = load(path) or {}
    at = lines(path)
    found: dict[str, Parameter] = {}
    for name, entry in content.items():
        place = f"{path}:{at[name,]}"
        if not isinstance(entry, dict):
            raise ParameterError(
                said("parameter {name} is not a mapping", name=str(name)),
                where=place,
                mend="Write its unit, label and values below its name.",
            )
        _known_keys(entry, _KEYS, said("parameter {name}", name=name), place)
        unit = _unit(entry.get("unit"), name, place)
        by = _unit(entry["by"], name, place) if "by" in entry else None
        full = f"{path.stem}.{name}"
        places = [f"{path}:{at[name, 'values', index]}" for index in range(len(entry.get("values") or ()))]
        values = read_values(full, entry.get("values"), unit, by, place, places)
        found[name] = Parameter(full, unit, by, _labels(entry.get("label"), full, place), values, place)
    return Group(path.stem, found)


def read_values(
    name: str, entries: Any, unit: Unit, by: Unit | None, place: str, places: Sequence[str]
) -> tuple[Dated, ...]:
    """The dated values of one parameter, checked for order, gaps and overlaps."""
    if not isinstance(entries, list) or not entries:
        raise ParameterError(
            said("parameter {name} has no values", name=name),
            where=place,
            mend="Add at least one dated value.",
        )
    values: list[Dated] = []
    ended: date | None = None
    for entry, here in zip(entries, places, strict=True):
        if not isinstance(entry, dict):
            raise ParameterError(
                said("a value of {name} is not a mapping", name=name),
                where=here,
                mend="Write '{from: 2026-01-01, value: 100, article: …}'.",
            )
        _known_keys(entry, _VALUE_KEYS, said("a value of {name}", name=name), here)
        dated = _dated(name, entry, unit, by, here)
        _check_order(name, values[-1] if values else None, ended, dated)
        ended = _day(entry["to"], name, "to", here) if "to" in entry else None
        if ended is not None and ended < dated.since:
            raise ValidityError(
                said(
                    "a value of {name} holds from {since} to {ended}, which is no day",
                    name=name,
                    since=dated.since,
                    ended=ended,
                ),
                where=here,
                mend="'to' is the last day of the value; it does not come before 'from'.",
            )
        values.append(dated)
    if ended is not None:
        none = Dated(ended + timedelta(days=1), None, "", verified=True, decided=None, note=None, place=place)
        values.append(none)
    return tuple(values)


def _dated(name: str, entry: dict[str, Any], unit: Unit, by: Unit | None, place: str) -> Dated:
    for key in ("from", "value"):
        if key not in entry:
            raise ParameterError(
                said("a value of {name} has no '{key}'", name=name, key=key),
                where=place,
                mend="Write '{from: 2026-01-01, value: 100, article: …}'.",
            )
    if not entry.get("article"):
        raise ParameterError(
            said("the value of {name} from {since} cites no article", name=name, since=str(entry["from"])),
            where=place,
            mend="Add 'article' with the text it stands in, and 'verified: false' if nobody has read it.",
        )
    decided = _day(entry["decided"], name, "decided", place) if "decided" in entry else None
    value = _value(name, entry["value"], unit, by, place)
    if not _flag(entry, "unusual", name, place, default=False):
        _usual(name, value, unit, place)
    return Dated(
        since=_day(entry["from"], name, "from", place),
        value=value,
        article=str(entry["article"]),
        verified=_flag(entry, "verified", name, place, default=True),
        decided=decided,
        note=_note(entry.get("note"), name, place),
        place=place,
    )


def _flag(entry: Mapping[str, Any], key: str, name: str, place: str, *, default: bool) -> bool:
    flag = entry.get(key, default)
    if not isinstance(flag, bool):
        raise ParameterError(
            said("'{key}' of {name} is {value}, not true or false", key=key, name=name, value=repr(flag)),
            where=place,
            mend="Write true or false, without quotes.",
        )
    return flag


def _usual(name: str, value: Fraction | bool | Scale | None, unit: Unit, place: str) -> None:
    """Refuse shares and amounts that are most likely slips of the pen."""
    if isinstance(value, bool) or value is None or not (unit.is_share or unit.currency):
        return
    for each in value.amounts if isinstance(value, Scale) else (value,):
        if each < 0 or (unit.is_share and each > units.HIGHEST_SHARE):
            raise ParameterError(
                said(
                    "{value} is an unusual value of {name} in {unit}",
                    value=f"{float(each / unit.scale):g}",
                    name=name,
                    unit=unit.name,
                ),
                where=place,
                mend="Correct it, or confirm it by 'unusual: true'.",
            )


def _note(entry: Any, name: str, place: str) -> Languages | None:
    """A note as written: in the three languages, or in English alone."""
    if not isinstance(entry, dict):
        return {"en": str(entry)} if entry else None
    if set(entry) != set(LANGUAGES) or not all(entry.values()):
        raise ParameterError(
            said("a note of {name} is not in the three languages", name=name),
            where=place,
            mend="Write 'note: {en: …, fr: …, ar: …}', or a text in English.",
        )
    return {language: str(entry[language]) for language in LANGUAGES}


def _value(name: str, raw: Any, unit: Unit, by: Unit | None, place: str) -> Fraction | bool | Scale | None:
    if raw is None:
        return None
    if by is not None:
        if not isinstance(raw, dict) or not raw:
            raise ParameterError(
                said("{name} is a scale: its value must map thresholds to values", name=name),
                where=place,
                mend=said(
                    "Write where each value begins: {example}.",
                    example="{1900-01-01: …}" if by is units.DATE else "{0: …}",
                ),
            )
        thresholds = tuple(int(_number(name, key, by, place)) for key in raw)
        if list(thresholds) != sorted(set(thresholds)):
            raise ValidityError(
                said("thresholds of {name} do not ascend", name=name),
                where=place,
                mend="Order the thresholds from the lowest to the highest, each once.",
            )
        return Scale(thresholds, tuple(_number(name, each, unit, place) for each in raw.values()), by)
    if unit.kind == "flag":
        if not isinstance(raw, bool):
            raise ParameterError(
                said("{name} is a flag, not {value}", name=name, value=repr(raw)),
                where=place,
                mend="Write true or false.",
            )
        return raw
    return _number(name, raw, unit, place)


def _number(name: str, raw: Any, unit: Unit, place: str) -> Fraction:
    if isinstance(raw, date) and unit is units.DATE:
        return Fraction(day_number(raw))
    quotient = _QUOTIENT.fullmatch(raw) if isinstance(raw, str) else None
    if quotient and unit.kind == "quantity":
        return Fraction(quotient[1]) / Fraction(quotient[2]) * unit.scale
    if (
        isinstance(raw, bool)
        or not isinstance(raw, int | float)
        or not math.isfinite(raw)
        or (unit.kind != "quantity" and unit != units.YEAR)
    ):
        raise ParameterError(
            said("{value} is not a value of {name} in {unit}", value=repr(raw), name=name, unit=unit.name),
            where=place,
            mend="Write a day as 2026-10-01."
            if unit.kind == "point"
            else "Write a plain number, as 1500 or 6.4, without quotes, spaces or unit.",
        )
    return Fraction(str(raw)) * unit.scale


_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_QUOTIENT = re.compile(rf"({_NUMBER}) / (?=[0-9.]*[1-9])({_NUMBER})")
"""Two numbers, the second not zero."""


def _check_order(name: str, previous: Dated | None, ended: date | None, current: Dated) -> None:
    if previous is None:
        return
    again = current.since == previous.since and current.decided != previous.decided
    if current.since < previous.since or (current.since == previous.since and not again):
        raise ValidityError(
            said(
                "values of {name} overlap: one from {since} follows one from {before}",
                name=name,
                since=current.since,
                before=previous.since,
            ),
            where=current.place,
            mend="Order the values by 'from', one for each date.",
        )
    if ended is not None and current.since != ended + timedelta(days=1):
        raise ValidityError(
            said(
                "values of {name} overlap: one ends on {ended}, the next begins on {since}",
                name=name,
                ended=ended,
                since=current.since,
            )
            if current.since <= ended
            else said(
                "values of {name} leave a gap: one ends on {ended}, the next begins on {since}",
                name=name,
                ended=ended,
                since=current.since,
            ),
            where=current.place,
            mend="Make the dates meet, or write 'value: null' for a time without value.",
        )


def _known_keys(entry: Mapping[str, Any], known: set[str], what: str, place: str) -> None:
    for key in entry:
        if key not in known:
            raise ParameterError(
                said("{what} has an unknown key '{key}'", what=what, key=str(key)),
                where=place,
                mend=nearest(str(key), known) or said("Known keys: {known}.", known=sorted(known)),
            )


def _unit(name: Any, parameter: str, place: str) -> Unit:
    unit = units.parse(str(name))
    if unit is None:
        raise ParameterError(
            said("parameter {name} has the unknown unit {unit}", name=parameter, unit=repr(name)),
            where=place,
            mend=nearest(str(name), units.known_names())
            or said("Known units: {known}.", known=units.known_names()),
        )
    return unit


def _labels(entry: Any, name: str, place: str) -> Languages:
    missing = [language for language in LANGUAGES if not (isinstance(entry, dict) and entry.get(language))]
    if missing:
        raise ParameterError(
            said("{name} has no label in {languages}", name=name, languages=missing),
            where=place,
            mend="Add 'label: {en: …, fr: …, ar: …}'.",
        )
    return {language: str(entry[language]) for language in LANGUAGES}


def _day(value: Any, name: str, key: str, place: str) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ParameterError(
            said("'{key}' of {name} is {value}, not a date", key=key, name=name, value=repr(value)),
            where=place,
            mend="Write YYYY-MM-DD without quotes.",
        )
    return value
