"""Fixtures of the whole suite."""

from pathlib import Path

import pytest
from hypothesis import settings

from himaya import demo
from himaya.fund import Fund

# No test is a stopwatch: the machines are shared.
settings.register_profile("himaya", deadline=None)
settings.load_profile("himaya")


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory) -> demo.DemoResult:
    """A synthetic fund of 5,000 persons, taken in and run; tests that change a fund copy it."""
    return demo.run(tmp_path_factory.mktemp("demo") / "demo", persons=5_000, workers=1)


@pytest.fixture
def fund(demonstration) -> Fund:
    """The fund of the demonstration, to read."""
    return Fund.open(Path(demonstration.folder) / "fund", workers=1)
