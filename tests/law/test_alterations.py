"""Values changed on purpose: which changes are made, and that a case which only passes by a value does not count."""

from __future__ import annotations

import textwrap
from fractions import Fraction

import pytest

from himaya.law.alterations import alterations, read_idle, unnoticed
from himaya.law.cases import CaseError, read_cases
from himaya.legislation.morocco import person_of, system

# 124 months of 26 days and one of 16 are 3,240 days; 60 on 10 June 2020.
EXACTLY = """
- case: exactly enough days
  article: dahir 1-72-184
  because: 3,240 days open the right; 50 % of 5,000
  person: {born: 1960-06-10, career: [[2010-01, 2020-04, 26, 5000], [2020-05, 2020-05, 16, 5000]]}
  law: 2021-10-31
  expect: {monthly_amount: 2500}
"""
FAR_ABOVE = EXACTLY.replace("2010-01", "2000-01").replace("{monthly_amount: 2500}", "{entitled: true}")


def notices(folder, text, name, part="value"):
    (folder / "some.yaml").write_text(textwrap.dedent(text), encoding="utf-8")
    found = unnoticed(system, read_cases(folder), person_of)
    return {
        (each.since, each.bracket, each.new > each.old)
        for each in found
        if each.name == name and each.part == part
    }


def test_a_value_that_decides_is_noticed_and_one_that_is_only_passed_is_not(tmp_path):
    name = "old_age.full_career_days"
    more = (system.parameter(name).values[0].since, None, True)
    assert more not in notices(tmp_path, EXACTLY, name)
    assert more in notices(tmp_path, FAR_ABOVE, name)


def test_a_value_that_no_case_looks_up_is_not_noticed(tmp_path):
    assert len(notices(tmp_path, EXACTLY, "maternity.days")) == 2


def test_where_a_minimum_applies_the_rate_decides_nothing(tmp_path):
    low = EXACTLY.replace("5000", "1000").replace("2500", "1000")
    assert not notices(tmp_path, EXACTLY, "old_age.base_rate")
    assert notices(tmp_path, low, "old_age.base_rate")


@pytest.mark.parametrize(
    ("name", "steps"),
    [
        ("old_age.full_career_days", {-1, 1}),  # counted whole
        ("old_age.base_rate", {-0.005, 0.005}),  # a share of 50 %
        ("old_age.backdated_to_retirement", {1}),  # a flag is turned
        ("direct_aid.aid", None),
    ],
)
def test_the_steps_of_a_change(name, steps):
    found = [a for a in alterations(system) if a.name == name and a.part == "value"]
    assert found
    for each in found:
        if each.old == 0:  # of nothing 1 % is nothing: it becomes what the parameter is elsewhere
            assert each.new > 0
    if steps is not None:
        assert {abs(float(Fraction(a.new) - Fraction(a.old))) for a in found} == {abs(step) for step in steps}


def test_thresholds_move_to_both_sides_and_nobody_alters_what_is_not_verified():
    every = list(alterations(system))
    bands = [a for a in every if a.name == "old_age.minimum_by_days" and a.part == "threshold"]
    assert {a.new - a.old for a in bands} == {-1, 1}
    unverified = {
        (name, d.since) for name, doubts in system.unverified.items() if "." in name for d in doubts
    }
    assert not unverified & {(a.name, a.since) for a in every}
    changed = bands[0].applied(system)
    assert changed.parameter("old_age.minimum_by_days") != system.parameter("old_age.minimum_by_days")
    assert changed.parameter("old_age.base_rate") is system.parameter("old_age.base_rate")


IDLE = """
- value: old_age.full_career_days
  step: more
  because: it is only an example
"""


def test_what_is_said_to_be_idle_is_not_asked_about(tmp_path):
    (tmp_path / "idle.yaml").write_text(IDLE, encoding="utf-8")
    (tmp_path / "some.yaml").write_text(FAR_ABOVE, encoding="utf-8")
    found = unnoticed(system, read_cases(tmp_path), person_of, read_idle(tmp_path))
    steps = {a.new - a.old for a in found if a.name == "old_age.full_career_days"}
    assert steps == {-1}


def test_an_idle_value_without_a_reason_is_refused_with_its_line(tmp_path):
    (tmp_path / "idle.yaml").write_text(IDLE.replace("because", "becuase"), encoding="utf-8")
    with pytest.raises(CaseError, match=r"idle\.yaml:2: this names no idle value"):
        read_idle(tmp_path)
