"""France: old age in the general scheme of the Cnav, for pensions from 1 April 1983.

``system`` is the law as :func:`himaya.law.evaluate` takes it; ``docs/law-france.md`` says what is covered and what is
not. Laws, decrees and circulars were read in transcriptions, not in the Journal officiel; what they leave open is
marked ``verified: false``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from himaya.law import System
from himaya.legislation.branches import Branch
from himaya.legislation.france import (
    ages,
    inputs,
    insurance,
    long_careers,
    low_pensions,
    minimum_pension,
    old_age,
    rate,
    revaluation,
    salary,
    survivor,
    written,
)
from himaya.sentence import said

if TYPE_CHECKING:
    from collections.abc import Mapping

system = System(
    "france",
    modules=(
        *(inputs, ages, insurance, long_careers, salary, rate, minimum_pension, old_age),
        *(revaluation, low_pensions, survivor),
    ),
    inputs=inputs.INPUTS,
    links=inputs.LINKS,
    of_country=said("of France"),
)


def person_of(person: Mapping[str, Any]) -> dict[str, Any]:
    """Inputs of a person written by hand; see :func:`himaya.legislation.france.written.person_of`."""
    return written.person_of(system, person)


BRANCHES = {
    "old_age": Branch(said("Old age"), "pension_due", until="died"),
    "survivors": Branch(
        said("Survivors"),
        "survivor_pension_due",
        event="survivor_from",
        asks=("spouse_died", "deceased_pension"),
    ),
}
"""Branches that a reform is costed by."""

UNCOSTED: tuple[str, ...] = ()
"""Amounts that no branch costs."""

__all__ = ["BRANCHES", "UNCOSTED", "person_of", "system"]
