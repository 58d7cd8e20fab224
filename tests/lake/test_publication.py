"""A publication names one version of every table: what readers see, for ever."""

from __future__ import annotations

import os
import pickle
import time
from datetime import timedelta
from pathlib import Path

import pytest
from lake_tables import SPECS, put_shelves, shelf_numbers, shelves, visits

from himaya.lake import Lake, LakeError, TableSpec


def seen(lake: Lake, number: int | None = None) -> list[int]:
    return sorted(lake.snapshot(number).read("shelf")["shelf"].to_pylist())


def test_readers_see_only_what_is_published(lake):
    put_shelves(lake, "a", 1)
    assert seen(lake) == []
    lake.publish("first")
    put_shelves(lake, "b", 2)
    assert seen(lake) == [1]
    lake.publish("second")
    assert seen(lake) == [1, 2]


def test_a_command_publishes_its_own_tables_and_not_what_another_left_half_done(lake):
    put_shelves(lake, "a", 1)
    assert lake.publish("visits only", tables=["visit"]).tables["shelf"] == 0
    assert seen(lake) == []
    lake.publish("shelves", tables=["shelf"])
    assert seen(lake) == [1]


def test_an_old_publication_shows_what_it_showed(lake):
    expected = []
    for number in range(1, 6):
        put_shelves(lake, f"t{number}", number)
        assert lake.publish(f"note {number}").number == number
        expected.append(list(range(1, number + 1)))
    assert [seen(lake, number) for number in range(1, 6)] == expected
    snapshot = lake.snapshot(3)
    assert (snapshot.number, snapshot.version("shelf"), snapshot.count("shelf")) == (3, 3, 3)
    assert len(snapshot.files("shelf")) == 3
    assert [one.note for one in lake.publications()] == [f"note {number}" for number in range(1, 6)]
    assert lake.publications()[2] == lake.publication(3)
    with pytest.raises(LakeError, match=r"no publication 9.*latest one is 5"):
        lake.publication(9)


def test_before_the_first_publication_every_table_is_empty(lake):
    assert lake.publication().number == 0
    assert lake.publications() == []
    put_shelves(lake, "a", 1)
    assert lake.snapshot().count("shelf") == 0
    assert lake.snapshot().read("visit", bucket=1).num_rows == 0


def test_a_run_publishes_the_same_content_once(lake):
    put_shelves(lake, "a", 1)
    first = lake.publish("run", run="r1")
    assert lake.publish("run", run="r1") == first
    put_shelves(lake, "b", 2)
    assert lake.publish("run", run="r1").number == 2, "other content is another publication"
    assert lake.publish("run", run="r2").number == 3, "and so is another run"


def test_a_table_made_later_is_empty_in_an_older_publication(lake):
    lake.publish("before")
    late = TableSpec("late", SPECS["shelf"].schema, (), bucketed=False)
    grown = Lake(lake.root, {**SPECS, "late": late}, lake.buckets)
    grown.create()
    assert grown.snapshot(1).count("late") == 0
    assert grown.publish("after").tables["late"] == 0


def test_lakes_and_snapshots_cross_to_workers(lake):
    put_shelves(lake, "a", 1)
    lake.publish("first")
    assert pickle.loads(pickle.dumps(lake)) == lake
    assert len(pickle.dumps(lake.snapshot())) < 4000
    assert pickle.loads(pickle.dumps(lake.snapshot())).count("shelf") == 1


def test_creating_again_changes_nothing(lake):
    put_shelves(lake, "a", 1)
    lake.create()
    assert shelf_numbers(lake) == [1]
    assert (lake.root / "vault").stat().st_mode & 0o777 == 0o700, "direct identifiers are for the owner alone"


def test_an_unknown_table_is_named_with_the_nearest(lake):
    with pytest.raises(LakeError, match=r"no table 'shelve'. Did you mean 'shelf'"):
        lake.table("shelve")


def test_vacuum_keeps_what_any_publication_names(lake):
    table = lake.table("shelf")
    put_shelves(lake, "published", 1)
    lake.publish("first")
    for number in (2, 3):
        staged = [table.stage(shelves(number), bucket=None, label=f"r{number}")]
        table.replace(staged, buckets=None, transaction=f"r{number}")
    table.stage(shelves(4), bucket=None, label="orphan")
    lake.table("visit").stage(visits((1,)), bucket=1, label="orphan")
    assert lake.vacuum() == 0, "what is young may be about to be committed"
    fresh = table.stage(shelves(5), bucket=None, label="fresh")
    for path in lake.root.rglob("*.parquet"):
        if path.name != "fresh.parquet":
            os.utime(path, (time.time() - 90_000,) * 2)
    assert lake.vacuum() == 3
    assert seen(lake, 1) == [1]
    assert shelf_numbers(lake) == [3]
    table.append([fresh], transaction="fresh")
    assert shelf_numbers(lake) == [3, 5]
    assert lake.vacuum(older_than=timedelta(0)) == 0
    assert [one.number for one in lake.publications()] == [1]


def test_the_log_of_old_versions_is_kept_for_ever(lake):
    import deltalake

    for name in SPECS:
        settings = deltalake.DeltaTable(str(lake.table(name).path)).metadata().configuration
        assert settings["delta.enableExpiredLogCleanup"] == "false"


def test_finding_a_publication_reads_one_file_only(lake, monkeypatch):
    for number in range(1, 8):
        put_shelves(lake, f"t{number}", number)
        lake.publish(f"{number}")
    read = []
    original = Lake._publications.fget(lake).__class__.read_files
    monkeypatch.setattr(
        "himaya.lake.table.Table.read_files",
        lambda table, files, *rest, **more: original(table, read.extend(files) or list(read), *rest, **more),
    )
    assert lake.publication(4).tables["shelf"] == 4
    assert len(read) == 1
    assert Path(read[0]).name.startswith("00000004-")
