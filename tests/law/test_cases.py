"""Case files: what is wrong in them is said with file and line; what they cover is measured by running them."""

from __future__ import annotations

import textwrap
from datetime import date

import pytest

from himaya.law.cases import CaseError, read_cases, run_case
from himaya.law.coverage import coverage
from himaya.law.errors import InputError
from himaya.legislation.morocco import person_of, system

GOOD = """
- case: the highest pension
  article: dahir 1-72-184
  because: 70 % of 6,000
  person: {born: 1960-06-10, career: [[1990-01, 2019-12, 26, 20000]], awarded_from: 2020-07}
  law: 2021-10-31
  expect: {replacement_rate: 70 %, monthly_amount: 4200}
"""


HOME = """
- case: a child's aid
  article: décret 2.23.1067
  because: 300 for a child at school, at least 500 for the household
  household: {score: 9, members: [{born: 1985-01-01, head_or_spouse: true}, {born: 2016-01-01, at_school: true}]}
  law: 2026-10-31
  expect: {child_aid: [0, 300], household_aid: 500}
  unverified: {household_aid: [direct_aid.highest_score]}
"""


@pytest.fixture
def folder(tmp_path):
    def write(text):
        (tmp_path / "some.yaml").write_text(textwrap.dedent(text), encoding="utf-8")
        return tmp_path

    return write


def test_a_case_that_holds_has_no_failures_and_says_what_it_used(folder):
    [case] = read_cases(folder(GOOD))
    outcome = run_case(system, case, person_of(case.person))
    assert outcome.failures == []
    assert ("old_age.highest_rate", system.parameter("old_age.highest_rate").values[0].since) in outcome.used
    assert ("monthly_amount", None) in outcome.used


def test_a_case_that_does_not_hold_says_what_both_evaluations_give(folder):
    [case] = read_cases(folder(GOOD.replace("4200", "4100")))
    assert run_case(system, case, person_of(case.person)).failures == [
        "monthly_amount: the evaluation gives 420000, expected is 410000",
        "monthly_amount: the oracle gives 420000, expected is 410000",
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("", ""), []),
        (
            ("[0, 300]", "[0, 301]"),
            ["of person 1: the evaluation gives 30000", "of person 1: the oracle gives 30000"],
        ),
        (
            ("household_aid: 500", "household_aid: 501"),
            ["household 0: the evaluation", "household 0: the oracle"],
        ),
        (("[0, 300]", "[300]"), ["child_aid: 2 persons, but 1 values are expected"]),
        (
            ("[direct_aid.highest_score]", "[]"),
            ["household_aid rests on unverified ['direct_aid.highest_score']"],
        ),
    ],
)
def test_a_household_is_judged_member_by_member(folder, change, said):
    [case] = read_cases(folder(HOME.replace(*change)))
    failures = run_case(system, case, person_of(case.person)).failures
    assert len(failures) == len(said)
    assert all(part in failure for part, failure in zip(said, failures, strict=True))


def test_an_unknown_word_of_a_person_is_answered_with_the_nearest():
    with pytest.raises(InputError, match="'farm_workr' is written of a person") as raised:
        person_of({"born": date(1960, 1, 1), "farm_workr": True})
    assert "'farm_worker'" in raised.value.mend


def test_a_doubt_that_the_case_does_not_name_is_a_failure(folder):
    [case] = read_cases(folder(GOOD.replace("1990-01, 2019-12, 26, 20000", "2010-01, 2020-05, 26, 500")))
    failures = run_case(system, case, person_of(case.person)).failures
    assert any("rests on unverified ['old_age." in failure for failure in failures)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("  because: 70 % of 6,000\n", ""), "some.yaml:2: the case 'the highest pension' lacks because"),
        (("because", "becuase"), "lacks because and has the unknown becuase"),
        (("person", "persons"), "lacks one of person and household and has the unknown persons"),
        (("- case", "- 3\n- case"), "some.yaml:2: this is no case"),
    ],
)
def test_a_broken_case_is_named_with_its_line(folder, change, said):
    with pytest.raises(CaseError, match=said):
        read_cases(folder(GOOD.replace(*change)))


def test_a_month_declared_twice_is_refused():
    with pytest.raises(InputError, match="declared twice"):
        person_of(
            {"born": "1960-01-01", "career": [["2010-01", "2010-03", 26, 1], ["2010-03", "2010-04", 26, 1]]}
        )


def test_coverage_tells_what_of_an_article_no_case_uses(folder):
    found = {each.article: each for each in coverage(system, read_cases(folder(GOOD)), person_of)}
    dahir = found["dahir 1-72-184"]
    assert dahir.cases == {"some: the highest pension"}
    untested = {citation.name for citation in dahir.untested}
    assert "replacement_rate" not in untested
    assert "declared_months" in untested


def test_a_value_that_is_used_and_decides_nothing_does_not_count_as_tested(folder):
    found = {each.article: each for each in coverage(system, read_cases(folder(GOOD)), person_of)}
    dahir = found["dahir 1-72-184"]
    used = {citation.name for citation, cases in dahir.citations if cases}
    untested = {citation.name for citation in dahir.untested}
    assert "old_age.highest_rate" in used - untested
    assert "old_age.full_career_days" in used & untested  # he has far more than 3,240 days
    assert {each.name for each in dahir.unnoticed} <= untested
