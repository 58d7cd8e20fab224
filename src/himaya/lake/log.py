"""What a Delta table's log says of its files, and what is said to it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import deltalake
import pyarrow as pa
from deltalake.exceptions import DeltaError, TableNotFoundError
from deltalake.transaction import AddAction, RemoveAction

from himaya.errors import system_words
from himaya.lake.errors import LakeError
from himaya.lake.spec import BUCKET

if TYPE_CHECKING:
    from himaya.lake.staging import Staged


@dataclass(frozen=True)
class FileEntry:
    """One file of a version of a table."""

    path: str
    bucket: int | None
    rows: int
    bytes: int
    name: str
    """Path relative to the table's folder, as the log has it."""
    lowest: Any
    highest: Any
    """Bounds of the first sort column, as the log has them; None where it has none."""


def add_action(path: str, staged: Staged, *, new: bool) -> AddAction:
    """Name a staged file; ``new`` is false for rows that the table had already."""
    partition = {} if staged.bucket is None else {BUCKET: str(staged.bucket)}
    now = time.time_ns() // 1_000_000
    return AddAction(path, staged.bytes, partition, now, new, staged.statistics)


def remove_action(entry: FileEntry, *, new: bool) -> RemoveAction:
    """Name a file no longer; ``new`` is false where its rows stay, in another file."""
    partition: dict[str, str | None] = {} if entry.bucket is None else {BUCKET: str(entry.bucket)}
    return RemoveAction(entry.name, new, time.time_ns() // 1_000_000, entry.bytes, partition)


def open_table(path: str, version: int | None) -> deltalake.DeltaTable:
    """Open a version, the latest by default; raises :class:`LakeError` where there is none."""
    try:
        return deltalake.DeltaTable(path, version=version)
    except (TableNotFoundError, DeltaError) as error:
        raise absent(path, error) from error


def absent(path: str, error: Exception) -> LakeError:
    """Make the error for a table or a version that is not there."""
    return LakeError(
        "the table, or this version of it, cannot be opened",
        where=path,
        why=system_words(error),
        mend="Check that this is a fund and that it is whole.",
    )


@lru_cache(maxsize=64)
def snapshot(path: str, version: int, born: tuple[int, int]) -> deltalake.DeltaTable:  # noqa: ARG001 - part of the cache's key
    """Open a version to look at, never to write with: it never changes, so it is read once a process."""
    return open_table(path, version)


@lru_cache(maxsize=4096)
def list_files(path: str, version: int, key: str, born: tuple[int, int]) -> tuple[FileEntry, ...]:
    """List the files of a version in a fixed order; ``key`` is the column whose bounds are wanted."""
    actions = pa.table(snapshot(path, version, born).get_add_actions(flatten=True)).to_pylist()
    entries = [
        FileEntry(
            path=f"{path}/{row['path']}",
            bucket=row.get(f"partition.{BUCKET}"),
            rows=row["num_records"],
            bytes=row["size_bytes"],
            name=row["path"],
            lowest=row.get(f"min.{key}"),
            highest=row.get(f"max.{key}"),
        )
        for row in actions
    ]
    return tuple(sorted(entries, key=lambda entry: entry.path))
