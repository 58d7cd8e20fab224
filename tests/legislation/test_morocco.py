"""The Moroccan law as a whole: what is marked, what is cited, how fast it is."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

import himaya.law
from himaya.law import Ragged, evaluate
from himaya.legislation.morocco import system
from himaya.yamlfile import load

DOUBTFUL = {
    "pension_of_short_career",
    "refund",
    "contributions.ceiling",
    "contributions.family_employer",
    "contributions.long_term_both",
    "contributions.long_term_employer",
    "contributions.long_term_employee",
    "old_age.first_month_after_retirement",
    "old_age.minimum_pension",
    "old_age.other_increases",
    "old_age.refund_below_days",
}


def test_what_is_not_verified_is_known_by_name():
    assert set(system.unverified) == DOUBTFUL
    assert all(note for notes in system.unverified.values() for note in notes), "each says why"


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


def test_every_rule_of_old_age_has_a_hand_worked_case():
    """A rule counts as worked by hand if a case expects it, or expects something that rests on it."""
    folder = Path(__file__).parents[1] / "spec" / "morocco"
    expected = {name for path in folder.glob("*.yaml") for case in load(path) for name in case["expect"]}
    covered = {rule.name for rule in system.needed(sorted(expected), date(2026, 10, 31))}
    assert covered == set(system.versions)


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
