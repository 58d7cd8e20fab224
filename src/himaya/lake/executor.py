"""Where tasks run: in this process, in a local pool, or on a Dask cluster; everywhere with the same bytes."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from multiprocessing.context import ForkServerContext, ForkServerProcess
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from himaya.errors import UsageError, system_words
from himaya.lake.errors import ClusterError, WorkerLostError
from himaya.sentence import said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

T = TypeVar("T")
R = TypeVar("R")

PRELOADED = ("himaya.lake", "numba", "pyarrow.parquet", "pyarrow.compute")
"""Modules that the fork server imports once, so that a worker starts in milliseconds."""
_AHEAD = 4096


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
    """Open an executor for :func:`map_tasks`; at the end it is shut down, after an error at once.

    Parameters
    ----------
    kind
        ``local`` (processes of this machine; one worker runs inline) or ``dask``.
    workers
        Number of worker processes; one for each core of this process by default.
    address
        Of a Dask scheduler; without one, a cluster of local processes is made.

    Raises
    ------
    UsageError
        For a kind that does not exist, or less than one worker.
    ClusterError
        If Dask is not installed, or the scheduler does not answer.
    """
    count = len(os.sched_getaffinity(0)) if workers is None else workers
    if count < 1:
        raise UsageError(said("{count} workers cannot work", count=count), mend="Give at least 1.")
    if kind == "dask":
        with _dask(count, address) as executor:
            yield executor
    elif kind != "local":
        raise UsageError(said("there is no executor '{kind}'", kind=kind), mend="Choose 'local' or 'dask'.")
    elif count == 1:
        yield InlineExecutor()
    else:
        with _pool(count) as executor:
            yield executor


def map_tasks(
    executor: Executor,
    function: Callable[[T], R],
    tasks: Iterable[T],
    *,
    progress: Callable[[int, int], None] | None = None,
) -> list[R]:
    """Call ``function`` with each task; results in the order of the tasks.

    The first error, or an interruption, cancels what has not begun and is raised.

    Parameters
    ----------
    function
        Of a module that a worker can import; the main script is not one (see ``_Worker``).
    progress
        Called with (tasks done, tasks).

    Raises
    ------
    WorkerLostError
        If a worker process was killed, as a machine does when its memory runs out.
    """
    waiting: dict[Future[R], int] = {}
    results: dict[int, R] = {}
    todo = list(tasks)

    def collect() -> None:
        for future in wait(waiting, return_when=FIRST_COMPLETED).done:
            at = waiting.pop(future)
            results[at] = future.result()
            if progress is not None:
                progress(len(results), len(todo))

    # An inline task runs when it is submitted: one at a time, so that an error stops the rest.
    ahead = 1 if isinstance(executor, InlineExecutor) else _AHEAD
    try:
        for at, task in enumerate(todo):
            waiting[executor.submit(function, task)] = at
            if len(waiting) >= ahead:
                collect()
        while waiting:
            collect()
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
    return [results[at] for at in range(len(todo))]


@contextmanager
def _pool(workers: int) -> Iterator[Executor]:
    # Not plain fork: Arrow and Delta keep threads, and a fork of a threaded process can deadlock.
    context = _Context()
    ours = [name for name in sys.modules if name.startswith("himaya.")]
    context.set_forkserver_preload([*PRELOADED, *sorted(ours)])
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_end_with_parent)
    try:
        yield pool
    except BaseException:
        # What runs is of no use any more, and what it has staged nobody sees: do not wait for it.
        for process in list(pool._processes.values()):  # noqa: SLF001 - public only from Python 3.14 on
            process.terminate()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _dask(workers: int, address: str | None) -> Iterator[Executor]:
    try:
        from distributed import Client, LocalCluster
    except ModuleNotFoundError as error:
        raise ClusterError(
            "Dask is not installed", mend="Install the extra: pip install 'himaya[cluster]'."
        ) from error
    if address is None:
        cluster = LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=workers, threads_per_worker=1, dashboard_address="127.0.0.1:0", host="127.0.0.1"
        )
        with cluster, Client(cluster) as client:  # type: ignore[no-untyped-call]
            yield client.get_executor()
        return
    try:
        client = Client(address)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise ClusterError(
            "the Dask scheduler does not answer",
            where=address,
            why=system_words(error),
            mend="Start it with 'dask scheduler', and name it like tcp://host:8786.",
        ) from error
    with client:
        yield client.get_executor()  # type: ignore[no-untyped-call]


class _Worker(ForkServerProcess):
    """A process that does not begin with the caller's program.

    Usually a new process imports the main module again, so that a plain script would start itself in each worker.
    Our tasks are functions of this package: workers have no need of it.
    """

    @staticmethod
    def _Popen(process_obj: Any) -> Any:  # noqa: N802 - multiprocessing's name
        with _nameless_main():
            return ForkServerProcess._Popen(process_obj)  # noqa: SLF001


class _Context(ForkServerContext):
    Process: ClassVar[type] = _Worker


class _Nameless(ModuleType):
    """The main module without the file and the name by which another process would find it."""

    def __init__(self, main: ModuleType) -> None:
        super().__init__(main.__name__)
        self._main = main

    def __getattr__(self, name: str) -> Any:
        if name == "__file__":
            raise AttributeError(name)
        return getattr(self._main, name)


_naming = threading.Lock()


@contextmanager
def _nameless_main() -> Iterator[None]:
    with _naming:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = _Nameless(main)
        try:
            yield
        finally:
            sys.modules["__main__"] = main


def _end_with_parent() -> None:
    """Let a worker end when its driver is killed: it must not go on writing, or waiting, for nobody."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the driver alone answers Ctrl-C
    driver = multiprocessing.parent_process()
    if driver is not None:  # a parent-death signal would watch the fork server, which outlives its driver

        def watch() -> None:
            driver.join()
            os._exit(1)

        threading.Thread(target=watch, daemon=True).start()
