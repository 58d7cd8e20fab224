"""The scorecard: a pure comparison of planted and found."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest

from himaya.synthetic.scorecard import Found, own_name, scorecard, with_person_keys
from himaya.synthetic.truth import PLANTED


def table(rows: list[dict], *columns: str) -> pa.Table:
    return pa.table({column: [row.get(column) for row in rows] for column in columns})


def found(**lists: list[dict]) -> Found:
    columns = {
        "take_up": ("person_key",),
        "unsupported": ("person_key", "reason"),
        "differences": ("person_key",),
        "contradictions": ("person_key", "kind", "month"),
        "deliveries": ("delivery", "file", "status", "totals_agree"),
        "quarantine": ("delivery", "line", "codes"),
    }
    return Found(**{name: table(lists.get(name, []), *names) for name, names in columns.items()})


def truth(*rows: dict) -> pa.Table:
    planted = pa.Table.from_pylist(list(rows), schema=PLANTED)
    return with_person_keys(
        planted, lambda numbers: pa.array([n.as_py() + 1000 for n in numbers], pa.int64())
    )


def line(scores: list, kind: str) -> tuple:
    (score,) = [one for one in scores if one["kind"] == kind]
    return score["planted"], score["found"], score["precision"], score["recall"]


def test_precision_and_recall_of_a_list():
    planted = truth({"kind": "take-up", "insured_number": 1}, {"kind": "take-up", "insured_number": 2})
    scores = scorecard(planted, found(take_up=[{"person_key": key} for key in (1001, 1003, 1004, 1005)]))
    assert line(scores, "take-up") == (2, 4, 0.25, 0.5)
    assert line(scores, "wrong-amount") == (0, 0, None, None)


def test_reasons_tell_the_two_kinds_of_unsupported_payments_apart():
    planted = truth(
        {"kind": "paid-after-death", "insured_number": 1},
        {"kind": "paid-without-grounds", "insured_number": 2},
    )
    rows = [{"person_key": 1001, "reason": "paid-after-death"}, {"person_key": 1002, "reason": "age"}]
    scores = scorecard(planted, found(unsupported=rows))
    assert line(scores, "paid-after-death") == line(scores, "paid-without-grounds") == (1, 1, 1.0, 1.0)


def test_contradictions_are_compared_by_person_and_month():
    july, august = date(2026, 7, 1), date(2026, 8, 1)
    planted = truth({"kind": "late-month", "insured_number": 1, "month": july})
    told = [{"person_key": 1001, "kind": "late-month", "month": august}]
    assert line(scorecard(planted, found(contradictions=told)), "late-month") == (1, 1, 0.0, 0.0)


def test_a_broken_line_counts_under_its_own_code_only():
    planted = truth(
        {"kind": "broken-line", "file": "a.csv", "line": 3, "code": "date-invalid"},
        {"kind": "broken-line", "file": "a.csv", "line": 5, "code": "field-count"},
    )
    deliveries = [{"delivery": 1, "file": "in/z.zip!d/a.csv.gz", "status": "partial", "totals_agree": None}]
    quarantine = [
        {"delivery": 1, "line": 3, "codes": ["date-invalid", "value-missing"]},
        {"delivery": 1, "line": 5, "codes": ["not-a-number"]},
    ]
    scores = scorecard(planted, found(deliveries=deliveries, quarantine=quarantine))
    assert line(scores, "broken-line") == (2, 2, 0.5, 0.5)


def test_lines_of_a_held_delivery_are_not_counted_as_broken():
    planted = truth({"kind": "held-delivery", "file": "DS_1.txt"})
    deliveries = [{"delivery": 4, "file": "DS_1.txt", "status": "held", "totals_agree": True}]
    quarantine = [{"delivery": 4, "line": 3, "codes": ["delivery-held"]}]
    scores = scorecard(planted, found(deliveries=deliveries, quarantine=quarantine))
    assert line(scores, "held-delivery") == (1, 1, 1.0, 1.0)
    assert line(scores, "broken-line") == (0, 0, None, None)


def test_totals_that_disagree_for_a_broken_line_are_left_out():
    planted = truth(
        {"kind": "wrong-total", "file": "a.txt"},
        {"kind": "broken-line", "file": "b.txt", "line": 3, "code": "control-sum"},
    )
    deliveries = [
        {"delivery": k, "file": f"{name}.txt", "status": "accepted", "totals_agree": False}
        for k, name in enumerate("ab")
    ]
    assert line(scorecard(planted, found(deliveries=deliveries)), "wrong-total") == (1, 1, 1.0, 1.0)


def test_a_person_entered_twice_is_found_under_each_number():
    planted = truth(*({"kind": "duplicate-person", "insured_number": number} for number in (7, 9)))
    told = [{"person_key": key, "kind": "perhaps-registered-twice", "month": None} for key in (1009, 1011)]
    assert line(scorecard(planted, found(contradictions=told)), "duplicate-person") == (2, 2, 0.5, 0.5)


@pytest.mark.parametrize("file", ["a.csv", "x/a.csv", "a.csv.gz", "z.zip!a.csv", "y/z.zip!w/a.csv.gz"])
def test_own_name(file):
    assert own_name(file) == "a.csv"
