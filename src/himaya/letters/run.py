"""The letters of a whole list, in one run that can be interrupted and taken up again."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from himaya import language
from himaya._version import __version__
from himaya.contract.identifiers import PersonNumbers
from himaya.lake import bucket_of, map_tasks
from himaya.letters import render
from himaya.letters.compose import compose
from himaya.letters.model import Letter, NoLetterError, Sender
from himaya.letters.store import Desk, is_reference, reference, write

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from himaya.lake import KeySpace, Snapshot
    from himaya.language import Language

AT_ONCE = 50
"""Letters that one worker writes from one reading of its bucket: a few seconds' work, so that the last ends soon."""
MANIFEST, INDEX = "letters.json", "letters.csv"
COLUMNS = ("reference", "person", "file", "outcome", "because")


@dataclass(frozen=True)
class Batch:
    """The letters of one list of one run, in one language."""

    folder: str
    run: str
    list: str
    lang: Language
    written: int
    kept: int
    """Letters that an earlier call of the same run had written."""
    without: int
    """Persons to whom there is nothing to write; the index says why."""
    gaps: tuple[str, ...]
    """What the fund has not filled in yet, as ``letters.toml`` calls it."""

    def as_dict(self) -> dict[str, Any]:
        """The batch as one JSON object."""
        return asdict(self)


@dataclass(frozen=True)
class Written:
    """A letter to one person, in its file."""

    path: Path
    gaps: tuple[str, ...]
    """What the fund has not filled in yet, as ``letters.toml`` calls it."""

    def as_dict(self) -> dict[str, Any]:
        """The letter as one JSON object."""
        return {"letter": str(self.path), "gaps": list(self.gaps)}


@dataclass(frozen=True)
class Task:
    """Letters that one worker writes; crosses to it."""

    snapshot: Snapshot
    runs: Path
    keys: KeySpace
    bucket: int
    persons: tuple[int, ...]
    sender: Sender
    lang: Language
    folder: Path


@dataclass(frozen=True)
class Done:
    """What became of the persons of a task: why there is no letter, where there is none."""

    without: Mapping[int, str] = field(default_factory=dict)
    letters: int = 0


def write_letters(
    desk: Desk,
    persons: NDArray[np.int64],
    *,
    run: str,
    list_name: str,
    sender: Sender,
    lang: Language,
    folder: Path,
    executor: Executor,
    progress: Callable[[str, int, int], None] | None = None,
) -> Batch:
    """Write the letters to some persons: one PDF each, an index and a manifest.

    What an earlier call has written of the same run, with the same words and sender, is kept.

    Parameters
    ----------
    desk
        Where their cases are put together.
    persons
        int64 (n,), their keys.
    run, list_name, lang
        What the letters are of.
    sender
        How the fund signs.
    folder
        Where the files go; made for the owner alone.
    executor
        Where letters are written; the same bytes whatever it is.
    progress
        Called with the stage ``letters``, portions done, portions in all.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    render.available()
    fresh = _begin(folder, run=run, list_name=list_name, sender=sender, lang=lang)
    files = {int(key): folder / f"{reference(run, int(key))}.pdf" for key in persons}
    todo = [key for key, path in files.items() if fresh or not path.exists()]
    tasks = _tasks(desk, todo, sender, lang, folder)
    tell = None if progress is None else lambda done, total: progress("letters", done, total)
    done = map_tasks(executor, write_some, tasks, progress=tell)
    without = {key: why for each in done for key, why in each.without.items()}
    _index(folder, desk.keys, files, set(todo), without)
    return Batch(
        folder=str(folder),
        run=run,
        list=list_name,
        lang=lang,
        written=sum(each.letters for each in done),
        kept=len(files) - len(todo),
        without=len(without),
        gaps=tuple(name for name, line in vars(sender).items() if not line),
    )


def write_letter(letter: Letter, path: Path, on: date) -> Written:
    """Write one letter as PDF, for the owner's eyes alone; ``on`` is the date in its properties."""
    content = render.pdf(letter, on)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write(path, content)
    return Written(path, letter.gaps)


def write_some(task: Task) -> Done:
    """Write the letters of one task; what is not finished does not bear its final name."""
    desk = _desk(task.snapshot, task.runs, task.keys)
    without: dict[int, str] = {}
    for key, case in desk.cases(task.bucket, task.persons):
        if isinstance(case, NoLetterError):
            without[key] = str(case.why or case.what)
            continue
        letter = compose(case, task.sender, task.lang)
        write_letter(letter, task.folder / f"{case.reference}.pdf", case.known_date)
    return Done(without, len(task.persons) - len(without))


def _desk(snapshot: Snapshot, runs: Path, keys: KeySpace) -> Desk:
    """The desk of this worker: manifest and law are read once for all its tasks."""
    key = (str(snapshot.lake.root), snapshot.number)
    if key not in _DESKS:
        _DESKS.clear()
        _DESKS[key] = Desk(snapshot, runs, keys)
    return _DESKS[key]


_DESKS: dict[tuple[str, int], Desk] = {}


def _tasks(desk: Desk, keys: Sequence[int], sender: Sender, lang: Language, folder: Path) -> list[Task]:
    buckets = bucket_of(np.array(keys, np.int64), desk.snapshot.lake.buckets).tolist()
    by_bucket: dict[int, list[int]] = {}
    for key, bucket in sorted(zip(keys, buckets, strict=True), key=lambda pair: (pair[1], pair[0])):
        by_bucket.setdefault(bucket, []).append(key)
    tasks = [
        Task(
            desk.snapshot, desk.runs, desk.keys, bucket, tuple(some[at : at + AT_ONCE]), sender, lang, folder
        )
        for bucket, some in by_bucket.items()
        for at in range(0, len(some), AT_ONCE)
    ]
    # The largest first: what is left at the end, for one worker alone, is small.
    return sorted(tasks, key=lambda task: len(task.persons), reverse=True)


def _begin(folder: Path, *, run: str, list_name: str, sender: Sender, lang: Language) -> bool:
    """Say in the manifest what the letters are made of; whether the folder holds none that may be kept."""
    manifest = {
        "run": run,
        "list": list_name,
        "lang": lang,
        "sender": asdict(sender),
        "wording": _wording(),
        "code_version": __version__,
    }
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    path = folder / MANIFEST
    if path.exists():
        if path.read_text(encoding="utf-8") == text:
            return False
        # Letters alone: the folder may be one that holds other documents, too.
        for old in folder.glob("*.pdf"):
            if is_reference(old.stem):
                old.unlink()
    write(path, text.encode())
    return True


@cache
def _wording() -> str:
    """Hash of all words and forms that letters are made of."""
    words = json.dumps(language.texts("letters"), sort_keys=True, ensure_ascii=False)
    return hashlib.blake2b(words.encode() + render.TEMPLATE.read_bytes(), digest_size=8).hexdigest()


def _index(
    folder: Path, keys: KeySpace, files: Mapping[int, Path], written: set[int], without: Mapping[int, str]
) -> None:
    """Write which letter is whose; beside the letters, for the owner's eyes like them."""
    persons = PersonNumbers(keys).show(np.array(list(files), np.int64))
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    for (key, path), person in zip(files.items(), persons, strict=True):
        outcome = "none" if key in without else "written" if key in written else "kept"
        name = "" if key in without else path.name
        writer.writerow((path.stem, person, name, outcome, without.get(key, "")))
    write(folder / INDEX, stream.getvalue().encode("utf-8-sig"))
