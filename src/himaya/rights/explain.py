"""One person's right explained: the tree of the law, bound to the declared lines it rests on."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from himaya import language, law
from himaya.career import ELEMENT_COLUMNS, KNOWN_COLUMNS, Careers
from himaya.codes import catalogue
from himaya.contract.identifiers import PersonNumbers
from himaya.errors import HimayaError
from himaya.lake import bucket_of
from himaya.law.phrases import phrase as law_phrase
from himaya.months import first_day, month_of
from himaya.rights.model import CURRENCIES, LISTS, RunError
from himaya.rights.people import People
from himaya.rights.reading import PersonRows
from himaya.rights.store import legal_system
from himaya.rights.wording import detail
from himaya.sentence import said

if TYPE_CHECKING:
    from himaya.career import Monthly
    from himaya.lake import KeySpace, Snapshot
    from himaya.law import Node

EPOCH_DAY = date(1970, 1, 1).toordinal()
NOT_ENTITLED_TARGET, ENTITLED_TARGET, REFUND_TARGET = "reason", "monthly_amount", "refund"


class PersonNotFoundError(HimayaError):
    """No register, pension or declaration names this person."""

    code = "person-not-found"
    exit_status = 4


@dataclass(frozen=True)
class Line:
    """One declared line: where it stands, and what it says (wage in centimes)."""

    file: str
    line: int
    delivery: int
    month: date
    employer: int
    days: int
    wage: int

    def as_dict(self) -> dict[str, Any]:
        """The line as one JSON object."""
        return {**vars(self), "month": self.month.isoformat()[:7]}


@dataclass(frozen=True)
class Explanation:
    """All that is said of one person, on the dates of one run."""

    person: str
    status: str
    reason: str
    monthly_amount: int | None
    paid_amount: int | None
    lists: tuple[str, ...]
    """Lists of the run that name the person."""
    list_reasons: Mapping[str, tuple[str, ...]]
    """For lists that say why in the person's row, the codes."""
    death_date: date | None
    node: Node | None
    """The tree of the law; None for a person who is not in the register. Of the dead it says what would be due."""
    career: tuple[Line, ...]
    """Every declared line that stands, in order."""
    months: tuple[tuple[int, ...], ...]
    """For each declared month, in order, the positions of its lines in ``career``."""
    contradictions: tuple[dict[str, Any], ...]
    law_date: date
    known_date: date
    publication: int
    """The publication that the run read."""
    published_as: int
    """The publication that shows its result."""
    run: str
    currency: str
    what_if: str | None
    """Name of the overlay, where the run tried a reform."""

    def as_dict(self) -> dict[str, Any]:
        """The explanation as one JSON object; ``evidence`` of each node lists the declared lines themselves."""
        return {
            "person": self.person,
            "status": self.status,
            "reason": self.reason,
            "monthly_amount": self.monthly_amount,
            "paid_amount": self.paid_amount,
            "death_date": self.death_date and self.death_date.isoformat(),
            "lists": list(self.lists),
            "list_reasons": {name: list(codes) for name, codes in self.list_reasons.items()},
            "law_date": self.law_date.isoformat(),
            "known_date": self.known_date.isoformat(),
            "publication": self.publication,
            "published_as": self.published_as,
            "money": {"currency": self.currency, "unit": "centime"},
            "run": self.run,
            "what_if": self.what_if,
            "explanation": self.tree(),
            "contradictions": list(self.contradictions),
            "career": [line.as_dict() for line in self.career],
        }

    def tree(self) -> dict[str, Any] | None:
        """The tree of the law with declared lines as evidence."""
        return None if self.node is None else self._bound(self.node.to_dict())

    def evidence(self, positions: Sequence[int]) -> list[Line]:
        """The declared lines of some of the person's declared months."""
        return [self.career[at] for position in positions for at in self.months[position]]

    def lines(self, lang: language.Language) -> Iterator[str]:
        """The explanation as lines of text."""
        say = _Words(lang)
        yield from self.basis(lang)
        yield ""
        yield from self.outcome(lang)
        if self.node is not None:
            yield ""
            if self.death_date is not None:
                yield say("if_alive", law_date=self.law_date)
            yield from self._branch(self.node, say, 0)
        if self.contradictions:
            yield ""
        yield from self.rest(lang)

    def basis(self, lang: language.Language) -> Iterator[str]:
        """Who it is, and what the explanation stands on."""
        say = _Words(lang)
        yield say("person", person=language.left_to_right(self.person) if lang == "ar" else self.person)
        yield say(
            "basis",
            law_date=self.law_date,
            known_date=self.known_date,
            publication=self.publication,
            published_as=self.published_as,
            run=self.run,
        )
        if self.what_if:
            yield say("what_if", name=self.what_if)

    def outcome(self, lang: language.Language) -> Iterator[str]:
        """The right, what is due and paid, and the lists that name the person."""
        say = _Words(lang)
        yield say(f"status_{self.status}")
        if self.death_date is not None:
            yield say("died", day=self.death_date)
        if self.monthly_amount is not None:
            yield say("due", amount=language.money(self.monthly_amount, lang))
        if self.paid_amount is not None:
            yield say("paid", amount=language.money(self.paid_amount, lang))
        for name in self.lists:
            reasons = [catalogue()[code].title[lang] for code in self.list_reasons.get(name, ())]
            title = language.text(f"report.lists.{name}.title", lang)
            yield say("listed", list=f"{title} ({'; '.join(reasons)})" if reasons else title)

    def rest(self, lang: language.Language) -> Iterator[str]:
        """What contradicts itself in the declarations, and the files of the career."""
        say = _Words(lang)
        if self.contradictions:
            yield say("contradictions", count=len(self.contradictions))
            for row in self.contradictions:
                title = catalogue()[row["kind"]].title[lang]
                told = f"{title}{say('comma')}{detail(row['detail'], lang)}" if row["detail"] else title
                yield f"  {_when(row['month'], lang)}{told} ({row['source']})"
        yield ""
        yield say("career", count=len(self.career))
        yield from (f"  {summary}" for summary in _by_file(self.career))

    @cached_property
    def _labels(self) -> dict[str, Mapping[str, str]]:
        """What the rules and parameters of the tree are called."""

        def walk(node: Node) -> Iterator[tuple[str, Mapping[str, str]]]:
            yield node.name, node.labels
            yield from ((each.name, each.labels) for each in node.parameters)
            for child in node.children:
                yield from walk(child)

        return {} if self.node is None else dict(walk(self.node))

    def _branch(self, node: Node, say: _Words, depth: int) -> Iterator[str]:
        margin = "  " * depth
        yield margin + node.head(say.lang)
        if node.repeated:
            return
        if node.formula:
            yield f"{margin}    {language.typeset(node.formula[say.lang], say.lang)}"
        if node.unverified_because:
            names = (
                language.Text.of(self._labels.get(name, _same(name))).pick(say.lang)
                for name in node.unverified_because
            )
            yield f"{margin}  ! {law_phrase('unverified', say.lang)}{say('colon')} {', '.join(names)}"
        for line in (*node.along(say.lang), *node.terms(say.lang)):
            yield f"{margin}  {line}"
        if node.axis != "month":
            yield from (f"{margin}  {line}" for line in node.used(say.lang))
        elif node.evidence:
            for summary in _by_file(self.evidence(node.evidence)):
                yield f"{margin}  · {say('evidence')}{say('colon')} {summary}"
        for child in node.children:
            yield from self._branch(child, say, depth + 1)

    def _bound(self, node: dict[str, Any]) -> dict[str, Any]:
        if node["axis"] == "month":
            node["evidence"] = [line.as_dict() for line in self.evidence(node["evidence"])]
        node["children"] = [self._bound(child) for child in node["children"]]
        return node


def explain(snapshot: Snapshot, runs: Path, keys: KeySpace, person: str) -> Explanation:
    """Explain one person's right as the latest run found it.

    Parameters
    ----------
    snapshot
        A publication that holds a run's tables.
    runs
        Folder of the manifests.
    keys
        The fund's key space.
    person
        Insured number, identity card, or the opaque key as lists show it (``key:…``).

    Raises
    ------
    PersonNotFoundError
        If the fund does not know the person.
    RunError
        If there has been no run.
    """
    key = person_key(keys, person)
    bucket = int(bucket_of(np.array([key], np.int64), snapshot.lake.buckets)[0])
    rows = PersonRows(snapshot, bucket, np.array([key], np.int64))
    return Explainer(runs, keys).explain(rows, key, named=person)


@dataclass
class Explainer:
    """Explains one person after the other; the run's manifest and its law are read once.

    Attributes
    ----------
    runs
        Folder of the manifests.
    keys
        The fund's key space.
    """

    runs: Path
    keys: KeySpace
    _run: dict[str, Any] = field(default_factory=dict)
    _system: law.System | None = None

    def explain(self, rows: PersonRows, key: int, *, named: str = "") -> Explanation:
        """Explain one of the persons of ``rows``; raises as :func:`explain`, naming the person as ``named``."""
        snapshot = rows.snapshot
        found = rows.of("entitlement", key).to_pylist()
        if not found:
            if snapshot.count("entitlement") == 0:
                raise RunError("there has been no run yet", mend="Run: himaya run.")
            raise PersonNotFoundError(
                said("nothing names the person '{person}'", person=named or str(key)),
                why=said(
                    "neither the register, nor a pension, nor a declaration in publication {number}",
                    number=str(snapshot.number),
                ),
                mend="Check the number; its last digit is a check digit.",
            )
        row = found[0]
        run = self._manifest(row["run"])
        known = date.fromisoformat(run["known_date"])
        elements = Careers.from_table(
            rows.of("career", key).select([*ELEMENT_COLUMNS, *KNOWN_COLUMNS]), known
        )
        monthly = elements.monthly()
        reasons = _lists(rows, key)
        people = _people(rows, key, run, monthly)
        died = people.death_date.compressed()
        return Explanation(
            person=PersonNumbers(self.keys).show(np.array([key], np.int64))[0],
            status=row["status"],
            reason=row["reason"],
            monthly_amount=row["monthly_amount"],
            paid_amount=row["paid_amount"],
            lists=tuple(reasons),
            list_reasons=reasons,
            death_date=date.fromordinal(EPOCH_DAY + int(died[0])) if died.size else None,
            node=None if row["birth_date"] is None else self._tree(people, row, run),
            career=_lines(rows.files, elements),
            months=tuple(tuple(range(a, b)) for a, b in pairwise(monthly.elements.tolist())),
            contradictions=_contradictions(rows, key),
            law_date=date.fromisoformat(run["law_date"]),
            known_date=known,
            publication=row["publication"],
            published_as=run["outputs"]["publication"],
            currency=CURRENCIES[run["country"]],
            run=row["run"],
            what_if=run["what_if"],
        )

    def _manifest(self, run: str) -> dict[str, Any]:
        if not self._run:
            self._run = json.loads((self.runs / f"{run}.json").read_text(encoding="utf-8"))
            self._system = legal_system(self._run["country"], self._run["overlay"])
        return self._run

    def _tree(self, people: People, row: Mapping[str, Any], run: Mapping[str, Any]) -> Node | None:
        if self._system is None:
            return None
        inputs = {name: _one(value) for name, value in people.inputs(run["observed_month"]).items()}
        return law.explain(
            self._system,
            _target(row),
            inputs,
            on=date.fromisoformat(run["law_date"]),
            known=date.fromisoformat(run["known_date"]),
        )


def _people(rows: PersonRows, key: int, run: Mapping[str, Any], monthly: Monthly) -> People:
    """What the run knew of one person."""
    paid_month = run["paid_month"]
    return People.gather(
        register=rows.of("insured_person", key),
        deaths=rows.of("death", key),
        pensions=rows.of("pension_in_payment", key),
        monthly=monthly,
        extracted=np.zeros(0, np.int64),  # says what may be called wrong, and is no input of the law
        known_on=date.fromisoformat(run["known_date"]),
        paid_month=date.fromisoformat(paid_month) if paid_month else None,
    )


def person_key(keys: KeySpace, person: str) -> int:
    """Opaque key of a person as people write it; raises ``PersonNumberError``."""
    word = person.strip()
    if word.startswith("key:") and word[4:].lstrip("-").isdecimal():
        return int(word[4:])
    return PersonNumbers(keys).key(word)


def _target(row: Mapping[str, Any]) -> str:
    """What an explanation starts from: the amount where there is one, else why there is none."""
    if row["monthly_amount"] is not None:
        return ENTITLED_TARGET
    return REFUND_TARGET if row["status"] == "refund" else NOT_ENTITLED_TARGET


def _lines(names: Mapping[int, str], elements: Careers) -> tuple[Line, ...]:
    columns = (
        getattr(elements, n).tolist() for n in ("line", "delivery", "month", "employer", "days", "wage")
    )
    return tuple(
        Line(names[delivery], line, delivery, first_day(month), employer, days, wage)
        for line, delivery, month, employer, days, wage in zip(*columns, strict=True)
    )


def _one(value: Any) -> Any:
    """One person's value of an input that is an array of one person."""
    if isinstance(value, law.Ragged):
        return value.values.tolist()
    if np.ma.getmaskarray(value)[0]:
        return None
    return np.ma.getdata(value)[0].item()


def _lists(rows: PersonRows, key: int) -> dict[str, tuple[str, ...]]:
    """Lists that name the person, each with the codes of the reasons that it gives."""
    found = {}
    for word, table in LISTS.items():
        codes = rows.of(table, key)["kind" if table == "contradiction" else "reason"].to_pylist()
        if codes:
            found[word] = tuple(dict.fromkeys(codes))
    return found


def _contradictions(rows: PersonRows, key: int) -> tuple[dict[str, Any], ...]:
    names = rows.files
    found = []
    for row in rows.of("contradiction", key).to_pylist():
        sides = [(row["delivery"], row["line"]), (row["other_delivery"], row["other_line"])]
        source = " / ".join(f"{names[d]}:{line}" for d, line in sides if d is not None)
        month = row["month"].isoformat()[:7] if row["month"] else None
        found.append({"kind": row["kind"], "month": month, "detail": row["detail"], "source": source})
    return tuple(found)


def _by_file(lines: Sequence[Line]) -> list[str]:
    """Lines summed up by file: ``career-01.csv: lines 120-215 (2016-01 to 2023-12)``."""
    by_file: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_file[line.file].append(line)
    summaries = []
    for file, group in by_file.items():
        numbers = sorted(line.line for line in group)
        months = sorted(line.month for line in group)
        runs = _runs(numbers)
        shown = ", ".join(f"{a}" if a == b else f"{a}-{b}" for a, b in runs[:6])
        more = f", … +{len(runs) - 6}" if len(runs) > 6 else ""
        summaries.append(f"{file}: {shown}{more} ({months[0]:%Y-%m} … {months[-1]:%Y-%m})")
    return summaries


def _when(month: str | None, lang: language.Language) -> str:
    """The month of a contradiction before what it says; nothing where it has none."""
    return (
        f"{language.month(month_of(date.fromisoformat(f'{month}-01')), lang)}{language.text('rights.comma', lang)}"
        if month
        else ""
    )


def _same(name: str) -> dict[str, str]:
    return dict.fromkeys(language.LANGUAGES, name)


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


@dataclass(frozen=True)
class _Words:
    lang: language.Language

    def __call__(self, key: str, **values: Any) -> str:
        return language.text(f"rights.{key}", self.lang, **values)
