"""Rows of many people staged at once: each in the file of its bucket, sorted, none lost."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lake_tables import BUCKETS, shelves, visits

from himaya.lake import LakeError, bucket_of, distinct
from himaya.lake.kernels import stable_order
from himaya.lake.staging import split

KEYS = st.lists(st.integers(-(2**63), 2**63 - 1) | st.integers(-9, 9), max_size=40)


@given(KEYS, st.sampled_from([1, 2, 16, 65_536]))
def test_every_row_goes_to_its_bucket_in_the_order_of_people_and_of_arrival(keys, buckets):
    data = pa.table({"person_key": pa.array(keys, pa.int64()), "at": pa.array(range(len(keys)), pa.int64())})
    plain: dict[int, list[tuple[int, int]]] = {}
    for at, key in enumerate(keys):
        plain.setdefault(key % buckets, []).append((key, at))
    found = {
        bucket: list(zip(*rows.to_pydict().values(), strict=True)) for bucket, rows in split(data, buckets)
    }
    assert found == {bucket: sorted(rows) for bucket, rows in plain.items()}


@pytest.mark.parametrize("keys", [range(1000, 0, -1), [5, 5, 3] * 400, range(0), range(-3, 3)])
def test_keys_that_no_cipher_made_are_sorted_all_the_same(keys):
    plain = np.array(keys, np.int64).view(np.uint64)
    assert stable_order(plain).tolist() == np.argsort(plain, kind="stable").tolist()


def test_the_keys_of_a_cipher_are_sorted_stably():
    keys = np.random.default_rng(1).integers(0, 2**64, 5_000, np.uint64)
    keys = np.concatenate([keys, keys[::7], keys[::3] ^ np.uint64(1)])
    assert stable_order(keys).tolist() == np.argsort(keys, kind="stable").tolist()


def test_the_files_of_all_buckets_hold_all_rows(lake):
    table = lake.table("visit")
    rows = visits(*((key, None, fee, "é") for fee, key in enumerate([7, 4, -1, 4, 3, 0])))
    staged = table.stage_buckets(rows, buckets=BUCKETS, label="batch")
    assert [(each.bucket, each.rows) for each in staged] == [(0, 3), (3, 3)]
    table.append(staged, transaction="batch")
    for bucket in (0, 3):
        keys = table.read(bucket=bucket)["person_key"].to_numpy()
        assert set(bucket_of(keys, BUCKETS).tolist()) == {bucket}
        assert keys.tolist() == sorted(keys.tolist())
    assert sorted(table.read()["fee"].to_pylist()) == [0, 1, 2, 3, 4, 5]
    assert table.stage_buckets(rows.slice(0, 0), buckets=BUCKETS, label="none") == []


def test_a_dictionary_of_words_rests_as_text(lake):
    table = lake.table("visit")
    rows = visits((4, None, 1, "a"), (8, None, 2, "b"), (0, None, 3, "a"))
    words = rows.set_column(3, "note", rows["note"].dictionary_encode())
    (staged,) = table.stage_buckets(words, buckets=BUCKETS, label="words")
    assert pq.read_schema(table.path / str(staged.path)).field("note").type == pa.string()
    table.append([staged], transaction="words")
    assert table.read()["note"].to_pylist() == ["a", "a", "b"]


def test_rows_of_a_table_without_buckets_are_refused(lake):
    with pytest.raises(LakeError, match="with a bucket"):
        lake.table("shelf").stage_buckets(shelves(1, 2), buckets=BUCKETS, label="batch")


@given(st.lists(st.integers(-5, 5) | st.integers(-(2**63), 2**63 - 1)))
def test_different_values_come_once_in_ascending_order(values):
    assert distinct(np.array(values, np.int64)).tolist() == sorted(set(values))
