"""The folder of a fund: settings, secret, raw bytes, journal, tables, runs."""

from __future__ import annotations

import fcntl
import json
import os
import sys
import tomllib
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from himaya.errors import UsageError, nearest, system_words
from himaya.lake import storage
from himaya.lake.errors import FundLockedError, LakeError, NotAFundError
from himaya.lake.keys import KeySpace, check_buckets, load_secret, new_secret
from himaya.sentence import Sentence, packed, said, unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator

SETTINGS = "himaya.toml"
OWN = (
    SETTINGS, ".lock", "journal", "lake", "letters", "letters.toml", "raw", "reports", "runs", "secrets", "vault",
)  # fmt: skip
"""What Himaya itself keeps in a fund's folder."""
_KNOWN = {"name": str, "country": str, "buckets": int}


@dataclass(frozen=True)
class Workspace:
    """A fund's folder and its settings."""

    path: Path
    name: str
    country: str
    buckets: int

    @classmethod
    def create(cls, path: Path, *, name: str, buckets: int = 16, country: str = "morocco") -> Workspace:
        """Make a fund's folder with a new secret.

        Raises
        ------
        UsageError
            If the folder holds something, or a setting is not allowed.
        LakeWriteError
            If storage refuses.
        """
        try:
            check_buckets(buckets)
        except LakeError as error:
            raise UsageError(error.what, mend=error.mend) from error
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise UsageError(
                said("{path} exists and is not empty", path=path),
                mend="Name a new folder, or open this one with --fund.",
            )
        workspace = cls(path.resolve(), name, country, buckets)
        secrets = workspace.secret.parent
        try:
            for folder in (workspace.raw, workspace.journal, workspace.runs, workspace.reports):
                folder.mkdir(parents=True)
            secrets.mkdir(mode=0o700)
        except OSError as error:
            raise storage.refused(error, workspace.path) from error
        new_secret(workspace.secret)
        # The settings come last: a folder without them is not a fund yet.
        settings = (
            "# Settings of this fund. The number of buckets is fixed: the tables are split by it.\n"
            f"name = {_toml(name)}\ncountry = {_toml(country)}\nbuckets = {buckets}\n"
        )
        storage.put(workspace.path / SETTINGS, settings.encode())
        storage.sync(workspace.path)
        return workspace

    @classmethod
    def open(cls, path: Path) -> Workspace:
        """Open a fund's folder; raises :class:`NotAFundError` naming the file and the setting."""
        file = path / SETTINGS
        try:
            settings = tomllib.loads(file.read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError) as error:
            raise NotAFundError(
                said("{folder} is not a fund", folder=path.resolve()),
                why=said("it holds no {file}", file=SETTINGS),
                mend="Go into a fund's folder, name it with --fund DIR, or make one: himaya init DIR.",
            ) from error
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise NotAFundError(
                "the settings cannot be read", where=str(file), why=system_words(error)
            ) from error
        for key in settings:
            if key not in _KNOWN:
                mend = nearest(key, _KNOWN) or said("Known: {known}.", known=tuple(_KNOWN))
                raise NotAFundError(said("unknown setting '{key}'", key=key), where=str(file), mend=mend)
        for key, kind in _KNOWN.items():
            if type(settings.get(key)) is not kind:
                raise NotAFundError(
                    said(
                        "setting '{key}' is missing or is not {kind}",
                        key=key,
                        kind=said("a text") if kind is str else said("a whole number"),
                    ),
                    where=str(file),
                    mend="Restore it as it was when the fund was made.",
                )
        try:
            check_buckets(settings["buckets"])
        except LakeError as error:
            raise NotAFundError(
                error.what, where=str(file), mend="Restore the number that the fund was made with."
            ) from error
        return cls(path.resolve(), settings["name"], settings["country"], settings["buckets"])

    @property
    def raw(self) -> Path:
        """Every byte received."""
        return self.path / "raw"

    @property
    def journal(self) -> Path:
        """Batches received and not yet committed."""
        return self.path / "journal"

    @property
    def runs(self) -> Path:
        """Manifests of runs."""
        return self.path / "runs"

    @property
    def reports(self) -> Path:
        """Reports written."""
        return self.path / "reports"

    @property
    def secret(self) -> Path:
        """File of the secret of the person keys."""
        return self.path / "secrets" / "person.key"

    @cached_property
    def keys(self) -> KeySpace:
        """The fund's key space."""
        return load_secret(self.secret)

    @contextmanager
    def lock(self, what: str) -> Iterator[None]:
        """Keep other writing commands out; the lock ends with the process, however it ends.

        Raises
        ------
        FundLockedError
            At once, naming the command that holds the lock.
        """
        try:
            stream = (self.path / ".lock").open("a+", encoding="utf-8")
        except OSError as error:
            raise storage.refused(error, self.path / ".lock") from error
        with stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                stream.seek(0)
                raise FundLockedError(
                    said("the fund is being written to by {holder}", holder=_holder(stream.read())),
                    where=str(self.path),
                    mend="Wait until it has finished, then run the command again.",
                ) from error
            stream.truncate(0)
            holder = said(
                "{command} (process {process}, {program})",
                command=what,
                process=str(os.getpid()),
                program=Path(sys.argv[0]).name,
            )
            stream.write(json.dumps(packed(holder)))
            stream.flush()
            try:
                yield
            finally:
                stream.truncate(0)


def _holder(noted: str) -> Sentence:
    """Who holds the lock, as that command noted it; it may be about to."""
    try:
        holder: Sentence = unpacked(json.loads(noted))
    except ValueError:
        return said("another command")
    return holder


def fund_owning(path: Path) -> Path | None:
    """Give the folder of the fund to which a path belongs as its own, the folder itself included."""
    place = path.resolve()
    for folder in (place, *place.parents):
        if (folder / SETTINGS).is_file():
            return folder if place == folder or place.relative_to(folder).parts[0] in OWN else None
    return None


def _toml(text: str) -> str:
    # JSON's way of quoting is TOML's too, but for one character that TOML wants escaped.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
