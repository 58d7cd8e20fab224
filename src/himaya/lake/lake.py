"""The tables of a fund together, and the publications that readers see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from himaya.lake.errors import LakeConflictError, LakeError
from himaya.lake.table import ATTEMPTS, Staged, Table, TableSpec, now

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
        if self.buckets < 1 or self.buckets & (self.buckets - 1):
            raise LakeError(f"{self.buckets} buckets: the number must be a power of two", mend="Choose 16 or 64.")

    def create(self) -> None:
        """Create every table that is missing."""
        for spec in (*self.specs.values(), PUBLICATION):
            folder = self.root / spec.folder
            folder.mkdir(parents=True, exist_ok=True)
            if spec.folder == "vault":
                folder.chmod(0o700)
            _table(self.root, spec).create()

    def table(self, name: str) -> Table:
        """One table; raises ``KeyError`` for a name that no contract has."""
        return _table(self.root, self.specs[name])

    def publish(self, note: str, *, run: str | None = None) -> Publication:
        """Let readers see the latest version of each table.

        A run that has just published the same versions gets its publication again: a repeated command changes
        nothing.
        """
        register = self._publications
        for _ in range(ATTEMPTS):
            latest = self.publication()
            tables = {name: self.table(name).version() for name in sorted(self.specs)}
            if latest.number and run is not None and latest.run == run and latest.tables == tables:
                return latest
            made = Publication(latest.number + 1, now(), note, run, tables)
            # The number is the transaction: of two publishers at once one lands, the other takes the next number.
            transaction = f"publication-{made.number}"
            label = f"{made.number:08}-{made.created_at:%Y%m%dT%H%M%S%f}"
            register.append([register.stage(_rows(made), bucket=None, label=label)], transaction=transaction)
            if self.publication(made.number).created_at == made.created_at:
                return made
        raise LakeConflictError("other commands kept publishing", mend="Run the command again.")

    def publication(self, number: int | None = None) -> Publication:
        """One publication, the latest by default; number 0 stands for the empty fund.

        Raises
        ------
        LakeError
            If there is no publication of this number.
        """
        rows = self._publications.read()
        last = pc.max(rows["number"]).as_py() or 0
        if number is None and last == 0:
            return Publication(0, now(), "", None, dict.fromkeys(sorted(self.specs), 0))
        wanted = last if number is None else number
        found = rows.filter(pc.equal(rows["number"], wanted)).to_pylist()
        if not found:
            raise LakeError(f"there is no publication {wanted}", mend=f"The latest one is {last}.")
        first = found[0]
        return Publication(
            wanted, first["created_at"], first["note"], first["run"], {row["table"]: row["version"] for row in found}
        )

    def publications(self) -> list[Publication]:
        """All publications, the oldest first."""
        numbers = sorted(set(self._publications.read(columns=["number"])["number"].to_pylist()))
        return [self.publication(number) for number in numbers]

    def snapshot(self, number: int | None = None) -> Snapshot:
        """What readers of a publication see, the latest by default."""
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
        """A DuckDB table expression."""
        return self.lake.table(name).sql(self.version(name))


def _table(root: Path, spec: TableSpec) -> Table:
    return Table(spec, root / spec.folder / spec.name)


def _rows(made: Publication) -> pa.Table:
    shared: dict[str, Any] = {"number": made.number, "created_at": made.created_at, "note": made.note, "run": made.run}
    return pa.Table.from_pylist(
        [{**shared, "table": name, "version": version} for name, version in made.tables.items()],
        schema=PUBLICATION.schema,
    )


__all__ = ["PUBLICATION", "Lake", "Publication", "Snapshot", "Staged"]
