"""What stands of all that was declared, and between which days."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from career_cases import (
    DAYS,
    age,
    declared,
    declared_row,
    deliveries,
    delivery_row,
    funds,
    on,
    slot,
    standing_on,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from himaya.career import CareerInvalid, resolve

if TYPE_CHECKING:
    import random

NONE = deliveries()


def stood(rows, sent=NONE):
    """(delivery, line) -> (first day it stood, day it ceased to stand)."""
    career = resolve(declared(*rows), sent).to_pylist()
    return {(row["delivery"], row["line"]): (row["known_from"], row["known_until"]) for row in career}


def test_an_uncorrected_line_stands_from_the_day_it_was_received():
    assert stood([declared_row(known="2026-02-10")]) == {(1, 1): (on("2026-02-10"), None)}


def test_a_later_line_supersedes_and_both_are_kept():
    first = declared_row(days=20, delivery=1, known="2026-02-10")
    corrected = declared_row(days=26, delivery=2, known="2026-03-05")
    assert stood([first, corrected]) == {
        (1, 1): (on("2026-02-10"), on("2026-03-05")),
        (2, 1): (on("2026-03-05"), None),
    }


def test_another_employer_another_month_another_person_are_left_alone():
    rows = [
        declared_row(delivery=1),
        declared_row(delivery=2, employer=2),
        declared_row("2026-02", delivery=3),
        declared_row(delivery=4, person=8),
    ]
    assert [until for _, until in stood(rows).values()] == [None] * 4


def test_a_later_principal_withdraws_the_earlier_one_with_the_persons_it_no_longer_names():
    rows = [
        declared_row(person=7, delivery=1, line=3, known="2026-02-10"),
        declared_row(person=8, delivery=1, line=4, known="2026-02-10"),
        declared_row(person=7, delivery=2, line=3, known="2026-02-15"),
    ]
    sent = deliveries(delivery_row(1), delivery_row(2, supersedes=1, known="2026-02-15"))
    assert stood(rows, sent) == {
        (1, 3): (on("2026-02-10"), on("2026-02-15")),
        (2, 3): (on("2026-02-15"), None),
        (1, 4): (on("2026-02-10"), on("2026-02-15")),
    }


def test_a_complementary_declaration_survives_the_withdrawal_of_the_principal():
    rows = [
        declared_row(person=7, record="B02", delivery=1, known="2026-02-10"),
        declared_row(person=9, record="E04", delivery=2, known="2026-02-20"),
    ]
    sent = deliveries(delivery_row(1), delivery_row(2), delivery_row(3, supersedes=1, known="2026-02-25"))
    assert stood(rows, sent)[2, 1] == (on("2026-02-20"), None)


def test_a_superseded_line_does_not_come_back_when_its_successor_is_withdrawn():
    rows = [
        declared_row(record="H", delivery=1, known="2026-02-01"),
        declared_row(record="B02", delivery=2, known="2026-02-10"),
    ]
    sent = deliveries(delivery_row(3, supersedes=2, known="2026-02-20"))
    assert stood(rows, sent) == {
        (1, 1): (on("2026-02-01"), on("2026-02-10")),
        (2, 1): (on("2026-02-10"), on("2026-02-20")),
    }


@pytest.mark.parametrize("status", ["held", "refused", "duplicate"])
def test_a_delivery_that_was_not_loaded_withdraws_nothing(status):
    sent = deliveries(delivery_row(2, supersedes=1, status=status))
    assert stood([declared_row(delivery=1)], sent) == {(1, 1): (on("2026-02-10"), None)}


def test_of_two_lines_for_one_person_in_one_delivery_the_last_stands():
    rows = [declared_row(line=5, days=10), declared_row(line=9, days=12)]
    assert stood(rows) == {(1, 5): (on("2026-02-10"), on("2026-02-10")), (1, 9): (on("2026-02-10"), None)}


def test_received_on_the_same_day_the_later_delivery_stands():
    rows = [declared_row(delivery=4), declared_row(delivery=3)]
    assert stood(rows) == {(3, 1): (on("2026-02-10"), on("2026-02-10")), (4, 1): (on("2026-02-10"), None)}


def test_an_empty_bucket_has_an_empty_career_table_of_the_same_columns():
    full = resolve(declared(declared_row()), NONE)
    assert resolve(declared(), NONE).schema == full.schema


def test_an_unknown_record_is_refused():
    with pytest.raises(CareerInvalid, match="'Z9' is not one of H, B02"):
        stood([declared_row(record="Z9")])


def test_a_null_is_refused():
    with pytest.raises(CareerInvalid, match="1 values of 'days' are null"):
        stood([declared_row(days=None)])


@settings(deadline=None)
@given(funds())
def test_on_every_day_exactly_the_last_words_stand(fund):
    rows, sent = fund
    career = resolve(rows, sent).to_pylist()
    for day in DAYS:
        visible = [
            row
            for row in career
            if row["known_from"] <= day and (row["known_until"] is None or day < row["known_until"])
        ]
        expected = standing_on(rows.to_pylist(), sent.to_pylist(), day)
        assert [(slot(row), age(row), row["days"], row["wage"], row["record"]) for row in visible] == sorted(
            (slot(row), age(row), row["days"], row["wage"], row["record"]) for row in expected
        )


@settings(deadline=None)
@given(funds())
def test_nothing_is_lost_and_the_rows_are_sorted(fund):
    rows, sent = fund
    career = resolve(rows, sent).to_pylist()
    assert [(slot(row), age(row)) for row in career] == sorted(
        (slot(row), age(row)) for row in rows.to_pylist()
    )


@settings(deadline=None)
@given(funds())
def test_no_row_ceases_to_stand_before_it_was_known(fund):
    rows, sent = fund
    for row in resolve(rows, sent).to_pylist():
        assert row["known_until"] is None or row["known_from"] <= row["known_until"]


@settings(deadline=None)
@given(funds(), st.randoms(use_true_random=False), st.integers(1, 4))
def test_the_order_in_which_deliveries_arrive_in_the_table_changes_nothing(
    fund, chance: random.Random, pieces
):
    rows, sent = fund
    order = list(range(rows.num_rows))
    chance.shuffle(order)
    shuffled = rows.take(pa.array(order, pa.int64()))
    size = max(1, -(-rows.num_rows // pieces))
    chunked = pa.concat_tables([shuffled.slice(at, size) for at in range(0, max(1, rows.num_rows), size)])
    sent_backwards = sent.take(pa.array(range(sent.num_rows - 1, -1, -1), pa.int64()))
    assert resolve(chunked, sent_backwards).equals(resolve(rows, sent))
