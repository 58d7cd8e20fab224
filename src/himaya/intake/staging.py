"""Rows on their way into the lake: gathered, checked against registers, staged by bucket."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from himaya.contract.identifiers import INSURED
from himaya.intake.formats import formats
from himaya.intake.kernels import binary_array, code_lists
from himaya.lake import Lake, Staged, TableSpec, distinct

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from numpy.typing import NDArray

    from himaya.intake.formats.base import Block, Column, Format
    from himaya.lake import KeySpace

ROWS_PER_FILE_SET = 4_000_000
"""Rows of one table after which a worker writes, so that its memory stays bounded."""

REGISTERS = {"person_key": "insured_person", "employer": "employer"}
"""Which table says who is known, by the column that names them."""
UNKNOWN = {"person_key": "unknown-person", "employer": "unknown-employer"}
HELD_CODE = "delivery-held"
"""The code of every line of a held delivery; its bit follows those of the format."""
UNCHECKED = ("insured_person", "identity", "employer")
"""Tables whose rows introduce people and employers."""


@dataclass(frozen=True, slots=True)
class Registers:
    """Files of sorted keys of those who are known, by column; a register not received is left out."""

    paths: Mapping[str, Path]

    def unknown(self, column: str, values: NDArray[Any], keys: KeySpace) -> NDArray[np.bool_] | None:
        """Which values are of nobody in the register; None where there is no register.

        People who have no insured number yet, and an employer's occasional labour, cannot be in it.
        """
        if column not in self.paths or len(values) == 0:
            return None
        known = np.load(self.paths[column], mmap_mode="r")
        named = distinct(values)
        at = np.minimum(np.searchsorted(known, named), len(known) - 1)
        strangers = named[known[at] != named] if len(known) else named
        if column == "person_key":
            strangers = strangers[keys.decrypt(strangers)[0] == INSURED]
        if len(strangers) == 0:
            return np.zeros(len(values), bool)
        at = np.minimum(np.searchsorted(strangers, values), len(strangers) - 1)
        return np.asarray(strangers[at] == values)


@dataclass(frozen=True, slots=True)
class _Kept:
    """Quarantined lines of one block."""

    delivery: int
    lines: NDArray[np.int32]
    offsets: NDArray[np.int64]
    raw: pa.Array
    masks: NDArray[np.uint64]


class Staging:
    """Gathers the rows of one task and stages them; nothing is visible until the driver commits."""

    def __init__(
        self,
        lake: Lake,
        batch: str,
        label: str,
        known_from: date,
        landed: frozenset[str],
        registers: Registers,
        keys: KeySpace,
    ) -> None:
        self.staged: list[tuple[str, Staged]] = []
        self.unknown: dict[int, Counter[str]] = defaultdict(Counter)
        """Count of warnings about strangers, by delivery."""
        self._lake = lake
        self._batch = batch
        self._label = label
        self._known_from = known_from
        self._landed = landed
        self._registers = registers
        self._keys = keys
        self._parts: dict[str, list[tuple[int, int, Mapping[str, Column]]]] = defaultdict(list)
        self._rows: Counter[str] = Counter()
        self._files: Counter[str] = Counter()
        self._kept: dict[str, list[_Kept]] = defaultdict(list)
        self._known: dict[str, list[NDArray[np.int64]]] = defaultdict(list)

    def add(self, delivery: int, rows: Mapping[str, Mapping[str, Column]]) -> None:
        """Take the rows of one block."""
        for table, columns in rows.items():
            count = len(columns["line"])
            if count:
                self._parts[table].append((delivery, count, columns))
                self._rows[table] += count
                if self._rows[table] >= ROWS_PER_FILE_SET:
                    self._flush(table)

    def quarantine(
        self,
        delivery: int,
        form: Format,
        block: Block,
        which: NDArray[np.intp],
        masks: NDArray[np.uint64],
    ) -> None:
        """Keep back the lines of a block at the positions ``which``, with their codes."""
        starts = block.starts[which]
        self._kept[form.kind].append(
            _Kept(
                delivery=delivery,
                lines=(which + block.first_line).astype(np.int32),
                offsets=starts + block.base_offset,
                raw=binary_array(block.buffer, starts, block.lengths[which].astype(np.int64)),
                masks=masks[which],
            )
        )

    def known(self) -> dict[str, NDArray[np.int64]]:
        """Keys that the registers among the staged rows introduce, by column, ascending."""
        return {
            column: distinct(np.concatenate(self._known[table]))
            for column, table in REGISTERS.items()
            if self._known[table]
        }

    def finish(self) -> None:
        """Stage all that is still gathered."""
        for table in sorted(self._parts):
            self._flush(table)
        if self._kept and "quarantine" not in self._landed:
            tables = [self._quarantined(kind, kept) for kind, kept in sorted(self._kept.items())]
            self._stage(self._lake.specs["quarantine"], pa.concat_tables(tables))

    def _quarantined(self, kind: str, kept: list[_Kept]) -> pa.Table:
        """Quarantine rows of all deliveries of one format."""
        form = formats()[kind]
        counts = [len(each.lines) for each in kept]
        rows = sum(counts)
        numbers = np.array([each.delivery for each in kept], np.int32)
        columns = {
            "delivery": pa.array(np.repeat(numbers, counts)),
            "line": pa.array(np.concatenate([each.lines for each in kept])),
            "offset": pa.array(np.concatenate([each.offsets for each in kept])),
            "raw": pa.concat_arrays([each.raw for each in kept]),
            "codes": code_lists(np.concatenate([each.masks for each in kept]), (*form.codes, HELD_CODE)),
            "kind": pa.repeat(kind, rows),
            "contract_version": pa.repeat(form.version, rows),
            "batch": pa.repeat(self._batch, rows),
            "known_from": pa.repeat(pa.scalar(self._known_from, pa.date32()), rows),
        }
        schema = self._lake.specs["quarantine"].schema
        return pa.Table.from_arrays(
            [columns[name].cast(schema.field(name).type) for name in schema.names], schema=schema
        )

    def _flush(self, table: str) -> None:
        parts = self._parts.pop(table, [])
        self._rows[table] = 0
        if not parts:
            return
        spec = self._lake.specs[table]
        counts = [count for _, count, _ in parts]
        delivery = np.repeat(np.array([number for number, _, _ in parts], np.int32), counts)
        columns = {
            field.name: _gather(field, [(count, columns.get(field.name)) for _, count, columns in parts])
            for field in spec.schema
            if field.name not in {"delivery", "known_from"}
        }
        columns["delivery"] = pa.array(delivery)
        columns["known_from"] = pa.repeat(pa.scalar(self._known_from, pa.date32()), len(delivery))
        data = pa.table({name: columns[name] for name in spec.schema.names})
        if table not in UNCHECKED:
            self._check(data, delivery)
        for column, register in REGISTERS.items():
            if table == register:
                self._known[table].append(data[column].to_numpy().astype(np.int64))
        if table not in self._landed:
            self._stage(spec, data)

    def _check(self, data: pa.Table, delivery: NDArray[np.int32]) -> None:
        for column, code in UNKNOWN.items():
            if column in data.column_names:
                unknown = self._registers.unknown(
                    column, data[column].to_numpy().astype(np.int64), self._keys
                )
                if unknown is not None and unknown.any():
                    numbers, times = np.unique(delivery[unknown], return_counts=True)
                    for number, count in zip(numbers.tolist(), times.tolist(), strict=True):
                        self.unknown[number][code] += count

    def _stage(self, spec: TableSpec, data: pa.Table) -> None:
        table, label = self._lake.table(spec.name), f"{self._label}-{self._files[spec.name]:03d}"
        if spec.bucketed:
            files = table.stage_buckets(data, buckets=self._lake.buckets, label=label)
        else:
            files = [table.stage(data, bucket=None, label=label)]
        self.staged += [(spec.name, file) for file in files]
        self._files[spec.name] += 1


def _gather(field: pa.Field, parts: list[tuple[int, Column | None]]) -> pa.Array:
    """One column over many blocks; a block that lacks it gives nulls."""
    if all(isinstance(values, np.ndarray) for _, values in parts):
        return _arrow(np.concatenate([values for _, values in parts]), field.type)
    arrays = [
        pa.nulls(count, field.type) if values is None else _arrow(values, field.type)
        for count, values in parts
    ]
    if any(array.type != arrays[0].type for array in arrays):
        arrays = [array.cast(field.type) for array in arrays]
    return pa.concat_arrays(arrays)


def _arrow(values: Column, kind: pa.DataType) -> pa.Array:
    if isinstance(values, np.ndarray):
        if pa.types.is_date32(kind):
            return pa.array(values.astype(np.int32, copy=False)).cast(kind)
        return pa.array(values, kind)
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    same = values.type == kind or (pa.types.is_dictionary(values.type) and values.type.value_type == kind)
    return values if same else values.cast(kind)
