"""Write a whole synthetic fund: the files that it receives, day by day, and the truth apart from them."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from himaya.lake.executor import map_tasks, open_executor
from himaya.synthetic import dirt, ebds, registers, truth
from himaya.synthetic.delivering import Group, Part, Written, broken_truth, write_group, write_part
from himaya.synthetic.faults import CELL, Faults, faults
from himaya.synthetic.model import Calendar, Ints, Manifest, SyntheticError
from himaya.synthetic.plan import Plan, plan, planted_rows
from himaya.synthetic.population import Population, population
from himaya.synthetic.survey import Survey, joined, survey

if TYPE_CHECKING:
    from concurrent.futures import Executor

T = TypeVar("T")
R = TypeVar("R")
Progress = Callable[[str, int, int], None]
"""Called with the stage, the tasks done and the tasks of the stage."""

PERSONS_A_PART = 8_192
EMPLOYERS_A_GROUP = 512
"""Sizes of tasks: part of what decides the bytes, so never taken from the number of workers."""


def write_fund(
    folder: Path,
    persons: int,
    seed: int = 1,
    *,
    calendar: Calendar | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Manifest:
    """Write the files of a synthetic fund and its planted truth.

    Parameters
    ----------
    folder
        Gets ``incoming/<day received>/…`` and ``truth/``; neither may exist.
    persons
        Insured persons in the register, at least 200.
    seed
        The same persons, seed and calendar give the same bytes, whatever the executor.
    executor
        Where tasks run; a local pool of one worker a core by default.

    Raises
    ------
    SyntheticError
        Where the folder already holds a fund, or no such fund can be made.
    """
    if executor is None:
        with open_executor() as pool:
            return write_fund(folder, persons, seed, calendar=calendar, executor=pool, progress=progress)
    return _Fund(Path(folder), population(persons, seed, calendar), executor, progress).write()


def _survey(task: tuple[Population, int, int]) -> Survey:
    return survey(*task)


class _Fund:
    """One run of :func:`write_fund`."""

    def __init__(
        self, folder: Path, people: Population, executor: Executor, progress: Progress | None
    ) -> None:
        self.folder, self.population = folder, people
        self.executor, self.progress = executor, progress
        self.incoming = folder / "incoming"
        self.history = self.incoming / people.calendar.history_received.isoformat()
        self.scratch = folder / ".parts"
        self.done: list[Written] = []

    def write(self) -> Manifest:
        """Everything, in the order in which later steps need earlier ones."""
        begun = time.monotonic()
        for name in ("incoming", "truth"):
            if (self.folder / name).exists():
                raise SyntheticError(
                    "the folder already holds a fund", where=str(self.folder / name),
                    mend="Choose another folder, or remove this one first.",
                )  # fmt: skip
        for made_folder in (self.history, self.scratch, self.folder / "truth"):
            made_folder.mkdir(parents=True, exist_ok=True)
        known = joined(self._map("survey", _survey, ((self.population, *cut) for cut in self._cuts())))
        made = plan(self.population, known)
        wrong = faults(self.population, known, made, planted_rows(self.population, known, made))
        extract = self._map("careers", write_part, self._parts(made))
        self._registers(known, made)
        declared = self._map("declarations", write_group, self._groups(wrong))
        shutil.rmtree(self.scratch)
        self.done += extract + declared
        for written in self.done:
            made.truth.extend(written.truth)
        truth.write(self.folder / "truth", self.population, known, made)
        manifest = self._manifest(known, made, extract, declared, time.monotonic() - begun)
        text = json.dumps(manifest.as_dict(), indent=2)
        (self.folder / "truth" / "manifest.json").write_text(text + "\n", encoding="utf-8")
        return manifest

    def _map(self, stage: str, function: Callable[[T], R], tasks: Iterable[T]) -> list[R]:
        report = self.progress
        return map_tasks(
            self.executor, function, tasks,
            progress=None if report is None else lambda done, of: report(stage, done, of),
        )  # fmt: skip

    def _cuts(self) -> list[tuple[int, int]]:
        persons = self.population.persons
        return [(first, min(first + PERSONS_A_PART, persons)) for first in range(0, persons, PERSONS_A_PART)]

    def _parts(self, made: Plan) -> Iterable[Part]:
        ways = len(dirt.DELIMITED["career-extract"])
        cuts = self._cuts()
        for number, (first, last) in enumerate(cuts):
            lower, upper = np.searchsorted(made.rows[:, 0], (first, last))
            twins = {twin: one for twin, one in made.twins.items() if first <= twin < last}
            broken = tuple(way for way in range(ways) if way % len(cuts) == number)
            yield Part(
                self.population, number, first, last, self.history, self.scratch, made.rows[lower:upper],
                twins, broken,
            )  # fmt: skip

    def _groups(self, wrong: Faults) -> Iterable[Group]:
        employers = len(self.population.employers)
        of_row = wrong.rows[:, ebds.EMPLOYER]
        for number, first in enumerate(range(0, employers, EMPLOYERS_A_GROUP)):
            last = min(first + EMPLOYERS_A_GROUP, employers)
            cells = range(first * CELL, last * CELL)
            rows = wrong.rows[slice(*np.searchsorted(of_row, (first, last)))]
            mine = Faults(
                rows,
                {cell: damage for cell, damage in wrong.damages.items() if cell in cells},
                {cell: way for cell, way in wrong.renamed.items() if cell in cells},
                {cell for cell in wrong.mistaken if cell in cells},
                {cell for cell in wrong.repeated if cell in cells},
            )
            yield Group(self.population, number, self.incoming, tuple(range(first, last)), mine)

    def _registers(self, known: Survey, made: Plan) -> None:
        people, calendar = known.people, self.population.calendar
        self._register(
            "insured-register", self.history / "assures.csv", [registers.INSURED_HEADER], "register"
        )
        self._register(
            "family-links", self.history / "liens_familiaux.csv", [registers.FAMILY_HEADER], "family"
        )
        employers = registers.employer_file(self.population, range(len(self.population.employers)))
        self._register("employer-register", self.history / "affilies.csv", [employers])
        dead = people.death_month
        since = np.iinfo(np.int64).min
        for month in range(calendar.window - 1, calendar.last_month + 1):
            # Deaths come with the history, later ones with the declarations of their month.
            told = np.flatnonzero((dead >= 0) & (dead > since) & (dead <= month))
            lines = registers.death_lines(people.number[told], dead[told], people.death_day[told])
            day = (
                self.history
                if month < calendar.window
                else self.incoming / calendar.declared_on(month).isoformat()
            )
            day.mkdir(parents=True, exist_ok=True)
            kind = "deaths" if month < calendar.window else ""
            self._register(
                kind, day / f"deces_{month // 12}{month % 12 + 1:02}.csv", [registers.DEATH_HEADER, lines]
            )
            since = month
        number, start, amount = paid_pensions(known, made)
        lines = registers.pension_lines(number, start, amount, calendar.law_month)
        self._register(
            "pensions-in-payment",
            self.incoming / calendar.declared_on(calendar.last_month).isoformat() / "pensions.csv",
            [registers.PENSION_HEADER, lines],
        )

    def _register(self, contract: str, path: Path, pieces: list[bytes], parts: str | None = None) -> None:
        """Write one delimited file from its pieces and parts, broken copies among its first lines."""
        later = sorted(self.scratch.glob(f"{parts}_*")) if parts else []
        first = b"".join([*pieces, *(part.read_bytes() for part in later[:1])])
        first, places = dirt.with_broken_copies(first, dirt.DELIMITED.get(contract, ()))
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as out:
            out.write(first)
            for part in later[1:]:
                with part.open("rb") as source:
                    shutil.copyfileobj(source, out, 1 << 20)
        self.done.append(Written(1, path.stat().st_size, 0, broken_truth(contract, path.name, places)))

    def _manifest(
        self, known: Survey, made: Plan, extract: list[Written], declared: list[Written], seconds: float
    ) -> Manifest:
        kinds: dict[str, int] = {}
        for row in made.truth:
            kinds[row["kind"]] = kinds.get(row["kind"], 0) + 1
        return Manifest(
            folder=str(self.folder),
            persons=self.population.persons,
            seed=self.population.seed,
            employers=len(self.population.employers),
            law_date=self.population.calendar.law_date.isoformat(),
            files=sum(one.files for one in self.done),
            bytes=sum(one.bytes for one in self.done),
            extract_lines=sum(one.lines for one in extract),
            ebds_lines=sum(one.lines for one in declared),
            pensions=len(paid_pensions(known, made)[0]),
            planted=dict(sorted(kinds.items())),
            seconds=round(seconds, 3),
        )


def paid_pensions(known: Survey, made: Plan) -> tuple[Ints, Ints, Ints]:
    """What the fund pays: insured numbers, months of effect, amounts; sorted by number."""
    alive = known.people.death_month < 0
    due = alive & (known.pensions.amount > 0)
    due[made.unpaid] = False
    paid = np.flatnonzero(due)
    amount = known.pensions.amount[paid].copy()
    for k, person in enumerate(paid.tolist()):
        amount[k] = made.amounts.get(person, int(amount[k]))
    groundless = np.array(made.paid, np.int64).reshape(-1, 3)
    table = np.concatenate(
        [np.stack([known.people.number[paid], known.pensions.start[paid], amount], 1), groundless]
    )
    table = table[np.argsort(table[:, 0], kind="stable")]
    return table[:, 0].copy(), table[:, 1].copy(), table[:, 2].copy()
