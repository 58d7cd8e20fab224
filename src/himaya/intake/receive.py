"""First step of intake: copy the bytes of a group of sources into a pack, and say what they seem to be.

Runs in workers. From the journal entry that the driver writes afterwards on, the fund has the bytes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from himaya.intake.formats import formats
from himaya.intake.formats.base import HEAD_BYTES, Delivered
from himaya.intake.lines import CR, Unit, count_ends, last_end, unit_of
from himaya.intake.raw import Frame, LineTooLongError, PackWriter, Place, pack_path
from himaya.intake.sources import CHUNK, Limits, Member, Source, StreamError, members, read_exactly

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

SMALL_BYTES = 1 << 20
"""A delivery up to this size shares frames with others and is read in one piece."""


@dataclass(frozen=True, slots=True)
class Received:
    """One delivery as received; ``place`` is None where its bytes could not be had."""

    file: str
    name: str
    container: str | None
    place: Place | None = None
    sha256: str = ""
    lines: int = 0
    unit: Unit = "u1"
    line_end: str | None = None
    kind: str | None = None
    """The format it is to be read by; None where it is refused."""
    problem: tuple[str, str] | None = None
    """Why it is refused: code and sentence."""


@dataclass(frozen=True, slots=True)
class ReceiveTask:
    """A group of sources to copy into one pack."""

    folder: Path
    pack: int
    sources: tuple[tuple[int, Source], ...]
    """Each with its position among all that were named."""
    limits: Limits
    kind: str | None
    received_on: date


@dataclass(frozen=True, slots=True)
class ReceivedPack:
    """What a :class:`ReceiveTask` brought."""

    entries: tuple[tuple[int, Received], ...]
    """Each with the position of its source."""
    frames: tuple[Frame, ...]


def receive(task: ReceiveTask) -> ReceivedPack:
    """Copy the sources of a task into its pack."""
    entries: list[tuple[int, Received]] = []
    with PackWriter(pack_path(task.folder, task.pack), task.pack) as pack:
        for position, source in task.sources:
            entries += [
                (position, _receive_member(member, pack, task)) for member in members(source, task.limits)
            ]
    return ReceivedPack(tuple(entries), tuple(pack.frames))


def _receive_member(member: Member, pack: PackWriter, task: ReceiveTask) -> Received:
    if member.stream is None:
        return Received(member.label, member.name, member.container, problem=member.problem)
    tally = _Tally()
    try:
        first = read_exactly(member.stream, SMALL_BYTES)
        tally.begin(first)
        if len(first) < SMALL_BYTES:
            place = pack.add(first)
        else:
            place = pack.add_large(_pieces(first, member.stream, tally), tally.unit)
    except LineTooLongError as error:
        return Received(member.label, member.name, member.container, problem=(error.code, error.what))
    except StreamError as error:
        return Received(member.label, member.name, member.container, problem=error.problem)
    kind, problem = recognise(Delivered(member.name, first[:HEAD_BYTES], task.received_on), task.kind)
    return Received(
        file=member.label,
        name=member.name,
        container=member.container,
        place=place,
        sha256=tally.digest.hexdigest(),
        lines=tally.lines,
        unit=tally.unit,
        line_end=tally.line_end,
        kind=kind,
        problem=problem,
    )


class _Tally:
    """Counts and digests bytes as they pass, knowing nothing of how they are split later."""

    def __init__(self) -> None:
        self.digest = hashlib.sha256()
        self.unit: Unit = "u1"
        self.size = 0
        self._feeds = self._after_cr = 0
        self._tail = b""
        self._ended = True

    def begin(self, data: bytes) -> None:
        self.unit = unit_of(data[:4])
        if data:
            self.add(data)

    def add(self, data: bytes) -> None:
        self.digest.update(data)
        feeds, after_cr = count_ends(self._tail + data, self.unit)
        self._feeds += feeds
        self._after_cr += after_cr
        self.size += len(data)
        width = 1 if self.unit == "u1" else 2
        last = data[-width:]
        self._tail = last if CR in last else b""
        self._ended = self.size % width == 0 and last_end(last, self.unit) == width

    @property
    def lines(self) -> int:
        return self._feeds + (not self._ended)

    @property
    def line_end(self) -> str | None:
        if self._feeds == 0:
            return None
        return {0: "LF", self._feeds: "CRLF"}.get(self._after_cr, "mixed")


def _pieces(first: bytes, stream: BinaryIO, tally: _Tally) -> Iterator[bytes]:
    yield first
    while piece := read_exactly(stream, CHUNK):
        tally.add(piece)
        yield piece


def recognise(delivered: Delivered, kind: str | None) -> tuple[str | None, tuple[str, str] | None]:
    """Give the one format that a delivery fits, or why it is refused (code and sentence)."""
    if not delivered.head:
        return None, ("empty-file", "the file is empty")
    if kind is not None:
        return kind, None
    tried = {name: form.recognise(delivered) for name, form in formats().items()}
    fitting = [name for name, found in tried.items() if found.fits]
    closest = [name for name in fitting if tried[name].nearness == max(tried[n].nearness for n in fitting)]
    if len(closest) == 1:
        return closest[0], None
    if closest:
        return None, ("ambiguous-kind", f"it fits several kinds: {', '.join(closest)}")
    if unit_of(delivered.head[:4]) != "u1":
        return None, ("utf-16", "it is in UTF-16; save it as UTF-8, an e-BDS as ASCII")
    if b"\n" not in delivered.head and b"\r" in delivered.head:
        return None, ("cr-line-ends", "its lines end with CR alone")
    near, found = max(tried.items(), key=lambda item: item[1].nearness)
    hint = f"; the nearest is {near}: {found.reason}" if found.nearness > 0 else ""
    return None, ("unknown-kind", f"it fits no kind of file that is known{hint}")
