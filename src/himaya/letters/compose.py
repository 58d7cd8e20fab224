"""From a case to a letter: every sentence of it, in one language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from himaya import language
from himaya.language import Language, Text
from himaya.law.explain import InForce, Node
from himaya.letters.computation import Computation
from himaya.letters.model import Case, Letter, Section, Sender, Table
from himaya.letters.words import Words
from himaya.months import first_day, month_of
from himaya.report.pen import Pen

GAPS = ("address", "phone", "contest_to", "contest_within", "signed_by")
"""What the fund itself must say; a letter shows a place to fill in where it has not."""
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
    return _Writer(case, sender, Words(Pen(lang))).letter()


@dataclass(frozen=True)
class _Writer:
    case: Case
    sender: Sender
    words: Words

    @cached_property
    def computation(self) -> Computation:
        return Computation(self.case, self.words)

    def letter(self) -> Letter:
        case, pen = self.case, self.words.pen
        steps, bars = tuple(self.computation.steps()), tuple(self.computation.bars())
        return Letter(
            lang=pen.lang,
            kind=case.kind,
            reference=self.words.left_to_right(case.reference),
            title=self.words.say(f"subject.{case.reason if case.reason == DEATH else case.kind}"),
            sender=self._sender(),
            recipient=(self._recipient(), self.words.say("gap.recipient")),
            marks=(
                (self.words.say("mark.reference"), self.words.left_to_right(case.reference)),
                (self.words.say("mark.number"), self.words.left_to_right(case.person)),
                (self.words.say("mark.known"), pen.day(case.known_date)),
            ),
            greeting=self.words.say("greeting"),
            core=tuple(self._core()),
            sections=tuple(self._sections()),
            signature=(
                self.words.name(self.sender.name),
                self.words.name(self.sender.signed_by) or self.words.say("gap.signed_by"),
                self.words.say("signature"),
            ),
            steps_title=self.words.say("how.title") if steps else "",
            steps=steps,
            picture_title=self.words.say("how.picture") if bars else "",
            bars=bars,
            articles_title=self.words.say("how.articles"),
            articles=() if case.aside else tuple(self.computation.articles()),
            annex=self._annex() if case.periods and not case.aside else None,
            footer=self.words.say(
                "footer",
                reference=self.words.left_to_right(case.reference),
                law_date=case.law_date,
                publication=case.publication,
                run=self.words.left_to_right(case.run),
            ),
            page=language.text("letters.page", pen.lang, page="{page}", pages="{pages}"),
            gaps=tuple(gap for gap in GAPS if not getattr(self.sender, gap)),
        )

    # Who writes to whom

    def _sender(self) -> tuple[str, ...]:
        address = [self.words.name(line) for line in self.sender.address.splitlines() if line.strip()]
        phone = (
            self.words.say("mark.phone", phone=self.words.left_to_right(self.sender.phone))
            if self.sender.phone
            else ""
        )
        return (
            self.words.name(self.sender.name),
            *(address or [self.words.say("gap.address")]),
            phone or self.words.say("gap.phone"),
        )

    def _recipient(self) -> str:
        name = self.words.name(self.case.name.pick(self.words.pen.lang))
        if not name:
            return self.words.say("holder")
        return self.words.say("relatives", name=name) if self.case.reason == DEATH else name

    # What matters

    def _core(self) -> Iterator[str]:
        case, pen, due, paid = self.case, self.words.pen, self.case.due or 0, self.case.paid or 0
        key = case.reason if case.reason in OPENED_BY_REASON else case.kind
        refund = case.whole("refund")
        yield self.words.say(
            f"core.{key}",
            due=pen.money(due),
            paid=pen.money(paid),
            gap=pen.money(abs(due - paid)),
            refund=pen.money(refund or 0),
            name=self.words.name(case.name.pick(pen.lang)) or self.words.left_to_right(case.person),
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
                yield Section(self.words.say(title), words, listed=len(words) > 1)

    def _to_do(self) -> Iterator[str]:
        case = self.case
        if case.kind in CLAIMED:
            yield self.words.say("do.claim")
            if case.kind == "take_up":
                yield from self._deadline()
        elif case.reason == DEATH:
            yield self.words.say("do.alive")
            yield self.words.say("do.bereaved")
        elif case.reason == "person_unknown":
            yield self.words.say("do.identity")
        elif case.periods:
            yield self.words.say("do.compare")
        if case.kind in {"difference", "unsupported"}:
            yield self.words.say("do.nothing_changes")

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
            yield self.words.say("do.in_time", deadline=self.words.month(deadline), start=from_start)
        elif start <= claim:
            yield self.words.say("do.backdated", start=from_start)
        else:
            yield self.words.say(
                "do.late",
                claim_period=self.computation.values["claim_period"],
                deadline=self.words.month(deadline),
                claim=self.words.month(claim),
                start=from_start,
            )

    def _why(self) -> Iterator[str]:
        case = self.case
        if case.aside or case.reason == "paid_twice":
            yield self.words.say(f"why.{case.reason}")
            return
        day = case.day("pension_age_date")
        if case.reason == "age_not_reached" and day is not None:
            yield self.words.say("why.age_not_reached", day=day)
            return
        if day is not None:
            yield self.words.say("why.age", day=day)
        if case.reason == "work_not_ceased" and case.periods:
            yield self.words.say("why.work_not_ceased", last=self.words.month(self._last))
            return
        yield from self._days()
        if case.paid is None and case.periods and case.true("work_ceased"):
            yield self.words.say("why.ceased", last=self.words.month(self._last))

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
        written = {"insured_days": self.words.days(days), "needed": self.words.days(needed)}
        if case.reason in ABOUT_LACK:
            yield self.words.say("why.lacking", **written, lacking=self.words.days(needed - days))
        elif case.true("full_career"):
            yield self.words.say("why.full", **written)
        else:
            yield self.words.say("why.short", **written)
        yield self.words.say("why.insured_day")

    def _doubts(self) -> Iterator[str]:
        """What nobody has verified, in plain words; a note on sources is for the staff, not for who is paid."""
        points = dict.fromkeys(point for name in self.case.unverified if (point := self._point(name)))
        if points and not self.case.aside:
            yield self.words.say("doubt.words")
            yield from points

    def _point(self, name: str) -> str:
        key = f"doubt.of.{name.rpartition('.')[2]}"
        if language.has_text(f"letters.{key}"):
            return self.words.say(key)
        label = self._label_of(name)
        return self.words.say("doubt.other", words=label) if label else ""

    def _missing(self) -> Iterator[str]:
        case = self.case
        if case.aside:
            return
        if not case.periods:
            yield self.words.say("missing.nothing_known")
        else:
            first = min(period.first for period in case.periods)
            yield self.words.say(
                "missing.known",
                count=len({m for p in case.periods for m in range(p.first, p.last + 1)}),
                first=self.words.month(first),
                last=self.words.month(self._last),
            )
        yield self.words.say("missing.proof")

    def _contest(self) -> Iterator[str]:
        yield self.words.say("contest.no_decision")
        yield self.words.say(
            "contest.write",
            to=self.words.name(self.sender.contest_to) or self.words.say("gap.contest_to"),
            within=self.words.name(self.sender.contest_within) or self.words.say("gap.contest_within"),
        )
        if self.case.periods and not self.case.aside:
            yield self.words.say("contest.see")

    def _annex(self) -> Table:
        pen = self.words.pen
        head = ("employer", "first", "last", "months", "days", "wages")
        return Table(
            title=self.words.say("annex.title"),
            words=self.words.say("annex.words"),
            head=tuple(self.words.say(f"column.{name}") for name in head),
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
        number_written = self.words.left_to_right(str(number))
        return (
            self.words.say("employer", name=self.words.name(name), number=number_written)
            if name
            else number_written
        )

    @property
    def _last(self) -> int:
        return max(period.last for period in self.case.periods)

    def _label_of(self, name: str) -> str:
        """How a parameter or rule is called that an explanation names; empty where the tree does not show it."""
        known: Mapping[str, Node | InForce] = {
            **{p.name: p for node in self.case.quantities.values() for p in node.parameters},
            **self.case.quantities,
        }
        found = known.get(name)
        return "" if found is None else self.words.pen.label(Text.of(found.labels))
