"""One person's explanation as a page or a picture of its own: of a person of a fund, or of the law alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from himaya.errors import UsageError
from himaya.language import Text
from himaya.law import Node
from himaya.law.units import parse
from himaya.report import figures
from himaya.report.explanation import branch, levels
from himaya.report.page import page
from himaya.report.pen import Pen
from himaya.report.svg import HATCH, alone, chart_style
from himaya.sentence import said

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from himaya.language import Language
    from himaya.report.charts import Level
    from himaya.rights import Explanation


@dataclass(frozen=True)
class _Told:
    """What is explained, of whichever origin: its tree, in its currency."""

    node: Node | None
    tree: Mapping[str, Any]
    pen: Pen

    @classmethod
    def of(cls, found: Node | Explanation, lang: Language) -> _Told:
        node = found if isinstance(found, Node) else found.node
        tree = found.to_dict() if isinstance(found, Node) else found.tree() or {}
        currency = _currency(tree) if isinstance(found, Node) else found.currency
        return cls(node, tree, Pen(lang, currency))

    @property
    def label(self) -> str:
        return "" if self.node is None else self.pen.label(Text.of(self.node.labels))

    @property
    def levels(self) -> Sequence[Level]:
        return levels(self.tree, self.pen)

    @property
    def steps(self) -> figures.Figure | None:
        steps = self.levels
        return figures.amount_steps(steps, self.label, "steps", self.pen) if len(steps) > 1 else None


def explanation_page(found: Node | Explanation, lang: Language, *, on: date | None = None) -> str:
    """The explanation as one HTML document: the amount step by step, articles, values, evidence.

    Parameters
    ----------
    found
        What :func:`himaya.law.explain` gives, of any country, or ``fund.explain(person)``.
    lang
        The language.
    on
        Of the law alone: the date of the law, to be said on the page.
    """
    told = _Told.of(found, lang)
    pen = told.pen
    if isinstance(found, Node):
        title, basis = told.label, [pen.say("explanation.law", day=on)] if on else []
        outcome, rest = [found.head(lang)], []
    else:
        title, *basis = found.basis(lang)
        outcome, rest = list(found.outcome(lang)), [line for line in found.rest(lang) if line]
    return page(
        "explanation.html.j2",
        pen,
        title=title,
        basis=basis,
        outcome=outcome,
        rest=rest,
        steps=told.steps,
        tree=branch(told.tree, pen, told.node) if told.node is not None else None,
    )


def explanation_picture(found: Node | Explanation, lang: Language) -> str:
    """How the amount comes about, as an SVG document of its own: the first amount, each change, the result.

    Raises
    ------
    UsageError
        If what is explained is no amount, or comes about in one step.
    """
    told = _Told.of(found, lang)
    if told.steps is None:
        raise UsageError(
            said("'{label}' has no steps to draw", label=told.label or "-"),
            why="A picture shows how an amount comes about from other amounts.",
            mend="Take the page instead.",
        )
    return alone(told.steps.picture, lang, chart_style(), HATCH)


def _currency(tree: Mapping[str, Any]) -> str:
    """Currency of the first amount of a tree; of a tree without amounts it makes no difference which."""
    unit = parse(str(tree.get("unit")))
    found = unit.currency if unit else None
    below = (_currency(child) for child in tree.get("children") or ())
    return found or next((currency for currency in below if currency), "")
