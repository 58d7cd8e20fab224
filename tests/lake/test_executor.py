"""The same function runs in this process, in a local pool and on a Dask cluster, and gives the same bytes."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from lake_tables import SPECS

from himaya.errors import UsageError
from himaya.lake import (
    ClusterError,
    InlineExecutor,
    KeySpace,
    Lake,
    LakeError,
    Staged,
    WorkerLostError,
    bucket_of,
    map_tasks,
    open_executor,
)


def write_bucket(task: tuple[Lake, int]) -> Staged:
    lake, bucket = task
    keys = KeySpace(bytes(16)).encrypt(1, np.arange(20_000))
    keys = keys[bucket_of(keys, lake.buckets) == bucket]
    rows = pa.table({"person_key": keys, "fee": np.arange(len(keys), dtype=np.int32)})
    return lake.table("visit").stage(rows, bucket=bucket, label="bytes")


def written(root: Path, executor) -> dict[str, str]:
    lake = Lake(root, SPECS, 4)
    lake.create()
    table = lake.table("visit")
    table.append(map_tasks(executor, write_bucket, [(lake, b) for b in range(4)]), transaction="bytes")
    assert table.count() == 20_000
    return {
        str(Path(path).relative_to(root)): hashlib.sha256(Path(path).read_bytes()).hexdigest()
        for path in table.files()
    }


def test_the_same_bytes_inline_in_a_pool_and_on_a_dask_scheduler_with_two_workers(tmp_path):
    with open_executor(workers=1) as executor:
        expected = written(tmp_path / "inline", executor)
    with open_executor(workers=2) as executor:
        assert written(tmp_path / "pool", executor) == expected
    with open_executor("dask", workers=2) as executor:
        assert written(tmp_path / "dask", executor) == expected
        pids = set(map_tasks(executor, slow_pid, range(8)))
        assert len(pids) == 2
        assert os.getpid() not in pids
        with pytest.raises(LakeError, match="task 3 failed") as caught:
            map_tasks(executor, fail_on_three, range(6))
        assert (caught.value.where, caught.value.mend) == ("shelf 3", "Mend it.")
    assert len(expected) == 4


def test_a_dask_scheduler_that_is_already_running(tmp_path):
    from distributed import LocalCluster

    with (
        LocalCluster(
            n_workers=1, threads_per_worker=1, dashboard_address="127.0.0.1:0", host="127.0.0.1"
        ) as cluster,
        open_executor("dask", address=cluster.scheduler_address) as executor,
    ):
        assert map_tasks(executor, double, range(5)) == [0, 2, 4, 6, 8]


def test_dask_that_is_missing_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterError, match=r"pip install 'himaya\[cluster\]'"), open_executor("dask"):
        pass


@pytest.mark.parametrize("wrong", [{"kind": "spark"}, {"workers": 0}])
def test_what_cannot_be_opened_is_refused(wrong):
    with pytest.raises(UsageError), open_executor(**wrong):
        pass


def double(number: int) -> int:
    return 2 * number


def slow_pid(number: int) -> int:
    time.sleep(0.05)
    return os.getpid()


def slower_first(number: int) -> int:
    time.sleep(0.2 if number == 0 else 0)
    return number


def fail_on_three(number: int) -> int:
    if number == 3:
        raise LakeError(f"task {number} failed", where=f"shelf {number}", mend="Mend it.")
    return number


def end_oneself(number: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def fail_or_sleep(number: int) -> None:
    time.sleep(number if fail_on_three(number) == 60 else 0)


def test_results_come_in_the_order_of_the_tasks_and_progress_counts():
    said = []
    with open_executor(workers=2) as executor:
        assert map_tasks(executor, slower_first, range(5), progress=lambda *at: said.append(at)) == [
            0,
            1,
            2,
            3,
            4,
        ]
    assert said == [(done, 5) for done in range(1, 6)]
    assert map_tasks(InlineExecutor(), double, []) == []


def test_inline_progress_shows_task_by_task_and_an_error_stops_the_rest():
    events = []

    def task(number: int) -> int:
        events.append(f"task {number}")
        return fail_on_three(number)

    with pytest.raises(LakeError), open_executor(workers=1) as executor:
        map_tasks(executor, task, range(6), progress=lambda done, _: events.append(f"done {done}"))
    assert events == ["task 0", "done 1", "task 1", "done 2", "task 2", "done 3", "task 3"]


def test_an_error_arrives_whole_and_does_not_wait_for_the_others():
    began = time.perf_counter()
    with pytest.raises(LakeError) as caught, open_executor(workers=2) as executor:
        map_tasks(executor, fail_or_sleep, [60, *range(10)])
    assert (caught.value.what, caught.value.where) == ("task 3 failed", "shelf 3")
    assert time.perf_counter() - began < 30


def test_a_killed_worker_is_a_clear_error():
    with pytest.raises(WorkerLostError, match="not enough memory"), open_executor(workers=2) as executor:
        map_tasks(executor, end_oneself, range(4))


DRIVER = """
import os, sys, time
sys.path.insert(0, {folder!r})
from himaya.lake import map_tasks, open_executor
from test_executor import say_pid_and_sleep
if __name__ == "__main__":
    with open_executor(workers=2) as executor:
        map_tasks(executor, say_pid_and_sleep, [{notes!r}] * 2)
"""


def say_pid_and_sleep(folder: str) -> None:
    (Path(folder) / str(os.getpid())).touch()
    time.sleep(60)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_workers_end_with_their_driver(tmp_path, how):
    notes = tmp_path / "pids"
    notes.mkdir()
    script = tmp_path / "driver.py"
    script.write_text(DRIVER.format(folder=str(Path(__file__).parent), notes=str(notes)))
    driver = subprocess.Popen([sys.executable, str(script)], stderr=subprocess.DEVNULL)
    wait_for(lambda: len(list(notes.iterdir())) == 2)
    for _ in range(
        3
    ):  # an interrupt that falls into a callback is lost to Python; people press the keys again
        driver.send_signal(how)
        with suppress(subprocess.TimeoutExpired):
            driver.wait(timeout=10)
            break
    assert driver.poll() is not None
    wait_for(lambda: not any(Path(f"/proc/{path.name}").exists() for path in notes.iterdir()))


def wait_for(condition, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(0.02)
