"""The cost of a reform by branch, over populations so small that it can be added up by hand."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from himaya import reform
from himaya.legislation import branches_of, countries, system_of, uncosted_of
from himaya.reform import store

ON = date(2026, 10, 1)


def months(first, last):
    """The first days of the months from one to another, both included."""
    found = []
    while first <= last:
        found.append(first)
        first = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return found


def person(first=date(2020, 1, 1), last=ON, wage=5_000.0, **more):
    """Somebody with 26 days and the same pay in each month from one to another."""
    declared = months(first, last) if first else []
    known = {
        "birth_date": date(1985, 5, 5),
        "months": declared,
        "days": [26] * len(declared),
        "wages": [wage] * len(declared),
        "work_ceased": False,
    }
    return known | more


KINDS = {
    "orphan_birth_dates": pa.list_(pa.date32()),
    "spouse_remarried_on": pa.list_(pa.date32()),
    "child_birth_dates": pa.list_(pa.date32()),
    "months": pa.list_(pa.date32()),
    "days": pa.list_(pa.int64()),
    "wages": pa.list_(pa.float64()),
}


@pytest.fixture
def cost(tmp_path):
    """The impact of changed parameters (or of an overlay file) on persons."""

    def run(persons, changes, on=ON, years=1, country="morocco"):
        names = list(dict.fromkeys(name for each in persons for name in each))
        columns = {
            name: pa.array(
                [each.get(name, [] if name in KINDS else None) for each in persons], KINDS.get(name)
            )
            for name in names
        }
        pq.write_table(pa.table(columns), tmp_path / "persons.parquet")
        overlay = changes
        if isinstance(changes, str):
            overlay = tmp_path / "reform.yaml"
            overlay.write_text(f"country: {country}\nparameters:\n{changes}", encoding="utf-8")
        return reform.of_table(
            tmp_path / "persons.parquet", overlay, country=country, law_date=on, years=years
        )

    return run


def totals(impact):
    """Dirhams before and after by branch of the first year."""
    year = impact.costs[0].day.year
    return {
        each.branch: (each.before / 100, each.after / 100) for each in impact.costs if each.day.year == year
    }


def uncosted(impact):
    return {each.name: each.missing or each.years for each in impact.uncosted}


PENSIONER = person(
    date(1990, 1, 1),
    date(2009, 12, 1),
    1_000.0,
    birth_date=date(1955, 5, 5),
    work_ceased=True,
    awarded_from=date(2021, 6, 1),
)
INVALID = person(date(2010, 1, 1), date(2018, 12, 1), 1_500.0, invalid_from=date(2019, 1, 15))
"""1,500 by 50 % is below the minimum of 1,000, which had the least increase of 2020: 100."""
DECEASED = PENSIONER | {
    "death_date": date(2026, 1, 10),
    "orphan_birth_dates": [date(2018, 1, 1)],
    "spouse_remarried_on": [None],
}


def test_the_minimum_costs_in_each_branch_that_rests_on_it(cost):
    found = cost([PENSIONER, INVALID, DECEASED], reform.shipped()["minimum-at-smig"])
    # A spouse and an orphan have 50 % and 25 % of the pension; the dead have none themselves.
    assert totals(found) == {
        "old_age": (12 * 1_000, 12 * 3_422.72),
        "survivors": (12 * 750, 12 * (1_711.36 + 855.68)),
        "invalidity": (12 * 1_100, 12 * 3_422.72),
    }
    assert (found.winners, found.losers, found.affected) == (3, 0, 3)
    assert found.yearly_change == sum(each.change for each in found.costs)
    assert {each.name for each in found.examples[0].changes if each.cause != "result"} == {
        "old_age.minimum_pension"
    }


def test_who_is_invalid_has_no_old_age_pension_beside(cost):
    both = INVALID | {"birth_date": date(1962, 1, 1), "work_ceased": True, "invalid_from": date(2019, 1, 15)}
    found = cost([both | {"awarded_from": date(2022, 2, 1)}], reform.shipped()["minimum-at-smig"])
    assert totals(found) == {"old_age": (0, 0), "invalidity": (12 * 1_100, 12 * 3_422.72)}


def test_what_the_data_cannot_cost_is_named_with_what_they_lack(cost):
    found = cost([PENSIONER], reform.shipped()["minimum-at-smig"])
    assert uncosted(found)["survivors"] == ("death_date", "spouse_remarried_on", "orphan_birth_dates")
    assert uncosted(found)["invalidity"] == ("invalid_from",)
    document = found.as_dict()["uncosted"]
    assert {"survivors", "invalidity"} <= {each["branch"] for each in document}


FLAT_AID = '  direct_aid.flat_aid:\n    - {from: 2026-01-01, value: 600, article: "étude"}\n'


def test_a_reform_that_cannot_be_costed_at_all_is_refused_with_what_lacks(cost):
    with pytest.raises(reform.ReformError, match="can be costed") as refused:
        cost([PENSIONER], FLAT_AID)
    assert "Direct social aid: the data lack social_score, household" in str(refused.value.why)


def test_direct_aid_is_paid_by_household_to_its_head(cost):
    def member(household, score, born, head, region):
        return {
            "birth_date": born,
            "household": household,
            "social_score": score,
            "head_or_spouse": head,
            "region": region,
        }

    rows = [
        member("A", 9.0, date(2015, 1, 1), False, "Souss"),
        member("B", 9.0, date(1950, 1, 1), True, "Oriental"),
        member("A", 9.0, date(1985, 1, 1), True, "Souss"),  # apart from the child of the same household
        member("C", 9.9, date(1950, 1, 1), True, "Oriental"),  # above the threshold
    ]
    found = cost(rows, FLAT_AID)
    # One child at school age, not at school, and no child: 500 a household, then 600.
    assert totals(found) == {"direct_aid": (12 * 1_000, 12 * 1_200)}
    assert (found.winners, found.costs[0].persons_after) == (2, 2)
    assert sorted(each.age for each in found.examples) == [41, 76]
    assert {each.name: each.before for each in found.groups["place"]} == {"Oriental": 50_000, "Souss": 50_000}
    causes = [each for each in found.examples[0].changes if each.cause == "parameter"]
    assert [(each.name, each.before, each.after) for each in causes] == [
        ("direct_aid.flat_aid", 50_000, 60_000)
    ]
    with pytest.raises(Exception, match="members of household A do not have the same social_score"):
        cost([*rows, member("A", 8.0, date(2010, 1, 1), False, "Souss")], FLAT_AID)


def test_family_allowances_are_costed_as_long_as_pay_is_declared(cost):
    parent = person(child_birth_dates=[date(2020, 1, 1), date(2022, 1, 1)])
    allowance = (
        '  family.allowance:\n    - {from: 2026-07-01, value: {1: 400, 4: 36, 7: 0}, article: "étude"}\n'
    )
    found = cost([parent, person()], allowance, years=2)
    # Two children at 300 a month, and from July at 400.
    assert totals(found) == {"family_allowances": (12 * 600, 6 * 600 + 6 * 800)}
    assert uncosted(found)["family_allowances"] == (2027,)
    causes = [each for each in found.examples[0].changes if each.cause == "parameter"]
    assert [(each.before, each.after) for each in causes] == [(30_000, 40_000)], "of their ranks, not of all"


RATE = '  {}:\n    - {{from: 2026-04-01, value: {}, article: "étude"}}\n'


def test_what_is_paid_once_counts_in_the_year_of_its_event_from_when_the_reform_holds(cost):
    loss = {"loss_involuntary": True, "job_seeker": True}
    lost = [
        person(date(2020, 1, 1), date(2026, 2, 1), 3_600.0, lost_on=date(2026, 3, 1), **loss),
        person(date(2020, 1, 1), date(2026, 5, 1), 3_600.0, lost_on=date(2026, 6, 1), **loss),
        person(date(2020, 1, 1), date(2025, 5, 1), 3_600.0, lost_on=date(2025, 6, 1), **loss),
        person(),
    ]
    found = cost(lost, RATE.format("job_loss.rate", 90), years=2)
    # 70 % of 3,600 for six months; 90 % for the second, who lost work after April.
    assert totals(found) == {"job_loss": (2 * 6 * 2_520, 6 * 2_520 + 6 * 3_240)}
    assert (found.winners, found.examples[0].after) == (1, 6 * 324_000 // 12)
    assert uncosted(found)["job_loss"] == (2027,)


def test_sickness_and_maternity_are_told_apart(cost):
    stopped = {"stopped_on": date(2026, 6, 1)}
    rows = [
        person(wage=3_000.0, **stopped, sick_until=date(2026, 6, 13)),
        person(wage=3_000.0, **stopped, delivered_on=date(2026, 6, 10)),
    ]
    found = cost(rows, RATE.format("maternity.rate", 50))
    # 6 x 3,000 / 180 = 100 a day, 98 days.
    assert totals(found) == {"maternity": (9_800, 4_900)}
    found = cost(rows, RATE.format("sickness.waiting_days", 0))
    # Two thirds of 100, ten of thirteen days.
    assert totals(found) == {"sickness": (666.7, 866.71)}


def test_contributions_are_revenue_of_the_months_declared(cost):
    found = cost([person(wage=5_000.0)], RATE.format("contributions.training_employer", 2.6))
    found_before, found_after = totals(found)["employer_contributions"]
    # 1.6 % of 5,000, and one point more from April to October.
    assert found_after - found_before == 7 * 50
    assert found.costs[0].revenue
    assert found.yearly_change == -7 * 5_000
    assert found.affected == 0


def test_a_year_in_which_the_reform_begins_costs_its_months(cost):
    since_september = RATE.format("old_age.minimum_pension", 2_000).replace("2026-04-01", "2026-09-01")
    for on, day in ((date(2026, 3, 1), date(2026, 9, 1)), (ON, ON)):
        found = cost([PENSIONER], since_september, on=on, years=2)
        assert [(each.day.year, each.months, each.change / 100) for each in found.costs] == [
            (2026, 4, 4 * 1_000),
            (2027, 12, 12 * 1_000),
        ]
        assert (found.day, found.whole_year, found.yearly_change) == (day, 2027, 12 * 100_000)
        assert found.winners == 1, "told of the day on which the reform holds"


def test_years_before_the_reform_show_no_change_and_say_so(cost):
    from himaya import language
    from himaya.reform.wording import premises

    next_year = RATE.format("old_age.minimum_pension", 2_000).replace("2026-04-01", "2027-01-01")
    found = cost([PENSIONER], next_year, years=2)
    assert [(each.months, each.change / 100) for each in found.costs] == [(0, 0), (12, 12 * 1_000)]
    assert (found.day, found.winners, found.whole_year) == (date(2027, 10, 1), 1, 2027)
    assert "La réforme ne s'applique qu'à partir du 1er janvier 2027" in " ".join(
        language.plain(line).replace("\u00a0", " ") for line in premises(found, "fr")
    )


def test_the_french_survivors_are_costed(cost):
    survivor = {
        "birth_date": date(1955, 1, 1),
        "years": [],
        "wages": [],
        "survivor_from": date(2026, 2, 1),
        "spouse_died": date(2026, 1, 5),
        "deceased_pension": 1_000.0,
    }
    lists = {"years": pa.list_(pa.int64()), "wages": pa.list_(pa.float64())}
    KINDS.update(lists)
    share = RATE.format("survivor.share", 60).replace("2026-04-01", "2026-01-01")
    found = cost([survivor, survivor | {"survivor_from": None}], share, country="france")
    # 54 % or 60 %, and 11.1 % of it for who has the age of the full rate.
    assert totals(found) == {"survivors": (pytest.approx(12 * 599.94), pytest.approx(12 * 666.6))}
    assert found.costs[0].persons_after == 1


def test_a_reform_that_changes_no_amount_is_refused(cost):
    with pytest.raises(reform.ReformError, match="changes no amount of the law of Morocco"):
        cost([PENSIONER], RATE.format("old_age.minimum_pension", 1_000))


def test_what_no_branch_pays_is_named_too(cost):
    with pytest.raises(reform.ReformError, match="can be costed") as refused:
        cost([PENSIONER], RATE.format("death_grant.daily_wages", 90))
    assert "'death_grant_paid': no branch that is costed pays it" in str(refused.value.why)


def test_a_rule_that_pays_somebody_else_is_refused(cost, tmp_path):
    (tmp_path / "aid.py").write_text(
        "from himaya.law import rule\n"
        "from himaya.legislation.morocco.inputs import MAD_A_MONTH\n\n"
        "@rule(article='étude', unit=MAD_A_MONTH)\n"
        "def household_aid(direct_aid):\n"
        '    """The same for each."""\n'
        "    return direct_aid.flat_aid\n",
        encoding="utf-8",
    )
    overlay = tmp_path / "aid.yaml"
    overlay.write_text("country: morocco\nrules: aid.py\n", encoding="utf-8")
    with pytest.raises(reform.ReformError, match=r"household_aid .* of a person, .* of a household"):
        cost([PENSIONER], overlay)


def test_a_fund_has_the_contributions_of_its_months(fund, tmp_path):
    overlay = tmp_path / "rate.yaml"
    rate = RATE.format("contributions.training_employer", 2.6)
    overlay.write_text(f"country: morocco\nparameters:\n{rate}", encoding="utf-8")
    found = fund.reform(overlay, law_date=ON, years=2)
    (of_year,) = (each for each in found.costs if each.change)
    assert (of_year.branch, of_year.day.year, of_year.revenue) == ("employer_contributions", 2026, True)
    assert found.yearly_change == -of_year.change < 0
    assert (found.affected, found.examples) == (0, ())


FOLLOWING = {"monthly_pension", "survivor_pension", "total_contributions", "job_loss_allowance"}
"""Amounts of the first month, or over the whole career, of what a branch pays by the month."""


@pytest.mark.parametrize("country", countries())
def test_every_amount_at_the_end_of_the_law_is_of_a_branch_or_said_to_be_of_none(country):
    law = system_of(country)
    used = {name for rules in law.versions.values() for each in rules for name in each.arguments}
    ends = {name for name, rules in law.versions.items() if name not in used and rules[0].unit.currency}
    branches = branches_of(country)
    targets = {each.target for each in branches.values()}
    assert targets <= law.versions.keys()
    assert ends - FOLLOWING <= targets | set(uncosted_of(country))
    for each in branches.values():
        known = law.inputs.keys() | law.versions.keys()
        assert {name for name in (each.event, each.until, *each.asks) if name} <= known


def test_a_fund_carries_the_inputs_that_it_is_said_to(fund, monkeypatch):
    from himaya.reform import population

    seen = []

    def spied(people, *rest, **more):
        seen.append(tuple(people.inputs))
        return population.apply_both(people, *rest, **more)

    monkeypatch.setattr(store, "apply_both", spied)
    fund.reform(reform.shipped()["minimum-at-smig"], law_date=ON, years=1)
    assert set(seen) == {store.GIVEN}
