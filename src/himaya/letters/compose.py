"""From a case to a letter: every sentence of it, in one language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from himaya import language
from himaya.language import Language, Text
from himaya.law.elements import Elements
from himaya.law.explain import InForce, Node, plain
from himaya.law.units import Cases
from himaya.letters.model import Bar, Case, Letter, Section, Sender, Step, Style, Table, walk
from himaya.months import first_day, month_of
from himaya.report.explanation import levels
from himaya.report.pen import Pen

GAPS = ("address", "phone", "contest_to", "contest_within", "signed_by")
"""What the fund itself must say; a letter shows a place to fill in where it has not."""
COMPUTED = ("take_up", "difference", "confirmation", "refund")
"""Kinds of letter that show how an amount was computed."""
CLAIMED = ("take_up", "refund")
"""Kinds of letter that invite to claim: what to do comes first."""
DEATH = "paid_after_death"
OPENED_BY_REASON = ("paid_too_little", "paid_too_much", DEATH)
"""Reasons with words of their own for what matters most; otherwise the kind has them."""
ABOUT_LACK = ("too_few_days", "refund_due")


def compose(case: Case, sender: Sender, lang: Language) -> Letter:
    """Write the letter of a case.

    Parameters
    ----------
    case
        What it is about.
    sender
        How the fund signs in this language.
    lang
        The language.
    """
    return _Writer(case, sender, Pen(lang)).letter()


def cleaned(word: str) -> str:
    """A name without marks of direction and control characters, which could disturb what stands around it."""
    visible = "".join(" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in word)
    return " ".join("".join(c for c in visible if unicodedata.category(c) != "Cf").split())


@dataclass(frozen=True)
class _Writer:
    case: Case
    sender: Sender
    pen: Pen

    def letter(self) -> Letter:
        case, pen = self.case, self.pen
        steps, bars = tuple(self._steps()), tuple(self._bars())
        return Letter(
            lang=pen.lang,
            kind=case.kind,
            reference=self._ltr(case.reference),
            title=self._say(f"subject.{case.reason if case.reason == DEATH else case.kind}"),
            sender=self._sender(),
            recipient=(self._recipient(), self._say("gap.recipient")),
            marks=(
                (self._say("mark.reference"), self._ltr(case.reference)),
                (self._say("mark.number"), self._ltr(case.person)),
                (self._say("mark.known"), pen.day(case.known_date)),
            ),
            greeting=self._say("greeting"),
            core=tuple(self._core()),
            sections=tuple(self._sections()),
            signature=(
                self._name(self.sender.name),
                self._name(self.sender.signed_by) or self._say("gap.signed_by"),
                self._say("signature"),
            ),
            steps_title=self._say("how.title") if steps else "",
            steps=steps,
            picture_title=self._say("how.picture") if bars else "",
            bars=bars,
            articles_title=self._say("how.articles"),
            articles=() if case.aside else tuple(self._articles()),
            annex=self._annex() if case.periods and not case.aside else None,
            footer=self._say(
                "footer",
                reference=self._ltr(case.reference),
                law_date=case.law_date,
                publication=case.publication,
                run=self._ltr(case.run),
            ),
            page=language.text("letters.page", pen.lang, page="{page}", pages="{pages}"),
            gaps=tuple(gap for gap in GAPS if not getattr(self.sender, gap)),
        )

    # Who writes to whom

    def _sender(self) -> tuple[str, ...]:
        address = [self._name(line) for line in self.sender.address.splitlines() if line.strip()]
        phone = self._say("mark.phone", phone=self._ltr(self.sender.phone)) if self.sender.phone else ""
        return (
            self._name(self.sender.name),
            *(address or [self._say("gap.address")]),
            phone or self._say("gap.phone"),
        )

    def _recipient(self) -> str:
        name = self._name(self.case.name.pick(self.pen.lang))
        if not name:
            return self._say("holder")
        return self._say("relatives", name=name) if self.case.reason == DEATH else name

    # What matters

    def _core(self) -> Iterator[str]:
        case, pen, due, paid = self.case, self.pen, self.case.due or 0, self.case.paid or 0
        key = case.reason if case.reason in OPENED_BY_REASON else case.kind
        refund = case.whole("refund")
        yield self._say(
            f"core.{key}",
            due=pen.money(due),
            paid=pen.money(paid),
            gap=pen.money(abs(due - paid)),
            refund=pen.money(refund or 0),
            name=self._name(case.name.pick(pen.lang)) or self._ltr(case.person),
        )

    def _sections(self) -> Iterator[Section]:
        to_do = ("do.title", self._to_do())
        if self.case.kind == "unsupported":
            first = [("why.title", self._why()), to_do]
        elif self.case.kind in CLAIMED:
            first = [to_do, ("why.result", self._why())]
        else:
            first = [("why.result", self._why()), to_do]
        for title, points in (
            *first,
            ("doubt.title", self._doubts()),
            ("missing.title", self._missing()),
            ("contest.title", self._contest()),
        ):
            words = tuple(points)
            if words:
                yield Section(self._say(title), words, listed=len(words) > 1)

    def _to_do(self) -> Iterator[str]:
        case = self.case
        if case.kind in CLAIMED:
            yield self._say("do.claim")
            if case.kind == "take_up":
                yield from self._deadline()
        elif case.reason == DEATH:
            yield self._say("do.alive")
            yield self._say("do.bereaved")
        elif case.reason == "person_unknown":
            yield self._say("do.identity")
        elif case.periods:
            yield self._say("do.compare")
        if case.kind in {"difference", "unsupported"}:
            yield self._say("do.nothing_changes")

    def _deadline(self) -> Iterator[str]:
        """Until when to claim, and from when the pension is paid; nothing where the law does not say."""
        case = self.case
        of_age, period, start = (
            case.day("pension_age_date"),
            case.value("claim_period"),
            case.whole("pension_start"),
        )
        if of_age is None or period is None or start is None:
            return
        claim, deadline = month_of(case.law_date), month_of(of_age) + period
        from_start = first_day(start)
        if claim <= deadline:
            yield self._say("do.in_time", deadline=self._month(deadline), start=from_start)
        elif start <= claim:
            yield self._say("do.backdated", start=from_start)
        else:
            yield self._say(
                "do.late",
                claim_period=self._values["claim_period"],
                deadline=self._month(deadline),
                claim=self._month(claim),
                start=from_start,
            )

    def _why(self) -> Iterator[str]:
        case = self.case
        if case.aside or case.reason == "paid_twice":
            yield self._say(f"why.{case.reason}")
            return
        day = case.day("pension_age_date")
        if case.reason == "age_not_reached" and day is not None:
            yield self._say("why.age_not_reached", day=day)
            return
        if day is not None:
            yield self._say("why.age", day=day)
        if case.reason == "work_not_ceased" and case.periods:
            yield self._say("why.work_not_ceased", last=self._month(self._last))
            return
        yield from self._days()
        if case.paid is None and case.periods and case.true("work_ceased"):
            yield self._say("why.ceased", last=self._month(self._last))

    def _days(self) -> Iterator[str]:
        """How many days of insurance there are, how many are needed, what a day of insurance is."""
        case = self.case
        days, full, least = (
            case.whole("insured_days"),
            case.value("full_career_days"),
            case.value("qualifying_days"),
        )
        if days is None or full is None:
            return
        needed = full if case.true("full_career") or least is None else least
        written = {"insured_days": self._days_of(days), "needed": self._days_of(needed)}
        if case.reason in ABOUT_LACK:
            yield self._say("why.lacking", **written, lacking=self._days_of(needed - days))
        elif case.true("full_career"):
            yield self._say("why.full", **written)
        else:
            yield self._say("why.short", **written)
        yield self._say("why.insured_day")

    def _doubts(self) -> Iterator[str]:
        labels = [label for name in self.case.unverified if (label := self._label_of(name))]
        if labels and not self.case.aside:
            quoted = [self._say("quoted", words=label) for label in labels]
            yield self._say("doubt.words", what=language.listing(quoted, self.pen.lang))

    def _missing(self) -> Iterator[str]:
        case = self.case
        if case.aside:
            return
        if not case.periods:
            yield self._say("missing.nothing_known")
        else:
            first = min(period.first for period in case.periods)
            yield self._say(
                "missing.known",
                count=len({m for p in case.periods for m in range(p.first, p.last + 1)}),
                first=self._month(first),
                last=self._month(self._last),
            )
        yield self._say("missing.proof")

    def _contest(self) -> Iterator[str]:
        yield self._say("contest.no_decision")
        yield self._say(
            "contest.write",
            to=self._name(self.sender.contest_to) or self._say("gap.contest_to"),
            within=self._name(self.sender.contest_within) or self._say("gap.contest_within"),
        )
        if self.case.periods and not self.case.aside:
            yield self._say("contest.see")

    # How it was computed

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

    def _steps(self) -> Iterator[Step]:
        for node in self._shown:
            yield Step(
                label=self.pen.label(Text.of(node.labels)),
                value=self.pen.quantity(*_plain(node)),
                words=" ".join(self._step_words(node)),
                article="; ".join(self._named(node.article or "")),
            )

    def _step_words(self, node: Node) -> Iterator[str]:
        key = f"step.{node.name}"
        if language.has_text(f"letters.{key}"):
            yield self._say(key, **(self._values | self._written(node.parameters)))
        elif node.formula:
            yield language.typeset(node.formula[self.pen.lang], self.pen.lang)
        months = self.case.quantities.get("months")
        if (
            node.unit == (self.case.node or node).unit
            and node.evidence
            and months
            and isinstance(months.value, Elements)
        ):
            used = [int(month) for at in node.evidence if (month := months.value[at]) is not None]
            yield self._say("how.months_used", first=self._month(min(used)), last=self._month(max(used)))

    def _bars(self) -> Iterator[Bar]:
        """The picture: only where the amount came about in more than one step."""
        if self.case.node is None or self.case.kind not in COMPUTED or self.case.kind == "refund":
            return
        steps = levels(_amounts(self.case.node), self.pen)
        if len(steps) < 2:
            return
        widest, before = max(step.value for step in steps), 0
        for at, step in enumerate(steps):
            low, high = sorted((0 if at == 0 else before, step.value))
            change = step.value - before
            note = self.pen.change(change) if at else self.pen.money(step.value)
            style: Style = "whole" if at == 0 else "more" if change >= 0 else "less"
            label = self._change_label(step.label) if at else step.label
            yield Bar(label, note, low / widest, high / widest, style)
            before = step.value
        yield Bar(self._say("how.total"), self.pen.money(before), 0.0, before / widest, "whole")

    def _change_label(self, label: str) -> str:
        """What changed the amount, rather than what it is called afterwards, where there are words for it."""
        labels = {self.pen.label(Text.of(node.labels)): name for name, node in self.case.quantities.items()}
        key = f"change.{labels.get(label)}"
        if not language.has_text(f"letters.{key}"):
            return label
        rate = self.case.quantities.get("replacement_rate")
        return self._say(key, rate=self.pen.quantity(*_plain(rate)) if rate else "")

    def _articles(self) -> Iterator[str]:
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
            self._say(key) if language.has_text(f"letters.{key}") else self.pen.word(part)
            for key, part in zip(keys, parts, strict=True)
        ]

    def _annex(self) -> Table:
        pen = self.pen
        head = ("employer", "first", "last", "months", "days", "wages")
        return Table(
            title=self._say("annex.title"),
            words=self._say("annex.words"),
            head=tuple(self._say(f"column.{name}") for name in head),
            rows=tuple(
                (
                    self._employer(p.employer, p.employer_name),
                    pen.month(p.first),
                    pen.month(p.last),
                    pen.number(p.months),
                    pen.number(p.days),
                    pen.money(p.wages),
                )
                for p in self.case.periods
            ),
        )

    # Words

    def _employer(self, number: int, name: str) -> str:
        number_written = self._ltr(str(number))
        return self._say("employer", name=self._name(name), number=number_written) if name else number_written

    def _say(self, key: str, **values: Any) -> str:
        return language.text(f"letters.{key}", self.pen.lang, **values)

    def _name(self, word: str) -> str:
        word = cleaned(word)
        return self.pen.word(word) if word else ""

    def _ltr(self, word: str) -> str:
        return language.left_to_right(word) if self.pen.lang == "ar" else word

    def _month(self, number: int) -> str:
        return language.month(number, self.pen.lang)

    def _days_of(self, days: int) -> str:
        return self.pen.quantity(days, "days")

    @property
    def _last(self) -> int:
        return max(period.last for period in self.case.periods)

    @cached_property
    def _values(self) -> dict[str, str]:
        """Values in force, by name, as the sentences on the steps fill them in."""
        return self._written(self.case.parameters.values())

    def _written(self, parameters: Any) -> dict[str, str]:
        written: dict[str, str] = {}
        for each in parameters:
            value, unit = plain(each.value, each.unit), each.unit.name
            name = each.name.rpartition(".")[2]
            written.setdefault(name, self.pen.quantity(value, unit))
        return written

    def _label_of(self, name: str) -> str:
        """How a parameter or rule is called that an explanation names; empty where the tree does not show it."""
        known: Mapping[str, Node | InForce] = {
            **{p.name: p for node in self.case.quantities.values() for p in node.parameters},
            **self.case.quantities,
        }
        found = known.get(name)
        return "" if found is None else self.pen.label(Text.of(found.labels))


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
