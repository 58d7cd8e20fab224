"""Where deliveries come from: files, folders, globs, ``.gz`` and ``.zip``, with limits against bombs.

Whatever cannot be read is one problem of one source; the others are read all the same.
"""

from __future__ import annotations

import glob
import gzip
import os
import stat
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, TypeAlias, cast

from himaya.errors import HimayaError, UsageError, system_words
from himaya.lake.workspace import SETTINGS, fund_owning
from himaya.sentence import Sentence, said, verbatim

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Problem: TypeAlias = tuple[str, Sentence]
"""Why nothing is read: code and sentence."""

CHUNK = 1 << 20
SPOOL_BYTES = 64 << 20
_FUND = (
    "fund-folder",
    said("it is the folder of a fund, which is never taken in; name what you received"),
)


class FundFolderError(UsageError):
    """What was named is a fund's own: its tables, its secret, the bytes it has received."""

    code = "fund-folder"


class ArchiveLimitError(HimayaError):
    """More comes out of an archive than its limits allow."""

    code = "archive-limit"


@dataclass(frozen=True, slots=True)
class Limits:
    """What an archive may do. The defaults are far above any honest delivery."""

    ratio: int = 250
    """Unpacked bytes for each packed byte, looked at from ``ratio_from`` unpacked bytes on."""
    ratio_from: int = 64 << 20
    total_bytes: int = 256 << 30
    """Unpacked bytes of one archive, all members together."""
    members: int = 200_000
    depth: int = 3
    """Archives inside archives, the outermost counted."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file of the file system, or the reason why there is none."""

    path: Path
    label: str
    """Its name as people see it: relative to the folder they named."""
    size: int
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """One delivery to be: a stream of bytes, or the reason why there is none."""

    label: str
    """``archive.zip!folder/file.txt``, or the source's label."""
    name: str
    """Own name without folders and without ``.gz``."""
    container: str | None
    stream: BinaryIO | None
    problem: Problem | None = None


def discover(named: Iterable[str | Path]) -> list[Source]:
    """All files under what was named (files, folders, globs), in a stable order, each once.

    A fund's own folder met on the way is one problem; raises :class:`FundFolderError` where it was named itself.
    """
    found: list[Source] = []
    seen: set[str] = set()
    for item in named:
        for source in _expand(Path(item).expanduser()):
            place = os.path.abspath(source.path)  # noqa: PTH100 - thousands of files: a Path costs more
            if place not in seen:
                seen.add(place)
                found.append(source)
    return found


def _expand(path: Path) -> Iterator[Source]:
    if not os.path.lexists(path) and glob.has_magic(str(path)):
        matches = sorted(glob.glob(str(path), recursive=True))  # noqa: PTH207 - absolute patterns too
        if not matches:
            yield Source(path, readable(str(path)), 0, ("missing-file", said("no file fits this pattern")))
        for match in map(Path, matches):
            owner = fund_owning(match)
            yield from _expand(match) if owner is None else [Source(owner, owner.name, 0, _FUND)]
    elif (owner := fund_owning(path)) is not None:
        raise FundFolderError(
            said("{path} belongs to the fund itself", path=path),
            where=str(owner),
            why="what a fund has received would be received again",
            mend="Name the files and folders that you received.",
        )
    elif path.is_dir():
        yield from _walk(path, "")
    else:
        yield _file(path, path.name)


def _walk(folder: Path, within: str) -> Iterator[Source]:
    """Files of a folder; ``within`` is what their labels begin with, empty for the folder that was named."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        label = within.rstrip("/") or folder.name
        yield Source(folder, readable(label), 0, ("unreadable", system_words(error)))
        return
    if any(entry.name == SETTINGS for entry in entries):
        yield Source(folder, readable(within.rstrip("/")), 0, _FUND)
        return
    if not entries and not within:
        yield Source(folder, readable(folder.name), 0, ("missing-file", said("the folder is empty")))
    for entry in entries:
        path, label = Path(entry.path), f"{within}{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(path, f"{label}/")
        elif entry.is_symlink():
            reason = said("it is a symbolic link; name the file itself to take it in")
            yield Source(path, readable(label), 0, ("unreadable", reason))
        else:
            yield _file(path, label)


def _file(path: Path, label: str) -> Source:
    try:
        status = path.stat()
    except FileNotFoundError:
        return Source(path, readable(label), 0, ("missing-file", said("there is no such file")))
    except OSError as error:
        return Source(path, readable(label), 0, ("unreadable", system_words(error)))
    if not stat.S_ISREG(status.st_mode):
        return Source(path, readable(label), 0, ("unreadable", said("this is not an ordinary file")))
    return Source(path, readable(label), status.st_size)


def is_archive(name: str) -> bool:
    """Whether a file of this name holds other files or a packed one."""
    return name.lower().endswith((".gz", ".zip"))


def readable(name: str) -> str:
    """Give a name as it can be stored and shown: escaped where it is no UTF-8 or holds control characters."""
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def own_name(label: str) -> str:
    """Name of a delivery without archives, folders and ``.gz``, from its label."""
    name = PurePosixPath(label.rsplit("!", 1)[-1].replace("\\", "/")).name
    return name[:-3] if name.lower().endswith(".gz") else name


def members(source: Source, limits: Limits) -> Iterator[Member]:
    """Give the deliveries in a source; each stream must be read before the next member is asked for."""
    if source.problem is not None:
        yield Member(source.label, source.path.name, None, None, source.problem)
        return
    try:
        with source.path.open("rb") as stream:
            yield from _unpack(source.label, readable(source.path.name), None, stream, source.size, limits, 1)
    except OSError as error:
        yield Member(source.label, source.path.name, None, None, ("unreadable", system_words(error)))


def _unpack(
    label: str, name: str, container: str | None, stream: BinaryIO, packed: int, limits: Limits, depth: int
) -> Iterator[Member]:
    if not is_archive(name):
        yield Member(label, name, container, stream)
    elif depth > limits.depth:
        reason = said("archives stand inside one another more than {depth} deep", depth=limits.depth)
        yield Member(label, name, container, None, ("archive-limit", reason))
    elif name.lower().endswith(".gz"):
        inner = cast("BinaryIO", Guarded(cast("BinaryIO", gzip.GzipFile(fileobj=stream)), packed, limits))
        yield from _unpack(label, name[:-3], container, inner, packed, limits, depth + 1)
    else:
        yield from _unzip(label, name, container, stream, packed, limits, depth)


def _unzip(
    label: str, name: str, container: str | None, stream: BinaryIO, packed: int, limits: Limits, depth: int
) -> Iterator[Member]:
    with tempfile.SpooledTemporaryFile(SPOOL_BYTES) as spool:
        try:
            seekable = stream if stream.seekable() else _spooled(stream, cast("BinaryIO", spool))
            archive = zipfile.ZipFile(seekable)
        except (zipfile.BadZipFile, ArchiveLimitError, OSError, EOFError, zlib.error) as error:
            yield Member(label, name, container, None, problem_of(error))
            return
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        if len(entries) > limits.members:
            reason = said(
                "it holds {files} files; the limit is {limit}", files=len(entries), limit=limits.members
            )
            yield Member(label, name, container, None, ("archive-limit", reason))
            return
        if not entries:
            yield Member(label, name, container, None, ("missing-file", said("the archive holds no file")))
        total = 0
        for entry in entries:
            inner_label = f"{label}!{readable(entry.filename)}"
            inner_name = readable(PurePosixPath(entry.filename.replace("\\", "/")).name)
            total += entry.file_size
            problem = _entry_problem(entry, total, limits)
            if problem is not None:
                yield Member(inner_label, inner_name, label, None, problem)
                continue
            try:
                with archive.open(entry) as opened:
                    guarded = cast("BinaryIO", Guarded(cast("BinaryIO", opened), entry.compress_size, limits))
                    yield from _unpack(inner_label, inner_name, label, guarded, packed, limits, depth + 1)
            except (zipfile.BadZipFile, NotImplementedError, OSError, zlib.error) as error:
                yield Member(inner_label, inner_name, label, None, problem_of(error))


def _entry_problem(entry: zipfile.ZipInfo, total: int, limits: Limits) -> Problem | None:
    parts = PurePosixPath(entry.filename.replace("\\", "/")).parts
    if ".." in parts or entry.filename.startswith(("/", "\\")) or ":" in parts[0]:
        return "archive-path", said("its name leads out of the archive")
    if entry.flag_bits & 0x1:
        return "archive-encrypted", said("it is locked with a password")
    if total > limits.total_bytes:
        return "archive-limit", said(
            "the archive unpacks to more than {bytes} bytes", bytes=limits.total_bytes
        )
    if entry.file_size > max(limits.ratio_from, limits.ratio * entry.compress_size):
        return "archive-limit", said("it unpacks to more than {ratio} times its size", ratio=limits.ratio)
    return None


def _spooled(stream: BinaryIO, spool: BinaryIO) -> BinaryIO:
    while chunk := stream.read(CHUNK):
        spool.write(chunk)
    spool.seek(0)
    return spool


def problem_of(error: Exception) -> Problem:
    """Code and sentence for an error met while opening an archive or reading a member's stream."""
    if isinstance(error, ArchiveLimitError):
        return error.code, verbatim(error.what)
    if isinstance(error, OSError) and error.errno is not None:
        return "unreadable", system_words(error)
    return "archive-broken", system_words(error)


class StreamError(Exception):
    """Reading a member's stream failed; carries code and sentence, apart from failures to write."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(*problem)
        self.problem = problem


def read_into(stream: BinaryIO, room: memoryview) -> int:
    """Fill ``room`` from a stream, less of it only at the end; how many bytes. Raises :class:`StreamError`."""
    have = 0
    try:
        while have < len(room) and (got := stream.readinto(room[have:])):  # type: ignore[attr-defined]
            have += got
    except (ArchiveLimitError, OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise StreamError(problem_of(error)) from error
    return have


class Guarded:
    """A stream that stops when more comes out of an archive than its limits allow."""

    def __init__(self, stream: BinaryIO, packed: int, limits: Limits) -> None:
        self._stream = stream
        self._allowed = min(limits.total_bytes, max(limits.ratio_from, limits.ratio * packed))
        self._read = 0

    def read(self, size: int = -1) -> bytes:
        """Read like the stream beneath; raises :class:`ArchiveLimitError` past the limit."""
        room = self._allowed - self._read + 1
        chunk = self._stream.read(room if size < 0 else min(size, room))
        self._read += len(chunk)
        if self._read > self._allowed:
            raise ArchiveLimitError(
                said(
                    "it unpacks to more than {bytes} bytes, out of proportion to its size",
                    bytes=self._allowed,
                )
            )
        return chunk

    def readinto(self, room: memoryview) -> int:
        """Fill ``room`` like the stream beneath; raises :class:`ArchiveLimitError` past the limit."""
        chunk = self.read(len(room))
        room[: len(chunk)] = chunk
        return len(chunk)

    def seekable(self) -> bool:
        """Tell that only reading forward is guarded."""
        return False
