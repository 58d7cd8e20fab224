"""First step of intake: copy the bytes of a group of sources into a pack, and say what they seem to be.

Runs in workers. From the journal entry that the driver writes afterwards on, the fund has the bytes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from himaya.intake import raw
from himaya.intake.formats import formats
from himaya.intake.formats.base import HEAD_BYTES, Delivered
from himaya.intake.lines import CR, LF, Unit, count_ends, unit_of
from himaya.intake.raw import Frame, PackWriter, Place, Window, pack_path
from himaya.intake.sources import Limits, Member, Problem, Source, StreamError, is_archive, members, read_into
from himaya.sentence import said

if TYPE_CHECKING:
    from collections.abc import Sequence
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
    problem: Problem | None = None
    """Why it is refused."""


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
    window = Window(bytearray(max(raw.FRAME_BYTES, SMALL_BYTES)))
    with PackWriter(pack_path(task.folder, task.pack), task.pack) as pack:
        for position, source in task.sources:
            own = [_receive_member(member, pack, task, window) for member in members(source, task.limits)]
            if is_archive(source.path.name) and any(item.place is None for item in own):
                own = _with_archive(own, source, pack, window)
            entries += [(position, item) for item in own]
    return ReceivedPack(tuple(entries), tuple(pack.frames))


def _receive_member(member: Member, pack: PackWriter, task: ReceiveTask, window: Window) -> Received:
    if member.stream is None:
        return Received(member.label, member.name, member.container, problem=member.problem)
    try:
        place, head, tally = _keep(member.stream, pack, window)
    except StreamError as error:
        return Received(member.label, member.name, member.container, problem=error.problem)
    kind, problem = recognise(Delivered(member.name, head, task.received_on), task.kind)
    if window.unbroken:
        mib = raw.MAX_LINE_BYTES >> 20
        kind, problem = None, ("line-too-long", said("{mib} MiB or more stand without a line feed", mib=mib))
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


def _keep(stream: BinaryIO, pack: PackWriter, window: Window) -> tuple[Place, bytes, _Tally]:
    """Copy a stream into the pack; gives its place, its first bytes and its tally. May raise StreamError."""
    window.unbroken = False
    view = memoryview(window.buffer)
    have = read_into(stream, view[:SMALL_BYTES])
    head = bytes(view[: min(have, HEAD_BYTES)])
    tally = _Tally(unit_of(head[:4]))
    if have < SMALL_BYTES:
        tally.add(view[:have])
        return pack.add(view[:have]), head, tally
    frames = window.cut(partial(read_into, stream), have, tally.unit)
    return pack.add_large((frame, tally.add(frame)) for frame in frames), head, tally


def _with_archive(
    received: Sequence[Received], source: Source, pack: PackWriter, window: Window
) -> list[Received]:
    """Keep an archive itself, in place of those of its members that could not be had.

    Its bytes are no lines: none is counted.
    """
    try:
        with source.path.open("rb") as stream:
            place, _, tally = _keep(stream, pack, window)
    except (OSError, StreamError):
        return list(received)
    digest = tally.digest.hexdigest()
    return [replace(item, place=place, sha256=digest) if item.place is None else item for item in received]


class _Tally:
    """Counts and digests bytes as they pass, knowing nothing of how they are split later."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self.digest = hashlib.sha256()
        self._width = 1 if unit == "u1" else 2
        self._feed, self._return = (_unit_bytes(code, unit) for code in (LF, CR))
        self._size = self._feeds = self._after_cr = 0
        self._last = b""

    def add(self, data: bytes | memoryview) -> int:
        """Take the next bytes, whole code units but for the last; returns how many lines end in them."""
        if not len(data):
            return 0
        self.digest.update(data)
        feeds, after_cr = count_ends(data, self.unit)
        self._feeds += feeds
        self._after_cr += after_cr + (self._last == self._return and data[: self._width] == self._feed)
        self._size += len(data)
        self._last = bytes(data[-self._width :])
        return feeds

    @property
    def lines(self) -> int:
        ended = not self._size or (self._size % self._width == 0 and self._last == self._feed)
        return self._feeds + (not ended)

    @property
    def line_end(self) -> str | None:
        if self._feeds == 0:
            return None
        return {0: "LF", self._feeds: "CRLF"}.get(self._after_cr, "mixed")


def _unit_bytes(code: int, unit: Unit) -> bytes:
    return np.array(code, unit).tobytes()


def recognise(delivered: Delivered, kind: str | None) -> tuple[str | None, Problem | None]:
    """Give the one format that a delivery fits, or why it is refused."""
    if not delivered.head:
        return None, ("empty-file", said("the file is empty"))
    if kind is not None:
        return kind, None
    tried = {name: form.recognise(delivered) for name, form in formats().items()}
    fitting = [name for name, found in tried.items() if found.fits]
    closest = [name for name in fitting if tried[name].nearness == max(tried[n].nearness for n in fitting)]
    if len(closest) == 1:
        return closest[0], None
    if closest:
        return None, ("ambiguous-kind", said("it fits several kinds: {kinds}", kinds=closest))
    if unit_of(delivered.head[:4]) != "u1":
        return None, ("utf-16", said("it is in UTF-16; save it as UTF-8, an e-BDS as ASCII"))
    if b"\n" not in delivered.head and b"\r" in delivered.head:
        return None, ("cr-line-ends", said("its lines end with CR alone"))
    near, found = max(tried.items(), key=lambda item: item[1].nearness)
    if found.nearness == 0 or found.reason is None:
        return None, ("unknown-kind", said("it fits no kind of file that is known"))
    sentence = said(
        "it fits no kind of file that is known; the nearest is {kind}: {reason}",
        kind=near,
        reason=found.reason,
    )
    return None, ("unknown-kind", sentence)
