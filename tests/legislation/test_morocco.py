"""The Moroccan law as a whole: what is marked, what is cited, how fast it is."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

import himaya.law
from himaya.law import Ragged, evaluate
from himaya.law.cases import read_cases
from himaya.legislation.morocco import system
from himaya.legislation.morocco.inputs import CAREER
from himaya.rights.lists import TARGETS

DOUBTFUL = {
    "amo": "achamil_contribution extended_cover kept long_illness_rate pensioner_rate remains_employee tadamon_score",
    "contributions": "amo_employee amo_employer ceiling family_employer long_term_both long_term_employee"
    " long_term_employer training_employer",
    "death_grant": "least",
    "direct_aid": "highest_score school_bonus upper_school_bonus",
    "early_retirement": "allowed",
    "family": "allowance lowest_pay",
    "invalidity": "increased_since",
    "maternity": "leave rate",
    "minimum_wage": "smag smig",
    "non_salaried": "adoul amo_rate biologist boat_owner carer copyist court_copyist general_practitioner large_trader"
    " new_carer notary pension_rate pharmacist quarterly_duty specialist trader trader_simplified translator",
    "old_age": "first_month_after_retirement minimum_pension other_increases percent_increases"
    " percent_of_those_begun refund_below_days",
    "sickness": "days_of_wage",
    "survivors": "child_age increased_since qualifying_days remarriage_ends_right",
    "": "birth_leave_refund invalidity_wage mean_wage_before_job_loss pension_after_fatal_accident"
    " pension_of_short_career pension_of_short_career_at_death pensions_before_age refund",
}
"""By group of parameters; rules under the empty name."""


def test_what_is_not_verified_is_known_by_name():
    names = {f"{group}.{name}".lstrip(".") for group, found in DOUBTFUL.items() for name in found.split()}
    assert set(system.unverified) == names
    assert all(each.note["en"] for doubts in system.unverified.values() for each in doubts), "each says why"


def test_both_shares_make_the_total_wherever_all_three_are_known():
    total, *shares = (
        system.parameter(f"contributions.long_term_{who}") for who in ("both", "employer", "employee")
    )
    for on in (date(2002, 4, 1), date(2016, 12, 31), date(2017, 1, 1), date(2026, 10, 31)):
        assert total.at(on).value == sum(share.at(on).value for share in shares)


def test_every_parameter_is_read_by_a_rule():
    read = set().union(*system.reads.values())
    written = {p.name for group in system.groups.values() for p in group.parameters.values()}
    assert written == read


def test_every_rule_has_a_hand_worked_case():
    """A rule counts as worked by hand if a case expects it, or expects something that rests on it."""
    folder = Path(__file__).parents[1] / "spec" / "morocco"
    expected = {name for case in read_cases(folder) for name in case.expect}
    covered = {rule.name for rule in system.needed(sorted(expected), date(2026, 10, 31))}
    assert covered == set(system.versions)


def test_the_lists_of_a_fund_need_nothing_of_other_branches():
    """What a run evaluates reads the career alone, however many branches of law there are."""
    rules = system.needed([*TARGETS, "entitled"], date(2026, 10, 31))
    asked = {argument for each in rules for argument in each.arguments} & (
        system.inputs.keys() | system.links.keys()
    )
    assert asked <= {each.name for each in CAREER} | {"law_date"}
    assert len(rules) < 40


def test_a_pension_counts_only_the_last_months_of_a_doubtful_ceiling():
    """240 months from 1983: those under the doubtful ceiling lie before the 96 that count."""
    months = np.arange(1983 * 12, 2003 * 12)
    one = {
        "months": Ragged(months, np.array([0, 240])),
        "days": Ragged(np.full(240, 26), np.array([0, 240])),
        "wages": Ragged(np.full(240, 400_000), np.array([0, 240])),
        "birth_date": np.array([(date(1942, 12, 10) - date(1970, 1, 1)).days]),
        "work_ceased": np.array([True]),
        "awarded_from": np.ma.array([2003 * 12], mask=[False]),
    }
    result = evaluate(system, ["capped_wages", "reference_wage"], one, on=date(2019, 12, 31))
    assert result["capped_wages"].unverified.sum() == 121, "January 1983 to January 1993"
    assert not result["reference_wage"].unverified[0]
    assert result["reference_wage"].values[0] == 400_000


@pytest.mark.parametrize("name", himaya.law.__all__)
def test_everything_public_is_documented(name):
    thing = getattr(himaya.law, name)
    assert (thing.__doc__ or "").strip()
