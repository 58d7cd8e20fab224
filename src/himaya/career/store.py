"""Careers at rest: deriving them bucket by bucket, and reading them back.

A derivation is a run: workers resolve one bucket each and stage what they wrote; the driver commits each
table once, with the run id as transaction. So a derivation that was cut short is simply done again: what
was staged is written anew under the same names, and what was committed is not committed twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from himaya.career.columns import ELEMENT_COLUMNS, KNOWN_COLUMNS, MONTHLY_COLUMNS, numbers, offsets_of
from himaya.career.contradictions import find_contradictions
from himaya.career.model import Careers, Monthly
from himaya.career.registrations import find_registrations
from himaya.career.resolution import DECLARED_COLUMNS, DELIVERY_COLUMNS, resolve, withdrawals
from himaya.contract.identifiers import OCCASIONAL
from himaya.lake import KeySpace, Lake, Snapshot, Staged, bucket_of, map_tasks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Executor
    from datetime import date

TABLES = ("career", "contradiction")
"""The tables that a derivation replaces."""


@dataclass(frozen=True)
class Derivation:
    """The work on one bucket, as it travels to a worker.

    Attributes
    ----------
    source, bucket
        The publication to read, and the bucket of it.
    run
        Run id: names what is staged, and stands in each contradiction.
    known_on
        Day of knowledge of the contradictions; all that is known when None. Careers hold all days.
    withdrawals
        Rows of ``delivery`` that withdraw an earlier one.
    keys
        Tells the keys of persons from those of occasional labour.
    registrations
        What contradicts itself in the register, of the persons of the bucket.
    """

    source: Snapshot
    bucket: int
    run: str
    known_on: date | None
    withdrawals: pa.Table
    keys: KeySpace
    registrations: pa.Table


@dataclass(frozen=True)
class DerivedBucket:
    """What a worker staged for one bucket, and how many rows."""

    staged: dict[str, Staged]
    rows: dict[str, int]


@dataclass(frozen=True)
class Derived:
    """A committed derivation: rows and version of each of :data:`TABLES`."""

    rows: dict[str, int]
    versions: dict[str, int]


def derive(
    source: Snapshot,
    executor: Executor,
    *,
    run: str,
    keys: KeySpace,
    known_on: date | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Derived:
    """Derive the careers and contradictions of a whole fund from the declared periods of a publication.

    Parameters
    ----------
    source
        The publication to read; what is derived goes to its lake.
    executor
        Where the buckets are worked on; the result is the same bytes whatever it is.
    run
        Run id; deriving again under the same id changes nothing that has landed.
    keys
        The fund's key space: a key of occasional labour is nobody's, and contradicts nothing.
    known_on
        Day of knowledge of the contradictions; all that is known when None.
    progress
        Called with the buckets done and the buckets in all.

    Returns
    -------
    Derived
        Not published yet: readers see it from the next publication on.
    """
    later = withdrawals(source.read("delivery", columns=list(DELIVERY_COLUMNS)))
    buckets = source.lake.buckets
    found = find_registrations(source, known_on)
    bucket_of_row = bucket_of(found["person_key"].to_numpy(), buckets)
    tasks = [
        Derivation(
            source, bucket, run, known_on, later, keys, found.filter(pa.array(bucket_of_row == bucket))
        )
        for bucket in range(buckets)
    ]
    done = map_tasks(executor, derive_bucket, tasks, progress=progress)
    return _commit(source.lake, done, _landing(run, source))


def derive_bucket(task: Derivation) -> DerivedBucket:
    """Resolve one bucket and stage its careers and contradictions, invisible until committed."""
    declared = task.source.read("declared_period", bucket=task.bucket, columns=list(DECLARED_COLUMNS))
    deaths = task.source.read("death", bucket=task.bucket)
    career = resolve(declared, task.withdrawals)
    found = pa.concat_tables(
        [find_contradictions(persons_only(career, task.keys), deaths, task.known_on), task.registrations]
    )
    tables = {
        "career": career,
        "contradiction": found.append_column(
            "publication", _repeat(task.source.number, found, pa.int32())
        ).append_column("run", _repeat(task.run, found, pa.string())),
    }
    staged = {
        name: task.source.lake.table(name).stage(
            rows, bucket=task.bucket, label=_landing(task.run, task.source)
        )
        for name, rows in tables.items()
    }
    return DerivedBucket(staged, {name: rows.num_rows for name, rows in tables.items()})


def _landing(run: str, source: Snapshot) -> str:
    """Name of files and transaction: the same run upon another publication lands, and writes, anew."""
    return f"{run}-{source.number}"


def _commit(lake: Lake, done: Sequence[DerivedBucket], transaction: str) -> Derived:
    versions = {
        name: lake.table(name).replace(
            [bucket.staged[name] for bucket in done], buckets=None, transaction=transaction
        )
        for name in TABLES
    }
    return Derived({name: sum(bucket.rows[name] for bucket in done) for name in TABLES}, versions)


def persons_only(career: pa.Table, keys: KeySpace) -> pa.Table:
    """Leave out occasional labour: its key stands for all the unnamed workers of one employer."""
    person = numbers(career, "person_key")
    offsets = offsets_of(person)
    nobody = keys.decrypt(person[offsets[:-1]])[0] == OCCASIONAL
    return career.filter(pa.array(np.repeat(~nobody, np.diff(offsets)))) if nobody.any() else career


def read_careers(source: Snapshot, bucket: int, known_on: date | None = None) -> Careers:
    """Careers of one bucket, with provenance, as they were known at the end of ``known_on``."""
    return Careers.from_table(source.read("career", [*ELEMENT_COLUMNS, *KNOWN_COLUMNS], bucket), known_on)


def read_monthly(source: Snapshot, bucket: int, known_on: date | None = None) -> Monthly:
    """Monthly sums of one bucket, as they were known at the end of ``known_on``: the fast way."""
    known = KNOWN_COLUMNS if known_on else ("known_until",)
    return Monthly.from_table(source.read("career", [*MONTHLY_COLUMNS, *known], bucket), known_on)


def read_person(source: Snapshot, key: int, known_on: date | None = None) -> Careers:
    """Career of one person, with provenance; raises :class:`~himaya.career.columns.PersonUnknown`."""
    bucket = int(bucket_of(np.array([key], np.int64), source.lake.buckets)[0])
    columns = [*ELEMENT_COLUMNS, *KNOWN_COLUMNS]
    rows = source.read("career", columns, bucket, filters=pc.field("person_key") == key)
    return Careers.from_table(rows, known_on).person(key)


def _repeat(value: int | str, rows: pa.Table, kind: pa.DataType) -> pa.Array:
    return pa.repeat(pa.scalar(value, kind), rows.num_rows)
