"""Intake from end to end: receive, load, commit, publish; and finish what was interrupted.

The order is what makes it safe. The bytes are kept and the journal says so before anything is read; what
workers stage is seen by nobody; tables are committed with the batch as transaction, the delivery table last;
then the publication shows all of it at once, and the journal entry goes. After a crash at any point the
entry is taken up again, and what has landed is not done twice.
"""

from __future__ import annotations

import errno
import hashlib
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, TypeAlias

from himaya.errors import UsageError, nearest
from himaya.intake import replay as again
from himaya.intake import store
from himaya.intake.context import context
from himaya.intake.formats import formats
from himaya.intake.formats.base import Findings
from himaya.intake.journal import Entry, pending, pending_replays
from himaya.intake.load import Item, Loaded, LoadTask, Outcome, load, must_hold
from himaya.intake.model import (
    DeliveryReport,
    DiskFullError,
    IntakeReport,
)
from himaya.intake.outcome import delivery_report, duplicate, join, refused, with_succession
from himaya.intake.portions import groups, portions
from himaya.intake.raw import RawIndex, sync_folder
from himaya.intake.receive import Received, ReceiveTask, receive
from himaya.intake.sources import Limits, Source, discover
from himaya.intake.staging import REGISTERS, Registers
from himaya.lake import map_tasks, open_executor
from himaya.sentence import said

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from himaya.intake.formats.base import Context
    from himaya.intake.model import Progress
    from himaya.lake import Lake, Publication, Staged, Workspace

INCOMING = ".incoming"

Done: TypeAlias = tuple[Received, DeliveryReport]
"""A delivery of an interrupted call, and what became of it when it was finished."""


def receive_and_load(
    workspace: Workspace,
    lake: Lake,
    sources: Iterable[str | Path],
    *,
    kind: str | None = None,
    received_on: date | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    limits: Limits | None = None,
) -> IntakeReport:
    """Take files in: keep their bytes, read them by contract, publish what they say.

    Parameters
    ----------
    sources
        Files, folders, globs; ``.gz`` and ``.zip`` are looked into.
    kind
        Read all of them as this kind instead of recognising each.
    received_on
        Day of receipt, the clock of knowledge; today unless given.
    executor
        Where the work is done; this process unless given.
    progress
        Called with stage, done and total.
    limits
        What archives may do.

    Raises
    ------
    DiskFullError
        No room is left; what the journal names is finished by the next call.
    UsageError
        There is no such kind, or a source is the fund's own.
    """
    if kind is not None and kind not in formats():
        raise UsageError(
            said("there is no kind '{kind}'", kind=kind),
            mend=nearest(kind, formats()) or said("Known: {known}.", known=tuple(formats())),
        )
    found = discover(sources)
    with workspace.lock("intake"), open_or_use(executor) as pool, _room(workspace.path):
        engine = Engine(workspace, lake, pool, progress)
        resumed = engine.resume()
        entry, answers = engine.receive(found, kind, received_on or _today(), limits or Limits(), resumed)
        loaded, publication = engine.finish(entry) if entry else ({}, engine.latest())
    reports = [answer if isinstance(answer, DeliveryReport) else loaded[answer] for answer in answers]
    return IntakeReport(
        tuple(reports),
        tuple(report for _, report in resumed),
        publication,
        published=bool(entry or resumed),
    )


def replay(
    workspace: Workspace,
    lake: Lake,
    deliveries: Collection[int] | None = None,
    *,
    release: bool = False,
    replayed_on: date | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> IntakeReport:
    """Try quarantined lines again, after a contract was mended or an officer decided.

    Parameters
    ----------
    deliveries
        Their numbers; all that have lines in quarantine unless given.
    release
        Load what is right of a held delivery, whatever held it.
    replayed_on
        Day from which the lines are known; today unless given.

    Raises
    ------
    UnknownDeliveryError
        A delivery has no line in quarantine.
    """
    with workspace.lock("replay"), open_or_use(executor) as pool, _room(workspace.path):
        engine = Engine(workspace, lake, pool, progress)
        resumed = engine.resume()
        entry = again.plan(lake, deliveries, release=release, replayed_on=replayed_on or _today())
        if entry is None:
            again_done = tuple(report for _, report in resumed)
            return IntakeReport((), again_done, engine.latest(), published=bool(resumed))
        entry.save(workspace.journal)
        reports, publication = again.finish(workspace, lake, pool, entry, engine.step)
    return IntakeReport(tuple(reports), tuple(report for _, report in resumed), publication, published=True)


def _today() -> date:
    return datetime.now().astimezone().date()


@contextmanager
def open_or_use(executor: Executor | None) -> Iterator[Executor]:
    """Give the executor given, or one that works in this process."""
    if executor is not None:
        yield executor
    else:
        with open_executor("local", workers=1) as own:
            yield own


@contextmanager
def _room(path: Path) -> Iterator[None]:
    """Say plainly that the disk is full, whoever noticed it."""
    try:
        yield
    except Exception as error:
        full = isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
        if full or "No space left on device" in str(error):
            raise DiskFullError(
                "no room is left on the disk",
                where=str(path),
                why="nothing of the unfinished batch is visible, and nothing that was received is lost",
                mend="Make room and run the same command again.",
            ) from error
        raise


@dataclass
class Engine:
    """One call of intake at work on a fund whose lock it holds."""

    workspace: Workspace
    lake: Lake
    executor: Executor
    progress: Progress | None
    _known: tuple[int, store.Past] | None = None

    def latest(self) -> Publication:
        """Give the publication in which the fund stands."""
        return self.lake.publication()

    def past(self) -> store.Past:
        """What the fund knows of earlier deliveries, read once for each version of their table."""
        version = self.lake.table("delivery").version()
        if self._known is None or self._known[0] != version:
            self._known = version, store.Past.read(self.lake)
        return self._known[1]

    def step(self, stage: str) -> Callable[[int, int], None]:
        """Give a progress callback for one stage."""
        return lambda done, total: self.progress(stage, done, total) if self.progress else None

    # ------------------------------------------------------------------------------------------ receiving

    def receive(
        self,
        sources: Sequence[Source],
        kind: str | None,
        received_on: date,
        limits: Limits,
        resumed: Sequence[Done],
    ) -> tuple[Entry | None, list[DeliveryReport | int]]:
        """Keep the bytes of all sources and write the journal.

        Returns the journal entry (None where nothing new came) and for each delivery its report or, where it
        is still to be loaded, its number.
        """
        incoming = self.workspace.raw / INCOMING
        shutil.rmtree(incoming, ignore_errors=True)
        incoming.mkdir(parents=True)
        try:
            tasks = [
                ReceiveTask(incoming, number, group, limits, kind, received_on)
                for number, group in enumerate(groups(sources))
            ]
            packs = map_tasks(self.executor, receive, tasks, progress=self.step("receive"))
            entries = sorted((e for pack in packs for e in pack.entries), key=lambda each: each[0])
            received = [entry for _, entry in entries]
            entry, answers = self._register(received, received_on, resumed)
            if entry is None:
                return None, answers
            folder = self.workspace.raw / entry.batch
            places = tuple(item.place for _, item in entry.deliveries if item.place is not None)
            RawIndex(incoming, entry.deliveries[0][0], tuple(pack.frames for pack in packs), places).save()
            incoming.rename(folder)
            sync_folder(folder.parent)
        finally:
            shutil.rmtree(incoming, ignore_errors=True)
        entry.save(self.workspace.journal)
        return entry, answers

    def _register(
        self, received: Sequence[Received], received_on: date, resumed: Sequence[Done]
    ) -> tuple[Entry | None, list[DeliveryReport | int]]:
        """Give each delivery its number and find the duplicates."""
        past = self.past()
        just_done: dict[tuple[object, ...], list[DeliveryReport]] = {}
        for item, report in reversed(resumed):
            just_done.setdefault(_same(item), []).append(report)
        first_with: dict[str, int] = {}
        number = past.next_delivery
        answers: list[DeliveryReport | int] = []
        deliveries: list[tuple[int, Received]] = []
        duplicates: dict[int, int] = {}
        for item in received:
            if item.place is None:
                answers.append(refused(item, None))
                continue
            if just_done.get(_same(item)):
                # The command that was interrupted is being repeated: its answer is what was finished now.
                answers.append(just_done[_same(item)].pop())
                continue
            first = past.first(item.sha256, item.kind) or first_with.get(item.sha256) if item.kind else None
            if first is not None:
                duplicates[number] = first
            elif item.kind:
                first_with[item.sha256] = number
            deliveries.append((number, item))
            answers.append(number)
            number += 1
        if not deliveries:
            return None, answers
        digest = hashlib.sha256("".join(item.sha256 for _, item in deliveries).encode()).hexdigest()
        batch = f"b{deliveries[0][0]:09d}-{digest[:8]}"
        return Entry(batch, datetime.now(UTC), received_on, tuple(deliveries), duplicates), answers

    # ------------------------------------------------------------------------------------------ finishing

    def resume(self) -> list[Done]:
        """Finish what an interrupted call had received, and sweep away what it had not."""
        finished: list[Done] = []
        known = set()
        for entry in pending(self.workspace.journal):
            known.add(entry.batch)
            done, _ = self.finish(entry)
            finished += [(received, done[number]) for number, received in entry.deliveries]
        for replayed in pending_replays(self.workspace.journal):
            again.finish(self.workspace, self.lake, self.executor, replayed, self.step)
        self._sweep(known)
        return finished

    def _sweep(self, known: set[str]) -> None:
        """Remove bytes that the journal does not know: their call never said it had received them."""
        first = store.next_delivery(self.lake)
        for folder in self.workspace.raw.glob("b*-*"):
            if int(folder.name[1:10]) >= first and folder.name not in known:
                shutil.rmtree(folder)

    def finish(self, entry: Entry) -> tuple[dict[int, DeliveryReport], Publication]:
        """Load, commit and publish a journalled batch; whatever of it has landed is not done again."""
        landed = store.landed(self.lake, store.intake_tables(), entry.batch)
        cx = context(self.workspace)
        try:
            outcomes, staged = self._load(entry, cx, landed)
        except BaseException:
            self._discard(entry.batch)
            raise
        reports, rows = _settle(entry, outcomes, self.past())
        if "delivery" not in landed:
            table = self.lake.table("delivery")
            staged.append(
                (
                    "delivery",
                    table.stage(store.delivery_rows(self.lake, rows), bucket=None, label=entry.batch),
                )
            )
        publication = store.commit(
            self.lake, staged, entry.batch, f"intake {entry.batch}", self.step("commit")
        )
        entry.remove(self.workspace.journal)
        return reports, publication

    def _discard(self, label: str) -> None:
        for name in store.intake_tables():
            self.lake.table(name).discard(label)

    def _load(
        self, entry: Entry, cx: Context, landed: frozenset[str]
    ) -> tuple[dict[int, Outcome], list[tuple[str, Staged]]]:
        """Read all deliveries: first the registers, then what is checked against them."""
        folder = self.workspace.raw / entry.batch
        items = [
            Item(number, received, folder)
            for number, received in entry.deliveries
            if received.kind and number not in entry.duplicates
        ]
        forms = formats()
        filling = set(REGISTERS.values())
        first = [item for item in items if filling & set(forms[item.received.kind or ""].tables)]
        firsts = {item.delivery for item in first}
        rest = [item for item in items if item.delivery not in firsts]
        base = LoadTask(self.lake, cx, entry.batch, "", entry.received_on, (), landed=landed)
        outcomes: dict[int, Outcome] = {}
        staged: list[tuple[str, Staged]] = []
        brought: dict[str, list[NDArray[np.int64]]] = {}
        for wave, wanted in (("r", first), ("d", rest)):
            if wave == "d":
                paths = store.register_files(self.lake, self.workspace.journal, entry.batch, brought)
                base = replace(base, registers=Registers(paths))
            tasks = portions(wanted, replace(base, label=f"{entry.batch}-{wave}"))
            loads = map_tasks(self.executor, load, tasks, progress=self.step("load"))
            for column in REGISTERS:
                brought[column] = [loaded.known[column] for loaded in loads if column in loaded.known]
            for number, outcome, files in self._join(tasks, loads):
                outcomes[number] = outcome
                staged += files
        return outcomes, staged

    def _join(
        self, tasks: Sequence[LoadTask], loads: Sequence[Loaded]
    ) -> Iterator[tuple[int, Outcome, Sequence[tuple[str, Staged]]]]:
        """Put the parts of large deliveries together, and hold them back where they must be."""
        parts: dict[int, list[tuple[LoadTask, Loaded]]] = {}
        for task, loaded in zip(tasks, loads, strict=True):
            if task.frames is not None:
                parts.setdefault(task.items[0].delivery, []).append((task, loaded))
                continue
            files: Sequence[tuple[str, Staged]] = loaded.staged
            for outcome in loaded.outcomes:
                yield outcome.delivery, outcome, files
                files = ()
        for number, own in parts.items():
            joined = join([loaded.outcomes[0] for _, loaded in own])
            form = formats()[own[0][0].items[0].received.kind or ""]
            if must_hold(form, joined.findings, joined.accepted, joined.quarantined):
                for task, _ in own:
                    self._discard(task.label)
                again = [replace(task, hold=True, label=f"{task.label}h") for task, _ in own]
                held = map_tasks(self.executor, load, again, progress=self.step("load"))
                whole = join([loaded.outcomes[0] for loaded in held])
                codes = {**joined.codes, **whole.codes}
                yield number, replace(whole, codes=codes, held=True), [f for one in held for f in one.staged]
            else:
                yield number, joined, [file for _, loaded in own for file in loaded.staged]


def _same(item: Received) -> tuple[object, ...]:
    """Give what tells that a delivery is another one's repetition."""
    return item.file, item.sha256, item.kind


def _settle(
    entry: Entry, outcomes: dict[int, Outcome], past: store.Past
) -> tuple[dict[int, DeliveryReport], list[dict[str, object]]]:
    """Report and table row of each delivery of a batch, in order: a later principal sees the earlier."""
    reports: dict[int, DeliveryReport] = {}
    rows: list[dict[str, object]] = []
    principals = {key: number for key, number in past.principals.items() if number < entry.deliveries[0][0]}
    for number, item in entry.deliveries:
        findings, version, supersedes = Findings(), "", None
        if number in entry.duplicates:
            report = duplicate(item, number, entry.duplicates[number])
        elif item.kind is None:
            report = refused(item, number)
        else:
            outcome = outcomes[number]
            findings, version = outcome.findings, formats()[item.kind].version
            report = delivery_report(item, outcome)
            report, supersedes = with_succession(report, findings, principals)
        reports[number] = report
        rows.append(
            store.delivery_row(
                report,
                entry,
                container=item.container,
                sha256=item.sha256,
                size=item.place.size if item.place else 0,
                line_end=item.line_end,
                version=version,
                findings=findings,
                supersedes=supersedes,
            )
        )
    return reports, rows
