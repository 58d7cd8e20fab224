"""Runs of a reform: over a fund, or over a table of persons."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from himaya.contract.identifiers import PersonNumbers
from himaya.errors import UsageError
from himaya.lake import map_tasks
from himaya.legislation import countries, system_of
from himaya.reform import measures, store, table
from himaya.reform.examples import examples
from himaya.reform.model import Impact, ReformError, Uncosted, YearCost, in_all_languages
from himaya.reform.payment import People
from himaya.reform.plan import Plan, plan
from himaya.reform.population import Amounts, Part, apply_both
from himaya.rights.model import code_version
from himaya.rights.run import bucket_task, make_manifest
from himaya.sentence import said

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from himaya.lake import KeySpace, Snapshot
    from himaya.law import System
    from himaya.law.units import Languages
    from himaya.rights import Settings

YEARS = 5
SAMPLED = ("france",)
"""Countries of which persons are invented for a reform to be run on; a whole fund is invented by ``himaya demo``."""
Progress = Callable[[str, int, int], None]
"""Called with the stage (``reform``), parts done, parts in all."""


def shipped() -> dict[str, Path]:
    """The worked reforms that come with the project: by name, the overlay file."""
    root = Path(str(resources.files("himaya.legislation")))
    return {
        path.stem: path
        for country in countries()
        for path in sorted((root / country / "reforms").glob("*.yaml"))
    }


def of_fund(
    snapshot: Snapshot,
    overlay: Path,
    settings: Settings,
    keys: KeySpace,
    executor: Executor,
    *,
    years: int = YEARS,
    progress: Progress | None = None,
) -> Impact:
    """Run a reform over the people of a fund.

    Parameters
    ----------
    snapshot
        The publication to read; its careers must have been derived (:func:`himaya.rights.run`).
    overlay
        The reform's file.
    settings
        The two clocks, the country.
    keys
        The fund's key space.
    years
        Costs are given for the date of law and the same day of the following years, so many in all.
    """
    began = time.perf_counter()
    laws = system_of(settings.country).reformed(overlay)
    base = replace(settings, overlay=None)
    of_run = make_manifest(snapshot, base)
    manifest = vars(of_run) | _manifest(laws, overlay, years)
    task = bucket_task(snapshot, base, of_run, keys, snapshot.version("career"))
    planned = _planned(laws, store.GIVEN, settings.law_date, years)
    places = store.places_of_employers(snapshot)
    tasks = [
        store.ReformTask(replace(task, bucket=bucket), overlay, planned, places)
        for bucket in range(snapshot.lake.buckets)
    ]
    told = (lambda done, total: progress("reform", done, total)) if progress else None
    parts = map_tasks(executor, store.reform_bucket, tasks, progress=told)
    numbers = PersonNumbers(keys)

    def people(part: int) -> People:
        return store.people_of(tasks[part])

    def called(key: int) -> str:
        return str(numbers.show(np.array([key], np.int64))[0])

    impact = _impact(laws, planned, parts, people, called, settings.known_date)
    return _finished(impact, manifest, began)


def of_table(
    file: Path,
    overlay: Path,
    *,
    country: str,
    law_date: date,
    years: int = YEARS,
    progress: Progress | None = None,
) -> Impact:
    """Run a reform over the persons of a Parquet file, columns named as the law's inputs.

    ``sex`` and ``region``, where the file has them, make groups of the results.
    """
    impact = _of_rows(
        lambda: table.batches(file, system_of(country)),
        overlay,
        country,
        law_date,
        years,
        lambda key: f"{file.name}:{key + 1}",
        {"persons": hashlib.blake2b(file.read_bytes(), digest_size=8).hexdigest()},
        lambda done: progress("reform", done, done) if progress else None,
    )
    if impact is None:
        raise ReformError("the file holds no person", where=str(file))
    return impact


def of_sample(
    persons: int,
    overlay: Path,
    *,
    country: str,
    law_date: date,
    years: int = YEARS,
    progress: Progress | None = None,
) -> Impact:
    """Run a reform over so many invented persons (:mod:`himaya.synthetic.france`); the impact says that they are.

    Raises
    ------
    UsageError
        For a country of which nobody is invented.
    """
    if country not in SAMPLED:
        raise UsageError(
            said("there are no invented persons {of_country}", of_country=system_of(country).of_country),
            mend="Build a synthetic fund: himaya demo.",
        )
    from himaya.synthetic import france

    last_year = law_date.year + years - 1

    def rows() -> Iterator[table.Batch]:
        for first in range(0, persons, table.BATCH):
            size = min(table.BATCH, persons - first)
            yield table.Batch(france.persons(first, size, last_year), np.arange(first, first + size))

    impact = _of_rows(
        rows,
        overlay,
        country,
        law_date,
        years,
        lambda key: str(key + 1),
        {"persons": "invented", "sample": persons},
        lambda done: progress("reform", done, persons) if progress else None,
    )
    assert impact is not None
    return replace(impact, invented=True)


def _of_rows(
    rows: Callable[[], Iterator[table.Batch]],
    overlay: Path,
    country: str,
    law_date: date,
    years: int,
    called: Callable[[int], str],
    source: Mapping[str, Any],
    told: Callable[[int], None],
) -> Impact | None:
    """Run a reform over batches of rows, which can be made again; None if there are none."""
    began = time.perf_counter()
    laws = system_of(country).reformed(overlay)
    parts: list[Part] = []
    planned: Plan | None = None
    done = 0
    for number, batch in enumerate(rows()):
        people = table.people_of(laws[0], batch)
        planned = planned or _planned(laws, people.inputs, law_date, years)
        parts.append(apply_both(people, laws, planned, part=number))
        done += batch.rows.num_rows
        told(done)
    if planned is None:
        return None

    def people_at(part: int) -> People:
        batch = next(batch for number, batch in enumerate(rows()) if number == part)
        return table.people_of(laws[0], batch)

    manifest = _manifest(laws, overlay, years) | {
        **source,
        "country": country,
        "law_date": law_date.isoformat(),
        "code_version": code_version(),
    }
    return _finished(_impact(laws, planned, parts, people_at, called, None), manifest, began)


def _planned(laws: tuple[System, System], given: Collection[str], law_date: date, years: int) -> Plan:
    """What is evaluated; raises :class:`ReformError` where nothing that the reform touches can be costed."""
    planned = plan(laws, given, law_date, years)
    if not planned.branches:
        raise _uncostable(laws[0], planned.uncosted)
    return planned


def _uncostable(law: System, uncosted: Sequence[Uncosted]) -> ReformError:
    if not uncosted:
        return ReformError(
            said("this reform changes no amount of the law {of_country}", of_country=law.of_country),
            mend="See what it changes: himaya reform diff.",
        )
    first, *others = uncosted
    why = said("{branch}: {reason}", branch=first.called, reason=first.reason)
    for each in others:
        why = said("{told}; {branch}: {reason}", told=why, branch=each.called, reason=each.reason)
    lacking = any(each.missing for each in uncosted)
    return ReformError(
        said("nothing that this reform changes can be costed with these data"),
        why=why,
        mend="Give a file of persons with these columns: --persons FILE." if lacking else None,
    )


def _manifest(laws: tuple[System, System], overlay: Path, years: int) -> dict[str, Any]:
    until = laws[1].overlay.unchanged_until if laws[1].overlay else None
    return {
        "overlay": overlay.name,
        "baseline_version": laws[0].version,
        "reform_version": laws[1].version,
        "years": years,
        **({"unchanged_until": until.isoformat()} if until else {}),
    }


def _impact(
    laws: tuple[System, System],
    planned: Plan,
    parts: Sequence[Part],
    people: Callable[[int], People],
    called: Callable[[int], str],
    known: date | None,
) -> Impact:
    costs = _summed(part.costs for part in parts)
    if not costs:
        raise _uncostable(laws[0], _all_uncosted(planned, costs))
    amounts = Amounts.joined([part.amounts for part in parts])
    before, after = amounts.before, amounts.after
    overlay = laws[1].overlay or laws[0].overlay
    assert overlay is not None
    unverified: dict[str, int] = {}
    for part in parts:
        for name, count in part.unverified.items():
            unverified[name] = unverified.get(name, 0) + count
    return Impact(
        run="",
        manifest={},
        name=overlay.name,
        day=planned.shown.day,
        since=planned.since,
        costs=costs,
        branches={name: in_all_languages(each.called) for name, each in planned.branches.items()},
        uncosted=_all_uncosted(planned, costs),
        persons=sum(part.persons for part in parts),
        affected=int(before.size),
        winners=int((after > before).sum()),
        losers=int((after < before).sum()),
        gained=int(((before == 0) & (after > 0)).sum()),
        lost=int(((before > 0) & (after == 0)).sum()),
        groups={
            "sex": measures.grouped(np.where(amounts.sex == "", "unknown", amounts.sex), before, after),
            "age": measures.by_age(amounts.age, before, after),
            "place": measures.by_place(amounts.place, before, after),
            "tenth": measures.by_tenth(before, after),
        },
        inequality=measures.inequality(before, after),
        poverty=measures.poverty(before, after),
        examples=examples(laws, planned, amounts, people, called, known),
        unverified=unverified,
        labels={name: _labels(laws[1], name) for name in unverified},
        currency=_currency(laws[1], planned),
        seconds=0.0,
    )


def _labels(system: System, name: str) -> Languages:
    """What a rule or a parameter is called."""
    return system.labels[name] if name in system.labels else system.parameter(name).labels


def _currency(law: System, planned: Plan) -> str:
    """The currency of the branches, all of one country."""
    (currency,) = {each.unit.currency for of in planned.branches.values() for each in law.versions[of.target]}
    assert currency is not None
    return currency


def _all_uncosted(planned: Plan, costs: Collection[YearCost]) -> tuple[Uncosted, ...]:
    """What cannot be costed: at all, or in the years of which the data have nothing."""
    found = list(planned.uncosted)
    there = {(cost.branch, cost.day) for cost in costs}
    for name, branch in planned.branches.items():
        years = tuple(year.day.year for year in planned.years if (name, year.day) not in there)
        if years:
            found.append(Uncosted(name, branch.called, in_all_languages(branch.called), years=years))
    return tuple(found)


def _summed(each: Iterable[tuple[YearCost, ...]]) -> tuple[YearCost, ...]:
    """Costs of all parts, by year and branch."""
    found: dict[tuple[date, str], YearCost] = {}
    for costs in each:
        for cost in costs:
            key = (cost.day, cost.branch)
            old = found.get(key)
            found[key] = cost if old is None else _plus(old, cost)
    return tuple(found[key] for key in sorted(found, key=lambda key: key[0]))


def _plus(a: YearCost, b: YearCost) -> YearCost:
    names = ("before", "after", "persons_before", "persons_after")
    return replace(a, **{name: getattr(a, name) + getattr(b, name) for name in names})


def _finished(impact: Impact, manifest: dict[str, Any], began: float) -> Impact:
    deciding = {name: value for name, value in manifest.items() if name != "publication"}
    text = json.dumps(deciding, sort_keys=True, separators=(",", ":"), default=str)
    run = hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
    return replace(impact, run=run, manifest=manifest, seconds=round(time.perf_counter() - began, 3))
