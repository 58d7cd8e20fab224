"""Writers that meet, and writers that are killed: nothing lost, nothing twice, never a mixture."""

from __future__ import annotations

import random
import time

import pyarrow as pa
import pytest
from lake_tables import SPECS, put_shelves, shelf_numbers, shelves, visits

from himaya.lake import Lake, LakeConflictError

TRIALS = 50


def together(processes, function, *tasks) -> list:
    """Call ``function`` in one process for each task, all at the same moment; what each answered."""
    ready, answers = processes.Barrier(len(tasks)), processes.SimpleQueue()
    started = [processes.Process(target=answer, args=(function, task, ready, answers)) for task in tasks]
    for process in started:
        process.start()
    found = [answers.get() for _ in tasks]
    for process in started:
        process.join()
    return found


def answer(function, task, ready, answers) -> None:
    try:
        answers.put(function(*task, ready))
    except Exception as error:  # noqa: BLE001 - the test looks at it
        answers.put(error)


def append_many(lake: Lake, writer: int, ready) -> int:
    ready.wait()
    for step in range(10):
        put_shelves(lake, f"w{writer}-{step}", writer * 100 + step)
    return writer


def test_writers_who_append_at_once_all_land(lake, processes):
    assert sorted(together(processes, append_many, *((lake, writer) for writer in range(4)))) == [0, 1, 2, 3]
    assert shelf_numbers(lake) == [writer * 100 + step for writer in range(4) for step in range(10)]
    assert lake.table("shelf").version() == 40


def append_same(lake: Lake, writer: int, ready) -> int:
    table = lake.table("shelf")
    staged = table.stage(shelves(writer), bucket=None, label=f"same-{writer}")
    ready.wait()
    return table.append([staged], transaction="same")


def test_one_transaction_from_several_processes_lands_once(lake, processes):
    assert together(processes, append_same, *((lake, writer) for writer in range(4))) == [1] * 4
    assert len(shelf_numbers(lake)) == 1


def replace_all(lake: Lake, writer: int, ready) -> int:
    table = lake.table("visit")
    staged = [
        table.stage(visits((bucket, None, writer)), bucket=bucket, label=f"w{writer}") for bucket in range(4)
    ]
    ready.wait()
    return table.replace(staged, buckets=None, transaction=f"w{writer}")


@pytest.mark.parametrize("trial", range(3))
def test_of_writers_who_replace_at_once_one_stands_whole(lake, processes, trial):
    """Also of an empty table, where there is nothing to remove that they could quarrel over."""
    found = together(processes, replace_all, *((lake, writer) for writer in range(3)))
    refused = [each for each in found if isinstance(each, LakeConflictError)]
    assert len(found) - len(refused) >= 1
    assert [each for each in found if isinstance(each, Exception)] == refused
    rows = lake.table("visit").read().to_pylist()
    assert len(rows) == 4
    assert len({row["fee"] for row in rows}) == 1


def publish_many(lake: Lake, writer: int, ready) -> list[int]:
    ready.wait()
    return [lake.publish(f"{writer}", run=f"{writer}-{step}").number for step in range(5)]


def test_publications_at_once_get_one_number_each(lake, processes):
    found = together(processes, publish_many, *((lake, writer) for writer in range(3)))
    assert sorted(number for numbers in found for number in numbers) == list(range(1, 16))
    assert [one.number for one in lake.publications()] == list(range(1, 16))


def test_compaction_keeps_what_is_appended_meanwhile_and_gives_way_to_a_replacement(lake, monkeypatch):
    table = lake.table("shelf")
    for number in range(4):
        put_shelves(lake, f"t{number}", number)

    def meanwhile(action):
        original = type(table).stage

        def stage(self, data, *, bucket, label):
            monkeypatch.undo()
            staged = original(self, data, bucket=bucket, label=label)
            action()
            return staged

        monkeypatch.setattr("himaya.lake.table.Table.stage", stage)

    meanwhile(lambda: put_shelves(lake, "late", 9))
    table.compact()
    assert shelf_numbers(lake) == [0, 1, 2, 3, 9]
    assert len(table.files()) == 2
    meanwhile(lambda: table.replace([], buckets=None, transaction="cleared"))
    with pytest.raises(LakeConflictError, match="while it was compacted"):
        table.compact()
    assert shelf_numbers(lake) == []


def batch(lake: Lake, said=None) -> None:
    """One batch in three steps, as any writer of the lake does it; it may be done again from any point."""
    if said is not None:
        said.send("begun")
    visit, shelf = lake.table("visit"), lake.table("shelf")
    data = visits(*[(key, None, key % 5) for key in range(400)])
    staged = [
        visit.stage(
            data.filter(pa.array([key % 4 == bucket for key in range(400)])), bucket=bucket, label="batch"
        )
        for bucket in range(4)
    ]
    visit.append(staged, transaction="batch")
    new = [shelf.stage(shelves(10, 11), bucket=None, label="batch")]
    shelf.replace(new, buckets=None, transaction="batch")
    lake.publish("batch", run="batch")
    if said is not None:
        said.send("done")


def batch_until_killed(lake: Lake, processes, patience: float | None) -> float:
    """Run a batch in a process and kill it after ``patience`` seconds (None: when it is done); its seconds."""
    here, there = processes.Pipe()
    process = processes.Process(target=batch, args=(lake, there))
    process.start()
    assert here.recv() == "begun"
    began = time.perf_counter()
    here.poll(patience)
    seconds = time.perf_counter() - began
    process.kill()
    process.join()
    return seconds


def test_killed_at_any_moment_and_run_again(tmp_path, processes):
    def fresh(name: str) -> Lake:
        lake = Lake(tmp_path / name, SPECS, 4)
        lake.create()
        put_shelves(lake, "old", 1, 2, 3)
        lake.publish("old")
        return lake

    whole = batch_until_killed(fresh("whole"), processes, None)
    chance, reached = random.Random(7), set()
    for trial in range(TRIALS):
        lake = fresh(f"trial{trial}")
        batch_until_killed(lake, processes, whole * trial / TRIALS + chance.uniform(0, 0.002))
        number = lake.publication().number
        seen = lake.snapshot()
        assert (seen.count("shelf"), seen.count("visit")) == ((3, 0) if number == 1 else (2, 400)), (
            "all or nothing"
        )
        reached.add(
            (
                number,
                lake.table("visit").version(),
                lake.table("shelf").version(),
                len(list(lake.root.rglob("batch.parquet"))),
            )
        )
        batch(lake)
        batch(lake)
        assert sorted(lake.snapshot().read("visit")["person_key"].to_pylist()) == list(range(400))
        assert shelf_numbers(lake) == [10, 11]
        assert lake.publication().number == 2
    assert len(reached) >= 4, f"the trials all ended at the same stages: {reached}"
