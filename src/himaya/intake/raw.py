"""The bytes as received: kept whole, compressed, unchanged, and found again by delivery and line.

A batch has a folder ``raw/<batch>/`` of packs and an ``index.json``. A pack is a row of Zstandard frames of
about 4 MiB, so that ``zstd -dc`` alone gives its bytes back. Small deliveries share frames; one larger than
a frame has frames of its own, cut after a line feed, so that its parts can be read apart.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Self

import numpy as np
import pyarrow as pa

from himaya.errors import HimayaError
from himaya.intake.lines import Unit, count_ends, last_end, split, unit_of
from himaya.sentence import said

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from himaya.intake.formats.base import Block

FRAME_BYTES = 4 << 20
MAX_LINE_BYTES = 16 << 20
LEVEL = 1


class LineTooLongError(HimayaError):
    """A line feed is so far away that this is no text of lines."""

    code = "line-too-long"


class RawError(HimayaError):
    """The kept bytes of a delivery are not there or are not what was received."""

    code = "raw"


@dataclass(frozen=True, slots=True)
class Frame:
    """One compressed piece of a pack."""

    offset: int
    packed: int
    size: int
    first_line: int
    """Line of its delivery that begins it, where the delivery has frames of its own; otherwise 1."""
    first_byte: int
    """Offset in its delivery of its first byte, likewise; otherwise 0."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the bytes of one delivery stand: in one frame from ``start`` on, or in ``frames`` of its own."""

    pack: int
    frame: int
    frames: int
    start: int
    size: int


class PackWriter:
    """Writes one pack. Use as a context manager: closing makes the bytes durable."""

    def __init__(self, path: Path, number: int) -> None:
        self.number = number
        self.frames: list[Frame] = []
        self._file = path.open("wb")
        self._codec = pa.Codec("zstd", compression_level=LEVEL)
        self._shared = bytearray()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._file:
            if self._shared:
                self._close_shared()
            self._file.flush()
            os.fsync(self._file.fileno())

    def add(self, data: bytes) -> Place:
        """Keep a small delivery in the shared frame."""
        if self._shared and len(self._shared) + len(data) > FRAME_BYTES:
            self._close_shared()
        place = Place(self.number, len(self.frames), 1, len(self._shared), len(data))
        self._shared += data
        return place

    def add_large(self, pieces: Iterator[bytes], unit: Unit) -> Place:
        """Keep a large delivery in frames of its own, cut after line feeds; undone if ``pieces`` fails."""
        if self._shared:
            self._close_shared()
        first, offset = len(self.frames), self._file.tell()
        line, byte = 1, 0
        try:
            for whole in _cut(pieces, unit):
                self._write(whole, line, byte)
                line, byte = line + count_ends(whole, unit)[0], byte + len(whole)
        except BaseException:
            del self.frames[first:]
            self._file.seek(offset)
            self._file.truncate()
            raise
        return Place(self.number, first, len(self.frames) - first, 0, byte)

    def _close_shared(self) -> None:
        self._write(bytes(self._shared), 1, 0)
        self._shared.clear()

    def _write(self, data: bytes | memoryview, first_line: int, first_byte: int) -> None:
        packed = self._codec.compress(data, asbytes=True)
        self.frames.append(Frame(self._file.tell(), len(packed), len(data), first_line, first_byte))
        self._file.write(packed)


@dataclass(frozen=True)
class RawIndex:
    """Where all deliveries of one batch stand."""

    folder: Path
    first: int
    """Number of the batch's first delivery."""
    packs: tuple[tuple[Frame, ...], ...]
    places: tuple[Place, ...]

    def place(self, delivery: int) -> Place:
        """Where a delivery stands; raises :class:`RawError` for one of another batch."""
        if not 0 <= delivery - self.first < len(self.places):
            raise RawError(
                said("delivery {delivery} is not in this batch", delivery=str(delivery)),
                where=str(self.folder),
            )
        return self.places[delivery - self.first]

    def save(self) -> None:
        """Write the index beside the packs, durably."""
        text = json.dumps(
            {
                "first": self.first,
                "packs": [[_row(frame) for frame in frames] for frames in self.packs],
                "deliveries": [_row(place) for place in self.places],
            },
            separators=(",", ":"),
        )
        write_durably(self.folder / "index.json", text.encode())

    @classmethod
    def load(cls, folder: Path) -> RawIndex:
        """Read the index of a batch; raises :class:`RawError` where it is missing."""
        try:
            text = (folder / "index.json").read_bytes()
        except FileNotFoundError as error:
            raise RawError("the kept bytes of this batch are missing", where=str(folder)) from error
        raw = json.loads(text)
        return cls(
            folder=folder,
            first=raw["first"],
            packs=tuple(tuple(Frame(*frame) for frame in frames) for frames in raw["packs"]),
            places=tuple(Place(*place) for place in raw["deliveries"]),
        )

    def read(self, place: Place) -> bytes:
        """All bytes of a small delivery, or of one whose size is known to fit memory."""
        frames = self.frames(place)
        if place.frames != 1:
            return b"".join(self.unpack(place.pack, frame) for frame in frames)
        return self.unpack(place.pack, frames[0])[place.start : place.start + place.size]

    def frames(self, place: Place) -> tuple[Frame, ...]:
        """Give the frames that hold a delivery."""
        return self.packs[place.pack][place.frame : place.frame + place.frames]

    def unpack(self, pack: int, frame: Frame) -> bytes:
        """Give the bytes of one frame."""
        return _unpack(self.folder, pack, frame)

    def blocks(self, place: Place, unit: Unit, frames: tuple[int, int] | None = None) -> Iterator[Block]:
        """Give the lines of a delivery, block by block.

        Parameters
        ----------
        frames
            Only these of its frames (from, until), for a delivery that has frames of its own.
        """
        if place.size == 0:
            return
        own = self.frames(place)
        if len(own) == 1:
            yield split(_array(self.read(place)), unit, 1, 0)
            return
        for frame in own[slice(*frames) if frames else slice(None)]:
            data = _array(self.unpack(place.pack, frame))
            yield split(data, unit, frame.first_line, frame.first_byte)

    def line(self, delivery: int, number: int) -> bytes:
        """Give one line (from 1) without its end; raises :class:`RawError` past the last line."""
        place = self.place(delivery)
        own = self.frames(place)
        at = max((i for i, frame in enumerate(own) if frame.first_line <= number), default=0)
        # The unit shows in the first bytes of the delivery, not in those of a later frame.
        unit = unit_of(self.read(place)[:4] if len(own) <= 1 else self.unpack(place.pack, own[0])[:4])
        for block in self.blocks(place, unit, (at, at + 1)):
            if block.first_line <= number < block.first_line + len(block):
                return block.line(number - block.first_line)
        raise RawError(
            said("delivery {delivery} has no line {number}", delivery=str(delivery), number=number),
            where=str(self.folder),
        )


def _cut(pieces: Iterator[bytes], unit: Unit) -> Iterator[memoryview]:
    """Cut a stream after line feeds, about :data:`FRAME_BYTES` at a time."""
    parts: list[bytes] = []
    for piece in pieces:
        parts.append(piece)
        if sum(map(len, parts)) < FRAME_BYTES:
            continue
        pending = b"".join(parts)
        cut = last_end(pending, unit)
        if cut:
            yield memoryview(pending)[:cut]
        elif len(pending) > MAX_LINE_BYTES:
            raise LineTooLongError(
                said("more than {bytes} bytes stand without a line feed", bytes=MAX_LINE_BYTES)
            )
        parts = [pending[cut:]]
    if rest := b"".join(parts):
        yield memoryview(rest)


@lru_cache(maxsize=2)
def _unpack(folder: Path, pack: int, frame: Frame) -> bytes:
    # Many small deliveries share a frame and are read one after the other: the last frames stay at hand.
    path = pack_path(folder, pack)
    with path.open("rb") as file:
        file.seek(frame.offset)
        packed = file.read(frame.packed)
    try:
        return bytes(pa.Codec("zstd").decompress(packed, frame.size, asbytes=True))
    except OSError as error:
        raise RawError(
            "the kept bytes are damaged",
            where=said("{path}, byte {byte}", path=path, byte=frame.offset),
            mend="Restore this file.",
        ) from error


def _array(data: bytes) -> NDArray[np.uint8]:
    return np.frombuffer(data, np.uint8)


def _row(item: Frame | Place) -> list[int]:
    return [getattr(item, name) for name in item.__slots__]


def pack_path(folder: Path, number: int) -> Path:
    """Path of a pack of a batch."""
    return folder / f"{number:05d}.zst"


def write_durably(path: Path, data: bytes) -> None:
    """Write a file so that after a crash it is there whole or not at all."""
    draft = path.with_name(path.name + ".draft")
    with draft.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@lru_cache(maxsize=8)
def raw_index(folder: Path) -> RawIndex:
    """Load the index of a batch, kept at hand: it never changes once written."""
    return RawIndex.load(folder)
