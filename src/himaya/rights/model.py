"""The nouns of a run: its settings, its manifest, its result."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from himaya._version import __version__
from himaya.errors import HimayaError

LISTS = {
    "take-up": "take_up",
    "unsupported": "unsupported_payment",
    "differences": "difference",
    "contradictions": "contradiction",
}
"""The lists of a run: the word on the command line, and the table."""

CURRENCIES = {"france": "EUR", "morocco": "MAD"}
"""Currency of each country; amounts are in hundredths of it."""

DERIVED = ("career", "entitlement", *LISTS.values())
"""The tables that a run replaces."""

CEASED_AFTER_MONTHS = 3
"""Work counts as ceased when the last so many observed months hold no declaration of the person.

A convention of observation, not a rule of law: declarations arrive late, and a list of possible rights that names
people who still work would be of no use. It concerns only people who are not paid; for a pension in payment the
award itself says that work had ceased.
"""


OF_AGE = 18
"""Whoever was younger when the first month begins that the fund knows has no earlier career to be missed.

A convention of observation too: it decides only whether a payment is called wrong, or the career not known.
"""

NO_PENSION_FILE, NO_CAREER_EXTRACT, NO_REGISTER = "no-pension-file", "no-career-extract", "no-register"
"""Warnings of a run: what the fund had not received, so that a list cannot say what it otherwise says."""


class RunError(HimayaError):
    """The run cannot be done on what the fund holds."""

    code = "run"


@dataclass(frozen=True)
class Settings:
    """What a run is asked for: the two clocks, the law, and the conventions of observation."""

    law_date: date
    """Date of the law: what people are entitled to on this day."""
    known_date: date
    """Date of knowledge: only what the fund had received on this day counts."""
    country: str = "morocco"
    overlay: Path | None = None
    """A file that changes parameters of the law: a reform to try."""


@dataclass(frozen=True)
class Manifest:
    """All that decides a run's result; two runs of one manifest give the same bytes."""

    tables: dict[str, int]
    """Version of each table that the run reads."""
    publication: int
    law_date: str
    known_date: str
    country: str
    law_version: str
    overlay: str | None
    code_version: str
    what_if: str | None = None
    """Name of the overlay: the result is no law then, but a reform tried."""
    conventions: dict[str, Any] = field(
        default_factory=lambda: {"ceased_after_months": CEASED_AFTER_MONTHS, "of_age": OF_AGE}
    )

    @property
    def run(self) -> str:
        """The run id: hash of everything that decides the result.

        The publication's number is left out: publishing the same versions again changes nothing.
        """
        deciding = {name: value for name, value in vars(self).items() if name != "publication"}
        text = json.dumps(deciding, sort_keys=True, separators=(",", ":"))
        return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


@dataclass(frozen=True)
class RunResult:
    """What a run left behind."""

    run: str
    publication: int
    """The publication that it read."""
    published_as: int
    """The publication that shows its result."""
    manifest: Manifest
    rows: dict[str, int]
    """Rows of each derived table."""
    seconds: dict[str, float]
    """Seconds by stage."""
    fresh: bool
    """False where the latest publication already was this run's."""
    warnings: tuple[str, ...] = ()
    """Codes of what had not been received, so that a list cannot say what it otherwise says."""

    def as_dict(self) -> dict[str, Any]:
        """The result as one JSON object."""
        return {
            "run": self.run,
            "publication": self.publication,
            "published_as": self.published_as,
            "law_date": self.manifest.law_date,
            "known_date": self.manifest.known_date,
            "what_if": self.manifest.what_if,
            "rows": self.rows,
            "seconds": self.seconds,
            "fresh": self.fresh,
            "warnings": list(self.warnings),
        }


@cache
def code_version() -> str:
    """Version of the package and a hash of its sources, so that a changed line makes another run."""
    root = Path(str(resources.files("himaya")))
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(root.rglob("*.py")):
        digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return f"{__version__}+{digest.hexdigest()}"
