"""The law on plain data: dicts, Arrow, Polars and NumPy columns, without a workspace."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pytest

from himaya.law import Members, Ragged, evaluate, exact, explain
from himaya.law.columns import calculate, explained
from himaya.law.errors import InputError, UnknownNameError
from himaya.legislation import france, morocco
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
    found = calculate(system, TARGETS, PERSON, on=ON)
    assert [found.pop(f"{name}_unverified") for name in TARGETS] == [False] * len(TARGETS)
    assert found == {
        "reason": "full_career",
        "replacement_rate": Decimal("0.63"),
        "monthly_amount": Decimal("2520.00"),
        "pension_age_date": date(2020, 6, 10),
        "last_insured_month": date(2019, 12, 1),
        "refund": None,
    }


def test_amounts_may_be_whole_or_binary_numbers_and_months_texts():
    written = PERSON | {"wages": [4000, 4000.0] * 120, "months": [f"{m:%Y-%m}" for m in MONTHS]}
    assert calculate(system, ["monthly_amount"], written, on=ON)["monthly_amount"] == Decimal("2520.00")


SHORT = (
    PERSON
    | {"birth_date": date(1963, 6, 10), "awarded_from": "2025-07"}
    | {name: PERSON[name][:60] for name in ("months", "days", "wages")}
)


def test_what_nobody_has_verified_is_marked_for_a_person_as_for_a_table():
    told = {"monthly_amount": Decimal(600), "monthly_amount_unverified": True}
    assert calculate(system, ["monthly_amount"], SHORT, on=ON) == told
    table = pa.table({name: [value] for name, value in SHORT.items()})
    assert calculate(system, ["monthly_amount"], table, on=ON).to_pylist() == [told]


def test_an_array_along_an_axis_is_marked_too():
    capped = calculate(system, ["capped_wages"], pa.table(rows()), on=ON)
    assert capped["capped_wages_unverified"].to_pylist() == [False, False]


def test_a_date_outside_the_law_as_written_is_said_with_the_parameters():
    early = date(1955, 1, 1)
    person = PERSON | {"awarded_from": None}
    found = calculate(system, ["monthly_amount"], person, on=early)
    assert found["monthly_amount"] is None
    assert "old_age.minimum_pension" in found["monthly_amount_gaps"]
    table = calculate(system, ["monthly_amount"], pa.table(rows()), on=early)
    assert all("old_age.minimum_pension" in gaps for gaps in table["monthly_amount_gaps"].to_pylist())
    assert "monthly_amount_gaps" not in calculate(system, ["monthly_amount"], PERSON, on=ON)


@pytest.mark.parametrize("half", [0.5, Decimal("0.5"), Fraction(1, 2)])
def test_a_share_may_be_given_in_the_place_of_its_rule(half):
    person = PERSON | {"replacement_rate": half}
    assert calculate(system, ["monthly_amount"], person, on=ON)["monthly_amount"] == 2000
    kept = {
        "birth_date": date(1960, 6, 10),
        "months": MONTHS,
        "days": [26] * 240,
        "wages": [400_000] * 240,
        "work_ceased": True,
        "awarded_from": date(2020, 7, 1),
        "replacement_rate": half,
    }
    assert explain(system, "monthly_amount", kept, on=ON).value == 200_000
    assert exact(system, ["monthly_amount"], kept, on=ON)["monthly_amount"].value == 200_000


def test_a_column_of_shares_is_exact_and_where_it_is_null_the_rule_decides():
    table = pa.table(rows() | {"work_ceased": [True, True]})
    given = table.append_column("replacement_rate", pa.array([0.1, None]))
    assert calculate(system, ["replacement_rate", "monthly_amount"], given, on=ON)[
        "monthly_amount"
    ].to_pylist() == [
        Decimal("1000.00"),  # the minimum pension
        None,
    ]


def test_a_share_in_per_cent_is_refused():
    for wrong in (50, Decimal(50), 10.5, -11):
        with pytest.raises(InputError, match=r"it is a share. Write 0\.5 for 50 %"):
            calculate(system, ["monthly_amount"], PERSON | {"replacement_rate": wrong}, on=ON)


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
        (
            {"birthdate": date(1960, 1, 1)},
            "'birthdate' is no input of the law of Morocco. Did you mean 'birth_date'",
        ),
        (
            {"referense_wage": 5000},
            "'referense_wage' is no input of the law of Morocco. Did you mean 'reference_wage'",
        ),
        ({"zzz": 5000}, "'zzz' is no input of the law of Morocco. Inputs are listed by System.inputs."),
        ({"birth_date": 24290}, "24290, not a date. Write a date. Day and month numbers, as person_of"),
        (
            {"days": [26] * 239 + [-26]},
            "element 239 of input days of person 0 is -26. It is at least 0 and at most 26",
        ),
        ({"days": [40] * 240}, "element 0 of input days of person 0 is 40"),
        ({"wages": [-4000] * 240}, "element 0 of input wages of person 0 is -4000. It is at least 0."),
        ({"wages": [float("nan")] * 240}, "wages is nan, not a number of MAD"),
        ({"wages": [10**18] * 240}, "input wages is 1000000000000000000, which is too large"),
        ({"wages": [4000] * 239}, "person 0 has 239 elements of input wages, and 240 of days"),
        ({"household": Members(np.array([0]), np.array([0]))}, "household is Members, which calculate"),
    ],
)
def test_what_is_wrong_with_a_value_is_said_with_its_input(change, said):
    with pytest.raises(InputError, match=re.escape(said)):
        calculate(system, ["monthly_amount"], PERSON | change, on=ON)


def test_wrong_columns_are_named():
    wrong = pa.table(rows() | {"months": [1, 2]})
    with pytest.raises(InputError, match="months is a column of int64, not of lists of month"):
        calculate(system, ["monthly_amount"], wrong, on=ON)
    whole = [[4000.0] * 240, [3000.0] * 11]
    for wrong in (10.001, float("nan"), Decimal("10.001")):
        wages = [each if isinstance(wrong, float) else list(map(Decimal, each)) for each in whole]
        table = pa.table(rows() | {"wages": [wages[0], [*wages[1], wrong]]})
        with pytest.raises(InputError, match="wages has an amount in row 1 that is not whole centimes"):
            calculate(system, ["monthly_amount"], table, on=ON)
    for large in (10**18, 1e18, Decimal(10**18)):
        with pytest.raises(InputError, match=r"input wages is 1(0{18}|e\+18), which is too large"):
            calculate(system, ["monthly_amount"], pa.table(rows() | {"wages": [[large], [large]]}), on=ON)
    short = pa.table(rows() | {"wages": [[4000.0] * 240, [3000.0] * 11]})
    with pytest.raises(InputError, match="person 1 has 11 elements of input wages, and 12 of days"):
        calculate(system, ["monthly_amount"], short, on=ON)
    renamed = pa.table(rows()).rename_columns({"birth_date": "birthdate"})
    with pytest.raises(InputError, match="'birthdate' is no input of the law, and 'birth_date' is missing"):
        calculate(system, ["monthly_amount"], renamed, on=ON)
    with pytest.raises(InputError, match="row 1: input birth_date is 'soon', which is no date"):
        calculate(
            system, ["monthly_amount"], pa.table(rows() | {"birth_date": ["1960-06-10", "soon"]}), on=ON
        )
    with pytest.raises(UnknownNameError, match="monthly_amount"):
        calculate(system, ["monthly_amounts"], pa.table(rows()), on=ON)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"targets": "monthly_amount"}, "the targets are one text, 'monthly_amount'. Give a list"),
        ({"on": "2026-10-01"}, "the date of law is '2026-10-01', not a date"),
        (
            {"on": datetime(2026, 10, 1)},
            "the date of law is datetime.datetime(2026, 10, 1, 0, 0), not a date",
        ),
        ({"known": "2020-01-01"}, "the date of knowledge of the law is '2020-01-01', not a date"),
    ],
)
def test_what_is_wrong_with_the_question_is_said_before_any_rule_is_asked(asked, said):
    question = {"targets": ["monthly_amount"], "on": ON, "known": None} | asked
    for data in (PERSON, pa.table(rows())):
        with pytest.raises(InputError) as refused:
            calculate(system, data=data, **question)
        assert refused.value.what.startswith(said.partition(". ")[0])


def test_a_household_written_by_hand_is_for_evaluate():
    household = morocco.person_of(
        {"score": 9, "members": [{"born": date(1985, 1, 1), "head_or_spouse": True}]}
    )
    with pytest.raises(InputError, match=r"Households and links are for evaluate\(\)"):
        calculate(system, ["household_aid"], household, on=ON)
    assert evaluate(system, ["household_aid"], household, on=ON)["household_aid"].available.all()


def test_an_input_that_a_target_needs_is_named_with_what_to_give():
    with pytest.raises(InputError, match=r"input days is not given. Give one days an element"):
        calculate(system, ["amo_scheme"], pa.table({"birth_date": [date(1963, 6, 1)]}), on=ON)


def test_one_value_where_a_list_is_asked_is_said_to_who_explains():
    with pytest.raises(InputError, match="input months is one value, and there is one for each element"):
        explain(system, "monthly_amount", {"birth_date": date(1960, 6, 10), "months": 24_000}, on=ON)


def test_children_cannot_be_fewer_than_none():
    person = {
        "birth_date": date(1963, 6, 1),
        "years": range(1986, 2026),
        "wages": [30_000] * 40,
        "children": -2,
    }
    with pytest.raises(InputError, match=r"input children of person 0 is -2\. It is at least 0"):
        calculate(france.system, ["monthly_pension"], person | {"award_from": "2026-04"}, on=ON)


@pytest.mark.parametrize("persons", [3, 5000])
@pytest.mark.parametrize("common", [True, False], ids=["one denominator", "own denominators"])
def test_shares_of_few_and_of_many_persons_are_the_fractions_given(persons, common):
    rng = np.random.default_rng(7)
    primes = (1000003, 1000033, 1000037, 999983)  # their product has no room in 62 bits
    given = [
        Fraction(int(top), 1000 if common else primes[i % 4])
        for i, top in enumerate(rng.integers(0, 1000, persons))
    ]
    share = np.ma.MaskedArray(given, rng.random(persons) < 0.5, object)
    people = {
        "birth_date": np.full(persons, -3493),
        "months": Ragged(np.tile(np.arange(24_000, 24_240), persons), np.arange(persons + 1) * 240),
        "days": Ragged(np.full(240 * persons, 26), np.arange(persons + 1) * 240),
        "wages": Ragged(np.full(240 * persons, 400_000), np.arange(persons + 1) * 240),
        "work_ceased": np.ones(persons, np.bool_),
    }
    found = evaluate(system, ["replacement_rate"], people | {"replacement_rate": share}, on=ON)
    expected = np.where(share.mask, 0.63, np.array([float(each) for each in given]))
    assert np.allclose(found["replacement_rate"].values, expected, rtol=0, atol=1e-12)
