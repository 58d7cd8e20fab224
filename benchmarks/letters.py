"""Letters per minute: explained from the tables, composed, typeset, written; against one process a letter.

    python benchmarks/letters.py            # 1,000 letters of a fund of 10,000 persons
    python benchmarks/letters.py --quick

The peer does what a script around the typesetter does: it starts a process for each letter, which loads the fonts
and sets the same letter, already composed; it explains nothing and reads no table. "Processor time" is for
machines that have something else to do.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from himaya import demo, letters
from himaya.fund import Fund
from himaya.lake import InlineExecutor, bucket_of, open_executor
from himaya.letters import render

if TYPE_CHECKING:
    from numpy.typing import NDArray

PERSONS, LETTERS, PEER = 10_000, 1_000, 20
QUICK = 2_000, 40, 2
"""Persons, letters and letters of the peer for a quick look."""
CORES = 2
ALONE = """
import json, pathlib, sys, typst
said, fonts, template, out = sys.argv[1:]
typst.compile(template, output=out, font_paths=[fonts], ignore_system_fonts=True,
    sys_inputs={"letter": pathlib.Path(said).read_text(encoding="utf-8")}, pdf_standards=["a-2a", "ua-1"])
"""


def people(fund: Fund, count: int) -> NDArray[np.int64]:
    """Keys of persons with a pension or a right to one."""
    rows = fund.snapshot().read("entitlement", ["person_key", "status"]).to_pydict()
    pairs = zip(rows["person_key"], rows["status"], strict=True)
    return np.array([key for key, status in pairs if status == "entitled"][:count], np.int64)


def write_all(fund: Fund, keys: NDArray[np.int64], lang: Any, folder: Path, executor: Any) -> letters.Batch:
    """Write the letters of these persons."""
    snapshot = fund.snapshot()
    return letters.write_letters(
        letters.Desk(snapshot, fund.workspace.runs, fund.workspace.keys),
        keys,
        run=str(snapshot.publication.run),
        list_name="benchmark",
        sender=letters.sender(fund.folder, lang, fund.name),
        lang=lang,
        folder=folder,
        executor=executor,
    )


def peer(fund: Fund, keys: NDArray[np.int64], folder: Path) -> tuple[float, float]:
    """Seconds a letter, two at a time, and processor seconds a letter, of processes of their own."""
    desk = letters.Desk(fund.snapshot(), fund.workspace.runs, fund.workspace.keys)
    said = []
    for key in keys.tolist():
        letter = letters.compose(desk.case(key), letters.sender(fund.folder, "fr", fund.name), "fr")
        said.append(folder / f"{len(said)}.json")
        said[-1].write_text(json.dumps(letter.as_dict(), ensure_ascii=False), encoding="utf-8")
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    for at in range(0, len(said), CORES):
        running = [
            subprocess.Popen(
                [sys.executable, "-c", ALONE, path, render.FONTS, render.TEMPLATE, path.with_suffix(".pdf")]
            )
            for path in said[at : at + CORES]
        ]
        codes = [each.wait() for each in running]
        if any(codes):
            raise AssertionError("the peer's letter was not set")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return (time.perf_counter() - start) / len(said), spent / len(said)


def stages(fund: Fund, keys: NDArray[np.int64], lang: Any) -> dict[str, float]:
    """Processor seconds a letter of each stage, in one process.

    The least that a letter can cost is its typesetting, nearly all of it outside Python.
    """
    snapshot = fund.snapshot()
    desk = letters.Desk(snapshot, fund.workspace.runs, fund.workspace.keys)
    signed = letters.sender(fund.folder, lang, fund.name)
    spent = dict.fromkeys(("read and explained", "composed", "typeset"), 0.0)
    buckets = bucket_of(keys, snapshot.lake.buckets)
    for bucket in np.unique(buckets).tolist():
        start = time.process_time()
        cases = [case for _, case in desk.cases(bucket, keys[buckets == bucket].tolist())]
        spent["read and explained"] += time.process_time() - start
        for case in cases:
            times = [time.process_time()]
            letter = letters.compose(case, signed, lang)
            times.append(time.process_time())
            render.pdf(letter, case.known_date)
            times.append(time.process_time())
            spent["composed"] += times[1] - times[0]
            spent["typeset"] += times[2] - times[1]
    return {stage: seconds / len(keys) for stage, seconds in spent.items()}


def row(name: str, value: float, unit: str, peer_value: float | None = None) -> dict[str, Any]:
    """One line of the results."""
    found = {"name": name, "value": value, "unit": unit, "peer": None, "peer_value": None, "ratio": None}
    if peer_value is not None:
        found |= {
            "peer": "one typesetting process a letter",
            "peer_value": peer_value,
            "ratio": value / peer_value,
        }
    print(f"{name}: {value:,.0f} {unit}" + (f"   peer {peer_value:,.0f}" if peer_value else ""), flush=True)
    return found


def main(*, quick: bool = False) -> list[dict[str, Any]]:
    """Run all measurements; gives rows {name, value, unit, peer, peer_value, ratio}."""
    persons, count, few = QUICK if quick else (PERSONS, LETTERS, PEER)
    found = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = demo.run(folder / "demo", persons=persons, workers=CORES)
        fund = Fund.open(made.folder / "fund")
        keys = people(fund, count)
        alone, alone_spent = peer(fund, keys[:few], folder)
        for lang, language in (("fr", "French"), ("ar", "Arabic")):
            with open_executor(workers=CORES) as pool:
                write_all(fund, keys[: 2 * CORES], lang, folder / f"warm-{lang}", pool)
                start = time.perf_counter()
                batch = write_all(fund, keys, lang, folder / lang, pool)
                seconds = time.perf_counter() - start
            if batch.written != len(keys):
                raise AssertionError("letters are missing")
            rate = 60 * batch.written / seconds
            title = f"Letters in {language}, two cores: explained, composed, typeset, written"
            french = lang == "fr"
            found.append(row(title, rate, "letters/min", 60 / alone if french else None))
            some = keys[: max(len(keys) // 5, 10)]
            write_all(fund, some[:1], lang, folder / f"first-{lang}", InlineExecutor())
            start = time.process_time()
            write_all(fund, some, lang, folder / f"alone-{lang}", InlineExecutor())
            spent = (time.process_time() - start) / len(some)
            title = f"Letters in {language}, of a minute of processor time"
            found.append(row(title, 60 / spent, "letters/min", 60 / alone_spent if french else None))
            for stage, seconds in stages(fund, some, lang).items():
                found.append(row(f"A letter in {language}, {stage}", 1000 * seconds, "ms of processor time"))
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    main(quick=parser.parse_args().quick)
