"""Rows are held to the contract of their table."""

from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from himaya.contract import Breach, check_table, table_contracts

CAREER = table_contracts()["career"]
JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)


def careers(**columns):
    rows = {
        "person_key": [1, 1, 2],
        "month": [JANUARY, FEBRUARY, JANUARY],
        "employer": [7, 7, 7],
        "days": [26, 13, 0],
        "wage": [500_000, 250_000, 0],
        "record": ["H", "B02", "E04"],
        "delivery": [1, 2, 3],
        "line": [2, 2, 9],
        "known_from": [date(2026, 3, 1)] * 3,
        "known_until": [None] * 3,
    }
    return pa.table({**rows, **columns}, schema=pa.schema([(f.name, f.type) for f in CAREER.schema]))


def test_rows_that_keep_the_contract_have_no_breach():
    assert check_table(CAREER, careers()) == ()


def test_no_rows_keep_any_contract():
    for contract in table_contracts().values():
        assert check_table(contract, contract.schema.empty_table()) == ()


@pytest.mark.parametrize(
    ("columns", "breach"),
    [
        ({"wage": [1, None, None]}, Breach("table-null", "wage", 2, 1)),
        ({"days": [26, 27, 0]}, Breach("table-range", "days", 1, 1)),
        ({"days": [26, 0, -1]}, Breach("table-range", "days", 1, 2)),
        ({"record": ["H", "B02", "Z"]}, Breach("table-values", "record", 1, 2)),
        ({"delivery": [1, 1, 1], "line": [2, 2, 2]}, Breach("table-key", "delivery, line", 2, 1)),
        ({"person_key": [1, 2, 1]}, Breach("table-order", "person_key, month, employer, known_from", 1, 2)),
        (
            {"month": [FEBRUARY, JANUARY, JANUARY]},
            Breach("table-order", "person_key, month, employer, known_from", 1, 1),
        ),
    ],
)
def test_each_breach_names_its_column_its_rows_and_the_first(columns, breach):
    assert check_table(CAREER, careers(**columns)) == (breach,)


def test_a_share_is_never_nan():
    contract = table_contracts()["entitlement"]
    column = pa.chunked_array([pa.array([float("nan")])])
    empty = contract.schema.empty_table()
    data = pa.table(
        {
            n: (column if n == "replacement_rate" else pa.nulls(1, empty.schema.field(n).type))
            for n in empty.column_names
        }
    )
    assert Breach("table-range", "replacement_rate", 1, 0) in check_table(contract, data)


def test_columns_come_first_because_nothing_else_can_be_said_without_them():
    data = careers().drop_columns(["wage"]).append_column("salary", pa.array([1, 2, 3]))
    codes = [(breach.code, breach.subject) for breach in check_table(CAREER, data)]
    assert codes == [("table-columns", "wage"), ("table-columns", "salary")]


def test_a_column_of_another_type_is_named():
    data = careers()
    data = data.set_column(3, "days", data["days"].cast(pa.int64()))
    assert check_table(CAREER, data) == (Breach("table-columns", "days", 3, None),)


def delivery(**columns):
    contract = table_contracts()["delivery"]
    rows = {field.name: [None] for field in contract.schema}
    rows |= {name: [0] for name in ("bytes", "lines", "accepted", "quarantined", "structural")}
    rows |= {name: ["x"] for name in ("file", "kind", "codes", "totals", "contract_version", "batch")}
    rows |= {"delivery": [1], "status": ["accepted"], "sha256": ["0" * 64]}
    rows |= {"received_at": [0], "known_from": [JANUARY]}
    fields = pa.schema([(f.name, f.type) for f in contract.schema])
    return check_table(contract, pa.table({**rows, **columns}, schema=fields))


def test_a_rule_of_the_table_is_counted_in_sql():
    assert delivery(lines=[3], accepted=[2], structural=[1]) == ()
    assert delivery(lines=[3], accepted=[2]) == (Breach("table-rule", "lines-reconcile", 1, None),)


def test_a_pattern_is_held():
    assert delivery(sha256=["0" * 63 + "G"]) == (Breach("table-pattern", "sha256", 1, 0),)


rows = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(1, 3)), max_size=12)


@given(rows)
def test_keys_and_order_agree_with_a_loop_over_rows(drawn):
    """Career rows drawn as (person, employer, line): the key is the line, the order person and employer."""
    count = len(drawn)
    persons, employers, numbers = zip(*drawn, strict=True) if drawn else ((), (), ())
    same = {name: careers()[name].to_pylist()[:1] * count for name in CAREER.columns}
    data = careers(**same | {"person_key": persons, "employer": employers, "line": numbers})
    repeated = [i for i, number in enumerate(numbers) if number in numbers[:i]]
    unsorted = [i for i in range(1, count) if drawn[i][:2] < drawn[i - 1][:2]]
    expected = [
        Breach(code, subject, len(broken), broken[0])
        for code, subject, broken in (
            ("table-key", "delivery, line", repeated),
            ("table-order", "person_key, month, employer, known_from", unsorted),
        )
        if broken
    ]
    assert list(check_table(CAREER, data)) == expected
