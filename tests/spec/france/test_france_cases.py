"""The hand-worked cases of the YAML files in this folder: read those; this file only runs them.

``career`` is a list of ``[first year, last year, pay a year in euros, assimilated quarters a year, quarters a year in
other schemes]``, the last two where there are any. ``given`` are intermediate results, as a case officer may know them.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from spec_cases import cases, check, month, stored

from himaya.law import DATE
from himaya.legislation.france import system

CASES = cases(Path(__file__).parent)


@pytest.mark.parametrize("name", CASES)
def test_case(name):
    check(system, CASES[name], person_of(CASES[name]["person"]))


def test_there_are_enough_cases():
    assert len(CASES) >= 220


def person_of(written):
    person = {
        "birth_date": stored(written["born"], DATE),
        "award_from": month(written["award"]) if "award" in written else None,
    }
    career = {}
    for first, last, pay, *quarters in written.get("career", []):
        for year in range(first, last + 1):
            assert year not in career, "two employers of one year are summed before the law sees them"
            career[year] = (round(pay * 100), *quarters, *[0] * (2 - len(quarters)))
    person["years"] = sorted(career)
    for place, name in enumerate(("wages", "assimilated_quarters", "other_schemes_quarters")):
        person[name] = [career[year][place] for year in person["years"]]
    for name in set(written) - {"born", "award", "career", "given"}:
        person[name] = stored(written[name], system.inputs[name].unit)
    for name, value in written.get("given", {}).items():
        person[name] = stored(value, system.versions[name][0].unit)
    return {name: whole(value) for name, value in person.items()}


def whole(value):
    """As evaluations take it: whole numbers, centimes."""
    if isinstance(value, tuple | list):
        return [whole(each) for each in value]
    return value if value is None or isinstance(value, bool) else int(value)
