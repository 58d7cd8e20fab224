"""Trying quarantined lines again, after a contract was mended or an officer released a held delivery.

The whole delivery is read from its kept bytes; of what is right now, the lines that stand in quarantine are
loaded, with the day of the replay as the day from which they are known. The ``replay`` table remembers each
of them, so that no line is ever loaded twice. The delivery gets a second row in the delivery table: the
latest row speaks.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from himaya.intake import store
from himaya.intake.context import context
from himaya.intake.formats import formats
from himaya.intake.journal import ReplayEntry
from himaya.intake.lines import unit_of
from himaya.intake.load import Item, LoadTask, Outcome, load
from himaya.intake.model import ACCEPTED, HELD, PARTIAL, DeliveryReport, UnknownDeliveryError
from himaya.intake.outcome import delivery_codes, is_whole, with_succession
from himaya.intake.raw import raw_index
from himaya.intake.receive import Received
from himaya.intake.sources import own_name
from himaya.intake.staging import Registers
from himaya.lake import map_tasks
from himaya.sentence import said

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    from numpy.typing import NDArray

    from himaya.lake import Lake, Publication, Staged, Workspace


def open_lines(lake: Lake) -> dict[int, NDArray[np.int32]]:
    """Lines that stand in quarantine and were not loaded since, ascending, by delivery."""
    found: dict[int, NDArray[np.int32]] = {}
    kept = _lines(lake.table("quarantine").read(columns=["delivery", "line"]))
    gone = _lines(lake.table("replay").read(columns=["delivery", "line"]))
    for delivery, lines in kept.items():
        rest = np.setdiff1d(lines, gone[delivery]) if delivery in gone else np.sort(lines)
        if len(rest):
            found[delivery] = rest
    return found


def _lines(table: pa.Table) -> dict[int, NDArray[np.int32]]:
    delivery, line = table["delivery"].to_numpy(), table["line"].to_numpy()
    order = np.argsort(delivery, kind="stable")
    numbers, starts = np.unique(delivery[order], return_index=True)
    return dict(zip(numbers.tolist(), np.split(line[order], starts[1:]), strict=False))


def plan(
    lake: Lake, wanted: Collection[int] | None, *, release: bool, replayed_on: date
) -> ReplayEntry | None:
    """Give the replay to be done; None where nothing stands in quarantine.

    Raises
    ------
    UnknownDeliveryError
        Where there is no such delivery, or it has no line in quarantine.
    """
    waiting = open_lines(lake)
    if wanted is not None:
        for delivery in wanted:
            if not 1 <= delivery < store.next_delivery(lake):
                raise UnknownDeliveryError(
                    said("there is no delivery {delivery}", delivery=str(delivery)),
                    mend="See 'himaya status'.",
                )
            if delivery not in waiting:
                raise UnknownDeliveryError(
                    said("delivery {delivery} has no line in quarantine", delivery=str(delivery)),
                    mend="See 'himaya status' for those that have.",
                )
        waiting = {delivery: waiting[delivery] for delivery in sorted(set(wanted))}
    if not waiting:
        return None
    digest = hashlib.sha256(repr([(d, lines.tolist()) for d, lines in waiting.items()]).encode())
    tries = lake.table("delivery").version()
    batch = f"r{tries:09d}-{digest.hexdigest()[:8]}"
    lines = {delivery: lines.tolist() for delivery, lines in waiting.items()}
    return ReplayEntry(batch, datetime.now(UTC), replayed_on, lines, release)


def finish(
    workspace: Workspace, lake: Lake, executor: Executor, entry: ReplayEntry, step: Callable[[str], Any]
) -> tuple[list[DeliveryReport], Publication]:
    """Do a journalled replay; whatever of it has landed is not done again."""
    landed = store.landed(lake, store.intake_tables(), entry.batch)
    reports: list[DeliveryReport] = []
    staged: list[tuple[str, Staged]] = []
    if "delivery" not in landed:
        known = _deliveries(lake, entry.lines)
        tasks = _tasks(workspace, lake, entry, known, landed)
        loads = map_tasks(executor, load, tasks, progress=step("load"))
        outcomes = {outcome.delivery: outcome for loaded in loads for outcome in loaded.outcomes}
        later = _overtaken(lake, known, outcomes)
        outcomes = {number: outcome for number, outcome in outcomes.items() if number not in later}
        for task, loaded in zip(tasks, loads, strict=True):
            if task.items[0].delivery not in later:
                staged += loaded.staged
        reports, rows = _settle(lake, entry, known, outcomes, later)
        replayed = [outcome for outcome in outcomes.values() if outcome.replayed is not None]
        own = {"replay": _replay_rows(lake, entry, replayed), "delivery": store.delivery_rows(lake, rows)}
        staged += [
            (name, lake.table(name).stage(data, bucket=None, label=entry.batch))
            for name, data in own.items()
            if name not in landed
        ]
    publication = store.commit(lake, staged, entry.batch, f"replay {entry.batch}", step("commit"))
    entry.remove(workspace.journal)
    return reports, publication


def _deliveries(lake: Lake, numbers: Collection[int]) -> dict[int, dict[str, Any]]:
    """Latest row of each delivery, with the format it was read by and the batch that has its bytes."""
    wanted = pa.array(sorted(numbers), pa.int32())
    table = lake.table("delivery").read(filters=pc.field("delivery").isin(wanted))
    rows = {row["delivery"]: row for row in store.latest(table).to_pylist()}
    quarantine = lake.table("quarantine").read(
        columns=["delivery", "kind", "batch"], filters=pc.field("delivery").isin(wanted)
    )
    for row in quarantine.group_by(["delivery", "kind", "batch"]).aggregate([]).to_pylist():
        rows[row["delivery"]].update(format=row["kind"], raw=row["batch"])
    return rows


def _overtaken(
    lake: Lake, known: Mapping[int, dict[str, Any]], outcomes: Mapping[int, Outcome]
) -> dict[int, int]:
    """Held principals whose employer and month a later delivery stands for by now, and which one."""
    principals = store.Past.read(lake).principals
    later: dict[int, int] = {}
    for number, outcome in outcomes.items():
        findings = outcome.findings
        if known[number]["status"] == HELD and findings.principal:
            key = (known[number]["kind"], findings.employer or 0, findings.month or 0)
            if principals.get(key, 0) > number:
                later[number] = principals[key]
    return later


def _tasks(
    workspace: Workspace,
    lake: Lake,
    entry: ReplayEntry,
    known: Mapping[int, dict[str, Any]],
    landed: frozenset[str],
) -> list[LoadTask]:
    """One task for each delivery."""
    cx = context(workspace)
    registers = Registers(store.register_files(lake, workspace.journal, entry.batch, {}))
    return [
        LoadTask(
            lake=lake,
            context=cx,
            batch=entry.batch,
            label=f"{entry.batch}-{delivery:09d}",
            known_from=entry.replayed_on,
            items=(_item(workspace.raw / known[delivery]["raw"], delivery, known[delivery]),),
            only={delivery: np.array(lines, np.int32)},
            release=entry.release,
            registers=registers,
            landed=landed,
        )
        for delivery, lines in entry.lines.items()
    ]


def _item(folder: Path, delivery: int, row: Mapping[str, Any]) -> Item:
    index = raw_index(folder)
    place = index.place(delivery)
    unit = unit_of(index.unpack(place.pack, index.frames(place)[0])[place.start : place.start + 4])
    received = Received(
        row["file"], own_name(row["file"]), row["container"], place, unit=unit, kind=row["format"]
    )
    return Item(delivery, received, folder)


def _settle(
    lake: Lake,
    entry: ReplayEntry,
    known: Mapping[int, dict[str, Any]],
    outcomes: Mapping[int, Outcome],
    later: Mapping[int, int],
) -> tuple[list[DeliveryReport], list[dict[str, Any]]]:
    """Report of each delivery, and a new row for each of which something was loaded."""
    principals = store.Past.read(lake).principals
    reports: list[DeliveryReport] = []
    rows: list[dict[str, Any]] = []
    for number in entry.lines:
        row, outcome = known[number], outcomes.get(number)
        count = 0 if outcome is None or outcome.replayed is None else len(outcome.replayed)
        if outcome is None or count == 0:
            reports.append(_unchanged(row, later.get(number)))
            continue
        accepted, quarantined = row["accepted"] + count, row["quarantined"] - count
        report = DeliveryReport(
            file=row["file"],
            kind=row["kind"],
            status=PARTIAL if quarantined or not is_whole(outcome.findings) else ACCEPTED,
            lines=row["lines"],
            accepted=accepted,
            quarantined=quarantined,
            structural=row["structural"],
            codes=delivery_codes(outcome),
            totals=outcome.findings.totals,
            totals_agree=outcome.findings.totals_agree,
            delivery=number,
        )
        before = row["supersedes"]
        if before is None:
            report, before = with_succession(report, outcome.findings, principals)
        reports.append(report)
        changed = {
            "status": report.status,
            "accepted": accepted,
            "quarantined": quarantined,
            "codes": json.dumps(dict(report.codes), sort_keys=True),
            "supersedes": before,
            "contract_version": formats()[row["format"]].version,
            "received_at": entry.replayed_at,
            "known_from": entry.replayed_on,
            "batch": entry.batch,
        }
        rows.append(
            {name: value for name, value in {**row, **changed}.items() if name not in {"format", "raw"}}
        )
    return reports, rows


def _unchanged(row: Mapping[str, Any], later: int | None) -> DeliveryReport:
    message = said("none of its lines can be loaded now")
    if later is not None:
        message = said(
            "delivery {delivery} stands for the same employer and month since", delivery=str(later)
        )
    return DeliveryReport(
        file=row["file"],
        kind=row["kind"],
        status=row["status"],
        lines=row["lines"],
        accepted=row["accepted"],
        quarantined=row["quarantined"],
        structural=row["structural"],
        codes=json.loads(row["codes"]),
        totals_agree=row["totals_agree"],
        delivery=row["delivery"],
        message=message,
    )


def _replay_rows(lake: Lake, entry: ReplayEntry, outcomes: Sequence[Outcome]) -> pa.Table:
    lines = [outcome.replayed for outcome in outcomes if outcome.replayed is not None]
    delivery = np.repeat([outcome.delivery for outcome in outcomes], [len(part) for part in lines])
    line = np.concatenate(lines) if lines else np.zeros(0, np.int32)
    columns = {
        "delivery": pa.array(delivery.astype(np.int32)),
        "line": pa.array(line),
        "batch": pa.repeat(entry.batch, len(line)),
    }
    return pa.table(columns, schema=lake.specs["replay"].schema)
