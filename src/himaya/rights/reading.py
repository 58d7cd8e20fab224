"""Rows of a few persons of one bucket: each table is read once, and then given out person by person."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from himaya.lake import Snapshot


@dataclass
class PersonRows:
    """What a publication holds of some persons of one bucket.

    Attributes
    ----------
    snapshot, bucket
        The publication, and the bucket that holds all the persons.
    persons
        int64 (n,), their keys.
    """

    snapshot: Snapshot
    bucket: int
    persons: NDArray[np.int64]
    _held: dict[str, tuple[pa.Table, NDArray[np.int64]]] = field(default_factory=dict)

    def of(self, name: str, key: int) -> pa.Table:
        """Rows of one of the persons in a table; empty where there are none."""
        if name not in self._held:
            self._held[name] = self._read(name)
        rows, keys = self._held[name]
        first, after = (int(np.searchsorted(keys, key, side)) for side in ("left", "right"))
        return rows.slice(first, after - first)

    @cached_property
    def files(self) -> dict[int, str]:
        """Files of the deliveries that the persons' careers and contradictions name, by delivery."""
        columns = (("career", "delivery"), ("contradiction", "delivery"), ("contradiction", "other_delivery"))
        named: set[Any] = set()
        for table, column in columns:
            if table not in self._held:
                self._held[table] = self._read(table)
            named.update(pc.unique(self._held[table][0][column]).to_pylist())
        condition = pc.field("delivery").isin(sorted(named - {None}))
        rows = self.snapshot.read("delivery", columns=["delivery", "file"], filters=condition)
        return dict(zip(rows["delivery"].to_pylist(), rows["file"].to_pylist(), strict=True))

    def _read(self, name: str) -> tuple[pa.Table, NDArray[np.int64]]:
        mine = pc.field("person_key").isin(pa.array(self.persons, pa.int64()))
        rows = self.snapshot.read(name, bucket=self.bucket, filters=mine)
        keys = rows["person_key"].to_numpy().astype(np.int64)
        order = np.argsort(keys, kind="stable")
        return rows.take(pa.array(order)).combine_chunks(), keys[order]
