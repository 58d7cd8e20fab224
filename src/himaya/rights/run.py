"""A run: careers and rights of a whole fund, on one date of law and one date of knowledge."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from himaya.career import store as careers
from himaya.errors import UsageError, system_words
from himaya.lake import KeySpace, Lake
from himaya.months import first_day, month_of
from himaya.rights.lists import check_date
from himaya.rights.model import DERIVED, Manifest, RunError, RunResult, Settings, code_version
from himaya.rights.store import READS, BucketTask, derive, legal_system
from himaya.sentence import said

if TYPE_CHECKING:
    from himaya.lake import Snapshot

Progress = Callable[[str, int, int], None]
"""Called with the stage (``careers``, ``rights``), buckets done, buckets in all."""


def run(
    lake: Lake,
    runs: Path,
    settings: Settings,
    keys: KeySpace,
    executor: Executor,
    progress: Progress | None = None,
) -> RunResult:
    """Derive careers, entitlements and lists from the latest publication, and publish them.

    Parameters
    ----------
    lake
        The fund's tables.
    runs
        Folder of the manifests, and of the overlays that runs were given.
    settings
        The two clocks, the country, an overlay.
    keys
        The fund's key space: occasional labour is nobody's career.
    executor
        Where buckets are derived; the result is the same whatever it is.
    progress
        See :data:`Progress`.

    Returns
    -------
    RunResult
        ``fresh`` is False where the latest publication already was the result of this very run.
    """
    began = time.perf_counter()
    settings = _keep_overlay(runs, settings)
    snapshot = lake.snapshot()
    manifest = make_manifest(snapshot, settings)
    if snapshot.publication.run == manifest.run:
        rows = {name: snapshot.count(name) for name in DERIVED}
        return RunResult(manifest.run, snapshot.number, manifest, rows, {}, fresh=False)
    # Before anything is written: a run that cannot end leaves the derived tables as they are.
    check_date(legal_system(settings.country, manifest.overlay), settings.law_date, settings.known_date)
    career = careers.derive(
        snapshot,
        executor,
        run=manifest.run,
        keys=keys,
        known_on=settings.known_date,
        progress=_stage(progress, "careers"),
    )
    derived = time.perf_counter()
    task = bucket_task(snapshot, settings, manifest, keys, career.versions["career"])
    tasks = [replace(task, bucket=bucket) for bucket in range(lake.buckets)]
    rows = career.rows | derive(tasks, executor, _stage(progress, "rights"))
    publication = lake.publish(f"run {manifest.run}", run=manifest.run, tables=DERIVED)
    result = RunResult(
        manifest.run,
        publication.number,
        manifest,
        {name: rows[name] for name in DERIVED},
        {"careers": derived - began, "rights": time.perf_counter() - derived},
        fresh=True,
    )
    _write(runs / f"{manifest.run}.json", result, task)
    return result


def make_manifest(snapshot: Snapshot, settings: Settings) -> Manifest:
    """All that decides the result of a run on this snapshot."""
    system = legal_system(settings.country, str(settings.overlay) if settings.overlay else None)
    return Manifest(
        tables={name: snapshot.version(name) for name in READS},
        publication=snapshot.number,
        law_date=settings.law_date.isoformat(),
        known_date=settings.known_date.isoformat(),
        country=settings.country,
        law_version=system.version,
        overlay=str(settings.overlay) if settings.overlay else None,
        what_if=system.overlay.name["en"] if system.overlay else None,
        code_version=code_version(),
    )


def default_known_date(snapshot: Snapshot) -> date:
    """Day on which something was received last; raises :class:`RunError` for an empty fund."""
    received = _latest(snapshot, "delivery", "known_from", date.max)
    if received is None:
        raise RunError("the fund has received nothing yet", mend="Take files in first: himaya intake FILES.")
    return received


def default_law_date(snapshot: Snapshot, known: date) -> date:
    """First day after the last declared month; raises :class:`RunError` for a fund without declarations."""
    month = _latest(snapshot, "declared_period", "month", known)
    if month is None:
        raise RunError(
            said("the fund knew no declared periods on {known}", known=known),
            mend="Take files in first (himaya intake FILES), or name a later --known-date.",
        )
    return first_day(month_of(month) + 1)


def _latest(snapshot: Snapshot, table: str, column: str, known: date) -> date | None:
    """Latest date of a column, of what was known on a day."""
    # A date after the day of knowledge is a mistake that must not move the whole fund.
    query = f"SELECT max({column}) FROM {snapshot.sql(table)} WHERE known_from <= $1 AND {column} <= $1"
    with duckdb.connect() as connection:
        row = connection.execute(query, [known]).fetchone()
    return row[0] if row else None


def _keep_overlay(runs: Path, settings: Settings) -> Settings:
    """Keep a copy of the overlay beside the manifests: workers and later explanations read the same bytes."""
    if settings.overlay is None:
        return settings
    try:
        content = settings.overlay.read_bytes()
    except OSError as error:
        raise UsageError(
            said("the overlay cannot be read: {error}", error=system_words(error)),
            where=str(settings.overlay),
            mend="Check the path.",
        ) from error
    kept = runs / f"overlay-{hashlib.blake2b(content, digest_size=8).hexdigest()}.yaml"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(content)
    return replace(settings, overlay=kept)


def _stage(progress: Progress | None, name: str) -> Callable[[int, int], None] | None:
    return None if progress is None else partial(progress, name)


def bucket_task(
    snapshot: Snapshot, settings: Settings, manifest: Manifest, keys: KeySpace, career: int
) -> BucketTask:
    """The task of the first bucket; the others differ in the bucket alone."""
    known = settings.known_date
    observed = _latest(snapshot, "declared_period", "month", known)
    return BucketTask(
        lake=snapshot.lake,
        tables={**manifest.tables, "career": career},
        bucket=0,
        run=manifest.run,
        publication=snapshot.number,
        keys=keys,
        country=settings.country,
        overlay=manifest.overlay,
        law_date=settings.law_date,
        known_date=known,
        observed=None if observed is None else month_of(observed),
        paid_month=_latest(snapshot, "pension_in_payment", "paid_month", known),
    )


def _write(path: Path, result: RunResult, task: BucketTask) -> None:
    """Write the manifest and what it led to; explanations read it."""
    document: dict[str, Any] = {
        "run": result.run,
        **vars(result.manifest),
        "observed_month": task.observed,
        "paid_month": task.paid_month.isoformat() if task.paid_month else None,
        "outputs": {"publication": result.publication, "rows": result.rows},
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
