"""e-BDS lines per second: the compiled pass, the reader, the whole intake; against SQL string functions.

    python benchmarks/ebds.py            # 1.02 million lines in 34 files, 3,000 small files
    python benchmarks/ebds.py --quick

The peer, DuckDB, reads the same files as one column of text, cuts and casts the fields with ``substr`` and
``try_cast``, checks ranges, ceiling, situation and control sum, and adds up what is right; it keeps no raw
bytes, compares no totals, makes no person keys and writes nothing. Both must find the same lines right and
the same sum of wages.
Its query is the fastest of several ways to write it: blanks are compared, not trimmed, lengths counted in bytes.
"Processor time" is for machines that have something else to do. DuckDB, too, is measured when it has run
before, and by its best of three runs.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np

from himaya import intake
from himaya.contract import table_specs
from himaya.contract.identifiers import employer_check_digit, insured_check_digit
from himaya.intake.context import ceilings
from himaya.intake.formats.base import Context, Delivered
from himaya.intake.formats.ebds import EbdsFormat
from himaya.intake.formats.ebds.contract import layouts
from himaya.intake.formats.ebds.kernels import scan
from himaya.intake.formats.ebds.layout import NUMERIC_SLOTS
from himaya.intake.formats.ebds.state import AT_START, ROW
from himaya.intake.lines import split
from himaya.lake import KeySpace, Lake, Workspace, open_executor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Executor

    from numpy.typing import NDArray

WIDTH, MONTH = 260, b"202401"
LINES_A_FILE, FILES = 30_000, 34
SMALL_LINES, SMALL_FILES = 30, 3_000
QUICK = 4, 200
"""Files of both kinds for a quick look."""
CORES = 2
SITUATIONS = np.frombuffer(b"  SODEITILATCSMSMP", np.uint8).reshape(-1, 2)
SQL = """
    WITH cut AS (
        SELECT substr(line, 1, 3) AS record,
            try_cast(substr(line, 4, 7) AS BIGINT) AS employer,
            try_cast(substr(line, 11, 6) AS BIGINT) AS period,
            try_cast(substr(line, 17, 9) AS BIGINT) AS number,
            try_cast(substr(line, 86, 2) AS BIGINT) AS children,
            try_cast(substr(line, 88, 6) AS BIGINT) AS to_pay,
            try_cast(substr(line, 94, 6) AS BIGINT) AS to_deduct,
            try_cast(substr(line, 100, 6) AS BIGINT) AS net,
            try_cast(substr(line, 106, 6) AS BIGINT) AS to_repay,
            try_cast(substr(line, 112, 2) AS BIGINT) AS days,
            try_cast(substr(line, 114, 13) AS BIGINT) AS wage,
            try_cast(substr(line, 127, 9) AS BIGINT) AS capped,
            substr(line, 136, 2) AS situation,
            try_cast(substr(line, 138, 19) AS UBIGINT) AS control,
            strlen(line) = 260 AND upper(line) = line AND substr(line, 157) = repeat(' ', 104) AS sound
        FROM read_csv({files}, columns = {{'line': 'VARCHAR'}}, delim = '\x01', quote = '', escape = '',
            header = false, auto_detect = false)
    ), ranked AS (
        SELECT *,
            list_position(['  ', 'SO', 'DE', 'IT', 'IL', 'AT', 'CS', 'MS', 'MP'], situation) - 1 AS rank
        FROM cut WHERE record = 'B02'
    )
    SELECT count(*), sum(wage) FROM ranked
    WHERE sound AND employer IS NOT NULL AND period = 202401 AND number BETWEEN 100000001 AND 199999999
        AND children + to_pay + to_deduct + net IS NOT NULL
        AND days <= 26 AND capped <= wage AND capped <= 600000 AND (rank < 5 OR days + wage + capped = 0)
        AND number + to_repay + days + wage + capped + rank = control
"""


def digits(values: NDArray[np.int64] | int, width: int, rows: int) -> NDArray[np.uint8]:
    """Write numbers as digits, shape (rows, width)."""
    powers = 10 ** np.arange(width - 1, -1, -1, dtype=np.uint64)
    values = np.broadcast_to(np.asarray(values, np.uint64), rows)
    return (values[:, None] // powers % np.uint64(10) + np.uint64(48)).astype(np.uint8)


def write(path: Path, employer: int, lines: int, seed: int) -> None:
    """Write a sound principal declaration; every 500th line has a wrong control sum."""
    rng = np.random.default_rng(seed)
    number = np.unique(rng.integers(10_000_001, 19_999_999, 2 * lines))
    number = np.sort(rng.permutation(number)[:lines]) * 10
    number += np.array([insured_check_digit(int(value)) for value in number])
    rank = np.where(rng.random(lines) < 0.05, rng.integers(1, 9, lines), 0)
    paid = rank < 5
    days = rng.integers(1, 27, lines) * paid
    wage = rng.integers(200_000, 1_500_000, lines) * paid
    capped = np.minimum(wage, 600_000)
    control = number + days + wage + capped + rank
    control[::500] += 7
    page = np.full((lines + 6, WIDTH + 1), 32, np.uint8)
    page[:, WIDTH] = 10
    affilie = f"{employer:07d}".encode()
    place = 0
    for part in (b"B02", affilie, MONTH):
        page[2:-4, place : place + len(part)] = np.frombuffer(part, np.uint8)
        place += len(part)
    page[2:-4, 16:25] = digits(number, 9, lines)
    page[2:-4, 25:30] = page[2:-4, 55:60] = rng.integers(65, 91, (lines, 5))
    page[2:-4, 85:111] = 48
    page[2:-4, 111:113], page[2:-4, 113:126] = digits(days, 2, lines), digits(wage, 13, lines)
    page[2:-4, 126:135], page[2:-4, 135:137] = digits(capped, 9, lines), SITUATIONS[rank]
    page[2:-4, 137:156] = digits(control, 19, lines)
    sums = [int(values.sum()) for values in (number, days, wage, capped, control)]
    some = b"".join(b"%0*d" % pair for pair in zip((15, 6, 15, 13, 19), sums, strict=True))
    known = b"%06d" % lines + b"0" * 42 + some[:15] + b"0" * 12 + some[15:]
    frame = [
        b"B00" + b"1" * 14 + b"B0",
        b"B01" + affilie + MONTH + b"EMPLOYER",
        b"B03" + affilie + MONTH + known,
    ]
    frame += [b"B04", b"B05" + affilie + MONTH + b"0" * 74, b"B06" + affilie + MONTH + b"%06d" % lines + some]
    for row, text in zip((0, 1, -4, -3, -2, -1), frame, strict=True):
        page[row, : len(text)] = np.frombuffer(text, np.uint8)
    path.write_bytes(page.tobytes())


def files(folder: Path, count: int, lines: int) -> Iterator[Path]:
    """Write ``count`` declarations of as many employers."""
    folder.mkdir()
    for i in range(count):
        employer = (100_000 + i) * 10
        employer += employer_check_digit(employer)
        path = folder / f"DS_{employer}_{MONTH.decode()}.txt"
        write(path, employer, lines, seed=i)
        yield path


def fastest(work: Callable[[], object], times: int = 3) -> tuple[float, float]:
    """Least wall-clock and least processor seconds of this process over some runs."""
    walls, cpus = [], []
    for _ in range(times):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return min(walls), min(cpus)


def peer(paths: list[Path], threads: int) -> tuple[int, int]:
    """Count the sound lines and their wages with DuckDB."""
    with duckdb.connect(config={"threads": threads}) as base:
        base.execute("SET enable_progress_bar = false")
        found = base.sql(SQL.format(files=[str(path) for path in paths])).fetchall()
    return int(found[0][0]), int(found[0][1])


def read_all(data: list[NDArray[np.uint8]], names: list[str], context: Context) -> tuple[int, int]:
    """Read whole files with the reader; gives accepted lines and their wages."""
    accepted = wages = 0
    for name, content in zip(names, data, strict=True):
        reader = EbdsFormat().open(Delivered(name, b"", date(2026, 1, 1)), context)
        rows = reader.feed(split(content, "u1", 1, 0)).rows["declared_period"]
        if not reader.finish().totals_agree:
            raise AssertionError(f"{name}: the totals do not agree")
        accepted += len(rows["line"])
        wages += int(rows["wage"].sum())
    return accepted, wages


def scan_all(data: list[NDArray[np.uint8]], context: Context) -> Callable[[], None]:
    """Prepare the compiled pass alone over whole files."""
    layout, limits = layouts()[0], np.array(context.ceilings, np.int64).reshape(-1, 2)
    blocks = [split(content, "u1", 1, 0) for content in data]
    most = max(len(block) for block in blocks)
    filled = np.empty(most, np.uint8), np.empty(most, np.uint64), np.empty((len(ROW), most), np.int64)

    def work() -> None:
        for block in blocks:
            sums, declared = (
                np.zeros((2, 2, NUMERIC_SLOTS), np.int64),
                np.zeros((7, NUMERIC_SLOTS), np.uint64),
            )
            scan(
                block.buffer, block.starts, block.lengths, 1, layout.tables, layout.limits, limits,
                AT_START.copy(), sums, declared, *filled,
            )  # fmt: skip

    return work


def take_in(folder: Path, paths: list[Path], pool: Executor) -> tuple[float, float, int]:
    """Receive, load and publish the files in a new fund: seconds, processor seconds of this process, accepted."""
    workspace = Workspace.create(folder, name="Benchmark", buckets=16)
    lake = Lake(workspace.path, table_specs(), workspace.buckets)
    lake.create()
    wall, cpu = time.perf_counter(), time.process_time()
    report = intake.receive_and_load(workspace, lake, paths, executor=pool)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return wall, cpu, sum(delivery.accepted for delivery in report.deliveries)


def row(name: str, value: float, peer_value: float | None = None, *, unit: str) -> dict[str, Any]:
    """One line of the results."""
    found = {"name": name, "value": value, "unit": unit, "peer": None, "peer_value": None, "ratio": None}
    if peer_value is not None:
        found |= {
            "peer": "DuckDB, SQL string functions",
            "peer_value": peer_value,
            "ratio": value / peer_value,
        }
    shown = f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
    versus = f"   peer {peer_value:,.0f}   ratio {value / peer_value:.1f}" if peer_value else ""
    print(f"{name}: {shown} {unit}{versus}", flush=True)
    return found


def end_to_end(folder: Path, paths: list[Path], tiny: list[Path]) -> list[dict[str, Any]]:
    """Measure the whole intake on a pool that has worked before, as that of a long-running service has.

    Intake and peer take turns, so that both meet the same machine; on one core processor time is compared.
    """
    lines = sum(path.stat().st_size // (WIDTH + 1) for path in paths)
    rates = {}
    for workers in (CORES, 1):
        ours, theirs = [], []
        with open_executor(workers=workers) as pool:
            for turn in range(2):
                take_in(folder / f"warm-{workers}-{turn}", [*paths[:8], *tiny], pool)
            for turn in range(3):
                ours.append(take_in(folder / f"fund-{workers}-{turn}", paths, pool))
                theirs.append(fastest(lambda: peer(paths, workers), times=1))  # noqa: B023 - called at once
            if workers == CORES:
                small = min(take_in(folder / f"fund-small-{turn}", tiny, pool)[0] for turn in range(3))
        if {accepted for _, _, accepted in ours} != {peer(paths, CORES)[0]}:
            raise AssertionError("intake accepts other lines than the reader")
        timed = 0 if workers == CORES else 1
        rates[workers] = [lines / min(run[timed] for run in runs) for runs in (ours, theirs)]
    return [
        row("End to end, two cores: received, kept, loaded, published", *rates[CORES], unit="lines/s"),
        row("End to end, one core, processor time", *rates[1], unit="lines/s"),
        row(f"End to end, files of {SMALL_LINES} employees", len(tiny) / small, unit="files/s"),
    ]


def main(*, quick: bool = False) -> list[dict[str, Any]]:
    """Run all measurements; gives rows {name, value, unit, peer, peer_value, ratio}."""
    count, small = QUICK if quick else (FILES, SMALL_FILES)
    context = Context(KeySpace(bytes(range(16))), ceilings("morocco"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = list(files(folder / "large", count, LINES_A_FILE))
        tiny = list(files(folder / "small", small, SMALL_LINES))
        data = [np.frombuffer(path.read_bytes(), np.uint8) for path in paths]
        names = [path.name for path in paths]
        lines = sum(len(content) // (WIDTH + 1) for content in data)
        if read_all(data, names, context) != peer(paths, 1):
            raise AssertionError("the peer finds other lines right")
        one_wall, one_cpu = fastest(lambda: peer(paths, 1))
        _, scanned = fastest(scan_all(data, context))
        read_wall, read_cpu = fastest(lambda: read_all(data, names, context))
        found = [
            row("Compiled pass, one core, processor time", lines / scanned, lines / one_cpu, unit="lines/s"),
            row("Reader with keys and totals, one core", lines / read_wall, lines / one_wall, unit="lines/s"),
            row(
                "Reader with keys and totals, processor time",
                lines / read_cpu,
                lines / one_cpu,
                unit="lines/s",
            ),
        ]
        little = [np.frombuffer(path.read_bytes(), np.uint8) for path in tiny]
        _, seconds = fastest(lambda: read_all(little, [path.name for path in tiny], context))
        found.append(
            row(
                f"Reader, a file of {SMALL_LINES} employees, processor time",
                seconds / small * 1e6,
                unit="µs/file",
            )
        )
        found += end_to_end(folder, paths, tiny)
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    main(quick=parser.parse_args().quick)
