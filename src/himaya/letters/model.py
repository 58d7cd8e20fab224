"""The nouns of a letter: what it is about (a case), who says it (the sender), and what it says (written words)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal

from himaya import language
from himaya.errors import HimayaError
from himaya.language import Language
from himaya.law.explain import InForce, Node

Kind = Literal["take_up", "difference", "unsupported", "refund", "not_entitled", "confirmation"]

Style = Literal["whole", "more", "less"]
"""A bar from zero, one that adds, one that takes away."""

KINDS: dict[str, Kind] = {"unsupported": "unsupported", "differences": "difference", "take-up": "take_up"}
"""The lists whose persons get a letter, and the kind of it; somebody on several of them gets the first."""

EPOCH = date(1970, 1, 1)


class NoLetterError(HimayaError):
    """There is nothing that a letter could say to this person, or nothing that it may say."""

    code = "no-letter"


class LettersUnavailableError(HimayaError):
    """The typesetter is not installed."""

    code = "letters-unavailable"


@dataclass(frozen=True)
class Name:
    """A person's name as the register has it; empty where it has none."""

    latin: str = ""
    arabic: str = ""

    def pick(self, lang: Language) -> str:
        """The name in the script of the letter, or else in the other one."""
        return (self.arabic or self.latin) if lang == "ar" else (self.latin or self.arabic)


@dataclass(frozen=True)
class Period:
    """Months without a gap that one employer declared.

    ``first`` and ``last`` are month numbers (year x 12 + month - 1), ``wages`` centimes.
    """

    employer: int
    employer_name: str
    first: int
    last: int
    days: int
    wages: int

    @property
    def months(self) -> int:
        """Number of months."""
        return self.last - self.first + 1


@dataclass(frozen=True)
class Case:
    """What a letter is about, in no language yet; amounts in centimes a month."""

    kind: Kind
    reason: str
    reference: str
    person: str
    name: Name
    law_date: date
    known_date: date
    publication: int
    run: str
    due: int | None
    paid: int | None
    node: Node | None
    periods: tuple[Period, ...]

    @property
    def aside(self) -> bool:
        """Whether the letter is about the person's entry in a register, and not about a career."""
        return self.reason in {"paid_after_death", "person_unknown"}

    @cached_property
    def quantities(self) -> dict[str, Node]:
        """Every quantity of the law's tree, where it is shown whole."""
        return {} if self.node is None else {each.name: each for each in walk(self.node)}

    @cached_property
    def parameters(self) -> dict[str, InForce]:
        """Every value in force that the tree looked at, by its own name without its group's."""
        return {p.name.rpartition(".")[2]: p for node in self.quantities.values() for p in node.parameters}

    @property
    def unverified(self) -> tuple[str, ...]:
        """What nobody has verified and sets the result: names of parameters and rules."""
        return () if self.node is None else self.node.unverified_because

    def whole(self, name: str) -> int | None:
        """A quantity of the tree as a whole number: days, a month number; None where it has no value."""
        node = self.quantities.get(name)
        if node is None or not isinstance(node.value, Fraction):
            return None
        return int(node.value)

    def true(self, name: str) -> bool:
        """Whether a flag of the tree is set."""
        node = self.quantities.get(name)
        return node is not None and node.value is True

    def day(self, name: str) -> date | None:
        """A date of the tree."""
        days = self.whole(name)
        return None if days is None else EPOCH + timedelta(days=days)

    def value(self, name: str) -> int | None:
        """A parameter as a whole number."""
        found = self.parameters.get(name)
        if found is None or not isinstance(found.value, Fraction):
            return None
        return int(found.value)


def walk(node: Node, *, known: bool = False) -> Iterator[Node]:
    """The quantities of a tree that are shown whole, what is depended on before what depends.

    With ``known`` only those that have a value, and what they depend on: what the result rests on.
    """
    if node.repeated or (known and node.value is None):
        return
    for child in node.children:
        yield from walk(child, known=known)
    yield node


@dataclass(frozen=True)
class Sender:
    """How the fund signs its letters in one language; what is empty stays to be filled in by the fund."""

    name: str
    address: str = ""
    phone: str = ""
    contest_to: str = ""
    contest_within: str = ""
    signed_by: str = ""


@dataclass(frozen=True)
class Step:
    """One step of the computation."""

    label: str
    value: str
    words: str
    article: str


@dataclass(frozen=True)
class Bar:
    """One bar of the picture: from ``low`` to ``high``, shares of the widest."""

    label: str
    note: str
    low: float
    high: float
    style: Style


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it."""

    title: str
    words: tuple[str, ...]
    listed: bool = False
    """Whether the sentences are points of a list."""


@dataclass(frozen=True)
class Table:
    """A table of the annex: head and rows of written cells."""

    title: str
    words: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Letter:
    """A letter, written: nothing is left to be decided but where it stands on the page."""

    lang: Language
    kind: Kind
    reference: str
    title: str
    sender: tuple[str, ...]
    recipient: tuple[str, ...]
    marks: tuple[tuple[str, str], ...]
    """Reference, number of the person, day of knowledge: label and value."""
    greeting: str
    core: tuple[str, ...]
    """What matters most, in a frame."""
    sections: tuple[Section, ...]
    signature: tuple[str, ...]
    steps_title: str = ""
    steps: tuple[Step, ...] = ()
    picture_title: str = ""
    bars: tuple[Bar, ...] = ()
    articles_title: str = ""
    articles: tuple[str, ...] = ()
    annex: Table | None = None
    footer: str = ""
    page: str = ""
    """``Page {page} of {pages}``: the typesetter fills it in."""
    gaps: tuple[str, ...] = field(default=())
    """What the fund has not filled in yet."""

    @property
    def direction(self) -> str:
        """``ltr`` or ``rtl``."""
        return language.direction(self.lang)

    def as_dict(self) -> dict[str, Any]:
        """The letter as one JSON object."""
        from dataclasses import asdict

        return {**asdict(self), "direction": self.direction}
