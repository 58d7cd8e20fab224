"""How an amount was computed, as a letter tells it: steps, a picture, texts of law."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from himaya import language
from himaya.language import Text
from himaya.law.elements import Elements
from himaya.law.explain import Node, plain
from himaya.law.phrases import phrase
from himaya.law.units import Cases
from himaya.letters.model import Bar, Case, Step, Style, walk
from himaya.letters.words import Words
from himaya.report.explanation import levels

COMPUTED = ("take_up", "difference", "confirmation", "refund")
"""Kinds of letter that show how an amount was computed."""


@dataclass(frozen=True)
class Computation:
    """The law's tree of one case, made ready for its letter; empty where the kind of letter shows none."""

    case: Case
    words: Words

    @cached_property
    def _shown(self) -> tuple[Node, ...]:
        """Quantities that are steps: those that have words of their own, and every amount, if they change something."""
        root = self.case.node
        if root is None or self.case.kind not in COMPUTED:
            return ()
        return tuple(
            node
            for node in walk(root, known=True)
            if isinstance(node.value, Fraction)
            and node.value
            and node.formula
            and (language.has_text(f"letters.step.{node.name}") or node.unit == root.unit)
            and not (node.unit == root.unit and any(_same(node, child) for child in node.children))
        )

    def steps(self) -> Iterator[Step]:
        """Each step with its value, how it came about, and its texts of law."""
        for node in self._shown:
            yield Step(
                label=self._called(node),
                value=self.words.pen.quantity(*_plain(node)),
                words=" ".join(self._step_words(node)),
                article=phrase("semicolon", self.words.pen.lang).join(self._named(node.article or "")),
            )

    def _called(self, node: Node) -> str:
        key = f"called.{node.name}"
        return (
            self.words.say(key)
            if language.has_text(f"letters.{key}")
            else self.words.pen.label(Text.of(node.labels))
        )

    def _step_words(self, node: Node) -> Iterator[str]:
        key = f"step.{node.name}"
        if language.has_text(f"letters.{key}"):
            yield self.words.say(key, **(self.values | self._written(node.parameters)))
        elif node.formula:
            yield language.typeset(node.formula[self.words.pen.lang], self.words.pen.lang)
        if node.unit == (self.case.node or node).unit and node.evidence and node.points:
            used = [int(point) for at in node.evidence if (point := node.points[at]) is not None]
            key, written = (
                ("how.years_used", self.words.year)
                if node.axis == "year"
                else ("how.months_used", self.words.month)
            )
            yield self.words.say(key, first=written(min(used)), last=written(max(used)))

    def bars(self) -> Iterator[Bar]:
        """The picture: only where the amount came about in more than one step."""
        if self.case.node is None or self.case.kind not in COMPUTED or self.case.kind == "refund":
            return
        steps = levels(_amounts(self.case.node), self.words.pen)
        if len(steps) < 2:
            return
        widest, before = max(step.value for step in steps), 0
        for at, step in enumerate(steps):
            low, high = sorted((0 if at == 0 else before, step.value))
            change = step.value - before
            note = self.words.pen.change(change) if at else self.words.pen.money(step.value)
            style: Style = "whole" if at == 0 else "more" if change >= 0 else "less"
            label = self._change_label(step.label) if at else step.label
            yield Bar(label, note, low / widest, high / widest, style)
            before = step.value
        yield Bar(self.words.say("how.total"), self.words.pen.money(before), 0.0, before / widest, "whole")

    def _change_label(self, label: str) -> str:
        """What changed the amount, rather than what it is called afterwards, where there are words for it."""
        labels = {
            self.words.pen.label(Text.of(node.labels)): name for name, node in self.case.quantities.items()
        }
        name = labels.get(label)
        key = next((k for k in (f"change.{name}", f"called.{name}") if language.has_text(f"letters.{k}")), "")
        if not key:
            return label
        rate = self.case.quantities.get("replacement_rate")
        return self.words.say(key, rate=self.words.pen.quantity(*_plain(rate)) if rate else "")

    def articles(self) -> Iterator[str]:
        """Texts of law that the result rests on, each once."""
        node = self.case.node
        nodes = () if node is None else (node, *self._shown, *walk(node))
        flags = ("entitled", "reason")
        cited = [each for each in nodes if each is node or each in self._shown or each.name in flags]
        names = (name for each in cited for name in self._named(each.article or ""))
        yield from dict.fromkeys(names)

    def _named(self, article: str) -> list[str]:
        """Texts of law by their names, as rules cite them: ``loi 02.24; décret 2.25.265``."""
        parts = [part.strip() for part in article.split(";") if part.strip()]
        keys = [f"article.{_slug(part)}" for part in parts]
        return [
            self.words.say(key) if language.has_text(f"letters.{key}") else self.words.pen.word(part)
            for key, part in zip(keys, parts, strict=True)
        ]

    @cached_property
    def values(self) -> dict[str, str]:
        """Values in force, by name, as the sentences on the steps fill them in."""
        return self._written(self.case.parameters.values())

    def _written(self, parameters: Any) -> dict[str, str]:
        written: dict[str, str] = {}
        for each in parameters:
            # Of a scale the amount that is this person's.
            value = each.applied[0][1] if each.applied else each.value
            name = each.name.rpartition(".")[2]
            written.setdefault(name, self.words.pen.quantity(plain(value, each.unit), each.unit.name))
        return written


def _amounts(node: Node) -> dict[str, Any]:
    """The single quantities of a tree, as :func:`~himaya.report.explanation.levels` reads them."""
    return {
        "labels": node.labels,
        "unit": node.unit.name,
        "value": _plain(node)[0],
        "children": [_amounts(child) for child in node.children if not isinstance(child.value, Elements)],
    }


def _same(node: Node, child: Node) -> bool:
    """Whether a step only hands on the amount of the one below."""
    return child.unit == node.unit and child.value == node.value


def _plain(node: Node) -> tuple[Any, str, dict[str, str] | None]:
    labels = None
    if isinstance(node.unit, Cases) and isinstance(node.value, Fraction):
        labels = list(node.unit.members.values())[int(node.value)]
    value = node.value if not isinstance(node.value, Elements) else None
    return plain(value, node.unit), node.unit.name, labels


def _slug(words: str) -> str:
    ascii_words = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_words).strip("-")
