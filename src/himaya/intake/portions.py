"""How the work of a batch is divided among workers: sources into packs, deliveries into load tasks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from himaya.intake.formats import formats
from himaya.intake.sources import is_archive

if TYPE_CHECKING:
    from himaya.intake.load import Item, LoadTask
    from himaya.intake.sources import Source

GROUP_BYTES = 8 << 20
GROUP_FILES = 400
"""Small files that one task receives together."""
LARGE_BYTES = 16 << 20
"""A delivery from this size on has tasks of its own, and several where its format is splittable."""
TASK_BYTES = (16 << 20, 192 << 20)
"""Least and most bytes of a load task; between them an eighth of the batch."""


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
    total = sum(_size(item) for item in items)
    room = min(max(total // 8, TASK_BYTES[0]), TASK_BYTES[1])
    tasks: list[LoadTask] = []

    def put(chosen: Sequence[Item], frames: tuple[int, int] | None = None) -> None:
        tasks.append(replace(base, label=f"{base.label}{len(tasks):04d}", items=tuple(chosen), frames=frames))

    together: list[Item] = []
    size = 0
    for item in items:
        own = _size(item)
        if own >= LARGE_BYTES and item.received.place is not None:
            frames = item.received.place.frames
            parts = -(-own // room) if formats()[item.received.kind or ""].splittable else 1
            for part in range(parts):
                put((item,), (frames * part // parts, frames * (part + 1) // parts))
            continue
        if together and size + own > room:
            put(together)
            together, size = [], 0
        together.append(item)
        size += own
    if together:
        put(together)
    return tasks


def _size(item: Item) -> int:
    return item.received.place.size if item.received.place else 0
