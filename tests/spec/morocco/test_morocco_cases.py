"""The hand-worked cases of the YAML files in this folder: read those; this file only runs them."""

from __future__ import annotations

from pathlib import Path

import pytest
from spec_cases import cases, check

from himaya.legislation.morocco import person_of, system

CASES = cases(Path(__file__).parent)


@pytest.mark.parametrize("name", CASES)
def test_case(name):
    check(system, CASES[name], person_of(CASES[name].person))


def test_there_are_enough_cases():
    assert len(CASES) >= 220
