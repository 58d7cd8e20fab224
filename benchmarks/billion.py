"""A billion lines of French careers on disk, evaluated bucket by bucket with flat memory: from lines to pensions.

    python -m benchmarks billion --dir /a/large/disk            # a billion lines: some 8 GB, removed afterwards
    python -m benchmarks billion --dir /a/large/disk --elements 20000000

A line is what the account of an insured person holds: what one employer paid in one year, or a period of sickness or
unemployment with its quarters; several a year, which the law wants summed. Persons are invented, born from 1943 to
1962, with pensions from 2005 to 2026: all parameters of these years are used. Each bucket is read from a lake, summed
by person and year, given to the law of France as it stands (reference wage, décote, surcote, proration, minimum with
its ceiling, children), and its pensions are written. Before the run the files leave the cache of the system.

The Cnav keeps some six billion such lines; the extrapolation is by lines alone.
"""

from __future__ import annotations

import os
import resource
import shutil
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from himaya.career.columns import FIRST_DAY, MONTH_OF_DAY, batches
from himaya.career.kernels import add_up
from himaya.lake import Lake, TableSpec, map_tasks, open_executor
from himaya.law import Ragged, evaluate
from himaya.legislation import france
from himaya.months import EPOCH_MONTH, days_of_months, month_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

CORES = 2
BUCKET = 2_000_000
"""Lines of a bucket."""
LINES_A_PERSON = 63
"""On average, as the careers below are made: 42 years with lines, 1.5 lines a year."""
ELEMENTS, QUICK, CNAV = 1_000_000_000, 4 * BUCKET, 6_000_000_000
BYTES = 12
"""Room on the disk for a line, generously."""
PORTIONS = (0.1, 0.5, 1.0)
"""Shares of the buckets after which memory is read."""
ON = date(2026, 12, 1)
TARGET = "monthly_pension"
COLUMNS = ("person_key", "from", "quarters", "pay")
YEAR_OF_DAY = MONTH_OF_DAY // 12

SPECS = {
    spec.name: spec
    for spec in (
        TableSpec(
            "line",
            pa.schema(
                [
                    ("person_key", pa.int64()),
                    ("from", pa.date32()),
                    ("employer", pa.int32()),
                    ("quarters", pa.int8()),
                    ("pay", pa.int64()),
                    ("delivery", pa.int32()),
                    ("line", pa.int32()),
                ]
            ),
            ("person_key", "from"),
            bucketed=True,
        ),
        TableSpec(
            "person",
            pa.schema(
                [
                    ("person_key", pa.int64()),
                    ("birth_date", pa.date32()),
                    ("woman", pa.bool_()),
                    ("children", pa.int8()),
                    ("award_from", pa.date32()),
                ]
            ),
            ("person_key",),
            bucketed=True,
        ),
        TableSpec(
            "pension",
            pa.schema([("person_key", pa.int64()), ("monthly_pension", pa.int64())]),
            ("person_key",),
            bucketed=True,
        ),
    )
}


def fund(folder: Path, buckets: int) -> Lake:
    """A lake with the three tables, created if it is not there."""
    lake = Lake(folder, SPECS, 1 << max(buckets - 1, 0).bit_length())
    lake.create()
    return lake


def people_of(rng: np.random.Generator, persons: int, bucket: int, buckets: int) -> dict[str, Any]:
    """Invented persons of one bucket, by column; months and days as numbers."""
    born = rng.integers(month_of(date(1943, 1, 1)), month_of(date(1963, 1, 1)), persons)
    award = np.minimum(born + rng.integers(62 * 12 + 9, 67 * 12 + 4, persons), month_of(ON))
    return {
        "person_key": np.sort(rng.choice(2**40, persons, replace=False)) * buckets + bucket,
        "birth_date": days_of_months(born.astype(np.int32)) + rng.integers(0, 28, persons),
        "woman": rng.random(persons) < 0.5,
        "children": rng.choice(6, persons, p=[0.15, 0.2, 0.35, 0.2, 0.07, 0.03]),
        "award_from": award,
        "first_year": born // 12 + rng.integers(15, 26, persons),
    }


def lines_of(rng: np.random.Generator, people: dict[str, Any]) -> pa.Table:
    """The lines of their accounts: years with none, one or up to eight; a line in fourteen without pay."""
    span = people["award_from"] // 12 - people["first_year"] + 1
    owner = np.repeat(np.arange(span.size), span)
    year = np.arange(owner.size) - np.repeat(np.cumsum(span) - span - people["first_year"], span)
    lines = rng.choice([0, 1, 2, 3, 4, 8], year.size, p=[0.08, 0.62, 0.19, 0.07, 0.03, 0.01])
    # Pay of a year about a share of the ceiling, which grew by some 2.6 % a year since 1986 and 10.8 % before.
    level = rng.lognormal(-0.7, 0.6, span.size)[owner]
    ceiling = 4_806_000 * 1.026 ** -(2026.0 - np.maximum(year, 1986)) * 1.108 ** np.minimum(year - 1986.0, 0)
    paid = ceiling * level * rng.uniform(0.6, 1.3, year.size)
    n, at = int(lines.sum()), np.repeat(np.arange(year.size), lines)
    place = np.arange(n) - np.repeat(np.cumsum(lines) - lines, lines)
    unpaid = rng.random(n) < 1 / 14
    moved = np.cumsum(rng.random(year.size) < 0.12)  # a usual employer for some years
    employer = (moved[at] * 7_919 + place * 104_729) % 2_000_000
    month = year[at] * 12 + 12 * place // lines[at]
    pay = np.where(unpaid, 0, paid[at] / lines[at] * rng.uniform(0.5, 1.5, n))
    return pa.table(
        {
            "person_key": people["person_key"][owner[at]],
            "from": pa.array(days_of_months(month.astype(np.int32))).view(pa.date32()),
            "employer": pa.array(employer.astype(np.int32), mask=unpaid),
            "quarters": np.where(unpaid, rng.integers(1, 4, n), 0).astype(np.int8),
            "pay": pay.astype(np.int64),
            "delivery": (year[at] - 1900).astype(np.int32),
            "line": rng.integers(1, 30_000_000, n).astype(np.int32),
        }
    )


@dataclass(frozen=True)
class Written:
    """Files of one bucket, and what a reader must find in them."""

    lines: Any
    persons: Any
    count: int
    pay: int


def write_bucket(lake: Lake, size: int, bucket: int) -> Written:
    """Make and stage the lines and persons of one bucket; the same bucket gives the same bytes."""
    rng = np.random.default_rng(bucket)
    people = people_of(rng, max(size // LINES_A_PERSON, 1), bucket, lake.buckets)
    lines = lines_of(rng, people)
    columns = {name: people[name] for name in ("person_key", "woman", "children")}
    for name, days in (
        ("birth_date", people["birth_date"]),
        ("award_from", days_of_months(people["award_from"].astype(np.int32))),
    ):
        columns[name] = pa.array(days.astype(np.int32)).view(pa.date32())
    columns["children"] = columns["children"].astype(np.int8)
    return Written(
        lake.table("line").stage(lines, bucket=bucket, label="made"),
        lake.table("person").stage(pa.table(columns), bucket=bucket, label="made"),
        lines.num_rows,
        int(lines["pay"].to_numpy().sum()),
    )


def inputs_of(lake: Lake, bucket: int) -> tuple[NDArray[np.int64], dict[str, Any], int, int]:
    """Person keys and inputs of the law of one bucket, lines summed by person and year; lines and pay read."""
    lines = lake.table("line").read(COLUMNS, bucket)
    people = lake.table("person").read(bucket=bucket).combine_chunks()
    n, persons = lines.num_rows, people.num_rows
    keys, offsets = np.empty(persons + 1, np.int64), np.empty(persons + 2, np.int64)
    years, quarters, pay, elements = (np.empty(n + 1, np.int64) for _ in range(4))
    done = np.zeros(3, np.int64)
    for rows in batches(lines, COLUMNS):
        add_up(tuple(rows), (FIRST_DAY, YEAR_OF_DAY), (keys, offsets, years, quarters, pay, elements), done)
    found, summed = int(done[1]), int(done[2])
    own = np.isin(people["person_key"].to_numpy(), keys[:found], assume_unique=True)
    people = people.filter(pa.array(own))  # who has no line at all has no career
    if done[0] != n or not np.array_equal(keys[:found], people["person_key"].to_numpy()):
        raise AssertionError(f"bucket {bucket}: lines out of order, or of nobody")
    offsets[found] = summed
    offsets = offsets[: found + 1]

    def along(values: NDArray[np.int64]) -> Ragged:
        return Ragged(values[:summed], offsets)

    days = {name: people[name].chunk(0).view(pa.int32()).to_numpy() for name in ("birth_date", "award_from")}
    award = days["award_from"].astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + EPOCH_MONTH
    inputs = {
        "birth_date": days["birth_date"].astype(np.int64),
        "years": along(years),
        "wages": along(pay),
        "assimilated_quarters": along(
            np.minimum(quarters, 4)
        ),  # a year has no more, however many lines name them
        "other_schemes_quarters": along(np.zeros_like(pay)),
        "award_from": award,
        "woman": people["woman"].to_numpy(),
        "children": people["children"].to_numpy().astype(np.int64),
    }
    return keys[:found], inputs, n, int(pay[:summed].sum())


@dataclass(frozen=True)
class Decided:
    """What one bucket brought, and the process that did it."""

    staged: Any
    persons: int
    years: int
    lines: int
    pay: int
    pensions: int
    process: int
    peak: int
    processor: float


def decide_bucket(lake: Lake, bucket: int) -> Decided:
    """From the lines of one bucket on disk to its pensions on disk."""
    began = time.process_time()
    keys, inputs, lines, pay = inputs_of(lake, bucket)
    found = evaluate(france.system, [TARGET], inputs, on=ON)[TARGET]
    amounts = pa.array(found.rounded(), mask=~np.broadcast_to(found.available, keys.shape))
    rows = pa.table({"person_key": keys, TARGET: amounts})
    return Decided(
        lake.table("pension").stage(rows, bucket=bucket, label="decided"),
        keys.size,
        len(inputs["years"].values),
        lines,
        pay,
        int(found.available.sum()),
        os.getpid(),
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        time.process_time() - began,
    )


def write(folder: Path, elements: int) -> tuple[Lake, list[Written]]:
    """Fill the lake with so many lines, bucket by bucket in as many processes as cores."""
    count = -(-elements // BUCKET)
    lake, began = fund(folder, count), time.perf_counter()

    def told(done: int, total: int) -> None:
        if done * 10 // total > (done - 1) * 10 // total:
            print(
                f"  written: {done:,} of {total:,} buckets, {time.perf_counter() - began:,.0f} s", flush=True
            )

    with open_executor(workers=CORES) as pool:
        task = partial(write_bucket, lake, min(BUCKET, elements))
        written = map_tasks(pool, task, range(count), progress=told)
    lake.table("line").append([each.lines for each in written], transaction="lines")
    lake.table("person").append([each.persons for each in written], transaction="persons")
    return lake, written


def forget(lake: Lake) -> int:
    """Let the files leave the system's cache, so that the run reads the disk; their bytes."""
    total = 0
    for name in ("line", "person"):
        for path in lake.table(name).files():
            file = os.open(path, os.O_RDONLY)
            try:
                os.fsync(file)
                os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
                total += os.fstat(file).st_size
            finally:
                os.close(file)
    return total


def decide(lake: Lake, buckets: int) -> tuple[list[Decided], float, list[tuple[float, int]]]:
    """All buckets in new processes: what each brought, seconds, and peak memory of all after each portion."""
    found: list[Decided] = []
    peaks: list[tuple[float, int]] = []
    began = time.perf_counter()
    with open_executor(workers=CORES) as pool:
        for share in PORTIONS:
            until = max(round(buckets * share), len(found))
            found += map_tasks(pool, partial(decide_bucket, lake), range(len(found), until))
            workers: dict[int, int] = {}
            for each in found:
                workers[each.process] = max(each.peak, workers.get(each.process, 0))
            own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
            peaks.append((share, own + sum(workers.values())))
            print(f"  decided: {share:.0%}, {time.perf_counter() - began:,.0f} s", flush=True)
    lake.table("pension").append([each.staged for each in found], transaction="pensions")
    return found, time.perf_counter() - began, peaks


def run(folder: Path, elements: int) -> list[dict[str, Any]]:
    """Write, evaluate, check that nothing was lost on the way, and give the rows of the results."""
    lake, written = write(folder, elements)
    size = forget(lake)
    found, seconds, peaks = decide(lake, len(written))
    lines, pay = sum(each.count for each in written), sum(each.pay for each in written)
    if (lines, pay) != (sum(each.lines for each in found), sum(each.pay for each in found)):
        raise AssertionError("lines or pay that were written were not read")
    persons, processor = sum(each.persons for each in found), sum(each.processor for each in found)
    if lake.table("pension").count() != persons:
        raise AssertionError("a person is missing from the pensions")
    rows: list[tuple[str, float, str]] = [
        ("career lines", lines, "elements"),
        ("  on disk", size / 2**20, "MiB"),
        ("persons", persons, "persons"),
        ("  with a pension", sum(each.pensions for each in found), "persons"),
        ("years of careers, after summing", sum(each.years for each in found), "years"),
        ("from lines on disk to pensions on disk", seconds, "s"),
        ("  processor time", processor, "s"),
        ("  lines a second", lines / seconds, "elements/s"),
        ("  the same on two undisturbed cores", CORES * lines / processor, "elements/s"),
        ("  persons a second", persons / seconds, "persons/s"),
        *((f"peak memory of all processes, at {share:.0%}", peak / 2**20, "MiB") for share, peak in peaks),
        (f"extrapolated to the Cnav's {CNAV / 1e9:.0f} billion lines", CNAV / lines * seconds / 60, "min"),
    ]
    return [
        {"name": name, "value": value, "unit": unit, "peer": None, "peer_value": None, "ratio": None}
        for name, value, unit in rows
    ]


def main(
    *, quick: bool = False, elements: int | None = None, folder: Path | None = None
) -> list[dict[str, Any]]:
    """Run it in a folder of its own under ``folder`` (the system's for temporary files by default)."""
    wanted = elements or (QUICK if quick else ELEMENTS)
    with tempfile.TemporaryDirectory(prefix="himaya-billion-", dir=folder) as name:
        if shutil.disk_usage(name).free < wanted * BYTES:
            raise SystemExit(
                f"{name}: {wanted:,} lines may need {wanted * BYTES / 2**30:,.0f} GiB; name another --dir"
            )
        rows = run(Path(name), wanted)
    for row in rows:
        print(f"{row['name']:55} {row['value']:>17,.1f} {row['unit']}", flush=True)
    return rows
