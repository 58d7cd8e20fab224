"""The only place of this folder that touches storage: one bucket's task, and the commit of a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from himaya.career import Careers, find_contradictions, resolve
from himaya.lake import Lake, Staged, map_tasks
from himaya.rights.lists import Rights
from himaya.rights.model import DERIVED, RunError
from himaya.rights.people import People

if TYPE_CHECKING:
    from himaya.law import System

READS = ("declared_period", "delivery", "insured_person", "death", "pension_in_payment")
"""The tables that a run reads."""


@dataclass(frozen=True)
class BucketTask:
    """All that one bucket's derivation depends on; crosses to a worker."""

    lake: Lake
    tables: Mapping[str, int]
    bucket: int
    run: str
    publication: int
    country: str
    overlay: str | None
    law_date: date
    known_date: date
    observed: int | None
    """Last month of which declarations were received."""
    paid_month: date | None
    """Month of the pension file that counts."""


@dataclass(frozen=True)
class BucketDone:
    """What one bucket's derivation left, invisible until the run commits."""

    staged: Mapping[str, Staged]
    rows: Mapping[str, int]


def derive_bucket(task: BucketTask) -> BucketDone:
    """Careers, entitlements and lists of one bucket: read, derive, stage."""
    read = _Reader(task)
    career = resolve(read("declared_period"), read("delivery"))
    deaths = read("death")
    people = People.gather(
        register=read("insured_person"),
        deaths=deaths,
        pensions=read("pension_in_payment"),
        monthly=Careers.from_table(career, task.known_date).monthly(),
        known_on=task.known_date,
        paid_month=task.paid_month,
    )
    system = legal_system(task.country, task.overlay)
    rights = Rights.of(people, system, on=task.law_date, known=task.known_date, observed=task.observed)
    tables = {
        "career": career,
        "entitlement": rights.entitlements(),
        "take_up": rights.take_up(),
        "unsupported_payment": rights.unsupported(task.paid_month),
        "difference": rights.differences(),
        "contradiction": find_contradictions(career, deaths, task.known_date),
    }
    staged = {}
    for name, table in tables.items():
        rows = table if name == "career" else _cited(table, task)
        staged[name] = task.lake.table(name).stage(rows, bucket=task.bucket, label=f"run-{task.run}")
    return BucketDone(staged, {name: table.num_rows for name, table in tables.items()})


def derive(
    tasks: list[BucketTask], executor: Executor, progress: Callable[[int, int], None] | None
) -> dict[str, int]:
    """Derive all buckets and replace the derived tables, one commit a table; rows of each table."""
    done = map_tasks(executor, derive_bucket, tasks, progress=progress)
    first = tasks[0]
    for name in DERIVED:
        # The publication is part of the transaction: a run repeated after another one must land again.
        first.lake.table(name).replace(
            [each.staged[name] for each in done], buckets=None, transaction=f"{first.run}@{first.publication}"
        )
    return {name: sum(each.rows[name] for each in done) for name in DERIVED}


def legal_system(country: str, overlay: str | None = None) -> System:
    """The law of a country, with an overlay's changes if one is named; raises :class:`RunError`."""
    try:
        system: System = import_module(f"himaya.legislation.{country}").system
    except ModuleNotFoundError as error:
        raise RunError(
            f"there is no legislation of {country!r}", where="himaya.toml", mend="Set country to 'morocco'."
        ) from error
    return system.with_overlay(overlay) if overlay else system


class _Reader:
    """Reads whole buckets at the versions that the run's manifest names."""

    def __init__(self, task: BucketTask) -> None:
        self.task = task

    def __call__(self, name: str) -> pa.Table:
        table = self.task.lake.table(name)
        bucket = self.task.bucket if table.spec.bucketed else None
        return table.read(bucket=bucket, version=self.task.tables[name])


def _cited(table: pa.Table, task: BucketTask) -> pa.Table:
    """The rows with the publication and run that they can be followed to."""
    cited: dict[str, Any] = {"publication": pa.scalar(task.publication, pa.int32()), "run": pa.scalar(task.run)}
    for name, value in cited.items():
        table = table.append_column(name, pa.repeat(value, table.num_rows))
    return table
