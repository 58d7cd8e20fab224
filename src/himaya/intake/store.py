"""The only place of intake that reads and commits tables."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from himaya import months
from himaya.intake.formats import formats
from himaya.intake.model import ACCEPTED, HELD, KNOWN, LOADED, DeliveryReport
from himaya.intake.staging import REGISTERS
from himaya.lake import distinct

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from himaya.intake.formats.base import Findings
    from himaya.intake.journal import Entry
    from himaya.lake import Lake, Publication, Staged

ORDER_OF_COMMITS_LAST = ("quarantine", "replay", "delivery")
"""Tables that are committed after all others; the delivery table says that a batch is whole."""


@dataclass(frozen=True)
class Past:
    """What the fund knows of earlier deliveries."""

    next_delivery: int
    first_with: dict[str, tuple[int, str | None]]
    """SHA-256 to the first delivery whose bytes count, and the kind it was held as, if it was held."""
    principals: dict[tuple[str, int, int], int]
    """Kind, employer and month number to the delivery that stands for them."""

    def first(self, digest: str, kind: str) -> int | None:
        """Give the delivery that these bytes repeat; bytes held as another kind (a wrong ``--kind``) do not count."""
        number, held_as = self.first_with.get(digest, (None, None))
        return number if held_as is None or held_as.startswith(kind) else None

    @classmethod
    def read(cls, lake: Lake) -> Past:
        """Read the delivery table as it is committed, published or not."""
        columns = ["delivery", "status", "sha256", "kind", "employer", "month", "received_at"]
        table = latest(lake.table("delivery").read(columns=columns))
        past = cls(1, {}, {})
        last = pc.max(table["delivery"]).as_py() or 0
        known = table.filter(pc.is_in(table["status"], value_set=pa.array(KNOWN)))
        told = (known[name].to_pylist() for name in ("delivery", "sha256", "status", "kind"))
        for number, digest, status, kind in zip(*told, strict=True):
            if past.first_with.get(digest, (0, ""))[1] is not None:
                past.first_with[digest] = (number, kind if status == HELD else None)
        loaded = known.filter(
            pc.and_(
                pc.is_in(known["status"], value_set=pa.array(LOADED)),
                pc.and_(pc.is_valid(known["employer"]), pc.is_valid(known["month"])),
            )
        )
        numbers = months.months_of_days(loaded["month"].cast(pa.int32()).to_numpy()).tolist()
        told = (loaded[name].to_pylist() for name in ("kind", "employer", "delivery", "status"))
        for month, kind, employer, number, status in zip(numbers, *told, strict=True):
            key = (kind, employer, month)
            # One that is not whole stands only until another one does (see outcome.superseded).
            if status == ACCEPTED or key not in past.principals:
                past.principals[key] = number
        return cls(last + 1, past.first_with, past.principals)


def next_delivery(lake: Lake) -> int:
    """Number that the next delivery gets, from the log alone; the delivery table is sorted by its numbers."""
    return 1 + max((entry.highest for entry in lake.table("delivery").entries()), default=0)


def register_files(
    lake: Lake, folder: Path, batch: str, brought: Mapping[str, Iterable[NDArray[np.int64]]]
) -> dict[str, Path]:
    """Write the keys of who is known: those in the lake and those this batch brings."""
    paths: dict[str, Path] = {}
    for column, table in REGISTERS.items():
        held = lake.table(table).read(columns=[column])[column].to_numpy().astype(np.int64)
        keys = distinct(np.concatenate([held, *brought.get(column, ())]))
        if len(keys):
            paths[column] = folder / f"{batch}-{column}.npy"
            np.save(paths[column], keys)
    return paths


def landed(lake: Lake, tables: Iterable[str], transaction: str) -> frozenset[str]:
    """Give the tables that already have this transaction."""
    return frozenset(name for name in tables if lake.table(name).landed(transaction))


def intake_tables() -> tuple[str, ...]:
    """Every table that intake may write, the delivery table last."""
    filled = {table for form in formats().values() for table in form.tables}
    return (*sorted(filled), *ORDER_OF_COMMITS_LAST)


def commit(
    lake: Lake, staged: Iterable[tuple[str, Staged]], transaction: str, note: str, step: Any
) -> Publication:
    """Commit staged files table by table, the delivery table last, then publish."""
    by_table: dict[str, list[Staged]] = defaultdict(list)
    for table, file in staged:
        by_table[table].append(file)
    order = [name for name in intake_tables() if name in by_table]
    for done, name in enumerate(order):
        step(done, len(order) + 1)
        lake.table(name).append(by_table[name], transaction=transaction)
    step(len(order), len(order) + 1)
    publication = lake.publish(note, run=transaction, tables=intake_tables())
    step(len(order) + 1, len(order) + 1)
    return publication


def delivery_rows(lake: Lake, rows: list[dict[str, Any]]) -> pa.Table:
    """Rows of the delivery table."""
    return pa.Table.from_pylist(rows, schema=lake.specs["delivery"].schema)


def delivery_row(
    report: DeliveryReport,
    entry: Entry,
    *,
    container: str | None,
    sha256: str,
    size: int,
    line_end: str | None,
    version: str,
    findings: Findings,
    supersedes: int | None,
) -> dict[str, Any]:
    """One row of the delivery table."""
    return {
        "delivery": report.delivery,
        "file": report.file,
        "container": container,
        "kind": report.kind or "unknown",
        "status": report.status,
        "sha256": sha256,
        "bytes": size,
        "lines": report.lines,
        "accepted": report.accepted,
        "quarantined": report.quarantined,
        "structural": report.structural,
        "codes": json.dumps(dict(report.codes), sort_keys=True),
        "totals_agree": report.totals_agree,
        "totals": json.dumps({name: list(pair) for name, pair in report.totals.items()}, sort_keys=True),
        "employer": findings.employer,
        "month": None if findings.month is None else months.first_day(findings.month),
        "supersedes": supersedes,
        "encoding": findings.encoding,
        "line_end": line_end,
        "name_period_style": findings.name_period_style,
        "contract_version": version,
        "received_at": entry.received_at,
        "known_from": entry.received_on,
        "batch": entry.batch,
    }


def latest(deliveries: pa.Table) -> pa.Table:
    """Keep the last row of each delivery: a replay adds one and leaves the first."""
    table = deliveries.sort_by([("delivery", "ascending"), ("received_at", "ascending")])
    numbers = table["delivery"].to_numpy()
    last = np.append(numbers[1:] != numbers[:-1], np.ones(min(1, len(numbers)), bool))
    return table.filter(pa.array(last))
