"""The demonstration that measures itself: a synthetic fund, its files, and what was found against what was planted."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from himaya import intake, rights
from himaya.contract.identifiers import PersonNumbers
from himaya.errors import UsageError
from himaya.fund import Fund
from himaya.lake import open_executor
from himaya.language import LANGUAGES, Language, Text, text
from himaya.report import Calibration, Score
from himaya.sentence import said
from himaya.synthetic import scorecard as cards
from himaya.synthetic.fund import write_fund
from himaya.synthetic.truth import read_planted

MARKER = "demo.json"
"""Says that a folder was made by a demonstration, so that the next one may make it anew."""
EXACT = ("take-up", "paid-after-death", "paid-without-grounds", "wrong-amount")
"""Kinds of the scorecard whose precision and recall must be 1."""
PERSONS_A_BUCKET = 16_384

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class DemoResult:
    """What a demonstration did and found."""

    folder: Path
    persons: int
    seconds: Mapping[str, float]
    deliveries: Mapping[str, int]
    """Files, and the sums of lines, accepted, quarantined, structural, lost."""
    lists: Mapping[str, int]
    scorecard: Sequence[cards.Score]
    publication: int
    """The publication that the run read."""
    published_as: int
    """The publication that shows its result."""
    run: str
    report: Path
    suggestions: Sequence[str]

    @property
    def sound(self) -> bool:
        """Whether nothing was lost, and the lists of rights and payments are exact."""
        exact = [row for row in self.scorecard if row["kind"] in EXACT and row["planted"]]
        return self.deliveries["lost"] == 0 and all(row["precision"] == row["recall"] == 1 for row in exact)

    def as_dict(self, lang: Language = "en") -> dict[str, Any]:
        """The result as one JSON object, its notes in a language."""
        return {
            "folder": str(self.folder),
            "fund": str(self.folder / "fund"),
            "persons": self.persons,
            "seconds": dict(self.seconds),
            "deliveries": dict(self.deliveries),
            "lists": dict(self.lists),
            "scorecard": [
                {**row, "note": text(f"cli.planted_note.{row['note']}", lang) if row["note"] else ""}
                for row in self.scorecard
            ],
            "publication": self.publication,
            "published_as": self.published_as,
            "run": self.run,
            "report": str(self.report),
            "sound": self.sound,
        }


def run(
    folder: Path,
    *,
    persons: int = 100_000,
    seed: int = 1,
    workers: int | None = None,
    lang: Language = "en",
    progress: Progress | None = None,
) -> DemoResult:
    """Build a synthetic fund, take its files in, apply the law, and measure what was found.

    Parameters
    ----------
    folder
        Gets ``files/`` (with ``incoming/`` and ``truth/``, which the chain never reads) and ``fund/``. Made anew if
        an earlier demonstration made it.
    persons, seed
        The same persons and seed make the same files.
    workers
        Worker processes; one a core by default.
    lang
        Language of the report.
    progress
        Called with stage, done, total.

    Raises
    ------
    UsageError
        If the folder holds something else.
    """
    _make_room(folder)
    clock = _Clock()
    tell = progress or _silent
    with open_executor("local", workers) as executor:
        with clock("generate"):
            write_fund(
                folder / "files",
                persons,
                seed,
                executor=executor,
                progress=lambda _step, done, total: tell("generate", done, total),
            )
        fund = Fund.create(folder / "fund", name="Demo", buckets=_buckets(persons), executor=executor)
        with clock("intake"):
            deliveries = _take_in(fund, folder / "files" / "incoming", tell)
        with clock("run"):
            result = fund.run(progress=tell)
        with clock("scorecard"):
            scores = _scorecard(fund, folder / "files" / "truth")
        with clock("report"):
            report = fund.report(
                lang=lang,
                scorecard=[_score(row) for row in scores],
                calibration=_calibration(folder / "files" / "truth"),
                stages=clock.seconds,
                synthetic=True,
            )
    clock.seconds["total"] = sum(clock.seconds.values())
    found = DemoResult(
        folder=folder,
        persons=persons,
        seconds=clock.seconds,
        deliveries=deliveries,
        lists={word: result.rows[table] for word, table in rights.LISTS.items()},
        scorecard=scores,
        publication=result.publication,
        published_as=result.published_as,
        run=result.run,
        report=report,
        suggestions=_suggestions(fund, folder),
    )
    (folder / MARKER).write_text(
        json.dumps(found.as_dict(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    return found


class _Clock:
    """Seconds by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.seconds[stage] = round(time.perf_counter() - began, 3)


def _silent(_stage: str, _done: int, _total: int) -> None:
    pass


def _make_room(folder: Path) -> None:
    """Leave the folder empty but for the marker; never remove what no demonstration made."""
    if folder.exists() and (
        not folder.is_dir() or (any(folder.iterdir()) and not (folder / MARKER).exists())
    ):
        raise UsageError(
            said("{folder} exists and was not made by a demonstration", folder=folder),
            mend="Name another folder: himaya demo --dir DIR.",
        )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARKER).write_text("{}\n", encoding="utf-8")
    for part in ("files", "fund"):
        if (folder / part).exists():
            shutil.rmtree(folder / part)


def _buckets(persons: int) -> int:
    """A power of two, so that a bucket's careers fit a worker's memory many times over."""
    wanted = max(persons // PERSONS_A_BUCKET, 2 * len(os.sched_getaffinity(0)), 4)
    return 1 << (wanted - 1).bit_length()


def _take_in(fund: Fund, incoming: Path, tell: Progress) -> dict[str, int]:
    """Take in each day's files on the day they came."""
    totals = dict.fromkeys(("files", "lines", "accepted", "quarantined", "structural", "lost"), 0)
    for day in sorted(incoming.iterdir()):
        report = fund.intake([day], received_on=date.fromisoformat(day.name), progress=tell)
        totals["files"] += len(report.deliveries)
        for name, count in report.totals.items():
            totals[name] += count
    return totals


def _scorecard(fund: Fund, truth: Path) -> list[cards.Score]:
    numbers = PersonNumbers(fund.workspace.keys)

    def key_of(insured: pa.Array) -> pa.Array:
        return pa.array(numbers.insured(insured.to_numpy(zero_copy_only=False)))

    snapshot = fund.snapshot()
    tables = {word.replace("-", "_"): snapshot.read(table) for word, table in rights.LISTS.items()}
    found = cards.Found(
        **tables,
        deliveries=intake.deliveries(snapshot),
        quarantine=snapshot.read("quarantine", columns=["delivery", "line", "codes"]),
    )
    return cards.scorecard(cards.with_person_keys(read_planted(truth), key_of), found)


def _score(row: cards.Score) -> Score:
    note = _said(f"planted_note.{row['note']}") if row["note"] else None
    label = _said(f"planted.{row['kind']}")
    return Score(row["kind"], row["planted"], row["found"], row["precision"], row["recall"], note, label)


def _said(key: str) -> Text:
    return Text.of({lang: text(f"cli.{key}", lang) for lang in LANGUAGES})


def _calibration(truth: Path) -> list[Calibration]:
    rows = pq.read_table(truth / "calibration.parquet").to_pylist()
    return [Calibration(**row) for row in rows]


def _suggestions(fund: Fund, folder: Path) -> list[str]:
    place = f"--fund {folder / 'fund'}"
    words = [f"status {place}", f"list take-up {place}"]
    people = fund.list("take-up").rows(1)
    if people:
        person = people[0]["person"]
        words += [f"explain {person} {place}", f"explain {person} {place} --lang ar"]
    # As it can be typed here: after `make demo` the command stands in .venv/bin and not on the path.
    command = (
        "himaya" if shutil.which("himaya") else os.path.relpath(Path(sys.executable).with_name("himaya"))
    )
    return [f"{command} {each}" for each in (*words, "help control-sum")]
