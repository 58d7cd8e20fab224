"""The only place of this folder that touches storage: the cases of some persons, and the files of letters."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.compute as pc

from himaya.errors import UsageError, nearest
from himaya.lake import bucket_of
from himaya.letters.model import KINDS, Case, Kind, Name, NoLetterError, Period
from himaya.months import month_of
from himaya.rights import LISTS, Explainer, Explanation, PersonRows, latest
from himaya.sentence import said

if TYPE_CHECKING:
    from himaya.lake import KeySpace, Snapshot
    from himaya.rights.explain import Line

BY_STATUS: dict[str, Kind] = {
    "entitled": "confirmation",
    "refund": "refund",
    "not_entitled": "not_entitled",
}
"""Kind of the letter to somebody who is on no list."""
NAMES = ("surname", "first_name", "surname_arabic", "first_name_arabic")


@dataclass
class Desk:
    """Where cases are put together, one bucket at a time.

    Attributes
    ----------
    snapshot
        A publication that holds a run's tables.
    runs
        Folder of the manifests.
    keys
        The fund's key space.
    """

    snapshot: Snapshot
    runs: Path
    keys: KeySpace
    _explainer: Explainer | None = field(default=None)

    def case(self, key: int, *, named: str = "") -> Case:
        """The case of one person; raises as :meth:`cases`, and ``PersonNotFoundError``."""
        bucket = int(bucket_of(np.array([key], np.int64), self.snapshot.lake.buckets)[0])
        [(_, found)] = self.cases(bucket, [key], named=named)
        if isinstance(found, NoLetterError):
            raise found
        return found

    def cases(
        self, bucket: int, keys: Sequence[int], *, named: str = ""
    ) -> Iterator[tuple[int, Case | NoLetterError]]:
        """Keys of one bucket, and the case of each, or why there is no letter to write."""
        if self._explainer is None:
            self._explainer = Explainer(self.runs, self.keys)
        rows = PersonRows(self.snapshot, bucket, np.array(sorted(keys), np.int64))
        told = {key: self._explainer.explain(rows, key, named=named) for key in keys}
        employers = self._employers({line.employer for each in told.values() for line in each.career})
        for key, explanation in told.items():
            try:
                yield key, _case(key, explanation, rows, employers)
            except NoLetterError as error:
                yield key, error

    def _employers(self, numbers: set[int]) -> dict[int, str]:
        condition = pc.field("employer").isin(sorted(numbers))
        found = self.snapshot.read("employer", ["employer", "name", "delivery"], filters=condition)
        rows = sorted(found.to_pylist(), key=lambda row: row["delivery"])
        return {row["employer"]: row["name"] for row in rows}


def _case(key: int, told: Explanation, rows: PersonRows, employers: dict[int, str]) -> Case:
    if told.what_if is not None:
        raise NoLetterError(
            said("the last run tried the reform '{name}', which is no law", name=told.what_if),
            mend="Run the law as it is, without an overlay: himaya run.",
        )
    kind, reason = _about(told, key, rows)
    return Case(
        kind=kind,
        reason=reason.replace("-", "_"),
        reference=reference(told.run, key),
        person=told.person,
        name=_name(rows, key, told.known_date),
        law_date=told.law_date,
        known_date=told.known_date,
        publication=told.publication,
        run=told.run,
        due=told.monthly_amount,
        paid=told.paid_amount,
        node=told.node,
        periods=periods(told.career, employers),
    )


def _about(told: Explanation, key: int, rows: PersonRows) -> tuple[Kind, str]:
    """What kind of letter, for what reason; a payment whose grounds are not found comes before everything else."""
    for name, kind in KINDS.items():
        if name in told.lists:
            [row, *_] = rows.of(LISTS[name], key).to_pylist()
            return kind, row["reason"]
    if told.status not in BY_STATUS:
        dead = told.status == "deceased"
        raise NoLetterError(
            said("there is nothing to write to the person '{person}'", person=told.person),
            why="the death is known" if dead else "the register does not know this person",
            mend="See: himaya explain.",
        )
    return BY_STATUS[told.status], told.reason


def _name(rows: PersonRows, key: int, known_on: date) -> Name:
    found: list[dict[str, Any]] = latest(rows.of("identity", key), known_on).to_pylist()
    if not found:
        return Name()
    surname, first, surname_arabic, first_arabic = ((found[0][name] or "").strip() for name in NAMES)
    return Name(f"{first} {surname}".strip(), f"{first_arabic} {surname_arabic}".strip())


def periods(career: Sequence[Line], employers: dict[int, str]) -> tuple[Period, ...]:
    """Declared lines as months without a gap at one employer, in order of time."""
    months: dict[int, dict[int, list[int]]] = {}
    for line in career:
        days, wages = months.setdefault(line.employer, {}).setdefault(month_of(line.month), [0, 0])
        months[line.employer][month_of(line.month)] = [days + line.days, wages + line.wage]
    found: list[Period] = []
    for employer, by_month in months.items():
        stretch: list[int] = []
        ordered = sorted(by_month)
        for at, month in enumerate(ordered):
            stretch.append(month)
            if at + 1 == len(ordered) or ordered[at + 1] != month + 1:
                days, wages = (sum(by_month[m][i] for m in stretch) for i in (0, 1))
                name = employers.get(employer, "")
                found.append(Period(employer, name, stretch[0], stretch[-1], days, wages))
                stretch = []
    return tuple(sorted(found, key=lambda each: (each.first, each.last, each.employer)))


def reference(run: str, key: int) -> str:
    """What a letter is asked for by: of one person and one run, and telling nobody who it is."""
    word = f"{run[:4]}{key & 0xFFFF_FFFF_FFFF_FFFF:016x}"
    return "-".join(word[at : at + 4] for at in range(0, len(word), 4))


def is_reference(word: str) -> bool:
    """Whether a word has the form of a reference."""
    return re.fullmatch(r"[0-9a-f]{4}(-[0-9a-f]{4}){4}", word) is not None


def list_of(name: str) -> str:
    """The table of a list whose persons get a letter; raises ``UsageError``."""
    if name not in KINDS:
        raise UsageError(
            said("there are no letters for the list '{name}'", name=name),
            mend=nearest(name, KINDS) or said("Choose one of: {known}.", known=tuple(KINDS)),
        )
    return LISTS[name]


def write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, for the owner's eyes alone."""
    part = path.with_name(f"{path.name}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        stream.write(content)
    part.replace(path)
