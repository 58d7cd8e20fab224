"""One family of errors: what happened, where, why, and what to do.

Every error has a stable code. ``himaya help CODE`` explains it; the texts live in the ``codes.yaml``
of the folder that raises it (see :mod:`himaya.codes`).
"""

from __future__ import annotations

import difflib
import errno
from collections.abc import Iterable
from typing import ClassVar

from himaya.sentence import Sentence, said, verbatim


class HimayaError(Exception):
    """Base of all errors that a person can meet, in the language that they speak.

    Each part is an English literal or, where it holds values, made by :func:`~himaya.sentence.said`; its French and
    Arabic stand in the ``sentences.yaml`` of the folder.

    Parameters
    ----------
    what
        What happened, in one sentence, with the offending value.
    where
        The place: file, line and byte; or rule, date and parameter.
    why
        The reason, where it is not plain from ``what``.
    mend
        What the reader can do about it.
    """

    code: ClassVar[str] = "error"
    exit_status: ClassVar[int] = 1

    def __init__(
        self, what: str, *, where: str | None = None, why: str | None = None, mend: str | None = None
    ) -> None:
        self.what = what
        self.where = where
        self.why = why
        self.mend = mend
        super().__init__(what, where, why, mend)

    def __reduce__(self) -> tuple[object, ...]:
        # Errors cross process borders (worker to driver) and must arrive whole.
        return (_rebuild, (type(self), self.what, self.where, self.why, self.mend))

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        reason = f" ({self.why})" if self.why else ""
        advice = f" {self.mend}" if self.mend else ""
        return f"{place}{self.what}{reason}.{advice} [{self.code}]"

    def as_dict(self) -> dict[str, str | None]:
        """The error as one JSON object, in English."""
        return {"code": self.code, "what": self.what, "where": self.where, "why": self.why, "mend": self.mend}


def _rebuild(
    kind: type[HimayaError], what: str, where: str | None, why: str | None, mend: str | None
) -> HimayaError:
    return kind(what, where=where, why=why, mend=mend)


class UsageError(HimayaError):
    """The command or the call was not understood."""

    code = "usage"
    exit_status = 2


def nearest(name: str, names: Iterable[str]) -> str:
    """``Did you mean …?`` with the names closest to ``name``, or an empty string."""
    match difflib.get_close_matches(name, list(names), n=3, cutoff=0.6):
        case [first, second, third]:
            return said(
                "Did you mean '{first}' or '{second}' or '{third}'?", first=first, second=second, third=third
            )
        case [first, second]:
            return said("Did you mean '{first}' or '{second}'?", first=first, second=second)
        case [first]:
            return said("Did you mean '{first}'?", first=first)
    return ""


_SYSTEM = {
    errno.EPERM: said("Operation not permitted"),
    errno.ENOENT: said("No such file or directory"),
    errno.EIO: said("Input/output error"),
    errno.EACCES: said("Permission denied"),
    errno.EBUSY: said("Device or resource busy"),
    errno.EEXIST: said("File exists"),
    errno.ENOTDIR: said("Not a directory"),
    errno.EISDIR: said("Is a directory"),
    errno.EMFILE: said("Too many open files"),
    errno.EFBIG: said("File too large"),
    errno.ENOSPC: said("No space left on device"),
    errno.EROFS: said("Read-only file system"),
    errno.ENAMETOOLONG: said("File name too long"),
    errno.ELOOP: said("Too many levels of symbolic links"),
    errno.EDQUOT: said("Disk quota exceeded"),
}


def system_words(error: Exception) -> Sentence:
    """Give the reason of the operating system, as a sentence where it is a common one; else its own words."""
    if isinstance(error, OSError):
        known = _SYSTEM.get(error.errno or 0)
        return known or verbatim(error.strerror or str(error) or type(error).__name__)
    return verbatim(str(error) or type(error).__name__)
