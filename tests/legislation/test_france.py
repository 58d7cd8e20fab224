"""The French law as a whole: three evaluations agree, the reference wage against a plain oracle, what is marked."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from math import floor
from pathlib import Path

import numpy as np
import pytest
from french_careers import as_arrays, person

from himaya.language import plain
from himaya.law import evaluate, explain
from himaya.law.cases import as_link, read_cases
from himaya.law.exact import Exact, ExactRagged, exact, exact_population
from himaya.law.parameters import EPOCH, day_number
from himaya.legislation import france
from himaya.legislation.france import system

EVERYTHING = list(system.versions)
QUARTERS_BY_YEAR = ("assimilated_quarters", "other_schemes_quarters")
VALUES = [name for name in EVERYTHING if system.shapes[name].axis is None]
LAW_DATES = [date(2004, 7, 1), date(2010, 12, 31), date(2023, 8, 31), date(2026, 8, 31), date(2026, 11, 1)]

DOUBTFUL = {
    "increase_beyond_duration",
    "ages.required_of_all",
    "insurance.validating_wage",
    "salary.by_whole_years",
    "salary.ceiling",
    "salary.revaluation",
    "salary.years_for_children",
    "minimum_pension.ceiling",
    "minimum_pension.increased",
    "minimum_pension.simple",
    "old_age.cent",
    "revaluation.cent",
    "survivor.dependent_child",
    "survivor.lowest_pension",
    "survivor.share_raise",
    "survivor.supplement_ceiling",
}


@pytest.mark.parametrize("number", range(len(LAW_DATES)))
def test_arrays_agree_with_exact_fractions(number):
    """Every rule, to the last digit, with availability and doubts; careers by year too."""
    on = LAW_DATES[number]
    known = date(2010, 1, 1) if number == 1 else None
    rng = np.random.default_rng([2026, number])
    people = [person(rng) for _ in range(80)]
    together = evaluate(system, EVERYTHING, as_arrays(people), on=on, known=known)
    for i, one in enumerate(people):
        judged = exact(system, EVERYTHING, one, on=on, known=known)
        for target in EVERYTHING:
            result, judge = together[target], judged[target]
            if isinstance(judge, ExactRagged):
                first = int(result.offsets[i])
                for place, each in judge.elements.items():
                    same(result, first + place, each, (target, i, place, one))
            else:
                assert isinstance(judge, Exact)
                same(result, i, judge, (target, i, one))


def same(result, index, judge, case):
    assert result.available[index] == (judge.value is not None), case
    if judge.value is not None:
        assert result.exact.fraction(index) == judge.value, case
        assert set(result.unverified_because(index)) == judge.doubts, case


OF_THE_DECEASED = ("spouse_died", "deceased_pension", "deceased_surcote", "deceased_quarters")


def test_survivors_have_their_pension_from_the_career_of_the_deceased():
    """Couples by the link, in three evaluations; and the same as from amounts that are given."""
    rng = np.random.default_rng(17)
    on = LAW_DATES[-1]
    people = [{n: v for n, v in person(rng).items() if n not in OF_THE_DECEASED} for _ in range(60)]
    for one in people[::2]:
        one["died"] = one["died"] or day_number(date(2012, 5, 10)) + int(rng.integers(0, 5_000))
    rows = [(i, i - 1) for i in range(1, len(people), 2)]
    arrays = as_arrays(people) | {"spouse": as_link(rows)}
    targets = [*OF_THE_DECEASED, "survivor_pension"]
    together = evaluate(system, targets, arrays, on=on)
    columns = {name: [p[name] for p in people] for name in people[0]}
    judged = exact_population(
        system,
        targets,
        columns,
        {"spouse": [(*row, None, None) for row in rows]},
        {"person": len(people)},
        on=on,
    )
    for target in targets:
        for i, judge in enumerate(judged[target].values):
            same(together[target], i, judge, (target, i, people[i], people[i - 1]))
    for i in (1, 7, 31):
        node = explain(system, "survivor_pension", arrays, on=on, index=i)
        assert node.value == together["survivor_pension"].exact.fraction(i)
    known = [together[name].exact.fraction(i) for i, _ in rows for name in ("deceased_pension",)]
    assert sum(each is not None for each in known) > 15
    for i, _ in rows:
        amounts = {name: together[name].exact.fraction(i) for name in OF_THE_DECEASED}
        given = {name: None if value is None else int(value) for name, value in amounts.items()}
        alone = explain(system, "survivor_pension", people[i] | given, on=on)
        assert alone.value == together["survivor_pension"].exact.fraction(i)


def test_one_person_agrees_with_arrays():
    rng = np.random.default_rng(7)
    people = [person(rng) for _ in range(25)]
    together = evaluate(system, VALUES, as_arrays(people), on=LAW_DATES[-1])
    for i, one in enumerate(people):
        for target in ("monthly_pension", "surcote_rate", "survivor_pension"):
            node = explain(system, target, one, on=LAW_DATES[-1])
            assert node.value == together[target].exact.fraction(i)
            if node.value is not None:
                assert node.unverified_because == together[target].unverified_because(i)


def test_an_explanation_says_ages_and_cohorts_as_people_do():
    one = {**person(np.random.default_rng(5)), "birth_date": date(1964, 5, 1), "award_from": None}
    node = explain(system, "legal_age", one, on=date(2026, 11, 1))
    lines = [line.replace("\u00a0", " ") for line in node.render("en")]
    assert lines[0].startswith("Legal age: 62 years 9 months [")
    assert "Legal age: 62 years 9 months (for 1 May 1964, since 1 September 2026" in lines[1]
    document = node.to_dict()
    assert (document["value"], document["unit"]) == (753, "months of age")
    assert document["parameters"][0]["value"]["1963-01-01"] == 753, "days in JSON, not their numbers"


def test_reference_wage_against_a_plain_oracle():
    """The mean of the best years, written once more without the engine, for 2,000 careers."""
    rng = np.random.default_rng(11)
    people = [p for p in (person(rng) for _ in range(2_400)) if p["award_from"] is not None]
    result = evaluate(system, ["reference_wage"], as_arrays(people), on=LAW_DATES[-1])["reference_wage"]
    found = [result.exact.fraction(i) for i in range(len(people))]
    assert found == [reference_wage(one) for one in people]
    assert sum(each is not None for each in found) > 1_200


def reference_wage(one):
    """Sort the years that count, take the best, divide by how many they are; centimes a year."""
    year, month = divmod(one["award_from"], 12)
    award = date(year, month + 1, 1)
    born = one["birth_date"]
    coefficients = series("revaluation").at(award).value
    kept = []
    for each, wage in zip(one["years"], one["wages"], strict=True):
        january = date(each, 1, 1)
        enough = system.parameter("insurance.validating_wage").at(january).value
        if (
            not 1948 <= each < year
            or wage == 0
            or (award >= date(2004, 1, 1) and wage + Fraction(1, 2) < enough)
        ):
            continue
        capped = min(Fraction(wage), series("ceiling").at(january).value)
        euros = floor(capped * coefficients.amount(each) / 100 + Fraction(1, 2))
        kept.append(euros * 100)
    wanted = int(series("best_years").at(award).value.amount(born))
    if award >= date(2026, 9, 1) and one["woman"]:
        wanted -= min(one["children"], 2)
    best = sorted(kept, reverse=True)[:wanted]
    return Fraction(sum(best), len(best)) if best else None


def series(name):
    return system.parameter(f"salary.{name}")


@pytest.mark.parametrize("francs", range(4))
def test_pay_in_whole_francs_has_the_quarters_of_the_law_in_francs(francs):
    """R. 351-9 divides francs: the cent to which a pay was converted since gives the same quarters, on both sides."""
    rate, thresholds = Fraction("6.55957"), system.parameter("insurance.validating_wage")
    years = list(range(1960, 2002))
    amounts = [thresholds.at(date(year, 1, 1)).value / 100 * rate for year in years]
    assert [amounts[years.index(year)] for year in (1960, 1979, 2001)] == [Fraction("180.95"), 2262, 8404]
    for pay in ([-(-amount * (francs + 1) // 1) + more for amount in amounts] for more in (-1, 0)):
        cents = [floor(each / rate * 100 + Fraction(1, 2)) for each in pay]
        one = {"years": years, "wages": cents}
        law = [floor(each / amount) for each, amount in zip(pay, amounts, strict=True)]
        assert set(law) == ({francs} if pay[0] < amounts[0] * (francs + 1) else {francs + 1})
        found = exact(system, ["pay_quarters"], one, on=LAW_DATES[-1])["pay_quarters"]
        assert [each.value for each in found.elements.values()] == law


def test_best_years_by_cohort_in_the_oracle_are_those_of_the_decree():
    award = date(2012, 1, 1)
    for year in range(1920, 1960):
        expected = min(max(10, year - 1923), 25)
        scale = series("best_years").at(award).value
        assert scale.amount(day_number(date(year, 1, 1))) == expected
        assert scale.amount(day_number(date(year, 12, 31))) == expected


def test_past_wages_begin_with_the_increase_of_the_next_year():
    """The coefficients were worked back from those of 2026 through thirty years: there they meet the increases."""
    increases = (
        "1.02 1.012 1.025 1.012 1.011 1.012 1.005 1.022 1.022 1.015 1.017 1.02 1.018 1.018 1.011 1.008 1.01"
    )
    increases += " 1.009 1.021 1.021 1.013 1 1.001 1 1.008 1.015 1.01 1.004 1.011 1.048 1.053 1.022 1.009"
    found = [series("revaluation").at(date(y + 1, 1, 1)).value.amount(y) for y in range(1993, 2026)]
    assert found == [Fraction(each) for each in increases.split()]


@pytest.mark.parametrize("name", ["lowest_pension", "supplement_ceiling", "dependent_child"])
def test_amounts_that_the_cnav_publishes_after_each_increase_follow_the_coefficients(name):
    """From 2004 or 2010 to 2026 every increase is to the cent below, never to the nearest."""
    values = system.parameter(f"survivor.{name}").values
    published = {each.since: each.value for each in values if each.since >= date(2004, 1, 1)}
    increases = {each.since: each.value for each in system.parameter("revaluation.coefficient").values}
    increases[date(2020, 1, 1)] = Fraction("1.01")
    first = min(published)
    amount = published[first]
    for day in sorted(each for each in increases if first < each < date(2027, 1, 1)):
        amount = floor(amount * increases[day])
        assert amount == published[day], day


def test_years_without_assimilated_quarters_need_not_be_said():
    """Quarters of each year that nobody gives are none, for one person and for many."""
    rng = np.random.default_rng(5)
    people = [person(rng) for _ in range(40)]
    plain = [{name: value for name, value in one.items() if name not in QUARTERS_BY_YEAR} for one in people]
    zeros = [one | {name: [0] * len(one["years"]) for name in QUARTERS_BY_YEAR} for one in plain]
    given, unsaid = (
        evaluate(system, ["all_quarters"], as_arrays(p), on=LAW_DATES[-1])["all_quarters"]
        for p in (zeros, plain)
    )
    assert given.values.tolist() == unsaid.values.tolist()
    for i, one in enumerate(plain):
        assert exact(system, ["all_quarters"], one, on=LAW_DATES[-1])["all_quarters"].value == given.values[i]
        assert explain(system, "all_quarters", one, on=LAW_DATES[-1]).value == given.values[i]


def test_what_is_not_verified_is_known_by_name():
    assert set(system.unverified) == DOUBTFUL
    assert all(each.note["en"] for doubts in system.unverified.values() for each in doubts), "each says why"


def test_every_parameter_is_read_by_a_rule():
    read = set().union(*system.reads.values())
    written = {p.name for group in system.groups.values() for p in group.parameters.values()}
    assert written == read


def test_every_rule_has_a_hand_worked_case():
    """A rule counts as worked by hand if a case expects it, or expects something that rests on it."""
    folder = Path(__file__).parents[1] / "spec" / "france"
    expected = {name for case in read_cases(folder) for name in case.expect}
    covered = {rule.name for rule in system.needed(sorted(expected), date(2026, 10, 31))}
    assert covered == set(system.versions)


def test_series_end_instead_of_being_extrapolated():
    for name in (
        "salary.ceiling",
        "salary.revaluation",
        "insurance.validating_wage",
        "minimum_pension.simple",
        "revaluation.coefficient",
    ):
        parameter = system.parameter(name)
        assert parameter.dated(date(2026, 12, 31)) is not None
        assert parameter.dated(date(2027, 1, 1)) is None, name


def test_a_reform_is_not_known_before_it_was_decided():
    born, award = np.array([day_number(date(1964, 5, 16))]), np.array([(2027 * 12) + 2])
    inputs = {**as_arrays([person(np.random.default_rng(1))]), "birth_date": born, "award_from": award}
    for known, months in (
        (None, 753),
        (date(2025, 12, 29), 756),
        (date(2023, 4, 13), 744),
        (date(2010, 1, 1), 720),
    ):
        result = evaluate(system, ["legal_age"], inputs, on=date(2026, 11, 1), known=known)
        assert result["legal_age"].values.tolist() == [months]


def test_scales_by_cohort_begin_before_anyone_living():
    for group in system.groups.values():
        for parameter in group.parameters.values():
            for dated in parameter.values:
                if parameter.by and parameter.by.name == "date" and dated.value is not None:
                    assert EPOCH.toordinal() + dated.value.thresholds[0] <= date(1900, 1, 1).toordinal()


def test_an_explanation_names_the_best_years_their_revalued_pay_and_the_number_of_this_cohort():
    """25 of 42 years count; an insured person and a lawyer want to see which, at what value, and why 25."""
    jeanne = {"born": date(1963, 3, 1), "award": "2026-10", "career": [[1984, 2025, 24_000]]}
    node = explain(france.system, "reference_wage", france.person_of(jeanne), on=date(2026, 10, 1))
    assert node.axis == "year"
    assert len(node.evidence) == len(node.chosen.values) == 25
    assert sum(node.chosen.values.values()) / 25 == node.value
    wages = next(child for child in node.children if child.name == "revalued_wages").value
    assert sorted(node.chosen.values.values()) == sorted(wages)[-25:]
    document = node.to_dict()
    assert document["used"] == [1984 + at for at in node.evidence]
    assert document["chosen"][0] == int(wages[node.evidence[0]])
    text = plain("\n".join(node.render("fr"))).replace("\u202f", " ").replace("\u00a0", " ")
    assert "années retenues (25 années) : 1984\u20132008" in text
    assert "Salaires revalorisés par année : 1984 : 31 279,00 € par an ; 1985 :" in text
    assert "25 ans (pour le 1er mars 1963, depuis le 1er janvier 1994" in text
    assert "Salaires annuels au régime général : 42 années" in text
    assert "mois" not in text.split("Mois d'effet")[0]
    assert "1er janvier 1934" not in text, (
        "the cohorts of others are in the law, not in this person's explanation"
    )
