"""Intake is killed at any moment and run again: nothing lost, nothing twice. And the disk fills up."""

from __future__ import annotations

import errno
import multiprocessing
import multiprocessing.forkserver
import os
import random
import signal
import time
from datetime import date
from pathlib import Path

import pytest
from intake_build import ANNA, BADR, MILL, extract, month, register

from himaya import intake
from himaya.contract import table_specs
from himaya.lake import Lake, Workspace

RANDOM_TRIALS = 25
DAY = date(2026, 7, 5)


def files(trial: int) -> dict[str, bytes]:
    """Three files of one trial: 6 good lines, 1 wrong one, one file twice; no two trials alike."""
    year = 1980 + trial
    first = extract(*[month(ANNA, MILL, f"{year}{m:02d}") for m in range(1, 5)], month(wage="x"))
    second = extract(*[month(BADR, MILL, f"{year}{m:02d}") for m in range(1, 3)])
    return {
        f"{trial}-a.csv": first,
        f"{trial}-b.csv": second,
        f"{trial}-copy.csv": first,
        f"{trial}-r.csv": register(ANNA, *[BADR] * trial),
    }


def run(path, incoming, connection, kill_at: int) -> None:
    """Take the files in; die at the ``kill_at``-th step that intake reports."""
    workspace = Workspace.open(path)
    steps = 0

    def progress(_stage: str, _done: int, _total: int) -> None:
        nonlocal steps
        steps += 1
        if steps == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    connection.send("ready")
    intake.receive_and_load(
        workspace,
        Lake(path, table_specs(), workspace.buckets),
        [incoming],
        received_on=DAY,
        progress=progress,
    )


def check(fund, trials: int) -> None:
    rows = fund.rows("declared_period")
    places = [(row["delivery"], row["line"]) for row in rows]
    assert len(places) == len(set(places)) == 6 * trials
    months = {(row["person_key"], row["month"]) for row in rows}
    assert len(months) == 6 * trials
    delivered = fund.rows("delivery")
    assert sorted(row["delivery"] for row in delivered) == list(range(1, len(delivered) + 1))
    assert sum(row["status"] == "partial" for row in delivered) == trials
    assert all(row["lines"] == row["accepted"] + row["quarantined"] + row["structural"] for row in delivered)
    assert len(fund.rows("quarantine")) == trials
    assert list(fund.workspace.journal.iterdir()) == []
    assert len(list(fund.workspace.raw.iterdir())) == len({row["batch"] for row in delivered})


@pytest.fixture(scope="module")
def forkserver():
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pytest", "intake_warm", "test_crash"])
    with pytest.MonkeyPatch.context() as patch:
        # The server of Python 3.11 does not take over sys.path; one that runs already just starts children slowly.
        patch.setenv("PYTHONPATH", str(Path(__file__).parent))
        multiprocessing.forkserver.ensure_running()
    return context


def trial(fund, forkserver, number: int, *, kill_at: int = 0, after: float | None = None) -> None:
    before = len(fund.rows("delivery"))
    incoming = fund.incoming / str(number)
    incoming.mkdir()
    for name, data in files(number).items():
        (incoming / name).write_bytes(data)
    ours, theirs = forkserver.Pipe()
    process = forkserver.Process(target=run, args=(fund.workspace.path, incoming, theirs, kill_at))
    process.start()
    theirs.close()
    ours.recv()
    if after is not None:
        time.sleep(after)
        process.kill()
    process.join()
    process.close()
    ours.close()
    # The same command again, as somebody would.
    report = intake.receive_and_load(fund.workspace, fund.lake, [incoming], received_on=DAY)
    statuses = [delivery.status for delivery in report.deliveries]
    assert all(delivery.lost == 0 for delivery in report.deliveries)
    # An interrupted call is answered with what it began; only one that had ended counts as repeated.
    times = {"partial accepted duplicate accepted": 1, "duplicate duplicate duplicate duplicate": 2}
    assert len(fund.rows("delivery")) - before == 4 * times[" ".join(statuses)]


@pytest.mark.slow
def test_killed_at_every_step(fund, forkserver):
    for number in range(1, 14):
        trial(fund, forkserver, number, kill_at=number)
    check(fund, 13)


@pytest.mark.slow
def test_killed_at_random_moments(fund, forkserver):
    chance = random.Random(20261122)
    for number in range(1, RANDOM_TRIALS + 1):
        trial(fund, forkserver, number, after=chance.uniform(0, 0.5))
    check(fund, RANDOM_TRIALS)


class TestFullDisk:
    """Each place that writes may find no room: the error is clear, nothing half done shows, the next call works."""

    @pytest.mark.parametrize(
        "where",
        [
            "himaya.intake.raw.os.fsync",
            "himaya.lake.table.pq.write_table",
            "himaya.intake.journal.write_durably",
            "himaya.intake.store.np.save",
        ],
    )
    def test_injected(self, fund, monkeypatch, where):
        def full(*_args, **_options):
            raise OSError(errno.ENOSPC, "No space left on device")

        data = {"a.csv": extract(month(), month(wage="x")), "r.csv": register(ANNA)}
        with monkeypatch.context() as patch:
            patch.setattr(where, full)
            with pytest.raises(intake.DiskFullError, match="no room"):
                fund.take(data)
        assert fund.rows("delivery") == fund.rows("declared_period") == []
        report = fund.take(data)
        assert [delivery.status for delivery in report.values()] == ["partial", "accepted"]
        assert (len(fund.rows("declared_period")), len(fund.rows("delivery"))) == (1, 2)

    def test_a_real_limit_on_file_size(self, fund, forkserver):
        big = extract(*[month(person=100000002 + 7 * i, days=i % 27, wage=i) for i in range(60_000)])
        fund.write("big.csv", big)
        process = forkserver.Process(target=limited, args=(fund.workspace.path, fund.incoming))
        process.start()
        process.join()
        assert process.exitcode == 7
        assert fund.rows("delivery") == []
        assert [delivery.accepted for delivery in fund.take_all().deliveries] == [60_000]
        assert len(fund.rows("declared_period")) == 60_000


def limited(path, incoming) -> None:
    """Take files in where no file may grow past 100 kB; end with 7 for the error that is wanted."""
    import resource

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
    try:
        intake.receive_and_load(Workspace.open(path), Lake(path, table_specs(), 2), [incoming])
    except intake.DiskFullError:
        os._exit(7)
