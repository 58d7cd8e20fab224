"""The law of France beside openfisca-france-pension: equal results first, then persons a second.

    python3.11 -m venv DIR && DIR/bin/pip install --require-hashes -r requirements/openfisca.txt
    python -m benchmarks pensions --openfisca DIR/bin/python      # or OPENFISCA_PYTHON=DIR/bin/python make bench

Both get the same invented careers, by year. Compared are the reference wage (SAM), the reduction (décote), the
proration and the pension before minimum and ceiling, to the cent (and the last digit of single precision, in which
OpenFisca computes: 0.4 cents of a SAM of 33,000 euros). Three things are not the same law, and an overlay
written from the peer's own table gives ours theirs, so that everything else is compared:

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
- pay within cents of what validates one to four quarters: before 2002 that is so many francs, which we convert to the
  cent below, and the peer does not round (which of the two counts a quarter there is open: R. 351-9 knew no cents);
- pensions within a year: the peer takes the parameters of 1 January for all of them.

Left out of the comparison of pensions, and counted: who has a surcote. It begins with the calendar quarter after the
legal age (D. 351-1-4; official example: service-public F19643); the peer begins with the year after it.
"""

from __future__ import annotations

import subprocess
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from himaya.law import Ragged, evaluate
from himaya.legislation import france
from himaya.months import month_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from himaya.law import System

    Careers = dict[str, NDArray[Any]]

AWARDS = {2010: (60, 65), 2016: (62, 65), 2022: (62, 67)}
"""Years of award, and ages in full years at it: from, and below. All have the legal age, none that of the full rate."""
TIMED = 2022
PERSONS, QUICK, FEW, BLOCK = 100_000, 2_000, 10_000, 65_536
"""Careers of the year that is timed, all the years' in a quick run, the other years', and those evaluated at once."""
SPAN = 47
CENT, SHARE = 0.01, 1e-6
SINGLE = 2.0**-23
"""Relative step of single precision."""
TARGETS = (
    "reference_wage",
    "pension_rate",
    "prorated_quarters",
    "proration_quarters",
    "basic_pension",
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
    pay = ceiling * rng.lognormal(-0.6, 0.6, persons)[:, None] * rng.uniform(0.5, 1.4, shape)
    pay[rng.random(shape) < 0.1] = 0
    pay[rng.random(shape) < 0.05] *= 0.02
    pay[np.arange(SPAN) < rng.integers(0, 16, persons)[:, None]] = 0
    pay = np.round(pay * 100) / 100
    pay[_near_a_quarter(pay, years)] += 0.2
    return {
        "award_year": np.array(award),
        "years": years,
        "birth_date": born,
        "woman": rng.random(persons) < 0.5,
        "children": rng.integers(0, 4, persons),
        "wages": pay,
        "assimilated": (rng.random(shape) < 0.06) * rng.integers(1, 5, shape),
    }


def _near_a_quarter(pay: NDArray[np.float64], years: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Where the pay of a year is within cents of one to four times what validates a quarter."""
    values = france.system.groups["insurance"].parameters["validating_wage"].values
    amounts = [
        max((each for each in values if each.since.year <= year), key=lambda v: v.since) for year in years
    ]
    quarter = np.array([float(each.value) / 100 for each in amounts])
    times = np.clip(np.rint(pay / quarter), 1, 4)
    return np.abs(pay - times * quarter) < 0.06


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
    }


def ours(law: System, given: Careers) -> tuple[dict[str, NDArray[np.float64]], float]:
    """What a law gives for the careers, amounts in euros, and the processor seconds it took."""
    persons = given["birth_date"].size
    blocks = [inputs_of(given, slice(at, at + BLOCK)) for at in range(0, persons, BLOCK)]
    on = date(int(given["award_year"]), 12, 1)
    evaluate(law, TARGETS, inputs_of(given, slice(0, 100)), on=on)
    used = time.process_time()
    parts = [evaluate(law, TARGETS, block, on=on) for block in blocks]
    used = time.process_time() - used
    values = {
        name: np.concatenate([part[name].exact.num / np.asarray(part[name].exact.den) for part in parts])
        for name in TARGETS
    }
    for name in ("reference_wage", "basic_pension"):
        values[name] = values[name] / 100
    return values, used


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


def compare(award: int, values: dict[str, NDArray[np.float64]], found: Careers) -> int:
    """Raise unless all is equal; give the number of persons whose pensions were compared."""
    differences = {
        "reference wage": np.abs(values["reference_wage"] - found["reference_wage"])
        > CENT + SINGLE * values["reference_wage"],
        "reduction": np.abs(1 - 2 * values["pension_rate"] - found["reduction"]) > SHARE,
        "proration": np.abs(values["prorated_quarters"] / values["proration_quarters"] - found["proration"])
        > SHARE,
    }
    plain = (values["surcote_quarters"] == 0) & (found["surcote"] == 0)
    differences["pension"] = plain & (np.abs(values["basic_pension"] - found["pension"] / 12) > CENT)
    for name, differs in differences.items():
        if differs.any():
            raise AssertionError(
                f"{name} of {award}: {int(differs.sum())} persons differ, first {np.argmax(differs)}"
            )
    return int(plain.sum())


def peer(python: Path, folder: Path, award: int, given: Careers) -> Careers:
    """What the peer finds."""
    careers_file, found = folder / f"careers-{award}.npz", folder / f"found-{award}.npz"
    np.savez(careers_file, **given)
    subprocess.run([python, SCRIPT, careers_file, found], check=True)
    with np.load(found) as values:
        return dict(values)


def main(python: Path, *, quick: bool = False) -> list[tuple[str, float, str, str | None, float | None]]:
    """Compare, then give rows (name, value, unit, peer, its value)."""
    rows: list[tuple[str, float, str, str | None, float | None]] = []
    equal = compared = pensions = 0
    largest: list[float] = []
    with tempfile.TemporaryDirectory(prefix="himaya-openfisca-") as name:
        for award in AWARDS:
            given = careers(award, QUICK if quick else PERSONS if award == TIMED else FEW)
            found = peer(python, Path(name), award, given)
            values, _ = ours(their_law(Path(name), award, found), given)
            pensions += compare(award, values, found)
            compared += values["basic_pension"].size
            plain, used = ours(france.system, given)
            change = np.abs(plain["reference_wage"] - found["reference_wage"])
            equal += int((change <= CENT).sum())
            largest.append(float((change / np.maximum(found["reference_wage"], 1)).max()))
            if award == TIMED:
                theirs = float(found["processor"])
                size = plain["basic_pension"].size
                speed = "pensions before minimum, one core, processor time"
                rows = [
                    (speed, size / used, "persons/s", "openfisca-france-pension", size / theirs),
                    ("  its peak memory", float(found["peak"]) / 2**20, "MiB", None, None),
                ]
    told = f"SAM, décote, proration of {', '.join(map(str, AWARDS))}"
    return [
        (f"{told}: equal to the cent by the peer's coefficients", compared, "persons", None, None),
        ("  without surcote, and the pension equal to the cent", pensions, "persons", None, None),
        ("  SAM equal to the cent by the coefficients published", equal, "persons", None, None),
        ("  largest difference of a SAM by those", 100 * max(largest), "%", None, None),
        *rows,
    ]
