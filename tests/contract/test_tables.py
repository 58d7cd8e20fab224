"""The conformed tables are those of the architecture, and the lake can be made of them."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from himaya.contract import check_table, table_contracts, table_specs
from himaya.lake import Lake

ARCHITECTURE = Path(__file__).parents[2] / "docs" / "architecture.md"
TABLES = table_contracts()


def documented_tables():
    """Table names and the text of their columns, from the table in docs/architecture.md."""
    section = ARCHITECTURE.read_text(encoding="utf-8").split("## Conformed tables")[1].split("\n## ")[0]
    rows = [line.split(" | ") for line in section.splitlines() if line.startswith("| `")]
    return {name: row[1] for row in rows for name in re.findall(r"`(\w+)`", row[0])}


def test_every_table_of_the_architecture_has_its_contract_and_no_other_has():
    assert set(TABLES) == set(documented_tables())


def test_every_column_of_the_architecture_is_in_the_contract():
    for name, text in documented_tables().items():
        if "see rights" in text:
            continue
        plain = re.sub(r"\([^)]*\)|\[[^\]]*\]|`[^`]*`", "", text)
        words = set(re.findall(r"\b[a-z]+(?:_[a-z0-9]+)+\b|\bdays\b|\bwage\b|\bmonth\b|\bline\b", plain))
        missing = words - set(TABLES[name].columns) - {"entitlement_columns"}
        assert not missing, f"{name}: {missing}"


def test_the_lists_have_the_columns_agreed():
    assert list(TABLES["take_up"].columns) == [
        "person_key", "monthly_amount", "payable_from", "reason", "article", "unverified", "publication", "run",
    ]  # fmt: skip
    assert TABLES["contradiction"].columns["other_line"].type == pa.int32()
    assert not TABLES["unsupported_payment"].columns["since"].required


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_stored_as_its_contract_says(name):
    contract, spec = TABLES[name], table_specs()[name]
    assert spec.schema == contract.schema
    assert spec.name == name
    assert spec.sort_by == contract.sort_by
    assert spec.bucketed == contract.bucketed
    assert spec.bucketed == ("person_key" in contract.columns)
    assert set(contract.sort_by) <= set(contract.columns)
    assert set(contract.key) <= set(contract.columns)


def test_direct_identifiers_of_known_persons_stand_in_the_vault_only():
    outside = {
        (name, column.name)
        for name, contract in TABLES.items()
        if contract.folder != "vault"
        for column in contract.columns.values()
        if column.classification == "direct-identifier"
    }
    # the raw bytes of a quarantined line can hold anything; a related person has no key of their own yet
    assert outside == {("quarantine", "raw"), ("family_link", "related_number")}
    assert TABLES["identity"].folder == "vault"


def test_rows_that_files_fill_say_where_they_come_from():
    for name, contract in TABLES.items():
        if not contract.derived and name not in ("delivery", "replay"):
            assert {"delivery", "line", "known_from"} <= set(contract.columns), name


def test_amounts_are_whole_centimes():
    for name, contract in TABLES.items():
        for column in contract.columns.values():
            if "amount" in column.name or "wage" in column.name:
                assert column.unit == "centime", (name, column.name)
                assert pa.types.is_integer(column.type), (name, column.name)


def example(column):
    """A value that the contract of a column allows."""
    if not column.required:
        return None
    if column.values:
        return next(iter(column.values))
    if column.pattern:
        return "0" * 64
    samples = {
        "int": column.minimum or 0,
        "double": 0.5,
        "string": "x",
        "bool": True,
        "date32": date(2026, 1, 1),
        "timestamp": datetime(2026, 1, 1, tzinfo=UTC),
        "binary": b"x",
        "list": ["x"],
    }
    return next(value for word, value in samples.items() if str(column.type).startswith(word))


def test_every_table_can_be_written_to_the_lake_and_read_back_whole(tmp_path):
    lake = Lake(tmp_path, table_specs(), 4)
    lake.create()
    for name, contract in TABLES.items():
        row = pa.table({c.name: pa.array([example(c)], c.type) for c in contract.columns.values()})
        table = lake.table(name)
        table.append(
            [table.stage(row, bucket=0 if contract.bucketed else None, label="one")], transaction="one"
        )
        found = table.read(columns=list(contract.columns))
        assert found.num_rows == 1
        assert check_table(contract, found) == ()
