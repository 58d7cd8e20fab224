"""Career elements per second from Parquet to pension, on two cores, against the best SQL found for DuckDB.

    python benchmarks/careers.py     # 20 million elements; memory at 10, 30 and 100 million
    python benchmarks/careers.py --quick

Both sides read the same Parquet files of a lake in the same run and must agree on every person: insured
days, the sum of the last 96 capped monthly wages before the last declared month, and the pension. Memory and
growth are measured in child processes, one a size. "Undisturbed" counts processor time instead of wall-clock
time, for machines that have something else to do.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pyarrow as pa

from himaya.career import MONTHLY_COLUMNS, read_monthly
from himaya.contract import table_specs
from himaya.lake import Lake, map_tasks, open_executor
from himaya.law import Ragged, evaluate
from himaya.legislation import morocco
from himaya.months import days_of_months, month_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Executor

    from himaya.lake import Snapshot, Staged

CORES = 2
BUCKETS = 128
BUCKET = 1_000_000
"""Elements of a bucket: a fund of a million persons in 64 buckets has as many."""
ELEMENTS, SIZES = 20_000_000, (10_000_000, 30_000_000, 100_000_000)
"""Elements to measure speed with, and those to measure memory with."""
QUICK = 2 * BUCKET
LAW_DATE = date(2026, 10, 1)
LAST_MONTH = month_of(date(2026, 9, 1))


def career_of(bucket: int) -> pa.Table:
    """One bucket of a synthetic ``career`` table: 100 elements a person on average, 10 to 280, with gaps.

    A month in twenty-five is declared by two employers; days are 26 for four in five.
    """
    rng = np.random.default_rng(bucket)
    persons = BUCKET // 100
    lengths = np.clip(rng.exponential(95, persons).astype(np.int64) + 10, 10, 280)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    n = int(offsets[-1])
    keys = np.sort(rng.choice(2**40, persons, replace=False)) * BUCKETS + bucket
    second_employer = rng.random(n) < 0.04
    second_employer[1:] &= ~second_employer[:-1]
    second_employer[offsets[:-1]] = False
    steps = np.where(rng.random(n) < 0.08, rng.integers(2, 5, n), 1)
    steps[second_employer] = 0
    passed = np.cumsum(steps)
    last = LAST_MONTH - rng.integers(0, 24, persons)
    month = passed - np.repeat(passed[offsets[1:] - 1] - last, lengths)
    days = np.where(rng.random(n) < 0.8, 26, rng.integers(1, 26, n)).astype(np.int8)
    pay = np.repeat(rng.integers(250_000, 1_200_000, persons), lengths)
    return pa.table(
        {
            "person_key": np.repeat(keys, lengths),
            "month": pa.array(days_of_months(month.astype(np.int32))).view(pa.date32()),
            "employer": (
                np.repeat(rng.integers(1_000_000, 1_300_000, persons), lengths) + second_employer
            ).astype(np.int32),
            "days": days,
            "wage": pay * days // 26 + rng.integers(0, 5_000, n),
            "record": pa.repeat("H", n),
            "delivery": np.full(n, 3, np.int32),
            "line": rng.integers(2, 2**30, n).astype(np.int32),
            "known_from": pa.array(np.full(n, 20_639, np.int32)).view(pa.date32()),
            "known_until": pa.nulls(n, pa.date32()),
        }
    )


def fund(folder: Path) -> Lake:
    """Open a lake that holds the ``career`` table alone."""
    lake = Lake(folder, {"career": table_specs()["career"]}, BUCKETS)
    lake.create()
    return lake


def stage(lake: Lake, bucket: int) -> Staged:
    """Write one bucket as a derivation writes it."""
    return lake.table("career").stage(career_of(bucket), bucket=bucket, label="synthetic")


def write(folder: Path, elements: int, pool: Executor) -> tuple[Snapshot, list[int]]:
    """Fill a fund with at least so many elements, a million a bucket; the buckets that hold them."""
    lake = fund(folder)
    table = lake.table("career")
    wanted = list(range(-(-elements // BUCKET)))
    missing = sorted(set(wanted) - {entry.bucket for entry in table.entries()})
    table.append(map_tasks(pool, partial(stage, lake), missing), transaction=f"up to {len(wanted)}")
    lake.publish("benchmark")
    return lake.snapshot(), wanted


def pensions(source: Snapshot, bucket: int) -> pa.Table:
    """From the Parquet file of one bucket to the pension of each person, through the law of Morocco itself.

    Everybody was born in 1960 and has stopped work, so that the career alone decides.
    """
    monthly = read_monthly(source, bucket)
    inputs = {
        "birth_date": np.full(len(monthly), (date(1960, 1, 1) - date(1970, 1, 1)).days),
        "work_ceased": np.ones(len(monthly), np.bool_),
        "months": Ragged(monthly.month, monthly.offsets),
        "days": Ragged(monthly.days, monthly.offsets),
        "wages": Ragged(monthly.wage, monthly.offsets),
    }
    found = evaluate(
        morocco.system, ("insured_days", "reference_wage", "monthly_amount"), inputs, on=LAW_DATE
    )
    reference = found["reference_wage"].exact
    return pa.table(
        {
            "person_key": monthly.person_keys,
            "days": found["insured_days"].values,
            "last96": reference.num * 96 // reference.den,
            "pension": found["monthly_amount"].rounded(),
        }
    )


@dataclass(frozen=True)
class Timed:
    """One pass over the buckets: results, seconds of clock and processor, peak memory of all processes."""

    results: list[Any]
    seconds: float
    processor_seconds: float
    peak_bytes: int


def _measured(
    work: Callable[[Snapshot, int], Any], source: Snapshot, bucket: int
) -> tuple[Any, float, int, int]:
    began = time.process_time()
    result = work(source, bucket)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return result, time.process_time() - began, os.getpid(), peak


def ours(pool: Executor, source: Snapshot, buckets: list[int], work: Callable[[Snapshot, int], Any]) -> Timed:
    """Do ``work`` on each bucket in the processes of ``pool``."""
    began = time.perf_counter()
    done = map_tasks(pool, partial(_measured, work, source), buckets)
    seconds = time.perf_counter() - began
    peaks: dict[int, int] = {}
    for _, _, process, peak in done:
        peaks[process] = max(peak, peaks.get(process, 0))
    driver = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return Timed(
        [each[0] for each in done], seconds, sum(each[1] for each in done), driver + sum(peaks.values())
    )


def rows_read(source: Snapshot, bucket: int) -> int:
    """Decode the columns of a pension, and do nothing."""
    return int(source.read("career", [*MONTHLY_COLUMNS, "known_until"], bucket).num_rows)


def rows_summed(source: Snapshot, bucket: int) -> int:
    """Decode and add up by month."""
    return int(read_monthly(source, bucket).elements[-1])


def rows_decided(source: Snapshot, bucket: int) -> int:
    """Do the whole way and drop the result."""
    return int(pensions(source, bucket).num_rows)


MONTHS_SQL = """
    SELECT person_key, month, least(26, sum(days))::BIGINT AS days,
           least(sum(wage)::BIGINT,
                 CASE WHEN month >= DATE '2002-04-01' THEN 600000 ELSE 500000 END) AS capped
    FROM {source} WHERE known_until IS NULL GROUP BY person_key, month
"""
CAREER_SQL = {
    "row number": f"""
        SELECT person_key, sum(days)::BIGINT AS days,
               coalesce(sum(capped) FILTER (WHERE age BETWEEN 2 AND 97), 0)::BIGINT AS last96
        FROM (SELECT *, row_number() OVER (PARTITION BY person_key ORDER BY month DESC) AS age
              FROM ({MONTHS_SQL}))
        GROUP BY person_key""",
    "ordered list": f"""
        SELECT person_key, sum(days)::BIGINT AS days,
               coalesce(list_sum(list(capped ORDER BY month DESC)[2:97]), 0)::BIGINT AS last96
        FROM ({MONTHS_SQL}) GROUP BY person_key""",
    "top of each": f"""
        SELECT person_key, sum(days)::BIGINT AS days,
               coalesce(list_sum(max_by(capped, month, 97)[2:]), 0)::BIGINT AS last96
        FROM ({MONTHS_SQL}) GROUP BY person_key""",
}
"""Three formulations of the same career sums; the fastest in a run is the peer of that run."""
PENSION_SQL = """
    SELECT person_key, days, last96, CASE
        WHEN days >= 3240 THEN
            greatest(100000, (2 * last96 * least(70, 50 + (days - 3240) // 216) + 9600) // 19200)
        WHEN days >= 2857 THEN 100000 WHEN days >= 2473 THEN 90000 WHEN days >= 2089 THEN 80000
        WHEN days >= 1705 THEN 70000 WHEN days >= 1320 THEN 60000 ELSE 0 END::BIGINT AS pension
    FROM ({career})
"""


def peers(files: list[str]) -> dict[str, Timed]:
    """Each SQL by name, on two threads; all buckets at once, or bucket by bucket."""
    names = ", ".join(f"'{path}'" for path in files)
    timed = {}
    with duckdb.connect(config={"threads": CORES, "preserve_insertion_order": False}) as connection:
        connection.execute("SET enable_progress_bar = false")
        for name, sql in CAREER_SQL.items():
            for by, sources in (
                ("at once", [f"[{names}]"]),
                ("by bucket", [f"['{path}']" for path in files]),
            ):
                queries = [
                    PENSION_SQL.format(career=sql.format(source=f"read_parquet({source})"))
                    for source in sources
                ]
                began, processor = time.perf_counter(), time.process_time()
                parts = [connection.sql(query).to_arrow_table() for query in queries]
                seconds, used = time.perf_counter() - began, time.process_time() - processor
                timed[f"DuckDB, {name}, {by}"] = Timed(parts, seconds, used, 0)
    return timed


def _seconds_of_copy(elements: int) -> float:
    """Seconds to read and write once the bytes that a career's four columns have in memory, on one core."""
    source = np.ones(elements * (8 + 4 + 1 + 8), np.uint8)
    target = np.empty_like(source)
    np.copyto(target, source)
    began = time.perf_counter()
    np.copyto(target, source)
    return time.perf_counter() - began


def _by_person(timed: Timed) -> pa.Table:
    return pa.concat_tables(timed.results).combine_chunks().sort_by("person_key").combine_chunks()


def speed(folder: Path, elements: int, pool: Executor) -> list[dict[str, Any]]:
    """Elements per second against the peer, and how far from what reading alone allows."""
    source, buckets = write(folder, elements, pool)
    ours(pool, source, [0] * 8, rows_decided)  # loads code and compiled kernels
    full = min((ours(pool, source, buckets, pensions) for _ in range(3)), key=lambda each: each.seconds)
    decoded = ours(pool, source, buckets, rows_read)
    summed = ours(pool, source, buckets, rows_summed)
    n = sum(decoded.results)
    files = [path for bucket in buckets for path in source.files("career", bucket)]
    timed = peers(files)
    expected = _by_person(full)
    for name, each in timed.items():
        if not _by_person(each).equals(expected):
            raise AssertionError(f"{name} does not agree: the comparison would mean nothing")
    fastest = min(timed, key=lambda name: timed[name].seconds)
    thriftiest = min(timed, key=lambda name: timed[name].processor_seconds)
    rate, peer_rate = n / full.seconds, n / timed[fastest].seconds
    undisturbed = CORES * n / full.processor_seconds
    peer_undisturbed = CORES * n / timed[thriftiest].processor_seconds
    return [
        _row("career elements from Parquet to pension", rate, "elements/s", fastest, peer_rate),
        _row("  the same on two undisturbed cores", undisturbed, "elements/s", thriftiest, peer_undisturbed),
        _row(
            "  decode Parquet alone, two undisturbed cores",
            n / decoded.processor_seconds * CORES,
            "elements/s",
        ),
        _row("  decode and monthly sums, likewise", n / summed.processor_seconds * CORES, "elements/s"),
        _row("  copying the decoded bytes once, one core", n / _seconds_of_copy(n), "elements/s"),
    ]


def growth(folder: Path, sizes: Sequence[int], pool: Executor) -> Iterator[dict[str, Any]]:
    """Peak memory (driver and workers together) and time at several sizes, each in fresh processes."""
    for size in sizes:
        _, buckets = write(folder, size, pool)
        command = [sys.executable, __file__, "--child", str(folder), str(len(buckets))]
        told = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
        n = told["elements"]
        million = f"{n / 1e6:.0f} million elements"
        yield _row(f"peak memory at {million}", told["peak_bytes"] / 2**20, "MiB")
        yield _row(f"  time at {million}", told["seconds"] / n * 1e9, "ns/element")
        yield _row(f"  processor time at {million}", told["processor"] / n * 1e9, "ns/element")


def child(folder: Path, buckets: int) -> None:
    """One size: pensions of all buckets, results dropped, and what it took."""
    source = fund(folder).snapshot()
    with open_executor(workers=CORES) as pool:
        ours(pool, source, [0] * 8, rows_decided)
        timed = ours(pool, source, list(range(buckets)), rows_decided)
    table = source.lake.table("career")
    told = {
        "elements": sum(entry.rows for bucket in range(buckets) for entry in table.entries(bucket=bucket)),
        "seconds": timed.seconds,
        "processor": timed.processor_seconds,
        "peak_bytes": timed.peak_bytes,
    }
    print(json.dumps(told))


def _row(
    name: str, value: float, unit: str, peer: str | None = None, peer_value: float | None = None
) -> dict[str, Any]:
    ratio = value / peer_value if peer_value else None
    return {
        "name": name,
        "value": value,
        "unit": unit,
        "peer": peer,
        "peer_value": peer_value,
        "ratio": ratio,
    }


def main(*, quick: bool = False) -> list[dict[str, Any]]:
    """Run all measurements, print the rows and return them."""
    elements, sizes = (QUICK, [QUICK]) if quick else (ELEMENTS, SIZES)
    with tempfile.TemporaryDirectory(prefix="himaya-careers-") as name, open_executor(workers=CORES) as pool:
        rows = []
        for row in chain(speed(Path(name), elements, pool), growth(Path(name), sizes, pool)):
            against = (
                f"   {row['ratio']:.1f} x {row['peer']} ({row['peer_value']:,.0f})" if row["ratio"] else ""
            )
            print(f"{row['name']:55} {row['value']:>15,.0f} {row['unit']}{against}", flush=True)
            rows.append(row)
    return rows


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    import careers  # workers know the module by this name, and not as the main script

    if asked.child:
        careers.child(Path(asked.child[0]), int(asked.child[1]))
    else:
        careers.main(quick=asked.quick)
