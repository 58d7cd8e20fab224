"""A table: rows are staged where nobody sees them, committed once, and read as any version had them."""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import deltalake
import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lake_tables import SPECS, put_shelves, shelf_numbers, shelves, visits

from himaya.lake import Lake, LakeDamagedError, LakeError, LakeWriteError, TableSpec
from himaya.lake.staging import ROW_GROUP, arrange, is_sorted

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)


def put(lake: Lake, transaction: str, bucket: int, *rows: tuple) -> int:
    table = lake.table("visit")
    return table.append(
        [table.stage(visits(*rows), bucket=bucket, label=transaction)], transaction=transaction
    )


def test_staged_rows_are_invisible_until_they_are_committed(lake):
    table = lake.table("visit")
    staged = table.stage(visits((4, MAY, 100, "é")), bucket=0, label="batch")
    assert (table.version(), table.files(), table.landed("batch")) == (0, [], False)
    assert table.append([staged], transaction="batch") == 1
    assert table.landed("batch")
    assert table.read().to_pylist() == [{"person_key": 4, "day": MAY, "fee": 100, "note": "é"}]


def test_a_transaction_lands_once(lake):
    assert put_shelves(lake, "first", 1, 2) == 1
    assert put_shelves(lake, "first", 1, 2) == 1
    assert put_shelves(lake, "second", 1, 2) == 2
    assert shelf_numbers(lake) == [1, 1, 2, 2]


def test_a_transaction_without_rows_lands_too(lake):
    table = lake.table("visit")
    nothing = table.stage(visits(), bucket=1, label="empty")
    assert (nothing.path, nothing.rows) == (None, 0)
    assert table.append([nothing], transaction="empty") == 1
    assert table.landed("empty")
    assert table.count() == 0


def test_replace_takes_the_place_of_some_buckets_or_of_all(lake):
    table = lake.table("visit")
    for bucket in range(4):
        put(lake, f"old-{bucket}", bucket, (bucket, MAY))
    new = [table.stage(visits((bucket, JUNE)), bucket=bucket, label="new") for bucket in (1, 2)]
    some = table.replace(new, buckets=[1, 2, 3], transaction="some")
    rows = table.read(["person_key", "day"]).to_pylist()
    assert [tuple(row.values()) for row in rows] == [(0, MAY), (1, JUNE), (2, JUNE)]
    assert table.replace(new, buckets=[1, 2, 3], transaction="some") == some, "once only"
    assert table.replace([], buckets=None, transaction="all") == some + 1
    assert table.count() == 0
    with pytest.raises(LakeError, match="bucket 1 were staged, which is not replaced"):
        table.replace(new, buckets=[2], transaction="wrong")


def test_every_version_stays_readable(lake):
    put_shelves(lake, "a", 1)
    put_shelves(lake, "b", 2)
    table = lake.table("shelf")
    table.replace([table.stage(shelves(9), bucket=None, label="c")], buckets=None, transaction="c")
    seen = [sorted(table.read(version=version)["shelf"].to_pylist()) for version in range(4)]
    assert seen == [[], [1], [1, 2], [9]]
    with pytest.raises(LakeError, match="version of it"):
        table.read(version=4)


def test_reading_some_columns_one_bucket_or_what_meets_a_condition(lake):
    put(lake, "a", 0, (8, JUNE, 5), (4, MAY, 7))
    put(lake, "b", 1, (5, MAY, 9))
    table = lake.table("visit")
    assert table.read(["fee", "person_key"], bucket=0).to_pydict() == {"fee": [7, 5], "person_key": [4, 8]}
    assert table.read(["fee"], filters=pc.field("person_key") == 5).to_pydict() == {"fee": [9]}
    assert table.read(["fee"], filters=[("person_key", "=", 4)]).to_pydict() == {"fee": [7]}
    with pytest.raises(LakeError, match="Did you mean 'fee'"):
        table.read(["fees"])


@pytest.mark.parametrize("columns", [None, ["note", "day"]])
def test_an_empty_table_has_its_columns(lake, columns):
    table = lake.table("visit")
    expected = SPECS["visit"].schema if columns is None else SPECS["visit"].fields(tuple(columns))
    assert table.read(columns).schema.equals(expected)
    put(lake, "a", 0, (4, MAY, 7))
    assert table.read(columns).schema.equals(expected), "and the same ones when it has rows"
    assert table.read(columns, bucket=3).schema.equals(expected)


def test_every_type_comes_back_as_it_went_in(tmp_path):
    stamp = datetime(2026, 11, 22, 5, 31, 53, 123456, UTC)
    columns = {
        "i8": pa.array([1, None], pa.int8()),
        "i16": pa.array([-2, None], pa.int16()),
        "i64": pa.array([2**62, None], pa.int64()),
        "real": pa.array([0.5, None], pa.float64()),
        "yes": pa.array([True, None], pa.bool_()),
        "raw": pa.array([b"\xff\x00", None], pa.binary()),
        "codes": pa.array([["a", "é"], None], pa.list_(pa.string())),
        "at": pa.array([stamp, None], pa.timestamp("us", "UTC")),
    }
    data = pa.table(columns)
    lake = Lake(tmp_path, {"all": TableSpec("all", data.schema, ("i8",), bucketed=False)}, 1)
    lake.create()
    table = lake.table("all")
    with duckdb.connect() as connection:
        empty = connection.sql(f"SELECT * FROM {table.sql()}").types
        table.append([table.stage(data, bucket=None, label="x")], transaction="x")
        assert connection.sql(f"SELECT * FROM {table.sql()}").types == empty
    assert table.read().equals(data)


def test_duckdb_reads_a_version_whatever_the_folder_is_called(lake):
    """The folder of this fund has an apostrophe and spaces in its name."""
    table = lake.table("visit")
    with duckdb.connect() as connection:
        count = f"SELECT count(*), sum(fee) FROM {table.sql()}"
        assert connection.execute(count).fetchall() == [(0, None)]
        put(lake, "a", 0, (4, MAY, 7))
        put(lake, "b", 1, (5, MAY, 9))
        assert connection.execute(count).fetchall() == [(0, None)], "the expression stands for one version"
        for version, bucket, expected in ((2, None, (2, 16)), (1, None, (1, 7)), (2, 1, (1, 9))):
            query = f"SELECT count(*), sum(fee) FROM {table.sql(version, bucket)} AS v"
            assert connection.execute(query).fetchall() == [expected]


def test_any_delta_reader_can_join_in(lake):
    put(lake, "a", 3, (7, JUNE, 5), (3, MAY, None))
    table = deltalake.DeltaTable(str(lake.table("visit").path))
    protocol = table.protocol()
    assert (protocol.min_reader_version, protocol.min_writer_version) == (1, 2)
    assert table.metadata().partition_columns == ["bucket"]
    actions = pa.table(table.get_add_actions(flatten=True)).to_pylist()[0]
    assert (actions["num_records"], actions["partition.bucket"]) == (2, 3)
    assert (actions["min.person_key"], actions["max.person_key"]) == (3, 7)
    assert (actions["min.day"], actions["max.day"]) == (MAY, JUNE)
    assert (actions["null_count.fee"], actions["max.fee"]) == (1, 5)


def test_rows_that_do_not_fit_are_refused(lake):
    table = lake.table("visit")
    fit = {"bucket": 0, "label": "x"}
    with pytest.raises(LakeError, match="no column 'notes'"):
        table.stage(pa.table({"person_key": [1], "notes": ["x"]}), **fit)
    with pytest.raises(LakeError, match="'fee' do not fit int32"):
        table.stage(pa.table({"person_key": [1], "fee": [1 << 40]}), **fit)
    with pytest.raises(LakeError, match="1 nulls in 'person_key'"):
        table.stage(pa.table({"fee": [1]}), **fit)
    with pytest.raises(LakeError, match="without a bucket"):
        table.stage(visits((1,)), bucket=None, label="x")
    with pytest.raises(LakeError, match="with a bucket"):
        lake.table("shelf").stage(shelves(1), bucket=0, label="x")
    with pytest.raises(LakeError, match="cannot name a file"):
        table.stage(visits((1,)), bucket=0, label="../x")
    assert table.files() == []


def test_the_same_rows_give_the_same_bytes_under_the_same_name(lake, tmp_path):
    other = Lake(tmp_path / "other", SPECS, 4)
    other.create()
    rows = visits(*[(key, MAY, key % 7, f"{key % 3}") for key in range(1000)])
    shuffled = rows.take(pa.array(np.random.default_rng(1).permutation(1000)))
    found = []
    for one, data in ((lake, rows), (other, rows), (other, shuffled)):
        table = one.table("visit")
        staged = table.stage(data, bucket=2, label="x")
        found.append((staged, hashlib.sha256((table.path / staged.path).read_bytes()).hexdigest()))
    assert found[0] == found[1] == found[2]
    assert found[0][0].path == "bucket=2/x.parquet"


def test_rows_that_readers_see_are_never_written_over(lake):
    """A run repeated by a changed program under the same label: the first rows may be visible already."""
    put_shelves(lake, "run", 1)
    table = lake.table("shelf")
    again = table.stage(shelves(2), bucket=None, label="run")
    assert shelf_numbers(lake) == [1]
    table.append([again], transaction="changed")
    assert shelf_numbers(lake) == [1, 2]


def test_discard_removes_what_no_version_ever_named(lake):
    table = lake.table("visit")
    for bucket in (0, 1):
        table.stage(visits((bucket, MAY)), bucket=bucket, label="batch7-1")
    table.stage(visits((2, MAY)), bucket=2, label="batch8-1")
    (table.path / "bucket=0" / ".batch7-1.parquet.killed").write_bytes(b"half")
    put(lake, "batch7-0", 0, (0, MAY))
    table.replace([], buckets=None, transaction="gone")
    assert table.discard("batch7") == 3
    assert sorted(path.name for path in table.path.rglob("batch*")) == [
        "batch7-0.parquet",
        "batch8-1.parquet",
    ]
    assert table.count(1) == 1, "an old version stays readable"


def test_compact_joins_small_files_and_changes_no_row(lake):
    table = lake.table("visit")
    for number in range(5):
        put(lake, f"b{number}", 0, (8 - number, MAY, number), (9, JUNE, number))
    put(lake, "alone", 1, (5, MAY))
    before = sorted(table.read().to_pylist(), key=str)
    version = table.compact()
    assert version == 7
    assert [entry.rows for entry in table.entries()] == [10, 1]
    assert sorted(table.read().to_pylist(), key=str) == before
    keys = table.read(["person_key"], bucket=0)["person_key"].to_pylist()
    assert keys == sorted(keys)
    assert table.count(6) == 11
    assert table.compact() == version, "nothing is left to join"
    changes = [
        json.loads(line) for line in (table.path / "_delta_log" / f"{7:020}.json").read_text().splitlines()
    ]
    assert not any(line[kind]["dataChange"] for line in changes for kind in line if kind in {"add", "remove"})


def test_files_are_sorted_and_split_into_row_groups_that_one_person_is_found_in(lake):
    table = lake.table("visit")
    keys = np.repeat(np.random.default_rng(3).integers(-(2**60), 2**60, 40_000), 10)
    staged = table.stage(pa.table({"person_key": keys}), bucket=0, label="many")
    file = pq.ParquetFile(table.path / staged.path)
    assert file.metadata.num_row_groups == -(-len(keys) // ROW_GROUP)
    bounds = [file.metadata.row_group(i).column(0).statistics for i in range(file.metadata.num_row_groups)]
    assert [b.min for b in bounds] == sorted(b.min for b in bounds)
    assert sum(b.min <= int(keys[0]) <= b.max for b in bounds) <= 2
    table.append([staged], transaction="many")
    assert table.read(filters=pc.field("person_key") == int(keys[0])).num_rows == 10


@given(
    st.lists(st.tuples(st.integers(-3, 3), st.one_of(st.none(), st.dates()), st.integers(0, 9)), max_size=30)
)
def test_rows_are_sorted_stably_with_nulls_last(rows):
    data = visits(*rows)
    expected = sorted(rows, key=lambda row: (row[0], row[1] is None, row[1] or MAY))
    found = arrange(data, SPECS["visit"])
    assert [tuple(row.values())[:3] for row in found.to_pylist()] == expected
    if is_sorted(data, SPECS["visit"].sort_by):
        assert rows == expected, "what is taken for sorted is sorted"


def test_a_missing_or_damaged_file_is_named(lake):
    put_shelves(lake, "a", 1)
    table = lake.table("shelf")
    path = Path(table.files()[0])
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(LakeDamagedError, match="missing or damaged") as caught:
        table.read()
    assert caught.value.where == str(path)
    path.unlink()
    with pytest.raises(LakeDamagedError):
        table.read()


def test_storage_that_refuses_says_why_and_leaves_nothing(lake, monkeypatch):
    table = lake.table("shelf")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("himaya.lake.storage.os.fsync", full)
    with pytest.raises(LakeWriteError, match="No space left on device") as caught:
        table.stage(shelves(1), bucket=None, label="x")
    assert "Make room" in caught.value.mend
    assert not list(table.path.rglob("*x.parquet*"))


def test_a_table_that_is_not_there_says_so(tmp_path):
    table = Lake(tmp_path / "nowhere", SPECS, 4).table("shelf")
    for ask in (table.version, table.read, lambda: table.entries(0)):
        with pytest.raises(LakeError, match="cannot be opened"):
            ask()


def test_a_table_made_anew_at_the_same_place_is_not_confused_with_the_old_one(tmp_path):
    lake = Lake(tmp_path / "fund", SPECS, 4)
    for numbers in ((1, 2), (3,)):
        lake.create()
        put_shelves(lake, "a", *numbers)
        assert shelf_numbers(lake) == list(numbers)
        shutil.rmtree(lake.root)


def test_a_contract_that_changed_since_the_table_was_made_is_noticed(lake):
    schema = pa.schema([("shelf", pa.int64()), ("codes", pa.list_(pa.string())), ("room", pa.int32())])
    changed = Lake(lake.root, {"shelf": TableSpec("shelf", schema, ("shelf",), bucketed=False)}, lake.buckets)
    with pytest.raises(LakeError, match="other columns than its contract has now: room, shelf"):
        put_shelves(changed, "a", 1)
    assert shelf_numbers(lake) == []


@pytest.mark.parametrize(
    ("name", "schema", "by", "expected"),
    [
        ("Upper", [("a", pa.int32())], (), "no name"),
        ("x", [("a", pa.uint8())], (), "Delta has no such type"),
        ("x", [("bucket", pa.int32())], (), "its name is taken"),
        ("x", [("a", pa.int32()), ("a", pa.int64())], (), "its name is taken"),
        ("x", [("a", pa.int32())], ("b",), "no column 'b'"),
    ],
)
def test_a_table_that_cannot_be_held_is_refused(name, schema, by, expected):
    with pytest.raises(LakeError, match=expected):
        TableSpec(name, pa.schema(schema), by, bucketed=False)
