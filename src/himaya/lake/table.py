"""One Delta table: staged by workers, committed by the driver, read from the snapshot's own list of files.

Plain tables (reader version 1, no deletion vectors): any Delta reader can join in.
"""

from __future__ import annotations

import hashlib
import random
import re
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import deltalake
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from deltalake.exceptions import CommitFailedError, DeltaError

from himaya.lake import storage
from himaya.lake.errors import LakeConflictError, LakeDamagedError, LakeError
from himaya.lake.log import FileEntry, absent, add_action, list_files, open_table, remove_action, snapshot
from himaya.lake.spec import BUCKET, TableSpec, sql_type
from himaya.lake.staging import Encoding, Staged, arrange, parquet, split, statistics
from himaya.sentence import said, verbatim

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from pathlib import Path

ATTEMPTS = 20
COMPACT_BYTES = 128 << 20
"""Files smaller than this are worth joining, until together they pass it."""

_SIDE_BY_SIDE = 8
"""Files that one worker makes at the same time."""

_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_CONFIGURATION = {
    # Publications name versions for ever: Delta's own clean-up of its log would take the old ones away.
    "delta.enableExpiredLogCleanup": "false",
    "delta.logRetentionDuration": "interval 36500 days",
    "delta.deletedFileRetentionDuration": "interval 36500 days",
}


@dataclass(frozen=True)
class Table:
    """One table of the lake; cheap to make, crosses to workers."""

    spec: TableSpec
    path: Path

    def create(self) -> None:
        """Create the table if it is not there yet."""
        if deltalake.DeltaTable.is_deltatable(str(self.path)):
            return
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise storage.refused(error, self.path) from error
        deltalake.DeltaTable.create(
            str(self.path),
            schema=self._delta_schema(),
            mode="ignore",
            partition_by=[BUCKET] if self.spec.bucketed else None,
            name=self.spec.name,
            description=self.spec.description or None,
            configuration=_CONFIGURATION,
        )
        storage.sync_log(self.path, 0, 0)
        storage.sync(self.path)

    def version(self) -> int:
        """Return the number of the latest version."""
        with self._there():
            return storage.latest_version(self.path)

    def landed(self, transaction: str) -> bool:
        """Whether this transaction was committed."""
        with self._there():
            latest = snapshot(str(self.path), storage.latest_version(self.path), storage.born(self.path))
        return latest.transaction_version(transaction) is not None

    def entries(self, version: int | None = None, bucket: int | None = None) -> tuple[FileEntry, ...]:
        """List the files of a version (the latest by default), of one bucket or all, in a fixed order."""
        version = self.version() if version is None else version
        key = self.spec.sort_by[0] if self.spec.sort_by else ""
        with self._there():
            entries = list_files(str(self.path), version, key, storage.born(self.path))
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
            In the order wanted; all of the contract's by default.
        bucket
            One bucket, all by default. Rows are sorted within each file only.
        version
            The latest by default.
        filters
            A condition; row groups that cannot meet it are not read. One person of a bucket:
            ``filters=pc.field("person_key") == key``.

        Returns
        -------
        pa.Table
            One chunk or more for each file and row group: nothing is copied until the caller joins them.

        Raises
        ------
        LakeDamagedError
            If a file that the version names is missing or damaged.
        """
        return self.read_files(self.files(version, bucket), columns, filters)

    def read_files(
        self, files: Iterable[str], columns: Sequence[str] | None = None, filters: pc.Expression | None = None
    ) -> pa.Table:
        """Rows of some of the files that :meth:`entries` names; otherwise as :meth:`read`."""
        wanted = self.spec.schema if columns is None else self.spec.fields(tuple(columns))
        parts = [wanted.empty_table()]
        for path in files:
            try:
                # No threads: workers are processes. No partitioning: the folder's name is no column.
                part = pq.read_table(
                    path, columns=wanted.names, filters=filters, partitioning=None, use_threads=False
                )
            except (OSError, pa.ArrowInvalid) as error:
                raise LakeDamagedError(
                    said("a file of {table} is missing or damaged", table=self.spec.name),
                    where=path,
                    why=verbatim(str(error).splitlines()[0]),
                    mend="Restore this file from a backup: its content is whole or not at all.",
                ) from error
            parts.append(part.select(wanted.names).cast(wanted))
        return pa.concat_tables(parts)

    def sql(self, version: int | None = None, bucket: int | None = None) -> str:
        """Write a DuckDB table expression for a version: ``SELECT … FROM {table.sql()}``."""
        files = self.files(version, bucket)
        if not files:
            nulls = ", ".join(
                f"NULL::{sql_type(field.type)} AS {_quoted(field.name)}" for field in self.spec.schema
            )
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
            Makes the file's name: a run that is repeated after a crash finds its own files again. Other rows
            under a label in use go to a file of their own, for the first one may be visible already.

        Raises
        ------
        LakeError
            If the rows do not fit the table.
        LakeWriteError
            If storage refuses; nothing is left behind.
        """
        self._require_label(label)
        if (bucket is None) == self.spec.bucketed:
            raise LakeError(
                said("rows of {table} were staged without a bucket", table=self.spec.name)
                if bucket is None
                else said("rows of {table} were staged with a bucket", table=self.spec.name)
            )
        if data.num_rows == 0:
            return Staged(None, 0, 0, bucket, "")
        data = self.spec.conform(data)
        return self._put(data, bucket, label, Encoding.of(data))

    def stage_buckets(self, data: pa.Table, *, buckets: int, label: str) -> list[Staged]:
        """Divide rows of many people by bucket, one file for each that has any; otherwise as :meth:`stage`.

        Files are made side by side: a disk that makes several durable at once takes hardly longer than for one.
        """
        self._require_label(label)
        if not self.spec.bucketed:
            raise LakeError(said("rows of {table} were staged with a bucket", table=self.spec.name))
        parts = split(self.spec.conform(data), buckets)
        if not parts:
            return []
        # All are alike: the largest tells how to write them.
        encoding = Encoding.of(max((rows for _, rows in parts), key=len))
        with ThreadPoolExecutor(_SIDE_BY_SIDE) as threads:
            return list(threads.map(lambda part: self._put(part[1], part[0], label, encoding), parts))

    def _put(self, data: pa.Table, bucket: int | None, label: str, encoding: Encoding) -> Staged:
        """Write rows to the file that belongs to their bucket and label."""
        data = arrange(data, self.spec)
        content = parquet(data, encoding)
        folder = "" if bucket is None else f"{BUCKET}={bucket}/"
        name = f"{folder}{label}.parquet"
        if not _holds(self.path / name, content):
            if (self.path / name).exists():
                name = f"{folder}{label}-{hashlib.sha256(content).hexdigest()[:16]}.parquet"
            storage.put(self.path / name, content)
        return Staged(name, content.size, data.num_rows, bucket, statistics(data))

    @staticmethod
    def _require_label(label: str) -> None:
        if not _LABEL.fullmatch(label):
            raise LakeError(
                said("'{label}' cannot name a file", label=label),
                mend="Use letters, digits, '.', '_' and '-'.",
            )

    def append(self, staged: Iterable[Staged], *, transaction: str) -> int:
        """Commit staged files in one version; a transaction that landed before changes nothing.

        Several may append at once: all land.

        Returns
        -------
        int
            The version that readers see now.

        Raises
        ------
        LakeConflictError
            If other writers came in between each time; nothing of this one is visible.
        """
        return self._commit(staged, transaction, None)

    def replace(self, staged: Iterable[Staged], *, buckets: Collection[int] | None, transaction: str) -> int:
        """Replace some buckets (None: all rows) by staged files, in one version; otherwise as :meth:`append`.

        Of two that replace at once the later one stands, whole.
        """
        staged = list(staged)
        if buckets is not None and (outside := {each.bucket for each in staged if each.path} - set(buckets)):
            raise LakeError(
                said(
                    "rows of bucket {bucket} were staged, which is not replaced",
                    bucket=str(min(outside, key=str)),
                )
            )

        def obsolete(entries: tuple[FileEntry, ...]) -> list[FileEntry]:
            return [entry for entry in entries if buckets is None or entry.bucket in buckets]

        return self._commit(staged, transaction, obsolete)

    def compact(self) -> int:
        """Join small files of each bucket into one, sorted; the new version, with the same rows.

        Older versions stay readable, and what others append meanwhile stays.

        Raises
        ------
        LakeConflictError
            If another writer replaced what was being joined.
        """
        version = self.version()
        joined: list[FileEntry] = []
        staged: list[Staged] = []
        for group in _groups(self.entries(version)):
            rows = self.read_files(entry.path for entry in group)
            label = f"compact-{version}-{len(staged)}"
            staged.append(self.stage(rows, bucket=group[0].bucket, label=label))
            joined += group
        if not staged:
            return version

        def obsolete(entries: tuple[FileEntry, ...]) -> list[FileEntry]:
            if not set(joined) <= set(entries):
                raise LakeConflictError(
                    said("{table} was written to while it was compacted", table=self.spec.name),
                    mend="Compact again when nobody writes.",
                )
            return joined

        return self._commit(staged, f"compact-{version}", obsolete, new=False)

    def discard(self, label_prefix: str) -> int:
        """Remove staged files whose label begins so and that no version ever named; how many there were."""
        named = storage.ever_committed(self.path)
        orphans = [
            path
            for path in storage.data_files(self.path, label_prefix)
            if path.relative_to(self.path).as_posix() not in named
        ]
        for orphan in orphans:
            orphan.unlink(missing_ok=True)
        return len(orphans)

    def _commit(
        self,
        staged: Iterable[Staged],
        transaction: str,
        obsolete: Callable[[tuple[FileEntry, ...]], Sequence[FileEntry]] | None,
        *,
        new: bool = True,
    ) -> int:
        """Add and remove files in one version. Each attempt is made against the table as it then stands."""
        adds = [add_action(each.path, each, new=new) for each in staged if each.path is not None]
        for folder in {self.path, *((self.path / action.path).parent for action in adds)}:
            storage.sync(folder)
        for attempt in range(ATTEMPTS):
            table = open_table(str(self.path), None)
            version = int(table.version())
            if table.transaction_version(transaction) is not None:
                return version
            self._require_same_columns(table)
            removes = (
                [remove_action(each, new=new) for each in obsolete(self.entries(version))] if obsolete else []
            )
            try:
                table.create_write_transaction(
                    [*adds, *removes],
                    "append",
                    self._delta_schema(),
                    partition_by=[BUCKET] if self.spec.bucketed else None,
                    commit_properties=deltalake.CommitProperties(
                        app_transactions=[deltalake.Transaction(transaction, 1)],
                        # What to remove is decided on one version: if it is not the latest any more, decide
                        # anew. Delta alone would let two replacements of an empty table both stay.
                        max_commit_retries=0 if obsolete else None,
                    ),
                )
            except CommitFailedError:
                pause(attempt)
                continue
            except (DeltaError, OSError) as error:
                raise _refused(error, self.path) from error
            latest = self.version()
            storage.sync_log(self.path, version + 1, latest)
            return latest
        raise LakeConflictError(
            said("other writers kept changing {table}", table=self.spec.name),
            where=str(self.path),
            mend="Run the command again when they have finished; nothing of this one is visible.",
        )

    @contextmanager
    def _there(self) -> Iterator[None]:
        """Say plainly that there is no table."""
        try:
            yield
        except FileNotFoundError as error:
            raise absent(str(self.path), error) from error

    def _require_same_columns(self, table: deltalake.DeltaTable) -> None:
        there = {field.name: field.type for field in pa.schema(table.schema())}
        ours = {field.name: field.type for field in self._delta_schema()}
        if there != ours:
            differing = sorted(name for name in {*there, *ours} if there.get(name) != ours.get(name))
            raise LakeError(
                said(
                    "{table} was made with other columns than its contract has now: {columns}",
                    table=self.spec.name,
                    columns=differing,
                ),
                where=str(self.path),
                mend="Use the program that the fund was made with, or make a new fund.",
            )

    def _delta_schema(self) -> pa.Schema:
        schema = self.spec.schema
        return schema.append(pa.field(BUCKET, pa.int32())) if self.spec.bucketed else schema


def _refused(error: Exception, path: Path) -> LakeError:
    # Delta hands on what storage said as text only.
    return storage.refused(error if isinstance(error, OSError) else OSError(str(error)), path)


def _holds(path: Path, content: pa.Buffer) -> bool:
    try:
        return path.stat().st_size == content.size and path.read_bytes() == bytes(content.to_pybytes())
    except FileNotFoundError:
        return False


def _groups(entries: Iterable[FileEntry]) -> list[list[FileEntry]]:
    """Small files that are worth joining, by bucket, in groups of bounded size."""
    small = [entry for entry in entries if entry.bytes < COMPACT_BYTES]
    groups: list[list[FileEntry]] = []
    for entry in sorted(small, key=lambda each: (-1 if each.bucket is None else each.bucket, each.name)):
        group = groups[-1] if groups else []
        if group and group[0].bucket == entry.bucket and sum(each.bytes for each in group) < COMPACT_BYTES:
            group.append(entry)
        else:
            groups.append([entry])
    return [group for group in groups if len(group) > 1]


def pause(attempt: int) -> None:
    """Wait a random while, longer after each attempt, so that writers who met once do not meet again."""
    time.sleep(random.uniform(0, 0.02 * 2 ** min(attempt, 5)))  # noqa: S311 - no secret


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
