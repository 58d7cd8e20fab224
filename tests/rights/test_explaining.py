"""Many persons explained with one reading of their bucket: the same as one by one."""

from __future__ import annotations

import numpy as np
import pytest

from himaya.rights import Explainer, PersonNotFoundError, PersonRows, RunError, explain


def everybody(fund, bucket):
    return fund.snapshot().read("entitlement", ["person_key"], bucket)["person_key"].to_numpy()


def test_one_reading_explains_as_many_readings_do(fund):
    snapshot, runs, keys = fund.snapshot(), fund.workspace.runs, fund.workspace.keys
    persons = everybody(fund, 3)[::40]
    rows, explainer = PersonRows(snapshot, 3, persons), Explainer(runs, keys)
    for key in persons.tolist():
        assert explainer.explain(rows, key) == explain(snapshot, runs, keys, f"key:{key}")


def test_a_table_is_read_once(fund, monkeypatch):
    persons = everybody(fund, 0)[:20]
    snapshot, reads = fund.snapshot(), []
    kind = type(snapshot)
    read = kind.read
    monkeypatch.setattr(
        kind, "read", lambda self, name, *a, **k: (reads.append(name), read(self, name, *a, **k))[1]
    )
    rows, explainer = PersonRows(snapshot, 0, persons), Explainer(fund.workspace.runs, fund.workspace.keys)
    for key in persons.tolist():
        explainer.explain(rows, key)
    assert len(reads) == len(set(reads))


def test_rows_of_somebody_else_are_no_rows(fund):
    last = np.array([np.iinfo(np.int64).max])
    assert PersonRows(fund.snapshot(), 0, last).of("entitlement", int(last[0])).num_rows == 0


def test_who_is_not_there_is_named(fund):
    rows = PersonRows(fund.snapshot(), 0, np.array([5]))
    with pytest.raises(PersonNotFoundError, match="144"):
        Explainer(fund.workspace.runs, fund.workspace.keys).explain(rows, 5, named="144")


def test_a_refund_is_explained_from_its_amount(fund):
    rows = fund.snapshot().read("entitlement", ["person_key", "status", "refund"]).to_pylist()
    row = next(row for row in rows if row["status"] == "refund")
    found = explain(fund.snapshot(), fund.workspace.runs, fund.workspace.keys, f"key:{row['person_key']}")
    assert found.node.name == "refund"
    assert round(found.node.value) == row["refund"]


def test_without_a_run_there_is_nothing_to_explain(tmp_path):
    from himaya.fund import Fund

    empty = Fund.create(tmp_path / "fund")
    with pytest.raises(RunError, match="no run"):
        explain(empty.snapshot(), empty.workspace.runs, empty.workspace.keys, "key:1")
