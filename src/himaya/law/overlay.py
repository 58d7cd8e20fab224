"""Overlays: a file that changes parameters from a date on, for a reform or a what-if.

::

    name: Minimum pension at 1,500 dirhams
    parameters:
      old_age.minimum_pension:
        - {from: 2027-01-01, value: 1500, article: "Proposal of 2026"}

The values of the overlay replace those of the law from the overlay's first date on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from himaya.errors import nearest
from himaya.law.errors import OverlayError
from himaya.law.parameters import Group, read_values
from himaya.yamlfile import lines, load

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_KEYS = {"name", "parameters"}


@dataclass(frozen=True)
class Overlay:
    """An overlay file as read; ``content`` are its bytes, for the fingerprint of the law."""

    name: str
    path: Path
    content: bytes
    changes: Mapping[str, Any]
    lines: Mapping[tuple[str | int, ...], int]

    def apply(self, groups: Mapping[str, Group]) -> dict[str, Group]:
        """The groups with the overlay's values in them."""
        changed = dict(groups)
        names = [parameter.name for group in groups.values() for parameter in group.parameters.values()]
        for name, entries in self.changes.items():
            place = f"{self.path}:{self.lines['parameters', name]}"
            if name not in names:
                raise OverlayError(
                    f"there is no parameter {name!r} to change",
                    where=place,
                    mend=nearest(name, names) or "Name it group.parameter, as in the file of the law.",
                )
            stem, _, own = name.partition(".")
            group = changed[stem]
            old = group[own]
            places = {
                index: f"{self.path}:{self.lines['parameters', name, index]}"
                for index in range(len(entries or ()))
            }
            new = read_values(name, entries, old.unit, old.by, place, places)
            kept = tuple(dated for dated in old.values if dated.since < new[0].since)
            changed[stem] = Group(stem, {**group.parameters, own: replace(old, values=kept + new)})
        return changed


def read_overlay(path: Path) -> Overlay:
    """Read an overlay file; errors name file and line."""
    if not path.exists():
        raise OverlayError(f"there is no overlay file {path}", where=str(path))
    content = load(path)
    if not isinstance(content, dict) or not isinstance(content.get("parameters"), dict):
        raise OverlayError(
            "an overlay needs 'parameters: {group.parameter: [values]}'",
            where=f"{path}:1",
            mend="See docs/change-a-parameter.md.",
        )
    at = lines(path)
    for key in content:
        if key not in _KEYS:
            raise OverlayError(
                f"unknown key {key!r}",
                where=f"{path}:{at[key,]}",
                mend=nearest(str(key), _KEYS) or "Known: name, parameters.",
            )
    return Overlay(str(content.get("name", path.stem)), path, path.read_bytes(), content["parameters"], at)
