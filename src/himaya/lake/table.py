"""One Delta table: staged by workers, committed by the driver, read from the snapshot's own list of files.

Plain tables (reader version 1, no deletion vectors): any Delta reader can join in.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import deltalake
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError
from deltalake.transaction import AddAction

from himaya.lake.errors import LakeConflictError, LakeError

ROW_GROUP = 262_144
"""Rows of a row group: large enough to stream, small enough that one person's rows are found quickly."""
ATTEMPTS = 5
_BUCKET = "bucket"


@dataclass(frozen=True)
class TableSpec:
    """What a table is: made by contracts, understood by the lake without knowing their domain.

    Parameters
    ----------
    name
        Also the name of its folder.
    schema
        Columns at rest, without the bucket.
    sort_by
        Rows of a file are sorted by these columns.
    bucketed
        Whether rows are split by ``person_key``.
    folder
        Part of the workspace: ``lake``, or ``vault`` for direct identifiers.
    """

    name: str
    schema: pa.Schema
    sort_by: tuple[str, ...]
    bucketed: bool
    folder: str = "lake"
    description: str = ""


@dataclass(frozen=True)
class Staged:
    """A Parquet file that a worker wrote and no reader sees yet; no file where there were no rows."""

    path: str | None
    """Relative to the table's folder."""
    bytes: int
    rows: int
    bucket: int | None
    statistics: str


@dataclass(frozen=True)
class FileEntry:
    """One file of a version of a table."""

    path: str
    bucket: int | None
    rows: int
    bytes: int


@dataclass(frozen=True)
class Table:
    """One table of the lake; cheap to make, crosses to workers."""

    spec: TableSpec
    path: Path

    def create(self) -> None:
        """Create the table if it is not there yet."""
        if deltalake.DeltaTable.is_deltatable(str(self.path)):
            return
        self.path.mkdir(parents=True, exist_ok=True)
        deltalake.DeltaTable.create(
            str(self.path),
            schema=self._delta_schema(),
            mode="ignore",
            partition_by=[_BUCKET] if self.spec.bucketed else None,
            name=self.spec.name,
            description=self.spec.description or None,
        )

    def version(self) -> int:
        """Number of the latest version."""
        return int(self._open().version())

    def landed(self, transaction: str) -> bool:
        """Whether this transaction was committed."""
        return self._open().transaction_version(transaction) is not None

    def entries(self, version: int | None = None, bucket: int | None = None) -> tuple[FileEntry, ...]:
        """The files of a version (the latest by default), of one bucket or all, in a fixed order."""
        entries = _entries(str(self.path), self.version() if version is None else version)
        return entries if bucket is None else tuple(entry for entry in entries if entry.bucket == bucket)

    def files(self, version: int | None = None, bucket: int | None = None) -> list[str]:
        """Paths of the Parquet files of a version."""
        return [entry.path for entry in self.entries(version, bucket)]

    def count(self, version: int | None = None) -> int:
        """Rows of a version, from the log alone."""
        return sum(entry.rows for entry in self.entries(version))

    def read(
        self,
        columns: Sequence[str] | None = None,
        bucket: int | None = None,
        version: int | None = None,
        filters: pc.Expression | None = None,
    ) -> pa.Table:
        """Rows of a version.

        Parameters
        ----------
        columns
            All of the contract's by default.
        bucket
            One bucket, all by default. Rows are sorted within each file only.
        version
            The latest by default.
        filters
            A condition; row groups that cannot meet it are not read.
        """
        wanted = self.spec.schema if columns is None else pa.schema([self.spec.schema.field(n) for n in columns])
        parts = [
            pq.read_table(path, columns=wanted.names, filters=filters, partitioning=None, use_threads=False)
            for path in self.files(version, bucket)
        ]
        if not parts:
            return wanted.empty_table()
        return pa.concat_tables([part.select(wanted.names).cast(wanted) for part in parts])

    def sql(self, version: int | None = None) -> str:
        """A DuckDB table expression for a version: ``SELECT … FROM {table.sql()}``."""
        files = self.files(version)
        if not files:
            nulls = ", ".join(f"NULL::{_sql_type(field.type)} AS {_quoted(field.name)}" for field in self.spec.schema)
            return f"(SELECT {nulls} WHERE false)"
        listed = ", ".join("'" + path.replace("'", "''") + "'" for path in files)
        return f"read_parquet([{listed}], hive_partitioning = false)"

    def stage(self, data: pa.Table, *, bucket: int | None, label: str) -> Staged:
        """Write rows to one Parquet file that no reader sees until it is committed.

        Parameters
        ----------
        data
            Rows with the columns of the contract; a column left out is null. Sorted here.
        bucket
            Their bucket; None for a table without buckets.
        label
            Makes the file's name. The same label writes the same file anew, which is how a repeated run cleans up
            after a crash: a label must belong to one transaction.
        """
        if (bucket is None) == self.spec.bucketed:
            raise LakeError(f"rows of {self.spec.name} were staged {'without' if bucket is None else 'with'} a bucket")
        if data.num_rows == 0:
            return Staged(None, 0, 0, bucket, "")
        data = self._conform(data)
        relative = f"{label}.parquet" if bucket is None else f"{_BUCKET}={bucket}/{label}.parquet"
        target = self.path / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        strings = [f.name for f in self.spec.schema if pa.types.is_string(f.type)]
        pq.write_table(
            data,
            target,
            row_group_size=ROW_GROUP,
            compression="zstd",
            compression_level=1,
            use_dictionary=strings,
            store_schema=False,
        )
        _sync(target)
        return Staged(relative, target.stat().st_size, data.num_rows, bucket, self._statistics(data))

    def append(self, staged: Iterable[Staged], *, transaction: str) -> int:
        """Commit staged files in one version; a transaction that landed before changes nothing.

        Returns
        -------
        int
            The version that readers see now.

        Raises
        ------
        LakeConflictError
            If other writers came in between each time.
        """
        return self._commit(staged, "append", None, transaction)

    def replace(self, staged: Iterable[Staged], *, buckets: Collection[int] | None, transaction: str) -> int:
        """Replace some buckets (None: all rows) by staged files, in one version; otherwise as :meth:`append`."""
        return self._commit(staged, "overwrite", buckets, transaction)

    def discard(self, label_prefix: str) -> int:
        """Remove staged files whose label begins so and that no version refers to; how many there were."""
        kept = {Path(path).resolve() for version in range(self.version() + 1) for path in self.files(version)}
        orphans = [p for p in self.path.glob(f"**/{label_prefix}*.parquet") if p.resolve() not in kept]
        for orphan in orphans:
            orphan.unlink()
        return len(orphans)

    def compact(self) -> int:
        """Rewrite each bucket's files as one, sorted; older versions stay readable. The new version."""
        version = self.version()
        transaction = f"compact-{version}"
        staged = []
        for bucket in sorted({entry.bucket for entry in self.entries(version)}, key=lambda b: -1 if b is None else b):
            rows = self.read(bucket=bucket, version=version)
            staged.append(self.stage(rows, bucket=bucket, label=transaction))
        if self.version() != version:
            raise LakeConflictError(
                f"{self.spec.name} was written to while it was compacted", mend="Compact again when nobody writes."
            )
        return self.replace(staged, buckets=None, transaction=transaction)

    def _open(self, version: int | None = None) -> deltalake.DeltaTable:
        return _open(str(self.path), version)

    def _commit(
        self, staged: Iterable[Staged], mode: str, buckets: Collection[int] | None, transaction: str
    ) -> int:
        adds = [self._add(each) for each in staged if each.path is not None]
        for folder in {(self.path / action.path).parent for action in adds}:
            _sync(folder)
        properties = deltalake.CommitProperties(app_transactions=[deltalake.Transaction(transaction, 1)])
        filters = None if buckets is None else [(_BUCKET, "in", [str(b) for b in sorted(buckets)])]
        for attempt in range(ATTEMPTS):
            table = self._open()
            if table.transaction_version(transaction) is not None or (not adds and mode == "append"):
                return int(table.version())
            try:
                table.create_write_transaction(
                    adds,
                    mode,
                    self._delta_schema(),
                    partition_by=[_BUCKET] if self.spec.bucketed else None,
                    partition_filters=filters,
                    commit_properties=properties,
                )
            except CommitFailedError:
                time.sleep(0.05 * 2**attempt)
                continue
            return self.version()
        raise LakeConflictError(
            f"other writers kept changing {self.spec.name}",
            where=str(self.path),
            mend="Run the command again when they have finished; nothing of this one is visible.",
        )

    def _add(self, staged: Staged) -> AddAction:
        partition = {} if staged.bucket is None else {_BUCKET: str(staged.bucket)}
        return AddAction(staged.path, staged.bytes, partition, 0, True, staged.statistics)

    def _delta_schema(self) -> pa.Schema:
        schema = self.spec.schema
        return schema.append(pa.field(_BUCKET, pa.int32())) if self.spec.bucketed else schema

    def _conform(self, data: pa.Table) -> pa.Table:
        unknown = set(data.column_names) - set(self.spec.schema.names)
        if unknown:
            raise LakeError(f"{self.spec.name} has no columns {', '.join(sorted(unknown))}")
        columns = [
            data[field.name].cast(field.type) if field.name in data.column_names else pa.nulls(data.num_rows, field.type)
            for field in self.spec.schema
        ]
        data = pa.table(columns, schema=self.spec.schema)
        return data.sort_by([(name, "ascending") for name in self.spec.sort_by]) if not self._sorted(data) else data

    def _sorted(self, data: pa.Table) -> bool:
        """Whether a single-chunk table is sorted by its first sort column strictly, the usual derived table."""
        first = self.spec.sort_by[0] if self.spec.sort_by else None
        if first is None or len(self.spec.sort_by) > 1 or data.num_rows < 2:
            return first is None or data.num_rows < 2
        column = data[first].combine_chunks()
        return bool(pc.all(pc.less(column[:-1], column[1:])).as_py())

    def _statistics(self, data: pa.Table) -> str:
        """Smallest and largest values and null counts of numbers and dates, as the Delta protocol writes them."""
        smallest, largest, nulls = {}, {}, {}
        for field in self.spec.schema:
            if not (pa.types.is_integer(field.type) or pa.types.is_date(field.type)):
                continue
            nulls[field.name] = data[field.name].null_count
            bounds = pc.min_max(data[field.name]).as_py()
            if bounds["min"] is not None:
                smallest[field.name], largest[field.name] = bounds["min"], bounds["max"]
        return json.dumps(
            {"numRecords": data.num_rows, "minValues": smallest, "maxValues": largest, "nullCount": nulls},
            default=lambda day: day.isoformat(),
        )


def _open(path: str, version: int | None) -> deltalake.DeltaTable:
    try:
        return deltalake.DeltaTable(path, version=version)
    except (TableNotFoundError, DeltaError) as error:
        raise LakeError(
            f"the table cannot be opened: {error}", where=path, mend="Check that this is a fund and that it is whole."
        ) from error


@lru_cache(maxsize=4096)
def _entries(path: str, version: int) -> tuple[FileEntry, ...]:
    # A version never changes, so its list of files is read from the log once a process.
    actions = pa.table(_open(path, version).get_add_actions(flatten=True)).to_pylist()
    entries = [
        FileEntry(
            os.path.join(path, row["path"]),  # noqa: PTH118 - may become a URL
            row.get(f"partition.{_BUCKET}"),
            row["num_records"],
            row["size_bytes"],
        )
        for row in actions
    ]
    return tuple(sorted(entries, key=lambda entry: entry.path))


def _sync(path: Path) -> None:
    """Make a file, or a folder's list of files, survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _sql_type(kind: pa.DataType) -> str:
    names: dict[Any, str] = {
        pa.int8(): "TINYINT",
        pa.int32(): "INTEGER",
        pa.int64(): "BIGINT",
        pa.float64(): "DOUBLE",
        pa.bool_(): "BOOLEAN",
        pa.date32(): "DATE",
        pa.binary(): "BLOB",
    }
    if pa.types.is_list(kind):
        return f"{_sql_type(kind.value_type)}[]"
    if pa.types.is_timestamp(kind):
        return "TIMESTAMPTZ"
    return names.get(kind, "VARCHAR")


def now() -> datetime:
    """The present moment, to the microsecond, in UTC."""
    return datetime.now(UTC)
