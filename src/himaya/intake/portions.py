"""How the work of a batch is divided among workers: sources into packs, deliveries into load tasks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from himaya.intake.formats import formats
from himaya.intake.sources import is_archive

if TYPE_CHECKING:
    from himaya.intake.load import Item, LoadTask
    from himaya.intake.sources import Source

GROUP_BYTES = 16 << 20
GROUP_FILES = 400
"""Small files that one task receives together."""
LARGE_BYTES = 16 << 20
"""A delivery from this size on has tasks of its own, and several where its format is splittable."""
TASK_BYTES = (16 << 20, 192 << 20)
"""Least and most bytes of a load task, about; between them a fourth of the batch.

Each task writes a file for each bucket: twice as many tasks cost a fifth more time in writing them, and as many
more files to whoever reads the table.
"""


def groups(sources: Sequence[Source]) -> Iterator[tuple[tuple[int, Source], ...]]:
    """Small files together, an archive or a large file alone."""
    group: list[tuple[int, Source]] = []
    size = 0
    for position, source in enumerate(sources):
        if is_archive(source.path.name) or source.size >= GROUP_BYTES:
            yield ((position, source),)
            continue
        if group and (size + source.size > GROUP_BYTES or len(group) == GROUP_FILES):
            yield tuple(group)
            group, size = [], 0
        group.append((position, source))
        size += source.size
    if group:
        yield tuple(group)


def portions(items: Sequence[Item], base: LoadTask) -> list[LoadTask]:
    """Divide deliveries into tasks of like size, a large one among several where it may be split."""
    room = min(max(sum(map(_size, items)) // 4, TASK_BYTES[0]), TASK_BYTES[1])
    tasks: list[LoadTask] = []

    def put(chosen: Iterable[Item], frames: tuple[int, int] | None = None) -> None:
        tasks.append(replace(base, label=f"{base.label}{len(tasks):04d}", items=tuple(chosen), frames=frames))

    for item in items:
        if _size(item) >= LARGE_BYTES and item.received.place is not None:
            frames = item.received.place.frames
            parts = -(-_size(item) // room) if formats()[item.received.kind or ""].splittable else 1
            for part in range(parts):
                put((item,), (frames * part // parts, frames * (part + 1) // parts))
    small = [item for item in items if _size(item) < LARGE_BYTES]
    size = sum(map(_size, small))
    many = max(round(size / room), 1)
    # An item goes where its middle lies when all of them are laid end to end and cut into equal parts.
    ends = accumulate(map(_size, small))
    parts_of = [int((end - _size(item) / 2) / size * many) for item, end in zip(small, ends, strict=True)]
    for _, together in groupby(zip(parts_of, small, strict=True), itemgetter(0)):
        put(item for _, item in together)
    return tasks


def _size(item: Item) -> int:
    return item.received.place.size if item.received.place else 0
