"""The only place of this folder that touches storage: the people of a fund, bucket by bucket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from himaya.legislation import system_of
from himaya.reform.payment import People
from himaya.reform.plan import Plan
from himaya.reform.population import Part, apply_both
from himaya.rights.store import BucketTask, gather

if TYPE_CHECKING:
    from himaya.lake import Snapshot


GIVEN = ("birth_date", "months", "days", "wages", "work_ceased", "awarded_from", "death_date")
"""Inputs of the law that a fund carries."""


@dataclass(frozen=True)
class ReformTask:
    """One bucket of a fund; crosses to a worker."""

    bucket: BucketTask
    overlay: Path
    plan: Plan
    places: Mapping[int, str]
    """Place of each employer."""


def reform_bucket(task: ReformTask) -> Part:
    """Apply both laws to the people of a bucket."""
    of = task.bucket
    return apply_both(
        people_of(task),
        system_of(of.country).reformed(task.overlay),
        task.plan,
        part=of.bucket,
        known=of.known_date,
    )


def people_of(task: ReformTask) -> People:
    """The registered people of a bucket; the living count."""
    found = gather(task.bucket)
    sex = np.array(found.sex.fill_null("").to_pylist(), np.str_)
    return People(
        {**found.inputs(task.bucket.observed), "death_date": found.death_date},
        found.person_key,
        found.registered & found.alive,
        found.birth_date.astype(np.int64),
        sex,
        _places(task, found.person_key),
    )


def places_of_employers(snapshot: Snapshot) -> dict[int, str]:
    """City of each employer, as registered last."""
    rows = snapshot.read("employer", ["employer", "city", "known_from"])
    ordered = rows.sort_by([("known_from", "ascending")])
    return dict(zip(ordered["employer"].to_pylist(), ordered["city"].fill_null("").to_pylist(), strict=True))


def _places(task: ReformTask, keys: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Place of the employer of each person's last declared month; empty where there is none."""
    of = task.bucket
    career = of.lake.table("career").read(["person_key", "employer"], of.bucket, of.tables["career"])
    person, employer = (career[name].combine_chunks() for name in ("person_key", "employer"))
    persons = person.to_numpy()
    last = np.searchsorted(persons, keys, side="right") - 1
    has = (last >= 0) & (persons[np.maximum(last, 0)] == keys) if persons.size else np.zeros(keys.size, bool)
    places = np.full(keys.size, "", dtype="U40")
    if has.any():
        numbers = employer.take(pa.array(last[has])).to_pylist()
        places[has] = [task.places.get(number, "") for number in numbers]
    return places
