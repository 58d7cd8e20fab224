"""The law on plain data: dicts, Arrow, Polars and NumPy columns, without a workspace."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from himaya.law.columns import calculate, explained
from himaya.law.errors import InputError, UnknownNameError
from himaya.legislation.morocco import system

ON = date(2026, 10, 1)
MONTHS = [date(2000 + m // 12, m % 12 + 1, 1) for m in range(240)]
PERSON = {
    "birth_date": date(1960, 6, 10),
    "months": MONTHS,
    "days": [26] * 240,
    "wages": [Decimal("4000.00")] * 240,
    "work_ceased": True,
    "awarded_from": "2020-07",
}
TARGETS = ["reason", "replacement_rate", "monthly_amount", "pension_age_date", "last_insured_month", "refund"]


def test_one_person_is_a_dict_in_and_a_dict_out():
    assert calculate(system, TARGETS, PERSON, on=ON) == {
        "reason": "full_career",
        "replacement_rate": Decimal("0.63"),
        "monthly_amount": Decimal("2520.00"),
        "pension_age_date": date(2020, 6, 10),
        "last_insured_month": date(2019, 12, 1),
        "refund": None,
    }


def test_amounts_may_be_whole_or_binary_numbers_and_months_texts():
    written = PERSON | {"wages": [4000, 4000.0] * 120, "months": [f"{m:%Y-%m}" for m in MONTHS]}
    assert calculate(system, ["monthly_amount"], written, on=ON) == {"monthly_amount": Decimal("2520.00")}


def rows():
    """Two persons; nothing is known of the award of the second."""
    return {
        "name": ["A", "B"],
        "birth_date": [date(1960, 6, 10), date(1970, 1, 31)],
        "months": [MONTHS, MONTHS[:12]],
        "days": [[26] * 240, [13] * 12],
        "wages": [[Decimal("4000.00")] * 240, [Decimal("3000.50")] * 12],
        "work_ceased": [True, False],
        "awarded_from": [date(2020, 7, 1), None],
    }


EXPECTED = {
    "reason": ["full_career", "age_not_reached"],
    "monthly_amount": [Decimal("2520.00"), None],
    "pension_age_date": [date(2020, 6, 10), date(2030, 1, 31)],
}


def test_an_arrow_table_gives_an_arrow_table():
    found = calculate(system, list(EXPECTED), pa.table(rows()), on=ON)
    assert {name: found[name].to_pylist() for name in EXPECTED} == EXPECTED
    assert found["monthly_amount_unverified"].to_pylist() == [False, False]


def test_a_slice_of_a_table_is_read_as_its_own_rows():
    found = calculate(system, list(EXPECTED), pa.table(rows()).slice(1), on=ON)
    assert found["pension_age_date"].to_pylist() == [date(2030, 1, 31)]


def test_a_polars_frame_gives_a_polars_frame():
    polars = pytest.importorskip(
        "polars", reason="Polars is no dependency; where it is installed it must work"
    )
    found = calculate(system, list(EXPECTED), polars.DataFrame(rows()), on=ON)
    assert isinstance(found, polars.DataFrame)
    assert found["reason"].to_list() == EXPECTED["reason"]


def test_numpy_columns():
    written = rows()
    columns = {
        "birth_date": np.array(written["birth_date"], "datetime64[D]"),
        "months": np.array([np.array(each, "datetime64[D]") for each in written["months"]], object),
        "days": np.array([np.array(each) for each in written["days"]], object),
        "wages": np.array([np.array(each, float) for each in written["wages"]], object),
        "work_ceased": np.array(written["work_ceased"]),
        "awarded_from": np.array(["2020-07-01", "NaT"], "datetime64[D]"),
    }
    found = calculate(system, list(EXPECTED), columns, on=ON)
    assert {name: found[name].to_pylist() for name in EXPECTED} == EXPECTED


def test_the_explanation_of_a_person_written_plainly():
    node = explained(system, "monthly_amount", PERSON, on=ON)
    assert node.value == 252_000
    assert node.article


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"birth_date": "10/06/1960"}, "birth_date is '10/06/1960', which is no date"),
        ({"work_ceased": 1}, "work_ceased is 1, not true or false"),
        ({"wages": [Decimal("4000.001")] * 240}, "wages is 4000.001, which is no whole number of centimes"),
        ({"days": 26}, "days is one days for each element"),
        ({"days": ["26"] * 240}, "days is '26', not a number of days"),
        ({"birthdate": date(1960, 1, 1)}, "'birthdate' is no input"),
    ],
)
def test_what_is_wrong_with_a_value_is_said_with_its_input(change, said):
    with pytest.raises(InputError, match=said.replace("(", r"\(")):
        calculate(system, ["monthly_amount"], PERSON | change, on=ON)


def test_wrong_columns_are_named():
    wrong = pa.table(rows() | {"months": [1, 2]})
    with pytest.raises(InputError, match="months is a column of int64, not of lists of month"):
        calculate(system, ["monthly_amount"], wrong, on=ON)
    with pytest.raises(InputError, match="not whole centimes"):
        calculate(system, ["monthly_amount"], pa.table(rows() | {"wages": [[10.001], [1.0]]}), on=ON)
    with pytest.raises(UnknownNameError, match="monthly_amount"):
        calculate(system, ["monthly_amounts"], pa.table(rows()), on=ON)
