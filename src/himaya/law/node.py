"""The tree of an explanation: quantities and values in force, as JSON and as lines of text."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from himaya.language import Language, day
from himaya.law.elements import Chosen, Elements
from himaya.law.parameters import EPOCH, Scale
from himaya.law.phrases import cited, counted, format_value, listed, noted, phrase, spans
from himaya.law.trace import Bound
from himaya.law.units import DATE, MONTH, YEAR, Cases, Languages, Unit
from himaya.months import first_day

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Plain = bool | int | float | str | None
LISTED = 60
"""Most lines of a person's elements, the same in a row as one, that a text shows; JSON has every element."""


@dataclass(frozen=True)
class InForce:
    """A parameter as a rule saw it: the value in force, since when, by which article.

    ``applied`` are, of a scale, what this person's result asked of it and the amounts found.
    """

    name: str
    labels: Languages
    unit: Unit
    value: Fraction | bool | Scale | None
    since: date | None
    article: str | None
    verified: bool
    note: Languages | None
    applied: tuple[Bound, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As JSON; of a scale every bracket, and as ``applied`` those of this person."""
        value: Any = plain(self.value, self.unit)
        if isinstance(self.value, Scale):
            value = {
                str(plain(Fraction(at), self.value.by)): plain(amount, self.unit)
                for at, amount in zip(self.value.thresholds, self.value.amounts, strict=True)
            }
        return {
            "name": self.name,
            "labels": self.labels,
            "unit": self.unit.name,
            "value": value,
            "from": self.since.isoformat() if self.since else None,
            "article": self.article,
            "verified": self.verified,
            "note": self.note,
            "applied": [
                {"at": plain(at, self.value.by), "value": plain(amount, self.unit)}
                for at, amount in self.applied
                if isinstance(self.value, Scale)
            ],
        }

    def told(self, language: Language) -> tuple[str, str]:
        """The value, and what it was looked up for: of a scale this person's, not the whole scale."""
        if not isinstance(self.value, Scale) or not self.applied:
            return format_value(self.value, self.unit, language), ""
        by, (at, amount) = self.value.by, self.applied[0]
        if len(self.applied) == 1:
            asked = f"{phrase('for day' if by is DATE else 'for', language)} {format_value(at, by, language)}"
            return format_value(amount, self.unit, language), asked
        if by in {MONTH, YEAR}:
            points, amounts = zip(*self.applied, strict=True)
            brackets = listed(map(int, points), amounts, by, self.unit, language)
        else:
            colon = phrase("colon", language)
            pairs = (
                (format_value(at, by, language), format_value(v, self.unit, language))
                for at, v in self.applied
            )
            brackets = [f"{at}{colon}{amount}" for at, amount in pairs]
        return phrase("semicolon", language).join(brackets), ""


@dataclass(frozen=True)
class Node:
    """One quantity of an explanation.

    Parameters
    ----------
    name, labels, unit
        What it is.
    value
        The exact value (money in centimes, dates as days, months as month numbers); None if not available.
        Of a ragged quantity the sequence of the person's values.
    article, formula, note
        What the rule stands on, what it says and what a reader must know of it (by language); None for an input.
    parameters
        Values in force that the rule looked at.
    evidence
        Positions (0-based) of the person's declared elements that the rule used itself: of a mean of the best
        those that were taken.
    chosen
        Of a mean of the best, the values that were taken.
    axis, points
        What evidence and elements stand along (``month``, ``year`` …), and the month or year of each element.
    unverified_because
        Unverified parameters and rules that set the value.
    children
        What the rule depends on. A quantity shown before in the tree is ``repeated`` without its children.
    link, index
        Where the quantity is another's (a spouse's, a household's): the link that led there and the position.
    """

    name: str
    labels: Languages
    unit: Unit
    value: Fraction | bool | Elements | None
    article: str | None = None
    formula: Languages | None = None
    note: Languages | None = None
    parameters: tuple[InForce, ...] = ()
    evidence: tuple[int, ...] = ()
    chosen: Chosen | None = None
    axis: str | None = None
    points: Elements | None = None
    unverified_because: tuple[str, ...] = ()
    children: tuple[Node, ...] = field(default=())
    repeated: bool = False
    link: str | None = None
    index: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """As JSON: money in centimes, dates in ISO form, cases by name, what is not whole as a decimal."""
        value = self.value
        labels = None
        if isinstance(self.unit, Cases) and isinstance(self.value, Fraction):
            labels = list(self.unit.members.values())[int(self.value)]
        return {
            "name": self.name,
            "labels": self.labels,
            "unit": self.unit.name,
            "value": [plain(each, self.unit) for each in value]
            if isinstance(value, Elements)
            else plain(value, self.unit),
            "value_labels": labels,
            "article": self.article,
            "formula": self.formula,
            "note": self.note,
            "parameters": [each.to_dict() for each in self.parameters],
            "axis": self.axis,
            "evidence": list(self.evidence),
            "used": [plain(self.points[at], self._by) for at in self.evidence] if self.points else [],
            "chosen": [plain(v, self.chosen.unit) for v in self.chosen.values.values()]
            if self.chosen
            else [],
            "unverified_because": list(self.unverified_because),
            "children": [child.to_dict() for child in self.children],
            "repeated": self.repeated,
            "link": self.link,
            "index": self.index,
        }

    def render(self, language: Language = "en") -> list[str]:
        """The tree as lines of plain text, indented by two spaces a level."""
        lines = [self.head(language)]
        if self.repeated:
            return lines
        colon, comma = phrase("colon", language), phrase("comma", language)
        if self.unverified_because:
            lines.append(f"  ! {phrase('unverified', language)}{colon}{comma.join(self.unverified_because)}")
        lines.extend(
            f"  {line}" for line in (*self.along(language), *self.terms(language), *self.used(language))
        )
        for child in self.children:
            lines.extend(f"  {line}" for line in child.render(language))
        return lines

    def head(self, language: Language) -> str:
        """The first line: what it is, its value, its article."""
        line = f"{self.labels[language]}{phrase('colon', language)}{self._value_text(language)}"
        if self.repeated:
            return f"{line} ({phrase('above', language)})"
        return f"{line} [{cited(self.article, language)}]" if self.article else line

    @property
    def _by(self) -> Unit:
        """Unit of the points."""
        return YEAR if self.axis == "year" else MONTH

    @property
    def _counted(self) -> str:
        """What there are so many of."""
        if self.points is None:
            return "values"
        return "calendar years" if self.axis == "year" else "months"

    def _point(self, at: int) -> int:
        """The year or month of an element: a career is not without."""
        return int((self.points or ())[at] or 0)

    def along(self, language: Language) -> Iterator[str]:
        """The line of a person's elements by year or month; none where they are too many or stand along neither."""
        if not isinstance(self.value, Elements) or not self.value or self.points is None:
            return
        points = [self._point(at) for at in range(len(self.points))]
        if self.unit in {MONTH, YEAR}:
            yield f"· {spans(points, self.unit, language)}"
            return
        lines = listed(points, self.value, self._by, self.unit, language)
        if len(lines) <= LISTED:
            yield f"· {phrase('semicolon', language).join(lines)}"

    def used(self, language: Language) -> Iterator[str]:
        """The lines of the elements that the rule used itself; of a mean of the best with the value of each."""
        if not self.evidence:
            return
        colon = phrase("colon", language)
        if self.points is None:
            ranges = phrase("comma", language).join(_ranges(self.evidence))
            yield f"· {phrase('used', language)}{colon}{ranges}"
            return
        points = {at: self._point(at) for at in self.evidence}
        count = counted(len(points), self._counted, language)
        stretches = spans(points.values(), self._by, language)
        yield f"· {phrase(f'{self.axis}s used', language)} ({count}){colon}{stretches}"
        if self.chosen:
            taken = self.chosen.values
            lines = listed([points[at] for at in taken], taken.values(), self._by, self.chosen.unit, language)
            yield f"· {self.chosen.labels[language]}{colon}{phrase('semicolon', language).join(lines)}"

    def terms(self, language: Language) -> Iterator[str]:
        """The lines of the values in force; below each that sets the result unverified, why; before them the rule's."""
        colon, comma = phrase("colon", language), phrase("comma", language)
        if self.note and self.name in self.unverified_because:
            yield f"! {phrase('not verified', language)}{colon}{noted(self.note, language)}"
        for each in self.parameters:
            text, asked = each.told(language)
            since = (
                f"{phrase('since', language)} {day(each.since, language)}"
                if each.since
                else phrase("no value", language)
            )
            article = cited(each.article or each.name, language)
            known = comma.join(word for word in (asked, since, article) if word)
            yield f"· {each.labels[language]}{colon}{text} ({known})"
            if each.note and each.name in self.unverified_because:
                yield f"  ! {phrase('not verified', language)}{colon}{noted(each.note, language)}"

    def _value_text(self, language: Language) -> str:
        if isinstance(self.value, Elements):
            return counted(len(self.value), self._counted, language)
        return format_value(self.value, self.unit, language)


def plain(value: Fraction | bool | Scale | None, unit: Unit) -> Plain:
    """A value for JSON."""
    if value is None or isinstance(value, bool | Scale):
        return value if not isinstance(value, Scale) else None
    if unit is DATE:
        return (EPOCH + timedelta(days=int(value))).isoformat()
    if unit is MONTH:
        return first_day(int(value)).isoformat()[:7]
    if isinstance(unit, Cases):
        return list(unit.members)[int(value)]
    return int(value) if value.denominator == 1 else float(value)


def _ranges(positions: Sequence[int]) -> list[str]:
    """Positions as ranges: ``0-11``, ``24``."""
    parts: list[str] = []
    start = previous = positions[0]
    for position in [*positions[1:], None]:
        if position is not None and position == previous + 1:
            previous = position
            continue
        parts.append(f"{start}" if start == previous else f"{start}-{previous}")
        if position is not None:
            start = previous = position
    return parts
