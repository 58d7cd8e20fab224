"""Every verified value of the law decides a case: changed by 1 % (or one step), somebody's result is another."""

from __future__ import annotations

from pathlib import Path

import pytest

from himaya import legislation
from himaya.law.alterations import alterations, read_idle, unnoticed
from himaya.law.cases import read_cases

COUNTRIES = sorted(legislation.countries())


@pytest.mark.slow
@pytest.mark.parametrize("country", COUNTRIES)
def test_no_change_of_a_value_goes_unnoticed(country):
    folder = Path(__file__).parent / country
    found = unnoticed(
        legislation.system_of(country),
        read_cases(folder),
        lambda written: legislation.person_of(country, written),
        read_idle(folder),
    )
    assert [(each.name, each.since, each.threshold, each.part, each.old, each.new) for each in found] == []


@pytest.mark.parametrize("country", COUNTRIES)
def test_what_is_said_to_be_idle_exists(country):
    every = list(alterations(legislation.system_of(country)))
    for idle in read_idle(Path(__file__).parent / country):
        assert any(idle.covers(each) for each in every), idle
        assert idle.part in {None, "value", "threshold"}
        assert idle.step in {None, "more", "less"}
