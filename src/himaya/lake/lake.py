"""The tables of a fund together, and the publications that readers see."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from himaya.errors import nearest
from himaya.lake import storage
from himaya.lake.errors import LakeConflictError, LakeError
from himaya.lake.keys import check_buckets
from himaya.lake.spec import TableSpec
from himaya.lake.table import ATTEMPTS, Table, pause
from himaya.sentence import said

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

PUBLICATION = TableSpec(
    "publication",
    pa.schema(
        [
            ("number", pa.int32()),
            ("created_at", pa.timestamp("us", tz="UTC")),
            ("note", pa.string()),
            ("run", pa.string()),
            ("table", pa.string()),
            ("version", pa.int64()),
        ]
    ),
    ("number", "table"),
    bucketed=False,
    description="One row for each table of each publication: the version that its readers see.",
)


@dataclass(frozen=True)
class Publication:
    """One version of each table: what readers see, what every list and export cites."""

    number: int
    created_at: datetime
    note: str
    run: str | None
    """The run or batch that made it."""
    tables: Mapping[str, int]
    """Version of each table."""


@dataclass(frozen=True)
class Lake:
    """The tables of a fund; cheap to make, crosses to workers.

    Parameters
    ----------
    root
        Folder of the fund.
    specs
        The tables, by name.
    buckets
        Number of buckets, a power of two.
    """

    root: Path
    specs: Mapping[str, TableSpec]
    buckets: int

    def __post_init__(self) -> None:
        check_buckets(self.buckets)

    def create(self) -> None:
        """Create every table that is missing."""
        for spec in (*self.specs.values(), PUBLICATION):
            folder = self.root / spec.folder
            try:
                folder.mkdir(parents=True, exist_ok=True)
                if spec.folder == "vault":
                    folder.chmod(0o700)
            except OSError as error:
                raise storage.refused(error, folder) from error
            _table(self.root, spec).create()

    def table(self, name: str) -> Table:
        """One table; raises :class:`LakeError` for a name that no contract has."""
        if name not in self.specs:
            raise LakeError(
                said("there is no table '{name}'", name=name),
                mend=nearest(name, self.specs) or said("There are {known}.", known=tuple(self.specs)),
            )
        return _table(self.root, self.specs[name])

    def publish(
        self, note: str, *, run: str | None = None, tables: Collection[str] | None = None
    ) -> Publication:
        """Let readers see the latest version of tables.

        A run that has just published the same versions gets its publication again: a repeated command changes
        nothing.

        Parameters
        ----------
        tables
            Those that the caller has written, whole; the others stay as the latest publication shows them, so
            that nobody publishes what another command left half done. None: all.
        """
        register = self._publications
        for attempt in range(ATTEMPTS):
            latest = self.publication()
            written = self.specs if tables is None else tables
            shown = {
                name: self.table(name).version() if name in written else latest.tables.get(name, 0)
                for name in sorted(self.specs)
            }
            if latest.number and run is not None and latest.run == run and latest.tables == shown:
                return latest
            made = Publication(latest.number + 1, _now(), note, run, shown)
            # The number is the transaction: of two publishers at once one lands, the other takes the next.
            label = f"{made.number:08}-{made.created_at:%Y%m%dT%H%M%S%f}"
            staged = register.stage(_rows(made), bucket=None, label=label)
            register.append([staged], transaction=f"publication-{made.number}")
            if staged.path in {entry.name for entry in register.entries()}:
                return made
            register.discard(label)
            pause(attempt)
        raise LakeConflictError("other commands kept publishing", mend="Run the command again.")

    def publication(self, number: int | None = None) -> Publication:
        """One publication, the latest by default; number 0 stands for the empty fund.

        Raises
        ------
        LakeError
            If there is no publication of this number.
        """
        register = self._publications
        entries = register.entries()
        last = max((entry.highest for entry in entries), default=0)
        wanted = last if number is None else number
        if number is None and last == 0:
            return Publication(0, _now(), "", None, dict.fromkeys(sorted(self.specs), 0))
        # The log says which file holds a number: a thousand publications cost no more than one.
        holding = [entry.path for entry in entries if entry.lowest <= wanted <= entry.highest]
        found = _publications(register.read_files(holding, filters=pc.field("number") == wanted))
        if not found:
            raise LakeError(
                said("there is no publication {wanted}", wanted=str(wanted)),
                mend=said("The latest one is {last}.", last=str(last)),
            )
        return found[0]

    def publications(self) -> list[Publication]:
        """All publications, the oldest first."""
        return _publications(self._publications.read())

    def vacuum(self, *, older_than: timedelta = timedelta(days=1)) -> int:
        """Remove data files that readers cannot reach, and say how many.

        What the latest version or any publication names stays for ever; versions that no publication names
        become unreadable. Staged files younger than ``older_than`` stay too, in case somebody is about to
        commit them; hold the workspace's lock nevertheless.
        """
        published = self.publications()
        removed = 0
        for name in self.specs:
            table = self.table(name)
            versions = {table.version(), *(each.tables[name] for each in published if name in each.tables)}
            removed += _sweep(table, versions, older_than)
        register = self._publications
        return removed + _sweep(register, {register.version()}, older_than)

    def snapshot(self, number: int | None = None) -> Snapshot:
        """Open what readers of a publication see, the latest by default."""
        return Snapshot(self, self.publication(number))

    @property
    def _publications(self) -> Table:
        return _table(self.root, PUBLICATION)


@dataclass(frozen=True)
class Snapshot:
    """The tables as one publication shows them: nothing read through it ever changes."""

    lake: Lake
    publication: Publication

    @cached_property
    def number(self) -> int:
        """Number of the publication."""
        return self.publication.number

    def version(self, name: str) -> int:
        """Version of a table; a table made after the publication is empty in it."""
        return self.publication.tables.get(name, 0)

    def read(
        self,
        name: str,
        columns: Sequence[str] | None = None,
        bucket: int | None = None,
        filters: pc.Expression | None = None,
    ) -> pa.Table:
        """Rows of a table, as :meth:`Table.read`."""
        return self.lake.table(name).read(columns, bucket, self.version(name), filters)

    def files(self, name: str, bucket: int | None = None) -> list[str]:
        """Paths of a table's Parquet files."""
        return self.lake.table(name).files(self.version(name), bucket)

    def count(self, name: str) -> int:
        """Rows of a table."""
        return self.lake.table(name).count(self.version(name))

    def sql(self, name: str) -> str:
        """Write a DuckDB table expression, as :meth:`Table.sql`."""
        return self.lake.table(name).sql(self.version(name))


def _table(root: Path, spec: TableSpec) -> Table:
    return Table(spec, root / spec.folder / spec.name)


def _rows(made: Publication) -> pa.Table:
    shared: dict[str, Any] = {
        "number": made.number,
        "created_at": made.created_at,
        "note": made.note,
        "run": made.run,
    }
    return pa.Table.from_pylist(
        [{**shared, "table": name, "version": version} for name, version in made.tables.items()],
        schema=PUBLICATION.schema,
    )


def _publications(rows: pa.Table) -> list[Publication]:
    made: dict[int, Publication] = {}
    tables: dict[int, dict[str, int]] = {}
    for row in rows.sort_by([("number", "ascending"), ("table", "ascending")]).to_pylist():
        versions = tables.setdefault(row["number"], {})
        versions[row["table"]] = row["version"]
        made[row["number"]] = Publication(row["number"], row["created_at"], row["note"], row["run"], versions)
    return list(made.values())


def _sweep(table: Table, versions: set[int], older_than: timedelta) -> int:
    kept = {path for version in versions for path in table.files(version)}
    removed = 0
    for path in storage.data_files(table.path):
        if str(path) not in kept and path.stat().st_mtime < time.time() - older_than.total_seconds():
            path.unlink()
            removed += 1
    return removed


def _now() -> datetime:
    return datetime.now(UTC)
