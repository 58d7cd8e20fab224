"""Careers and their monthly sums, from rows of the career table."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from career_cases import DAYS, declared, declared_row, deliveries, funds, month, monthly_of, on, standing_on
from hypothesis import given, settings
from hypothesis import strategies as st

from himaya.career import (
    RECORDS,
    CareerInvalid,
    Careers,
    CareerUnsorted,
    CeilingUnknown,
    Monthly,
    PersonUnknown,
    resolve,
)
from himaya.months import first_day, month_of


def career(*rows):
    return resolve(declared(*rows), deliveries())


TWO_PERSONS = career(
    declared_row("2025-12", person=7, employer=1, days=26, wage=400_000, line=1),
    declared_row("2026-01", person=7, employer=1, days=20, wage=310_000, line=2),
    declared_row("2026-01", person=7, employer=2, days=13, wage=150_000, line=3, record="E04"),
    declared_row("2026-01", person=9, employer=2, days=26, wage=900_000, line=4),
)


def test_each_person_owns_a_slice():
    careers = Careers.from_table(TWO_PERSONS)
    assert len(careers) == 2
    assert careers.person_keys.tolist() == [7, 9]
    assert careers.offsets.tolist() == [0, 3, 4]
    assert [first_day(m) for m in careers.month] == [month("2025-12"), *[month("2026-01")] * 3]
    assert careers.employer.tolist() == [1, 1, 2, 2]
    assert [RECORDS[code] for code in careers.record] == ["B02", "B02", "E04", "B02"]
    assert careers.line.tolist() == [1, 2, 3, 4]


def test_one_person_is_a_view_of_the_same_arrays():
    careers = Careers.from_table(TWO_PERSONS)
    one = careers.person(7)
    assert (one.offsets.tolist(), one.wage.tolist()) == ([0, 3], [400_000, 310_000, 150_000])
    assert np.shares_memory(one.wage, careers.wage)


def test_an_unknown_person_is_named():
    with pytest.raises(PersonUnknown, match="person 8 has no career"):
        Careers.from_table(TWO_PERSONS).person(8)


def test_arrays_are_views_of_the_arrow_buffers():
    table = TWO_PERSONS.combine_chunks()
    wages = table["wage"].chunk(0).to_numpy()
    assert np.shares_memory(Careers.from_table(table).wage, wages)
    assert np.shares_memory(Careers.from_table(table, on("2026-03-01")).wage, wages)


def test_careers_as_they_were_known_on_a_day():
    corrected = career(
        declared_row(days=10, delivery=1, known="2026-02-10"),
        declared_row(days=26, delivery=2, known="2026-03-01"),
    )
    assert Careers.from_table(corrected, on("2026-02-09")).days.tolist() == []
    assert Careers.from_table(corrected, on("2026-02-28")).days.tolist() == [10]
    assert Careers.from_table(corrected, on("2026-03-01")).days.tolist() == [26]
    assert Careers.from_table(corrected).days.tolist() == [26]


def test_a_month_adds_up_all_employers_and_counts_at_most_26_days():
    monthly = Careers.from_table(TWO_PERSONS).monthly()
    assert monthly.offsets.tolist() == [0, 2, 3]
    assert monthly.days.tolist() == [26, 26, 26]
    assert monthly.wage.tolist() == [400_000, 460_000, 900_000]
    assert monthly.employers.tolist() == [1, 2, 1]
    assert monthly.elements.tolist() == [0, 1, 3, 4]


def test_an_empty_bucket_is_no_special_case():
    monthly = Monthly.from_table(career())
    assert (len(monthly), monthly.offsets.tolist(), monthly.elements.tolist()) == (0, [0], [0])
    assert monthly.capped(np.array([0], np.int32), np.array([1])).tolist() == []


def test_wages_are_capped_by_the_ceiling_of_their_month():
    since = np.array([month_of(date(1993, 2, 1)), month_of(date(2026, 1, 1))], np.int32)
    ceilings = np.array([300_000, 450_000])
    assert Monthly.from_table(TWO_PERSONS).capped(since, ceilings).tolist() == [300_000, 450_000, 450_000]


def test_no_ceiling_is_invented_for_an_earlier_month():
    since = np.array([month_of(date(2026, 1, 1))], np.int32)
    with pytest.raises(CeilingUnknown, match="person 7: no ceiling is known for 2025-12"):
        Monthly.from_table(TWO_PERSONS).capped(since, np.array([450_000]))


def test_persons_out_of_order_are_refused():
    with pytest.raises(CareerUnsorted, match="person 7 stands after person 9"):
        Careers.from_table(TWO_PERSONS.take([3, 0]))


def test_months_out_of_order_are_refused():
    with pytest.raises(CareerUnsorted, match="career of person 7: month 2025-12 stands after a later one"):
        Monthly.from_table(TWO_PERSONS.take([1, 0, 3]))


def test_a_month_beyond_the_calendar_is_refused():
    strange = TWO_PERSONS.set_column(1, "month", pa.array([date(1492, 1, 1)] * 4))
    with pytest.raises(CareerInvalid, match="no month between 1900 and 2100"):
        Careers.from_table(strange)


@settings(deadline=None)
@given(funds(), st.sampled_from([*DAYS, None]))
def test_monthly_sums_agree_with_the_oracle_on_every_day(fund, day):
    rows, sent = fund
    monthly = Monthly.from_table(resolve(rows, sent), day)
    found = {
        (int(monthly.person_keys[p]), first_day(int(monthly.month[i]))): (
            int(monthly.days[i]),
            int(monthly.wage[i]),
            int(monthly.employers[i]),
        )
        for p in range(len(monthly))
        for i in range(monthly.offsets[p], monthly.offsets[p + 1])
    }
    assert found == monthly_of(standing_on(rows.to_pylist(), sent.to_pylist(), day or date.max))


@settings(deadline=None)
@given(funds(), st.sampled_from([*DAYS, None]), st.integers(1, 5))
def test_the_fast_way_gives_the_same_sums_as_the_careers_whatever_the_chunks(fund, day, size):
    table = resolve(*fund)
    chunks = [table.slice(at, size) for at in range(0, max(1, table.num_rows), size)]
    fast = Monthly.from_table(pa.concat_tables(chunks), day)
    careful = Careers.from_table(table, day).monthly()
    for name in ("person_keys", "offsets", "month", "days", "wage", "elements"):
        assert np.array_equal(getattr(fast, name), getattr(careful, name))


def test_a_month_beyond_the_calendar_is_refused_on_the_fast_way_too():
    strange = TWO_PERSONS.set_column(1, "month", pa.array([date(1492, 1, 1)] * 4))
    with pytest.raises(CareerInvalid, match="no month between 1900 and 2100"):
        Monthly.from_table(strange)


def test_persons_out_of_order_are_refused_on_the_fast_way_too():
    with pytest.raises(CareerUnsorted, match="person 7 stands after person 9"):
        Monthly.from_table(TWO_PERSONS.take([3, 0]))
