"""What the fund brings to reading: its person keys, and the dated parameters that a check names."""

from __future__ import annotations

from fractions import Fraction
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from himaya import months
from himaya.intake.formats.base import Context
from himaya.law.parameters import read_group

if TYPE_CHECKING:
    from himaya.lake import Workspace

UNKNOWN_CEILING = -1
"""Stands where no verified ceiling is known: the check is not made."""


def context(workspace: Workspace) -> Context:
    """Gather the context of a fund from its workspace and the law of its country."""
    return Context(workspace.keys, ceilings(workspace.country))


def ceilings(country: str) -> tuple[tuple[int, int], ...]:
    """Contribution ceiling in centimes from a month number on, ascending, by the law of a country.

    A value that nobody has verified checks nothing: :data:`UNKNOWN_CEILING` stands for it.
    """
    path = Path(str(resources.files(f"himaya.legislation.{country}"))) / "contributions.yaml"
    if not path.is_file():
        return ()
    return tuple(
        (
            months.month_of(dated.since),
            int(dated.value) if dated.verified and isinstance(dated.value, Fraction) else UNKNOWN_CEILING,
        )
        for dated in read_group(path)["ceiling"].values
    )
