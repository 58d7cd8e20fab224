"""What a career says that cannot be so, with the lines of both sides."""

from __future__ import annotations

from datetime import date

import pytest
from career_cases import (
    DAYS,
    contradictions_of,
    death_tables,
    deaths,
    declared,
    declared_row,
    deliveries,
    funds,
    month,
    on,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from himaya.career import KINDS, find_contradictions, resolve
from himaya.codes import catalogue


def found(*rows, died=(), known_on=None):
    career = resolve(declared(*rows), deliveries())
    return find_contradictions(career, deaths(*died), known_on).to_pylist()


def test_two_full_time_declarations_in_one_month():
    rows = [
        declared_row(employer=1, days=26, delivery=1, line=10),
        declared_row(employer=2, days=26, delivery=2, line=20),
    ]
    assert found(*rows) == [
        {
            "person_key": 7,
            "kind": "overlapping-full-time",
            "month": month("2026-01"),
            "employer": 2,
            "other_employer": 1,
            "detail": "days=52",
            "delivery": 2,
            "line": 20,
            "other_delivery": 1,
            "other_line": 10,
        }
    ]


def test_three_full_time_declarations_are_two_contradictions():
    rows = [declared_row(employer=number, days=26, delivery=number) for number in (1, 2, 3)]
    assert [(row["employer"], row["other_employer"]) for row in found(*rows)] == [(2, 1), (3, 1)]


def test_more_than_26_days_over_all_employers_names_the_two_largest():
    rows = [
        declared_row(employer=1, days=5, delivery=1),
        declared_row(employer=2, days=12, delivery=2),
        declared_row(employer=3, days=10, delivery=3),
    ]
    (row,) = found(*rows)
    assert (row["kind"], row["detail"]) == ("days-over-26", "days=27")
    assert (row["employer"], row["other_employer"], row["delivery"], row["other_delivery"]) == (2, 3, 2, 3)


@pytest.mark.parametrize(("first", "second"), [(26, 0), (13, 13), (25, 1)])
def test_exactly_26_days_are_no_contradiction(first, second):
    assert (
        found(declared_row(employer=1, days=first), declared_row(employer=2, days=second, delivery=2)) == []
    )


def test_a_month_after_the_month_of_death():
    rows = [
        declared_row("2026-01", delivery=1, line=4),
        declared_row("2026-02", delivery=2, line=5, known="2026-03-10"),
    ]
    (row,) = found(*rows, died=[(7, "2026-01-15", "2026-02-01")])
    assert (row["kind"], row["month"], row["detail"]) == (
        "declared-after-death",
        month("2026-02"),
        "death=2026-01-15",
    )
    assert (row["delivery"], row["line"], row["other_delivery"], row["other_line"]) == (2, 5, 900, 1)
    assert row["other_employer"] is None


def test_a_corrected_death_counts_as_corrected():
    died = [(7, "2025-06-01", "2026-02-01"), (7, "2026-06-01", "2026-03-01")]
    assert found(declared_row("2026-01"), died=died) == []
    assert len(found(declared_row("2026-01"), died=died, known_on=on("2026-02-15"))) == 1


def test_a_death_not_yet_known_contradicts_nothing():
    died = [(7, "2025-06-01", "2026-05-01")]
    assert found(declared_row("2026-01"), died=died, known_on=on("2026-04-30")) == []


def test_one_delivery_that_names_a_person_twice():
    (row,) = found(declared_row(line=5, days=10), declared_row(line=9, days=12))
    assert (row["kind"], row["detail"]) == ("declared-twice", "days=10 standing=12")
    assert (row["line"], row["other_line"], row["other_employer"]) == (5, 9, None)


def test_a_correction_in_a_later_delivery_is_not_declared_twice_nor_late():
    assert found(declared_row(delivery=1), declared_row(delivery=2, record="E02", known="2026-02-20")) == []


def test_lines_declared_twice_and_then_corrected_no_longer_count():
    rows = [declared_row(line=5), declared_row(line=9), declared_row(delivery=2, known="2026-03-01")]
    assert found(*rows) == []
    assert [row["kind"] for row in found(*rows, known_on=on("2026-02-28"))] == ["declared-twice"]


@pytest.mark.parametrize("record", ["E02", "E04"])
def test_a_month_that_only_a_complementary_declaration_brought(record):
    (row,) = found(declared_row(record=record, delivery=3, line=2))
    assert (row["kind"], row["delivery"], row["line"], row["other_delivery"]) == ("late-month", 3, 2, None)


def test_more_contradictions_than_there_was_room_for_are_all_found():
    rows = [declared_row(person=person, record="E04", line=person + 1) for person in range(5000)]
    assert [row["person_key"] for row in found(*rows)] == list(range(5000))


def test_a_clean_career_and_an_empty_bucket_hold_none():
    assert found(declared_row("2026-01"), declared_row("2026-02")) == []
    assert found() == []


def test_each_kind_is_explained_as_a_finding():
    assert {catalogue()[kind].kind for kind in KINDS} == {"finding"}


@settings(deadline=None)
@given(funds(), death_tables(), st.sampled_from([*DAYS, None]))
def test_the_kernel_agrees_with_the_oracle(fund, died, day):
    rows, sent = fund
    career = resolve(rows, sent)
    ours = [
        (
            row["person_key"],
            row["month"],
            row["kind"],
            (row["delivery"], row["line"]),
            (row["other_delivery"], row["other_line"]),
        )
        for row in find_contradictions(career, died, day).to_pylist()
    ]
    expected = contradictions_of(rows.to_pylist(), sent.to_pylist(), died.to_pylist(), day or date.max)
    assert sorted(ours, key=lambda item: (item[0], item[1], KINDS.index(item[2]), str(item[3]))) == expected
