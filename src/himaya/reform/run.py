"""Runs of a reform: over a fund, or over a table of persons."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from himaya.contract.identifiers import PersonNumbers
from himaya.errors import HimayaError, UsageError
from himaya.lake import map_tasks
from himaya.law import explain
from himaya.law.compare import changes
from himaya.legislation import branches_of, countries, system_of
from himaya.reform import measures, store, table
from himaya.reform.model import Example, Impact, YearCost
from himaya.reform.population import Amounts, Part, People, apply_both, person_at
from himaya.rights.model import code_version
from himaya.rights.run import bucket_task, make_manifest
from himaya.sentence import said

if TYPE_CHECKING:
    from concurrent.futures import Executor

    import pyarrow as pa

    from himaya.lake import KeySpace, Snapshot
    from himaya.law import System
    from himaya.law.units import Languages
    from himaya.rights import Settings

EXAMPLES = 10
YEARS = 5
SAMPLED = ("france",)
"""Countries of which persons are invented for a reform to be run on; a whole fund is invented by ``himaya demo``."""
Progress = Callable[[str, int, int], None]
"""Called with the stage (``reform``), parts done, parts in all."""


class ReformError(HimayaError):
    """A reform cannot be run on these persons."""

    code = "reform"


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
    days = _days(settings.law_date, years)
    places = store.places_of_employers(snapshot)
    tasks = [
        store.ReformTask(replace(task, bucket=bucket), overlay, days, places)
        for bucket in range(snapshot.lake.buckets)
    ]
    told = (lambda done, total: progress("reform", done, total)) if progress else None
    parts = map_tasks(executor, store.reform_bucket, tasks, progress=told)
    numbers = PersonNumbers(keys)

    def people(part: int) -> People:
        return store.people_of(tasks[part])

    def called(key: int) -> str:
        return str(numbers.show(np.array([key], np.int64))[0])

    impact = _impact(laws, settings.country, days, parts, people, called, settings.known_date)
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
        lambda: table.batches(file),
        overlay,
        country,
        _days(law_date, years),
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

    days = _days(law_date, years)

    def rows() -> Iterator[pa.Table]:
        for first in range(0, persons, table.BATCH):
            yield france.persons(first, min(table.BATCH, persons - first), days[-1].year)

    impact = _of_rows(
        rows,
        overlay,
        country,
        days,
        lambda key: str(key + 1),
        {"persons": "invented", "sample": persons},
        lambda done: progress("reform", done, persons) if progress else None,
    )
    assert impact is not None
    return replace(impact, invented=True)


def _of_rows(
    rows: Callable[[], Iterator[pa.Table]],
    overlay: Path,
    country: str,
    days: tuple[date, ...],
    called: Callable[[int], str],
    source: Mapping[str, Any],
    told: Callable[[int], None],
) -> Impact | None:
    """Run a reform over batches of rows, which can be made again; None if there are none."""
    began = time.perf_counter()
    laws = system_of(country).reformed(overlay)
    parts: list[Part] = []
    starts: list[int] = []
    first = 0
    for number, batch in enumerate(rows()):
        people = table.people_of(laws[0], batch, first)
        parts.append(apply_both(people, laws, _payable(laws[0], country, people, days[0]), days, part=number))
        starts.append(first)
        first += batch.num_rows
        told(first)
    if not parts:
        return None

    def people_at(part: int) -> People:
        batch = next(batch for number, batch in enumerate(rows()) if number == part)
        return table.people_of(laws[0], batch, starts[part])

    manifest = _manifest(laws, overlay, len(days)) | {
        **source,
        "country": country,
        "law_date": days[0].isoformat(),
        "code_version": code_version(),
    }
    return _finished(_impact(laws, country, days, parts, people_at, called, None), manifest, began)


def _payable(system: System, country: str, people: People, day: date) -> dict[str, str]:
    """Branches whose amount can be computed from the inputs given."""
    found = {
        branch: target
        for branch, target in branches_of(country).items()
        if _computable(system, target, people.inputs, day)
    }
    if not found:
        raise ReformError(
            said(
                "no branch of the law {of_country} can be computed from these columns",
                of_country=system.of_country,
            ),
            mend="Name the columns as the law's inputs.",
        )
    return found


def _days(first: date, years: int) -> tuple[date, ...]:
    return tuple(first.replace(year=first.year + n, day=min(first.day, 28)) for n in range(years))


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
    country: str,
    days: Sequence[date],
    parts: Sequence[Part],
    people: Callable[[int], People],
    called: Callable[[int], str],
    known: date | None,
) -> Impact:
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
        day=days[0],
        costs=_summed(part.costs for part in parts),
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
        examples=_examples(laws, country, days[0], amounts, people, called, known),
        unverified=unverified,
        labels={name: _labels(laws[1], name) for name in unverified},
        currency=_currency(laws[1], country),
        seconds=0.0,
    )


def _labels(system: System, name: str) -> Languages:
    """What a rule or a parameter is called."""
    return system.labels[name] if name in system.labels else system.parameter(name).labels


def _currency(system: System, country: str) -> str:
    """The currency of the branches, all of one country."""
    (currency,) = {
        each.unit.currency for target in branches_of(country).values() for each in system.versions[target]
    }
    assert currency is not None
    return currency


def _summed(each: Iterable[tuple[YearCost, ...]]) -> tuple[YearCost, ...]:
    found: dict[tuple[date, str], YearCost] = {}
    for costs in each:
        for cost in costs:
            key = (cost.day, cost.branch)
            old = found.get(key)
            found[key] = cost if old is None else _plus(old, cost)
    return tuple(found.values())


def _plus(a: YearCost, b: YearCost) -> YearCost:
    names = ("before", "after", "persons_before", "persons_after")
    return replace(a, **{name: getattr(a, name) + getattr(b, name) for name in names})


def _examples(
    laws: tuple[System, System],
    country: str,
    day: date,
    amounts: Amounts,
    people: Callable[[int], People],
    called: Callable[[int], str],
    known: date | None,
) -> tuple[Example, ...]:
    """Persons from the greatest loss to the greatest gain, each with what changes and why."""

    def changed(name: str) -> bool:
        return laws[0].parameter(name).values != laws[1].parameter(name).values

    chosen = measures.spread_of_changes(amounts.before, amounts.after, EXAMPLES)
    found: dict[int, Example] = {}
    for part in np.unique(amounts.part[chosen]):
        of = people(int(part))
        for at in chosen[amounts.part[chosen] == part]:
            person = person_at(of.inputs, int(amounts.position[at]))
            moved = []
            for target in branches_of(country).values():
                if laws[0].shapes.get(target) is None or not _computable(laws[0], target, person, day):
                    continue
                old, new = (explain(law, target, person, on=day, known=known) for law in laws)
                moved += changes(old, new, moved=changed)
            found[int(at)] = Example(
                called(int(amounts.keys[at])),
                str(amounts.sex[at]),
                int(amounts.age[at]),
                int(amounts.before[at]),
                int(amounts.after[at]),
                tuple(moved),
            )
    return tuple(found[int(at)] for at in chosen)


def _computable(system: System, target: str, person: Mapping[str, Any], day: date) -> bool:
    asked = {a for each in system.needed([target], day) for a in each.arguments}
    needed = {a for a in asked if a in system.inputs and system.inputs[a].needed and a != "law_date"}
    return (
        needed <= {name for name, value in person.items() if value is not None}
        and not asked & system.links.keys()
    )


def _finished(impact: Impact, manifest: dict[str, Any], began: float) -> Impact:
    deciding = {name: value for name, value in manifest.items() if name != "publication"}
    text = json.dumps(deciding, sort_keys=True, separators=(",", ":"), default=str)
    run = hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
    return replace(impact, run=run, manifest=manifest, seconds=round(time.perf_counter() - began, 3))
