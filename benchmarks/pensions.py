"""French pensions a second, from careers by year in memory to the pension; baseline and reform; one explanation.

    python benchmarks/pensions.py            # 1 million careers
    python benchmarks/pensions.py --quick
    python -m benchmarks pensions --openfisca /path/to/python

The pension is whole: reference wage on the best years, décote and surcote, proration, minimum with its ceiling,
supplement for children. Careers are invented: 43 years of pay that grows, some of it missing. Reforms are the
suspension of 2026 against the law of 2023, and a higher minimum: both laws in one pass beside the baseline alone. The
peer of the whole is the reference interpreter of the project itself, in exact fractions, one person after the other;
and openfisca-france-pension, where a Python has it (:mod:`benchmarks.openfisca`).
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np

from himaya.law import Ragged, evaluate, explain
from himaya.law.exact import exact
from himaya.law.pair import evaluate_pair
from himaya.legislation import france
from himaya.months import month_of
from himaya.reform import shipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CORES, PERSONS, BLOCK = 2, 1_000_000, 262_144
QUICK = BLOCK // 4
"""Persons of a block of a quick run."""
YEARS = 43
ON, AWARD = date(2027, 1, 1), month_of(date(2026, 10, 1))
TARGET = "monthly_pension"
MINIMUM = """name: Higher minimum
country: france
parameters:
  minimum_pension.simple:
    - {from: 2026-01-01, value: 900, article: "An example"}
"""


def careers(seed: int, persons: int) -> dict[str, Any]:
    """Invented persons of one block, as inputs of the law."""
    rng = np.random.default_rng(seed)
    first = rng.integers(1978, 1988, persons)
    years = first[:, None] + np.arange(YEARS)
    growth = 1.02 ** np.arange(YEARS)
    pay = (rng.lognormal(13.6, 0.5, persons)[:, None] * growth * rng.uniform(0.7, 1.3, years.shape)).astype(
        np.int32
    )
    pay[rng.random(pay.shape) < 0.08] = 0
    kept = years < 2026
    offsets = np.concatenate([[0], np.cumsum(kept.sum(axis=1))])

    def ragged(values: np.ndarray[Any, Any]) -> Ragged:
        return Ragged(values[kept], offsets)

    born = (rng.integers(1958, 1965, persons) - 1970) * 365 + rng.integers(0, 365, persons)
    return {
        "birth_date": born,
        "years": ragged(years.astype(np.int16)),
        "wages": ragged(pay),
        "assimilated_quarters": ragged((rng.random(pay.shape) < 0.05).astype(np.int8) * np.int8(2)),
        "other_schemes_quarters": ragged(np.zeros(pay.shape, np.int8)),
        "award_from": np.full(persons, AWARD),
        "woman": rng.random(persons) < 0.5,
        "children": rng.integers(0, 5, persons),
    }


def one(inputs: dict[str, Any], index: int) -> dict[str, Any]:
    """One person's inputs."""
    found: dict[str, Any] = {}
    for name, value in inputs.items():
        if isinstance(value, Ragged):
            found[name] = value.values[int(value.offsets[index]) : int(value.offsets[index + 1])].tolist()
        else:
            found[name] = value[index].item()
    return found


def blocks(persons: int, seeds: range) -> tuple[float, float, int]:
    """Wall and processor seconds of the evaluation of some blocks, and the peak memory of the process in bytes."""
    evaluate(france.system, [TARGET], careers(0, 1000), on=ON)
    wall = cpu = 0.0
    for seed in seeds:
        inputs = careers(seed, persons)
        began, used = time.perf_counter(), time.process_time()
        evaluate(france.system, [TARGET], inputs, on=ON)
        wall += time.perf_counter() - began
        cpu += time.process_time() - used
    return wall, cpu, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def timed(work: Callable[[], object], times: int = 7) -> float:
    """Median processor seconds of some runs."""
    found = []
    for _ in range(times):
        used = time.process_time()
        work()
        found.append(time.process_time() - used)
    return median(found)


def paired(one: Callable[[], object], other: Callable[[], object], times: int = 9) -> tuple[float, float]:
    """Processor seconds of both, run in turns (a machine that slows down slows both): the turn of the median ratio."""
    turns = [(timed(one, 1), timed(other, 1)) for _ in range(times)]
    return sorted(turns, key=lambda turn: turn[1] / turn[0])[times // 2]


def row(
    name: str,
    value: float,
    unit: str,
    peer: str | None = None,
    peer_value: float | None = None,
) -> dict[str, Any]:
    """One line of the results."""
    ratio = None if peer_value is None else value / peer_value
    print(
        f"{name}: {value:,.3g} {unit}"
        + (f"   {peer}: {peer_value:,.3g}   ratio {ratio:.3g}" if peer else ""),
        flush=True,
    )
    return {
        "name": name,
        "value": value,
        "unit": unit,
        "peer": peer,
        "peer_value": peer_value,
        "ratio": ratio,
    }


def main(*, quick: bool = False, openfisca: Path | None = None) -> list[dict[str, Any]]:
    """Run all measurements; gives rows {name, value, unit, peer, peer_value, ratio}.

    ``openfisca`` is a Python in which openfisca-france-pension is installed.
    """
    block = QUICK if quick else BLOCK
    count = CORES if quick else -(-PERSONS // BLOCK)
    shares = [range(1 + core, count + 1, CORES) for core in range(CORES)]
    with ProcessPoolExecutor(CORES, get_context("forkserver")) as pool:
        found = list(pool.map(partial(blocks, block), shares))
    persons = count * block
    wall, cpu = max(each[0] for each in found), sum(each[1] for each in found)
    inputs = careers(1, block)
    few = range(20 if quick else 100)
    used = time.process_time()
    judged = [exact(france.system, [TARGET], one(inputs, i), on=ON)[TARGET] for i in few]
    slow = len(few) / (time.process_time() - used)
    fast = evaluate(france.system, [TARGET], inputs, on=ON)[TARGET]
    if any(fast.exact.fraction(i) != judged[i].value for i in few):
        raise AssertionError("the two evaluations differ")
    spread = inputs | {"award_from": np.random.default_rng(2).integers(AWARD - 120, AWARD, block)}
    apart = timed(lambda: evaluate(france.system, [TARGET], spread, on=ON))
    person = one(inputs, 3)
    explain(france.system, TARGET, person, on=ON)
    single = timed(lambda: explain(france.system, TARGET, person, on=ON), 21)
    return [
        row("French pensions, two cores", persons / wall, "persons/s"),
        row(
            "French pensions, processor time",
            persons / cpu,
            "persons/s a core",
            "the exact interpreter",
            slow,
        ),
        row("the same, first months of pension over ten years", block / apart, "persons/s a core"),
        row("peak memory of a worker", max(each[2] for each in found) / 2**20, "MiB"),
        *_reforms(inputs),
        row("one explanation, warm", single * 1e3, "ms"),
        *_beside_openfisca(openfisca, quick=quick),
    ]


def _reforms(inputs: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A reform of the ages, which touches nearly every rule for some cohorts, and one of the minimum."""
    with tempfile.TemporaryDirectory() as folder:
        higher = Path(folder) / "minimum.yaml"
        higher.write_text(MINIMUM, encoding="utf-8")
        for name, path in (("suspension of 2026", shipped()["suspension-2026"]), ("higher minimum", higher)):
            baseline, reform = france.system.reformed(path)
            alone, both = paired(
                partial(evaluate, baseline, [TARGET], inputs, on=ON),
                partial(evaluate_pair, baseline, reform, [TARGET], inputs, on=ON),
            )
            yield row(
                f"{name}: both laws in one pass", both * 1e3, "ms a block", "baseline alone", alone * 1e3
            )


def _beside_openfisca(python: Path | None, *, quick: bool) -> list[dict[str, Any]]:
    if python is None:
        print("openfisca-france-pension: not asked for (--openfisca)")
        return []
    from benchmarks import openfisca

    return [row(*each) for each in openfisca.main(python, quick=quick)]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    main(quick=parser.parse_args().quick)
