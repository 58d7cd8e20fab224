"""The one place that knows how files are laid down: another kind of storage would be taught here.

Whatever is written appears whole or not at all, and is durable before anything refers to it.
"""

from __future__ import annotations

import errno
import json
import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from himaya.errors import system_words
from himaya.lake.errors import LakeWriteError
from himaya.sentence import said

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

_LOG = "_delta_log"
_VERSION = re.compile(r"[0-9]{20}\.json")
_MENDS = {
    errno.ENOSPC: said("Make room on the disk and run the same command again."),
    errno.EDQUOT: said("Make room in your disk quota and run the same command again."),
    errno.EACCES: said("Give this user the right to write there."),
    errno.EPERM: said("Give this user the right to write there."),
    errno.EROFS: said("The disk is mounted read-only: mount it for writing."),
}


def refused(error: OSError, path: Path) -> LakeWriteError:
    """Make the error to show when storage refuses a write, with what to do about it."""
    return LakeWriteError(
        "cannot write",
        where=str(path),
        why=system_words(error),
        mend=_MENDS.get(error.errno or 0) or "Mend the storage and run the same command again.",
    )


def put(path: Path, content: pa.Buffer | bytes) -> None:
    """Write a whole file and make its content durable; readers see all of it or nothing.

    Raises
    ------
    LakeWriteError
        Storage refused; nothing is left behind.
    """
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)  # noqa: PTH105 - as plain as the rest of this module
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise refused(error, path) from error


def sync(path: Path) -> None:
    """Make a file's content, or a folder's entries, survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_log(table: Path, first: int, last: int) -> None:
    """Make the log of versions ``first`` to ``last`` survive a power cut: Delta does not see to it."""
    for version in range(first, last + 1):
        sync(table / _LOG / f"{version:020}.json")
    sync(table / _LOG)


def latest_version(table: Path) -> int:
    """Tell the latest version of a table: the last entry of its log, which Delta makes appear whole.

    Raises
    ------
    FileNotFoundError
        There is no table here.
    """
    with os.scandir(table / _LOG) as entries:
        versions = [int(entry.name[:20]) for entry in entries if _VERSION.fullmatch(entry.name)]
    if not versions:
        raise FileNotFoundError(errno.ENOENT, "the log of the table is empty", str(table / _LOG))
    return max(versions)


def born(table: Path) -> tuple[int, int]:
    """Tell a table from another one that later stands at the same place."""
    status = (table / _LOG / f"{0:020}.json").stat()
    return status.st_ino, status.st_mtime_ns


def data_files(table: Path, prefix: str = "") -> Iterator[Path]:
    """Every file of a table but its log: data, staged data, and what a killed writer left half written."""
    for path in sorted(table.rglob("*.parquet*")):
        if _LOG not in path.relative_to(table).parts and path.name.removeprefix(".").startswith(prefix):
            yield path


def ever_committed(table: Path) -> set[str]:
    """Relative paths of all files that any version of a table has named (its log is never cleaned)."""
    named = set()
    for entry in (table / _LOG).glob("*.json"):
        with entry.open(encoding="utf-8") as stream:
            for line in stream:
                if line.startswith('{"add"'):
                    named.add(json.loads(line)["add"]["path"])
    return named
