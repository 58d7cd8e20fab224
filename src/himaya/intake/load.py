"""Second step of intake: read the kept bytes by contract and stage what they say. Runs in workers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from himaya.errors import HimayaError
from himaya.intake.formats import formats
from himaya.intake.formats.base import (
    ACCEPTED,
    HEAD_BYTES,
    QUARANTINED,
    STRUCTURAL,
    Block,
    Context,
    Delivered,
    Findings,
    Format,
    Parsed,
)
from himaya.intake.kernels import count_codes
from himaya.intake.raw import RawIndex, raw_index
from himaya.intake.staging import HELD_CODE, Registers, Staging
from himaya.sentence import Sentence, said

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from numpy.typing import NDArray

    from himaya.intake.formats.base import Column
    from himaya.intake.receive import Received
    from himaya.lake import Lake, Staged

FAILED_CODE = "reader-failed"


@dataclass(frozen=True, slots=True)
class Item:
    """A delivery to be read."""

    delivery: int
    received: Received
    raw: Path
    """Folder of the batch in which its bytes were received."""


@dataclass(frozen=True, slots=True)
class LoadTask:
    """Some deliveries, or some frames of one large delivery, to be read and staged."""

    lake: Lake
    context: Context
    batch: str
    label: str
    """Names the staged files; no other task of the fund has it."""
    known_from: date
    items: tuple[Item, ...]
    frames: tuple[int, int] | None = None
    """Frames (from, until) of the only item. Whether it is held is then the driver's decision."""
    hold: bool = False
    """Keep back all data lines: the driver's decision has been taken."""
    only: Mapping[int, NDArray[np.int32]] | None = None
    """Replay: the quarantined lines to try again, by delivery, ascending."""
    release: bool = False
    """Replay: load them even where the delivery would be held."""
    registers: Registers = field(default_factory=lambda: Registers({}))
    landed: frozenset[str] = frozenset()
    """Tables that have the rows of this batch already: an interrupted commit is being finished."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a delivery, or of a part of a large one."""

    delivery: int
    accepted: int
    quarantined: int
    structural: int
    codes: Mapping[str, int]
    findings: Findings
    held: bool = False
    message: Sentence | None = None
    replayed: NDArray[np.int32] | None = None
    """Replay: the lines that were loaded now."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a :class:`LoadTask` brought: outcomes, and staged files that no reader sees yet."""

    outcomes: tuple[Outcome, ...]
    staged: tuple[tuple[str, Staged], ...]
    known: Mapping[str, NDArray[np.int64]]
    """Keys of the people and employers that its registers introduce, by column."""


def load(task: LoadTask) -> Loaded:
    """Read and stage the deliveries of a task."""
    staging = Staging(
        task.lake, task.batch, task.label, task.known_from, task.landed, task.registers, task.context.keys
    )
    outcomes = [_Reading(task, item, staging).outcome() for item in task.items]
    staging.finish()
    outcomes = [
        replace(outcome, codes=Counter(outcome.codes) + staging.unknown[outcome.delivery])
        if outcome.delivery in staging.unknown
        else outcome
        for outcome in outcomes
    ]
    return Loaded(tuple(outcomes), tuple(staging.staged), staging.known())


FEW_LINES = 5
"""Of more lines than these, one at least is right, or the delivery is held whatever its kind allows."""


def must_hold(form: Format, findings: Findings, accepted: int, quarantined: int) -> bool:
    """Whether a delivery is kept back: it cannot be trusted, or too many of its lines are wrong."""
    too_many = quarantined > form.hold_lines and quarantined > form.hold_share * (accepted + quarantined)
    nothing_right = accepted == 0 and quarantined > FEW_LINES
    return findings.hold or too_many or nothing_right


class _Reading:
    """One delivery being read: every line gets its verdict, and the rows go where the verdicts say."""

    def __init__(self, task: LoadTask, item: Item, staging: Staging) -> None:
        self.task = task
        self.item = item
        self.staging = staging
        self.form = formats()[item.received.kind or ""]
        self.counts = np.zeros(3, np.int64)
        self.codes: Counter[str] = Counter()
        self.again: list[dict[str, dict[str, Column]]] = []
        self.replayed: list[NDArray[np.int32]] = []

    def outcome(self) -> Outcome:
        """Read the delivery to its end."""
        pending: list[tuple[Block, Parsed]] = []
        try:
            index = raw_index(self.item.raw)
            reader = self.form.open(self._delivered(index), self.task.context)
            for block in self._blocks(index):
                parsed = _checked(reader.feed(block), block)
                if self.task.only is not None:
                    self._take_again(block, parsed)
                elif self.task.frames is not None:
                    self._settle(block, parsed, held=self.task.hold)
                else:
                    pending.append((block, parsed))
            findings = reader.finish()
        except (HimayaError, OSError, MemoryError):
            raise
        except Exception as error:  # noqa: BLE001 - an error in a format costs one delivery, not the batch
            return self._failed(error)
        held = self._held(findings, pending)
        for block, parsed in pending:
            self._settle(block, parsed, held=held)
        if not held:
            for rows in self.again:
                self.staging.add(self.item.delivery, rows)
        return self._result(findings, held=held)

    def _held(self, findings: Findings, pending: list[tuple[Block, Parsed]]) -> bool:
        """Whether the delivery is kept back; of a part of a large one the driver decides."""
        if self.task.frames is not None or self.task.release:
            return self.task.hold
        counts = self.counts + sum(np.bincount(parsed.verdicts, minlength=3) for _, parsed in pending)
        return must_hold(self.form, findings, int(counts[ACCEPTED]), int(counts[QUARANTINED]))

    def _delivered(self, index: RawIndex) -> Delivered:
        place = index.place(self.item.delivery)
        whole = place.frames <= 1
        head = index.read(place) if whole else index.unpack(place.pack, index.frames(place)[0])
        return Delivered(self.item.received.name, head[:HEAD_BYTES], self.task.known_from)

    def _blocks(self, index: RawIndex) -> Iterator[Block]:
        return index.blocks(index.place(self.item.delivery), self.item.received.unit, self.task.frames)

    def _settle(self, block: Block, parsed: Parsed, *, held: bool) -> None:
        verdicts, codes, rows = parsed.verdicts, parsed.codes, parsed.rows
        if held:
            kept = verdicts != STRUCTURAL
            verdicts = np.where(kept, np.uint8(QUARANTINED), verdicts)
            codes = codes | np.where(kept, np.uint64(1 << len(self.form.codes)), np.uint64(0))
            rows = {}
        self.counts += np.bincount(verdicts, minlength=3)
        self._count(codes)
        self.staging.add(self.item.delivery, rows)
        bad = np.flatnonzero(verdicts == QUARANTINED)
        if len(bad):
            self.staging.quarantine(self.item.delivery, self.form, block, bad, codes)

    def _count(self, codes: NDArray[np.uint64]) -> None:
        if codes.any():
            self.codes.update(count_codes(codes, (*self.form.codes, HELD_CODE)))

    def _take_again(self, block: Block, parsed: Parsed) -> None:
        """Keep of a block the rows of lines that are being tried again."""
        self.counts += np.bincount(parsed.verdicts, minlength=3)
        self._count(parsed.codes)
        wanted = (self.task.only or {})[self.item.delivery]
        lines = np.arange(block.first_line, block.first_line + len(block), dtype=np.int32)
        right = lines[np.isin(lines, wanted) & (parsed.verdicts == ACCEPTED)]
        if len(right):
            self.replayed.append(right)
            self.again.append(
                {name: _where(rows, np.isin(rows["line"], right)) for name, rows in parsed.rows.items()}
            )

    def _failed(self, error: Exception) -> Outcome:
        findings = Findings(codes=(FAILED_CODE,), hold=True)
        self.counts[:] = 0
        self.codes.clear()
        if self.task.frames is None and self.task.only is None:
            for block in self._blocks(raw_index(self.item.raw)):
                masks = np.full(len(block), 1 << len(self.form.codes), np.uint64)
                self.staging.quarantine(self.item.delivery, self.form, block, np.arange(len(block)), masks)
                self.counts[QUARANTINED] += len(block)
        message = said("reading it failed ({error})", error=f"{type(error).__name__}: {error}")
        return self._result(findings, held=True, message=message)

    def _result(self, findings: Findings, *, held: bool, message: Sentence | None = None) -> Outcome:
        return Outcome(
            delivery=self.item.delivery,
            accepted=int(self.counts[ACCEPTED]),
            quarantined=int(self.counts[QUARANTINED]),
            structural=int(self.counts[STRUCTURAL]),
            codes=self.codes,
            findings=findings,
            held=held,
            message=message,
            replayed=np.concatenate(self.replayed) if self.replayed and not held else None,
        )


def _checked(parsed: Parsed, block: Block) -> Parsed:
    """Hold a format to its first duty: a verdict for each line."""
    if len(parsed.verdicts) != len(block) or len(parsed.codes) != len(block):
        raise RuntimeError(f"{len(parsed.verdicts)} of {len(block)} lines were judged")
    return parsed


def _where(columns: Mapping[str, Column], mask: NDArray[np.bool_]) -> dict[str, Column]:
    return {
        name: values[mask] if isinstance(values, np.ndarray) else values.filter(pa.array(mask))
        for name, values in columns.items()
    }
