"""A run: careers and rights of a whole fund, on one date of law and one date of knowledge."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import Executor
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc

from himaya.lake import Lake
from himaya.months import first_day
from himaya.rights.model import DERIVED, Manifest, RunError, RunResult, Settings, code_version, law_version
from himaya.rights.people import last_month
from himaya.rights.store import READS, BucketTask, derive

if TYPE_CHECKING:
    from himaya.lake import Snapshot

Progress = Callable[[int, int], None]


def run(
    lake: Lake,
    runs: Path,
    settings: Settings,
    executor: Executor,
    progress: Progress | None = None,
) -> RunResult:
    """Derive careers, entitlements and lists from the latest publication, and publish them.

    Parameters
    ----------
    lake
        The fund's tables.
    runs
        Folder of the manifests.
    settings
        The two clocks, the country, an overlay.
    executor
        Where buckets are derived.
    progress
        Called with (buckets done, buckets).

    Returns
    -------
    RunResult
        ``fresh`` is False where the latest publication already was the result of this very run.

    Raises
    ------
    RunError
        If the fund holds nothing yet.
    """
    began = time.perf_counter()
    snapshot = lake.snapshot()
    manifest = make_manifest(snapshot, settings)
    if snapshot.publication.run == manifest.run:
        return _already(runs, snapshot, manifest)
    tasks = _tasks(lake, snapshot, settings, manifest)
    rows = derive(tasks, executor, progress)
    publication = lake.publish(f"run {manifest.run}", run=manifest.run)
    result = RunResult(
        manifest.run, publication.number, manifest, rows, {"run": time.perf_counter() - began}, fresh=True
    )
    _write(runs / f"{manifest.run}.json", result)
    return result


def make_manifest(snapshot: Snapshot, settings: Settings) -> Manifest:
    """All that decides the result of a run on this snapshot."""
    from himaya.rights.store import legal_system

    system = legal_system(settings.country, str(settings.overlay) if settings.overlay else None)
    versions = snapshot.publication.tables
    return Manifest(
        tables={name: versions[name] for name in READS},
        publication=snapshot.publication.number,
        law_date=settings.law_date.isoformat(),
        known_date=settings.known_date.isoformat(),
        country=system.name,
        law_version=law_version(settings.country),
        overlay=settings.overlay.read_text(encoding="utf-8") if settings.overlay else None,
        code_version=code_version(),
    )


def observed_month(snapshot: Snapshot, known: date) -> int | None:
    """Last month of which a principal declaration or the career extract was received by the day of knowledge."""
    rows = snapshot.read("declared_period", columns=["month", "known_from"])
    return last_month(rows["month"].filter(pc.less_equal(rows["known_from"], known)))


def default_law_date(snapshot: Snapshot, known: date) -> date:
    """First day after the last declared month; raises :class:`RunError` for a fund without declarations."""
    month = observed_month(snapshot, known)
    if month is None:
        raise RunError(
            "the fund holds no declared periods yet",
            mend="Take files in first: himaya intake FILES. Or name a date: --law-date 2026-10-01.",
        )
    return first_day(month + 1)


def _tasks(lake: Lake, snapshot: Snapshot, settings: Settings, manifest: Manifest) -> list[BucketTask]:
    known = settings.known_date
    pensions = snapshot.read("pension_in_payment", columns=["paid_month", "known_from"])
    paid = pc.max(pensions["paid_month"].filter(pc.less_equal(pensions["known_from"], known))).as_py()
    observed = observed_month(snapshot, known)
    return [
        BucketTask(
            lake=lake,
            tables=manifest.tables,
            bucket=bucket,
            run=manifest.run,
            publication=snapshot.publication.number,
            country=settings.country,
            overlay=str(settings.overlay) if settings.overlay else None,
            law_date=settings.law_date,
            known_date=known,
            observed=observed,
            paid_month=paid,
        )
        for bucket in range(lake.buckets)
    ]


def _already(runs: Path, snapshot: Snapshot, manifest: Manifest) -> RunResult:
    rows = {name: snapshot.count(name) for name in DERIVED}
    return RunResult(manifest.run, snapshot.publication.number, manifest, rows, {"run": 0.0}, fresh=False)


def _write(path: Path, result: RunResult) -> None:
    document: dict[str, Any] = {"run": result.run, **vars(result.manifest), "outputs": {"publication": result.publication, "rows": result.rows}}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
