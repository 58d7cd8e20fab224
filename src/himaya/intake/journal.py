"""The journal: batches received and not yet committed. Empty between commands.

An entry is written when all bytes of a batch are kept, and removed when its publication stands. What lies
between can be done again any number of times: labels and transactions are the batch's.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from himaya.intake.raw import Place, sync_folder, write_durably
from himaya.intake.receive import Received
from himaya.sentence import packed, unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Entry:
    """One batch of deliveries."""

    batch: str
    """Id of the batch: folder of its bytes, transaction of its commits."""
    received_at: datetime
    received_on: date
    """Day of receipt: the clock of knowledge."""
    deliveries: tuple[tuple[int, Received], ...]
    """Number and description of each delivery."""
    duplicates: dict[int, int]
    """Number of a duplicate delivery to that of the first with its bytes."""

    def save(self, journal: Path) -> None:
        """Write the entry durably: from now on the batch will be finished."""
        text = json.dumps(
            {
                "batch": self.batch,
                "received_at": self.received_at.isoformat(),
                "received_on": self.received_on.isoformat(),
                "fields": Received.__slots__,
                "deliveries": [[number, _packed(received)] for number, received in self.deliveries],
                "duplicates": list(self.duplicates.items()),
            },
            separators=(",", ":"),
        )
        write_durably(_path(journal, self.batch), text.encode())

    @classmethod
    def load(cls, path: Path) -> Entry:
        """Read an entry."""
        raw = json.loads(path.read_bytes())
        return cls(
            batch=raw["batch"],
            received_at=datetime.fromisoformat(raw["received_at"]),
            received_on=date.fromisoformat(raw["received_on"]),
            deliveries=tuple((number, _received(raw["fields"], item)) for number, item in raw["deliveries"]),
            duplicates=dict(raw["duplicates"]),
        )

    def remove(self, journal: Path) -> None:
        """Take the entry out of the journal: its publication stands."""
        _remove(journal, self.batch)


@dataclass(frozen=True, slots=True)
class ReplayEntry:
    """One replay: quarantined lines to be tried again."""

    batch: str
    replayed_at: datetime
    replayed_on: date
    lines: dict[int, list[int]]
    """Quarantined lines by delivery, ascending."""
    release: bool

    def save(self, journal: Path) -> None:
        """Write the entry durably: from now on the replay will be finished."""
        raw = {
            "batch": self.batch,
            "replayed_at": self.replayed_at.isoformat(),
            "replayed_on": self.replayed_on.isoformat(),
            "lines": list(self.lines.items()),
            "release": self.release,
        }
        write_durably(journal / f"{self.batch}.replay", json.dumps(raw, separators=(",", ":")).encode())

    @classmethod
    def load(cls, path: Path) -> ReplayEntry:
        """Read an entry."""
        raw = json.loads(path.read_bytes())
        return cls(
            batch=raw["batch"],
            replayed_at=datetime.fromisoformat(raw["replayed_at"]),
            replayed_on=date.fromisoformat(raw["replayed_on"]),
            lines=dict(raw["lines"]),
            release=raw["release"],
        )

    def remove(self, journal: Path) -> None:
        """Take the entry out of the journal."""
        _remove(journal, self.batch)


def pending_replays(journal: Path) -> Iterator[ReplayEntry]:
    """Give the replays that an interrupted call left unfinished."""
    for path in sorted(journal.glob("*.replay")):
        yield ReplayEntry.load(path)


def pending(journal: Path) -> Iterator[Entry]:
    """Give the batches that an interrupted call left unfinished, oldest first."""
    for path in sorted(journal.glob("*.json")):
        yield Entry.load(path)


def _remove(journal: Path, batch: str) -> None:
    """Remove an entry and then what was kept beside it for its workers."""
    for path in sorted(journal.glob(f"{batch}[.-]*"), key=lambda path: path.suffix == ".npy"):
        path.unlink()
    sync_folder(journal)


def _path(journal: Path, batch: str) -> Path:
    return journal / f"{batch}.json"


def _packed(received: Received) -> list[object]:
    values = dict(zip(received.__slots__, _fields(received), strict=True))
    if received.place is not None:
        values["place"] = _fields(received.place)
    if received.problem is not None:
        values["problem"] = [received.problem[0], packed(received.problem[1])]
    return list(values.values())


def _fields(item: Received | Place) -> list[object]:
    return [getattr(item, name) for name in item.__slots__]


def _received(names: list[str], values: list[Any]) -> Received:
    fields = dict(zip(names, values, strict=True))
    fields["place"] = Place(*fields["place"]) if fields["place"] else None
    if fields["problem"]:
        code, sentence = fields["problem"]
        fields["problem"] = (code, unpacked(sentence))
    return Received(**fields)
