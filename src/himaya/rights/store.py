"""The only place of this folder that touches storage: one bucket's task, and the commit of a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from himaya.career import EXTRACT, KNOWN_COLUMNS, MONTHLY_COLUMNS, Monthly, persons_only
from himaya.lake import KeySpace, Lake, Staged, distinct, map_tasks
from himaya.legislation import system_of
from himaya.rights.lists import Rights
from himaya.rights.people import People

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from himaya.law import System

READS = ("declared_period", "delivery", "insured_person", "identity", "death", "pension_in_payment")
"""The conformed tables that a run rests on."""
TABLES = ("entitlement", "take_up", "unsupported_payment", "difference")
"""The tables that this folder derives; careers and contradictions are :mod:`himaya.career.store`'s."""


@dataclass(frozen=True)
class BucketTask:
    """All that one bucket's derivation depends on; crosses to a worker."""

    lake: Lake
    tables: Mapping[str, int]
    bucket: int
    run: str
    publication: int
    keys: KeySpace
    """Tells persons from occasional labour, which is nobody's career."""
    country: str
    overlay: str | None
    law_date: date
    known_date: date
    first: int | None
    observed: int | None
    """First and last month of which declarations were received."""
    paid_month: date | None
    """Month of the pension file that counts."""


@dataclass(frozen=True)
class BucketDone:
    """What one bucket's derivation left, invisible until the run commits."""

    staged: Mapping[str, Staged]
    rows: Mapping[str, int]


def derive_bucket(task: BucketTask) -> BucketDone:
    """Entitlements and lists of one bucket: read, apply the law, stage."""
    people = gather(task)
    system = legal_system(task.country, task.overlay)
    rights = Rights.of(
        people, system, on=task.law_date, known=task.known_date, first=task.first, observed=task.observed
    )
    tables = {
        "entitlement": rights.entitlements(),
        "take_up": rights.take_up(),
        "unsupported_payment": rights.unsupported(),
        "difference": rights.differences(),
    }
    label = f"{task.run}-{task.publication}-{task.bucket:05}"
    staged = {
        name: task.lake.table(name).stage(_cited(table, task), bucket=task.bucket, label=label)
        for name, table in tables.items()
    }
    return BucketDone(staged, {name: table.num_rows for name, table in tables.items()})


def gather(task: BucketTask) -> People:
    """The people of a bucket at the versions that the task names."""

    def read(name: str, columns: list[str] | None = None) -> pa.Table:
        return task.lake.table(name).read(columns, task.bucket, task.tables[name])

    career = read("career", [*MONTHLY_COLUMNS, "record", *KNOWN_COLUMNS])
    return People.gather(
        register=read("insured_person"),
        deaths=read("death"),
        pensions=read("pension_in_payment"),
        monthly=Monthly.from_table(persons_only(career, task.keys), task.known_date),
        extracted=extracted(career, task.known_date),
        known_on=task.known_date,
        paid_month=task.paid_month,
    )


def extracted(career: pa.Table, known_on: date) -> NDArray[np.int64]:
    """Keys of the persons whom a career extract known on the day names, each once, ascending."""
    named = career.filter(
        pc.and_(pc.equal(career["record"], EXTRACT), pc.less_equal(career["known_from"], known_on))
    )
    return distinct(named["person_key"].to_numpy().astype(np.int64))


def derive(
    tasks: list[BucketTask], executor: Executor, progress: Callable[[int, int], None] | None
) -> dict[str, int]:
    """Derive all buckets and replace the derived tables, one commit a table; rows of each table."""
    done = map_tasks(executor, derive_bucket, tasks, progress=progress)
    first = tasks[0]
    for name in TABLES:
        # The publication is part of the transaction: a run repeated after another one must land again.
        first.lake.table(name).replace(
            [each.staged[name] for each in done], buckets=None, transaction=f"{first.run}-{first.publication}"
        )
    return {name: sum(each.rows[name] for each in done) for name in TABLES}


def legal_system(country: str, overlay: str | None = None) -> System:
    """The law of a country, with an overlay's changes if one is named."""
    system = system_of(country)
    return system.with_overlay(overlay) if overlay else system


def _cited(table: pa.Table, task: BucketTask) -> pa.Table:
    """The rows with the publication and run that they can be followed to."""
    cited: dict[str, Any] = {
        "publication": pa.scalar(task.publication, pa.int32()),
        "run": pa.scalar(task.run),
    }
    for name, value in cited.items():
        table = table.append_column(name, pa.repeat(value, table.num_rows))
    return table
