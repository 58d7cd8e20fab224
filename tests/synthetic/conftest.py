"""One small population and one small fund, made once for all tests that only read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from himaya.lake.executor import InlineExecutor
from himaya.synthetic.fund import write_fund
from himaya.synthetic.population import Population, population
from himaya.synthetic.survey import Survey, survey

if TYPE_CHECKING:
    from pathlib import Path

    from himaya.synthetic.model import Manifest

PERSONS = 12_000


@pytest.fixture(scope="session")
def people() -> Population:
    return population(PERSONS, seed=7)


@pytest.fixture(scope="session")
def known(people: Population) -> Survey:
    return survey(people, 0, PERSONS)


@pytest.fixture(scope="session")
def fund(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Manifest]:
    folder = tmp_path_factory.mktemp("fund")
    return folder, write_fund(folder, PERSONS, 7, executor=InlineExecutor())
