"""Who is on which list: a tiny bucket, one person a case, under the law of Morocco on 1 October 2026."""

from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from himaya.career import Careers
from himaya.contract import table_specs
from himaya.legislation import morocco
from himaya.months import month_of
from himaya.rights.lists import Rights, check_date
from himaya.rights.model import RunError
from himaya.rights.people import People
from himaya.rights.store import extracted

LAW = date(2026, 10, 1)
KNOWN = date(2026, 10, 20)
OBSERVED = month_of(date(2026, 9, 1))
SPECS = table_specs()


def rows(table, *records):
    """Rows of a table; provenance and what a case does not say are filled in."""
    schema = SPECS[table].schema
    common = {"delivery": 1, "known_from": date(2026, 7, 1)}
    full = [{**dict.fromkeys(schema.names), **common, "line": i, **r} for i, r in enumerate(records, 2)]
    return pa.Table.from_pylist(full, schema=schema) if full else schema.empty_table()


def career(person, first, months, *, days=26, wage=500_000, record="H"):
    return [
        {"person_key": person, "month": date(m // 12, m % 12 + 1, 1), "employer": 1, "days": days, "wage": wage,
         "record": record}
        for m in range(first, first + months)
    ]  # fmt: skip


def judged(register, *, declared=(), deaths=(), pensions=(), paid_month=date(2026, 9, 1), first=None):
    """The law's answer for a bucket of these people; ``first`` is the first month that the fund knows."""
    career_rows = rows("career", *declared)
    people = People.gather(
        register=rows("insured_person", *register),
        deaths=rows("death", *deaths),
        pensions=rows("pension_in_payment", *pensions),
        monthly=Careers.from_table(career_rows, KNOWN).monthly(),
        extracted=extracted(career_rows, KNOWN),
        known_on=KNOWN,
        paid_month=paid_month,
    )
    known = FULL if first is None else first
    return Rights.of(people, morocco.system, on=LAW, known=KNOWN, first=known, observed=OBSERVED)


def person(key, born=date(1960, 3, 15)):
    return {"person_key": key, "birth_date": born, "sex": "F"}


def pension(key, amount, since=date(2021, 1, 1), **more):
    paid = {
        "branch": "old_age",
        "effect_date": since,
        "monthly_amount": amount,
        "paid_month": date(2026, 9, 1),
    }
    return {"person_key": key, **paid, **more}


def listed(table):
    return {row["person_key"]: row for row in table.to_pylist()}


FULL = month_of(date(2008, 1, 1))
"""156 months of 26 days from here end in December 2020: 4,056 days, 53 % of 5,000 MAD."""


def test_entitled_and_not_paid_is_a_right_not_taken_up():
    found = judged([person(1)], declared=career(1, FULL, 156))
    row = listed(found.take_up())[1]
    assert (row["monthly_amount"], row["payable_from"], row["reason"]) == (
        265_000,
        date(2026, 11, 1),
        "full-career",
    )
    assert not row["unverified"]
    assert found.unsupported().num_rows == found.differences().num_rows == 0


def test_paid_what_is_due_is_on_no_list():
    found = judged([person(1)], declared=career(1, FULL, 156), pensions=[pension(1, 265_000)])
    assert found.take_up().num_rows == found.unsupported().num_rows == found.differences().num_rows == 0


@pytest.mark.parametrize(("paid", "reason"), [(264_999, "paid-too-little"), (265_001, "paid-too-much")])
def test_a_centime_is_a_difference(paid, reason):
    found = judged([person(1)], declared=career(1, FULL, 156), pensions=[pension(1, paid)])
    row = listed(found.differences())[1]
    assert (row["due_amount"], row["difference"], row["reason"]) == (265_000, paid - 265_000, reason)


def test_the_dead_have_no_right_to_take_up_and_are_not_to_be_paid_after_the_month_of_death():
    declared = career(1, FULL, 156) + career(2, FULL, 156) + career(3, FULL, 156)
    deaths = [
        {"person_key": 1, "death_date": date(2026, 8, 31)},
        {"person_key": 2, "death_date": date(2026, 9, 1)},
        {"person_key": 3, "death_date": date(2026, 8, 31)},
    ]
    found = judged(
        [person(1), person(2), person(3)],
        declared=declared,
        deaths=deaths,
        pensions=[pension(1, 265_000), pension(2, 265_000)],
    )
    row = listed(found.unsupported())
    assert set(row) == {1}  # the second died in the month that was paid
    assert (row[1]["reason"], row[1]["since"]) == ("paid-after-death", date(2026, 9, 1))
    assert found.take_up().num_rows == 0
    told = listed(found.entitlements())[1]
    assert (told["status"], told["monthly_amount"]) == ("deceased", None)


@pytest.mark.parametrize(
    ("who", "declared", "reason"),
    [
        (person(1, date(1970, 1, 2)), career(1, FULL, 156), "age-not-reached"),
        (person(1), career(1, FULL, 40), "too-few-days"),
        (person(1, date(1966, 1, 2)), career(1, FULL, 40), "refund-due"),
    ],
)
def test_paid_without_the_right_names_what_is_missing(who, declared, reason):
    since = date(2026, 2, 1) if reason == "refund-due" else date(2021, 1, 1)
    found = judged([who], declared=declared, pensions=[pension(1, 100_000, since)])
    assert listed(found.unsupported())[1]["reason"] == reason


def test_paid_to_somebody_the_register_does_not_know():
    found = judged([], declared=career(1, FULL, 156), pensions=[pension(1, 265_000)])
    assert listed(found.unsupported())[1]["reason"] == "person-unknown"
    assert listed(found.entitlements())[1]["status"] == "not_evaluated"


def test_paid_twice_by_one_file_is_without_grounds_and_a_correction_is_not():
    declared = career(1, FULL, 156) + career(2, FULL, 156)
    found = judged(
        [person(1), person(2)],
        declared=declared,
        pensions=[
            pension(1, 265_000),
            pension(1, 265_000),
            pension(2, 100_000, delivery=1),
            pension(2, 265_000, delivery=2, known_from=date(2026, 10, 1)),
        ],
    )
    row = listed(found.unsupported())
    assert set(row) == {1}
    assert (row[1]["reason"], row[1]["paid_amount"]) == ("paid-twice", 265_000)
    assert found.differences().num_rows == 0


def test_without_a_pension_file_nobody_is_called_unpaid():
    found = judged([person(1)], declared=career(1, FULL, 156), paid_month=None)
    assert listed(found.entitlements())[1]["status"] == "entitled"
    assert found.take_up().num_rows == 0


LATE = month_of(date(2018, 1, 1))
"""36 months before a pension of 2021: too few days, unless the career began earlier."""


@pytest.mark.parametrize(
    ("born", "record", "reason"),
    [
        (date(1960, 3, 15), "B02", "earlier-career-unknown"),
        (date(1960, 3, 15), "H", "too-few-days"),  # a career extract names the person: there is no more
        (date(2000, 1, 2), "B02", "age-not-reached"),  # what is against the right is not the career
    ],
)
def test_who_may_have_worked_before_the_first_known_month_is_not_said_to_have_too_few_days(
    born, record, reason
):
    declared = career(1, LATE, 36, record=record)
    found = judged([person(1, born)], declared=declared, pensions=[pension(1, 265_000)], first=LATE)
    assert listed(found.unsupported())[1]["reason"] == reason


def test_nor_to_be_paid_too_much():
    declared = career(1, FULL, 156, record="B02")
    found = judged([person(1)], declared=declared, pensions=[pension(1, 300_000)])
    assert listed(found.differences())[1]["reason"] == "earlier-career-unknown"
    found = judged([person(1, date(1990, 1, 2))], declared=declared, pensions=[pension(1, 300_000)])
    assert listed(found.unsupported())[1]["reason"] == "age-not-reached"


def test_who_was_declared_in_the_last_three_observed_months_still_works():
    """Born 1960, at work until June, July 2026: silent for three observed months, and for two."""
    until_june, until_july = month_of(date(2026, 6, 1)), month_of(date(2026, 7, 1))
    declared = career(1, until_june - 155, 156) + career(2, until_july - 155, 156)
    found = judged([person(1), person(2)], declared=declared)
    assert set(listed(found.take_up())) == {1}
    assert listed(found.entitlements())[2]["reason"] == "work-not-ceased"


def test_what_was_received_later_is_not_known():
    late = {**person(1), "known_from": date(2026, 10, 21)}
    found = judged([late], declared=career(1, FULL, 156))
    assert found.take_up().num_rows == 0


def test_a_corrected_birth_date_wins():
    younger = {**person(1, date(1970, 1, 2)), "delivery": 2, "known_from": date(2026, 8, 1)}
    found = judged([person(1), younger], declared=career(1, FULL, 156))
    assert listed(found.entitlements())[1]["reason"] == "age-not-reached"


def test_a_date_before_the_law_is_an_error_and_not_a_fund_without_rights():
    with pytest.raises(RunError, match="says nothing about 1960-01-01"):
        check_date(morocco.system, date(1960, 1, 1), KNOWN)
    for on in (date(1975, 1, 1), date(2010, 6, 15), LAW):
        check_date(morocco.system, on, KNOWN)


def test_an_empty_bucket_has_empty_lists_with_the_columns_of_their_contracts():
    found = judged([])
    for name, table in [
        ("entitlement", found.entitlements()),
        ("take_up", found.take_up()),
        ("unsupported_payment", found.unsupported()),
        ("difference", found.differences()),
    ]:
        assert table.num_rows == 0
        assert [*table.column_names, "publication", "run"] == SPECS[name].schema.names


def test_whoever_is_unverified_is_told_why():
    """1,320 to 3,239 days: how the pension accrues was not found."""
    start = month_of(date(2019, 1, 1))
    found = judged([person(1, date(1963, 3, 2))], declared=career(1, start, 60))
    row = listed(found.entitlements())[1]
    assert (row["insured_days"], row["reason"], row["monthly_amount"]) == (1560, "short-career", 60_000)
    assert row["unverified"]
    assert "pension_of_short_career" in row["unverified_because"]
    assert np.all(found.take_up()["unverified"].to_numpy(zero_copy_only=False))
