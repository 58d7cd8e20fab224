"""A small empty fund for each test, copied from one that is made once."""

from __future__ import annotations

import shutil
from types import SimpleNamespace

import pytest

from himaya import intake
from himaya.contract import table_specs
from himaya.lake import Lake, Workspace

BUCKETS = 2


@pytest.fixture(scope="session")
def blank_fund(tmp_path_factory):
    path = tmp_path_factory.mktemp("blank") / "fund"
    workspace = Workspace.create(path, name="Toy fund", buckets=BUCKETS)
    Lake(path, table_specs(), BUCKETS).create()
    return workspace


class Fund(SimpleNamespace):
    """A fund and shorthands: ``fund.take(name=bytes)`` receives files, ``fund.rows(table)`` reads them back."""

    def write(self, name: str, data: bytes):
        path = self.incoming / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def take(self, files: dict[str, bytes], **options):
        paths = [self.write(name, data) for name, data in files.items()]
        report = intake.receive_and_load(self.workspace, self.lake, paths, **options)
        return {delivery.file: delivery for delivery in report.deliveries}

    def take_all(self, **options):
        return intake.receive_and_load(self.workspace, self.lake, [self.incoming], **options)

    def rows(self, table: str):
        return self.lake.snapshot().read(table).to_pylist()


@pytest.fixture
def fund(blank_fund, tmp_path):
    path = tmp_path / "fund"
    shutil.copytree(blank_fund.path, path)
    incoming = tmp_path / "incoming"
    incoming.mkdir()
    return Fund(workspace=Workspace.open(path), lake=Lake(path, table_specs(), BUCKETS), incoming=incoming)
