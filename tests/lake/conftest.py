from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest
from lake_tables import BUCKETS, SPECS

from himaya.lake import Lake


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    made = Lake(tmp_path / "a fund's folder", SPECS, BUCKETS)
    made.create()
    return made


@pytest.fixture(scope="session")
def processes():
    """Real processes that start in milliseconds: forked from a server that has everything imported."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["himaya.lake", "pyarrow.parquet", "duckdb"])
    return context
