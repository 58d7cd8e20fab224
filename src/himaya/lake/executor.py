"""Where tasks run: in this process, in a local pool, or on a Dask cluster. The same function, the same bytes."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from typing import Any, TypeVar

from himaya.errors import UsageError
from himaya.lake.errors import LakeError

T = TypeVar("T")
R = TypeVar("R")

PRELOADED = ("himaya.lake", "numba", "pyarrow.parquet", "pyarrow.compute")
"""Modules that the fork server imports once, so that a worker starts in milliseconds."""
_PR_SET_PDEATHSIG = 1


class WorkerLostError(LakeError):
    """A worker process ended before its task did."""

    code = "worker-lost"


class InlineExecutor(Executor):
    """Runs each task at once, in this process: one worker without the cost of processes."""

    def submit(self, fn: Callable[..., R], /, *args: Any, **kwargs: Any) -> Future[R]:
        """Run the task; the future is done when this returns."""
        future: Future[R] = Future()
        future.set_running_or_notify_cancel()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - it belongs to whoever asks for the result
            future.set_exception(error)
        return future


@contextmanager
def open_executor(
    kind: str = "local", workers: int | None = None, address: str | None = None
) -> Iterator[Executor]:
    """An executor for :func:`map_tasks`, shut down at the end.

    Parameters
    ----------
    kind
        ``local`` (processes of this machine; one worker runs inline) or ``dask``.
    workers
        Number of worker processes; one for each core of this process by default.
    address
        Of a Dask scheduler; without one, a cluster of local processes is made.
    """
    count = workers or len(os.sched_getaffinity(0))
    if kind == "dask":
        with _dask(count, address) as executor:
            yield executor
    elif kind != "local":
        raise UsageError(f"there is no executor {kind!r}", mend="Choose 'local' or 'dask'.")
    elif count == 1:
        yield InlineExecutor()
    else:
        # Not plain fork: Arrow and Delta keep threads, and a fork of a threaded process can deadlock.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(list(PRELOADED))
        pool = ProcessPoolExecutor(count, mp_context=context, initializer=_end_with_parent)
        try:
            yield pool
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def map_tasks(
    executor: Executor,
    function: Callable[[T], R],
    tasks: Iterable[T],
    *,
    progress: Callable[[int, int], None] | None = None,
) -> list[R]:
    """``function`` of each task; results in the order of the tasks.

    The first error, or an interruption, cancels what has not begun and is raised.

    Parameters
    ----------
    progress
        Called with (tasks done, tasks).
    """
    futures = [executor.submit(function, task) for task in tasks]
    waiting = set(futures)
    try:
        while waiting:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                future.result()
            if progress is not None:
                progress(len(futures) - len(waiting), len(futures))
        return [future.result() for future in futures]
    except BaseException as error:
        for future in waiting:
            future.cancel()
        if type(error).__name__ in {"BrokenProcessPool", "KilledWorker"}:
            raise WorkerLostError(
                "a worker process ended before its task did",
                why="often: not enough memory",
                mend="Run the command again, with fewer --workers. Nothing is lost.",
            ) from error
        raise


@contextmanager
def _dask(workers: int, address: str | None) -> Iterator[Executor]:
    try:
        from distributed import Client, LocalCluster
    except ModuleNotFoundError as error:
        raise UsageError(
            "Dask is not installed", mend="Install the extra: pip install 'himaya[cluster]'."
        ) from error
    if address is not None:
        with Client(address) as client:
            yield client.get_executor()
        return
    with (
        LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=workers, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client.get_executor()


def _end_with_parent() -> None:
    """Let a worker end when its parent is killed: it must not go on writing behind a dead driver."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the driver alone answers Ctrl-C
