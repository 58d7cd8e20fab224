"""A fund, from Python: take files in, run, list, explain, report. The command line calls nothing else.

::

    import himaya

    fund = himaya.open("fund/")
    fund.intake(["incoming/"])
    fund.run()
    for row in fund.list("take-up"):
        print(fund.explain(row["person"]))
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from himaya import intake, letters, reform, rights
from himaya.contract import table_specs
from himaya.contract.identifiers import PersonNumbers
from himaya.errors import UsageError, nearest
from himaya.intake import IntakeReport
from himaya.intake.journal import pending
from himaya.lake import Lake, Snapshot, Workspace, distinct, open_executor
from himaya.letters import Batch, Desk, Written
from himaya.report import gather, write
from himaya.sentence import said

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from himaya.language import Language

Progress = Callable[[str, int, int], None]
"""Called with the stage, how much is done, how much there is."""

MONEY = ("monthly_amount", "paid_amount", "due_amount", "difference")
"""Columns of lists that are amounts, in centimes."""


@dataclass(frozen=True)
class Found:
    """A list of the last run: iterate it for its rows, as plain dicts."""

    name: str
    columns: tuple[str, ...]
    table: pa.Table
    publication: int
    """The publication that the run read."""
    published_as: int
    """The publication that shows its result."""
    run: str
    currency: str
    """ISO 4217 code of the amounts; they are in centimes."""
    what_if: str | None
    """Name of the overlay, where the run tried a reform."""
    warnings: tuple[str, ...]
    """Codes of what the fund had not received, so that the list cannot say what it otherwise says."""

    def __len__(self) -> int:
        """Give the number of rows."""
        return int(self.table.num_rows)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Go through all rows."""
        return iter(self.rows())

    def rows(self, limit: int | None = None) -> list[dict[str, Any]]:
        """The first rows, all by default; money in centimes."""
        rows: list[dict[str, Any]] = (self.table if limit is None else self.table.slice(0, limit)).to_pylist()
        return rows

    def is_number(self, column: str) -> bool:
        """Whether a column holds numbers."""
        return bool(pa.types.is_integer(self.table.schema.field(column).type))

    def is_money(self, column: str) -> bool:
        """Whether a column holds amounts, in centimes."""
        return column in MONEY

    def as_dict(self, limit: int | None = None) -> dict[str, Any]:
        """The list as one JSON object."""
        return {
            "list": self.name,
            "total": len(self),
            "publication": self.publication,
            "published_as": self.published_as,
            "money": {"currency": self.currency, "unit": "centime"},
            "run": self.run,
            "what_if": self.what_if,
            "warnings": list(self.warnings),
            "rows": self.rows(limit),
        }

    def write_csv(self, path: Path) -> None:
        """All rows as CSV (UTF-8 with byte order mark, so that spreadsheets read Arabic and accents).

        Amounts are in units of the currency with two decimals, and a column ``currency`` names it.
        """
        money = [name for name in self.columns if name in MONEY]
        with path.open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.DictWriter(stream, [*self.columns, *(["currency"] if money else [])])
            writer.writeheader()
            for row in self:
                amounts = {name: Decimal(row[name]).scaleb(-2) for name in money}
                writer.writerow({**row, **amounts, **({"currency": self.currency} if money else {})})


class Fund:
    """A fund: its folder, its tables, and what can be asked of it.

    Use :meth:`open` or :meth:`create`.

    Parameters
    ----------
    workspace
        The folder and its settings.
    workers
        Worker processes; one a core by default.
    dask
        Address of a Dask scheduler to use instead of local processes.
    executor
        An executor of your own to use for everything, instead of one for each call.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        workers: int | None = None,
        dask: str | None = None,
        executor: Executor | None = None,
    ) -> None:
        self.workspace = workspace
        self._workers = workers
        self._dask = dask
        self._own = executor

    @classmethod
    def open(cls, folder: Path | str, **options: Any) -> Fund:
        """Open the fund in a folder, with the options of :class:`Fund`; raises ``NotAFundError``."""
        fund = cls(Workspace.open(Path(folder)), **options)
        fund.lake.create()
        return fund

    @classmethod
    def create(
        cls, folder: Path | str, *, name: str | None = None, buckets: int = 16, **options: Any
    ) -> Fund:
        """Make a fund in a new folder: settings, a secret, empty tables; options as for :class:`Fund`."""
        path = Path(folder)
        fund = cls(Workspace.create(path, name=name or path.resolve().name, buckets=buckets), **options)
        fund.lake.create()
        return fund

    @property
    def folder(self) -> Path:
        """Where the fund is."""
        return self.workspace.path

    @property
    def name(self) -> str:
        """What the fund is called."""
        return self.workspace.name

    @cached_property
    def lake(self) -> Lake:
        """The tables."""
        return Lake(self.workspace.path, table_specs(), self.workspace.buckets)

    def snapshot(self, publication: int | None = None) -> Snapshot:
        """What readers of a publication see, the latest by default."""
        return self.lake.snapshot(publication)

    def intake(
        self,
        files: Sequence[Path | str],
        *,
        kind: str | None = None,
        received_on: date | None = None,
        progress: Progress | None = None,
    ) -> IntakeReport:
        """Take files in; see :func:`himaya.intake.receive_and_load`."""
        with self._executor() as executor:
            return intake.receive_and_load(
                self.workspace,
                self.lake,
                files,
                kind=kind,
                received_on=received_on,
                executor=executor,
                progress=progress,
            )

    def replay(
        self, deliveries: Sequence[int], *, release: bool = False, progress: Progress | None = None
    ) -> IntakeReport:
        """Read quarantined lines again; see :func:`himaya.intake.replay`."""
        with self._executor() as executor:
            return intake.replay(
                self.workspace,
                self.lake,
                deliveries or None,
                release=release,
                executor=executor,
                progress=progress,
            )

    def quarantine(self, delivery: int, *, limit: int | None = None, masked: bool = True) -> dict[str, Any]:
        """The lines of a delivery that stand in quarantine; raises ``UnknownDeliveryError``."""
        snapshot = self.snapshot()
        known = intake.deliveries(snapshot)
        found = known.filter(pc.equal(known["delivery"], delivery)).select(
            ["file", "status", "quarantined", "codes"]
        )
        if found.num_rows == 0:
            raise intake.UnknownDeliveryError(
                said("there is no delivery {delivery}", delivery=str(delivery)), mend="See 'himaya status'."
            )
        [told] = found.to_pylist()
        rows = intake.quarantined(snapshot, delivery, masked=masked)
        codes = json.loads(told["codes"])
        return {"delivery": delivery, **told, "codes": codes, "total": len(rows), "rows": rows[:limit]}

    def status(self) -> dict[str, Any]:
        """What the fund holds, and what an interrupted command left to be finished."""
        snapshot = self.snapshot()
        publication = snapshot.publication
        run = self._last_run(snapshot)
        return {
            "fund": str(self.folder),
            "name": self.name,
            "publication": publication.number or None,
            "published_at": publication.created_at if publication.number else None,
            "run": run["run"],
            "what_if": run["what_if"],
            "warnings": run["warnings"],
            "tables": {name: snapshot.count(name) for name in self.lake.specs},
            **intake.status(snapshot),
            "unfinished": [entry.batch for entry in pending(self.workspace.journal)],
        }

    def run(
        self,
        *,
        law_date: date | None = None,
        known_date: date | None = None,
        overlay: Path | str | None = None,
        progress: Progress | None = None,
    ) -> rights.RunResult:
        """Rebuild careers, apply the law, make the lists.

        Parameters
        ----------
        law_date
            Date of the law; the first day after the last declared month by default.
        known_date
            Only what had been received by this day counts; the day of the last delivery by default.
        overlay
            A file that changes parameters of the law.
        """
        snapshot = self.snapshot()
        known = known_date or rights.default_known_date(snapshot)
        settings = rights.Settings(
            law_date=law_date or rights.default_law_date(snapshot, known),
            known_date=known,
            country=self.workspace.country,
            overlay=Path(overlay) if overlay is not None else None,
        )
        with self.workspace.lock("run"), self._executor() as executor:
            return rights.run(
                self.lake, self.workspace.runs, settings, self.workspace.keys, executor, progress
            )

    def reform(
        self,
        overlay: Path | str,
        *,
        law_date: date | None = None,
        known_date: date | None = None,
        years: int = reform.YEARS,
        progress: Progress | None = None,
    ) -> reform.Impact:
        """Run a reform over the people of the fund, whose careers must have been derived (:meth:`run`).

        Parameters
        ----------
        overlay
            The reform's file.
        law_date, known_date
            As for :meth:`run`.
        years
            How many years to give the cost of.
        """
        snapshot = self.snapshot()
        if snapshot.count("entitlement") == 0:
            raise rights.RunError("there has been no run yet", mend="Run: himaya run.")
        known = known_date or rights.default_known_date(snapshot)
        settings = rights.Settings(
            law_date=law_date or rights.default_law_date(snapshot, known),
            known_date=known,
            country=self.workspace.country,
        )
        with self._executor() as executor:
            return reform.of_fund(
                snapshot,
                Path(overlay).absolute(),
                settings,
                self.workspace.keys,
                executor,
                years=years,
                progress=progress,
            )

    def list(self, name: str) -> Found:
        """One of the lists of the last run; raises :class:`UsageError` for a name that is none of them."""
        if name not in rights.LISTS:
            raise UsageError(
                said("there is no list '{name}'", name=name),
                mend=nearest(name, rights.LISTS)
                or said("Choose one of: {known}.", known=tuple(rights.LISTS)),
            )
        snapshot = self.snapshot()
        if snapshot.count("entitlement") == 0:
            raise rights.RunError("there has been no run yet", mend="Run: himaya run.")
        rows = snapshot.read(rights.LISTS[name])
        persons = PersonNumbers(self.workspace.keys).show(rows["person_key"].to_numpy().astype(np.int64))
        run = self._last_run(snapshot)
        shown = rows.drop_columns("person_key").add_column(0, "person", pa.array(persons, pa.string()))
        if "monthly_amount" in shown.column_names:
            shown = shown.sort_by([("monthly_amount", "descending"), ("person", "ascending")])
        return Found(
            name,
            tuple(shown.column_names),
            shown,
            run["publication"],
            run["outputs"]["publication"],
            run["run"],
            rights.CURRENCIES[self.workspace.country],
            run["what_if"],
            tuple(run["warnings"]),
        )

    def _last_run(self, snapshot: Snapshot) -> dict[str, Any]:
        """Run that made the derived tables, the reform it tried, and what it warns of."""
        # Every row of the table names the same run: the first bucket that has rows tells.
        parts = (snapshot.read("entitlement", ["run"], bucket) for bucket in range(snapshot.lake.buckets))
        run = next((part["run"][0].as_py() for part in parts if part.num_rows), None)
        if run is None:
            return {"run": None, "what_if": None, "warnings": []}
        manifest: dict[str, Any] = json.loads(
            (self.workspace.runs / f"{run}.json").read_text(encoding="utf-8")
        )
        return {"warnings": [], **manifest}

    def explain(self, person: str) -> rights.Explanation:
        """One person's right: from the amount to articles and declared lines."""
        return rights.explain(self.snapshot(), self.workspace.runs, self.workspace.keys, person)

    def report(self, *, lang: Language, output: Path | str | None = None, **more: Any) -> Path:
        """Write the report of the last run as one HTML file; ``more`` is what only a demonstration knows."""
        data = gather.report_data(self.snapshot(), self.workspace, **more)
        path = (
            Path(output)
            if output is not None
            else self.workspace.reports / f"{data.provenance.run}-{lang}.html"
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        write(data, path, lang)
        return path

    def letter(self, person: str, *, lang: Language, output: Path | str | None = None) -> Written:
        """Write the letter to one person as PDF: where it stands, and what the fund has still to fill in.

        Parameters
        ----------
        person
            Insured number, identity card, or key of the person.
        lang
            Language of the letter.
        output
            File to write; by default ``letters/<run>/<lang>/<reference>.pdf`` in the fund's folder.

        Raises
        ------
        PersonNotFoundError, NoLetterError, LettersUnavailableError, LetterSettingsError
        """
        desk = self._desk(self.snapshot())
        case = desk.case(rights.person_key(self.workspace.keys, person), named=person)
        made = letters.compose(case, letters.sender(self.folder, lang, self.name), lang)
        folder = self.folder / "letters" / case.run / lang
        path = Path(output) if output is not None else folder / f"{case.reference}.pdf"
        return letters.write_letter(made, path, case.known_date)

    def letters(
        self,
        name: str,
        *,
        lang: Language,
        output: Path | str | None = None,
        limit: int | None = None,
        progress: Progress | None = None,
    ) -> Batch:
        """Write the letters to the persons of a list of the last run; see :func:`himaya.letters.write_letters`.

        Parameters
        ----------
        name
            ``take-up``, ``differences`` or ``unsupported``.
        lang
            Language of the letters.
        output
            Folder to write to; by default ``letters/<run>/<list>-<lang>`` in the fund's folder.
        limit
            Write no more than so many.
        """
        table = letters.list_of(name)
        snapshot = self.snapshot()
        run = self._last_run(snapshot)["run"]
        if run is None:
            raise rights.RunError("there has been no run yet", mend="Run: himaya run.")
        folder = self.folder / "letters" / run / f"{name}-{lang}"
        persons = distinct(snapshot.read(table, ["person_key"])["person_key"].to_numpy())
        with self._executor() as executor:
            return letters.write_letters(
                self._desk(snapshot),
                persons[:limit],
                run=run,
                list_name=name,
                sender=letters.sender(self.folder, lang, self.name),
                lang=lang,
                folder=Path(output) if output is not None else folder,
                executor=executor,
                progress=progress,
            )

    def _desk(self, snapshot: Snapshot) -> Desk:
        return Desk(snapshot, self.workspace.runs, self.workspace.keys)

    def _executor(self) -> AbstractContextManager[Executor]:
        if self._own is not None:
            return nullcontext(self._own)
        return open_executor("dask" if self._dask else "local", self._workers, self._dask)
