"""The law of France beside openfisca-france-pension: equal results first, then persons a second.

    python3.11 -m venv DIR && DIR/bin/pip install --require-hashes -r requirements/openfisca.txt
    python -m benchmarks pensions --openfisca DIR/bin/python      # or OPENFISCA_PYTHON=DIR/bin/python make bench

Both get the same invented careers, by year, and other pensions. Compared are the reference wage (SAM), the reduction
(décote), the proration, the pension before minimum and ceiling, the minimum contributif (simple and increased, in
proportion) and the pension raised to it under the ceiling on all pensions: to the cent (and the last digit of single
precision, in which OpenFisca computes: 0.4 cents of a SAM of 33,000 euros). Three things are not the same law, and an
overlay written from the peer's own table gives ours theirs, so that everything else is compared:

- ``salary.revaluation``: the Cnav publishes coefficients of three decimals; the peer multiplies yearly increases
  without rounding. From 2009 to 2017 it takes each increase for wages of the years *before* that of the increase, the
  Cnav for those of the same year, too: in 2022 the wages of 2012 have 1.083 (circ. Cnav 2022-3 of 11 January 2022; its
  whole column is ours to the last decimal, and circ. 2012/35 agrees), 1.0636 by the peer. Older increases differ one
  by one (1950, 1962, 1970, 1990), and its table ends with 2022, without the 4 % of July 2022.
- ``salary.euro``: a revalued wage is rounded to the euro (Cnav, exposé of the SAM); the peer does not round.
- ``old_age.cent``: official examples truncate amounts to the cent; the peer does not (nor need it, before payment).

Left out of the careers, because the peer's reading differs from the text:

- pensions after the age of the full rate: R. 351-7 raises the duration by 2.5 % a quarter, rounded up; the peer takes
  the coefficient of the décote (1.25 % for cohorts from 1953) and does not round;
- births on the first four days of a month: the peer counts months of age as days divided by the mean length of a
  month, so that of those born on the 2nd or 3rd some have a month too many, and a quarter of décote too few (R. 351-27:
  a quarter begun counts whole);
- pay within a cent of what validates one to four quarters: before 2002 that is so many francs, and the account has them
  to the nearest cent, of which the peer takes no account: a pay of exactly three times the 6,532 francs of 1992 is
  2,987.39 euros there and has two quarters;
- pensions within a year: the peer takes the parameters of 1 January for all of them.

Left out of the comparison of pensions, and counted:

- who has a surcote. It begins with the calendar quarter after the legal age (D. 351-1-4; official example:
  service-public F19643); the peer begins with the year after it. It also multiplies the minimum by the surcote, which
  since April 2009 is added to the pension that the minimum has raised without it (circ. Cnav 2018-04, § 3.4: 621 of
  pension, 645.07 of minimum and 2.5 % are 660.59; by the peer's formula 661.20);
- whose other pensions leave no room under the ceiling for what the minimum would add. L. 173-2 reduces that increase
  alone, and the pension of their own contributions is due; the peer (``pension_brute``, formula of 2012) cuts the
  pension itself to what the ceiling leaves, even to nothing: 417.94 a month beside 1,419 of others become 0 in 2016.

All quarters of the careers are in the general scheme. The two laws would differ elsewhere: the 120 contributed quarters
of the increased minimum are those of all schemes (circ. Cnav 2009-17), the peer asks for them in this one alone. It
takes a twelfth of the yearly minimum, we the monthly amount of the circular: at most half a cent.
"""

from __future__ import annotations

import subprocess
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

from himaya.law import Ragged, evaluate
from himaya.legislation import france
from himaya.months import month_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from himaya.law import System

    Careers = dict[str, NDArray[Any]]
    Row = tuple[str, float, str, str | None, float | None]

AWARDS = {2010: (60, 65), 2016: (62, 65), 2022: (62, 67)}
"""Years of award, and ages in full years at it: from, and below. All have the legal age, none that of the full rate."""
TIMED = 2022
RUNS = 5
"""Of ours before the peer, and as many after it: the median counts."""
PERSONS, QUICK, FEW, BLOCK = 100_000, 2_000, 10_000, 131_072
"""Careers of the year that is timed, all the years' in a quick run, the other years', and those evaluated at once."""
SPAN = 47
LOW = 0.3
"""Share of persons of low pay and long careers, of whom the minimum raises some."""
CORES = 2
CENT, SHARE = 0.01, 1e-6
SINGLE = 2.0**-23
"""Relative step of single precision."""
AMOUNTS = (
    "reference_wage",
    "basic_pension",
    "minimum_simple",
    "minimum_increase",
    "raise_to_minimum",
    "raise_paid",
)
TARGETS = (
    *AMOUNTS,
    "pension_rate",
    "prorated_quarters",
    "proration_quarters",
    "surcote_quarters",
)
SCRIPT = Path(__file__).with_name("openfisca_peer.py")


def careers(award: int, persons: int) -> Careers:
    """Invented persons whose pension begins on 1 January of a year: gaps, years of little pay, quarters of sickness."""
    rng = np.random.default_rng(award)
    youngest, oldest = AWARDS[award]
    months = rng.integers(youngest * 12, oldest * 12, persons) + 1
    born = (np.datetime64(f"{award}-01", "M") - months).astype("datetime64[D]") + rng.integers(4, 28, persons)
    years = np.arange(award - SPAN, award)
    shape = (persons, SPAN)
    # The ceiling grew by some 2.6 % a year since 1986 and 10.8 % before.
    ceiling = 48_060 * 1.026 ** -(2026.0 - np.maximum(years, 1986)) * 1.108 ** np.minimum(years - 1986.0, 0)
    low = rng.random(persons) < LOW
    level = np.where(low, 0.3, rng.lognormal(-0.6, 0.6, persons))
    pay = ceiling * level[:, None] * rng.uniform(0.5, 1.4, shape)
    pay[rng.random(shape) < 0.1] = 0
    pay[rng.random(shape) < 0.05] *= 0.02
    pay[np.arange(SPAN) < rng.integers(0, np.where(low, 4, 16))[:, None]] = 0
    pay = np.round(pay * 100) / 100
    pay[_near_a_quarter(pay, years)] += 2 * CENT
    return {
        "award_year": np.array(award),
        "years": years,
        "birth_date": born,
        "woman": rng.random(persons) < 0.5,
        "children": rng.integers(0, 4, persons),
        "wages": pay,
        "assimilated": (rng.random(shape) < 0.06) * rng.integers(1, 5, shape),
        "other_pensions": (rng.random(persons) < 0.5) * rng.integers(0, 150_000, persons) / 100,
    }


def _near_a_quarter(pay: NDArray[np.float64], years: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Where the pay of a year is within a cent of one to four times what validates a quarter."""
    values = france.system.groups["insurance"].parameters["validating_wage"].values
    amounts = [
        max((each for each in values if each.since.year <= year), key=lambda v: v.since) for year in years
    ]
    quarter = np.array([float(each.value) / 100 for each in amounts])
    times = np.clip(np.rint(pay / quarter), 1, 4)
    return np.abs(pay - times * quarter) < CENT


def inputs_of(given: Careers, part: slice) -> dict[str, Any]:
    """Some of the persons as inputs of the law."""
    pay = np.rint(given["wages"][part] * 100).astype(np.int64)
    persons = len(pay)
    offsets = np.arange(persons + 1) * SPAN

    def along(values: NDArray[Any], kind: type) -> Ragged:
        return Ragged(np.ascontiguousarray(values, kind).ravel(), offsets)

    return {
        "birth_date": given["birth_date"][part].astype(np.int64),
        "years": along(np.tile(given["years"], (persons, 1)), np.int16),
        "wages": along(pay, np.int32),
        "assimilated_quarters": along(given["assimilated"][part], np.int8),
        "other_schemes_quarters": along(np.zeros_like(pay), np.int8),
        "award_from": np.full(persons, month_of(date(int(given["award_year"]), 1, 1))),
        "woman": given["woman"][part],
        "children": given["children"][part].astype(np.int64),
        "other_pensions": np.rint(given["other_pensions"][part] * 100).astype(np.int64),
    }


def ours(law: System, given: Careers) -> tuple[dict[str, NDArray[np.float64]], float, float]:
    """What a law gives for the careers, amounts in euros; processor seconds it took, and seconds on the clock."""
    persons = given["birth_date"].size
    blocks = [inputs_of(given, slice(at, at + BLOCK)) for at in range(0, persons, BLOCK)]
    on = date(int(given["award_year"]), 12, 1)
    evaluate(law, TARGETS, inputs_of(given, slice(0, 100)), on=on)
    used, began = time.process_time(), time.perf_counter()
    parts = [evaluate(law, TARGETS, block, on=on) for block in blocks]
    used, wall = time.process_time() - used, time.perf_counter() - began
    values = {
        name: np.concatenate([part[name].exact.num / np.asarray(part[name].exact.den) for part in parts])
        for name in TARGETS
    }
    for name in AMOUNTS:
        values[name] = values[name] / 100
    return values, used, wall


def on_one_core(persons: int, core: int) -> float:
    """Seconds on the clock of the evaluation of the share of one core of the careers of the year that is timed."""
    given = careers(TIMED, persons)
    share = np.arange(core, persons, CORES)
    mine = {
        name: values[share] if values.shape[:1] == (persons,) else values for name, values in given.items()
    }
    return ours(france.system, mine)[2]


def their_law(folder: Path, award: int, found: Careers) -> System:
    """The law of France with the coefficients of the peer for a year of award, and without rounding."""
    known = zip(found["wage_years"].tolist(), found["coefficients"].tolist(), strict=True)
    since = f"from: {award}-01-01, article: openfisca-france-pension"
    overlay = folder / f"openfisca-{award}.yaml"
    overlay.write_text(
        "name: {en: As the peer, fr: Comme le pair, ar: مثل النظير}\n"
        "country: france\n"
        "parameters:\n"
        f"  salary.revaluation: [{{{since}, value: {{{', '.join(f'{y}: {k:.7f}' for y, k in known)}}}}}]\n"
        f"  salary.euro: [{{{since}, value: 0.01}}]\n"
        f"  old_age.cent: [{{{since}, value: 0.0001}}]\n",
        encoding="utf-8",
    )
    return france.system.reformed(overlay)[1]


def compare(award: int, values: dict[str, NDArray[np.float64]], found: Careers) -> tuple[int, int, int]:
    """Raise unless all is equal.

    Gives the number of persons whose pensions were compared, of those whom the minimum raises, and of those whose
    raise the ceiling takes whole, so that the peer reduces their pension (left out of the last comparison).
    """
    differences = {
        "reference wage": np.abs(values["reference_wage"] - found["reference_wage"])
        > CENT + SINGLE * values["reference_wage"],
        "reduction": np.abs(1 - 2 * values["pension_rate"] - found["reduction"]) > SHARE,
        "proration": np.abs(values["prorated_quarters"] / values["proration_quarters"] - found["proration"])
        > SHARE,
    }
    plain = (values["surcote_quarters"] == 0) & (found["surcote"] == 0)
    no_room = (values["raise_to_minimum"] > 0) & (values["raise_paid"] == 0)
    amounts = {
        "pension": (values["basic_pension"], plain),
        "minimum": (values["minimum_simple"] + values["minimum_increase"], plain),
        "paid": (values["basic_pension"] + values["raise_paid"], plain & ~no_room),
    }
    for name, (amount, compared) in amounts.items():
        differences[name] = compared & (np.abs(amount - found[name] / 12) > CENT)
    for name, differs in differences.items():
        if differs.any():
            raise AssertionError(
                f"{name} of {award}: {int(differs.sum())} persons differ, first {np.argmax(differs)}"
            )
    return int(plain.sum()), int((plain & (values["raise_paid"] > 0)).sum()), int((plain & no_room).sum())


def peer(python: Path, folder: Path, award: int, given: Careers) -> Careers:
    """What the peer finds."""
    careers_file, found = folder / f"careers-{award}.npz", folder / f"found-{award}.npz"
    np.savez(careers_file, **given)
    subprocess.run([python, SCRIPT, careers_file, found], check=True)
    with np.load(found) as values:
        return dict(values)


def main(python: Path, *, quick: bool = False) -> list[Row]:
    """Compare, then give rows (name, value, unit, peer, its value)."""
    rows: list[Row] = []
    equal = compared = 0
    counts = np.zeros(3, np.int64)
    largest: list[float] = []
    with tempfile.TemporaryDirectory(prefix="himaya-openfisca-") as name:
        for award in AWARDS:
            given = careers(award, QUICK if quick else PERSONS if award == TIMED else FEW)
            timed = award == TIMED
            used = [ours(france.system, given)[1] for _ in range(RUNS if timed else 0)]
            found = peer(python, Path(name), award, given)
            values, *_ = ours(their_law(Path(name), award, found), given)
            counts += compare(award, values, found)
            compared += values["basic_pension"].size
            plain, last, _ = ours(france.system, given)
            change = np.abs(plain["reference_wage"] - found["reference_wage"])
            equal += int((change <= CENT).sum())
            largest.append(float((change / np.maximum(found["reference_wage"], 1)).max()))
            if timed:  # as often after the peer as before it: a machine that slows down slows both
                used += [last, *(ours(france.system, given)[1] for _ in range(RUNS - 1))]
                rows = _speeds(plain["basic_pension"].size, median(used), found)
    pensions, raised, no_room = (int(each) for each in counts)
    told = f"SAM, décote, proration of {', '.join(map(str, AWARDS))}"
    return [
        (f"{told}: equal to the cent by the peer's coefficients", compared, "persons", None, None),
        ("  without surcote, and pension and minimum equal to the cent", pensions, "persons", None, None),
        (
            "  of them raised to the minimum, and that pension equal to the cent",
            raised,
            "persons",
            None,
            None,
        ),
        (
            "  of them without room under the ceiling, whose pension the peer cuts",
            no_room,
            "persons",
            None,
            None,
        ),
        ("  SAM equal to the cent by the coefficients published", equal, "persons", None, None),
        ("  largest difference of a SAM by those", 100 * max(largest), "%", None, None),
        *rows,
    ]


def _speeds(persons: int, used: float, found: Careers) -> list[Row]:
    """The year that is timed: processor time of one core, and the clock with our two processes and the peer's one."""
    with ProcessPoolExecutor(CORES, get_context("forkserver")) as pool:
        wall = max(pool.map(partial(on_one_core, persons), range(CORES)))
    theirs, their_wall = float(found["processor"]), float(found["wall"])
    name = "openfisca-france-pension"
    return [
        (
            "pensions with their minimum, one core, processor time",
            persons / used,
            "persons/s",
            name,
            persons / theirs,
        ),
        ("  in wall time, two processes", persons / wall, "persons/s", f"{name}, one", persons / their_wall),
        ("  its peak memory", float(found["peak"]) / 2**20, "MiB", None, None),
    ]
