"""The catalogue of codes: what each error, quarantine and finding code means, in three languages.

Each domain folder keeps its own ``codes.yaml``::

    line-width:
      kind: error            # error | warning | finding
      title: {en: …, fr: …, ar: …}
      why:   {en: …, fr: …, ar: …}
      mend:  {en: …, fr: …, ar: …}

Codes are stable words in kebab-case: they stand in tables, exit messages and ``himaya help``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Literal

from himaya.errors import UsageError, nearest
from himaya.sentence import said
from himaya.yamlfile import load

Kind = Literal["error", "warning", "finding"]


@dataclass(frozen=True)
class Code:
    """One code; ``title``, ``why`` and ``mend`` are keyed by language (``en``, ``fr``, ``ar``)."""

    name: str
    kind: Kind
    title: dict[str, str]
    why: dict[str, str]
    mend: dict[str, str]


@cache
def catalogue() -> dict[str, Code]:
    """All codes of all domain folders, by name."""
    codes: dict[str, Code] = {}
    package = Path(str(resources.files("himaya")))
    for path in sorted(package.glob("**/codes.yaml")):
        for name, entry in load(path).items():
            if name in codes:
                raise ValueError(f"{path}: code {name!r} is defined twice")
            codes[name] = Code(name=name, **entry)
    return codes


def code(name: str) -> Code:
    """The code called ``name``; raises :class:`~himaya.errors.UsageError` with the nearest names."""
    known = catalogue()
    if name not in known:
        raise UsageError(
            said("there is no code '{name}'", name=name),
            mend=nearest(name, known) or "All of them: himaya help",
        )
    return known[name]
